/**
 * What others type, as it comes in.  docs/specs/live-text.md
 *
 * Owns a live line from its first update to the message that takes its place: what of it is believed, and how it is
 * played as fast as it was typed. Knows no conversation and no I/O; src/hubbub/client/live_lines.py does the same, held
 * to the same vectors (tests/vectors/live).
 */

import { type Action, apply, applyAll, BadUpdate, type Update } from "../../irc/live";

/** A line of which nothing is heard for so long is gone: its author tells it again every 10 seconds. */
export const SILENCE_MS = 25_000;
/** Playing may be so far behind; beyond, all is shown at once. */
export const BEHIND_MS = 300;

interface Playing {
  readonly atMs: number;
  readonly action: Action;
}

/** One line of one author. Times in milliseconds. */
export class LiveLine {
  /** What the author has typed, as far as it is known for certain. */
  text = "";
  /** What of it is played so far. */
  shown = "";
  #heardMs = 0;
  /** The number of the last update that is in `text`. */
  #known = -1;
  #playing: Playing[] = [];

  constructor(readonly id: string) {}

  /** Whether there was anything certain yet: who comes late waits for a reset. */
  get isKnown(): boolean {
    return this.#known >= 0;
  }

  /** An update of this line, in whatever order they come: what can't be right is left for the next reset. */
  take(update: Update, now: number): void {
    const follows = update.seq === this.#known + 1 && this.isKnown;
    if (update.seq <= this.#known || (update.kind === "e" && !follows)) return;
    let text: string;
    try {
      text = applyAll(update.kind === "e" ? this.text : "", update.actions);
    } catch (problem) {
      if (problem instanceof BadUpdate) return;
      throw problem;
    }
    this.#heardMs = now;
    this.#known = update.seq;
    this.text = text;
    this.#play(update, now);
  }

  #play(update: Update, now: number): void {
    if (update.kind === "r") return this.#showAll();
    if (update.kind === "n") {
      this.#playing = [];
      this.shown = "";
    }
    this.advance(now);
    let atMs = Math.max(now, this.#playing.at(-1)?.atMs ?? now);
    for (const action of update.actions) {
      if (action.kind === "wait") atMs += action.ms;
      else this.#playing.push({ atMs, action });
    }
    if (atMs - now > BEHIND_MS) this.#showAll();
    this.advance(now);
  }

  #showAll(): void {
    this.#playing = [];
    this.shown = this.text;
  }

  /** Play what is due; whether anything has changed. */
  advance(now: number): boolean {
    const before = this.shown;
    const due = this.#playing.findIndex(({ atMs }) => atMs > now);
    const played = this.#playing.splice(0, due < 0 ? this.#playing.length : due);
    for (const { action } of played) this.shown = apply(this.shown, action);
    return this.shown !== before;
  }

  /** When there is more to play. */
  due(): number | null {
    return this.#playing[0]?.atMs ?? null;
  }

  /** Nothing was heard of it for so long that it is believed to be gone. */
  isOver(now: number): boolean {
    return now - this.#heardMs > SILENCE_MS;
  }
}
