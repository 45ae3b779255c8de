/**
 * ISUPPORT (005): what a server says about itself, as a map of tokens, and what the tokens mean.
 *
 * Owns the reading of tokens and what holds where a server says nothing. Knows no connection. Called by Session for
 * each 005, also for those inside a batch; whoever wants to know a limit asks Isupport.
 */

import { partition } from "../irc/cutting";
import { Kinds } from "../irc/modes";
import { RPL_ISUPPORT } from "../irc/numerics";
import { clip, printable } from "../irc/text";
import { MAX_LINE, type Message } from "../irc/wire";

const MOST_TOKENS = 512;
const LONGEST_VALUE = 512;
/** Bytes: nobody needs a longer line, whatever a server announces. */
const LONGEST_LINE = 16_384;
/** Where the server doesn't say: what the server itself makes of a longer name shows when it is taken. */
const NICK = 32;
const ESCAPE = /\\x([2-7][0-9A-Fa-f])/g;
const NAME = /^[A-Za-z0-9./_-]{1,64}$/;

/** Take what a 005 says into the tokens; false: it is something else. */
export function readTokens(tokens: Map<string, string>, message: Message): boolean {
  if (message.command !== RPL_ISUPPORT) return false;
  // In front is our nick, at the end a text for people.
  for (const token of message.params.slice(1, -1)) readToken(tokens, token);
  return true;
}

function readToken(tokens: Map<string, string>, token: string): void {
  if (token.startsWith("-")) {
    tokens.delete(token.slice(1).toUpperCase());
    return;
  }
  const [written, , value] = partition(token, "=");
  // draft/CHATHISTORY: the prefix is written in small letters, and known so.
  const name = written.includes("/") ? written : written.toUpperCase();
  const hasRoom = tokens.size < MOST_TOKENS || tokens.has(name);
  if (!NAME.test(name) || value.length > LONGEST_VALUE || !hasRoom) return;
  tokens.set(name, value.replace(ESCAPE, unescaped));
}

function unescaped(escape: string, code: string): string {
  const letter = String.fromCharCode(parseInt(code, 16));
  return letter === "\x7f" ? escape : letter;
}

/** What the tokens mean. A view: tokens that come later count. */
export class Isupport {
  constructor(readonly tokens: ReadonlyMap<string, string>) {}

  /** The number that a token gives; the default where there is none or it is no number. */
  number(name: string, ifNone: number): number {
    const value = this.tokens.get(name) ?? "";
    return /^[0-9]{1,9}$/.test(value) ? Number(value) : ifNone;
  }

  get nicklen(): number {
    return this.number("NICKLEN", NICK) || NICK;
  }

  /** Bytes of a line with CR LF, without its tags. */
  get linelen(): number {
    return Math.min(Math.max(this.number("LINELEN", MAX_LINE), MAX_LINE), LONGEST_LINE);
  }

  get network(): string {
    return clip(printable(this.tokens.get("NETWORK") ?? ""), 64);
  }

  /** Messages in one page of CHATHISTORY; 0: the server sets no limit. */
  get historyLimit(): number {
    return this.number("CHATHISTORY", this.number("draft/CHATHISTORY", 0));
  }

  /** How messages may be referred to, best first (MSGREFTYPES). */
  get references(): string[] {
    return (this.tokens.get("MSGREFTYPES") || "msgid,timestamp").split(",").filter((kind) => kind !== "");
  }

  /** The letters that MODE of a room knows, by how they take arguments. */
  get modes(): Kinds {
    const [lists = "", always = "", onSet = "", never = ""] = (this.tokens.get("CHANMODES") ?? "b,k,l,imnpst").split(",");
    const [prefixes] = partition((this.tokens.get("PREFIX") ?? "(ov)@+").replace(/^\(/, ""), ")");
    return new Kinds(lists, always, onSet, never, prefixes);
  }

  get requiresAccount(): boolean {
    return this.tokens.has("draft/ACCOUNTREQUIRED") || this.tokens.has("ACCOUNTREQUIRED");
  }
}
