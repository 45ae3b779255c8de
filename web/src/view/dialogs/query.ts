/**
 * What is typed into the search: words, and filters such as from:alice or after:2026-01-31.
 *
 * Owns the filters. Pure functions.
 */

import type { Query } from "../../client/session";
import { isChannel } from "../../irc/names";
import { toTimestamp } from "../../irc/times";

export interface Asked {
  readonly query: Query;
  /** The words alone, for marking them in what is found. */
  readonly words: readonly string[];
  /** Kinds of content that are looked for here, as servers don't know them: image, file, code. */
  readonly kinds: readonly string[];
  /** What was not understood, in words for people. */
  readonly problem: string;
}

const PART = /(?:(in|from|before|after|on|has):)?("[^"]*"?|\S+)/giy;
const DAY_MS = 86_400_000;
const KINDS = ["link", "image", "file", "code"];

export function asked(typed: string, nowMs: number): Asked {
  const query: Record<string, string> = {};
  const text: string[] = [];
  const kinds: string[] = [];
  let problem = "";
  for (const part of partsOf(typed)) {
    const value = part.value.replaceAll('"', "");
    switch (part.filter) {
      case "in":
        query["in"] = isChannel(value) || value.startsWith("@") ? value.replace(/^@/, "") : `#${value}`;
        break;
      case "from":
        query["from"] = value.replace(/^@/, "");
        break;
      case "has":
        if (KINDS.includes(value)) kinds.push(value);
        else problem = `has: takes ${KINDS.join(", ")}.`;
        break;
      case "":
        text.push(part.value);
        break;
      default:
        problem = timed(query, part.filter, value, nowMs) ? problem : `${part.filter}: takes a day such as 2026-01-31, today, yesterday or 7d.`;
    }
  }
  if (kinds.some((kind) => kind !== "code")) query["has"] = "link";
  const words = text.map((word) => word.replaceAll('"', "")).filter((word) => word !== "");
  if (text.length > 0) query["text"] = text.join(" ");
  return { query, words, kinds, problem };
}

function* partsOf(typed: string): Generator<{ filter: string; value: string }> {
  for (const piece of typed.slice(0, 400).matchAll(/(?:(?:in|from|before|after|on|has):)?(?:"[^"]*"?|\S+)/gi)) {
    PART.lastIndex = 0;
    const found = PART.exec(piece[0]);
    yield { filter: (found?.[1] ?? "").toLowerCase(), value: found?.[1] === undefined ? piece[0] : found[2] ?? "" };
  }
}

/** A day is a day where the reader is. after: from its beginning on; before: all that came before it. */
function timed(query: Record<string, string>, filter: string, value: string, nowMs: number): boolean {
  const day = dayOf(value, nowMs);
  if (day === null) return false;
  // The bounds themselves are left out by the server.
  if (filter !== "before") query["after"] = toTimestamp(day.fromMs - 1);
  if (filter === "before") query["before"] = toTimestamp(day.fromMs);
  if (filter === "on") query["before"] = toTimestamp(day.toMs);
  return true;
}

function dayOf(value: string, nowMs: number): { fromMs: number; toMs: number } | null {
  const today = new Date(nowMs);
  const back = /^(\d{1,4})d$/.exec(value)?.[1] ?? (value === "today" ? "0" : value === "yesterday" ? "1" : null);
  if (back !== null) return span(new Date(today.getFullYear(), today.getMonth(), today.getDate() - Number(back)));
  const [, year, month, day] = /^(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?$/.exec(value) ?? [];
  if (year === undefined) return null;
  const start = new Date(Number(year), Number(month ?? "1") - 1, Number(day ?? "1"));
  if (Number.isNaN(start.getTime()) || start.getMonth() !== Number(month ?? "1") - 1) return null;
  if (day !== undefined) return span(start);
  const end = month === undefined ? new Date(Number(year) + 1, 0, 1) : new Date(Number(year), Number(month), 1);
  return { fromMs: start.getTime(), toMs: end.getTime() };
}

function span(day: Date): { fromMs: number; toMs: number } {
  const next = new Date(day.getFullYear(), day.getMonth(), day.getDate() + 1);
  return { fromMs: day.getTime(), toMs: next.getTime() || day.getTime() + DAY_MS };
}

const IMAGE = /https?:\/\/\S+\.(?:png|jpe?g|gif|webp|avif|svg)\b/i;

/** Whether a text has what was asked for. */
export function has(text: string, kinds: readonly string[], origin: string): boolean {
  return kinds.every((kind) => {
    if (kind === "code") return text.includes("`");
    if (kind === "image") return IMAGE.test(text);
    return kind === "file" ? text.includes(`${origin}/f/`) : /:\/\//.test(text);
  });
}

export interface Piece {
  readonly text: string;
  readonly found: boolean;
}

/** The part of a text around the first word that was found, with all of them marked. */
export function excerpt(text: string, words: readonly string[], longest = 240): Piece[] {
  const flat = text.replaceAll(/\s+/g, " ").trim();
  const pattern = words.filter((word) => word !== "").map((word) => word.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|");
  const first = pattern === "" ? -1 : flat.search(new RegExp(pattern, "iu"));
  const from = first > longest / 2 ? first - Math.floor(longest / 4) : 0;
  const shown = `${from > 0 ? "…" : ""}${flat.slice(from, from + longest)}${from + longest < flat.length ? "…" : ""}`;
  if (pattern === "") return [{ text: shown, found: false }];
  return shown.split(new RegExp(`(${pattern})`, "iu")).map((piece, place) => ({ text: piece, found: place % 2 === 1 })).filter((piece) => piece.text !== "");
}
