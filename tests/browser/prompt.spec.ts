// A prompt from a specialist who listens to the companion of the handler whose call it is, by keys alone.
import { inTheRoom, listen, test } from './call.ts';
import { expect, expectAccessible, picture } from './journey.ts';

test.use({ rings: false });

/** Lets a test say that nobody can see the page, as a browser says of a tab behind another. */
function curtain(): void {
  let state: DocumentVisibilityState = 'visible';
  Object.defineProperty(document, 'visibilityState', { get: () => state });
  Object.assign(window, {
    draw: (next: DocumentVisibilityState) => {
      state = next;
      document.dispatchEvent(new Event('visibilitychange'));
    },
  });
}

test('it rings, the companion opens by itself, a specialist listens, and a prompt is sent, seen and used', async ({ room, browser }) => {
  // The whole way from ringing to the call's end, looked at by axe in both themes on the way.
  test.setTimeout(90_000);
  const { priya, kit, url } = await inTheRoom(room, browser);
  await kit.setViewportSize({ width: 380, height: 760 });
  await expect(kit.getByText('waits for your next call')).toBeVisible();
  await room.ring();
  await expect(kit.getByText('07700 900631')).toBeVisible();

  await priya.goto(`${url}/listening`);
  await priya.getByRole('link', { name: 'Listen', exact: true }).click();
  await listen(priya);
  await priya.keyboard.press('p');
  const line = priya.getByLabel('One line to Kit Doyle');
  await expect(line).toBeFocused();
  await expectAccessible(priya);
  await priya.keyboard.press('1');
  await expect(line).toHaveValue('Ask if he can hear her');
  await priya.keyboard.press('2');
  await expect(line, 'another digit chooses another').toHaveValue('Yes or no questions only');
  await picture(priya, 'prompt');
  await priya.keyboard.press('Enter');

  const told = kit.locator('#prompt-line');
  await expect(told).toHaveText('Yes or no questions only');
  await expect(told).toBeInViewport();
  await expect(kit.getByText('From Priya Nandra')).toBeVisible();
  await expect(priya.locator('.sent .done').getByText(/^Seen (within|after)/)).toBeVisible();
  await expect(priya.getByText('No answer yet')).toBeVisible();
  await expect(priya.locator('[data-ear="say"]'), 'the sound goes on').toHaveText('Live');
  await expectAccessible(kit);
  await expectAccessible(priya);
  await picture(kit, 'companion-prompt');
  for (const page of [kit, priya]) await page.emulateMedia({ colorScheme: 'dark' });
  await picture(kit, 'companion-prompt-dark');
  await picture(priya, 'prompt-dark');
  for (const page of [kit, priya]) await page.emulateMedia({ colorScheme: 'light' });
  await kit.evaluate(() => scrollTo(0, document.body.scrollHeight));
  await expect(told, 'it stays in sight').toBeInViewport();

  await kit.keyboard.press('1');
  await expect(told).toHaveCount(0);
  await expect(kit.locator('.earlier')).toContainText('Used');
  await expect(priya.locator('.sent .done').getByText(/^Used (within|after)/)).toBeVisible();
  await expect(priya.getByLabel('One line to Kit Doyle')).toBeVisible();
  await expect(priya.locator('[data-ear="say"]')).toHaveText('Live');
  await picture(priya, 'prompt-used');
  for (const page of [priya, kit]) {
    expect(await page.title()).not.toMatch(/yes or no/i);
    expect(page.url()).not.toMatch(/yes/i);
  }
  await priya.setViewportSize({ width: 380, height: 760 });
  const wider = await priya.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(wider, 'pixels to scroll sideways').toBeLessThanOrEqual(0);
  await picture(priya, 'prompt-phone');

  await priya.setViewportSize({ width: 1366, height: 768 });
  await priya.keyboard.press('p');
  await priya.keyboard.type('Ask if the children are upstairs');
  await priya.keyboard.press('Enter');
  await expect(told).toHaveText('Ask if the children are upstairs');
  await room.endCall();
  await expect(priya.locator('.sent .refused').getByText(/^Call ended (within|after)/)).toBeVisible();
});

test('a prompt behind another window is not seen, one is open at a time, and it can be taken back', async ({ room, browser }) => {
  const { priya, kit, url } = await inTheRoom(room, browser, curtain);
  await room.ring();
  await expect(kit.getByText('07700 900631')).toBeVisible();
  const sam = await room.control.enter(browser, 'sam');
  for (const page of [priya, sam]) await page.goto(`${url}/listening/c0`);
  await sam.keyboard.press('p');
  await sam.keyboard.type('Is he there');
  await sam.keyboard.press('Escape');
  await expect(sam.getByLabel('One line to Kit Doyle'), 'what is left is not kept').toHaveValue('');
  await sam.keyboard.press('p');
  await sam.keyboard.type('Is he there');

  await kit.evaluate(() => (window as unknown as { draw(state: string): void }).draw('hidden'));
  await priya.keyboard.press('p');
  await priya.keyboard.press('8');
  await priya.keyboard.press('Enter');
  await expect(kit.locator('#prompt-line')).toHaveText('Stay on the line');
  await expect(priya.getByText('Not seen')).toBeVisible();

  await expect(sam.getByText('One is open'), 'what is written is not taken from under the hand').toHaveCount(0);
  await sam.keyboard.press('Enter');
  await expect(sam.getByText('Somebody sent a prompt while you wrote. Yours was not sent.')).toBeVisible();
  await sam.keyboard.press('Escape');
  await expect(sam.getByText('One is open.')).toBeVisible();
  await expect(sam.getByText('Not seen'), 'nobody has seen it').toBeVisible();

  await kit.evaluate(() => (window as unknown as { draw(state: string): void }).draw('visible'));
  await expect(priya.getByText(/^Seen (within|after)/).last()).toBeVisible();
  await sam.keyboard.press('w');
  await expect(kit.locator('#prompt-line')).toHaveCount(0);
  await expect(kit.locator('.earlier')).toContainText('Taken back');
  await expect(priya.getByText(/^Taken back by Sam Whitlock (within|after)/).last()).toBeVisible();
});
