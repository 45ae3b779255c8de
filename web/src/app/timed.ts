/**
 * Mutes that end by themselves. The server knows no such thing: this browser takes them away when it is time, or when it is
 * opened the next time after that.
 *
 * Owns what is kept for that. Knows no component; started by main.tsx.
 */

import { effect } from "@preact/signals";

import type { Model } from "./model";
import { powersIn } from "./moderation";
import { asRecord, asText, type Keeping, keeping } from "./storage";

export interface Timed {
  readonly room: string;
  readonly nick: string;
  readonly letter: string;
  readonly mask: string;
  readonly untilMs: number;
}

const NAME = "mutes";
const MOST = 100;
/** Who moderates that room no more can't take it away; somebody else will have to. */
const GIVEN_UP_MS = 7 * 86_400_000;
const LOOK_MS = 15_000;

function read(kept: Keeping): Timed[] {
  const stored = kept.read(NAME);
  if (!Array.isArray(stored)) return [];
  return stored.slice(0, MOST).map(asRecord).map((one) => ({
    room: asText(one["room"]),
    nick: asText(one["nick"]),
    letter: one["letter"] === "q" ? "q" : "b",
    mask: asText(one["mask"]),
    untilMs: typeof one["untilMs"] === "number" ? one["untilMs"] : 0,
  }));
}

export function endLater(timed: Timed, kept: Keeping = keeping()): void {
  kept.write(NAME, [...read(kept).filter((one) => !isSame(one, timed)), timed]);
}

/** Somebody took it away already. */
export function endsNoMore(room: string, mask: string, kept: Keeping = keeping()): void {
  const all = read(kept);
  if (all.length > 0) kept.write(NAME, all.filter((one) => one.room !== room || one.mask !== mask));
}

function isSame(one: Timed, other: Timed): boolean {
  return one.room === other.room && one.mask === other.mask;
}

/** Take away what is due, in the rooms where we can. */
export function endDue(model: Model, kept: Keeping = keeping()): void {
  const all = read(kept);
  const due = all.filter((one) => one.untilMs <= model.now);
  for (const { room, nick, letter, mask, untilMs } of due) {
    const conversation = model.windows.find(room)?.conversation;
    const canEnd = conversation !== undefined && powersIn(model, conversation).rules;
    if (!canEnd && model.now - untilMs < GIVEN_UP_MS) continue;
    endsNoMore(room, mask, kept);
    if (!canEnd) continue;
    model.watch(model.session.ask("MODE", [room, `-${letter}`, mask]));
    model.notice(`${nick} may speak in ${room} again.`);
  }
}

/** Looks now and then, while there is a connection. */
export function startEnding(model: Model, kept: Keeping): void {
  effect(() => {
    if (model.phase.value.phase !== "online") return undefined;
    const timer = setInterval(() => endDue(model, kept), LOOK_MS);
    return () => clearInterval(timer);
  });
}
