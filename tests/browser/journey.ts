// What every browser test starts from: a night that runs, or an evening that stands almost still, and a way in for
// each person. A page that is watched fails its test when a script fails, when it breaks its own content policy, or
// when it asks any other host for anything.
import { test as base, expect, type Browser, type Locator, type Page } from '@playwright/test';
import { AxeBuilder } from '@axe-core/playwright';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packed } from './png.ts';
import { type Person, Server, withFolder } from './server.ts';

export { expect, withFolder };

/** Signs a person in, in a browser context of their own. */
export type Enter = (server: Server, person: Person) => Promise<Page>;

/** How many times as fast as the world the night goes: the second call comes after ten seconds. */
const nightSpeed = 120;
/** On the way to the evening that stands still. */
const hurrySpeed = 240;

export const test = base.extend<{ night: Server; enter: Enter }, { evening: Server }>({
  night: async ({}, use, info) => {
    await withFolder(async (folder) => {
      const server = await Server.start(folder, nightSpeed);
      await use(server);
      if (info.status !== info.expectedStatus) {
        await info.attach('server.log', { body: server.log.join('\n'), contentType: 'text/plain' });
      }
      await server.stop();
    });
  },
  evening: [
    async ({ browser }, use) => {
      await withFolder(async (folder) => {
        const hurried = await Server.start(folder, hurrySpeed);
        await untilTheSecondCall(browser, hurried).finally(() => hurried.stop());
        // A stopped demonstration goes on from where it stood: now at the pace of the world.
        const server = await Server.start(folder, 1);
        await settle(browser, server)
          .then(() => use(server))
          .finally(() => server.stop());
      });
    },
    { scope: 'worker', timeout: 90_000 },
  ],
  enter: async ({ browser }, use) => {
    const wrong: string[] = [];
    const pages: Page[] = [];
    await use(async (server, person) => {
      const page = await (await browser.newContext()).newPage();
      pages.push(page);
      watch(page, server, wrong);
      await page.goto(server.link(person));
      return page;
    });
    for (const page of pages) await page.context().close();
    expect(wrong, 'what the browser complained of').toEqual([]);
  },
});

/** Writes down in `wrong` what the browser complains of. */
export function watch(page: Page, server: Server, wrong: string[]): void {
  page.on('pageerror', (error) => wrong.push(`script: ${error.message}`));
  page.on('console', (message) => {
    // A form that comes back with what is wrong in it is an answer, whatever the browser says of its number.
    if (message.type() === 'error' && !message.text().includes('status of 422')) wrong.push(`console: ${message.text()}`);
  });
  page.on('request', (request) => {
    const isOurs = request.url().startsWith(`${server.url}/`) || request.url().startsWith('data:');
    if (!isOurs) wrong.push(`another host: ${request.url()}`);
  });
}

/** The rows of a list, first things first. */
export const rows = (page: Page): Locator => page.locator('#page [data-row]');

/** The row whose reason says so. */
export const rowThat = (page: Page, says: string | RegExp): Locator =>
  rows(page).filter({ has: page.locator('.why', { hasText: says }) });

/** Starts the shift of the person whose page this is, as the desk asks them to. */
export async function startShift(page: Page): Promise<void> {
  await page.goto(new URL('/desk', page.url()).href);
  await page.getByRole('link', { name: 'Start your shift' }).click();
  await page.getByRole('button', { name: 'Start my shift' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Your shift ends at');
  await page.goto(new URL('/desk', page.url()).href);
  await expect(page.getByRole('link', { name: 'Start your shift' })).toHaveCount(0);
}

/** On the page that asks how a review ends: the dispatcher has to act, in these words. */
export async function askTheDispatcher(page: Page, words: string): Promise<void> {
  await page.getByLabel('Somebody must act').check();
  await page.getByLabel('Who must act?').selectOption({ label: 'Dispatcher' });
  await page.getByLabel('Why, or what is needed?').fill(words);
  await page.getByRole('button', { name: 'Save the disposition' }).click();
  await expect(page).toHaveURL(/\/desk$/);
}

async function untilTheSecondCall(browser: Browser, server: Server): Promise<void> {
  const page = await browser.newPage();
  await page.goto(server.link('Priya Nandra'));
  await expect(rowThat(page, 'Second contact tonight').first()).toBeVisible({ timeout: 20_000 });
  await page.close();
}

/** Two specialists on shift, and one thing asked of the dispatcher, whose list has it. */
async function settle(browser: Browser, server: Server): Promise<void> {
  const [priya, sam, dee] = [await browser.newPage(), await browser.newPage(), await browser.newPage()];
  for (const [page, person] of [[priya, 'Priya Nandra'], [sam, 'Sam Whitlock']] as const) {
    await page.goto(server.link(person));
    await startShift(page);
  }
  await rowThat(priya, 'closed or put off').first().getByRole('button', { name: 'Take' }).click();
  await rowThat(priya, 'closed or put off').first().getByRole('link', { name: 'Decide' }).click();
  await askTheDispatcher(priya, 'Send a unit to her now, and have somebody see her alone.');
  // What is asked can be taken back for ten seconds; then it leaves.
  await dee.goto(server.link('Dee Marlow'));
  await dee.goto(`${server.url}/actions`);
  await expect(dee.getByRole('button', { name: 'Acknowledge' })).toBeVisible({ timeout: 20_000 });
  for (const page of [priya, sam, dee]) await page.close();
}

/** Expects that axe finds nothing in either theme, contrast included, and leaves the page in the light one. */
export async function expectAccessible(page: Page): Promise<void> {
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme });
    // Of what passes one node a rule is told: a case has thousands, and to hand them over takes longer than to look at them.
    const axe = new AxeBuilder({ page }).options({ resultTypes: ['violations'] });
    const { violations, passes } = await axe.analyze();
    const found = violations.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.target.join(' ')}`));
    expect(found, `axe, ${colorScheme}`).toEqual([]);
    expect(passes.map((rule) => rule.id), `axe measured contrast, ${colorScheme}`).toContain('color-contrast');
  }
}

/** With SCREENSHOTS=1, the picture `docs/img/NAME.png` of what the page shows now. */
export async function picture(page: Page, name: string): Promise<void> {
  if (process.env.SCREENSHOTS !== '1') return;
  const path = join(import.meta.dirname, '../../docs/img', `${name}.png`);
  await page.mouse.move(0, 0);
  await writeFile(path, packed(await page.screenshot({ animations: 'disabled', caret: 'hide' })));
}
