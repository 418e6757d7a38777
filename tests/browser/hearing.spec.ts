// A live call in a real browser: this file is the switch, which records the call to the server by SIPREC and sends its RTP on real
// sockets; from there it goes by WebRTC into Chromium, and what each track sounds like is measured there. The room is
// `crates/alongside/examples/live_call.rs`.
import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Browser, Page } from '@playwright/test';
import { expect, expectAccessible, picture, test as base } from './journey.ts';

const binary = process.env.LIVE_CALL ?? join(import.meta.dirname, '../../target/debug/examples/live_call');
const packetMs = 20;
const samplesPerPacket = 160;

/** A-law of a sample between -1 and 1 (ITU-T G.711). */
function aLaw(sample: number): number {
  const sign = sample >= 0 ? 0x80 : 0;
  const size = Math.min(32_767, Math.round(Math.abs(sample) * 32_767)) >> 3;
  let segment = 0;
  for (let rest = size >> 5; rest > 0; rest >>= 1) segment += 1;
  const mantissa = segment === 0 ? (size >> 1) & 0x0f : (size >> segment) & 0x0f;
  return (sign | (segment << 4) | mantissa) ^ 0x55;
}

/** A voice: a tone in A-law by RTP, to one port; whatever comes back is counted. */
class Voice {
  private readonly socket: Socket = createSocket('udp4');
  private number = 0;
  answers = 0;

  private to: [host: string, port: number] | undefined;

  constructor(private readonly hz: number) {
    this.socket.on('message', () => (this.answers += 1));
  }

  /** Takes a port, at which nothing is to arrive. */
  async bind(): Promise<number> {
    this.socket.bind(0, '127.0.0.1');
    await once(this.socket, 'listening');
    return this.socket.address().port;
  }

  speakTo(host: string, port: number): void {
    this.to = [host, port];
  }

  send(): void {
    const packet = Buffer.alloc(12 + samplesPerPacket);
    packet.writeUInt16BE(0x8008, 0);
    packet.writeUInt16BE(this.number & 0xffff, 2);
    packet.writeUInt32BE((this.number * samplesPerPacket) >>> 0, 4);
    packet.writeUInt32BE(this.hz, 8);
    for (let n = 0; n < samplesPerPacket; n += 1) {
      const at = (this.number * samplesPerPacket + n) / 8_000;
      packet[12 + n] = aLaw(0.3 * Math.sin(2 * Math.PI * this.hz * at));
    }
    this.number += 1;
    if (this.to) this.socket.send(packet, this.to[1], this.to[0]);
  }

  close(): void {
    this.socket.close();
  }
}

/** The switch: one recording session by UDP (RFC 7866), with two streams that only send. */
class Switch {
  private readonly socket: Socket = createSocket('udp4');
  private here = '';
  private dialog = '';

  constructor(
    private readonly host: string,
    private readonly port: number,
  ) {}

  /** Records a call, and gives the ports at which the server hears its streams. */
  async record(offered: number[]): Promise<number[]> {
    this.socket.bind(0, '127.0.0.1');
    await once(this.socket, 'listening');
    this.here = `127.0.0.1:${this.socket.address().port}`;
    const sdp = ['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 'c=IN IP4 127.0.0.1', 't=0 0'];
    offered.forEach((port, n) => sdp.push(`m=audio ${port} RTP/AVP 8`, 'a=sendonly', `a=label:${n + 1}`));
    const metadata =
      '<recording xmlns="urn:ietf:params:xml:ns:recording:1"><datamode>complete</datamode>' +
      '<stream stream_id="s1"><label>1</label></stream><stream stream_id="s2"><label>2</label></stream></recording>';
    const body = [
      '--b1',
      'Content-Type: application/sdp',
      '',
      ...sdp,
      '',
      '--b1',
      'Content-Type: application/rs-metadata+xml',
      'Content-Disposition: recording-session',
      '',
      metadata,
      '--b1--',
      '',
    ].join('\r\n');
    const more = ['Require: siprec', 'Content-Type: multipart/mixed;boundary=b1'];
    const answer = await this.ask('INVITE', 1, `<sip:srs@${this.host}:${this.port}>`, more, body);
    this.dialog = /^To: (.+)$/m.exec(answer)?.[1]?.trim() ?? '';
    this.say('ACK', 1, this.dialog, [], '');
    return [...answer.matchAll(/^m=audio (\d+) /gm)].map(([, port]) => Number(port));
  }

  async end(): Promise<void> {
    await this.ask('BYE', 2, this.dialog, [], '');
  }

  close(): void {
    this.socket.close();
  }

  /** The final answer to a request. */
  private async ask(method: string, number: number, to: string, more: string[], body: string): Promise<string> {
    this.say(method, number, to, more, body);
    for (;;) {
      const [answer] = (await once(this.socket, 'message')) as [Buffer];
      const text = answer.toString();
      if (!text.includes(`CSeq: ${number} ${method}`) || text.startsWith('SIP/2.0 1')) continue;
      if (!text.startsWith('SIP/2.0 200')) throw new Error(`the server answered ${text.split('\r\n')[0]}`);
      return text;
    }
  }

  private say(method: string, number: number, to: string, more: string[], body: string): void {
    const head = [
      `${method} sip:srs@${this.host}:${this.port} SIP/2.0`,
      `Via: SIP/2.0/UDP ${this.here};branch=z9hG4bK${method}${number}`,
      'Max-Forwards: 70',
      `From: <sip:src@${this.here}>;tag=1`,
      `To: ${to}`,
      'Call-ID: 7f3a',
      `CSeq: ${number} ${method}`,
      `Contact: <sip:src@${this.here}>;+sip.src`,
      ...more,
      `Content-Length: ${Buffer.byteLength(body)}`,
    ];
    this.socket.send(`${head.join('\r\n')}\r\n\r\n${body}`, this.port, this.host);
  }
}

interface Room {
  link(person: string): string;
  voices: [Voice, Voice];
  endCall(): Promise<void>;
}

const test = base.extend<{ room: Room }>({
  room: async ({}, use) => {
    const child: ChildProcess = spawn(binary, { stdio: ['pipe', 'pipe', 'inherit'] });
    const links = new Map<string, string>();
    let sip: [string, number] | undefined;
    await new Promise<void>((resolve, reject) => {
      child.once('exit', (code) => reject(new Error(`the room ended with ${code}`)));
      createInterface({ input: child.stdout! }).on('line', (line) => {
        const [, person, url] = /^page (.+) (http\S+)$/.exec(line) ?? [];
        if (person && url) links.set(person, url);
        const [, host, port] = /^sip ([\d.]+):(\d+)$/.exec(line) ?? [];
        if (host && port) sip = [host, Number(port)];
        if (line === 'ready') resolve();
      });
    });
    const [host, port] = sip!;
    const voices: [Voice, Voice] = [new Voice(440), new Voice(1_000)];
    const recorder = new Switch(host, port);
    const ears = await recorder.record(await Promise.all(voices.map((voice) => voice.bind())));
    voices.forEach((voice, n) => voice.speakTo(host, ears[n]!));
    let due = performance.now();
    // As much as is due, however late the timer comes: a switch's clock does not stand still.
    const talk = setInterval(() => {
      for (; due <= performance.now(); due += packetMs) for (const voice of voices) voice.send();
    }, 5);
    const link = (person: string) => links.get(person) ?? '';
    const endCall = async () => {
      child.stdin!.write('end\n');
      await recorder.end();
    };
    await use({ link, voices, endCall });
    clearInterval(talk);
    recorder.close();
    for (const voice of voices) voice.close();
    child.removeAllListeners('exit');
    const ended = once(child, 'exit');
    child.stdin!.end();
    await ended;
  },
});

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

/** What the newest connection counts. */
function counts(page: Page) {
  return page.evaluate(async () => {
    const peer = (window as unknown as { peers: RTCPeerConnection[] }).peers.at(-1)!;
    const inbound: { lost: number; received: number }[] = [];
    let outbound = 0;
    (await peer.getStats()).forEach((report) => {
      if (report.type === 'inbound-rtp') {
        inbound.push({ lost: report.packetsLost, received: report.packetsReceived});
      }
      if (report.type === 'outbound-rtp') outbound += 1;
    });
    const directions = peer.getTransceivers().map((transceiver) => transceiver.currentDirection);
    return { inbound, outbound, directions, asked: (window as unknown as { asked: number }).asked };
  });
}

const origin = (link: string) => new URL(link).origin;

async function signOff(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/listening/sign-off`);
  await page.getByLabel('Version').fill('LISTEN-2026-1');
  await page.getByLabel('The notice, whole').fill('Calls to this control room may be listened to by its specialists.');
  await page.getByLabel('Signed by').fill('Data protection officer, file 12');
  await page.getByLabel('Specialists').check();
  await page.getByRole('button', { name: 'Enter it' }).click();
  await expect(page.getByText('in force', { exact: true })).toBeVisible();
}

async function listen(page: Page): Promise<void> {
  await page.getByLabel('Why this call?').fill('Her second call tonight');
  await page.getByRole('button', { name: 'Listen' }).click();
  await expect(page.locator('[data-ear="say"]')).toHaveText('Live');
}

/** A specialist, a supervisor who has entered the sign-off, and the call handler beside their call. */
async function people(room: Room, browser: Browser) {
  const enter = async (person: string) => {
    const page = await (await browser.newContext()).newPage();
    await page.addInitScript(spy);
    await page.goto(room.link(person));
    return page;
  };
  const [priya, quill, kit] = [await enter('Priya Nandra'), await enter('Inspector Quill'), await enter('Kit Doyle')];
  const url = origin(room.link('Priya Nandra'));
  await signOff(quill, url);
  await kit.goto(`${url}/companion`);
  return { priya, quill, kit, url };
}

test('a specialist hears both people of a live call, goes back, and everybody sees it', async ({ room, browser }) => {
  const { priya, quill, kit, url } = await people(room, browser);
  await expect(kit.getByText('Nobody listens to this call.')).toBeVisible();

  await priya.goto(`${url}/listening`);
  await expect(priya.getByText('O. Pennick, by number or place: not certain')).toBeVisible();
  await priya.keyboard.press('Enter');
  await expect(priya.getByRole('heading', { name: 'Listen', exact: true })).toBeVisible();
  await expectAccessible(priya);
  await listen(priya);

  await expect(async () => {
    const [caller, handler] = await frequencies(priya);
    expect(Math.abs(caller! - 440), `the caller at ${caller} Hz`).toBeLessThan(7);
    expect(Math.abs(handler! - 1_000), `the handler at ${handler} Hz`).toBeLessThan(7);
  }).toPass({ timeout: 10_000 });
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
  await priya.keyboard.press('b');
  await expect(priya.locator('[data-ear="say"]')).toHaveText(/^\d+ s behind the call$/);
  await priya.keyboard.press('l');
  await expect(priya.locator('[data-ear="say"]')).toHaveText('Live');

  // Another network: the page makes another connection, and goes on.
  await priya.evaluate(() => dispatchEvent(new Event('online')));
  await expect.poll(() => priya.evaluate(() => (window as unknown as { peers: unknown[] }).peers.length)).toBe(2);
  await expect(async () => {
    expect(Math.abs((await frequencies(priya))[0]! - 440)).toBeLessThan(7);
  }).toPass({ timeout: 10_000 });

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

test('listening stops when the page is left, and when the sign-off is taken back', async ({ room, browser }) => {
  const { priya, quill, kit, url } = await people(room, browser);
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
