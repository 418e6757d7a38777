// The server dies while a page is open. The page must say so before anybody trusts it, and go on by itself when it can.
import { expect, rows, test, withFolder } from './journey.ts';
import { Server } from './server.ts';

test('a page whose server was killed says how old it is, and goes on when the server is back', async ({ browser }) => {
  test.setTimeout(90_000);
  await withFolder(async (folder) => {
    const first = await Server.start(folder, 120);
    const page = await browser.newPage();
    await page.goto(first.link('Priya Nandra'));
    const age = page.locator('#age');
    await expect(age).toContainText(/^Live, \d+ s old$/);
    await expect(rows(page).first()).toBeVisible({ timeout: 25_000 });
    const before = await page.locator('#page .clock').textContent();

    await first.kill();
    const stale = page.locator('#stale');
    await expect(stale).toContainText('new calls will not show', { timeout: 20_000 });
    await expect(age).toContainText(/^Not live, \d\d s old$/);
    await expect(stale.getByRole('link', { name: 'Load it again' })).toBeVisible();
    await expect(rows(page).first(), 'what was known stays on screen').toBeVisible();

    const second = await Server.start(folder, 120, new URL(first.url).host);
    await expect(age).toContainText(/^Live, \d+ s old$/, { timeout: 20_000 });
    await expect(stale).toBeHidden();
    await expect(rows(page).first()).toBeVisible();
    const after = await page.locator('#page .clock').textContent();
    expect(`${after}` > `${before}` || `${after}`.startsWith('00'), `the night goes on: ${before}, then ${after}`).toBe(true);
    await page.close();
    await second.stop();
  });
});
