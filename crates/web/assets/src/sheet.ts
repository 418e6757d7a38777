// Sheets over the page, and forms that are sent without leaving it. Without script each is a page of its own.
import htmx from "htmx.org";

const sheet = () => document.getElementById("sheet") as HTMLDialogElement | null;

let openedFrom: string | undefined;

export function openKeys(): void {
  const keys = document.getElementById("keys") as HTMLDialogElement | null;
  if (keys && !keys.open) keys.showModal();
}

/** Closes the open sheet and goes back to the row that it was opened from. Says whether there was one. */
export function closeSheet(): boolean {
  const open = document.querySelector<HTMLDialogElement>("dialog[open]");
  open?.close();
  return open !== null;
}

/** Why something was not done, where the reader is. A page of ours is shown as its sentences. */
function answer(html: string): void {
  const place = document.getElementById("answer");
  const main = new DOMParser().parseFromString(html, "text/html").querySelector("main > .err, main > div");
  if (place && main) {
    place.replaceChildren(main);
    place.scrollIntoView({ block: "nearest" });
  } else {
    location.reload();
  }
}

async function fill(href: string): Promise<void> {
  const dialog = sheet();
  if (!dialog) return;
  const response = await fetch(href, { headers: { "X-Sheet": "1" }, credentials: "same-origin" });
  if (!response.ok || response.redirected) {
    location.assign(href);
    return;
  }
  await htmx.swap({ target: dialog, text: await response.text(), swap: "innerHTML" });
  if (!dialog.open) dialog.showModal();
  dialog.querySelector<HTMLElement>("#sheet-title")?.focus();
}

/** What a form would send, with the button that sends it. */
export function fields(form: HTMLFormElement, submitter: HTMLElement | null = null): URLSearchParams {
  const body = new URLSearchParams();
  for (const [name, value] of new FormData(form, submitter)) if (typeof value === "string") body.append(name, value);
  return body;
}

async function send(form: HTMLFormElement): Promise<void> {
  const buttons = [...form.querySelectorAll("button")];
  buttons.forEach((button) => (button.disabled = true));
  const body = fields(form);
  try {
    const response = await fetch(form.action, {
      method: "POST",
      body,
      headers: { "X-Sheet": "1" },
      credentials: "same-origin",
      redirect: "manual",
    });
    const dialog = form.closest("dialog");
    if (response.status === 204) {
      document.getElementById("answer")?.replaceChildren();
      dialog?.close();
    } else if (response.type === "opaqueredirect") {
      location.reload();
    } else if (dialog && response.status === 422) {
      await htmx.swap({ target: dialog, text: await response.text(), swap: "innerHTML" });
      dialog.querySelector<HTMLElement>("[role=alert]")?.focus();
    } else {
      dialog?.close();
      answer(await response.text());
    }
  } catch {
    // The line is down: send it the plain way, so that the browser says so in its own words.
    form.submit();
  } finally {
    buttons.forEach((button) => (button.disabled = false));
  }
}

export function startSheets(): void {
  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    const target = event.target instanceof Element ? event.target : null;
    const link = target?.closest<HTMLAnchorElement>('a[data-sheet], a[data-act="note-moment"], a[data-act="why"], a[data-act="hold"], a[data-act="not-da"]');
    if (link) {
      event.preventDefault();
      openedFrom = link.closest<HTMLElement>("[data-row]")?.id;
      void fill(link.href);
      return;
    }
    const up = target?.closest('[data-act="up"]');
    if (up?.closest("dialog[open]")) {
      event.preventDefault();
      closeSheet();
    }
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || form.method !== "post") return;
    if (!form.matches("[data-act-form]") && !form.closest("dialog#sheet")) return;
    event.preventDefault();
    void send(form);
  });
  sheet()?.addEventListener("close", () => {
    if (openedFrom) document.getElementById(openedFrom)?.focus();
    openedFrom = undefined;
  });
}
