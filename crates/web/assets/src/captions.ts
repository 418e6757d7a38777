// Captions are shown until somebody hides them: by the button or by its key. It is remembered in this tab alone.

const KEY = "captions";
const root = document.documentElement;

/** Whatever was drawn anew says how it is. */
function tell(): void {
  const button = document.querySelector<HTMLElement>('[data-act="captions"]');
  button?.setAttribute("aria-expanded", String(root.dataset["captions"] !== "off"));
}

export function startCaptions(): void {
  root.dataset["captions"] = sessionStorage.getItem(KEY) ?? "on";
  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element) || !event.target.closest('[data-act="captions"]')) return;
    root.dataset["captions"] = root.dataset["captions"] === "off" ? "on" : "off";
    sessionStorage.setItem(KEY, root.dataset["captions"]);
    tell();
  });
  document.addEventListener("alongside:shown", tell);
  tell();
}
