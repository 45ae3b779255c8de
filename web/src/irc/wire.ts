/**
 * One line of IRC with its tags, source, command and parameters: from text and back to text.
 *
 * Owns the grammar of Modern IRC and of IRCv3 message-tags, and nothing about what a command means.
 * Called for every line that comes in and every line that goes out.
 */

import { partition } from "./cutting";

/** Bytes, CR LF included, tags not. */
export const MAX_LINE = 512;

// Simple bots look for " :" in front of the text, so these always carry it, needed or not.
const COLON_ALWAYS = new Set(["PRIVMSG", "NOTICE", "TOPIC", "QUIT", "ERROR", "WALLOPS", "332", "353"]);
const ESCAPES: Readonly<Record<string, string>> = { ";": "\\:", " ": "\\s", "\\": "\\\\", "\r": "\\r", "\n": "\\n" };
const UNESCAPES: Readonly<Record<string, string>> = { ":": ";", s: " ", r: "\r", n: "\n" };
const COMMAND = /^(?:[A-Za-z]+|[0-9]{3})$/;
const UNSENDABLE = /[\r\n\0]/;

/** They broke the grammar; the message says how, in words fit for the one who sent it. */
export class BadLine extends Error {
  override name = "BadLine";
}

export type Tags = Map<string, string>;

/** A line taken apart. A tag without a value and one with an empty value are both "". */
export class Message {
  tags: Tags;

  constructor(
    public command: string,
    public params: string[] = [],
    public source = "",
    tags: Iterable<readonly [string, string]> = [],
  ) {
    this.tags = new Map(tags);
  }

  toLine(): string {
    return formatLine(this.command, this.params, this.source, this.tags);
  }
}

export function parse(text: string): Message {
  if (UNSENDABLE.test(text)) throw new BadLine("a line may not hold NUL, CR or LF");
  let line = text;
  let tags: Tags = new Map();
  let source = "";
  if (line.startsWith("@")) {
    const [front, , rest] = partition(line.slice(1), " ");
    tags = parseTags(front);
    line = rest.replace(/^ +/, "");
  }
  if (line.startsWith(":")) {
    const [front, , rest] = partition(line.slice(1), " ");
    if (front === "") throw new BadLine("empty source");
    source = front;
    line = rest;
  }
  const [front, colon, trailing] = partition(line, " :");
  const params = front.split(" ").filter((param) => param !== "");
  const command = params.shift();
  if (command === undefined) throw new BadLine("no command");
  if (colon) params.push(trailing);
  const message = new Message(toCommand(command), params, source);
  message.tags = tags;
  return message;
}

/** The line without CR LF. Throws BadLine for what the grammar cannot carry. */
export function formatLine(
  command: string,
  params: readonly string[],
  source = "",
  tags: ReadonlyMap<string, string> = new Map(),
): string {
  toCommand(command);
  let line = params.length > 0 ? formatParams(command, params) : command;
  if (source !== "") {
    if (source.includes(" ")) throw new BadLine("a source may not hold a space");
    line = `:${source} ${line}`;
  }
  if (tags.size > 0) line = `@${formatTags(tags)} ${line}`;
  if (UNSENDABLE.test(line)) throw new BadLine("a line may not hold NUL, CR or LF");
  return line;
}

function formatParams(command: string, params: readonly string[]): string {
  const last = params[params.length - 1] ?? "";
  const front = params.slice(0, -1);
  if (front.some((param) => param === "" || param.includes(" ") || param.startsWith(":"))) {
    throw new BadLine("only the last parameter may be empty, hold a space or begin with a colon");
  }
  const needsColon = last === "" || last.startsWith(":") || last.includes(" ") || COLON_ALWAYS.has(command);
  return [command, ...front, needsColon ? `:${last}` : last].join(" ");
}

function toCommand(word: string): string {
  if (!COMMAND.test(word)) throw new BadLine("a command is letters or three digits");
  return word.toUpperCase();
}

/** What stands between "@" and the space. message-tags: the last of several equal keys wins. */
export function parseTags(text: string): Tags {
  const tags: Tags = new Map();
  for (const tag of text.split(";")) {
    const [key, , value] = partition(tag, "=");
    if (key !== "") tags.set(key, unescapeTag(value));
  }
  return tags;
}

export function formatTags(tags: ReadonlyMap<string, string>): string {
  return [...tags].map(([key, value]) => formatTag(key, value)).join(";");
}

function formatTag(key: string, value: string): string {
  if (key === "" || /[ ;=]/.test(key)) {
    throw new BadLine("a tag's key may not be empty or hold a space, semicolon or equals sign");
  }
  return value === "" ? key : `${key}=${escapeTag(value)}`;
}

export function escapeTag(value: string): string {
  return value.replace(/[; \\\r\n]/g, (letter) => ESCAPES[letter] ?? letter);
}

/** message-tags: an unknown escape loses its backslash, and so does one at the end. */
export function unescapeTag(value: string): string {
  if (!value.includes("\\")) return value;
  return value.replace(/\\(.?)/gsu, (_, letter: string) => UNESCAPES[letter] ?? letter);
}

/** nick, user and host of nick!user@host; what is missing is "", and a server name is a nick. */
export function splitSource(source: string): [nick: string, user: string, host: string] {
  const [front, , host] = partition(source, "@");
  const [nick, , user] = partition(front, "!");
  return [nick, user, host];
}
