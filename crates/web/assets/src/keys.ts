// Single keys, from the one table that the sheet of keys is made of too. Each presses a control that can be seen.
import table from "./keys.json";
import { showNew } from "./live";
import { chosen, move } from "./row";
import { closeSheet, openKeys } from "./sheet";

/** A second key after `G` counts for this long. */
const CHORD_MS = 1_200;

let first = "";
let firstAt = 0;

function typing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(input|textarea|select)$/i.test(target.tagName));
}

function screen(): string {
  if (document.querySelector("dialog#sheet[open]")) return "why";
  return document.body.dataset["screen"] ?? "everywhere";
}

/** The control for an act: in the open sheet, in the focused flag, in the chosen row, or on the page. */
function control(act: string): HTMLElement | null {
  const named = `[data-act="${act}"]`;
  const sheet = document.querySelector<HTMLElement>("dialog#sheet[open]");
  if (sheet) return sheet.querySelector<HTMLElement>(named);
  const flag = document.activeElement?.closest(".flag");
  return (
    flag?.querySelector<HTMLElement>(named) ??
    chosen()?.querySelector<HTMLElement>(named) ??
    document.querySelector<HTMLElement>(`#page ${named}:not([data-row] *), #answer ${named}`)
  );
}

/** What is said where a key has nothing to press. */
const NOTHING: Readonly<Record<string, string>> = {
  link: "Nobody asks here whether two records are the same person.",
  prompt: "No prompt can be written now: one is open, or this call takes none.",
};

/** Says something calmly, until the next key. */
function say(words: string): void {
  const note = document.createElement("div");
  note.id = "calm";
  note.className = "note";
  note.setAttribute("role", "status");
  note.textContent = words;
  document.getElementById("answer")?.append(note);
}

function act(name: string): boolean {
  if (name.startsWith("go:")) {
    location.assign(name.slice(3));
    return true;
  }
  switch (name) {
    case "next":
      move(1);
      return true;
    case "previous":
      move(-1);
      return true;
    case "keys":
      openKeys();
      return true;
    case "show-new":
      showNew();
      return true;
    case "find":
    case "prompt": {
      const field = document.querySelector<HTMLElement>(`input[data-act="${name}"]`);
      field?.focus();
      const nothing = NOTHING[name];
      if (!field && nothing) say(nothing);
      return field !== null || nothing !== undefined;
    }
    case "up": {
      if (closeSheet()) return true;
      const up = control("up");
      up?.click();
      return up !== null;
    }
    default: {
      const pressed = control(name);
      pressed?.click();
      const nothing = NOTHING[name];
      if (!pressed && nothing) say(nothing);
      return pressed !== null || nothing !== undefined;
    }
  }
}

function pressed(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key === "Escape" && typing(event.target)) {
    (event.target as HTMLElement).blur();
    return;
  }
  if (typing(event.target)) return;
  document.getElementById("calm")?.remove();
  const off = document.documentElement.dataset["keys"] === "off";
  if (off && event.key !== "Escape" && event.key !== "?") return;
  // A button or a link under the focus keeps its own Enter.
  if (event.key === "Enter" && event.target instanceof Element && event.target.closest("a, button, summary")) return;

  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const chord = first && performance.now() - firstAt < CHORD_MS ? `${first} ${key}` : key;
  first = "";
  const here = screen();
  const is = (wanted: string) => table.find((entry) => entry.key === wanted && (entry.screen === here || entry.screen === "everywhere"));
  // One line of the table can stand for nine digits: each presses a control of its own.
  const numbered = /[1-9]$/.test(chord) ? is(`${chord.slice(0, -1)}1-9`) : undefined;
  const line = is(chord) ?? numbered;
  if (line) {
    if (act(line === numbered ? `${line.act}-${key}` : line.act)) event.preventDefault();
  } else if (table.some((entry) => entry.key.startsWith(`${key} `) && (entry.screen === here || entry.screen === "everywhere"))) {
    first = key;
    firstAt = performance.now();
    event.preventDefault();
  }
}

export function startKeys(): void {
  document.addEventListener("keydown", pressed);
  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-act]") : null;
    if (target?.dataset["act"] === "show-new") showNew();
    if (target?.dataset["act"] === "keys") {
      event.preventDefault();
      openKeys();
    }
  });
}
