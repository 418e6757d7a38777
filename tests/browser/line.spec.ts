// The live line, when more comes over it than a machine can draw.
import type { Page } from '@playwright/test';
import { expect, rows, test } from './journey.ts';

test('a page that falls behind shows the newest state and leaves out those before it', async ({ night, enter }) => {
  const page = await enter(night, 'Priya Nandra');
  const messages = Array.from({ length: 60 }, (_, n) => `event: page\nid: ${n}\ndata: <p id="state">state ${n}</p>\n\n`);
  const burst = { contentType: 'text/event-stream', body: messages.join('') };
  await page.route('**/live/desk*', (route) => route.fulfill(burst));
  await page.addInitScript(() => {
    const shown: string[] = [];
    Object.assign(window, { shown });
    new MutationObserver(() => {
      const state = document.getElementById('state')?.textContent;
      if (state && shown.at(-1) !== state) shown.push(state);
    }).observe(document, { subtree: true, childList: true, characterData: true });
  });
  await page.goto(`${night.url}/desk`);
  await expect(page.locator('#state')).toHaveText('state 59');
  const shown = await page.evaluate(() => (window as unknown as { shown: string[] }).shown);
  expect(shown.length).toBeLessThan(30);
});

/** What a reader sees of the queue, but for what ticks: each row's place, group, words and controls. */
const queueOf = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('#page [data-row]')].map((row) => {
      const copy = row.cloneNode(true) as HTMLElement;
      for (const ticks of copy.querySelectorAll('.cd, .dim')) ticks.remove();
      return `${row.closest('tbody')?.id} ${row.id} ${row.className} ${row.ariaCurrent} ${copy.textContent}`;
    }),
  );

test('an old page and what came over its line show what a fresh page shows, whoever had a hand on it', async ({ night, enter }) => {
  test.setTimeout(60_000);
  const old = await enter(night, 'Priya Nandra');
  const fresh = await enter(night, 'Priya Nandra');
  await old.goto(`${night.url}/desk`);
  const same = () =>
    expect
      .poll(
        async () => {
          await fresh.goto(`${night.url}/desk`);
          return JSON.stringify(await queueOf(fresh)) === JSON.stringify(await queueOf(old));
        },
        { timeout: 15_000 },
      )
      .toBe(true);
  await expect(rows(old).nth(1)).toBeVisible({ timeout: 25_000 });
  await same();

  // With a hand on the list nothing moves; what is new is counted, and what is pressed shows it.
  const list = old.locator('#page [data-hold]');
  await list.hover({ position: { x: 400, y: 200 } });
  const before = await rows(old).evaluateAll((all) => all.map((row) => row.id));
  const pill = old.locator('.newrows');
  const keep = setInterval(() => void list.hover({ position: { x: 400 + Math.random() * 20, y: 200 } }).catch(() => undefined), 1_000);
  await expect(pill).toBeVisible({ timeout: 25_000 }).finally(() => clearInterval(keep));
  expect(await rows(old).evaluateAll((all) => all.map((row) => row.id))).toEqual(before);
  await pill.click();
  await expect(pill).toBeHidden();
  await old.mouse.move(0, 0);
  await same();
});
