// The live line, when more comes over it than a machine can draw.
import { expect, test } from './journey.ts';

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
