// A live call in a real browser: a switch records it to the running product by SIPREC, from there it goes by WebRTC into Chromium,
// and what each track sounds like is measured there.
import type { Page } from '@playwright/test';
import { inTheRoom, listen, test } from './call.ts';
import { expect, expectAccessible, picture } from './journey.ts';

/** Keeps every connection that the page makes, and whether it asked for a microphone. */
function spy(): void {
  const seen = window as unknown as { peers: RTCPeerConnection[]; asked: number };
  seen.peers = [];
  seen.asked = 0;
  const Original = RTCPeerConnection;
  window.RTCPeerConnection = class extends Original {
    constructor(...settings: ConstructorParameters<typeof RTCPeerConnection>) {
      super(...settings);
      seen.peers.push(this);
    }
  };
  navigator.mediaDevices.getUserMedia = () => {
    seen.asked += 1;
    return Promise.reject(new Error('nobody asks'));
  };
}

/** The same on a network that lets no UDP through: whatever a server says it can be reached by in that way is not tried. */
function spyWithoutUdp(): void {
  const set = RTCPeerConnection.prototype.setRemoteDescription;
  RTCPeerConnection.prototype.setRemoteDescription = function (description: RTCSessionDescriptionInit) {
    const sdp = description.sdp?.replace(/^a=candidate:\S+ \d+ udp .*\r\n/gim, '');
    return Reflect.apply(set, this, [{ type: description.type, ...(sdp !== undefined && { sdp }) }]) as Promise<void>;
  };
}

/** The loudest frequency of each track of the newest connection, in Hz, over about 170 ms. */
function frequencies(page: Page): Promise<number[]> {
  return page.evaluate(async () => {
    const peer = (window as unknown as { peers: RTCPeerConnection[] }).peers.at(-1)!;
    const context = new AudioContext();
    const found: number[] = [];
    for (const { receiver } of peer.getTransceivers()) {
      const analyser = new AnalyserNode(context, { fftSize: 8_192, smoothingTimeConstant: 0 });
      context.createMediaStreamSource(new MediaStream([receiver.track])).connect(analyser);
      const bins = new Float32Array(analyser.frequencyBinCount);
      const filled = context.currentTime + 0.5;
      while (context.currentTime < filled) await new Promise(requestAnimationFrame);
      analyser.getFloatFrequencyData(bins);
      const loudest = bins.reduce((best, level, bin) => (level > bins[best]! ? bin : best), 0);
      found.push(bins[loudest]! > -60 ? (loudest * context.sampleRate) / analyser.fftSize : 0);
    }
    await context.close();
    return found;
  });
}

/** The caller is heard on the first track, and the call handler on the second. */
function hearsBoth(page: Page): Promise<void> {
  return expect(async () => {
    const [caller, handler] = await frequencies(page);
    expect(Math.abs(caller! - 440), `the caller at ${caller} Hz`).toBeLessThan(7);
    expect(Math.abs(handler! - 1_000), `the handler at ${handler} Hz`).toBeLessThan(7);
  }).toPass({ timeout: 10_000 });
}

async function goesBackAndCatchesUp(page: Page): Promise<void> {
  await page.keyboard.press('b');
  await expect(page.locator('[data-ear="say"]')).toHaveText(/^\d+ s behind the call$/);
  await page.keyboard.press('l');
  await expect(page.locator('[data-ear="say"]')).toHaveText('Live');
}

/** The page makes another connection, and goes on. */
async function changesNetwork(page: Page): Promise<void> {
  await page.evaluate(() => dispatchEvent(new Event('online')));
  await expect.poll(() => page.evaluate(() => (window as unknown as { peers: unknown[] }).peers.length)).toBe(2);
  await hearsBoth(page);
}

/** By what the newest connection's packets come: udp or tcp. */
function way(page: Page): Promise<string | undefined> {
  return page.evaluate(async () => {
    const peer = (window as unknown as { peers: RTCPeerConnection[] }).peers.at(-1)!;
    const stats = await peer.getStats();
    let way: string | undefined;
    stats.forEach((report) => {
      if (report.type === 'transport') way = stats.get(stats.get(report.selectedCandidatePairId)?.remoteCandidateId)?.protocol;
    });
    return way;
  });
}

/** What the newest connection counts. */
function counts(page: Page) {
  return page.evaluate(async () => {
    const peer = (window as unknown as { peers: RTCPeerConnection[] }).peers.at(-1)!;
    const inbound: { lost: number; received: number }[] = [];
    let outbound = 0;
    (await peer.getStats()).forEach((report) => {
      if (report.type === 'inbound-rtp') {
        inbound.push({ lost: report.packetsLost, received: report.packetsReceived });
      }
      if (report.type === 'outbound-rtp') outbound += 1;
    });
    const directions = peer.getTransceivers().map((transceiver) => transceiver.currentDirection);
    return { inbound, outbound, directions, asked: (window as unknown as { asked: number }).asked };
  });
}

test('a specialist hears both people of a live call, goes back, and everybody sees it', async ({ room, browser }) => {
  const { priya, quill, kit, url } = await inTheRoom(room, browser, spy);
  await expect(kit.getByText('Nobody listens to this call.')).toBeVisible();

  await priya.goto(`${url}/listening`);
  await expect(priya.getByText(/Pennick.*, by number or place: not certain/)).toBeVisible();
  await priya.getByRole('link', { name: 'Listen', exact: true }).click();
  await expect(priya.getByRole('heading', { name: 'Listen', exact: true })).toBeVisible();
  await expectAccessible(priya);
  await listen(priya);

  await hearsBoth(priya);
  const heard = await counts(priya);
  expect(heard.inbound.map(({ lost }) => lost), 'packets lost').toEqual([0, 0]);
  expect(Math.min(...heard.inbound.map(({ received }) => received))).toBeGreaterThan(20);
  expect(heard.directions).toEqual(['recvonly', 'recvonly']);
  expect([heard.outbound, heard.asked], 'nothing is sent and no microphone is asked for').toEqual([0, 0]);
  await expect(priya.locator('[data-voice="0"]')).toHaveText('speaking');
  await expectAccessible(priya);
  await picture(priya, 'hearing');

  await expect(kit.getByText(/^Priya Nandra listens since .*: her safety in this call\.$/)).toBeVisible();
  await quill.goto(`${url}/board`);
  await expect(quill.getByText('no log yet, Kit Doyle: her safety in this call')).toBeVisible();

  await expect(priya.getByRole('button', { name: 'Back 30 s' })).toBeVisible();
  await goesBackAndCatchesUp(priya);

  await changesNetwork(priya);

  await priya.setViewportSize({ width: 390, height: 844 });
  const wider = await priya.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(wider, 'pixels to scroll sideways').toBeLessThanOrEqual(0);
  await picture(priya, 'hearing-phone');

  await room.endCall();
  await expect(priya.getByText('This call cannot be heard.')).toBeVisible();
  await expect(kit.getByText('waits for your next call')).toBeVisible();
  await expect(quill.getByText('Listening now')).toHaveCount(0);
  expect(room.voices.map((voice) => voice.answers), 'packets that came back to the switch').toEqual([0, 0]);
});

test('where a network lets no UDP through, a call is heard by TCP', async ({ room, browser }) => {
  const { priya, url } = await inTheRoom(room, browser, spy);
  await priya.addInitScript(spyWithoutUdp);
  await priya.goto(`${url}/listening/c0`);
  await listen(priya);
  await hearsBoth(priya);
  expect(await way(priya), 'how packets come').toEqual('tcp');
  expect((await counts(priya)).inbound.map(({ lost }) => lost), 'packets lost').toEqual([0, 0]);
  await goesBackAndCatchesUp(priya);
  await changesNetwork(priya);
  expect(await way(priya), 'how packets come').toEqual('tcp');
});

test('listening stops when the page is left, and when the sign-off is taken back', async ({ room, browser }) => {
  const { priya, quill, kit, url } = await inTheRoom(room, browser, spy);
  await priya.goto(`${url}/listening/c0`);
  await listen(priya);
  await expect(kit.getByText(/^Priya Nandra listens since/)).toBeVisible();
  await priya.goto(`${url}/desk`);
  await expect(kit.getByText(/^Priya Nandra listened from/)).toBeVisible();

  await priya.goto(`${url}/listening/c0`);
  await listen(priya);
  await quill.goto(`${url}/listening/withdraw`);
  await quill.getByLabel('Why?').fill('Counsel asked');
  await quill.getByRole('button', { name: 'Take it back' }).click();
  await expect(priya.getByText('Live audio is off.')).toBeVisible();
  const state = () => priya.evaluate(() => (window as unknown as { peers: RTCPeerConnection[] }).peers.at(-1)?.connectionState);
  await expect.poll(state).toBe('closed');
});
