// What every browser test starts from: `server`, a real one; `page`, which fails the test when a script fails, when the
// page breaks its own content policy, or when it asks any other host for anything.
import { test as base, expect, type Page } from '@playwright/test';
import { AxeBuilder } from '@axe-core/playwright';
import { join } from 'node:path';
import { Server } from './server.ts';

export { expect };

export const test = base.extend<{ server: Server }>({
  server: async ({}, use, info) => {
    const server = await Server.start();
    await use(server);
    if (info.status !== info.expectedStatus) {
      await info.attach('server.log', { body: server.log.join('\n'), contentType: 'text/plain' });
    }
    await server.stop();
  },
  baseURL: async ({ server }, use) => use(server.url),
  page: async ({ page, server }, use) => {
    const wrong: string[] = [];
    page.on('pageerror', (error) => wrong.push(`script: ${error.message}`));
    page.on('console', (message) => {
      if (message.type() === 'error') wrong.push(`console: ${message.text()}`);
    });
    page.on('request', (request) => {
      const isOurs = request.url().startsWith(`${server.url}/`) || request.url().startsWith('data:');
      if (!isOurs) wrong.push(`another host: ${request.url()}`);
    });
    await use(page);
    expect(wrong, 'what the browser complained of').toEqual([]);
  },
});

/** Expects that axe finds nothing in either theme, contrast included, and leaves the page in the light one. */
export async function expectAccessible(page: Page): Promise<void> {
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme });
    const { violations, passes } = await new AxeBuilder({ page }).analyze();
    const found = violations.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.target.join(' ')}`));
    expect(found, `axe, ${colorScheme}`).toEqual([]);
    expect(passes.map((rule) => rule.id), `axe measured contrast, ${colorScheme}`).toContain('color-contrast');
  }
}

/** With SCREENSHOTS=1, the picture `docs/img/NAME.png` of what the page shows now. */
export async function picture(page: Page, name: string): Promise<void> {
  if (process.env.SCREENSHOTS !== '1') return;
  const path = join(import.meta.dirname, '../../docs/img', `${name}.png`);
  await page.screenshot({ path, animations: 'disabled', caret: 'hide' });
}
