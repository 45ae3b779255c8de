/**
 * What somebody types in one conversation, on its way out as live text.  docs/specs/live-text.md
 *
 * Owns the line that is open: what others have been told of it, what they are told next, and when. Pastes are held back:
 * they stay out of what is told, wherever they stand. Knows no consent (live.ts) and no I/O;
 * src/hubbub/client/live_sending.py does the same, held to the same vectors (tests/vectors/live).
 */

import { fitting } from "../../irc/cutting";
import {
  type Action,
  clean,
  common,
  difference,
  isSendable,
  LONGEST_TEXT,
  LONGEST_WAIT,
  MOST_ACTIONS,
  type Update,
  type UpdateKind,
  write,
} from "../../irc/live";

/** At most one update in so long. */
export const EVERY_MS = 100;
/** Everybody has the whole line again after so long at the latest. */
export const RESET_MS = 10_000;
/** A line that nobody goes on with is told no more after so long; it comes back with the next letter. */
export const PAUSE_MS = 60_000;

/** `newId` gives the id of a line, which becomes the nonce of its message. Times in milliseconds. */
export class LiveSending {
  readonly #newId: () => string;
  #id = "";
  /** What stands in the input, by code point, and … */
  #chars: readonly string[] = [];
  /** … whether it was pasted. */
  #held: readonly boolean[] = [];
  /** What others see once they have all that was given to `take`, and what waits for it. */
  #told: readonly string[] = [];
  #waiting: Action[] = [];
  #kind: UpdateKind = "n";
  #seq = 0;
  #cancelled: Update | null = null;
  #sentMs = 0;
  #resetMs = 0;
  #editedMs = 0;
  #wantsReset = false;

  constructor(newId: () => string) {
    this.#newId = newId;
  }

  /** Of the line that is open; "" if none is. */
  get id(): string {
    return this.#id;
  }

  /** What stands in the input now. `pasted`: what is new of it waits for Enter. */
  typed(text: string, now: number, { pasted = false } = {}): void {
    this.note(text, { pasted });
    const told = this.#clipped();
    if (told.length === 0) {
      if (this.#id !== "") this.cancel();
      return;
    }
    if (this.#id === "") this.#begin();
    const actions = difference(this.#told, told);
    if (actions.length === 0) return;
    if (this.#waiting.length > 0) {
      const ms = Math.min(Math.max(now - this.#editedMs, 0), LONGEST_WAIT);
      if (ms > 0) this.#waiting.push({ kind: "wait", ms });
    }
    this.#waiting.push(...actions);
    this.#told = told;
    if (now - this.#editedMs > PAUSE_MS && this.#kind === "e") this.#wantsReset = true;
    this.#editedMs = now;
  }

  /** What stands in the input while nobody is told of it: follow what was pasted to where it stands now. */
  note(text: string, { pasted = false } = {}): void {
    const chars = Array.from(text);
    const [first, last] = common(this.#chars, chars);
    const come = chars.length - first - last;
    const end = this.#held.length - last;
    // What takes the place of something pasted may be the same with stars around it, or spelled otherwise.
    const isHeld = pasted || (come > 1 && this.#held.slice(first, end).includes(true));
    this.#held = [...this.#held.slice(0, first), ...Array.from({ length: come }, () => isHeld), ...this.#held.slice(end)];
    this.#chars = chars;
  }

  /** What may be seen of it, as far as a live line reaches. */
  #clipped(): string[] {
    const seen = clean(this.#chars.filter((_, at) => this.#held[at] !== true).join(""));
    return Array.from(seen.slice(0, fitting(seen, LONGEST_TEXT)));
  }

  #begin(): void {
    this.#id = this.#newId();
    this.#kind = "n";
    this.#seq = 0;
    this.#told = [];
    this.#waiting = [];
  }

  /** Whether something that was pasted waits for Enter. */
  get holdsBack(): boolean {
    return this.#held.includes(true);
  }

  /** Whether others have heard of the line that is open. */
  get isTold(): boolean {
    return this.#id !== "" && this.#kind !== "n";
  }

  /** When they last did; 0: of no line yet. */
  get toldMs(): number {
    return this.#sentMs;
  }

  /** Somebody has come to see it: tell all of it with the next update. */
  reset(): void {
    this.#wantsReset = this.isTold;
  }

  /**
   * Something is said, which takes the id that this gives; "" where nobody was told anything.
   *
   * What stands in the input is taken for the same until `typed` says otherwise: it may be something else that was said.
   */
  committed(): string {
    const id = this.isTold ? this.#id : "";
    this.#end();
    return id;
  }

  /** It will be no message: others forget it. */
  cancel(): void {
    if (this.isTold) this.#cancelled = { id: this.#id, seq: this.#seq, kind: "c", actions: [] };
    this.#end();
  }

  /** Nobody sees it any more, and nobody is to be told: the connection is gone, or the room allows it no more. */
  lost(): void {
    this.#cancelled = null;
    this.#end();
  }

  #end(): void {
    this.#id = "";
    this.#told = [];
    this.#waiting = [];
    this.#wantsReset = false;
  }

  /** When `take` has something to give, if nothing more is typed. */
  due(): number | null {
    const isOpen = this.#id !== "";
    if (this.#cancelled !== null || (isOpen && (this.#waiting.length > 0 || this.#wantsReset))) {
      return this.#sentMs + EVERY_MS;
    }
    if (!isOpen || this.#kind !== "e" || !this.#wantsMore) return null;
    return Math.max(this.#resetMs + RESET_MS, this.#sentMs + EVERY_MS);
  }

  /** Whether others should hear of the line again, though nothing has changed: it may have been lost to them. */
  get #wantsMore(): boolean {
    return this.#sentMs > this.#resetMs || this.#resetMs + RESET_MS - this.#editedMs < PAUSE_MS;
  }

  /** The value of the next update, if one is due. */
  take(now: number): string | null {
    const due = this.due();
    if (due === null || now < due) return null;
    this.#sentMs = now;
    if (this.#cancelled !== null) {
      const update = this.#cancelled;
      this.#cancelled = null;
      return write(update);
    }
    return this.#next(now);
  }

  #next(now: number): string {
    if (this.#kind === "e" && (this.#wantsReset || now - this.#resetMs >= RESET_MS)) return this.#whole("r", now);
    const value = write({ id: this.#id, seq: this.#seq, kind: this.#kind, actions: this.#waiting });
    if (this.#waiting.length > MOST_ACTIONS || !isSendable(value)) return this.#whole(this.#kind === "n" ? "n" : "r", now);
    if (this.#kind === "n") this.#resetMs = now;
    this.#isTaken();
    return value;
  }

  #whole(kind: UpdateKind, now: number): string {
    const actions: Action[] = this.#told.length > 0 ? [{ kind: "insert", at: 0, text: this.#told.join("") }] : [];
    const value = write({ id: this.#id, seq: this.#seq, kind, actions });
    this.#resetMs = now;
    this.#wantsReset = false;
    this.#isTaken();
    return value;
  }

  #isTaken(): void {
    this.#kind = "e";
    this.#seq += 1;
    this.#waiting = [];
  }
}
