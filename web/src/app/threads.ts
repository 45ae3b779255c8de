/**
 * The threads of one conversation: which messages answer which, all the way up to the first one.
 *
 * Owns the counting and the order. A view over `+reply`, nothing else: every reply stays a message of the room. Pure;
 * knows no timeline, no connection and no view. Fed by the model with each line that comes or changes, and with pages of
 * history.
 *
 * 1. A message belongs to one thread: that of the topmost message that is known of. When it turns out that this one is an
 *    answer as well, its thread becomes part of the other.
 * 2. What is fed may be hostile: a circle of replies is none, and beyond MOST_REPLIES the threads that were quiet longest
 *    are forgotten. They are found again with the page of history that holds them.
 */

import type { Line } from "../client/lines";
import { fold } from "../irc/names";

/** Of all threads of a conversation. */
export const MOST_REPLIES = 20_000;
/** Of one thread; beyond, its oldest are forgotten. */
export const MOST_IN_THREAD = 1_000;

class Replies {
  /** By msgid, or by nonce while it has none. */
  readonly byKey = new Map<string, Line>();
  /** The newest of them. */
  lastMs = 0;
  seenMs = 0;
  /** There were more. */
  isCut = false;

  put(key: string, line: Line): void {
    this.byKey.set(key, line);
    this.lastMs = Math.max(this.lastMs, line.timeMs);
  }
}

/** `count`: of replies that were not taken back. `fresh`: the new ones of others, until the thread was looked at. */
export interface Summary {
  readonly root: string;
  readonly count: number;
  /** There were more replies than are remembered. */
  readonly isCut: boolean;
  readonly lastMs: number;
  readonly fresh: number;
}

export class Threads {
  /** By key of a reply, the first message of its thread. */
  readonly #root = new Map<string, string>();
  readonly #threads = new Map<string, Replies>();

  get size(): number {
    return this.#threads.size;
  }

  // -- what comes ---------------------------------------------------------------------------------------------

  /** A line that came, or that has changed: it arrived, or was loaded again. */
  add(line: Line): void {
    const key = keyOf(line);
    if (line.mine && line.msgid !== "") this.#settle(line);
    const known = this.#root.get(key);
    if (known !== undefined) this.#threads.get(known)?.put(key, line);
    else if (line.replyTo !== "" && line.isSaid && key !== "") this.#link(key, line);
  }

  addAll(lines: Iterable<Line>): void {
    for (const line of lines) if (line.replyTo !== "") this.add(line);
  }

  /** It was on its way, and has an id now. */
  #settle(line: Line): void {
    const key = pendingKey(line);
    if (!this.#root.has(key)) return;
    this.#threads.get(this.rootOf(key))?.byKey.delete(key);
    this.#root.delete(key);
  }

  #link(key: string, line: Line): void {
    const root = this.rootOf(line.replyTo);
    if (root === key) return;
    const thread = this.#threads.get(root) ?? new Replies();
    this.#threads.set(root, thread);
    this.#root.set(key, root);
    thread.put(key, line);
    this.#join(key, root, thread);
    this.#shorten(thread);
    if (this.#root.size > MOST_REPLIES) this.#forgetQuietest(root);
  }

  /** What was taken for the first of a thread is an answer itself. */
  #join(key: string, root: string, thread: Replies): void {
    const below = this.#threads.get(key);
    if (below === undefined) return;
    this.#threads.delete(key);
    for (const [one, line] of below.byKey) {
      this.#root.set(one, root);
      thread.put(one, line);
    }
    thread.seenMs = Math.max(thread.seenMs, below.seenMs);
    thread.isCut ||= below.isCut;
  }

  #shorten(thread: Replies): void {
    if (thread.byKey.size <= MOST_IN_THREAD) return;
    const oldest = [...thread.byKey].sort(([, one], [, other]) => byPlace(one, other));
    for (const [key] of oldest.slice(0, thread.byKey.size - MOST_IN_THREAD * 0.9)) {
      thread.byKey.delete(key);
      this.#root.delete(key);
    }
    thread.isCut = true;
  }

  /** Not the one that something was just put into. */
  #forgetQuietest(kept: string): void {
    const quietest = [...this.#threads].sort(([, one], [, other]) => one.lastMs - other.lastMs);
    for (const [root, thread] of quietest) {
      if (this.#root.size <= MOST_REPLIES * 0.9) return;
      if (root === kept) continue;
      for (const key of thread.byKey.keys()) this.#root.delete(key);
      this.#threads.delete(root);
    }
  }

  // -- asking -------------------------------------------------------------------------------------------------

  /** The topmost message above this one, as far as is known: itself, where it answers none. It need not be loaded. */
  rootOf(msgid: string): string {
    return this.#root.get(msgid) ?? msgid;
  }

  has(root: string): boolean {
    return this.#threads.has(root);
  }

  /** The replies below a first message, oldest first; also those that were taken back or are on their way. */
  replies(root: string, ignored: ReadonlySet<string>): Line[] {
    const lines = [...(this.#threads.get(root)?.byKey.values() ?? [])];
    return lines.filter((line) => isShown(line, ignored)).sort(byPlace);
  }

  /** null: it has no replies that count. `newMs`: the time of the first message that is new to whoever looks. */
  summary(root: string, ignored: ReadonlySet<string>, newMs = Infinity): Summary | null {
    const thread = this.#threads.get(root);
    if (thread === undefined) return null;
    let [count, lastMs, fresh] = [0, 0, 0];
    for (const line of thread.byKey.values()) {
      if (line.redacted || line.delivery !== "arrived" || !isShown(line, ignored)) continue;
      count += 1;
      lastMs = Math.max(lastMs, line.timeMs);
      if (!line.mine && line.timeMs >= newMs && line.timeMs > thread.seenMs) fresh += 1;
    }
    return count === 0 ? null : { root, count, isCut: thread.isCut, lastMs, fresh };
  }

  /** All of them, that of the newest reply first. */
  recent(ignored: ReadonlySet<string>, newMs = Infinity): Summary[] {
    const all = [...this.#threads.keys()].map((root) => this.summary(root, ignored, newMs)).filter((one) => one !== null);
    return all.sort((one, other) => other.lastMs - one.lastMs);
  }

  /** How many of them have something new. Those that were quiet since are not looked into. */
  news(ignored: ReadonlySet<string>, newMs: number): number {
    if (newMs === Infinity) return 0;
    let count = 0;
    for (const [root, { lastMs, seenMs }] of this.#threads) {
      if (lastMs >= newMs && lastMs > seenMs && (this.summary(root, ignored, newMs)?.fresh ?? 0) > 0) count += 1;
    }
    return count;
  }

  /** What has come so far is no news any more. */
  seen(root: string): void {
    const thread = this.#threads.get(root);
    if (thread !== undefined) thread.seenMs = thread.lastMs;
  }
}

function isShown(line: Line, ignored: ReadonlySet<string>): boolean {
  return line.mine || !ignored.has(fold(line.nick));
}

function keyOf(line: Line): string {
  return line.msgid !== "" ? line.msgid : pendingKey(line);
}

/** No msgid has a blank in it. */
function pendingKey(line: Line): string {
  return line.nonce === "" ? "" : ` ${line.nonce}`;
}

function byPlace(one: Line, other: Line): number {
  return one.place[0] - other.place[0] || one.place[1] - other.place[1];
}
