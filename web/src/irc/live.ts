/**
 * Live text on the wire: the value of the tag `+hubbub.chat/live`.  docs/specs/live-text.md
 *
 *     <id> "/" <seq> "/" <kind> <action>…          kind: n new, e edit, r reset, c cancel
 *     action: "+" <at> "," <count> "," <text>      put text in, `count` code points of it
 *             "-" <at> "," <count>                 take code points out
 *             "~" <ms>                             let so much time pass
 *
 * Owns reading, writing and applying it, and how two states of a line become actions. Positions and counts are in code
 * points, never in the halves that a string here has. Knows no clock and no network; src/hubbub/irc/live.py does the
 * same, held to the same vectors.
 */

import { byteLength } from "./cutting";

/** Bytes of UTF-8 that a live line may have; what is typed beyond waits for the message itself. */
export const LONGEST_TEXT = 1_500;
/** Bytes of UTF-8 of a value as it is written in a line, with its escapes. */
export const LONGEST_VALUE = 3_500;
export const MOST_ACTIONS = 64;
/** Milliseconds. */
export const LONGEST_WAIT = 1_000;
const MOST_SEQ = 2 ** 31 - 1;

const HEAD = /([A-Za-z0-9_-]{1,64})\/(0|[1-9][0-9]{0,9})\/([nerc])/y;
const ACTION = /([+-])([0-9]{1,4}),([0-9]{1,4})(,?)|~([0-9]{1,4})/y;
const NOT_TEXT = /[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]/gu;
const ESCAPED = /[; \\\r\n]/g;

/** n: a line begins, empty. e: goes on from the update before. r: all of it again. c: it is gone. */
export type UpdateKind = "n" | "e" | "r" | "c";

export interface Insert {
  readonly kind: "insert";
  readonly at: number;
  readonly text: string;
}

export interface Erase {
  readonly kind: "erase";
  readonly at: number;
  readonly length: number;
}

export interface Wait {
  readonly kind: "wait";
  readonly ms: number;
}

export type Action = Insert | Erase | Wait;

/** One tag. `id`: of the line; the message that it becomes has it as its nonce. `seq`: one more with each update. */
export interface Update {
  readonly id: string;
  readonly seq: number;
  readonly kind: UpdateKind;
  readonly actions: readonly Action[];
}

/** It isn't written as it should be, or doesn't fit the line. */
export class BadUpdate extends Error {
  override name = "BadUpdate";
}

/** A value as it was received; throws BadUpdate. */
export function read(value: string): Update {
  HEAD.lastIndex = 0;
  const [whole = "", id = "", number = "", kind] = HEAD.exec(value) ?? [];
  const seq = Number(number);
  if (kind === undefined || seq > MOST_SEQ) throw new BadUpdate("it begins with <id>/<number>/<n, e, r or c>");
  const actions: Action[] = [];
  let at = whole.length;
  while (at < value.length) {
    const [action, end] = readAction(value, at);
    actions.push(action);
    at = end;
  }
  if (actions.length > MOST_ACTIONS || (kind === "c" && actions.length > 0)) throw new BadUpdate("too many actions");
  return { id, seq, kind: kind as UpdateKind, actions };
}

/** The action that begins there, and where it ends. */
function readAction(value: string, from: number): [action: Action, end: number] {
  ACTION.lastIndex = from;
  const found = ACTION.exec(value);
  if (found === null) throw new BadUpdate(`no action at ${from}`);
  const end = from + found[0].length;
  const [, sign, place, counted, comma, wait] = found;
  if (wait !== undefined) {
    if (Number(wait) > LONGEST_WAIT) throw new BadUpdate("it waits for too long");
    return [{ kind: "wait", ms: Number(wait) }, end];
  }
  const at = Number(place);
  const count = Number(counted);
  if (sign === "-" && comma === "" && count > 0) return [{ kind: "erase", at, length: count }, end];
  const text = sign === "+" && comma === "," && count > 0 ? letters(value, end, count) : null;
  if (text === null) throw new BadUpdate(`no action at ${from}`);
  if (clean(text) !== text) throw new BadUpdate("control characters are no text");
  return [{ kind: "insert", at, text }, end + text.length];
}

/** So many code points from a place on; null: there are fewer. */
function letters(value: string, from: number, count: number): string | null {
  let end = from;
  for (let left = count; left > 0; left--) {
    const code = value.codePointAt(end);
    if (code === undefined) return null;
    end += code > 0xffff ? 2 : 1;
  }
  return value.slice(from, end);
}

/** The value, before the escapes of message tags. */
export function write({ id, seq, kind, actions }: Update): string {
  return `${id}/${seq}/${kind}${actions.map(writeAction).join("")}`;
}

function writeAction(action: Action): string {
  switch (action.kind) {
    case "insert":
      return `+${action.at},${Array.from(action.text).length},${action.text}`;
    case "erase":
      return `-${action.at},${action.length}`;
    case "wait":
      return `~${action.ms}`;
  }
}

/** Whether it is short enough, as it stands in a line. */
export function isSendable(value: string): boolean {
  return byteLength(value) + (value.match(ESCAPED)?.length ?? 0) <= LONGEST_VALUE;
}

/** The text after an action; throws BadUpdate where it doesn't fit. */
export function apply(text: string, action: Action): string {
  return applyAll(text, [action]);
}

/** As all of them, one after the other. */
export function applyAll(text: string, actions: Iterable<Action>): string {
  let chars = Array.from(text);
  for (const action of actions) {
    if (action.kind === "insert" && action.at <= chars.length) {
      chars = [...chars.slice(0, action.at), ...action.text, ...chars.slice(action.at)];
      if (byteLength(chars.join("")) > LONGEST_TEXT) throw new BadUpdate("the line is too long");
    } else if (action.kind === "erase" && action.at + action.length <= chars.length) {
      chars = [...chars.slice(0, action.at), ...chars.slice(action.at + action.length)];
    } else if (action.kind !== "wait") {
      throw new BadUpdate("there is no such place in the line");
    }
  }
  return chars.join("");
}

/** What two texts (by code point) have in common: so many at the beginning, and so many others at the end. */
export function common(old: readonly string[], now: readonly string[]): [first: number, last: number] {
  const shorter = Math.min(old.length, now.length);
  let first = 0;
  while (first < shorter && old[first] === now[first]) first++;
  let last = 0;
  while (last < shorter - first && old[old.length - 1 - last] === now[now.length - 1 - last]) last++;
  return [first, last];
}

/** What makes the new text of the old one: at most one place where something goes, and something comes. */
export function difference(old: readonly string[], now: readonly string[]): Action[] {
  const [first, last] = common(old, now);
  const actions: Action[] = [];
  const gone = old.length - first - last;
  const come = now.slice(first, now.length - last);
  if (gone > 0) actions.push({ kind: "erase", at: first, length: gone });
  if (come.length > 0) actions.push({ kind: "insert", at: first, text: come.join("") });
  return actions;
}

/** Without what is no text: control characters but the line break, and halves of characters. */
export function clean(text: string): string {
  return text.replace(NOT_TEXT, "");
}
