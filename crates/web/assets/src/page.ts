// The page on screen, and how it becomes what the line says. A message is parsed once, a row that it only names is never
// touched, and a row that it tells is morphed where it stands (focus, selection and scroll stay).
import htmx from "htmx.org";

/** A row that the page has already comes as its opening tag, with this. */
const SAME = "data-same";
/** What a reader has opened or is writing in is never changed under the hand. */
const LEFT_OUT = "[data-keep]:focus-within, details[open]";

type Morph = (target: Element, fragment: DocumentFragment, inner: boolean) => void;
let morph: Morph | undefined;

htmx.config.morphSkip = `[hx-morph-skip], ${LEFT_OUT}`;
// A queue is short: look through all of it before calling a row new.
htmx.config.morphScanLimit = 200;
// The page's meta element allows this one extension. Evaluating text is forbidden by the page's policy; nothing asks for it.
htmx.registerExtension("alongside", {
  init: (api: { morph: Morph }) => {
    morph = api.morph;
  },
  htmx_before_morph_node: (_old: Element, { newNode }: { newNode: Node }) =>
    !(newNode instanceof Element && newNode.hasAttribute(SAME)),
});

/** Each row as the line told it last. */
let told = new Map<string, Element>();
/** Rows that were told since they were last drawn. */
let undrawn = new Set<string>();
let hasLeftOut = false;

export function fragmentOf(html: string): DocumentFragment {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
}

/** A row's place without its content. */
export function named(row: Element): Element {
  const place = row.cloneNode(false) as Element;
  place.setAttribute(SAME, "");
  return place;
}

/** The line begins anew. */
export function forget(): void {
  told = new Map();
  undrawn = new Set();
}

/** Reads a message. Each has to be heard, in order, whether or not it is ever drawn. */
export function hear(html: string): DocumentFragment {
  const fragment = fragmentOf(html);
  const rows = new Map<string, Element>();
  for (const row of fragment.querySelectorAll("tr[id]")) {
    if (rows.has(row.id)) continue;
    const before = told.get(row.id);
    if (!row.hasAttribute(SAME)) {
      rows.set(row.id, row.cloneNode(true) as Element);
      undrawn.add(row.id);
    } else if (before) rows.set(row.id, before);
    else location.reload();
  }
  told = rows;
  return fragment;
}

/** Puts the content into rows that are only named and whose content is not on screen. */
export function fillIn(fragment: DocumentFragment): void {
  for (const place of fragment.querySelectorAll(`tr[${SAME}]`)) {
    const row = told.get(place.id);
    if (row && (undrawn.has(place.id) || !document.getElementById(place.id))) place.replaceWith(row.cloneNode(true));
  }
}

/** Makes the page what the fragment says. */
export function put(target: Element, fragment: DocumentFragment): void {
  if (!morph) throw new Error("the page may not be changed: its settings name no extension");
  const left = [...target.querySelectorAll(LEFT_OUT)];
  hasLeftOut = left.length > 0;
  const stale = left.map((element) => element.closest("tr[id]")?.id).filter((id) => id !== undefined && undrawn.has(id));
  undrawn = new Set(stale as string[]);
  morph(target, fragment, true);
}

/** Whether something was left as it was because a reader was in it. */
export function wasLeftOut(): boolean {
  return hasLeftOut;
}
