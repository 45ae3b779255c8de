/**
 * What people type into a chat, understood: blocks of code, quotes, lists and paragraphs.
 *
 * Owns the structure by lines; `inline` has what is within them. The result is a tree without any HTML, and nothing that
 * was typed is lost but the marks. It takes linear time whatever it is given. Pure functions.
 */

import { plain } from "../irc/text";
import { styled } from "./formatting";
import { inlines } from "./inline";
import type { Block, Inline, Item } from "./tree";

export type { Block, Inline, Item, Style } from "./tree";
export { textOf } from "./tree";

const LONGEST = 64_000;
const DEEPEST_QUOTE = 4;
const FENCE = /^ {0,3}(`{3,})([^`]*)$/;
const LANGUAGE = /^\s*([\w+#.-]{1,30})\s*$/;
const QUOTE = /^ {0,3}>(?: |$)/;
const BULLET = /^( {0,12})([-*+•]) +(?=\S)/;
const NUMBER = /^( {0,12})(\d{1,3}[.)]) +(?=\S)/;
const EMOJI_ONLY = /^(?:\p{Extended_Pictographic}|\p{Emoji_Modifier}|\p{Regional_Indicator}|[\ufe0f\u200d\s]|[#*0-9]\ufe0f?\u20e3)+$/u;
const FEW = 6;

/** The message as a tree. Text beyond what anybody could send is shown as it is. */
export function parse(text: string): Block[] {
  const lines = text.slice(0, LONGEST).split(/\r?\n/);
  const found = blocks(lines, 0);
  const rest = text.slice(LONGEST);
  return rest === "" ? found : [...found, { kind: "code", language: "", text: cleanCode(rest) }];
}

/** Whether a message is just a few emoji, which are shown larger. */
export function isOnlyEmoji(tree: readonly Block[]): boolean {
  const [first] = tree;
  if (first?.kind !== "paragraph" || tree.length !== 1 || first.children.length > 2 * FEW) return false;
  return first.children.every(isEmoji) && first.children.some((node) => node.kind === "emoji" || textOfEmoji(node));
}

function isEmoji(node: Inline): boolean {
  if (node.kind === "emoji") return true;
  return node.kind === "text" && (node.text.trim() === "" || textOfEmoji(node));
}

function textOfEmoji(node: Inline): boolean {
  return node.kind === "text" && node.text.length <= 12 * FEW && EMOJI_ONLY.test(node.text) && /\P{White_Space}/u.test(node.text);
}

function blocks(lines: readonly string[], depth: number): Block[] {
  const made: Block[] = [];
  const fences = closingFences(lines);
  let place = 0;
  while (place < lines.length) {
    const [block, next] = blockAt(lines, place, depth, fences);
    if (block !== null) made.push(block);
    place = next;
  }
  return made;
}

function blockAt(lines: readonly string[], place: number, depth: number, fences: Fences): [Block | null, number] {
  const line = lines[place] ?? "";
  if (line.trim() === "") return [null, place + 1];
  return (
    fenced(lines, place, fences) ??
    (depth < DEEPEST_QUOTE ? quoted(lines, place, depth) : null) ??
    list(lines, place, BULLET) ??
    list(lines, place, NUMBER) ??
    paragraph(lines, place, depth, fences)
  );
}

function paragraph(lines: readonly string[], place: number, depth: number, fences: Fences): [Block, number] {
  let end = place + 1;
  while (end < lines.length && !startsBlock(lines, end, depth, fences)) end++;
  return [{ kind: "paragraph", children: inlines(lines.slice(place, end).map(styled)) }, end];
}

function startsBlock(lines: readonly string[], place: number, depth: number, fences: Fences): boolean {
  const line = lines[place] ?? "";
  if (line.trim() === "") return true;
  if (opens(line, place, fences) > 0) return true;
  if (depth < DEEPEST_QUOTE && QUOTE.test(line)) return true;
  return [BULLET, NUMBER].some((mark) => mark.test(line) && mark.test(lines[place + 1] ?? ""));
}

// -- code ----------------------------------------------------------------------------------------------------

/** For each line the next line at or after it that ends with a fence, or -1. */
type Fences = readonly number[];

function closingFences(lines: readonly string[]): Fences {
  const next = new Array<number>(lines.length + 1).fill(-1);
  for (let place = lines.length - 1; place >= 0; place--) {
    next[place] = (lines[place] ?? "").trimEnd().endsWith("```") ? place : next[place + 1] ?? -1;
  }
  return next;
}

/** The line with the closing fence if this one opens; 0 if it doesn't. A fence that nobody closes is text. */
function opens(line: string, place: number, fences: Fences): number {
  return FENCE.test(line) ? Math.max(fences[place + 1] ?? -1, 0) : 0;
}

function fenced(lines: readonly string[], place: number, fences: Fences): [Block, number] | null {
  const line = lines[place] ?? "";
  const close = opens(line, place, fences);
  if (close === 0) return null;
  const after = FENCE.exec(line)?.[2] ?? "";
  const language = LANGUAGE.exec(after)?.[1] ?? "";
  const body = lines.slice(place + 1, close);
  if (language === "" && after.trim() !== "") body.unshift(after);
  const last = (lines[close] ?? "").trimEnd().replace(/`{3,}$/, "");
  if (last.trim() !== "") body.push(last);
  return [{ kind: "code", language: language.toLowerCase(), text: body.map(cleanCode).join("\n") }, close + 1];
}

/** Spaces stay; what turns round or hides text goes. */
function cleanCode(line: string): string {
  return plain(line.replaceAll("\t", "    "));
}

// -- quotes and lists ------------------------------------------------------------------------------------------

function quoted(lines: readonly string[], place: number, depth: number): [Block, number] | null {
  let end = place;
  while (end < lines.length && QUOTE.test(lines[end] ?? "")) end++;
  if (end === place) return null;
  const inside = lines.slice(place, end).map((line) => line.replace(QUOTE, ""));
  return [{ kind: "quote", children: blocks(inside, depth + 1) }, end];
}

/** Two lines or more: "- no" alone is an answer, and "2. Bundesliga" alone a name. */
function list(lines: readonly string[], place: number, mark: RegExp): [Block, number] | null {
  let end = place;
  while (end < lines.length && mark.test(lines[end] ?? "")) end++;
  if (end - place < 2) return null;
  return [{ kind: "list", ordered: mark === NUMBER, items: lines.slice(place, end).map((line) => item(line, mark)) }, end];
}

function item(line: string, mark: RegExp): Item {
  const found = mark.exec(line);
  const indent = found?.[1]?.length ?? 0;
  return {
    depth: Math.min(Math.floor(indent / 2), 3),
    mark: found?.[2] ?? "-",
    children: inlines([styled(line.slice(found?.[0].length ?? 0))]),
  };
}
