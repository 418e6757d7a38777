// The force's legal sign-off, entered as a supervisor enters it.
import { expect, type Page } from '@playwright/test';

export async function signOff(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/listening/sign-off`);
  await page.getByLabel('Version').fill('LISTEN-2026-1');
  await page.getByLabel('The notice, whole').fill('Calls to this control room may be listened to by its specialists.');
  await page.getByLabel('Signed by').fill('Data protection officer, file 12');
  await page.getByLabel('Specialists').check();
  await page.getByRole('button', { name: 'Enter it' }).click();
  await expect(page.getByText('in force', { exact: true })).toBeVisible();
}
