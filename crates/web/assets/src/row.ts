// The chosen row: the keyboard's place in a list. It stays on its row wherever that row goes.

let chosenId: string | undefined;

const rows = (root: ParentNode = document): HTMLElement[] => [
  ...root.querySelectorAll<HTMLElement>("[data-row]:not(.gone)"),
];

/** The chosen row, or the first. */
export function chosen(): HTMLElement | undefined {
  const all = rows(document.getElementById("page") ?? document);
  return all.find((row) => row.id === chosenId) ?? all.find((row) => row.ariaCurrent === "true") ?? all[0];
}

/** Marks the chosen row in a page that is about to be shown, or is; the first one where the chosen row is gone. */
export function markChosen(root: ParentNode): void {
  const all = rows(root);
  const row = all.find((candidate) => candidate.id === chosenId) ?? all[0];
  if (!row) return;
  for (const other of all) if (other !== row && other.ariaCurrent !== null) other.removeAttribute("aria-current");
  if (row.ariaCurrent !== "true") row.setAttribute("aria-current", "true");
}

/** Chooses a row by its id, and (unless told not to) brings the keyboard there. */
export function choose(id: string, focus = true): void {
  chosenId = id;
  markChosen(document);
  const row = document.getElementById(id);
  row?.scrollIntoView({ block: "nearest" });
  if (focus) row?.focus({ preventScroll: true });
}

/** Goes so many rows down (or up). */
export function move(by: number): void {
  const all = rows(document.getElementById("page") ?? document);
  const from = all.findIndex((row) => row === chosen());
  const to = all[Math.min(all.length - 1, Math.max(0, from + by))];
  if (to) choose(to.id);
}

// A row that is clicked into becomes the chosen one.
document.addEventListener("focusin", (event) => {
  const row = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-row]") : null;
  if (row && row.id !== chosenId) {
    chosenId = row.id;
    markChosen(document);
  }
});
