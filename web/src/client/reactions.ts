/**
 * Who reacted to which message, and with what, as far as a timeline has heard of it.
 *
 * Owns that the newest word counts, in whatever order pages of history bring it, and that it is kept for messages that
 * are loaded later. Knows no wire format and no clock. Kept by Timeline, fed by the reducer.
 */

import { fold } from "../irc/names";
import { plain } from "../irc/text";
import type { Line } from "./lines";

const MOST_MESSAGES = 1_000;
const MOST_PER_MESSAGE = 300;
/** Different ones of one message. */
const MOST_EMOJI = 50;
/** Code points: the longest emoji, and a short word. */
const LONGEST = 32;

/** `wanted`: false, where somebody takes it back. */
export interface Reaction {
  msgid: string;
  emoji: string;
  nick: string;
  timeMs: number;
  wanted: boolean;
}

export class Reactions {
  /** By msgid, then by emoji and folded nick: the newest word. */
  readonly #of = new Map<string, Map<string, Reaction>>();

  /** False: something newer is known, or it is none, or there are too many. */
  add(reaction: Reaction): boolean {
    if (reaction.msgid === "" || !isEmoji(reaction.emoji)) return false;
    const heard = this.#heard(reaction.msgid);
    const key = `${reaction.emoji} ${fold(reaction.nick)}`;
    const known = heard.get(key);
    if (known !== undefined && known.timeMs > reaction.timeMs) return false;
    if (known === undefined && heard.size >= MOST_PER_MESSAGE) return false;
    heard.set(key, reaction);
    if (this.#of.size > MOST_MESSAGES) this.#forgetOldest();
    return true;
  }

  forget(msgid: string): void {
    this.#of.delete(msgid);
  }

  /** Write on the line what is known; whether that changed it. */
  show(line: Line): boolean {
    const heard = this.#of.get(line.msgid);
    if (line.redacted || heard === undefined) return false;
    const shown = new Map<string, string[]>();
    for (const one of [...heard.values()].sort((a, b) => a.timeMs - b.timeMs)) {
      if (!one.wanted || (!shown.has(one.emoji) && shown.size >= MOST_EMOJI)) continue;
      shown.set(one.emoji, [...(shown.get(one.emoji) ?? []), one.nick]);
    }
    if (isSame(shown, line.reactions)) return false;
    line.reactions = shown;
    return true;
  }

  #heard(msgid: string): Map<string, Reaction> {
    const known = this.#of.get(msgid) ?? new Map<string, Reaction>();
    this.#of.set(msgid, known);
    return known;
  }

  #forgetOldest(): void {
    for (const msgid of this.#of.keys()) {
      this.#of.delete(msgid);
      return;
    }
  }
}

function isSame(one: ReadonlyMap<string, readonly string[]>, other: ReadonlyMap<string, readonly string[]>): boolean {
  if (one.size !== other.size) return false;
  return [...one].every(([emoji, nicks]) => {
    const others = other.get(emoji);
    return others?.length === nicks.length && nicks.every((nick, at) => nick === others[at]);
  });
}

/** Whether it is short enough, and can be seen without harm. */
export function isEmoji(text: string): boolean {
  if (text === "" || Array.from(text).length > LONGEST || text !== plain(text).trim()) return false;
  return /[\p{L}\p{N}\p{P}\p{S}]/u.test(text);
}
