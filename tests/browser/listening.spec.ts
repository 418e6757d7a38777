// Live calls and the force's sign-off, in the demonstration.
import { expect, expectAccessible, picture, rows, startShift, test } from './journey.ts';

test('a supervisor enters the sign-off, everybody sees it, and it is taken back', async ({ night, enter }) => {
  const quill = await enter(night, 'Inspector Quill');
  const priya = await enter(night, 'Priya Nandra');
  await priya.goto(`${night.url}/listening`);
  await quill.goto(`${night.url}/listening`);
  // The demonstration has entered one and says so. A supervisor takes it back, like any other.
  await expect(priya.getByText('the demonstration entered this by itself', { exact: false })).toBeVisible();
  await quill.getByRole('link', { name: 'Take it back: listening stops' }).click();
  await quill.getByLabel('Why?').fill('Nobody has signed it');
  await quill.getByRole('button', { name: 'Take it back' }).click();
  await expect(priya.getByText('Live audio is off.', { exact: false }).first()).toBeVisible();
  await expect(priya.getByRole('link', { name: 'Enter a sign-off' })).toHaveCount(0);

  await quill.getByRole('link', { name: 'Enter a sign-off' }).click();
  await expectAccessible(quill);
  await quill.getByLabel('Version').fill('LISTEN-2026-1');
  await quill.getByLabel('The notice, whole').fill('Calls to this control room may be listened to by its specialists.');
  await quill.getByLabel('Signed by').fill('Data protection officer, file 12');
  await quill.getByLabel('Specialists').check();
  await quill.getByRole('button', { name: 'Enter it' }).click();
  await expect(quill.getByText('in force', { exact: true })).toBeVisible();

  await expect(priya.getByText('LISTEN-2026-1')).toBeVisible();
  await expect(priya.getByText(/Signed by Data protection officer, file 12\. Entered by Inspector Quill/)).toBeVisible();
  await quill.getByRole('link', { name: 'Take it back: listening stops' }).click();
  await quill.getByLabel('Why?').fill('Counsel asked');
  await quill.getByRole('button', { name: 'Take it back' }).click();
  await expect(priya.getByText(/taken back by Inspector Quill.*Counsel asked/)).toBeVisible();
});

test('live calls are gone through by keys, and the page fits every width', async ({ night, enter }) => {
  const page = await enter(night, 'Priya Nandra');
  await startShift(page);
  await page.keyboard.press('g');
  await page.keyboard.press('l');
  await expect(page).toHaveURL(/\/listening$/);
  await expect(rows(page).first()).toBeVisible({ timeout: 20_000 });
  await expect(rows(page).first()).toHaveAttribute('aria-current', 'true');
  await expectAccessible(page);
  await picture(page, 'calls');
  await page.setViewportSize({ width: 390, height: 844 });
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(wider, 'pixels to scroll sideways').toBeLessThanOrEqual(0);
  await picture(page, 'calls-phone');
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.setViewportSize({ width: 1366, height: 768 });
  await picture(page, 'calls-dark');
});
