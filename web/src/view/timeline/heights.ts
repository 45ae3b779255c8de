/**
 * Where every row of a timeline stands: measured where it was drawn, guessed where it was not.
 *
 * Owns the arithmetic and nothing that is drawn.
 */

import type { Line } from "../../client/lines";
import type { Row } from "./rows";

const LINE_PX = 22;
const HEAD_PX = 30;
const DAY_PX = 44;
const LETTER_PX = 7.4;

export class Heights {
  /** By the line that a row is known by. */
  #measured = new WeakMap<Line, number>();
  #tops = new Float64Array(1);
  #count = 0;
  #width = 600;

  get total(): number {
    return this.#tops[this.#count] ?? 0;
  }

  top(index: number): number {
    return this.#tops[Math.min(Math.max(index, 0), this.#count)] ?? 0;
  }

  /** The row at this height. */
  at(y: number): number {
    let low = 0;
    let high = this.#count - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (this.top(middle) <= y) low = middle;
      else high = middle - 1;
    }
    return Math.max(low, 0);
  }

  /** Returns whether it is news. */
  measure(row: Row, height: number): boolean {
    const before = this.#measured.get(row.line);
    if (before !== undefined && Math.abs(before - height) < 0.1) return false;
    this.#measured.set(row.line, height);
    return true;
  }

  /** Everything is as wide as that now, so that nothing is as high as it was. */
  forget(width: number): void {
    this.#width = width;
    this.#measured = new WeakMap();
  }

  stack(rows: readonly Row[]): void {
    if (this.#tops.length < rows.length + 1) this.#tops = new Float64Array(Math.max(256, rows.length * 2));
    this.#count = rows.length;
    let top = 0;
    for (let at = 0; at < rows.length; at++) {
      const row = rows[at] as Row;
      this.#tops[at] = top;
      top += this.#measured.get(row.line) ?? this.#guess(row);
    }
    this.#tops[rows.length] = top;
  }

  #guess(row: Row): number {
    const around = row.day === 0 ? 0 : DAY_PX;
    if (!row.line.isSaid) return LINE_PX + around;
    const { text } = row.line;
    const letters = Math.max(this.#width / LETTER_PX, 20);
    let lines = Math.ceil(Math.max(text.length, 1) / letters);
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) lines += 1;
    return lines * LINE_PX + (row.grouped ? 4 : HEAD_PX) + around;
  }
}
