// From the specialist's Enter to the prompt drawn on the handler's companion, on loopback, in one Chromium. The companion is drawn
// when the frame after the change of the document has been made: what a handler could see.
import { expect, test } from '@playwright/test';
import { writeFile } from 'node:fs/promises';
import { Control } from './control.ts';
import { clockOffset, spread } from './figure.ts';
import { signOff } from './sign-off.ts';
import { withFolder } from './server.ts';

const result = process.env.FIGURES ?? '';
const prompts = Number(process.env.FIGURE_PROMPTS ?? 200);

/** When something happened in a page, by the page's own clock, in ms. */
interface Marks {
  /** Enter was pressed in the line. */
  sent: number[];
  /** The prompt stood in the document. */
  changed: number[];
  /** The frame with it had been made. */
  drawn: number[];
}

test('from Enter to drawn', async ({ browser }) => {
  test.setTimeout(600_000);
  await withFolder(async (folder) => {
    const people = [
      { name: 'priya', shown: 'Priya Nandra', role: 'specialist' },
      { name: 'quill', shown: 'Inspector Quill', role: 'supervisor' },
      { name: 'kit', shown: 'Kit Doyle', role: 'handler', staff: 'op7' },
    ];
    const control = await Control.start(folder, people);
    try {
      const at = new Date().toISOString();
      await control.post([{ id: 'r1', at, type: 'call.started', call: 'c1', line: '999', from: '+447700900631', handler: 'op7' }]);
      const quill = await control.enter(browser, 'quill');
      await signOff(quill, control.url);
      await quill.context().close();
      const [priya, kit] = [await control.enter(browser, 'priya', mark), await control.enter(browser, 'kit', mark)];
      await priya.goto(`${control.url}/listening/c0`);
      await kit.goto(`${control.url}/companion`);
      const line = priya.getByLabel('One line to Kit Doyle');
      const told = kit.locator('#prompt-line');
      for (let n = 0; n < prompts; n += 1) {
        await expect(line).toBeVisible();
        await priya.keyboard.press('p');
        await priya.keyboard.press('1');
        await priya.keyboard.press('Enter');
        await expect(told).toBeVisible();
        await expect(priya.getByText('No answer yet')).toBeVisible();
        await kit.keyboard.press('1');
        await expect(told).toHaveCount(0);
      }
      const offsets = [];
      for (const page of [priya, kit]) offsets.push(await clockOffset(() => page.evaluate(() => performance.timeOrigin + performance.now())));
      const read = (page: typeof priya) => page.evaluate(() => (window as unknown as { marks: Marks }).marks);
      const [here, there] = [await read(priya), await read(kit)];
      expect([here.sent.length, there.changed.length, there.drawn.length]).toEqual([prompts, prompts, prompts]);
      const ahead = offsets[1]! - offsets[0]!;
      const after = (marks: number[]) => spread(marks.map((mark, n) => mark - ahead - here.sent[n]!));
      const figures = { count: prompts, drawn_ms: after(there.drawn), changed_ms: after(there.changed) };
      if (result) await writeFile(result, JSON.stringify(figures));
      console.log(JSON.stringify(figures));
      for (const page of [priya, kit]) await page.context().close();
    } finally {
      await control.stop();
    }
  });
});

/** In each page: notes when Enter is pressed in a line, and when a prompt comes into the document and is drawn. */
function mark(): void {
  const clock = () => performance.timeOrigin + performance.now();
  const marks: Marks = { sent: [], changed: [], drawn: [] };
  addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && event.target instanceof HTMLInputElement) marks.sent.push(clock());
  }, true);
  let stands = false;
  const look = () => {
    const now = document.getElementById('prompt-line') !== null;
    if (now && !stands) {
      marks.changed.push(clock());
      // A task that is put off until the next frame runs when that frame has been made.
      requestAnimationFrame(() => {
        const turn = new MessageChannel();
        turn.port1.onmessage = () => marks.drawn.push(clock());
        turn.port2.postMessage(undefined);
      });
    }
    stands = now;
  };
  Object.assign(window, { marks });
  new MutationObserver(look).observe(document, { subtree: true, childList: true });
}
