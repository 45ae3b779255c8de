/**
 * How far somebody without an account has read, by conversation: a server forgets that of guests when they leave.
 *
 * Owns what is kept of it in this browser, which is one server's: a page's storage belongs to where it came from. A mark
 * only ever grows. Written by the model; read when a conversation begins.
 */

import { fold } from "../irc/names";
import { asRecord, type Keeping } from "./storage";

const KEPT = "read";
/** Those that were read last stay. */
export const MOST_MARKS = 500;
const LONGEST_NAME = 300;
const WRITE_AFTER_MS = 400;

export class ReadMarks {
  readonly #keeping: Keeping;
  readonly #marks: Map<string, number>;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(keeping: Keeping) {
    this.#keeping = keeping;
    this.#marks = marksFrom(keeping.read(KEPT));
  }

  /** Everything in it up to this time (ms) has been read; 0: nothing is known. */
  of(conversation: string): number {
    return this.#marks.get(fold(conversation)) ?? 0;
  }

  grow(conversation: string, timeMs: number): void {
    const name = fold(conversation);
    if (name === "" || name.length > LONGEST_NAME || timeMs <= (this.#marks.get(name) ?? 0)) return;
    // At the end: the first of the map is the one that has not moved for the longest time.
    this.#marks.delete(name);
    this.#marks.set(name, timeMs);
    const [oldest] = this.#marks.keys();
    if (this.#marks.size > MOST_MARKS && oldest !== undefined) this.#marks.delete(oldest);
    this.#timer ??= setTimeout(() => this.flush(), WRITE_AFTER_MS);
  }

  /** At once; the page may be about to go. */
  flush(): void {
    if (this.#timer === null) return;
    clearTimeout(this.#timer);
    this.#timer = null;
    this.#keeping.write(KEPT, Object.fromEntries(this.#marks));
  }

  /** Of who has logged out nothing stays. */
  forget(): void {
    this.#marks.clear();
    this.#timer ??= setTimeout(() => this.flush(), WRITE_AFTER_MS);
    this.flush();
  }
}

function marksFrom(stored: unknown): Map<string, number> {
  const marks = Object.entries(asRecord(stored)).filter(
    (one): one is [string, number] => typeof one[1] === "number" && Number.isFinite(one[1]) && one[1] > 0 && one[0].length <= LONGEST_NAME,
  );
  return new Map(marks.slice(-MOST_MARKS));
}
