/**
 * What people did, in words: one thing, or many comings and goings in one sentence.
 *
 * Owns those words. What it makes is text with the names in it marked; row.tsx draws it. Pure functions.
 */

import type { Line } from "../../client/lines";
import { fold } from "../../irc/names";

/** Names in one clause; of the rest the number is said. */
export const MOST_NAMES = 12;
const LONGEST_REASON = 600;

export interface Name {
  readonly nick: string;
}
export type Words = readonly (string | Name)[];

const SAYS: Partial<Record<Line["kind"], (line: Line) => Words>> = {
  join: (line) => [name(line.nick), " joined"],
  part: (line) => [name(line.nick), " left", ...reason(line)],
  quit: (line) => [name(line.nick), " left", ...reason(line)],
  kick: (line) => [name(line.nick), " removed ", name(line.target), ...reason(line)],
  nick: (line) => [name(line.nick), " is now ", name(line.target)],
  topic: (line) => (line.text === "" ? [...who(line), " took the topic away"] : [...who(line), " set the topic: ", line.text]),
  mode: (line) => [...who(line), " set ", line.text],
  rename: (line) => [...who(line), ` renamed this room, which was ${line.target}`, ...reason(line)],
  invite: (line) => [...who(line), " invited ", name(line.target), ...reason(line)],
};

/** One line that nobody said. */
export function happened(line: Line): Words {
  return SAYS[line.kind]?.(line) ?? [line.text];
}

function name(nick: string): Name {
  return { nick };
}

function who(line: Line): Words {
  return [line.nick === "" ? "The server" : name(line.nick)];
}

/** Servers put "Quit:" in front also of no reason at all. */
function reason(line: Line): Words {
  return /^(?:quit:)?\s*$/i.test(line.text) ? [] : [` (${line.text.slice(0, LONGEST_REASON)})`];
}

/** `first`: their first name here; `began` and `ended`: whether their first and last move was to come. */
interface Traveller {
  readonly first: string;
  nick: string;
  began: boolean | null;
  ended: boolean | null;
}

type Fate = "joined" | "left" | "came and went" | "left and came back" | "renamed" | "";

/** Many comings, goings and new names in one sentence: what became of each, in the order of the clauses. */
export function condensed(lines: readonly Line[]): Words {
  const all = travellers(lines);
  const clauses = (["joined", "left", "came and went", "left and came back"] as const).map((fate) =>
    clause(all.filter((one) => fateOf(one) === fate).map((one) => one.nick), fate),
  );
  const renamed = all.filter((one) => fateOf(one) === "renamed");
  for (const one of renamed.slice(0, MOST_NAMES)) clauses.push([name(one.first), " is now ", name(one.nick)]);
  if (renamed.length > MOST_NAMES) clauses.push([`${renamed.length - MOST_NAMES} more have new names`]);
  const filled = clauses.filter((one) => one.length > 0);
  return filled.length === 0 ? ["Nothing changed"] : joined("; ", filled);
}

function travellers(lines: readonly Line[]): Traveller[] {
  const byNick = new Map<string, Traveller>();
  const all: Traveller[] = [];
  for (const line of lines) {
    let one = byNick.get(fold(line.nick));
    if (one === undefined) {
      one = { first: line.nick, nick: line.nick, began: null, ended: null };
      byNick.set(fold(line.nick), one);
      all.push(one);
    }
    if (line.kind === "nick") {
      byNick.delete(fold(line.nick));
      one.nick = line.target;
      byNick.set(fold(line.target), one);
      continue;
    }
    one.ended = line.kind === "join";
    one.began ??= one.ended;
  }
  return all;
}

function fateOf(one: Traveller): Fate {
  if (one.ended === null) return one.first === one.nick ? "" : "renamed";
  if (one.began === one.ended) return one.ended ? "joined" : "left";
  return one.ended ? "left and came back" : "came and went";
}

function clause(nicks: readonly string[], fate: Fate): Words {
  if (nicks.length === 0) return [];
  const more = nicks.length > MOST_NAMES ? ` and ${nicks.length - MOST_NAMES} more` : "";
  return [...joined(", ", nicks.slice(0, MOST_NAMES).map((nick) => [name(nick)])), `${more} ${fate}`];
}

function joined(between: string, parts: readonly Words[]): Words {
  return parts.flatMap((part, at) => (at === 0 ? part : [between, ...part]));
}
