/** Live text, held to the vectors that the Python clients are held to; what is typed, lost and mixed up in any order. */

import { readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, test } from "vitest";

import { BEHIND_MS, LiveLine } from "../../src/client/live/lines";
import { EVERY_MS, LiveSending, RESET_MS } from "../../src/client/live/sending";
import { type Action, apply, applyAll, BadUpdate, clean, difference, isSendable, read, write } from "../../src/irc/live";
import { below, randomFrom } from "../random";

const FOLDER = join(import.meta.dirname, "../../../tests/vectors/live");

function vectors<T>(name: string): T {
  return JSON.parse(readFileSync(join(FOLDER, `${name}.json`), "utf-8")) as T;
}

// -- the wire -------------------------------------------------------------------------------------------------

type Written = [kind: "insert", at: number, text: string] | [kind: "erase", at: number, length: number] | [kind: "wait", ms: number];

interface Wire {
  values: { value: string; bad?: true; id: string; seq: number; kind: string; actions: Written[] }[];
  differences: { old: string; new: string; actions: Written[] }[];
  applied: { text: string; action: Written; result: string | null }[];
  sendable: { value: string; is: boolean }[];
}

function actionFrom(written: Written): Action {
  switch (written[0]) {
    case "insert":
      return { kind: "insert", at: written[1], text: written[2] };
    case "erase":
      return { kind: "erase", at: written[1], length: written[2] };
    case "wait":
      return { kind: "wait", ms: written[1] };
  }
}

describe("wire.json", () => {
  const wire = vectors<Wire>("wire");

  test.each(wire.values.filter(({ bad }) => bad !== true))("means: $value", ({ value, id, seq, kind, actions }) => {
    expect(read(value)).toEqual({ id, seq, kind, actions: actions.map(actionFrom) });
    expect(write(read(value))).toBe(value);
  });

  test.each(wire.values.filter(({ bad }) => bad === true))("means nothing: $value", ({ value }) => {
    expect(() => read(value)).toThrow(BadUpdate);
  });

  test.each(wire.differences)("from $old to $new", ({ old, new: now, actions }) => {
    const found = difference(Array.from(old), Array.from(now));
    expect(found).toEqual(actions.map(actionFrom));
    expect(applyAll(old, found)).toBe(now);
  });

  test.each(wire.applied)("applied: $action", ({ text, action, result }) => {
    const found = actionFrom(action);
    if (result === null) expect(() => apply(text, found)).toThrow(BadUpdate);
    else expect(apply(text, found)).toBe(result);
  });

  test.each(wire.sendable)("sendable: $is", ({ value, is }) => expect(isSendable(value)).toBe(is));
});

// -- in and out -----------------------------------------------------------------------------------------------

interface Story<Step> {
  name: string;
  steps: (Step & { at: number })[];
}

interface SendingStep {
  typed?: string;
  pasted?: string;
  noted?: string;
  takes?: string | null;
  due?: number | null;
  commits?: string;
  holds?: boolean;
  cancels?: true;
  loses?: true;
  resets?: true;
}

test.each(vectors<Story<SendingStep>[]>("sending"))("sending: $name", ({ steps }) => {
  const ids = ["one", "two", "three", "four"];
  const sending = new LiveSending(() => ids.shift() ?? "");
  const found = steps.map((step) => {
    if (step.typed !== undefined) sending.typed(step.typed, step.at);
    else if (step.pasted !== undefined) sending.typed(step.pasted, step.at, { pasted: true });
    else if (step.noted !== undefined) sending.note(step.noted);
    else if (step.cancels) sending.cancel();
    else if (step.loses) sending.lost();
    else if (step.resets) sending.reset();
    else if (step.takes !== undefined) return { at: step.at, takes: sending.take(step.at) };
    else if (step.due !== undefined) return { at: step.at, due: sending.due() };
    else if (step.commits !== undefined) return { at: step.at, commits: sending.committed() };
    else if (step.holds !== undefined) return { at: step.at, holds: sending.holdsBack };
    else throw new Error(`unknown step ${JSON.stringify(step)}`);
    return step;
  });
  expect(found).toEqual(steps);
});

interface LineStep {
  takes?: string;
  text: string;
  shown: string;
  due: number | null;
  known: boolean;
  over: boolean;
}

test.each(vectors<Story<LineStep>[]>("lines"))("lines: $name", ({ steps }) => {
  const line = new LiveLine("a");
  for (const step of steps) {
    if (step.takes === undefined) line.advance(step.at);
    else line.take(read(step.takes), step.at);
    const found = { text: line.text, shown: line.shown, due: line.due(), known: line.isKnown, over: line.isOver(step.at) };
    expect({ ...step, ...found }).toEqual(step);
  }
});

// -- any order ------------------------------------------------------------------------------------------------

const START = 1_700_000_000_000;
const LETTERS = ["a", "b", " ", "é", "👩", "\u200d", "🚀", "\n"];
const SEEDS = Array.from({ length: 150 }, (_, seed) => seed);

type Random = () => number;
type Keys = [text: string, pauseMs: number][];
type Sent = [atMs: number, value: string][];

function typing(random: Random): Keys {
  return Array.from({ length: 1 + below(random, 25) }, () => {
    const text = Array.from({ length: below(random, 13) }, () => LETTERS[below(random, LETTERS.length)]).join("");
    return [text, below(random, 401)];
  });
}

/** What goes out while all this is typed; a line that is emptied ends, and these are about one line. */
function sent(keys: Keys): Sent {
  const sending = new LiveSending(() => "a");
  const out: Sent = [];
  const takeUntil = (end: number): void => {
    for (let due = sending.due(); due !== null && due <= end; due = sending.due()) out.push([due, sending.take(due) ?? ""]);
  };
  let now = START;
  sending.typed("_", now);
  out.push([now, sending.take(now) ?? ""]);
  for (const [text, pause] of keys) {
    now += pause;
    takeUntil(now);
    sending.typed(`_${text}`, now);
  }
  takeUntil(now + 2 * RESET_MS);
  return out;
}

function last(keys: Keys): string {
  return `_${clean(keys.at(-1)?.[0] ?? "")}`;
}

test.each(SEEDS)("all that is typed arrives (%i)", (seed) => {
  const keys = typing(randomFrom(seed));
  const out = sent(keys);
  const line = new LiveLine("a");
  out.forEach(([at, value], number) => {
    expect(isSendable(value)).toBe(true);
    if (number > 0) expect(at - (out[number - 1]?.[0] ?? at)).toBeGreaterThanOrEqual(EVERY_MS);
    line.take(read(value), at);
    line.advance(at + BEHIND_MS + EVERY_MS);
    expect(line.shown).toBe(line.text);
  });
  expect(line.text).toBe(last(keys));
});

test.each(SEEDS)("whatever is lost or mixed up, nothing wrong is shown, and the next reset puts it right (%i)", (seed) => {
  const random = randomFrom(seed + 1_000);
  const keys = typing(random);
  const out = sent(keys);
  const right = new Set([""]);
  const whole = new LiveLine("a");
  for (const [at, value] of out) {
    whole.take(read(value), at);
    right.add(whole.text);
  }
  const reset = out.map(([, value]) => read(value).kind).lastIndexOf("r");
  const copies = out.slice(0, reset).flatMap((one) => Array.from({ length: [0, 1, 1, 2][below(random, 4)] ?? 1 }, () => one));
  const mixed = copies.map((one) => [random(), one] as const).sort(([one], [other]) => one - other).map(([, one]) => one);
  const line = new LiveLine("a");
  for (const [, value] of below(random, 2) === 0 ? mixed : mixed.slice(mixed.length / 2)) {
    line.take(read(value), START);
    expect(right).toContain(line.text);
  }
  for (const [at, value] of out.slice(reset)) {
    line.take(read(value), at);
    line.advance(at + 1_000);
  }
  expect([line.shown, line.text]).toEqual([last(keys), last(keys)]);
});

test.each(SEEDS)("what is pasted is told nobody, whatever happens to the line (%i)", (seed) => {
  const random = randomFrom(seed + 2_000);
  const sending = new LiveSending(() => "a");
  const told: (string | null)[] = [];
  let text: string[] = [];
  let now = START;
  for (let step = 0; step < 60; step++) {
    now += below(random, 300);
    const at = below(random, text.length + 1);
    const what = below(random, 10);
    if (what === 0) sending.committed();
    else if (what === 1) sending.cancel();
    else if (what === 2) sending.lost();
    else if (what < 5) text = [...text.slice(0, at), ..."SECRET", ...text.slice(at)];
    else if (what < 6) text = [...text.slice(0, at), ...text.slice(at + 1)];
    else text = [...text.slice(0, at), LETTERS[below(random, LETTERS.length)] ?? "a", ...text.slice(at)];
    const stands = text.join("");
    if (below(random, 4) === 0) sending.note(stands, { pasted: what === 3 || what === 4 });
    else sending.typed(stands, now, { pasted: what === 3 || what === 4 });
    told.push(sending.take(now));
  }
  told.push(sending.take(now + 1_000), sending.take(now + 99_000));
  const letters = told.flatMap((value) => (value === null ? [] : read(value).actions)).map((action) => (action.kind === "insert" ? action.text : ""));
  expect(letters.join("")).not.toMatch(/[SECRT]/);
});
