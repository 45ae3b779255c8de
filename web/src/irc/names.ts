/**
 * Names of people and rooms: which are allowed, which are the same, and which are free.
 *
 * Owns the alphabet of names, as far as a client needs it: which names look alike, the server decides. Knows not who is
 * here: whoever asks for a free name says which are taken. A name's length counts code points, and its UTF-8 form may
 * take twice as many bytes.
 */

import { byteLength, fitting } from "./cutting";

const LONGEST_NICK = 32;
const LONGEST_CHANNEL = 64;
const MARKS_PER_LETTER = 4; // more than any living language stacks
const FIRST_PROBES = [2, 3, 4, 5, 6, 7, 8, 9];

const ASCII = /^[\x00-\x7f]*$/;
const ASCII_NICK = /^[A-Za-z[\]{}\\|^_`][A-Za-z0-9[\]{}\\|^_`-]*$/;
const ASCII_OF_NICK = /^[A-Za-z0-9[\]{}\\|^_`-]$/;
const MARK = /^\p{M}/u;
const DIGIT = /^\p{Nd}/u;
// Letters, marks, numbers, emoji and currency signs. Not math signs, many of which look like what is refused.
const NICK_CATEGORIES = /^[\p{L}\p{Mn}\p{Mc}\p{N}\p{So}\p{Sk}\p{Sc}]$/u;
// Drawn as nothing at all, though their category says letter, mark or symbol (Default_Ignorable_Code_Point).
const BLANK =
  /[\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\u180b-\u180f\ufe00-\ufe0f\u{e0100}-\u{e01ef}]/u;
// Modern IRC, "Channels", and * ? as they mean something in masks; nothing invisible.
const NOT_OF_CHANNEL = /[ ,*?:\p{C}\p{Z}]/u;

/** What makes two names the same: CASEMAPPING=ascii, so only A-Z have a small form. */
export function fold(name: string): string {
  return name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

export function isNick(name: string, longest = LONGEST_NICK): boolean {
  if (ASCII.test(name)) return name.length <= longest && ASCII_NICK.test(name);
  if (!fits(name, longest) || !mayBeginNick(name)) return false;
  return ofNick(name) === name;
}

export function isChannel(name: string, longest = LONGEST_CHANNEL): boolean {
  if (!name.startsWith("#") || name.length < 2 || !fits(name, longest)) return false;
  return !NOT_OF_CHANNEL.test(name) && !BLANK.test(name);
}

/** A user name made from what a client says it is, which may be anything. */
export function toUser(text: string, longest = 20): string {
  return text.replace(/[^A-Za-z0-9._-]+/g, "").replace(/^[.-]+/, "").slice(0, longest) || "user";
}

function fits(name: string, longest: number): boolean {
  // U+FFFD stands for bytes that were no text; nobody can be meant by it.
  return !name.includes("\ufffd") && Array.from(name).length <= longest && byteLength(name) <= 2 * longest;
}

function mayBeginNick(name: string): boolean {
  return !name.startsWith("-") && !DIGIT.test(name) && !MARK.test(name);
}

/** The letters that a nick may hold, without marks beyond the number that one letter may carry. */
function ofNick(text: string): string {
  let marks = 0;
  let kept = "";
  for (const letter of text) {
    if (!mayBeInNick(letter)) continue;
    marks = MARK.test(letter) ? marks + 1 : 0;
    if (marks <= MARKS_PER_LETTER) kept += letter;
  }
  return kept;
}

function mayBeInNick(letter: string): boolean {
  if (ASCII.test(letter)) return ASCII_OF_NICK.test(letter);
  if (!NICK_CATEGORIES.test(letter) || BLANK.test(letter)) return false;
  // No full-width @ nor any other disguise of what may not be in a nick itself.
  const same = letter.normalize("NFKC");
  return same === letter || Array.from(same).every(mayBeInNick);
}

/** A free and valid name, as near to the wanted one as can be; guest where nothing is left of it. */
export function suggest(wanted: string, isTaken: (name: string) => boolean, longest = LONGEST_NICK): string {
  const base = repair(wanted, longest) || cut("guest", longest);
  return isTaken(base) ? firstFree(base, isTaken, longest) : base;
}

function repair(wanted: string, longest: number): string {
  const normal = wanted.slice(0, 4 * longest).normalize("NFC").trim().replaceAll(" ", "_");
  const text = ofNick(normal).replace(/^\p{M}+/u, "");
  return cut(text === "" || mayBeginNick(text) ? text : `_${text}`, longest);
}

function cut(name: string, longest: number): string {
  const short = Array.from(name).slice(0, longest).join("");
  return short.slice(0, fitting(short, 2 * longest));
}

/** The first few numbers in turn, then by doubling and halving: few questions among many guests. */
function firstFree(base: string, isTaken: (name: string) => boolean, longest: number): string {
  for (const number of FIRST_PROBES) {
    const name = numbered(base, number, longest);
    if (!isTaken(name)) return name;
  }
  let low = FIRST_PROBES.length + 1;
  let high = 2 * low + 2;
  while (isTaken(numbered(base, high, longest))) [low, high] = [high, 2 * high];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (isTaken(numbered(base, middle, longest))) low = middle;
    else high = middle;
  }
  return numbered(base, high, longest);
}

/** alice2, and r2d2_2 where a digit stands at the end already. */
function numbered(base: string, number: number, longest: number): string {
  const ending = /\p{N}$/u.test(base) ? `_${number}` : String(number);
  if (ending.length >= longest) throw new RangeError("every name is taken");
  let kept = Array.from(base).slice(0, longest - ending.length);
  while (!fits(kept.join("") + ending, longest)) kept = kept.slice(0, -1);
  return kept.join("") + ending;
}
