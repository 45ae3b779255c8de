/**
 * What was typed and not sent, and where somebody was reading: by conversation, kept through reloads.
 *
 * Owns the shape of both and when they are written. Knows no view.
 */

import { fold } from "../irc/names";
import { asRecord, asText, type Keeping } from "./storage";

/**
 * What stands in the box. say: it will be a message. reply: an answer to the message `about`. edit: the new text of
 * the message `about`; `kept` is what stood there before, and comes back.
 */
export interface Draft {
  readonly text: string;
  readonly mode: "say" | "reply" | "edit";
  readonly about: string;
  readonly kept: string;
}

/** The message at the upper edge of the view, and how many pixels of it are above the edge. */
export interface Position {
  readonly msgid: string;
  readonly timeMs: number;
  readonly offset: number;
}

export const EMPTY: Draft = { text: "", mode: "say", about: "", kept: "" };

const LONGEST = 64 * 1024;
const WRITE_AFTER_MS = 400;

export class Drafts {
  readonly #keeping: Keeping;
  readonly #isSecret: (text: string) => boolean;
  readonly #drafts: Map<string, Draft>;
  readonly #positions: Map<string, Position>;
  #timer: ReturnType<typeof setTimeout> | null = null;

  /** `isSecret`: a text that may hold a password is not kept. */
  constructor(keeping: Keeping, isSecret: (text: string) => boolean) {
    this.#keeping = keeping;
    this.#isSecret = isSecret;
    this.#drafts = readAll(keeping.read("drafts"), draftFrom);
    this.#positions = readAll(keeping.read("positions"), positionFrom);
  }

  draft(conversation: string): Draft {
    return this.#drafts.get(fold(conversation)) ?? EMPTY;
  }

  /** Of an edit only what stood in the box before is kept: the message itself is not lost. */
  keep(conversation: string, draft: Draft): void {
    const kept = draft.mode === "edit" ? { ...EMPTY, text: draft.kept } : draft;
    if (kept.text === "" || this.#isSecret(kept.text)) this.#drafts.delete(fold(conversation));
    else this.#drafts.set(fold(conversation), kept);
    this.#writeSoon();
  }

  position(conversation: string): Position | null {
    return this.#positions.get(fold(conversation)) ?? null;
  }

  keepPosition(conversation: string, position: Position | null): void {
    if (position === null) this.#positions.delete(fold(conversation));
    else this.#positions.set(fold(conversation), position);
    this.#writeSoon();
  }

  /** At once; the page may be about to go. */
  flush(): void {
    if (this.#timer === null) return;
    clearTimeout(this.#timer);
    this.#timer = null;
    this.#keeping.write("drafts", Object.fromEntries(this.#drafts));
    this.#keeping.write("positions", Object.fromEntries(this.#positions));
  }

  /** Of who has logged out nothing stays. */
  forget(): void {
    this.#drafts.clear();
    this.#positions.clear();
    this.#writeSoon();
    this.flush();
  }

  #writeSoon(): void {
    this.#timer ??= setTimeout(() => this.flush(), WRITE_AFTER_MS);
  }
}

function readAll<T>(stored: unknown, read: (value: Record<string, unknown>) => T | null): Map<string, T> {
  const all = new Map<string, T>();
  for (const [name, value] of Object.entries(asRecord(stored)).slice(0, 1_000)) {
    const one = read(asRecord(value));
    if (one !== null) all.set(name, one);
  }
  return all;
}

function draftFrom(stored: Record<string, unknown>): Draft | null {
  const text = asText(stored["text"], LONGEST);
  if (text === "") return null;
  const about = asText(stored["about"]);
  return { ...EMPTY, text, mode: stored["mode"] === "reply" && about !== "" ? "reply" : "say", about };
}

function positionFrom(stored: Record<string, unknown>): Position | null {
  const { timeMs, offset } = stored;
  if (typeof timeMs !== "number" || typeof offset !== "number") return null;
  return { msgid: asText(stored["msgid"]), timeMs, offset };
}
