// The server's clock, and every count that runs by it. Digits change, layout never does.

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const SOON = 5 * MINUTE;

let serverNow = 0;
let readAt = 0;
let speed = 1;

/** Sets the clock to what the server said just now. */
export function setClock(now: number, times: number): void {
  serverNow = now;
  speed = times;
  readAt = performance.now();
}

/** The server's time now, in milliseconds since 1970; runs at the server's speed. */
export function now(): number {
  return serverNow + (performance.now() - readAt) * speed;
}

/** The same table as the server's: `digits.json`. */
export function digits(elapsed: number): string {
  const ms = Math.trunc(Math.abs(elapsed));
  const two = (n: number) => String(Math.trunc(n)).padStart(2, "0");
  if (ms < HOUR) return `${Math.trunc(ms / MINUTE)}:${two((ms % MINUTE) / 1000)}`;
  if (ms < DAY) return `${Math.trunc(ms / HOUR)} h ${two((ms % HOUR) / MINUTE)}`;
  return `${Math.trunc(ms / DAY)} d ${Math.trunc((ms % DAY) / HOUR)} h`;
}

const wallClock = new Intl.DateTimeFormat("en-GB", { timeZone: "Europe/London", timeStyle: "medium" });

function put(element: Element | null, text: string): void {
  if (element && element.textContent !== text) element.textContent = text;
}

function tickCountdown(element: HTMLElement, time: number): void {
  const at = Number(element.dataset["at"]);
  const up = "up" in element.dataset;
  const left = at - time;
  const over = !up && left <= 0;
  element.classList.toggle("is-over", over);
  element.classList.toggle("is-soon", !up && !over && left < SOON);
  put(element.querySelector("b"), digits(left));
  put(element.querySelector(".w"), up ? "ago" : over ? "over" : "left");
  const from = Number(element.dataset["from"]);
  if (from) {
    const gone = Math.min(100, Math.max(0, ((time - from) / Math.max(1, at - from)) * 100));
    const bar = element.querySelector(".drain rect");
    if (bar && bar.getAttribute("width") !== gone.toFixed(0)) bar.setAttribute("width", gone.toFixed(0));
  }
}

/** Brings every count on the page to the present. */
export function tick(): void {
  const time = now();
  for (const element of document.querySelectorAll<HTMLElement>(".cd[data-at]")) tickCountdown(element, time);
  for (const element of document.querySelectorAll<HTMLElement>("[data-since]")) {
    put(element, digits(time - Number(element.dataset["since"])));
  }
  for (const element of document.querySelectorAll<HTMLElement>("[data-flag-at]")) {
    const left = Number(element.dataset["flagAt"]) - time;
    const open = "up" in element.dataset;
    put(element, `${digits(left)} ${open ? "open" : left <= 0 ? "over" : "left"}`);
  }
  for (const element of document.querySelectorAll<HTMLElement>("[data-seconds]")) {
    const left = Math.max(0, Math.trunc((Number(element.dataset["seconds"]) - time) / 1000 / speed));
    put(element, `${left} s`);
    if (left === 0) element.closest<HTMLElement>(".undo")?.setAttribute("hidden", "");
  }
  for (const element of document.querySelectorAll("[data-clock]")) put(element, wallClock.format(time));
}

/** Reads the clock that the page carries. */
export function readClock(): void {
  const moment = document.getElementById("moment")?.dataset;
  if (moment) setClock(Number(moment["now"]), Number(moment["speed"]) || 1);
}

export function startClock(): void {
  readClock();
  tick();
  // Four times a second: the second that is shown is never more than a quarter late.
  if (document.getElementById("moment")) setInterval(tick, 250);
}
