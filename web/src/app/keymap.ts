/**
 * Which key does what: one table, from which the handling, the help sheet and the rebinding are made.
 *
 * Owns the keys and the names of actions; knows no view. A chord is written as in "ctrl+shift+f"; "mod" is Cmd on a
 * Mac and Ctrl elsewhere. Keys that put something into a text are matched by the sign that they make (event.key), so
 * that AltGr and dead keys go on typing.
 */

import type { Settings } from "./settings";

/** Where a key works; the text is the heading in the help sheet. */
export const CONTEXTS = { window: "Everywhere", box: "While writing", messages: "On a message" } as const;
export type Context = keyof typeof CONTEXTS;

export interface Key {
  readonly name: string;
  readonly context: Context;
  readonly chords: readonly string[];
  readonly help: string;
  /** It can't be given to another key: browsers and readers rely on it. */
  readonly fixed: boolean;
}

function key(context: Context, name: string, chords: string, help: string, fixed = false): Key {
  return { context, name, chords: chords.split(" "), help, fixed };
}

export const KEYS: readonly Key[] = [
  key("window", "switcher", "mod+k", "go to a room or person by name"),
  key("window", "help", "mod+/ ?", "this sheet (? where no text is being typed)"),
  key("window", "previousRoom", "alt+arrowup", "previous conversation"),
  key("window", "nextRoom", "alt+arrowdown", "next conversation"),
  key("window", "previousUnread", "alt+shift+arrowup", "previous unread conversation"),
  key("window", "nextUnread", "alt+shift+arrowdown", "next unread conversation"),
  key("window", "escape", "escape", "leave what is open; then: mark as read and go to the end"),
  key("window", "allRead", "shift+escape", "mark everything as read"),
  key("window", "search", "mod+f", "search in this conversation"),
  key("window", "searchAll", "mod+shift+f", "search everywhere"),
  key("window", "upload", "mod+u", "send files"),
  key("window", "people", "mod+.", "show or hide the people"),
  key("window", "rooms", "mod+shift+l", "show or hide the conversations"),
  key("window", "profile", "mod+,", "your name, status and settings"),
  key("window", "reactToLast", "mod+shift+\\", "react to the last message"),
  key("window", "messages", "mod+shift+arrowup", "go to the messages"),
  key("window", "pageUp", "pageup", "older messages, also while writing"),
  key("window", "pageDown", "pagedown", "newer messages"),
  key("window", "oldest", "mod+home", "to the beginning of what is loaded"),
  key("window", "newest", "mod+end", "to the newest message"),
  key("box", "send", "enter", "send", true),
  key("box", "newline", "shift+enter", "a new line", true),
  key("box", "complete", "tab", "take the proposal for @name, #room, /command or :emoji:", true),
  key("box", "editLast", "arrowup", "in an empty box: edit your last message", true),
  key("box", "recall", "mod+arrowup", "bring back what you sent before"),
  key("box", "bold", "mod+b", "bold"),
  key("box", "italic", "mod+i", "italic"),
  key("box", "code", "mod+e", "code"),
  key("box", "codeBlock", "mod+shift+c", "a block of code"),
  key("messages", "up", "arrowup k", "older message", true),
  key("messages", "down", "arrowdown j", "newer message", true),
  key("messages", "reply", "r", "reply"),
  key("messages", "thread", "t", "all replies to it, and answering among them"),
  key("messages", "react", "+ =", "react"),
  key("messages", "edit", "e", "edit"),
  key("messages", "delete", "backspace delete", "delete"),
  key("messages", "copy", "c y", "copy its text"),
  key("messages", "link", "l", "copy a link to it"),
  key("messages", "open", "o", "open its first link"),
  key("messages", "context", "enter", "go to the message it answers; try again what was not sent"),
];

const NAMED: Readonly<Record<string, string>> = { " ": "space", esc: "escape" };
/** The sign of a key without Shift, for chords in which Shift changes the sign. */
const BY_CODE: Readonly<Record<string, string>> = {
  Backslash: "\\",
  Slash: "/",
  Period: ".",
  Comma: ",",
  Minus: "-",
  Equal: "=",
  Semicolon: ";",
};
/** What the browser keeps for itself. */
const OF_THE_BROWSER = new Set(["mod+n", "mod+t", "mod+w", "mod+p", "mod+r", "mod+shift+n", "mod+shift+t", "mod+shift+w"]);

export interface Pressed {
  readonly key: string;
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
  readonly metaKey: boolean;
  readonly isComposing: boolean;
  getModifierState(key: string): boolean;
}

const IS_MAC = typeof navigator !== "undefined" && /Mac|iPhone|iPad/.test(navigator.platform);

/** How a pressed key may be written in the table; [] for what only types. */
export function chordsOf(event: Pressed, isMac = IS_MAC): string[] {
  const isTyping = event.isComposing || event.key === "Dead" || event.key === "Process";
  if (isTyping || event.getModifierState("AltGraph") || /^(?:Control|Alt|Shift|Meta)$/.test(event.key)) return [];
  const mod = isMac ? event.metaKey : event.ctrlKey;
  const other = isMac ? event.ctrlKey : event.metaKey;
  const name = NAMED[event.key.toLowerCase()] ?? event.key.toLowerCase();
  const front = `${mod ? "mod+" : ""}${other ? "ctrl+" : ""}${event.altKey ? "alt+" : ""}`;
  const isSign = [...name].length === 1 && name.toUpperCase() === name;
  const found = [`${front}${event.shiftKey && !isSign ? "shift+" : ""}${name}`];
  const unshifted = BY_CODE[event.code];
  if (event.shiftKey && front !== "" && unshifted !== undefined) found.push(`${front}shift+${unshifted}`);
  return found;
}

export class Keymap {
  readonly #byChord = new Map<string, string>();
  readonly #chords = new Map<string, readonly string[]>();

  /** `changed`: by action, the chords that somebody has chosen. A chord belongs to the action that it was given to. */
  constructor(changed: Readonly<Record<string, readonly string[]>> = {}) {
    const given = new Set(KEYS.filter((one) => !one.fixed).flatMap((one) => (changed[one.name] ?? []).map((chord) => `${one.context} ${chord}`)));
    for (const one of KEYS) {
      const wanted = one.fixed ? undefined : changed[one.name];
      const chords = wanted ?? one.chords.filter((chord) => !given.has(`${one.context} ${chord}`));
      this.#chords.set(one.name, chords);
      for (const chord of chords) this.#byChord.set(`${one.context} ${chord}`, one.name);
    }
  }

  /** The action of a pressed key; "" for none. */
  action(context: Context, event: Pressed): string {
    for (const chord of chordsOf(event)) {
      const found = this.#byChord.get(`${context} ${chord}`);
      if (found !== undefined) return found;
    }
    return "";
  }

  chords(name: string): readonly string[] {
    return this.#chords.get(name) ?? [];
  }

  /** As people read it, such as "Ctrl+K"; "" where it has no key. */
  label(name: string): string {
    return this.chords(name).map((chord) => label(chord)).join(", ");
  }
}

let lastChanged: Readonly<Record<string, readonly string[]>> | null = null;
let lastKeymap = new Keymap();

/** The keys in force; made once for each change of the settings. */
export function keymap(changed: Readonly<Record<string, readonly string[]>>): Keymap {
  if (changed !== lastChanged) {
    lastChanged = changed;
    lastKeymap = new Keymap(changed);
  }
  return lastKeymap;
}

/** Give an action other keys; null: the usual ones. */
export function rebind(settings: Settings, name: string, chords: readonly string[] | null): void {
  const keys = { ...settings.now.keys };
  if (chords === null) delete keys[name];
  else keys[name] = [...chords];
  settings.change({ keys });
}

/** Why an action can't have a chord, or "". */
export function problem(name: string, chord: string): string {
  const wanted = KEYS.find((one) => one.name === name);
  if (wanted === undefined || wanted.fixed) return "This key can't be changed.";
  if (OF_THE_BROWSER.has(chord)) return `${label(chord)} belongs to the browser.`;
  if (wanted.context !== "messages" && [...chord].length === 1 && chord !== "?") return `${label(chord)} is needed for writing.`;
  const taken = KEYS.find((one) => one.fixed && one.chords.includes(chord) && (one.context === wanted.context || one.context === "box"));
  return taken === undefined ? "" : `${label(chord)} is needed: ${taken.help}.`;
}

const LABELS: Readonly<Record<string, string>> = {
  arrowup: "↑",
  arrowdown: "↓",
  arrowleft: "←",
  arrowright: "→",
  escape: "Esc",
  pageup: "PgUp",
  pagedown: "PgDn",
  backspace: "Backspace",
  delete: "Del",
  space: "Space",
  "": "+",
};

/** A chord as people write it: mod+k is Ctrl+K. */
export function label(chord: string, isMac = IS_MAC): string {
  const parts = chord.endsWith("+") ? [...chord.slice(0, -1).split("+").filter(Boolean), ""] : chord.split("+");
  return parts.map((part) => named(part, isMac)).join(isMac ? "" : "+");
}

function named(part: string, isMac: boolean): string {
  if (part === "mod") return isMac ? "⌘" : "Ctrl";
  if (isMac && part === "shift") return "⇧";
  if (isMac && part === "alt") return "⌥";
  return LABELS[part] ?? (part[0] ?? "").toUpperCase() + part.slice(1);
}
