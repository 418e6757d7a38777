// Moments of a live call, the feedback made of them, and what the call handler says to it: the whole way, mostly by keys.
import type { Page } from '@playwright/test';
import { inTheRoom, listen, test } from './call.ts';
import { expect, expectAccessible, picture } from './journey.ts';

test.use({ rings: false, records: true });

const noSideways = async (page: Page) => {
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(wider, 'pixels to scroll sideways').toBeLessThanOrEqual(0);
};

/** The picture in both themes. */
async function pictures(page: Page, name: string): Promise<void> {
  await picture(page, name);
  await page.emulateMedia({ colorScheme: 'dark' });
  await picture(page, `${name}-dark`);
  await page.emulateMedia({ colorScheme: 'light' });
}

test('it rings, moments are marked by keys, feedback is sent, and the handler reads and answers it', async ({ room, browser }) => {
  test.setTimeout(120_000);
  const { priya, quill, kit, url } = await inTheRoom(room, browser);
  await kit.setViewportSize({ width: 380, height: 760 });
  await priya.setViewportSize({ width: 1366, height: 768 });
  await room.ring();
  await expect(kit.getByText('07700 900631')).toBeVisible();
  await expect(kit.getByRole('link', { name: 'No new feedback' })).toBeVisible();

  // The handler's own tick, by keys, beside what the log says.
  await kit.keyboard.press('j');
  await kit.keyboard.press('t');
  const own = kit.locator('#point-first-words');
  await expect(own.getByText(/^you \d\d:\d\d$/)).toBeVisible();
  await expect(own).toContainText('no log shows it');
  await own.scrollIntoViewIfNeeded();
  await expectAccessible(kit);
  await pictures(kit, 'companion-ticks');
  await kit.keyboard.press('t');
  await expect(own.getByText(/^you/)).toHaveCount(0);

  await priya.goto(`${url}/listening/c0`);
  await expect(priya.getByText('Moments are marked while you listen')).toBeVisible();
  await listen(priya);
  const marked = priya.getByRole('list', { name: 'Moments that you marked' }).getByRole('listitem');
  await priya.keyboard.press('m');
  await priya.keyboard.press('1');
  await expect(marked).toHaveCount(1);
  await expect(marked.first()).toContainText('Believed her');
  // A prompt goes out meanwhile, and the keys of both do not stand in each other's way.
  await priya.keyboard.press('p');
  await priya.keyboard.press('1');
  await priya.keyboard.press('Enter');
  await expect(kit.locator('#prompt-line')).toBeVisible();
  await kit.keyboard.press('1');
  await expect(kit.locator('#prompt-line')).toHaveCount(0);
  for (const digit of ['6', '6']) {
    await priya.keyboard.press('m');
    await priya.keyboard.press(digit);
  }
  await expect(marked, 'a theme is marked as often as it is heard').toHaveCount(3);
  await marked.first().getByRole('button', { name: 'Take it back' }).click();
  await expect(marked).toHaveCount(2);
  await marked.first().getByRole('link', { name: 'Note words' }).click();
  await priya.getByLabel('What did you hear?').fill('She had begun to say where the knife was.');
  await priya.getByRole('button', { name: 'Keep the words' }).click();
  await expect(marked.first()).toContainText('where the knife was');
  await expect(priya.locator('[data-ear="say"]'), 'the sound goes on').toHaveText('Live');
  await expectAccessible(priya);
  await priya.locator('.marking').scrollIntoViewIfNeeded();
  await pictures(priya, 'moments');
  await room.endCall();
  await expect(kit.getByText('waits for your next call')).toBeVisible();

  await priya.goto(`${url}/feedback`);
  await expect(priya.getByText('1 went well, 1 to try')).toBeVisible();
  await expectAccessible(priya);
  await pictures(priya, 'feedback-specialist');
  await priya.getByRole('link', { name: /^Call of/ }).first().click();
  await expect(priya.getByRole('heading', { name: 'What went well comes first' })).toBeVisible();
  await priya.getByRole('checkbox', { name: 'Believed her' }).uncheck();
  await priya.getByRole('button', { name: 'Send it' }).click();
  await expect(priya.locator('.govuk-error-summary')).toContainText('Quote at least one moment that went well.');
  await expectAccessible(priya);
  await priya.getByRole('checkbox', { name: 'Believed her' }).check();
  await priya.getByLabel('What you heard').first().fill('You told her that she did right to ring, and she went on.');
  await expectAccessible(priya);
  await pictures(priya, 'feedback-write');
  await priya.getByRole('button', { name: 'Send it' }).click();
  await expect(priya.getByText('not opened yet')).toBeVisible();

  await kit.getByRole('link', { name: '1 new feedback' }).click();
  await expectAccessible(kit);
  await pictures(kit, 'feedback-inbox');
  await kit.getByRole('link', { name: /^Call of/ }).click();
  await expect(kit.getByText('You told her that she did right to ring')).toBeVisible();
  await kit.getByText('Each moment plays from ten seconds before it').scrollIntoViewIfNeeded();
  // The call's own sound, from the recording: the browser plays it, and it is no longer than the moment.
  const sound = kit.locator('audio');
  await expect(sound).toHaveCount(2);
  await sound.first().evaluate(async (clip: HTMLAudioElement) => {
    clip.muted = true;
    await clip.play();
  });
  const length = () => sound.first().evaluate((clip: HTMLAudioElement) => clip.duration);
  await expect.poll(length).toBeGreaterThan(1);
  expect(await length()).toBeLessThan(15.1);
  await expect.poll(() => sound.first().evaluate((clip: HTMLAudioElement) => clip.currentTime)).toBeGreaterThan(0.2);
  const headings = await kit.locator('main h2').allTextContents();
  expect(headings.indexOf('What went well')).toBeLessThan(headings.indexOf('To try'));
  await expect(priya.getByText(/^Opened/), 'drawn and visible on the handler’s page').toBeVisible();
  await noSideways(kit);
  await expectAccessible(kit);
  await pictures(kit, 'feedback-read');
  await kit.getByLabel('Your answer').fill('I will let her finish. Thank you.');
  await kit.getByRole('button', { name: 'Thank' }).click();
  await expect(kit.getByText('says thank you')).toBeVisible();
  await expect(priya.getByText(/^Thanked/)).toBeVisible();
  await kit.getByLabel('Your answer').fill('She had finished: I heard her say so.');
  await kit.getByRole('button', { name: 'Dispute it' }).click();
  await expect(kit.getByText('disputes it')).toBeVisible();

  await quill.goto(`${url}/feedback`);
  await quill.setViewportSize({ width: 1366, height: 768 });
  await expect(quill.getByRole('heading', { name: 'What is heard in this room' })).toBeVisible();
  await expectAccessible(quill);
  await pictures(quill, 'feedback-supervisor');
  await quill.getByRole('link', { name: /^Call of/ }).first().click();
  await quill.getByLabel('Why it stands, or does not').fill('I read the log: she had.');
  await pictures(quill, 'feedback-settle');
  await quill.getByRole('button', { name: 'It does not stand' }).click();
  await expect(kit.getByText('says that it does not stand')).toBeVisible();
  await expect(priya.getByText(/^Does not stand/)).toBeVisible();
  for (const page of [priya, kit, quill]) {
    expect(await page.title()).toMatch(/^Feedback/);
    expect(page.url()).not.toMatch(/knife|0187/i);
  }
});

test('two evaluate a call alone, and see each other side by side', async ({ room, browser }) => {
  test.setTimeout(90_000);
  const { priya, quill, url } = await inTheRoom(room, browser);
  await room.ring();
  const sam = await room.control.enter(browser, 'sam');
  for (const page of [priya, sam]) {
    await page.setViewportSize({ width: 1366, height: 768 });
    await page.goto(`${url}/listening/c0`);
    await listen(page);
  }
  const evaluate = async (page: Page, steps: number[], words: string) => {
    await page.goto(`${url}/feedback/calls/c0/evaluation`);
    const parts = page.locator('fieldset.part');
    await expect(parts).toHaveCount(5);
    for (const [n, step] of steps.entries()) await parts.nth(n).getByRole('radio').nth(step).check();
    await page.getByLabel('In your own words').fill(words);
  };
  await evaluate(priya, [2, 3, 1, 2, 4], 'Warm from the start.');
  await expectAccessible(priya);
  await pictures(priya, 'evaluation');
  await priya.getByRole('button', { name: 'This is my evaluation' }).click();
  await expect(priya.getByText('Yours stands; a second is needed')).toBeVisible();
  await evaluate(sam, [2, 1, 1, 2, 0], 'Safety came late.');
  await expect(sam.getByText('Warm from the start'), 'alone').toHaveCount(0);
  await sam.getByRole('button', { name: 'This is my evaluation' }).click();
  await expect(priya.getByText('Apart in 2 of 5 parts')).toBeVisible();
  await sam.getByRole('link', { name: /^Call of/ }).last().click();
  await expect(sam.getByRole('heading', { name: 'They came apart in safety and next step' })).toBeVisible();
  await expect(sam.getByText('Warm from the start.')).toBeVisible();
  await expectAccessible(sam);
  await pictures(sam, 'side-by-side');
  await quill.goto(`${url}/feedback/calls/c0/side-by-side`);
  await expect(quill.getByText('2 steps apart')).toBeVisible();
  await sam.setViewportSize({ width: 380, height: 760 });
  await noSideways(sam);
});
