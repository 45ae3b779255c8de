/**
 * The lines of one conversation, in order, without gaps or repeats, as far as they have been loaded.
 *
 * Owns the order: what arrives lives at the end, older pages go in front, pages that fill a gap go between, and our
 * own lines that are still on their way stay behind all others. Knows no wire format and no clock.
 *
 * 1. Lines are sorted by `place`; nothing else says where a line stands.
 * 2. A msgid occurs once. A page that repeats what is there changes nothing.
 * 3. What a page has in common with what is there says where the rest of it belongs, whatever any clock says.
 */

import type { Line, Place } from "./lines";
import { Reactions } from "./reactions";

/** Beyond, the oldest are forgotten. They can be loaded again. */
export const MOST_LINES = 100_000;
const FORGOTTEN_AT_ONCE = 1_000;
/** The place in time of what is still on its way. */
const LAST = Number.MAX_SAFE_INTEGER;
/** Between the numbers of two lines, so that others fit between them. */
const STEP = 2 ** 20;

export class Timeline implements Iterable<Line> {
  readonly lines: Line[] = [];
  /** Nothing older exists, or none can be had. */
  atStart = false;
  /** Grows with every change. */
  version = 0;
  /** All that were heard of, also those to messages that aren't loaded. */
  readonly reactions = new Reactions();
  readonly #byMsgid = new Map<string, Line>();
  readonly #byNonce = new Map<string, Line>();
  readonly #byContent = new Map<string, Line>();
  #number = 0;
  #step = STEP;

  get length(): number {
    return this.lines.length;
  }

  [Symbol.iterator](): Iterator<Line> {
    return this.lines.values();
  }

  // -- finding ------------------------------------------------------------------------------------------------

  find(msgid: string): Line | undefined {
    return msgid === "" ? undefined : this.#byMsgid.get(msgid);
  }

  /** The line of ours that was sent with this nonce and has no msgid yet. */
  unconfirmed(nonce: string): Line | undefined {
    return nonce === "" ? undefined : this.#byNonce.get(nonce);
  }

  /** Where a line of this timeline stands; -1 for another one. */
  index(line: Line): number {
    const at = this.#bisect(line.place);
    return this.lines[at] === line ? at : -1;
  }

  /** The index of the first line later than this; the length if there is none. */
  firstAfter(timeMs: number): number {
    return this.#bisect([timeMs, Infinity]);
  }

  /** What the server has, newest first. */
  *arrived(): Generator<Line> {
    for (let at = this.lines.length - 1; at >= 0; at--) {
      const line = this.lines[at];
      if (line?.delivery === "arrived") yield line;
    }
  }

  /** The newest line that the server could find again. */
  newest(): Line | undefined {
    for (const line of this.arrived()) if (line.msgid !== "") return line;
    return undefined;
  }

  oldest(): Line | undefined {
    return this.lines.find((line) => line.msgid !== "" && line.delivery === "arrived");
  }

  /** Our own lines that are on their way, oldest first. */
  pending(): Line[] {
    return this.lines.slice(this.#firstWaiting()).filter((line) => line.delivery === "pending");
  }

  // -- changing -----------------------------------------------------------------------------------------------

  /** A line that came just now; false: it is there already. */
  append(line: Line): boolean {
    if (line.msgid !== "" && this.#byMsgid.has(line.msgid)) return false;
    const timeMs = line.delivery === "pending" ? LAST : Math.max(line.timeMs, this.#latestMs());
    this.#insert(line, [timeMs, this.#nextNumber()]);
    if (this.lines.length > MOST_LINES) this.#forget(this.lines.length - MOST_LINES + FORGOTTEN_AT_ONCE);
    return true;
  }

  /**
   * A page of history, oldest first. `older`: it ends where what is loaded begins.
   *
   * Returns what was not there yet. Lines are placed by their time, but the server's order holds within a page: what
   * it has in common with what is there says where the rest of it belongs.
   */
  merge(page: Iterable<Line>, older = false): Line[] {
    const fresh: Line[] = [];
    let run: Line[] = [];
    let last: Line | undefined;
    for (const line of withoutRepeats(page)) {
      const known = this.#known(line);
      if (known === undefined) {
        run.push(line);
        fresh.push(line);
      } else if (last === undefined || isBefore(last.place, known.place)) {
        this.#insertRun(run, last, known);
        run = [];
        last = known;
      } else {
        // It stands before what it follows: two came at one time, or we had only our own clock to go by.
        this.#take(known);
        run.push(known);
      }
    }
    this.#insertRun(run, last, older && last === undefined ? this.lines[0] : undefined);
    const gone = new Set(this.#forget(this.lines.length - MOST_LINES));
    return gone.size > 0 ? fresh.filter((line) => !gone.has(line)) : fresh;
  }

  /** A pending line has arrived, or failed (`line.delivery` says which): it takes its place in time. */
  settle(line: Line, timeMs: number, msgid = ""): void {
    this.#take(line);
    const copy = this.find(msgid);
    // It came with a page of history, and nothing said that it was ours.
    if (copy !== undefined) this.#take(copy);
    line.msgid = msgid;
    line.timeMs = timeMs;
    line.version += 1;
    this.#insert(line, copy?.place ?? [Math.max(timeMs, this.#latestMs()), this.#nextNumber()]);
  }

  remove(line: Line): void {
    this.#take(line);
    this.version += 1;
  }

  /** Forget what is loaded (it can be loaded again), but not what of ours has not arrived. */
  clear(): void {
    const kept = this.lines.filter((line) => line.delivery !== "arrived");
    this.lines.length = 0;
    this.#byMsgid.clear();
    this.#byNonce.clear();
    this.#byContent.clear();
    this.atStart = false;
    this.version += 1;
    for (const line of kept) this.#insert(line, line.place);
  }

  /** The line was changed in place. */
  touch(line: Line): void {
    line.version += 1;
    this.version += 1;
  }

  // -- places -------------------------------------------------------------------------------------------------

  #insert(line: Line, place: Place): void {
    line.place = place;
    this.lines.splice(this.#bisect(place), 0, line);
    this.version += 1;
    if (line.msgid !== "") this.#byMsgid.set(line.msgid, line);
    else if (line.delivery === "arrived") this.#byContent.set(content(line), line);
    if (line.nonce !== "" && line.msgid === "") this.#byNonce.set(line.nonce, line);
  }

  #take(line: Line): void {
    const at = this.index(line);
    if (at < 0) throw new RangeError("the line is not in this timeline");
    this.lines.splice(at, 1);
    this.#unlist(line);
  }

  #unlist(line: Line): void {
    if (this.#byMsgid.get(line.msgid) === line) this.#byMsgid.delete(line.msgid);
    if (this.#byNonce.get(line.nonce) === line) this.#byNonce.delete(line.nonce);
    const key = content(line);
    if (line.msgid === "" && this.#byContent.get(key) === line) this.#byContent.delete(key);
  }

  /** Lines that follow each other: by their time, as far as the two that are there leave room. */
  #insertRun(run: readonly Line[], after: Line | undefined, before: Line | undefined): void {
    let timeMs = after?.place[0] ?? 0;
    const latest = before?.place[0] ?? LAST - 1;
    const tied: Line[] = [];
    for (const line of run) {
      timeMs = Math.min(Math.max(timeMs, line.timeMs), latest);
      if (before !== undefined && timeMs === latest) tied.push(line);
      else this.#insert(line, [timeMs, this.#nextNumber()]);
    }
    if (before !== undefined && tied.length > 0) this.#insertBefore(before, tied);
  }

  /** At the same time as that line, and directly in front of it. */
  #insertBefore(before: Line, run: readonly Line[]): void {
    let low = this.#numberBelow(before, run.length);
    if (before.place[1] - low <= run.length) {
      this.#renumber(run.length + 1);
      low = this.#numberBelow(before, run.length);
    }
    const [timeMs, high] = before.place;
    const step = Math.floor((high - low) / (run.length + 1));
    run.forEach((line, at) => this.#insert(line, [timeMs, low + (at + 1) * step]));
  }

  /** The number that those in front of a line must exceed. */
  #numberBelow(line: Line, length: number): number {
    const previous = this.lines[this.index(line) - 1];
    if (previous !== undefined && previous.place[0] === line.place[0]) return previous.place[1];
    return line.place[1] - STEP * (length + 1);
  }

  /** Make room between all lines. That many come into one millisecond only if a server means harm. */
  #renumber(room: number): void {
    this.#step = Math.max(STEP, room);
    this.lines.forEach((line, at) => {
      line.place = [line.place[0], (at + 1) * this.#step];
    });
    this.#number = this.lines.length * this.#step;
  }

  #nextNumber(): number {
    return (this.#number += this.#step);
  }

  #firstWaiting(): number {
    return this.#bisect([LAST, -Infinity]);
  }

  /** The time of the newest line that isn't on its way. */
  #latestMs(): number {
    return this.lines[this.#firstWaiting() - 1]?.place[0] ?? 0;
  }

  #known(line: Line): Line | undefined {
    // Servers without message ids: the same person said the same at the same time.
    return this.find(line.msgid) ?? this.#byContent.get(content(line));
  }

  /** The oldest go, but none that is on its way. */
  #forget(wanted: number): Line[] {
    const number = Math.min(wanted, this.#firstWaiting());
    if (number <= 0) return [];
    const gone = this.lines.splice(0, number);
    for (const line of gone) this.#unlist(line);
    this.atStart = false;
    this.version += 1;
    return gone;
  }

  /** The index of the first line that doesn't stand before this place. */
  #bisect(place: Place): number {
    let low = 0;
    let high = this.lines.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const line = this.lines[middle];
      if (line !== undefined && isBefore(line.place, place)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function isBefore(one: Place, other: Place): boolean {
  return one[0] === other[0] ? one[1] < other[1] : one[0] < other[0];
}

/** What makes two lines without msgid the same. */
function content(line: Line): string {
  return JSON.stringify([line.timeMs, line.kind, line.nick, line.target, line.text]);
}

function* withoutRepeats(page: Iterable<Line>): Generator<Line> {
  const seen = new Set<string>();
  for (const line of page) {
    if (!seen.has(line.msgid)) yield line;
    if (line.msgid !== "") seen.add(line.msgid);
  }
}
