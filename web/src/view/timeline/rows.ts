/**
 * What of a timeline is drawn as one: a message, or a run of comings and goings; and what stands around it.
 *
 * Owns the cutting of lines into rows. Remembers the rows of one timeline, so that a new line costs one row. Knows no
 * elements. Called by Viewport; drawn by row.tsx.
 */

import { isComingOrGoing, type Line } from "../../client/lines";
import { fold } from "../../irc/names";
import type { Coming } from "../../app/settings";

/** Lines of one author that follow each other within this time show the name once. */
export const GROUP_MS = 5 * 60_000;
/** Whoever spoke within this time is somebody whose coming and going is of interest. */
export const SPOKE_MS = 10 * 60_000;

export interface Row {
  /** The line that the row is known by, or the first of a run. */
  readonly line: Line;
  readonly lines: readonly Line[];
  /** The day that begins here: local midnight, or 0. */
  readonly day: number;
  /** What is new begins here. */
  readonly divider: boolean;
  /** The author is named above. */
  readonly grouped: boolean;
  /** Comings and goings, which may be one; more of them are added to it. */
  readonly run: boolean;
}

export interface Given {
  readonly divider: Line | null;
  readonly coming: Coming;
  readonly ignored: ReadonlySet<string>;
  /** Grows with every change of `ignored`. */
  readonly ignoredVersion: number;
}

export class Rows {
  rows: Row[] = [];
  /** Grows when rows come, go or change places. */
  version = 0;
  #given: Given | null = null;
  #first: Line | undefined;
  #last: Line | undefined;
  #count = 0;
  readonly #spoke = new Map<string, number>();
  readonly #days = new Days();

  update(lines: readonly Line[], given: Given): void {
    const isSame = this.#given !== null && isEqual(this.#given, given) && lines[0] === this.#first;
    const isLonger = isSame && this.#count > 0 && lines[this.#count - 1] === this.#last;
    if (isLonger && lines.length === this.#count) return;
    this.#given = given;
    if (!isLonger) this.#forget();
    for (let at = this.#count; at < lines.length; at++) {
      const line = lines[at];
      if (line !== undefined) this.#add(line, given);
    }
    this.#first = lines[0];
    this.#last = lines.at(-1);
    this.#count = lines.length;
    this.version += 1;
  }

  /** The row with this line, or the one that stands in its place; -1 where there is none at all. */
  indexOf(line: Line): number {
    let low = 0;
    let high = this.rows.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const row = this.rows[middle];
      if (row !== undefined && isAfter(row.line, line)) high = middle;
      else low = middle + 1;
    }
    return Math.max(low - 1, this.rows.length > 0 ? 0 : -1);
  }

  #forget(): void {
    this.rows = [];
    this.#count = 0;
    this.#spoke.clear();
  }

  #add(line: Line, given: Given): void {
    if (given.ignored.has(fold(line.nick)) && !line.mine) return;
    if (isComingOrGoing(line.kind)) return this.#addComing(line, given);
    if (line.isSaid) this.#spoke.set(fold(line.nick), line.timeMs);
    this.#push(line, given);
  }

  #addComing(line: Line, given: Given): void {
    if (given.coming === "none") return;
    const spoke = this.#spoke.get(fold(line.nick)) ?? -Infinity;
    if (given.coming === "all" || (given.coming === "smart" && line.timeMs - spoke <= SPOKE_MS)) {
      if (line.kind === "nick") this.#spoke.set(fold(line.target), spoke);
      return this.#push(line, given);
    }
    const last = this.rows.at(-1);
    const joins = last?.run === true && this.#days.of(line.timeMs) === this.#days.of(last.line.timeMs);
    if (joins && line !== given.divider) this.rows[this.rows.length - 1] = { ...last, lines: [...last.lines, line] };
    else this.#push(line, given, true);
  }

  #push(line: Line, given: Given, run = false): void {
    const before = this.rows.at(-1);
    const today = this.#days.of(line.timeMs);
    const day = before !== undefined && this.#days.of(before.line.timeMs) === today ? 0 : today;
    const divider = line === given.divider;
    const grouped = day === 0 && !divider && before !== undefined && isGrouped(before.line, line);
    this.rows.push({ line, lines: [line], day, divider, grouped, run });
  }
}

function isGrouped(before: Line, line: Line): boolean {
  if (before.kind !== "message" || line.kind !== "message" || line.replyTo !== "") return false;
  const isNear = line.timeMs - before.timeMs < GROUP_MS && line.timeMs >= before.timeMs;
  return isNear && before.nick === line.nick && before.account === line.account && before.private === line.private;
}

function isAfter(one: Line, other: Line): boolean {
  return one.place[0] === other.place[0] ? one.place[1] > other.place[1] : one.place[0] > other.place[0];
}

function isEqual(one: Given, other: Given): boolean {
  return one.divider === other.divider && one.coming === other.coming && one.ignoredVersion === other.ignoredVersion;
}

/** Local midnights; lines that follow each other are mostly of the same day. */
class Days {
  #start = 0;
  #end = 0;

  of(timeMs: number): number {
    if (timeMs >= this.#start && timeMs < this.#end) return this.#start;
    const day = new Date(timeMs);
    day.setHours(0, 0, 0, 0);
    this.#start = day.getTime();
    day.setDate(day.getDate() + 1);
    this.#end = day.getTime();
    return this.#start;
  }
}
