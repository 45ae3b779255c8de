/**
 * Requests: what we asked the server, and which of its lines is the answer.
 *
 * Owns labels (labeled-response), and for servers without them the ways to tell an answer all the same. Knows no
 * sockets and no clock, and not what an answer means. Called by Session for every message and every whole batch.
 *
 * On servers with labels an answer is what carries the label: one line, one batch, or ACK. On others
 * 1. a question of which we know how its answer ends (SHAPES) is over when that has come, in the order of asking;
 * 2. after every other command a PING is sent: when its PONG comes, whatever there was to say has been said;
 * 3. an error belongs to the oldest request that it can be about.
 */

import { fold } from "../irc/names";
import * as numerics from "../irc/numerics";
import { clip, printable } from "../irc/text";
import { Message } from "../irc/wire";
import { Batch } from "./batches";

export const PATIENCE_MS = 30_000;
const MOST_OPEN = 1_000;
/** Lines of one answer without a batch, such as that of LIST; the rest is not kept. */
const MOST_ANSWERS = 20_000;
const LONGEST_FAILURE = 400;
const NO_ANSWER = "the server did not answer";
const TOO_MANY = "too much waits for the server";

/** Errors beside 400 to 599. */
const OTHER_ERRORS = new Set<string>([
  numerics.RPL_TRYAGAIN,
  numerics.ERR_INVALIDMODEPARAM,
  numerics.ERR_TOOMANYKNOCK,
  numerics.ERR_CHANOPEN,
  numerics.ERR_KNOCKONCHAN,
  numerics.ERR_NOPRIVS,
  numerics.ERR_MONLISTFULL,
  numerics.ERR_NICKLOCKED,
  numerics.ERR_SASLFAIL,
  numerics.ERR_SASLTOOLONG,
  numerics.ERR_SASLABORTED,
  numerics.ERR_SASLALREADY,
]);
const TALKING = ["PRIVMSG", "NOTICE", "TAGMSG", "BATCH"];
const AUTHENTICATE = ["AUTHENTICATE"];
/** Errors that say by their number what they can be about. */
const ERRORS_OF: Readonly<Record<string, readonly string[]>> = {
  [numerics.ERR_CANNOTSENDTOCHAN]: TALKING,
  [numerics.ERR_NORECIPIENT]: TALKING,
  [numerics.ERR_NOTEXTTOSEND]: TALKING,
  [numerics.ERR_NOMOTD]: ["MOTD"],
  [numerics.ERR_NONICKNAMEGIVEN]: ["NICK"],
  [numerics.ERR_UNKNOWNMODE]: ["MODE"],
  [numerics.ERR_UMODEUNKNOWNFLAG]: ["MODE"],
  [numerics.ERR_HELPNOTFOUND]: ["HELP", "HELPOP"],
  [numerics.ERR_INVALIDCAPCMD]: ["CAP"],
  [numerics.ERR_NICKLOCKED]: AUTHENTICATE,
  [numerics.ERR_SASLFAIL]: AUTHENTICATE,
  [numerics.ERR_SASLTOOLONG]: AUTHENTICATE,
  [numerics.ERR_SASLABORTED]: AUTHENTICATE,
  [numerics.ERR_SASLALREADY]: AUTHENTICATE,
};
const STANDARD = ["FAIL", "WARN", "NOTE"];

/**
 * Something asked. `done`: there is nothing more to come; `failed`: it was refused or lost, `failure` says why.
 *
 * There is no method `then`: an object with one can't be the value of a promise.
 */
export class Request {
  readonly answers: (Message | Batch)[] = [];
  done = false;
  failed = false;
  failure = "";
  #callbacks: ((request: Request) => void)[] = [];

  constructor(
    readonly label: string,
    readonly command: string,
    readonly params: readonly string[],
    readonly askedMs = 0,
    readonly labelled = true,
  ) {}

  /** Call it when this is done, which may be now. */
  whenDone(callback: (request: Request) => void): void {
    if (this.done) callback(this);
    else this.#callbacks.push(callback);
  }

  /** When this is done; never rejected: look at `failed`. */
  get settled(): Promise<Request> {
    return new Promise((resolve) => this.whenDone(resolve));
  }

  /** The lines of the answers, out of all batches. */
  *messages(): Generator<Message> {
    for (const answer of this.answers) {
      if (answer instanceof Batch) yield* answer.flat();
      else yield answer;
    }
  }

  add(answer: Message | Batch): void {
    if (this.answers.length < MOST_ANSWERS) this.answers.push(answer);
  }

  /** Once; `failure`: why it came to nothing. */
  finish(failure = ""): void {
    if (this.done) return;
    this.done = true;
    this.failed = failure !== "";
    this.failure = failure;
    const callbacks = this.#callbacks;
    this.#callbacks = [];
    for (const callback of callbacks) callback(this);
  }
}

/** What to send, and the promise of an answer. */
export interface Asked {
  sent: Message[];
  request: Request;
}

/** Of one session: the labels are used once. */
export class Requests {
  readonly #open = new Map<string, Request>();
  #asked = 0;

  get size(): number {
    return this.#open.size;
  }

  /**
   * For this command (or this batch of lines, which is one).
   *
   * `labels`: the server has labeled-response.
   */
  ask(messages: readonly [Message, ...Message[]], labels: boolean, nowMs: number): Asked {
    this.#asked += 1;
    const label = `r${this.#asked.toString(16)}`;
    const [first, ...rest] = messages;
    const request = new Request(label, first.command, [...first.params], nowMs, labels);
    this.#open.set(label, request);
    let sent: Message[];
    if (labels) {
      const tagged = new Message(first.command, first.params, first.source, [...first.tags, ["label", label]]);
      sent = [tagged, ...rest];
    } else {
      const isFenced = request.command !== "PING" && shapeOf(request) === null;
      sent = [...messages, ...(isFenced ? [new Message("PING", [label])] : [])];
    }
    if (this.#open.size > MOST_OPEN) this.#finishOldest();
    return { sent, request };
  }

  /** The request that this answers, wholly or in part; null: nobody asked for it. */
  received(message: Message | Batch): Request | null {
    const request = this.#open.get(message.tags.get("label") ?? "");
    if (request === undefined || !request.labelled) return this.#unlabelled(message);
    if (!isAck(message)) request.add(message);
    this.#finish(request, failureIn(message));
    return request;
  }

  /** It was not sent after all. */
  drop(request: Request, reason: string): void {
    this.#finish(request, reason);
  }

  /** The connection is lost: nothing that is open will be answered. */
  giveUp(reason: string): void {
    for (const request of [...this.#open.values()]) this.#finish(request, reason);
  }

  expire(nowMs: number): void {
    for (const request of [...this.#open.values()]) {
      if (nowMs - request.askedMs >= PATIENCE_MS) this.#finish(request, NO_ANSWER);
    }
  }

  #finishOldest(): void {
    for (const request of this.#open.values()) {
      this.#finish(request, TOO_MANY);
      return;
    }
  }

  #finish(request: Request, failure = ""): void {
    this.#open.delete(request.label);
    request.finish(failure);
  }

  #unlabelled(message: Message | Batch): Request | null {
    for (const request of this.#open.values()) {
      const step = request.labelled ? null : stepOf(request, message);
      if (step === null) continue;
      if (step.isAnswer) request.add(message);
      if (step.isEnd) this.#finish(request, step.failure);
      return request;
    }
    return null;
  }
}

// -- without labels -------------------------------------------------------------------------------------------

/** What a message is to a request that it belongs to. */
interface Step {
  isAnswer: boolean;
  isEnd: boolean;
  failure: string;
}

const PART: Step = { isAnswer: true, isEnd: false, failure: "" };
const END: Step = { isAnswer: true, isEnd: true, failure: "" };

function stepOf(request: Request, message: Message | Batch): Step | null {
  const shape = shapeOf(request);
  if (message instanceof Batch) {
    if (shape === null || !shape.batches.includes(message.type)) return null;
    return isAbout(shape, request, message.params) ? END : null;
  }
  if (isError(message) && isErrorOf(request, message)) return { ...END, failure: words(message) };
  if (STANDARD.includes(message.command)) return message.params[0] === request.command ? PART : null;
  if (shape === null) return stepOfFence(request, message);
  const params = numerics.isNumeric(message.command) ? message.params.slice(1) : message.params;
  if (shape.ends.includes(message.command) && isAbout(shape, request, params)) return END;
  return shape.parts.includes(message.command) && isAbout(shape, request, params) ? PART : null;
}

/** A PING is its own fence. */
function stepOfFence(request: Request, message: Message): Step | null {
  const isPing = request.command === "PING";
  const token = isPing ? request.params.at(-1) : request.label;
  const isOver = message.command === "PONG" && message.params.at(-1) === token;
  return isOver ? { ...END, isAnswer: isPing } : null;
}

/** Whether the answer names what was asked about; where either names nothing, the order decides. */
function isAbout(shape: Shape, request: Request, params: readonly string[]): boolean {
  const [named] = params;
  if (!shape.subject || named === undefined) return true;
  return request.params.length > 0 && fold(named) === fold(subjectOf(request));
}

/** WHOIS <server> <nick>, CHATHISTORY LATEST <room> …, and for all others the first parameter. */
function subjectOf(request: Request): string {
  if (request.command === "WHOIS") return request.params.at(-1) ?? "";
  return request.params[request.command === "CHATHISTORY" && request.params.length > 1 ? 1 : 0] ?? "";
}

function isErrorOf(request: Request, message: Message): boolean {
  if (message.command === "FAIL") return message.params[0] === request.command;
  const commands = ERRORS_OF[message.command];
  if (commands !== undefined) return commands.includes(request.command);
  const about = message.params.slice(1, -1);
  const [first] = about;
  // Names nothing, as "Insufficient privileges": the order decides among those that end by order alone.
  if (first === undefined || first === "*") return shapeOf(request) === null;
  if (first.toUpperCase() === request.command) return true;
  const named = new Set(request.params.flatMap((param) => param.split(",")).map(fold));
  return about.some((param) => named.has(fold(param)));
}

/** The answer of a server that has nothing to say. */
function isAck(message: Message | Batch): boolean {
  return message instanceof Message && message.command === "ACK";
}

// -- what an error says ---------------------------------------------------------------------------------------

/** FAIL, or a numeric that says that something can't be done. */
export function isError(message: Message): boolean {
  const command = message.command;
  if (command === "FAIL" || OTHER_ERRORS.has(command)) return true;
  return numerics.isNumeric(command) && "400" <= command && command <= "599";
}

/** What a server says for people, fit to be shown: the last parameter. */
export function words(message: Message): string {
  let text = message.params.at(-1) ?? "";
  // 472 z :is unknown mode char to me
  if (text.startsWith("is ") && message.params.length > 2) text = `${message.params[1]} ${text}`;
  return clip(printable(text).trim(), LONGEST_FAILURE) || "the server refused it";
}

/** Why the server refused; "" for an answer without an error. History may hold anything, and is none. */
function failureIn(answer: Message | Batch): string {
  if (answer instanceof Message) return isError(answer) ? words(answer) : "";
  if (answer.type !== "labeled-response") return "";
  const error = answer.messages.find((one): one is Message => one instanceof Message && isError(one));
  return error === undefined ? "" : words(error);
}

// -- questions whose end is known -----------------------------------------------------------------------------

/** How an answer looks. `ends`: the last line of it (commands); `subject`: its first parameter is the subject. */
interface Shape {
  ends: readonly string[];
  parts: readonly string[];
  batches: readonly string[];
  subject: boolean;
}

function lines(ends: string, parts = "", subject = true): Shape {
  return { ends: ends.split(" "), parts: parts.split(" "), batches: [], subject };
}

function batches(names: string, subject = true): Shape {
  return { ends: [], parts: [], batches: names.split(" "), subject };
}

const SHAPES: Readonly<Record<string, Shape>> = {
  WHOIS: lines("318", "301 276 307 311 312 313 317 319 320 330 335 338 378 379 671 760"),
  WHOWAS: lines("369", "301 312 314 330 338"),
  WHO: lines("315", "352 354", false),
  LIST: lines("323", "321 322", false),
  MOTD: lines("376", "372 375", false),
  HELP: lines("706", "704 705", false),
  INFO: lines("374", "371", false),
  LINKS: lines("365", "364", false),
  VERSION: lines("351", "", false),
  TIME: lines("391", "", false),
  STATS: lines("219", "211 212 216 242 243"),
  ISON: lines("303", "", false),
  USERHOST: lines("302", "", false),
  AWAY: lines("305 306", "", false),
  MARKREAD: lines("MARKREAD"),
  REGISTER: lines("REGISTER", "", false),
  VERIFY: lines("VERIFY", "", false),
  SEARCH: batches("search draft/search soju.im/search", false),
};
const HISTORY = batches("chathistory");
const TARGETS = batches("draft/chathistory-targets chathistory-targets", false);
const NAMES = lines("366");
const TOPIC = lines("331 332");
const MODES = lines("324");
const OWN_MODES = lines("221", "", false);
const INVITATIONS = lines("337", "336", false);
const WATCHED = lines("733", "732", false);
const LISTS: Readonly<Record<string, Shape>> = {
  b: lines("368", "367"),
  e: lines("349", "348"),
  I: lines("347", "346"),
  q: lines("729", "728"),
};

/** null: how the answer ends can't be known. */
function shapeOf({ command, params }: Request): Shape | null {
  const first = params[0] ?? "";
  switch (command) {
    case "TOPIC":
      return params.length === 1 ? TOPIC : null;
    case "NAMES":
      return params.length > 0 && !first.includes(",") ? NAMES : null;
    case "MODE":
      return shapeOfMode(params);
    case "CHATHISTORY":
      return first.toUpperCase() === "TARGETS" ? TARGETS : HISTORY;
    case "INVITE":
      return params.length > 0 ? null : INVITATIONS;
    case "MONITOR":
      return first.toUpperCase() === "L" ? WATCHED : null;
    default:
      return SHAPES[command] ?? null;
  }
}

function shapeOfMode([target = "", modes = "", ...rest]: readonly string[]): Shape | null {
  if (modes === "") return /^[#&+!]/.test(target) ? MODES : OWN_MODES;
  return rest.length === 0 ? (LISTS[modes.replace(/^\++/, "")] ?? null) : null;
}
