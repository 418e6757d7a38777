// Prompts to the call handler. On the page on which a call is heard: written, chosen and sent by keys, without leaving the page, since
// the sound would stop. On the handler's companion: told to be seen, once it is drawn and visible.

import { fields } from "./sheet";

/** A telling that was not taken is tried again after so long. */
const RETRY_MS = 1_000;

const form = (element: Element | null): HTMLFormElement | null => element?.closest<HTMLFormElement>("form[data-prompt]") ?? null;

function refuse(sending: HTMLFormElement, words: string): void {
  const place = sending.querySelector("[data-refused]");
  if (place) place.textContent = words;
}

async function send(sending: HTMLFormElement, submitter: HTMLElement | null): Promise<void> {
  const input = sending.querySelector<HTMLInputElement>("input[name=words]");
  const body = fields(sending, submitter);
  refuse(sending, "");
  try {
    const response = await fetch(sending.action, {
      method: "POST",
      body,
      headers: { "X-Sheet": "1" },
      credentials: "same-origin",
      redirect: "error",
    });
    if (response.status === 204) {
      if (input) input.value = "";
      // Whatever was left as it was while somebody wrote is brought up to date when the focus goes.
      if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    } else if (response.headers.get("content-type")?.startsWith("text/plain")) refuse(sending, await response.text());
    else refuse(sending, "It was not sent. Load the page again when you can.");
  } catch {
    refuse(sending, "The server did not answer. It is not known whether it was sent: press Enter again, it is sent only once.");
  }
}

function pressed(event: KeyboardEvent): void {
  const input = event.target;
  if (!(input instanceof HTMLInputElement) || input.name !== "words" || event.isComposing) return;
  const sending = form(input);
  if (!sending) return;
  if (event.key === "Escape") {
    event.preventDefault();
    input.value = "";
    refuse(sending, "");
    input.blur();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || !/^[1-9]$/.test(event.key)) return;
  const lines = [...sending.querySelectorAll<HTMLElement>("[data-digit]")];
  // A digit chooses while nothing of the writer's own stands there.
  if (input.value !== "" && !lines.some((line) => line.dataset["says"] === input.value)) return;
  const line = lines.find((line) => line.dataset["digit"] === event.key);
  if (!line) return;
  event.preventDefault();
  input.value = line.dataset["says"] ?? "";
}

let watched: string | undefined;
let telling = false;
const eyes = new IntersectionObserver((entries) => {
  if (entries.some((entry) => entry.intersectionRatio > 0.9)) requestAnimationFrame(() => requestAnimationFrame(() => void tell()));
}, { threshold: [0.91] });

/** Watches the line that has not been told to be seen. */
function watch(): void {
  const line = document.querySelector<HTMLElement>("[data-seen]");
  const href = line?.dataset["seen"];
  if (href === watched) return;
  watched = href;
  eyes.disconnect();
  if (line) eyes.observe(line);
}

/** Tells that the line is on screen, when it is. */
async function tell(): Promise<void> {
  const line = document.querySelector<HTMLElement>("[data-seen]");
  const href = line?.dataset["seen"];
  if (!line || !href || telling || document.visibilityState !== "visible") return;
  telling = true;
  const body = new URLSearchParams({ csrf: line.dataset["csrf"] ?? "", form_id: line.dataset["formId"] ?? "" });
  const response = await fetch(href, { method: "POST", body, headers: { "X-Sheet": "1" }, credentials: "same-origin" }).catch(() => undefined);
  telling = false;
  // The live line takes the mark away. Where the telling was not taken, it is made again while the line stands there.
  if (!response?.ok) setTimeout(lookAgain, RETRY_MS);
}

function lookAgain(): void {
  watched = undefined;
  watch();
}

/** Goes first: a digit and Escape in the line are its own, and no key of the page. */
export function startPrompts(): void {
  document.addEventListener("keydown", pressed);
  document.addEventListener("submit", (event) => {
    const sending = event.target instanceof HTMLFormElement ? form(event.target) : null;
    if (!sending) return;
    event.preventDefault();
    void send(sending, event.submitter);
  });
  document.addEventListener("alongside:shown", watch);
  // A page that was hidden is seen when it comes back.
  document.addEventListener("visibilitychange", lookAgain);
  watch();
}
