// From the click on Listen to the first sound of both voices in the browser, on loopback: the journal's entry, the offer and its
// answer, the handshake, and the browser's own buffer are in it.
import { expect } from '@playwright/test';
import { writeFile } from 'node:fs/promises';
import { inTheRoom, listen, test } from './call.ts';
import { spread } from './figure.ts';

const result = process.env.FIGURES ?? '';
const joins = Number(process.env.FIGURE_JOINS ?? 50);

/** When something happened in the page, by its own clock, in ms. */
interface Marks {
  clicked: number[];
  /** Both voices could be heard. */
  sounds: number[];
}

test('from the click to the first sound', async ({ room, browser }) => {
  test.setTimeout(600_000);
  const { priya, url } = await inTheRoom(room, browser, mark);
  await priya.goto(`${url}/listening/c0`);
  const marks = () => priya.evaluate(() => (window as unknown as { marks: Marks }).marks);
  for (let n = 1; n <= joins; n += 1) {
    await listen(priya);
    await expect.poll(async () => (await marks()).sounds.length).toBe(n);
    await priya.getByRole('button', { name: /^Stop/ }).click();
    await expect(priya.getByRole('button', { name: 'Listen' })).toBeVisible();
  }
  const { clicked, sounds } = await marks();
  const figures = { count: joins, sound_ms: spread(sounds.map((time, n) => time - clicked[n]!)) };
  if (result) await writeFile(result, JSON.stringify(figures));
  console.log(JSON.stringify(figures));
});

/** Notes when Listen is clicked, and when both voices of the connection that it makes are heard. */
function mark(): void {
  const marks: Marks = { clicked: [], sounds: [] };
  Object.assign(window, { marks });
  addEventListener('click', (event) => {
    if ((event.target as Element).closest('button')?.textContent?.trim().startsWith('Listen')) marks.clicked.push(performance.now());
  }, true);
  let context: AudioContext | undefined;
  const Original = RTCPeerConnection;
  window.RTCPeerConnection = class extends Original {
    constructor(...settings: ConstructorParameters<typeof RTCPeerConnection>) {
      super(...settings);
      const waves: AnalyserNode[] = [];
      this.addEventListener('track', ({ track }) => {
        context ??= new AudioContext();
        const wave = new AnalyserNode(context, { fftSize: 256 });
        context.createMediaStreamSource(new MediaStream([track])).connect(wave);
        waves.push(wave);
      });
      const sample = new Float32Array(256);
      const isHeard = (wave: AnalyserNode) => {
        wave.getFloatTimeDomainData(sample);
        return sample.some((level) => Math.abs(level) > 0.01);
      };
      const look = () => {
        if (waves.length === 2 && waves.every(isHeard)) marks.sounds.push(performance.now());
        else if (this.connectionState !== 'closed') setTimeout(look, 2);
      };
      look();
    }
  };
}
