// Nothing moves under the hand: while a list is in use its rows stay where they are, and new ones wait behind a pill.

import { named } from "./page";

/** After so long without a key or a move of the pointer a list may be put in order again. */
const IDLE_MS = 8_000;

let usedAt = -IDLE_MS;

for (const event of ["pointermove", "pointerdown", "wheel", "keydown"]) {
  addEventListener(
    event,
    (e) => {
      if (e.target instanceof Element && e.target.closest("[data-hold]")) usedAt = performance.now();
    },
    { passive: true },
  );
}

/** Whether a hand is on a list now. */
export function inUse(): boolean {
  if (performance.now() - usedAt > IDLE_MS) return false;
  return document.querySelector("[data-hold]:hover, [data-hold]:focus-within") !== null;
}

/** How long until the list may be put in order, in milliseconds. */
export function untilIdle(): number {
  return Math.max(0, IDLE_MS - (performance.now() - usedAt)) + 50;
}

const rowsOf = (root: ParentNode): HTMLElement[] => [...root.querySelectorAll<HTMLElement>("[data-row]")];

export interface Waiting {
  rows: number;
  urgent: number;
}

/**
 * Keeps the rows on screen in their places inside `fresh`: each takes its new content, what has left is struck out, and
 * what is new is counted. Gives `undefined` when nothing had to be held back.
 */
export function holdRows(fresh: DocumentFragment): Waiting | undefined {
  const shown = document.querySelector<HTMLElement>("#page [data-hold]");
  const list = fresh.querySelector<HTMLElement>("[data-hold]");
  if (!shown || !list) return undefined;
  const before = rowsOf(shown).map((row) => row.id);
  const after = rowsOf(list).map((row) => row.id);
  if (before.length === after.length && before.every((id, index) => id === after[index])) return undefined;

  const next = new Map(rowsOf(list).map((row) => [row.id, row]));
  const added = rowsOf(list).filter((row) => !before.includes(row.id));
  const places = placesOf(shown, next);
  list.replaceChildren(...places.childNodes);
  return { rows: added.length, urgent: added.filter((row) => row.dataset["tag"] === "S1").length };
}

/** A copy of the list as it stands, in which each row is its update, or only named where it has none. */
function placesOf(node: Node, next: ReadonlyMap<string, HTMLElement>): Node {
  if (!(node instanceof HTMLElement) || !node.matches("[data-row]")) {
    const copy = node.cloneNode(false);
    for (const child of node.childNodes) copy.appendChild(placesOf(child, next));
    return copy;
  }
  const update = next.get(node.id);
  if (update) return update;
  node.classList.add("gone");
  return named(node);
}

/** Says on the pill what waits; hides it when nothing does. */
export function showWaiting(waiting: Waiting | undefined): void {
  const pill = document.querySelector<HTMLElement>(".newrows");
  if (!pill) return;
  pill.hidden = !waiting;
  if (!waiting) return;
  const others = waiting.rows - waiting.urgent;
  const says = [
    waiting.urgent > 0 ? `${waiting.urgent} new at S1` : "",
    others > 0 ? `${others} ${waiting.urgent > 0 ? "more" : "new"}` : "",
  ].filter(Boolean);
  const key = document.createElement("kbd");
  key.textContent = "N";
  pill.replaceChildren(says.join(", ") || "Show the new order", " ", key);
}
