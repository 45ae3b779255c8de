/**
 * What a typed text means: to be said, for one person alone, a command, or a mistake. The same as in the terminal client.
 *
 * Owns that reading and knows no state. Called by the box before Enter (readsAs) and at Enter (read).
 *
 * 1. A text that begins with name: is never said to the room, whether or not anybody has that name (unless it is plainly
 *    something else: a URL, a smiley, C++).
 * 2. A text that begins with a single / or \ is never said to the room.
 */

import { isNick } from "../irc/names";
import { find, nearest } from "./commands";

export type Typed =
  | { readonly kind: "say"; readonly text: string }
  | { readonly kind: "tell"; readonly name: string; readonly text: string }
  | { readonly kind: "do"; readonly command: string; readonly rest: string }
  | { readonly kind: "mistake"; readonly reason: string };

const LONGEST = 64 * 1024;
const LONGEST_NICK = 64;
const LONGEST_WORD = 40;

/** Words that are commands when they stand alone. */
const BARE: Readonly<Record<string, string>> = {
  who: "names",
  list: "names",
  help: "help",
  exit: "quit",
  bye: "quit",
  quit: "quit",
  ":q": "quit",
};
// RFC 3986 schemes that are written without //; a word before any other colon may be a name.
const SCHEMES = new Set(["about", "data", "geo", "javascript", "magnet", "mailto", "news", "sip", "sms", "tel", "urn", "xmpp"]);
const MOUTH = /^[-'^]?[()[\]{}/\\|*]{1,3}$/;
// Without IRC's formatting codes, which a text may have.
const CONTROLS = /[\x00\x01\x05-\x08\x0b-\x0e\x10\x12-\x15\x17-\x1c\x7f-\x9f\u2028\u2029]/g;
/** As in devzat: =name text. Not for one letter, so that =D and =P are smileys. */
const EQUALS = /^=(\p{L}[^\s=:,.!?]+) +(\S[^]*)$/u;
const SUBSTITUTION = /^[/\\]s\/[^]*$/;

/** What it means; null: nothing. */
export function read(text: string): Typed | null {
  const tidy = tidied(text);
  if (tidy === "") return null;
  if (tidy.length > LONGEST) return mistake("That text is too long, so nothing was sent. Say it in shorter pieces, or send it as a file.");
  if (tidy[0] === "/" || tidy[0] === "\\") return slash(tidy);
  const equals = EQUALS.exec(tidy);
  if (equals !== null) return { kind: "tell", name: equals[1] ?? "", text: equals[2] ?? "" };
  const bare = BARE[tidy.toLowerCase()];
  return bare === undefined ? colon(tidy) : { kind: "do", command: bare, rest: "" };
}

/** Without what no text has, and without blank lines around it. Where it has lines, their indentation stays. */
function tidied(text: string): string {
  const clean = text.replace(/\r\n?/g, "\n").replace(CONTROLS, "").replaceAll("\t", "    ").trimEnd();
  const lines = clean.replace(/^\n+/, "");
  return lines.includes("\n") ? lines : lines.trim();
}

function slash(text: string): Typed {
  const sign = text[0] ?? "/";
  if (text[1] === sign) return { kind: "say", text: text.slice(1) };
  if (SUBSTITUTION.test(text)) return { kind: "do", command: "s", rest: text.slice(3) };
  const [, word = "", rest = ""] = /^(\S*)\s?([^]*)$/.exec(text.slice(1)) ?? [];
  const found = find(word);
  if (found === undefined) return unknown(sign, word);
  if (rest.includes("\n") && !found.lines) return mistake(`${sign}${word} takes one line, so nothing was done.`);
  return { kind: "do", command: found.name, rest: rest.trim() };
}

function unknown(sign: string, word: string): Typed {
  const near = nearest(word);
  const meant = near === "" ? "" : ` Is ${sign}${near} meant?`;
  const short = word.length <= LONGEST_WORD ? word : `${word.slice(0, LONGEST_WORD)}…`;
  return mistake(`There is no command ${sign}${short}, and nothing was said.${meant} To say it, put one more ${sign} in front.`);
}

function colon(text: string): Typed {
  const at = text.indexOf(":");
  const name = text.slice(0, Math.max(at, 0));
  const rest = text.slice(at + 1);
  if (at < 0 || !isNick(name, LONGEST_NICK) || isOrdinary(name, rest)) return { kind: "say", text };
  const words = rest.trim();
  if (name.toLowerCase() === "server") return toServer(words);
  if (words === "") return mistake(`Nothing to send to ${name}: write ${name}: text. To say it to the room: /say ${text}`);
  return { kind: "tell", name, text: words };
}

/** A URL, a path, C++, a smiley: what has a colon in it without being written to anybody. */
function isOrdinary(name: string, rest: string): boolean {
  if (rest.startsWith("//") || rest.startsWith(":")) return true;
  if (SCHEMES.has(name.toLowerCase()) && /^\S/.test(rest)) return true;
  return (name.length === 1 && rest.startsWith("\\")) || MOUTH.test(rest);
}

function toServer(text: string): Typed {
  const command = BARE[text.toLowerCase()];
  if (command !== undefined) return { kind: "do", command, rest: "" };
  return mistake("The server understands server:who, server:help and server:exit. Nothing was sent.");
}

function mistake(reason: string): Typed {
  return { kind: "mistake", reason };
}

// -- before Enter -----------------------------------------------------------------------------------------------

export interface Mark {
  readonly kind: "private" | "command" | "mistake";
  readonly text: string;
}

/** The mark beside the box: who will read it, where that isn't everybody here. */
export function readsAs(text: string): Mark | null {
  if (/^\s*([/\\])(?!\1)\S*$/.test(text)) return { kind: "command", text: "command" };
  const typed = read(/^\S+:\s*$/.test(text) ? `${text} …` : text);
  if (typed === null || typed.kind === "say") return null;
  if (typed.kind === "tell") return { kind: "private", text: `private to ${typed.name}` };
  if (typed.kind === "mistake") return { kind: "mistake", text: "not sent" };
  return readBy(typed.command, typed.rest);
}

function readBy(command: string, rest: string): Mark | null {
  if (command === "say" || command === "me" || command === "shrug") return null;
  if (command === "msg" && rest.includes(" ") && !/^[#&]/.test(rest)) {
    return { kind: "private", text: `private to ${rest.split(/\s/)[0] ?? ""}` };
  }
  return { kind: "command", text: "command" };
}
