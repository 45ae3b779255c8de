/**
 * The conversations as windows: which there are, in which order, which one is shown, which is next.
 *
 * Owns the order and every way from one window to another. Knows no view and no connection. Called by the model.
 *
 * 1. The order depends on names and pins alone, never on what is said: nothing moves under the hand.
 * 2. Muted windows are never gone to unless by name or order.
 */

import { signal } from "@preact/signals";

import type { Conversation, Place } from "../client/chat";
import type { Line } from "../client/lines";
import type { Timeline } from "../client/timeline";
import { fold } from "../irc/names";
import { EMPTY, type Draft, type Position } from "./drafts";
import { Threads } from "./threads";

/** How much a window asks for attention. 0: we are mentioned, 1: somebody writes to us, 2: something was said. */
export type Urgency = 0 | 1 | 2 | null;

export class Window {
  /** Grows when its lines change. */
  readonly lines = signal(0);
  /** Grows when its name, topic, members, typists or counts change. */
  readonly about = signal(0);
  readonly draft = signal<Draft>(EMPTY);
  /** A piece of its past that is shown instead of its end. */
  readonly past = signal<Timeline | null>(null);
  /** Grows when the view should be put anew: to the divider, to where one was reading, or to the end. */
  readonly placing = signal(0);
  readonly threads: Threads = new Threads();
  /** The line above which "new" stands. */
  divider: Line | null = null;
  /** Where one was reading; null: at the end. */
  position: Position | null = null;
  /** Where one was reading goes before what is unread: nothing has happened but a reload. */
  resumes = false;
  /** Marked as unread by hand: that it is looked at doesn't count before somebody comes back to it. */
  staysUnread = false;
  /** Whether the end of its lines is on the screen. */
  following = true;
  muted = false;
  pinned = false;
  /** Grows with every showing of any window; 0: never. */
  lastShown = 0;

  constructor(readonly conversation: Conversation) {}

  get key(): string {
    return fold(this.conversation.name);
  }

  /** The name under which its draft is kept. */
  get keptAs(): string {
    return this.conversation.name;
  }

  get title(): string {
    return this.conversation.name || "Server";
  }

  get place(): Place {
    return this.conversation.place;
  }

  get timeline(): Timeline {
    return this.past.value ?? this.conversation.timeline;
  }

  /** What has arrived, newest first. */
  newestFirst(): Iterable<Line> {
    return this.conversation.timeline.arrived();
  }

  get urgency(): Urgency {
    if (this.muted || this.conversation.unread === 0) return null;
    if (this.conversation.mentions > 0) return 0;
    return this.place === "direct" ? 1 : 2;
  }

  /** The number in the coloured badge: messages for us; 0: no badge. */
  get badge(): number {
    if (this.muted) return 0;
    return this.place === "direct" ? this.conversation.unread : this.conversation.mentions;
  }
}

export class Windows implements Iterable<Window> {
  current: Window | null = null;
  #ordered: Window[] = [];
  readonly #byConversation = new Map<Conversation, Window>();
  #shown = 0;

  [Symbol.iterator](): Iterator<Window> {
    return this.#ordered.values();
  }

  get length(): number {
    return this.#ordered.length;
  }

  // -- which there are ----------------------------------------------------------------------------------------

  of(conversation: Conversation): Window | undefined {
    return this.#byConversation.get(conversation);
  }

  find(name: string): Window | undefined {
    return this.#ordered.find((window) => window.key === fold(name));
  }

  /** The window of this conversation, made if need be. */
  add(conversation: Conversation): Window {
    const known = this.of(conversation);
    if (known !== undefined) return known;
    const made = new Window(conversation);
    this.#byConversation.set(conversation, made);
    this.#ordered.push(made);
    this.sort();
    return made;
  }

  /** Returns the one to show instead: the one before it, or its neighbour; null where nothing must change. */
  remove(window: Window): Window | null {
    const at = this.#ordered.indexOf(window);
    if (at < 0) return null;
    const instead = this.previous() ?? this.#ordered[at + 1] ?? this.#ordered[at - 1] ?? null;
    this.#ordered.splice(at, 1);
    this.#byConversation.delete(window.conversation);
    if (window !== this.current) return null;
    this.current = null;
    return instead;
  }

  /** A name or a pin has changed. */
  sort(): void {
    this.#ordered.sort(byPlace);
  }

  // -- going there --------------------------------------------------------------------------------------------

  show(window: Window): void {
    this.#shown += 1;
    window.lastShown = this.#shown;
    this.current = window;
  }

  /** The one that was shown before this one. */
  previous(): Window | null {
    const others = this.#ordered.filter((window) => window.lastShown > 0 && window !== this.current);
    return others.sort((one, other) => other.lastShown - one.lastShown)[0] ?? null;
  }

  /** The next in order; -1: the one before. */
  next(step: 1 | -1): Window | null {
    return this.#ring(step)[0] ?? null;
  }

  /** The next in order where something is unread. */
  nextUnread(step: 1 | -1): Window | null {
    return this.#ring(step).find((window) => window.urgency !== null) ?? null;
  }

  /** The others, beginning behind the current one. */
  #ring(step: 1 | -1): Window[] {
    const at = this.current === null ? -1 : this.#ordered.indexOf(this.current);
    const ring = [...this.#ordered.slice(at + 1), ...this.#ordered.slice(0, Math.max(at, 0))];
    return step === 1 ? ring : ring.reverse();
  }

  /** Where something is unread, the most urgent first, without the current one. */
  activity(): Window[] {
    const active = this.#ordered.filter((window) => window.urgency !== null && window !== this.current);
    return active.sort((one, other) => (one.urgency ?? 0) - (other.urgency ?? 0));
  }

  // -- by name ------------------------------------------------------------------------------------------------

  /** Best first: the very name, then where we are mentioned, then what fits best. "": the recent ones. */
  match(query: string): Window[] {
    const wanted = query.trim();
    if (wanted === "") return [...this.#ordered].sort((one, other) => this.#byRecency(one, other));
    const found = this.#ordered
      .map((window) => ({ window, score: scoreOf(wanted, window.title) }))
      .filter((one): one is { window: Window; score: number } => one.score !== null);
    found.sort((one, other) => byFit(wanted, one, other));
    return found.map((one) => one.window);
  }

  /** The current one comes last: nobody asks for where they are. */
  #byRecency(one: Window, other: Window): number {
    return (
      Number(one === this.current) - Number(other === this.current) ||
      Number(other.urgency === 0) - Number(one.urgency === 0) ||
      other.lastShown - one.lastShown
    );
  }
}

interface Found {
  window: Window;
  score: number;
}

function byFit(wanted: string, one: Found, other: Found): number {
  const isIt = (window: Window): number =>
    Number(fold(window.title) === fold(wanted) || fold(bare(window.title)) === fold(wanted));
  return (
    isIt(other.window) - isIt(one.window) ||
    Number(other.window.urgency === 0) - Number(one.window.urgency === 0) ||
    other.score - one.score ||
    other.window.lastShown - one.window.lastShown
  );
}

/** Pinned first, then rooms, then people, by name; the server last: there is rarely anything to read. */
function byPlace(one: Window, other: Window): number {
  const rank = (window: Window): number =>
    window.place === "server" ? 3 : window.pinned ? 0 : window.place === "room" ? 1 : 2;
  return rank(one) - rank(other) || compare(bare(one.key), bare(other.key)) || compare(one.key, other.key);
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** Without the signs in front that only say that it is a room. */
function bare(name: string): string {
  return name.replace(/^[#&+!]+/, "") || name;
}

/**
 * How well the letters of the query are found in the name, in order; null: they aren't all there.
 *
 * Beginnings of the name and of words in it count most, then letters next to each other.
 */
export function scoreOf(query: string, name: string): number | null {
  const wanted = query.toLowerCase().replace(/\s+/g, "").slice(0, 64);
  if (wanted === "") return 0;
  const lower = name.toLowerCase().slice(0, 256);
  const text = isWordLetter(wanted[0] ?? "") ? bare(lower) : lower;
  let best: number | null = null;
  for (let at = text.indexOf(wanted[0] ?? ""); at >= 0; at = text.indexOf(wanted[0] ?? "", at + 1)) {
    const score = scoreFrom(wanted, text, at);
    if (score !== null && (best === null || score > best)) best = score;
  }
  return best;
}

function scoreFrom(wanted: string, text: string, start: number): number | null {
  let score = start === 0 ? 20 : 0;
  let last = start - 1;
  for (const letter of wanted) {
    const at = text.indexOf(letter, last + 1);
    if (at < 0) return null;
    score += worth(text, at, at === last + 1);
    last = at;
  }
  return score - Math.min(text.length - wanted.length, 9);
}

function worth(text: string, at: number, isNext: boolean): number {
  if (at === 0 || !isWordLetter(text[at - 1] ?? "")) return 10;
  return isNext ? 12 : 1;
}

function isWordLetter(letter: string): boolean {
  return /[\p{L}\p{N}]/u.test(letter);
}
