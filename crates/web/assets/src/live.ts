// The page's one live line. It is never trusted to tell that it has died: silence does, after two missed heartbeats.
import { readClock, setClock, tick } from "./clock";
import { holdRows, inUse, showWaiting, untilIdle } from "./hold";
import { fillIn, forget, fragmentOf, hear, put, wasLeftOut } from "./page";
import { chosen, choose, markChosen } from "./row";
import { alarm, knowAlarms } from "./sound";

/** The server sends something every 5 s. */
const SILENT_MS = 10_000;
const RETRY_MS = 2_000;
const SPEAK_MS = 15_000;

let source: EventSource | undefined;
let heardAt = performance.now();
let lastSeq = "";
let retryAt = 0;
let tries = 0;
/** What the line said last, and whether rows of it wait behind the pill. */
let latest = "";
let isHeld = false;
let spokenAt = -SPEAK_MS;
let orderTimer: number | undefined;

const page = () => document.getElementById("page");

/** Puts a page that came over the line on screen. `force`: put the rows in order too, whoever's hand is on them. */
function show(fresh: DocumentFragment, force = false): void {
  const target = page();
  if (!target) return;
  fillIn(fresh);
  // Before anything is held back: a new S1 is heard at once, whoever's hand is on the list.
  alarm(fresh);
  const waiting = !force && inUse() ? holdRows(fresh) : undefined;
  isHeld = waiting !== undefined;
  markChosen(fresh);
  const focused = document.activeElement?.id ?? "";
  const scrolls = [...target.querySelectorAll<HTMLElement>(".scroll, .fill")].map((e) => [e, e.scrollTop] as const);
  put(target, fresh);
  markChosen(document);
  if (focused && document.activeElement === document.body) document.getElementById(focused)?.focus();
  readClock();
  tick();
  showWaiting(waiting);
  document.dispatchEvent(new Event("alongside:shown"));
  speak();
  age();
  // Last: to ask where a list stands makes the browser lay the page out, and once is enough.
  for (const [element, top] of scrolls) if (element.scrollTop !== top) element.scrollTop = top;
  if (waiting) {
    clearTimeout(orderTimer);
    orderTimer = setTimeout(putInOrder, untilIdle());
  }
}

function putInOrder(): void {
  if (!isHeld) return;
  if (inUse()) orderTimer = setTimeout(putInOrder, untilIdle());
  else showNew();
}

/** Shows what waits behind the pill. */
export function showNew(): void {
  if (!isHeld) return;
  const row = chosen()?.id;
  show(fragmentOf(latest), true);
  if (row) choose(row, false);
}

/** Says the counts aloud, at most every fifteen seconds. */
function speak(): void {
  const words = document.querySelector<HTMLElement>("[data-say]")?.dataset["say"];
  const say = document.getElementById("say");
  if (!words || !say || say.textContent === words || performance.now() - spokenAt < SPEAK_MS) return;
  spokenAt = performance.now();
  say.textContent = words;
}

/** Says how old what is on screen is; when the line is silent, says that before anything else. */
function age(): void {
  const element = document.getElementById("age");
  const stale = document.getElementById("stale");
  const silent = performance.now() - heardAt;
  const seconds = Math.max(1, Math.round(silent / 1000));
  const dead = silent > SILENT_MS;
  if (element) {
    const dot = document.createElement("i");
    dot.className = dead ? "dot tri soon" : "dot good";
    const words = dead ? `Not live, ${seconds} s old` : `Live, ${seconds} s old`;
    if (element.textContent !== words) element.replaceChildren(dot, words);
  }
  if (stale) {
    stale.hidden = !dead;
    const words = `This page stopped ${seconds} s ago. Trying again${tries > 1 ? `, ${tries} times so far` : ""}. Countdowns run on; new calls will not show.`;
    if (dead && stale.dataset["words"] !== words) {
      stale.dataset["words"] = words;
      const again = document.createElement("a");
      again.href = location.href;
      again.textContent = "Load it again";
      stale.replaceChildren(words, " ", again);
    }
  }
}

function heard(): void {
  heardAt = performance.now();
  tries = 0;
}

// What has come and is not on screen yet. A machine that cannot keep up with a busy line shows the newest page and leaves out
// those before it; it never works through a queue of old ones. A message to itself is not slowed down in a hidden tab.
let newest: DocumentFragment | undefined;
const turn = new MessageChannel();
turn.port1.onmessage = () => {
  const fresh = newest;
  newest = undefined;
  if (fresh) show(fresh);
};

/** What a reader had opened or was writing in stood still meanwhile: brings it up to date. */
function catchUp(): void {
  if (latest && wasLeftOut()) show(fragmentOf(latest));
}

function connect(href: string): void {
  source?.close();
  tries += 1;
  retryAt = performance.now() + RETRY_MS;
  const url = new URL(href, location.href);
  if (lastSeq) url.searchParams.set("since", lastSeq);
  // A new line begins with the whole page.
  forget();
  source = new EventSource(url);
  source.addEventListener("page", (event) => {
    heard();
    lastSeq = event.lastEventId || lastSeq;
    const isUnderWay = newest !== undefined;
    latest = event.data as string;
    newest = hear(latest);
    if (!isUnderWay) turn.port2.postMessage(undefined);
  });
  source.addEventListener("beat", (event) => {
    heard();
    const [now, speed] = (event.data as string).split(" ").map(Number);
    if (now) setClock(now, speed || 1);
  });
  // Too old to be caught up, signed out, or a new version of the server: load the page again.
  source.addEventListener("reload", () => location.reload());
  source.onerror = () => {
    source?.close();
    source = undefined;
    retryAt = performance.now() + RETRY_MS;
  };
}

export function startLive(): void {
  const href = page()?.dataset["live"];
  if (!href) return;
  lastSeq = document.getElementById("moment")?.dataset["seq"] ?? "";
  knowAlarms();
  connect(href);
  setInterval(() => {
    age();
    const silent = performance.now() - heardAt > SILENT_MS;
    if ((source === undefined || silent) && performance.now() > retryAt) connect(href);
  }, 1_000);
  document.addEventListener("toggle", catchUp, true);
  document.addEventListener("focusout", () => setTimeout(catchUp));
  // A tab that comes back from sleep must not look live on old beats.
  document.addEventListener("visibilitychange", age);
}
