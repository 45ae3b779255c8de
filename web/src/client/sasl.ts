/**
 * SASL, the client's side: proving with AUTHENTICATE that an account is ours.
 *
 * https://ircv3.net/specs/extensions/sasl-3.1 and sasl-3.2. SCRAM-SHA-256 (RFC 5802, RFC 7677), then PLAIN (RFC 4616).
 * Knows no connection. Called by Registration. The hash is a library's: browsers have theirs on https pages only, and
 * people also come over http from their own network.
 *
 * 1. A password goes out as it is only where that is allowed, and never after SCRAM was tried with it in earnest: a
 *    server that fails at SCRAM on purpose doesn't get it.
 * 2. With SCRAM the server proves that it knows the password, too; one that doesn't has not logged us in.
 * 3. No password is in any reason or exception.
 * 4. A login token (docs/specs/login-token.md) goes by PLAIN alone, over a connection like the one that it came by.
 */

import * as numerics from "../irc/numerics";
import { clip, printable } from "../irc/text";
import { Message } from "../irc/wire";
import { fromBase64, toBase64 } from "./base64";
import { Hopeless, IMPOSTOR, NONSENSE, Scram, WRONG } from "./scram";

/** Base64 characters in one AUTHENTICATE; a full chunk is followed by another. */
export const CHUNK = 400;
const LONGEST_CHALLENGE = 16_384;
const LONGEST_REASON = 400;

const NOT_SAFE = "passwords are sent only over encrypted connections, and the server knows no other login for them";
const NO_MECHANISM = "the server knows no login that works here";
const ENDS = new Set<string>([
  numerics.ERR_NICKLOCKED,
  numerics.ERR_SASLFAIL,
  numerics.ERR_SASLTOOLONG,
  numerics.ERR_SASLABORTED,
  numerics.ERR_SASLALREADY,
  numerics.ERR_UNKNOWNCOMMAND,
  numerics.ERR_NOTREGISTERED,
  numerics.ERR_NEEDMOREPARAMS,
  "FAIL",
]);

/** `isUsed`: the server could test the password with what it has. `isProven`: it proved all it has to. */
interface Mechanism {
  readonly isUsed: boolean;
  readonly isProven: boolean;
  /** What to say to the server; throws Hopeless. */
  answer(challenge: Uint8Array): Uint8Array;
}

/** The password itself. */
class Plain implements Mechanism {
  isUsed = false;
  readonly isProven = true;
  readonly #account: string;
  readonly #password: string;

  constructor(account: string, password: string) {
    this.#account = account;
    this.#password = password;
  }

  answer(): Uint8Array {
    if (this.isUsed) throw new Hopeless(NONSENSE);
    this.isUsed = true;
    return new TextEncoder().encode(`\0${this.#account}\0${this.#password}`);
  }
}

/** `mechanisms`: what the server offers; empty where it doesn't say. */
export interface LoginOptions {
  mechanisms?: readonly string[];
  maySendPlain?: boolean;
  /** What stands in the password's place is a login token. */
  isToken?: boolean;
  nonce: string;
}

/** One attempt. `done`: it is over; `failed`: in vain, and `reason` says why, in words for people. */
export class Login {
  done = false;
  failed = false;
  reason = "";
  readonly #maySendPlain: boolean;
  #offered: Set<string>;
  readonly #makers = new Map<string, () => Mechanism>();
  #mechanism: Mechanism | null = null;
  #challenge = "";
  #isHeard = false;

  constructor(
    readonly account: string,
    password: string,
    options: LoginOptions,
  ) {
    this.#maySendPlain = options.maySendPlain ?? false;
    this.#offered = mechanismNames(options.mechanisms ?? []);
    if (password === "") return;
    const isToken = options.isToken ?? false;
    if (!isToken) this.#makers.set("SCRAM-SHA-256", () => new Scram(account, password, options.nonce));
    if (this.#maySendPlain || isToken) this.#makers.set("PLAIN", () => new Plain(account, password));
  }

  start(): Message[] {
    return this.#next("");
  }

  /** Stop it; it is done when the server has confirmed that. */
  abort(reason: string): Message[] {
    this.reason = reason;
    this.#makers.clear();
    return [new Message("AUTHENTICATE", ["*"])];
  }

  received(message: Message): Message[] {
    if (this.done) return [];
    const { command, params } = message;
    if (command === "AUTHENTICATE" && params[0] !== undefined) return this.#challenged(params[0]);
    if (command === numerics.RPL_SASLSUCCESS) return this.#succeeded();
    if (command === numerics.RPL_SASLMECHS && params[1] !== undefined) {
      this.#offered = mechanismNames(params[1].split(","));
    } else if (ENDS.has(command) && isAboutLogin(message)) {
      return this.#refused(message);
    }
    return [];
  }

  // -- mechanisms ---------------------------------------------------------------------------------------------

  /** Begin with the best mechanism that is left. */
  #next(because: string): Message[] {
    let reason = because;
    for (const [name, make] of [...this.#makers]) {
      if (this.#offered.size > 0 && !this.#offered.has(name)) continue;
      this.#makers.delete(name);
      try {
        this.#mechanism = make();
      } catch (problem) {
        if (!(problem instanceof Hopeless)) throw problem;
        reason ||= problem.message;
        continue;
      }
      this.#challenge = "";
      this.#isHeard = false;
      return [new Message("AUTHENTICATE", [name])];
    }
    return this.#fail(this.reason || reason || this.#whyNone());
  }

  #whyNone(): string {
    return this.#offered.has("PLAIN") && !this.#maySendPlain ? NOT_SAFE : NO_MECHANISM;
  }

  #fail(reason: string): Message[] {
    this.failed = true;
    this.reason = reason;
    this.#end();
    return [];
  }

  #end(): void {
    this.done = true;
    this.#makers.clear();
    this.#mechanism = null;
  }

  // -- what the server says -----------------------------------------------------------------------------------

  #challenged(chunk: string): Message[] {
    this.#isHeard = true;
    this.#challenge += chunk === "+" ? "" : chunk;
    if (this.#challenge.length > LONGEST_CHALLENGE) return this.#giveUp(NONSENSE);
    if (chunk.length === CHUNK || this.#mechanism === null || this.reason !== "") return [];
    const whole = fromBase64(this.#challenge);
    this.#challenge = "";
    if (whole === null) return this.#giveUp(NONSENSE);
    try {
      return chunks(this.#mechanism.answer(whole));
    } catch (problem) {
      if (!(problem instanceof Hopeless)) throw problem;
      return this.#giveUp(problem.message);
    }
  }

  #giveUp(reason: string): Message[] {
    this.#fail(reason);
    return [new Message("AUTHENTICATE", ["*"])];
  }

  #succeeded(): Message[] {
    if (!this.#mechanism?.isProven) return this.#fail(this.reason || IMPOSTOR);
    this.#end();
    return [];
  }

  #refused(message: Message): Message[] {
    // That was the attempt before this one.
    if (message.command === numerics.ERR_SASLABORTED && !this.#isHeard && this.reason === "") return [];
    const reason = clip(printable(message.params.at(-1) ?? ""), LONGEST_REASON);
    const wasTested = this.#mechanism?.isUsed ?? false;
    if (message.command !== numerics.ERR_SASLFAIL || wasTested) return this.#fail(this.reason || reason || WRONG);
    return this.#next(reason);
  }
}

function mechanismNames(names: readonly string[]): Set<string> {
  return new Set(names.filter((name) => name !== "").map((name) => name.toUpperCase()));
}

function chunks(data: Uint8Array): Message[] {
  const encoded = toBase64(data);
  const pieces: string[] = [];
  for (let start = 0; start < encoded.length; start += CHUNK) pieces.push(encoded.slice(start, start + CHUNK));
  if (encoded.length % CHUNK === 0) pieces.push("+");
  return pieces.map((piece) => new Message("AUTHENTICATE", [piece]));
}

/** Of the errors that can be about any command, those about ours. */
function isAboutLogin({ command, params }: Message): boolean {
  if (command === "FAIL") return params[0] === "AUTHENTICATE";
  if (command === numerics.ERR_UNKNOWNCOMMAND || command === numerics.ERR_NEEDMOREPARAMS) {
    return params[1] === "AUTHENTICATE";
  }
  return true;
}
