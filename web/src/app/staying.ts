/**
 * Staying logged in: a token of the server's, kept in this browser in the password's place. docs/specs/login-token.md
 *
 * Owns what is kept of it, and when one is asked for, given back and forgotten. No password is kept anywhere. Where the
 * browser keeps nothing, no token is asked for: nobody could ever use it again. Knows no component.
 */

import type { Chat } from "../client/chat";
import type { Identity } from "../client/registration";
import type { Request } from "../client/requests";
import { fold } from "../irc/names";
import { enable } from "./extensions";
import { asRecord, asText, type Keeping } from "./storage";

export const LOGIN_TOKEN = "hubbub.chat/login-token";
/** What the browser calls the key, where windows tell each other of changes. */
export const STORED = "hubbub.login";
const NAME = "login";
const TOKEN = /^[\x21-\x7e]{1,200}$/;
/** Somebody who leaves isn't kept waiting by a server that doesn't answer. */
const GOODBYE_MS = 1_500;

/** Of Session what is needed here. */
export interface Session {
  readonly chat: Chat;
  readonly identity: Identity;
  readonly isConnected: boolean;
  ask(command: string, params: string[]): Request;
  proveBy(token: string): void;
}

interface Kept {
  readonly account: string;
  readonly token: string;
  /** By which the server knows it in lists. */
  readonly id: string;
}

const NOTHING: Kept = { account: "", token: "", id: "" };
const ID = /^[A-Za-z0-9]{1,64}$/;
/** Stands for the token of this very connection. */
const THIS = "*";

export class Staying {
  /** Whether this device is to stay logged in; what was chosen beside the last password. */
  wanted = true;
  readonly #keeping: Keeping;
  readonly #device: string;
  /** For whom a token was asked on this connection, so that a server which gives none isn't asked again and again. */
  #askedFor = "";

  constructor(keeping: Keeping, device: string) {
    this.#keeping = keeping;
    this.#device = device;
  }

  /** Whether there is a choice. */
  get isPossible(): boolean {
    return this.#keeping.lasts;
  }

  get #kept(): Kept {
    const stored = asRecord(this.#keeping.read(NAME));
    const [account, token, id] = [asText(stored["account"], 64), asText(stored["token"]), asText(stored["id"], 64)];
    return account !== "" && TOKEN.test(token) ? { account, token, id: ID.test(id) ? id : THIS } : NOTHING;
  }

  #keep(kept: Kept): void {
    this.#keeping.write(NAME, kept);
  }

  /** What proves who somebody is that comes with this name; nothing where they are nobody that stays logged in. */
  proof(nick: string, lastVisit: { nick: string; account: string }): Partial<Identity> {
    const { account, token } = this.#kept;
    if (token === "") return {};
    const isLast = fold(nick) === fold(lastVisit.nick) && fold(account) === fold(lastVisit.account);
    return isLast || fold(nick) === fold(account) ? { account, token } : {};
  }

  /** A connection is there. */
  arrived(session: Session): void {
    this.#askedFor = "";
    this.loggedIn(session);
  }

  /** Somebody is logged in, it may be for long. What was known of a connection before doesn't count. */
  loggedIn(session: Session): void {
    const { account, registered } = session.chat;
    if (!registered || account === "" || this.#askedFor === account || session.identity.token !== "" || !this.isPossible) return;
    this.#askedFor = account;
    if (this.wanted) void this.#ask(session);
    else this.#keep(NOTHING);
  }

  /** With another password the server has forgotten all tokens, this one too. */
  passwordChanged(session: Session): void {
    if (session.identity.token === "") return;
    session.proveBy("");
    this.#keep(NOTHING);
    void this.#ask(session);
  }

  async #ask(session: Session): Promise<void> {
    const { account, offered } = session.chat;
    if (!/(?:^|,)days=\d/.test(offered.get(LOGIN_TOKEN) ?? "") || !(await enable(session, LOGIN_TOKEN))) return;
    const request = await session.ask("LOGINTOKEN", ["NEW", this.#device]).settled;
    for (const { command, params } of request.failed ? [] : request.messages()) {
      const [word, id = "", , token = ""] = params;
      if (command !== "LOGINTOKEN" || word !== "CREATED" || !TOKEN.test(token)) continue;
      this.#keep({ account, token, id });
      session.proveBy(token);
    }
  }

  /** The server didn't take it: forget it, but for when it only asks for patience. Whether it is forgotten. */
  refused(reason: string): boolean {
    const isFinal = !/later/i.test(reason);
    this.#askedFor = "";
    if (isFinal) this.#keep(NOTHING);
    return isFinal;
  }

  /** Another window of this browser has got another one. */
  changedElsewhere(session: Session): void {
    const { account, token } = this.#kept;
    if (token !== "" && fold(account) === fold(session.chat.account)) session.proveBy(token);
  }

  /** Log this device out, as far as the server can be told. */
  async end(session: Session | null): Promise<void> {
    const { token, id } = this.#kept;
    this.#keep(NOTHING);
    this.#askedFor = "";
    if (token === "" || session === null || !session.isConnected || session.chat.account === "") return;
    const patience = new Promise<void>((done) => setTimeout(done, GOODBYE_MS));
    const revoked = async (): Promise<void> => {
      // By its id: another window may have got it, and this connection may have come by the one before.
      if (await enable(session, LOGIN_TOKEN)) await session.ask("LOGINTOKEN", ["REVOKE", id]).settled;
    };
    await Promise.race([revoked(), patience]);
  }
}

const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/\bEdg(?:e|A|iOS)?\//, "Edge"],
  [/\bOPR\//, "Opera"],
  [/\bSamsungBrowser\//, "Samsung Internet"],
  [/\b(?:Firefox|FxiOS)\//, "Firefox"],
  [/(?:Chrome|CriOS|Chromium)\//, "Chrome"],
  [/\bSafari\//, "Safari"],
];
const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/\biPhone\b/, "iPhone"],
  [/\biPad\b/, "iPad"],
  [/\bAndroid\b/, "Android"],
  [/\bCrOS\b/, "ChromeOS"],
  [/\bWindows\b/, "Windows"],
  [/\bMac OS X\b|\bMacintosh\b/, "macOS"],
  [/\bLinux\b/, "Linux"],
];

/** What somebody knows this browser by in a list of theirs: "Firefox on Linux". */
export function deviceName(userAgent: string): string {
  const named = (table: readonly (readonly [RegExp, string])[]): string => table.find(([sign]) => sign.test(userAgent))?.[1] ?? "";
  const [browser, system] = [named(BROWSERS) || "A browser", named(SYSTEMS)];
  return system === "" ? browser : `${browser} on ${system}`;
}
