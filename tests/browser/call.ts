// A live call on the product as it is run: a switch that records it by SIPREC, and the people whose pages it is on.
import type { Browser, Page } from '@playwright/test';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Control, type Message } from './control.ts';
import { expect, test as base, withFolder } from './journey.ts';
import { signOff } from './sign-off.ts';
import { packetMs, Switch, Voice } from './switch.ts';

export const people = [
  { name: 'priya', shown: 'Priya Nandra', role: 'specialist' },
  { name: 'sam', shown: 'Sam Whitlock', role: 'specialist' },
  { name: 'quill', shown: 'Inspector Quill', role: 'supervisor' },
  { name: 'kit', shown: 'Kit Doyle', role: 'handler', staff: 'op7' },
];

const audio = ['--sip', '127.0.0.1:0', '--switch', '127.0.0.1', '--hear', '127.0.0.1:0', '--rtp-ports', '26000-26199'];

/** A message of so many minutes ago. */
const message = (id: string, ago: number, type: string, rest: object): Message =>
  ({ id, at: new Date(Date.now() - ago * 60_000).toISOString(), type, ...rest });

/** She rang twenty minutes ago. */
const before = () => [
  message('m1', 20, 'incident.opened', {
    incident: 'L0187',
    by: 'op1',
    channel: '999',
    grade: 'priority',
    code: 'ASSAULT',
    qualifiers: ['DA'],
    text: 'INFT STS HE STRANGLED HER',
  }),
  message('m2', 19, 'incident.person', {
    incident: 'L0187',
    by: 'op1',
    role: 'victim',
    person: { ref: 'P1', given: 'Orla', family: 'Pennick', phones: ['07700 900631'] },
  }),
  message('m3', 18, 'incident.person', {
    incident: 'L0187',
    by: 'op1',
    role: 'suspect',
    relationship: 'partner',
    person: { ref: 'P2', given: 'Piers', family: 'Quarmby' },
  }),
];

export interface Room {
  control: Control;
  voices: [Voice, Voice];
  /** She rings again, and Kit Doyle takes the call. */
  ring(): Promise<void>;
  endCall(): Promise<void>;
}

/** The shipped policy, in which calls are recorded. */
export async function recordingPolicy(folder: string): Promise<string[]> {
  const shipped = await readFile(join(import.meta.dirname, '../../policy/policy.toml'), 'utf8');
  const policy = join(folder, 'policy.toml');
  await writeFile(policy, shipped.replace('on = { is = false, from = "D" }', 'on = { is = true, from = "the force" }'));
  return ['--policy', policy];
}

export const test = base.extend<{ rings: boolean; records: boolean; more: string[]; room: Room }>({
  /** Whether the call has come before the test begins. */
  rings: [true, { option: true }],
  /** Whether the force has its calls recorded. */
  records: [false, { option: true }],
  /** What else the server is told. */
  more: [[], { option: true }],
  room: async ({ rings, records, more }, use) => {
    await withFolder(async (folder) => {
      const policy = records ? await recordingPolicy(folder) : [];
      const control = await Control.start(join(folder, 'data'), people, [...audio, ...policy, ...more]);
      await control.post(before());
      const ring = () =>
        control.post([message('m4', 0, 'call.started', { call: 'c1', line: '999', from: '+447700900631', handler: 'op7', sip: '7f3a' })]);
      if (rings) await ring();
      const [host, port] = control.sip!;
      const voices: [Voice, Voice] = [new Voice(440), new Voice(1_000)];
      const recorder = new Switch(host, port);
      const ears = await recorder.record(await Promise.all(voices.map((voice) => voice.bind())));
      voices.forEach((voice, n) => voice.speakTo(host, ears[n]!));
      let due = performance.now();
      // As much as is due, however late the timer comes: a switch's clock does not stand still.
      const talk = setInterval(() => {
        for (; due <= performance.now(); due += packetMs) for (const voice of voices) voice.send();
      }, 5);
      const endCall = async () => {
        await control.post([message('m5', 0, 'call.ended', { call: 'c1', how: 'completed' })]);
        await recorder.end();
      };
      await use({ control, voices, ring, endCall });
      clearInterval(talk);
      recorder.close();
      for (const voice of voices) voice.close();
      await control.stop();
    });
  },
});

export async function listen(page: Page): Promise<void> {
  await page.getByLabel('Why this call?').fill('Her second call tonight');
  await page.getByRole('button', { name: 'Listen' }).click();
  await expect(page.locator('[data-ear="say"]')).toHaveText('Live');
}

/** A specialist, a supervisor who has entered the sign-off, and the call handler beside their call. `before` runs in each page first. */
export async function inTheRoom({ control }: Room, browser: Browser, before?: () => void) {
  const enter = (name: string) => control.enter(browser, name, before);
  const [priya, quill, kit] = [await enter('priya'), await enter('quill'), await enter('kit')];
  const { url } = control;
  await signOff(quill, url);
  await kit.goto(`${url}/companion`);
  return { priya, quill, kit, url };
}
