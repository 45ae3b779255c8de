/**
 * Registration: from a fresh connection to a welcome, and what stays negotiable afterwards.
 *
 * Owns capabilities, the login and the taking of a name while we come in. Knows no sockets; holds passwords, and sends
 * them only as sasl.ts allows. Called by Session with every message that is not part of a batch; takeEvents() says
 * what people must decide.
 *
 * Its PASS, AUTHENTICATE and NICKSERV messages carry secrets: nobody may log them.
 */

import { partition, words as split } from "../irc/cutting";
import { fold, suggest, toUser } from "../irc/names";
import * as numerics from "../irc/numerics";
import { clip, plain, printable } from "../irc/text";
import { Message } from "../irc/wire";
import { Capabilities } from "./capabilities";
import type { LoginRefused, NameRefused } from "./events";
import { Login } from "./sasl";

/** What our client makes use of. sasl is asked for only when there is something to log in with. */
export const WANTED: readonly string[] = [
  "account-notify",
  "account-registration",
  "account-tag",
  "away-notify",
  "batch",
  "cap-notify",
  "channel-rename",
  "chathistory",
  "chghost",
  "draft/account-registration",
  "draft/channel-rename",
  "draft/chathistory",
  "draft/event-playback",
  "draft/message-redaction",
  "draft/metadata-2",
  "draft/multiline",
  "draft/read-marker",
  "draft/relaymsg",
  "draft/search",
  "echo-message",
  "event-playback",
  "extended-join",
  "extended-monitor",
  "hubbub.chat/invite-link",
  "hubbub.chat/live",
  "hubbub.chat/login-token",
  "hubbub.chat/message-edit",
  "hubbub.chat/upload",
  "invite-notify",
  "labeled-response",
  "message-redaction",
  "message-tags",
  "multi-prefix",
  "multiline",
  "read-marker",
  "search",
  "server-time",
  "setname",
  "soju.im/search",
  "standard-replies",
  "userhost-in-names",
  "znc.in/self-message",
];

const LONGEST_REASON = 400;
/** Characters that every server takes (RFC 1459). */
const SHORT_NICK = 9;
const CLOSING = /^closing link:? .*?\((.*)\)/is;
const NOT_SAFE = "the connection is not encrypted, so the password was not sent";
const NO_LOGIN = "there are no accounts on this server, or no login that we know";
const REPLACED = "another login was begun";
/** Of FAIL REGISTER: it is the name that can't be had. */
const NAME_CODES = ["ACCOUNT_EXISTS", "BAD_ACCOUNT_NAME", "NEED_NICK"];

/** Who we want to be. */
export interface Identity {
  readonly nick: string;
  readonly user: string;
  readonly realname: string;
  /** Where it isn't the nick. */
  readonly account: string;
  readonly password: string;
  /** A login token that the server gave, to be used instead of the password; it asks for `account`. */
  readonly token: string;
  readonly serverPassword: string;
  /** The connection is encrypted or stays on this machine, so a password may go out as it is. */
  readonly maySendPlain: boolean;
}

export function makeIdentity(given: Pick<Identity, "nick"> & Partial<Identity>): Identity {
  return { user: "", realname: "", account: "", password: "", token: "", serverPassword: "", maySendPlain: false, ...given };
}

/** Of one connection. */
export class Registration {
  /** The one that is asked for, and from `registered` on the one that we have got. */
  nick: string;
  /** Which we are logged in to, or "". */
  account = "";
  registered = false;
  /** Why the server doesn't want us, in words for people. */
  refused = "";
  #account: string;
  #password: string;
  #isToken: boolean;
  readonly #makeNonce: () => string;
  readonly #capabilities: Capabilities;
  #isNegotiating = true;
  #isLoginDue: boolean;
  #askedNickserv = false;
  #login: Login | null = null;
  readonly #earlierNames = new Set<string>();
  readonly #refusedNames = new Set<string>();
  #events: (NameRefused | LoginRefused)[] = [];

  /** `makeNonce`: random, for SCRAM. */
  constructor(
    readonly identity: Identity,
    makeNonce: () => string,
    wanted: readonly string[] = WANTED,
  ) {
    this.nick = withoutBreaks(identity.nick);
    this.#account = identity.account || identity.nick;
    this.#password = identity.token || identity.password;
    this.#isToken = identity.token !== "";
    this.#makeNonce = makeNonce;
    this.#capabilities = new Capabilities(wanted.filter((name) => name !== "sasl" && name !== "sts"));
    if (this.#hasProof) this.#capabilities.wanted.add("sasl");
    this.#isLoginDue = this.#hasProof;
  }

  /** Capabilities of the server, with their values. */
  get offered(): ReadonlyMap<string, string> {
    return this.#capabilities.offered;
  }

  /** Those in force, with their values. */
  get enabled(): ReadonlyMap<string, string> {
    return this.#capabilities.enabled;
  }

  get isLoggingIn(): boolean {
    return this.#login !== null;
  }

  /** What has happened since the last call. */
  takeEvents(): (NameRefused | LoginRefused)[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }

  // -- what we do ---------------------------------------------------------------------------------------------

  start(): Message[] {
    const { identity } = this;
    const realname = plain(withoutBreaks(identity.realname)).trim() || this.nick;
    const password = withoutBreaks(identity.serverPassword);
    return [
      ...(password === "" ? [] : [new Message("PASS", [password])]),
      new Message("CAP", ["LS", "302"]),
      new Message("NICK", [this.nick]),
      new Message("USER", [toUser(identity.user || identity.nick), "0", "*", realname]),
    ];
  }

  /** Try another name; what the server says comes as nameRefused, or as the welcome. */
  takeName(wanted: string): Message[] {
    const nick = withoutBreaks(wanted);
    if (!this.registered) {
      this.#earlierNames.add(fold(this.nick));
      this.nick = nick;
    }
    return [new Message("NICK", [nick])];
  }

  /** Log in now, be it before or after the welcome; loginRefused says if it was in vain. */
  loginAgain(account: string, password: string): Message[] {
    this.#account = account;
    this.#password = password;
    this.#isToken = false;
    this.#isLoginDue = true;
    this.#capabilities.wanted.add("sasl");
    if (this.#login !== null) return this.#login.abort(REPLACED);
    if (this.enabled.has("sasl")) return this.#goOn();
    if (this.offered.has("sasl")) {
      this.#isNegotiating = !this.registered;
      return this.#capabilities.request(["sasl"]);
    }
    return this.registered ? this.#askNickserv() : [];
  }

  #askNickserv(): Message[] {
    // The command, not a message to whoever calls themselves NickServ.
    this.#isLoginDue = false;
    if (!this.identity.maySendPlain) return this.#loginRefused(NOT_SAFE);
    this.#askedNickserv = true;
    return [new Message("NICKSERV", ["IDENTIFY", this.#account, withoutBreaks(this.#password)])];
  }

  // -- what the server says -----------------------------------------------------------------------------------

  /** What to answer. Messages that have nothing to do with coming in change nothing. */
  received(message: Message): Message[] {
    return [...this.#handle(message), ...this.#continueLogin(message)];
  }

  #handle(message: Message): Message[] {
    switch (message.command) {
      case numerics.RPL_WELCOME:
        return this.#welcome(message);
      case "CAP":
        return this.#cap(message);
      case "FAIL":
        return this.#failed(message);
      case "ERROR":
        return this.#refuse(message);
      case numerics.ERR_UNKNOWNCOMMAND:
        return this.#unknownCommand(message);
      case numerics.ERR_INVALIDCAPCMD:
        return this.#capabilities.isListed ? [] : this.#end();
      case numerics.RPL_LOGGEDIN:
        return this.#loggedIn(message);
      case numerics.RPL_LOGGEDOUT:
        this.account = "";
        return [];
      case numerics.ERR_ERRONEUSNICKNAME:
      case numerics.ERR_NICKNAMEINUSE:
      case numerics.ERR_NICKCOLLISION:
      case numerics.ERR_UNAVAILRESOURCE:
        return this.#nameRefused(message);
      case numerics.ERR_NOPERMFORHOST:
      case numerics.ERR_PASSWDMISMATCH:
      case numerics.ERR_YOUREBANNEDCREEP:
        return this.registered ? [] : this.#refuse(message);
      default:
        return [];
    }
  }

  #continueLogin(message: Message): Message[] {
    const login = this.#login;
    if (login === null) return [];
    const sent = login.received(message);
    return login.done ? [...sent, ...this.#loginIsOver(login)] : sent;
  }

  #loginIsOver(login: Login): Message[] {
    this.#login = null;
    if (login.failed && !this.#isLoginDue) this.#loginRefused(login.reason, login.account);
    if (login.failed) return this.#goOn();
    this.account ||= login.account;
    return [...this.#retryName(), ...this.#goOn()];
  }

  /** The name that was refused to a guest may be ours now. */
  #retryName(): Message[] {
    if (this.registered || !this.#refusedNames.has(fold(this.nick))) return [];
    this.#refusedNames.clear();
    return [new Message("NICK", [this.nick])];
  }

  #welcome(message: Message): Message[] {
    const [nick] = message.params;
    if (this.registered || nick === undefined) return [];
    this.registered = true;
    this.#isNegotiating = false;
    this.refused = "";
    this.nick = nick;
    if (this.#isLoginDue && this.#login === null && !this.enabled.has("sasl")) {
      this.#isLoginDue = false;
      this.#loginRefused(NO_LOGIN);
    }
    return [];
  }

  #cap(message: Message): Message[] {
    const sent = this.#capabilities.received(message);
    const isNew = message.params[1]?.toUpperCase() === "NEW";
    // Accounts can be reached again.
    if (isNew && this.#hasProof && this.account === "" && capNames(message).has("sasl")) this.#isLoginDue = true;
    if (this.#login !== null && !this.enabled.has("sasl")) {
      const { account } = this.#login;
      this.#login = null;
      this.#loginRefused(NO_LOGIN, account);
    }
    return [...sent, ...this.#goOn()];
  }

  /** That the server doesn't know CAP needs no answer: it welcomes us without. */
  #unknownCommand(message: Message): Message[] {
    if (!this.#askedNickserv || message.params[1] !== "NICKSERV") return [];
    this.#askedNickserv = false;
    return this.#loginRefused(NO_LOGIN);
  }

  #nameRefused(message: Message): Message[] {
    const about = new Set(message.params.slice(1, -1).map(fold));
    const isAboutEarlier = [...about].some((name) => this.#earlierNames.has(name)) && !about.has(fold(this.nick));
    // About a name for which another one has been given since.
    if (this.registered || isAboutEarlier) return [];
    this.#refusedNames.add(fold(this.nick));
    const suggestion = this.#suggest(message.command === numerics.ERR_ERRONEUSNICKNAME);
    this.#events.push({ kind: "nameRefused", name: this.nick, reason: wordsOf(message), suggestion });
    return [];
  }

  #suggest(isMalformed: boolean): string {
    const isRefused = (name: string): boolean => this.#refusedNames.has(fold(name));
    if (!isMalformed) return suggest(this.nick, isRefused);
    // Something that all servers take: a short name in ASCII.
    const ascii = this.nick.normalize("NFKD").replace(/[^\x00-\x7f]/g, "");
    return suggest(ascii.slice(0, SHORT_NICK), isRefused, SHORT_NICK);
  }

  #failed(message: Message): Message[] {
    const [command = "", code = ""] = message.params;
    if (command === "*" && code === "ACCOUNT_REQUIRED") return this.#refuse(message);
    const isAboutName = command === "NICK" || (command === "REGISTER" && NAME_CODES.includes(code));
    return isAboutName ? this.#nameRefused(message) : [];
  }

  /** The first reason is the best one: what follows is only that the connection is closed. */
  #refuse(message: Message): Message[] {
    const reason = wordsOf(message);
    this.refused ||= CLOSING.exec(reason)?.[1] ?? reason;
    return [];
  }

  #loggedIn(message: Message): Message[] {
    const account = message.params[2];
    if (account !== undefined) {
      this.account = account;
      this.#askedNickserv = false;
    }
    return [];
  }

  // -- what comes next ----------------------------------------------------------------------------------------

  get #hasProof(): boolean {
    return this.#password !== "";
  }

  /** Log in, or end the negotiation, as soon as nothing is in the way of it. */
  #goOn(): Message[] {
    if (this.#login !== null || !this.#capabilities.isSettled) return [];
    if (this.#isLoginDue && this.enabled.has("sasl")) return this.#logIn();
    if (this.#isLoginDue && this.registered) {
      // The server has refused the capability.
      this.#isLoginDue = false;
      return this.#loginRefused(NO_LOGIN);
    }
    return this.#end();
  }

  #logIn(): Message[] {
    this.#isLoginDue = false;
    const login = new Login(this.#account, this.#password, {
      mechanisms: (this.offered.get("sasl") ?? "").split(","),
      maySendPlain: this.identity.maySendPlain,
      isToken: this.#isToken,
      nonce: this.#makeNonce(),
    });
    this.#login = login;
    const sent = login.start();
    return login.done ? this.#loginIsOver(login) : sent;
  }

  #end(): Message[] {
    if (!this.#isNegotiating || this.registered) return [];
    this.#isNegotiating = false;
    return [new Message("CAP", ["END"])];
  }

  #loginRefused(reason: string, account = ""): Message[] {
    this.#events.push({ kind: "loginRefused", account: account || this.#account, reason, byToken: this.#isToken });
    // It won't be better the next time.
    if (this.#isToken) this.#password = "";
    return [];
  }
}

function capNames(message: Message): Set<string> {
  return new Set(split(message.params.at(-1) ?? "").map((word) => partition(word, "=")[0]));
}

function wordsOf(message: Message): string {
  return clip(printable(message.params.at(-1) ?? "").trim(), LONGEST_REASON) || "the server gave no reason";
}

/** Fit for one line, whatever was typed or stored. */
export function withoutBreaks(text: string): string {
  return text.replace(/[\0\r]/g, "").replaceAll("\n", " ");
}
