/**
 * The markup within a line of chat: bold, italic, struck, spoilers, code, links, names.
 *
 * Owns what marks mean and when they are just letters. It is forgiving: marks that don't pair stay as they were typed, and
 * those within words and paths mean nothing. Time grows with the length of the text, whatever it is. Pure functions.
 */

import type { Piece } from "./formatting";
import type { Inline, Style } from "./tree";
import { addressAt, followed, isMisleading } from "./web-links";

type Mark = "**" | "*" | "_" | "~~" | "||";
type Kind = "strong" | "emphasis" | "strike" | "spoiler";
const KINDS: Record<Mark, Kind> = { "**": "strong", "*": "emphasis", _: "emphasis", "~~": "strike", "||": "spoiler" };

const LONGEST_LABEL = 500;
const LONGEST_NAME = 64;
const DEEPEST = 40; // marks within marks; what is deeper is shown as typed
const INTERESTING = /[*_~|`[@#:\\hHiImM]/g;
const WORD = /[\p{L}\p{N}_]/u;
// Written without spaces between words, so that marks stand right beside letters.
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]/u;
const BEFORE = /[\s([{"'“‘«¿¡*_~|–—:;,!?…„-]/u;
const BEHIND = /[\s)\]}"'”’».,;:!?…*_~|–—-]/u;
const FACE = /[-.<>]/; // what stands beside an underscore in -_- and ._.
const NICK = /@([\p{L}\p{N}\p{M}_\-^{}[\]\\`|]{1,64})/uy;
const ROOM = /#([^\s,:;!?()<>"'*|`\0-\x1f]{1,64})/uy;
const EMOJI = /(?::[a-z0-9_+-]{1,40}:)+/iy;
const ONE_EMOJI = /:([a-z0-9_+-]{1,40}):/gi;
const HAS_LETTER = /\p{L}/u;
const SAYS = /[\p{L}\p{N}\p{Extended_Pictographic}]/u;

interface Open {
  readonly mark: Mark;
  readonly children: Inline[];
  readonly style: Style;
}

/** One paragraph's lines, each in its styled pieces. */
export function inlines(lines: readonly (readonly Piece[])[]): Inline[] {
  const reader = new Reader();
  lines.forEach((pieces, place) => {
    if (place > 0) reader.lineBreak();
    // Marks may pair across pieces, but a word never continues from one into the next.
    for (const piece of pieces) reader.read(piece);
  });
  return reader.end();
}

class Reader {
  private readonly root: Inline[] = [];
  private readonly stack: Open[] = [];
  private readonly waiting = new Map<Mark, number>();
  private style: Style = {};

  lineBreak(): void {
    this.top().push({ kind: "break" });
  }

  read(piece: Piece): void {
    this.style = piece.style;
    const text = piece.text;
    if (piece.style.mono) {
      this.add({ kind: "code", text });
      return;
    }
    const ticks = new Ticks(text);
    let shown = 0;
    let place = 0;
    while (place < text.length) {
      INTERESTING.lastIndex = place;
      const found = INTERESTING.exec(text);
      if (found === null) break;
      place = found.index;
      const end = this.special(text, place, ticks, () => this.text(text.slice(shown, place)));
      if (end > place) shown = end;
      place = end > place ? end : place + 1;
      // A run of marks that mean nothing is passed over as one.
      if (end <= found.index) place = afterRun(text, found.index);
    }
    this.text(text.slice(shown));
  }

  end(): Inline[] {
    while (this.stack.length > 0) this.giveUp();
    return this.root;
  }

  /** Where what begins at the place ends; the place itself if it is nothing special. `flush` adds the text before it. */
  private special(text: string, place: number, ticks: Ticks, flush: () => void): number {
    const letter = text[place] ?? "";
    if ("*_~|".includes(letter)) return this.marks(text, place, flush);
    const made = atom(text, place, ticks);
    if (made === null) return place;
    flush();
    for (const node of made.nodes) this.add(node);
    return made.end;
  }

  private marks(text: string, place: number, flush: () => void): number {
    const run = runAt(text, place);
    const mark = markOf(run);
    if (mark === null) return place;
    const before = charBefore(text, place);
    const behind = charAt(text, place + run.length);
    const closes = canClose(before, behind, run);
    const opens = canOpen(before, behind, run);
    if (closes && this.canCloseRun(run, mark)) {
      flush();
      this.closeRun(run, mark);
      return place + run.length;
    }
    if (!opens || this.stack.length >= DEEPEST) return place;
    flush();
    if (run === "***") {
      this.open("**");
      this.open("*");
    } else {
      this.open(mark);
    }
    return place + run.length;
  }

  private canCloseRun(run: string, mark: Mark): boolean {
    if (run === "***") return this.isWaiting("**") && this.isWaiting("*");
    return this.isWaiting(mark);
  }

  private closeRun(run: string, mark: Mark): void {
    if (run !== "***") {
      this.close(mark);
      return;
    }
    for (const open of [...this.stack].reverse()) {
      if (open.mark === "*" || open.mark === "**") {
        const other = open.mark === "*" ? "**" : "*";
        this.close(open.mark);
        if (this.isWaiting(other)) this.close(other);
        else this.text(other);
        return;
      }
    }
  }

  private isWaiting(mark: Mark): boolean {
    return (this.waiting.get(mark) ?? 0) > 0;
  }

  private open(mark: Mark): void {
    this.stack.push({ mark, children: [], style: this.style });
    this.waiting.set(mark, (this.waiting.get(mark) ?? 0) + 1);
  }

  private close(mark: Mark): void {
    while (this.stack.at(-1)?.mark !== mark) this.giveUp();
    const open = this.pop();
    if (says(open.children, mark)) {
      this.top().push({ kind: KINDS[mark], children: open.children });
      return;
    }
    this.textAs(mark, open.style);
    for (const child of open.children) append(this.top(), child);
    this.text(mark);
  }

  /** The innermost mark has no partner: it was a letter. */
  private giveUp(): void {
    const open = this.pop();
    this.textAs(open.mark, open.style);
    const target = this.top();
    for (const child of open.children) append(target, child);
  }

  private pop(): Open {
    const open = this.stack.pop();
    if (open === undefined) throw new RangeError("nothing is open");
    this.waiting.set(open.mark, (this.waiting.get(open.mark) ?? 1) - 1);
    return open;
  }

  private top(): Inline[] {
    return this.stack.at(-1)?.children ?? this.root;
  }

  private text(text: string): void {
    this.textAs(text, this.style);
  }

  private textAs(text: string, style: Style): void {
    if (text !== "") append(this.top(), dressed({ kind: "text", text }, style));
  }

  private add(node: Inline): void {
    append(this.top(), dressed(node, this.style));
  }
}

/** Whether there is something to make bold or italic: (*_*) is a face. */
function says(children: readonly Inline[], mark: Mark): boolean {
  if (mark === "||" || mark === "~~") return children.length > 0;
  return children.some((child) => {
    if ("text" in child) return SAYS.test(child.text);
    return child.kind !== "break" && says(child.children, "*");
  });
}

function dressed(node: Inline, style: Style): Inline {
  return Object.values(style).some((value) => value !== undefined && value !== false) ? { kind: "styled", style, children: [node] } : node;
}

/** Texts that meet become one, so that a word is one node. */
function append(target: Inline[], node: Inline): void {
  const last = target.at(-1);
  if (node.kind === "text" && last?.kind === "text") target[target.length - 1] = { kind: "text", text: last.text + node.text };
  else target.push(node);
}

// -- marks ---------------------------------------------------------------------------------------------------

function runAt(text: string, place: number): string {
  return text.slice(place, afterRun(text, place));
}

function afterRun(text: string, place: number): number {
  const letter = text[place];
  let end = place + 1;
  if (letter === undefined || !"*_~|`".includes(letter)) return end;
  while (text[end] === letter) end++;
  return end;
}

/** Which mark a run is, if any; "***" is bold and italic. Longer ones, and "__init__", are somebody's drawing or code. */
function markOf(run: string): Mark | null {
  if (run === "***") return "**";
  return run in KINDS ? (run as Mark) : null;
}

function canOpen(before: string, behind: string, run: string): boolean {
  if (behind === "" || /\s/u.test(behind)) return false;
  if (run === "_" && FACE.test(before)) return false;
  return before === "" || BEFORE.test(before) || UNSPACED.test(before);
}

function canClose(before: string, behind: string, run: string): boolean {
  if (before === "" || /\s/u.test(before)) return false;
  if (run === "_" && FACE.test(before)) return false;
  return behind === "" || BEHIND.test(behind) || UNSPACED.test(behind);
}

function charBefore(text: string, place: number): string {
  if (place <= 0) return "";
  const low = text.charCodeAt(place - 1);
  return low >= 0xdc00 && low <= 0xdfff ? text.slice(place - 2, place) : text[place - 1] ?? "";
}

function charAt(text: string, place: number): string {
  const code = text.codePointAt(place);
  return code === undefined ? "" : String.fromCodePoint(code);
}

// -- what has no marks within it -------------------------------------------------------------------------------

interface Made {
  readonly nodes: readonly Inline[];
  readonly end: number;
}

function atom(text: string, place: number, ticks: Ticks): Made | null {
  switch (text[place]) {
    case "`":
      return code(text, place, ticks);
    case "[":
      return labelled(text, place);
    case "@":
      return startsWord(text, place) ? mention(text, place) : null;
    case "#":
      return startsWord(text, place) ? room(text, place) : null;
    case ":":
      return emoji(text, place);
    case "\\":
      return escaped(text, place, ticks);
    default:
      return startsWord(text, place) ? address(text, place) : null;
  }
}

function startsWord(text: string, place: number): boolean {
  const before = charBefore(text, place);
  return before === "" || !WORD.test(before) || UNSPACED.test(before);
}

function code(text: string, place: number, ticks: Ticks): Made | null {
  const length = afterRun(text, place) - place;
  const close = ticks.closing(place + length, length);
  if (close < 0) return null;
  const inside = text.slice(place + length, close);
  // One space on each side is there to keep backticks apart.
  const bare = /^ (?=.*[^ ]).* $/s.test(inside) && inside.includes("`") ? inside.slice(1, -1) : inside;
  return { nodes: [{ kind: "code", text: bare }], end: close + length };
}

/** Where the runs of backticks are, by their length; found once for a whole text. And which marks were escaped in it. */
class Ticks {
  readonly escaped = new Set<string>();
  private readonly places = new Map<number, number[]>();
  private readonly seen = new Map<number, number>();

  constructor(text: string) {
    for (const run of text.matchAll(/`+/g)) {
      const known = this.places.get(run[0].length);
      if (known === undefined) this.places.set(run[0].length, [run.index]);
      else known.push(run.index);
    }
  }

  /** The next run of just that length; -1 if there is none. Asked in ascending order of places. */
  closing(from: number, length: number): number {
    const places = this.places.get(length) ?? [];
    let index = this.seen.get(length) ?? 0;
    while (index < places.length && (places[index] ?? 0) < from) index++;
    this.seen.set(length, index);
    return places[index] ?? -1;
  }
}

const LABELLED = new RegExp(`\\[([^\\[\\]\\n]{1,${LONGEST_LABEL}})\\]\\(`, "y");

/** [words](address): only where the words don't claim another address. */
function labelled(text: string, place: number): Made | null {
  LABELLED.lastIndex = place;
  const found = LABELLED.exec(text);
  if (found === null) return null;
  const start = place + found[0].length;
  const end = closingParenthesis(text, start);
  if (end < 0) return null;
  const href = followed(text.slice(start, end));
  const words = found[1] ?? "";
  if (href === "" || isMisleading(words, href)) return null;
  return { nodes: [{ kind: "link", href, text: words }], end: end + 1 };
}

function closingParenthesis(text: string, start: number): number {
  let depth = 0;
  let brackets = 0; // few, as in http://[::1]/, so that many links within each other don't take long
  for (let place = start; place < Math.min(text.length, start + 2048); place++) {
    const letter = text[place] ?? "";
    if (letter === " " || letter === "\n" || (letter === "[" && ++brackets > 2)) return -1;
    if (letter === "(") depth++;
    else if (letter === ")" && depth-- === 0) return place;
  }
  return -1;
}

function address(text: string, place: number): Made | null {
  const found = addressAt(text, place);
  if (found === "") return null;
  const href = followed(found);
  return { nodes: [href === "" ? { kind: "text", text: found } : { kind: "link", href, text: found }], end: place + found.length };
}

function mention(text: string, place: number): Made | null {
  NICK.lastIndex = place;
  const found = NICK.exec(text)?.[1]?.replace(/[|_`\-^{}[\]\\]+$/u, (tail) => (/^_+$/.test(tail) ? tail : ""));
  if (found === undefined || found === "") return null;
  const name = found.slice(0, LONGEST_NAME);
  return { nodes: [{ kind: "mention", name, text: `@${name}` }], end: place + 1 + name.length };
}

function room(text: string, place: number): Made | null {
  ROOM.lastIndex = place;
  const found = ROOM.exec(text)?.[1]?.replace(/[.\]}_~’”»]+$/u, "");
  if (found === undefined || !HAS_LETTER.test(found) || text[place - 1] === "&") return null;
  return { nodes: [{ kind: "room", name: `#${found}`, text: `#${found}` }], end: place + 1 + found.length };
}

function emoji(text: string, place: number): Made | null {
  const before = charBefore(text, place);
  if (before === ":" || WORD.test(before)) return null;
  EMOJI.lastIndex = place;
  const found = EMOJI.exec(text)?.[0];
  if (found === undefined) return null;
  const nodes = Array.from(found.matchAll(ONE_EMOJI), ([shown, name = ""]): Inline => {
    return /[a-z]|^[+-]1$|100/i.test(name) ? { kind: "emoji", name: name.toLowerCase(), text: shown } : { kind: "text", text: shown };
  });
  return { nodes, end: place + found.length };
}

/** A backslash before a mark that would mean something makes it a letter; in any other place it is a letter itself. */
function escaped(text: string, place: number, ticks: Ticks): Made | null {
  const next = text[place + 1] ?? "";
  if (next === "" || !"*_~|`".includes(next)) return null;
  const before = charBefore(text, place);
  // Within a word, or a path, only where its partner was escaped before.
  if (before !== "" && !/[\s([{"']/.test(before) && !ticks.escaped.has(next)) return null;
  ticks.escaped.add(next);
  const end = afterRun(text, place + 1);
  return { nodes: [{ kind: "text", text: text.slice(place + 1, end) }], end };
}
