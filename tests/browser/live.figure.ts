// From the feed's POST to the changed row in a browser, at a hundred messages a second. One message in ten is the regrading of
// an incident that stands in the queue: its time runs from just before the POST to the change of its row's grade in the
// document. The others are entries on other logs, as a whole region's traffic would be.
import { expect, test } from '@playwright/test';
import { writeFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { Control, type Message } from './control.ts';
import { clockOffset, now, spread } from './figure.ts';
import { withFolder } from './server.ts';

const result = process.env.FIGURES ?? '';

const perSecond = 100;
const seconds = Number(process.env.FIGURE_SECONDS ?? 30);
/** Incidents in the queue, and other logs that are written to. */
const inQueue = 40;
const others = 400;
/** Every tenth message changes a row. */
const probeEvery = 10;

/** When something was seen in the page, by the page's own clock, in ms. */
interface Seen {
  log: string;
  grade: string;
  at: number;
  /** When the message that brought it had come over the live line. */
  heard: number;
}

test('from POST to row', async ({ browser }) => {
  await withFolder(async (folder) => {
    const people = [{ name: 'priya', shown: 'Priya Nandra', role: 'specialist' }];
    const control = await Control.start(folder, people);
    try {
      const post = (messages: Message[]) => control.post(messages);
      await post(evening());

      const page = await control.enter(browser, 'priya', watchRows);
      await expect(page.locator('#page [data-row]')).toHaveCount(inQueue);
      const offset = await clockOffset(() => page.evaluate(() => performance.timeOrigin + performance.now()));

      const sent = new Map<string, number>();
      const receipts: number[] = [];
      const waiting: Promise<void>[] = [];
      const start = now();
      for (let number = 0; number < perSecond * seconds; number += 1) {
        const due = start + (number * 1000) / perSecond;
        if (due > now()) await pause(due - now());
        const message = traffic(number);
        const began = now();
        if (number % probeEvery === 0) sent.set(`${message.incident as string} ${message.grade as string} ${round(number)}`, began);
        waiting.push(post([message]).then(() => void receipts.push(now() - began)));
      }
      await Promise.all(waiting);
      const took = now() - start;
      const last = traffic(perSecond * seconds - probeEvery);
      const row = page.locator('#page [data-row]', { hasText: `Log ${last.incident as string} ` });
      await expect(row.locator('td:nth-child(4) b')).toHaveText(last.grade === 'immediate' ? 'Immediate' : 'Priority', { timeout: 60_000 });

      const seen = await page.evaluate(() => (window as unknown as { seen: Seen[] }).seen);
      const rounds = new Map<string, number>();
      const whole: number[] = [];
      const drawn: number[] = [];
      for (const { log, grade, at, heard } of seen) {
        const turn = rounds.get(log) ?? 0;
        const began = sent.get(`${log} ${grade} ${turn}`);
        if (began === undefined) continue;
        rounds.set(log, turn + 1);
        whole.push(at - offset - began);
        drawn.push(at - heard);
      }
      // A machine that cannot keep up shows a row that was changed twice only once: then the figure is of few, and says so.
      expect(whole.length).toBeGreaterThan(0);
      const figures = {
        count: whole.length,
        asked: sent.size,
        rate: (perSecond * seconds * 1000) / took,
        row_ms: spread(whole),
        receipt_ms: spread(receipts),
        page_ms: spread(drawn),
      };
      if (result) await writeFile(result, JSON.stringify(figures));
      console.log(JSON.stringify(figures));
      await page.context().close();
    } finally {
      await control.stop();
    }
  });
});

/** What stands in the queue, and logs that do not. */
function evening(): Message[] {
  const at = new Date().toISOString();
  const message = (id: string, type: string, incident: string, rest: object): Message =>
    ({ id, at, type, incident, by: 'op1', ...rest });
  const messages: Message[] = [];
  for (let n = 0; n < inQueue; n += 1) {
    const words = 'He has put his hands round her throat and she cannot breathe';
    messages.push(
      message(`o${n}`, 'incident.opened', `D${n}`, { channel: '999', grade: 'immediate', code: 'ASSAULT', qualifiers: ['DA'], text: words }),
      message(`v${n}`, 'incident.person', `D${n}`, { role: 'victim', person: { ref: `P${n}`, name: `Asha Example-${n}` } }),
      message(`g${n}`, 'incident.graded', `D${n}`, { grade: 'priority' }),
    );
  }
  for (let n = 0; n < others; n += 1) {
    messages.push(message(`x${n}`, 'incident.opened', `X${n}`, { channel: '101', grade: 'scheduled', code: 'PARKING', text: 'A van across the drive' }));
  }
  return messages;
}

/** How often the incident of a probe has been regraded before. */
const round = (number: number) => Math.floor(number / probeEvery / inQueue);

function traffic(number: number): Message {
  const at = new Date().toISOString();
  if (number % probeEvery === 0) {
    const incident = `D${(number / probeEvery) % inQueue}`;
    const grade = round(number) % 2 === 0 ? 'immediate' : 'priority';
    return { id: `t${number}`, at, type: 'incident.graded', incident, by: 'op1', grade };
  }
  return { id: `t${number}`, at, type: 'incident.logged', incident: `X${number % others}`, by: 'op2', text: `Rang back, line ${number}` };
}

/** In the page: notes each change of a row's grade as the document changes. */
function watchRows(): void {
  const clock = () => performance.timeOrigin + performance.now();
  const seen: Seen[] = [];
  const grades = new Map<string, string>();
  let heard = 0;
  const Line = window.EventSource;
  window.EventSource = class extends Line {
    constructor(url: string | URL) {
      super(url);
      this.addEventListener('page', () => (heard = clock()));
    }
  };
  const look = () => {
    for (const row of document.querySelectorAll('#page [data-row]')) {
      const cell = row.children[3];
      const log = /Log (\S+)/.exec(cell?.textContent ?? '')?.[1]?.replace(',', '');
      const grade = cell?.querySelector('b')?.textContent?.toLowerCase();
      if (!log || !grade || grades.get(log) === grade) continue;
      if (grades.has(log)) seen.push({ log, grade, at: clock(), heard });
      grades.set(log, grade);
    }
  };
  Object.assign(window, { seen });
  new MutationObserver(look).observe(document, { subtree: true, childList: true, characterData: true });
}
