/**
 * What somebody has chosen, kept in this browser: who they are, which rooms they are in, keys, colours, notifications.
 *
 * Owns the shape of the settings and the way they are kept. No password is among them. Knows no view; whoever reads
 * `settings.value.value` in a view is drawn again when something changes.
 */

import { signal, type ReadonlySignal } from "@preact/signals";

import { asRecord, asText, asTexts, oneOf, type Keeping } from "./storage";

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

/** Which messages ask for attention outside of this window. */
export const LEVELS = ["off", "mentions", "all"] as const;
export type Level = (typeof LEVELS)[number];

/** How comings and goings are shown. smart: condensed, but in full for those who spoke recently. */
export const COMINGS = ["smart", "condensed", "all", "none"] as const;
export type Coming = (typeof COMINGS)[number];

export interface Chosen {
  /** The name of the last visit, and the account it belonged to ("" for guests). */
  nick: string;
  account: string;
  /** By name, the key. */
  rooms: Record<string, string>;
  /** The conversation that was shown last. */
  current: string;
  /** Direct conversations that are open; folded names elsewhere. */
  people: string[];
  muted: string[];
  pinned: string[];
  ignored: string[];
  /** By action, its chords where they are not the usual ones; [] for none. */
  keys: Record<string, string[]>;
  theme: Theme;
  coming: Coming;
  notify: Level;
  /** Whether somebody was asked already if they want to be notified. */
  askedToNotify: boolean;
  roomsShown: boolean;
  peopleShown: boolean;
}

const USUAL: Chosen = {
  nick: "",
  account: "",
  rooms: {},
  current: "",
  people: [],
  muted: [],
  pinned: [],
  ignored: [],
  keys: {},
  theme: "system",
  coming: "smart",
  notify: "off",
  askedToNotify: false,
  roomsShown: true,
  peopleShown: true,
};

const NAME = "settings";

export class Settings {
  readonly #keeping: Keeping;
  readonly #value;

  constructor(keeping: Keeping) {
    this.#keeping = keeping;
    this.#value = signal(read(keeping.read(NAME)));
  }

  get value(): ReadonlySignal<Chosen> {
    return this.#value;
  }

  /** As it is now, without being told when it changes. */
  get now(): Chosen {
    return this.#value.peek();
  }

  change(changes: Partial<Chosen>): void {
    this.#value.value = { ...this.now, ...changes };
    this.#keeping.write(NAME, this.now);
  }
}

function read(stored: unknown): Chosen {
  const from = asRecord(stored);
  const flag = (name: keyof Chosen): boolean => (typeof from[name] === "boolean" ? from[name] : USUAL[name] === true);
  return {
    nick: asText(from["nick"], 64),
    account: asText(from["account"], 64),
    rooms: texts(from["rooms"]),
    current: asText(from["current"], 200),
    people: asTexts(from["people"]),
    muted: asTexts(from["muted"]),
    pinned: asTexts(from["pinned"]),
    ignored: asTexts(from["ignored"]),
    keys: Object.fromEntries(Object.entries(asRecord(from["keys"])).map(([name, keys]) => [name, asTexts(keys, 8)])),
    theme: oneOf(from["theme"], THEMES, USUAL.theme),
    coming: oneOf(from["coming"], COMINGS, USUAL.coming),
    notify: oneOf(from["notify"], LEVELS, USUAL.notify),
    askedToNotify: flag("askedToNotify"),
    roomsShown: flag("roomsShown"),
    peopleShown: flag("peopleShown"),
  };
}

function texts(stored: unknown): Record<string, string> {
  const entries = Object.entries(asRecord(stored)).slice(0, 500);
  return Object.fromEntries(entries.map(([name, value]) => [name, asText(value)]));
}

/** The list with or without a name. */
export function toggled(names: readonly string[], name: string, wanted: boolean): string[] {
  const others = names.filter((one) => one !== name);
  return wanted ? [...others, name] : others;
}
