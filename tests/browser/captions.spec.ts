// Captions of a live call: a caption server of the test's own is asked for each utterance, and tells by the tone that it hears who spoke.
// No model is run. What it answers stands on the page of whoever listens, and afterwards beside the recording.
import type { Page } from '@playwright/test';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inTheRoom, listen, test as base } from './call.ts';
import { expect, expectAccessible, picture } from './journey.ts';
import type { Voice } from './switch.ts';

/** What it answers to the caller's tone and to the call handler's. */
const words = ['He is outside and I have locked the door.', 'Are you safe where you are now?'];

interface Writer {
  url: string;
  /** Answers with an error from now on. */
  fails: boolean;
  /** The forms' fields beside the file, and how long each file is, in seconds. */
  asked: { path: string; model: string; format: string; seconds: number }[];
}

async function body(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** The tone of a WAV file of 16,000 samples a second, by how often its wave crosses zero while it is loud. */
function hertz(wav: Buffer): number {
  let [crossings, loud, last] = [0, 0, 0];
  for (let at = 44; at + 1 < wav.length; at += 2) {
    const sample = wav.readInt16LE(at);
    if (Math.abs(sample) > 200) {
      if (last !== 0 && Math.sign(sample) !== last) crossings += 1;
      last = Math.sign(sample);
    }
    if (Math.abs(sample) > 4_000) loud += 1;
  }
  // A tone of the switch's loudness is above that for some two thirds of its time, and silence never is.
  return (crossings * 16_000) / ((loud * 3) / 2) / 2;
}

const test = base.extend<{ writer: Writer }>({
  writer: async ({}, use) => {
    const writer: Writer = { url: '', fails: false, asked: [] };
    const server = createServer((request, response) => {
      void body(request).then((form) => {
        const text = form.toString('latin1');
        const field = (name: string) => new RegExp(`name="${name}"\\r\\n\\r\\n(.*?)\\r\\n--`).exec(text)?.[1] ?? '';
        const start = text.indexOf('RIFF');
        const wav = form.subarray(start, start + 44 + form.readUInt32LE(start + 40));
        const seconds = (wav.length - 44) / 32_000;
        writer.asked.push({ path: request.url ?? '', model: field('model'), format: field('response_format'), seconds });
        response.statusCode = writer.fails ? 500 : 200;
        response.end(JSON.stringify({ text: words[hertz(wav) < 700 ? 0 : 1] }));
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    writer.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await use(writer);
    server.closeAllConnections();
    server.close();
  },
  more: async ({ writer }, use) => use(['--captions', writer.url, '--captions-model', 'small']),
});

test.use({ records: true });

async function pictures(page: Page, name: string): Promise<void> {
  await picture(page, name);
  await page.emulateMedia({ colorScheme: 'dark' });
  await picture(page, `${name}-dark`);
  await page.emulateMedia({ colorScheme: 'light' });
}

/** Waits until a voice has said a second more: what is shorter may be a click and no word. */
async function spoke(voice: Voice): Promise<void> {
  const enough = voice.number + 50;
  await expect.poll(() => voice.number).toBeGreaterThan(enough);
}

test('whoever listens reads what is said, and whoever hears the recording reads it again', async ({ room, writer, browser }) => {
  test.setTimeout(120_000);
  const { priya, url } = await inTheRoom(room, browser);
  const sam = await room.control.enter(browser, 'sam');
  const [caller, handler] = room.voices;
  handler.silent = true;
  await priya.setViewportSize({ width: 1366, height: 768 });
  await priya.goto(`${url}/listening/c0`);
  await expect(priya.getByText('They stand here while you listen.')).toBeVisible();
  expect(writer.asked, 'nobody listens: nothing is written').toEqual([]);
  await listen(priya);
  await expect(priya.locator('[data-voice="0"]')).toHaveText('speaking');
  await expect(priya.getByText('Nothing has been written of this call yet.')).toBeVisible();

  // A pause ends what she says, and so does one of the call handler's.
  const lines = priya.getByRole('list', { name: 'What is said, the newest last' }).getByRole('listitem');
  await spoke(caller);
  caller.silent = true;
  await expect(lines).toHaveCount(1);
  await expect(lines.first()).toHaveText(/^\d:\d\dCallerHe is outside and I have locked the door\.$/);
  handler.silent = false;
  await spoke(handler);
  handler.silent = true;
  await expect(lines).toHaveCount(2);
  await expect(lines.last()).toHaveText(/^\d:\d\dCall handlerAre you safe where you are now\?$/);
  for (const asked of writer.asked) {
    expect(asked).toMatchObject({ path: '/v1/audio/transcriptions', model: 'small', format: 'json' });
    expect(asked.seconds).toBeLessThanOrEqual(8);
  }
  await expect(priya.getByRole('heading', { name: 'Captions: a machine writes them, and may be wrong' })).toBeVisible();
  await expectAccessible(priya);
  await priya.locator('.captions').scrollIntoViewIfNeeded();
  await pictures(priya, 'captions');

  // Nobody else's page has them.
  await sam.goto(`${url}/listening/c0`);
  await expect(sam.getByText('They stand here while you listen.')).toBeVisible();
  await expect(sam.getByText('locked the door')).toHaveCount(0);

  await priya.keyboard.press('c');
  await expect(lines.first()).toBeHidden();
  await expect(priya.getByRole('button', { name: 'Show or hide' })).toHaveAttribute('aria-expanded', 'false');
  await priya.keyboard.press('c');
  await expect(lines.first()).toBeVisible();

  writer.fails = true;
  caller.silent = false;
  await spoke(caller);
  caller.silent = true;
  await expect(priya.getByText('The caption server answers, and not with words: what is said now is not written. Words are missing in 1 place.')).toBeVisible();
  await expect(priya.locator('[data-ear="say"]'), 'the sound goes on').toHaveText('Live');
  await priya.setViewportSize({ width: 390, height: 844 });
  const wider = await priya.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(wider, 'pixels to scroll sideways').toBeLessThanOrEqual(0);
  await priya.setViewportSize({ width: 1366, height: 768 });
  await room.endCall();
  await expect(priya.getByText('This call cannot be heard.')).toBeVisible();
  await expect(priya.getByText('locked the door')).toHaveCount(0);

  await priya.goto(`${url}/listening`);
  await priya.locator('a[href^="/recordings/"]').click();
  await expect(priya.getByText('The file is as it was when the call ended')).toBeVisible();
  await expect(priya.getByText('locked the door')).toHaveCount(0);
  await priya.getByLabel('Why this recording?').fill('What she said about the door');
  await priya.getByRole('button', { name: 'Hear it' }).click();
  const kept = priya.getByRole('list', { name: 'What was said, the oldest first' }).getByRole('listitem');
  await expect(kept).toHaveCount(2);
  await expect(kept.first()).toContainText('locked the door');
  await expect(priya.getByText('Words are missing in 1 place.')).toBeVisible();
  await expectAccessible(priya);
  await pictures(priya, 'recording-captions');
});
