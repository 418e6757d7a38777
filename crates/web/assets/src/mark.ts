// Moments of a call: marked by a key while it is heard. The page is never left, since the sound would stop.

import { heardBehind, unique } from "./listen";
import { fields } from "./sheet";

async function mark(form: HTMLFormElement, submitter: HTMLElement | null): Promise<void> {
  const body = fields(form, submitter);
  // What is heard now was said so long ago, and a theme can be marked as often as it is heard.
  body.set("behind", String(Math.round(heardBehind())));
  body.set("form_id", unique("mark"));
  const refuse = (words: string) => {
    const place = form.querySelector("[data-refused]");
    if (place) place.textContent = words;
  };
  refuse("");
  try {
    const response = await fetch(form.action, {
      method: "POST",
      body,
      headers: { "X-Sheet": "1" },
      credentials: "same-origin",
      redirect: "error",
    });
    if (response.status === 204) return;
    if (response.headers.get("content-type")?.startsWith("text/plain")) refuse(await response.text());
    else refuse("It was not marked. Load the page again when you can.");
  } catch {
    refuse("The server did not answer. It is not known whether the moment was marked: look at the list.");
  }
}

export function startMarks(): void {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.matches("form[data-mark]")) return;
    event.preventDefault();
    void mark(form, event.submitter);
  });
}
