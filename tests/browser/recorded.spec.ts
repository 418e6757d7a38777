// A call that is recorded because the policy says so: it is heard afterwards with a reason that is written down, and a crash in
// the middle of the next one leaves all but its last second.
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { people, recordingPolicy } from './call.ts';
import { Control, type Message } from './control.ts';
import { expect, expectAccessible, picture, test, withFolder } from './journey.ts';
import { signOff } from './sign-off.ts';
import { packetMs, Switch, Voice } from './switch.ts';

const audio = ['--sip', '127.0.0.1:0', '--switch', '127.0.0.1', '--hear', '127.0.0.1:0', '--rtp-ports', '26400-26499'];

/** Three seconds of two voices, as they lie in a file. */
const threeSeconds = 3 * 16_000;

/** One call of the switch: both speak at their pace until it is ended. */
async function speak(control: Control, id: string) {
  const [host, port] = control.sip!;
  const voices: [Voice, Voice] = [new Voice(440), new Voice(1_000)];
  const recorder = new Switch(host, port, id);
  const ears = await recorder.record(await Promise.all(voices.map((voice) => voice.bind())));
  voices.forEach((voice, n) => voice.speakTo(host, ears[n]!));
  let due = performance.now();
  const talk = setInterval(() => {
    for (; due <= performance.now(); due += packetMs) for (const voice of voices) voice.send();
  }, 5);
  const silence = () => {
    clearInterval(talk);
    recorder.close();
    for (const voice of voices) voice.close();
  };
  return { recorder, silence };
}

test('a recorded call is heard with a reason, and a crash leaves all but its last second', async ({ browser }) => {
  test.setTimeout(120_000);
  await withFolder(async (folder) => {
    const policy = await recordingPolicy(folder);
    const data = join(folder, 'data');
    let control = await Control.start(data, people, [...audio, ...policy]);
    const message = (id: string, type: string, rest: object): Message => ({ id, at: new Date().toISOString(), type, ...rest });
    await control.post([
      message('m1', 'incident.opened', { incident: 'L0187', by: 'op1', channel: '999', grade: 'priority', code: 'ASSAULT', qualifiers: ['DA'], text: 'HE IS OUTSIDE' }),
      message('m2', 'call.started', { call: 'c1', line: '999', from: '+447700900631', handler: 'op7', sip: '7f3a' }),
      message('m3', 'call.attached', { call: 'c1', incident: 'L0187' }),
    ]);
    const quill = await control.enter(browser, 'quill');
    await quill.goto(`${control.url}/listening`);
    await expect(quill.getByText('no sign-off is entered: none is')).toBeVisible();
    await signOff(quill, control.url);
    const priya = await control.enter(browser, 'priya');

    /** How long the file is that was not there before, in bytes. */
    const newest = async (before: Set<string>) => {
      const name = (await readdir(join(data, 'recordings'))).find((file) => !before.has(file));
      return name === undefined ? 0 : (await stat(join(data, 'recordings', name))).size;
    };

    let call = await speak(control, '7f3a');
    await priya.goto(`${control.url}/listening`);
    await expect(priya.getByText('Is being recorded')).toBeVisible();
    await expect.poll(() => newest(new Set())).toBeGreaterThan(threeSeconds);
    await call.recorder.end();
    call.silence();
    await expect(priya.getByRole('listitem').filter({ hasText: /0:0[3-9] long/ })).toBeVisible();
    await priya.getByRole('link', { name: /^Log L0187/ }).click();
    await expect(priya.getByText('The file is as it was when the call ended')).toBeVisible();
    await expect(priya.locator('audio')).toHaveCount(0);
    await expectAccessible(priya);
    await picture(priya, 'recording-ask');
    await priya.getByLabel('Why this recording?').fill('What she said about the door');
    await priya.getByRole('button', { name: 'Hear it' }).click();

    // The browser itself plays it: both voices, as long as they spoke.
    const length = () => priya.locator('audio').evaluate((sound: HTMLAudioElement) => sound.duration);
    await expect.poll(length).toBeGreaterThan(2.5);
    await priya.locator('audio').evaluate((sound: HTMLAudioElement) => {
      sound.currentTime = 2;
      return sound.play();
    });
    await expect.poll(() => priya.locator('audio').evaluate((sound: HTMLAudioElement) => sound.currentTime)).toBeGreaterThan(2.2);
    await expect(priya.getByText('What she said about the door')).toBeVisible();
    await expectAccessible(priya);
    await picture(priya, 'recording');
    await priya.getByRole('link', { name: 'Open the log' }).click();
    await expect(priya.getByText('A call of this log was recorded')).toBeVisible();
    // Whoever has given no reason has no sound.
    expect(await quill.evaluate((path) => fetch(path).then((answer) => answer.status), '/recordings/1/audio')).not.toBe(200);

    // The next call is cut off in the middle, with the server.
    const before = new Set(await readdir(join(data, 'recordings')));
    call = await speak(control, '7f3b');
    await expect.poll(() => newest(before)).toBeGreaterThan(threeSeconds);
    control = await control.crash();
    call.silence();
    const sam = await control.enter(browser, 'sam');
    await sam.goto(`${control.url}/listening`);
    // Three seconds were on the disk, and all of them are there.
    const cut = sam.getByRole('listitem').filter({ hasText: /0:0[3-9] long, and breaks off/ });
    await expect(cut).toBeVisible();
    await cut.getByRole('link').click();
    await expect(sam.getByText('What there is of it is as it was sealed.')).toBeVisible();
    await control.stop();
  });
});
