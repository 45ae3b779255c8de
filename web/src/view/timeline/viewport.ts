/**
 * Which rows of a timeline are in the page, and where the view stands.
 *
 * Owns the anchor: the view hangs on a row and a height in it, or follows the end. So rows that come, older pages in
 * front, images that load and reactions elsewhere never move what is being read. Knows no elements: Timeline gives it
 * what it measures, and does what it says.
 */

import type { Line } from "../../client/lines";
import { Heights } from "./heights";
import { Rows, type Given, type Row } from "./rows";

/** In the page beyond the edges of the view. */
const BEYOND_PX = 700;
/** With less than this beyond the edge, more is drawn. */
const LEAST_PX = 250;
const AT_END_PX = 24;
export const MOST_UNSEEN = 99;

export interface Anchor {
  readonly line: Line;
  /** How much of the row is above the upper edge; negative: how far below the edge it begins. */
  readonly offset: number;
}

export interface Range {
  readonly from: number;
  readonly to: number;
}

export class Viewport {
  readonly rows = new Rows();
  readonly heights = new Heights();
  following = true;
  anchor: Anchor | null = null;
  height = 0;
  range: Range = { from: 0, to: 0 };
  /** The furthest line that was ever seen. */
  #furthest: Line | null = null;
  #stacked = -1;
  /** What was put there stays there, also where there is not yet enough below it. */
  #holds = false;

  update(lines: readonly Line[], given: Given): void {
    this.rows.update(lines, given);
    if (this.#stacked === this.rows.version) return;
    this.#stacked = this.rows.version;
    this.heights.stack(this.rows.rows);
    this.range = this.wanted();
  }

  /** Rows have been measured; returns whether anything stands elsewhere now. */
  measured(heights: ReadonlyMap<Row, number>): boolean {
    let isNew = false;
    for (const [row, height] of heights) isNew = this.heights.measure(row, height) || isNew;
    if (isNew) this.heights.stack(this.rows.rows);
    return isNew;
  }

  resized(width: number): void {
    this.heights.forget(width);
    this.heights.stack(this.rows.rows);
  }

  get last(): number {
    return Math.max(this.heights.total - this.height, 0);
  }

  /** Where the upper edge stands. */
  get top(): number {
    if (this.following || this.anchor === null) return this.last;
    const at = this.rows.indexOf(this.anchor.line);
    return Math.min(Math.max(this.heights.top(at) + this.anchor.offset, 0), this.last);
  }

  /** Somebody has scrolled. */
  scrolled(top: number): void {
    this.following = top >= this.last - AT_END_PX;
    this.anchor = this.following ? null : this.#anchorAt(top);
    this.#holds = false;
  }

  /** What stands at the upper edge; also at the end. */
  get edge(): Anchor | null {
    return this.anchor ?? this.#anchorAt(this.top);
  }

  #anchorAt(top: number): Anchor | null {
    const at = this.heights.at(top);
    const row = this.rows.rows[at];
    return row === undefined ? null : { line: row.line, offset: top - this.heights.top(at) };
  }

  /**
   * Show a line so far below the upper edge. `holds`: also where that is the end for now, since images further down have
   * yet to come; until somebody scrolls or `release` is called.
   */
  put(line: Line, below: number, holds = false): void {
    this.following = false;
    this.anchor = { line, offset: -below };
    this.#holds = holds;
  }

  release(): void {
    this.#holds = false;
    this.settled();
  }

  follow(): void {
    this.following = true;
    this.anchor = null;
    this.#holds = false;
  }

  /** The view stands where it should: where that is the end, it is followed from now on. */
  settled(): void {
    if (!this.#holds && this.heights.total > 0 && this.anchor !== null && this.top >= this.last - 1) this.follow();
    this.#remember();
  }

  /** Whether more rows must be drawn; then `range` is what should be. */
  outgrown(): boolean {
    const { top } = this;
    const above = top - this.heights.top(this.range.from);
    const below = this.heights.top(this.range.to) - top - this.height;
    const isEnough =
      (above >= LEAST_PX || this.range.from === 0) && (below >= LEAST_PX || this.range.to >= this.rows.rows.length);
    if (isEnough) return false;
    const wanted = this.wanted();
    if (wanted.from === this.range.from && wanted.to === this.range.to) return false;
    this.range = wanted;
    return true;
  }

  wanted(): Range {
    const { top } = this;
    const from = this.heights.at(Math.max(top - BEYOND_PX, 0));
    const to = this.heights.at(top + this.height + BEYOND_PX) + 1;
    return { from, to: Math.min(to, this.rows.rows.length) };
  }

  get drawn(): Row[] {
    return this.rows.rows.slice(this.range.from, this.range.to);
  }

  // -- what has been seen -------------------------------------------------------------------------------------

  #remember(): void {
    const row = this.rows.rows[this.heights.at(this.top + this.height - 1)];
    const line = row?.lines.at(-1);
    if (line === undefined || line.delivery === "pending") return;
    if (this.#furthest === null || isLater(line, this.#furthest)) this.#furthest = line;
  }

  /** New messages below; at most MOST_UNSEEN + 1. */
  unseen(): number {
    if (this.following || this.#furthest === null) return 0;
    let count = 0;
    for (let at = this.rows.rows.length - 1; at >= 0 && count <= MOST_UNSEEN; at--) {
      const line = (this.rows.rows[at] as Row).line;
      if (!isLater(line, this.#furthest)) break;
      if (line.countsAsUnread) count += 1;
    }
    return count;
  }

  /** What is loaded when somebody comes counts as seen up to the divider. */
  seenUpTo(line: Line | null): void {
    this.#furthest = line;
  }
}

function isLater(one: Line, other: Line): boolean {
  return one.place[0] === other.place[0] ? one.place[1] > other.place[1] : one.place[0] > other.place[0];
}
