// The demonstration speaks: its calls are recorded to the server as a force's switch does it, and a newcomer hears two people.
import type { Page } from '@playwright/test';
import { expect, picture, test, withFolder } from './journey.ts';
import { Server } from './server.ts';

/** Waits until each track of the newest connection has been loud, for so long at most; the loudest of each, in decibels. */
function loudest(page: Page, withinMs: number): Promise<number[]> {
  return page.evaluate(async (within) => {
    const peer = (window as unknown as { peers: RTCPeerConnection[] }).peers.at(-1)!;
    const context = new AudioContext();
    const analysers = peer.getTransceivers().map(({ receiver }) => {
      const analyser = new AnalyserNode(context, { fftSize: 2_048, smoothingTimeConstant: 0 });
      context.createMediaStreamSource(new MediaStream([receiver.track])).connect(analyser);
      return analyser;
    });
    const most = analysers.map(() => -Infinity);
    const end = performance.now() + within;
    while (performance.now() < end && most.some((level) => level < -50)) {
      await new Promise(requestAnimationFrame);
      analysers.forEach((analyser, n) => {
        const bins = new Float32Array(analyser.frequencyBinCount);
        analyser.getFloatFrequencyData(bins);
        most[n] = Math.max(most[n]!, ...bins);
      });
    }
    await context.close();
    return most;
  }, withinMs);
}

function spy(): void {
  const seen = window as unknown as { peers: RTCPeerConnection[] };
  seen.peers = [];
  const Original = RTCPeerConnection;
  window.RTCPeerConnection = class extends Original {
    constructor(...settings: ConstructorParameters<typeof RTCPeerConnection>) {
      super(...settings);
      seen.peers.push(this);
    }
  };
}

/** Until so many milliseconds of the world have passed, by the browser's own clock. */
async function pass(page: Page, ms: number): Promise<void> {
  const from = await page.evaluate(() => performance.now());
  await page.waitForFunction((until) => performance.now() >= until, from + ms);
}

/** The clock that the page shows, in seconds of its day. */
async function clock(page: Page): Promise<number> {
  const [hours, minutes, seconds] = (await page.locator('[data-clock]').innerText()).split(':').map(Number);
  return (hours! * 60 + minutes!) * 60 + seconds!;
}

test('a newcomer hears two people on a call of the demonstration, and the night waits for them', async ({ browser }) => {
  test.setTimeout(240_000);
  await withFolder(async (folder) => {
    const server = await Server.start(folder, 30);
    const context = await browser.newContext();
    await context.addInitScript(spy);
    const page = await context.newPage();
    await page.goto(server.link('Priya Nandra'));
    // A call whose log is there is about domestic abuse for certain; one that ends meanwhile is followed by another.
    const called = page.locator('tr[data-row]').filter({ hasText: /Log \d/ });
    await expect(async () => {
      await page.goto(`${server.url}/listening`);
      await called.getByRole('link', { name: 'Listen', exact: true }).first().click({ timeout: 30_000 });
      await page.getByLabel('Why this call?').fill('To hear what the demonstration sounds like', { timeout: 3_000 });
      await page.getByRole('button', { name: 'Listen' }).click({ timeout: 3_000 });
      await expect(page.locator('[data-ear="say"]')).toHaveText('Live', { timeout: 3_000 });
    }).toPass({ timeout: 120_000 });

    // Ten seconds of the world are ten of the night, while somebody listens.
    await expect(async () => {
      const before = await clock(page);
      await pass(page, 3_000);
      const passed = (await clock(page)) - before;
      expect(passed, 'seconds of the night in three of the world').toBeLessThan(10);
      expect(passed).toBeGreaterThan(0);
    }).toPass({ timeout: 30_000 });
    const heard = await loudest(page, 45_000);
    expect(heard.length, 'tracks').toBe(2);
    expect(Math.min(...heard), `heard, in decibels: ${heard}`).toBeGreaterThan(-50);
    await picture(page, 'voices');

    // Nobody listens any more: the night goes on at its own pace.
    await page.goto(`${server.url}/listening`);
    await expect(async () => {
      const before = await clock(page);
      await pass(page, 2_000);
      expect((await clock(page)) - before).toBeGreaterThan(20);
    }).toPass({ timeout: 30_000 });
    await context.close();
    await server.stop();
  });
});
