/**
 * An IRC client without I/O: messages of the server go in; messages to the server and events for people come out.
 *
 * Owns the order of things: registration, rooms, catching up, sending. The parts know their subjects: registration.ts,
 * requests.ts (labels), batches.ts, the reducer (what messages change), outbox.ts (what we said), history.ts. Knows no
 * sockets, no screen; the clock and the nonces come from outside. Driven by Network, or by a test.
 */

import { partition } from "../irc/cutting";
import { fold } from "../irc/names";
import { isNumeric } from "../irc/numerics";
import { toTimestamp } from "../irc/times";
import { BadLine, escapeTag, Message, splitSource } from "../irc/wire";
import { Batch, Batches } from "./batches";
import { Chat, type Conversation, PROFILE_KEYS } from "./chat";
import { changed, type Event, type Phase, SELF_CHANGED } from "./events";
import { History } from "./history";
import { Isupport, readTokens } from "./isupport";
import { type Kind, Line, NONCE_TAG } from "./lines";
import { Live } from "./live/live";
import { DOUBTFUL, Full, MOST, Outbox, type Sending } from "./outbox";
import { type Hit, Reducer } from "./reducer/reducer";
import { type Identity, Registration, withoutBreaks } from "./registration";
import { isError, type Request, Requests, words } from "./requests";
import { type Limits, split } from "./sending";
import { Timeline } from "./timeline";

export type { Hit } from "./reducer/reducer";

/** Numerics that change what we know even where they answer a question. */
const STATEFUL = new Set(
  "001 005 301 305 306 315 324 329 331 332 333 352 353 354 366 761 766 774 900 901".split(" "),
);
/** Beside those: what is said to the asker alone. */
const ANSWERS = new Set(["FAIL", "WARN", "NOTE", "ACK", "PONG"]);
/** Their answers have tokens, which are for no eye and for no history: also where nobody waits for them any more. */
const SECRET = new Set(["LOGINTOKEN", "INVITELINK", "UPLOAD"]);
/** Why we may not enter a room, in a way that will not be better next time. */
const KEPT_OUT = new Set("403 405 470 473 474 475 476 477 489".split(" "));
/** Of the past of one conversation, which are kept up to date. */
const MOST_PIECES = 4;
const FENCE = "hubbub-sent-";
/** Rooms and people whose metadata we ask for again later. */
const MOST_POSTPONED = 100;
const NOT_HERE = "you are not in this room any more";

/** What a server may or may not offer. */
export type Feature =
  | "edit"
  | "redact"
  | "react"
  | "reply"
  | "search"
  | "read-marker"
  | "multiline"
  | "typing"
  | "live"
  | "register"
  | "metadata"
  | "history";

/** Any of these sets of capabilities. */
const NEEDS: Readonly<Record<Exclude<Feature, "history">, readonly (readonly string[])[]>> = {
  edit: [["hubbub.chat/message-edit"]],
  redact: [["draft/message-redaction"]],
  react: [["message-tags"]],
  reply: [["message-tags"]],
  search: [["soju.im/search"], ["draft/search"]],
  "read-marker": [["draft/read-marker"], ["soju.im/read"]],
  multiline: [["draft/multiline", "batch"]],
  typing: [["message-tags"]],
  live: [["hubbub.chat/live", "message-tags"]],
  register: [["draft/account-registration"]],
  metadata: [["draft/metadata-2"], ["draft/metadata-3"]],
};

/** What Session needs from outside. */
export interface World {
  nowMs(): number;
  /** Random, in letters and digits. */
  nonce(): string;
  /** There is something to send or to show. */
  wake?(): void;
  /** Joined on arrival, with their keys. */
  rooms?: ReadonlyMap<string, string>;
  /** Up to when (ms) a conversation of this name was read on this device; 0 if it never was. */
  readBefore?(name: string): number;
}

/** What to look for (soju.im/search); times as in server-time. */
export interface Query {
  text?: string;
  in?: string;
  from?: string;
  after?: string;
  before?: string;
  has?: string;
}

/** `failure`: why there are none, in words for people. */
export interface Found {
  hits: Hit[];
  failure: string;
}

export class Session {
  readonly chat: Chat;
  readonly history: History;
  /** What people type as they type it. */
  readonly live: Live;
  phase: Phase = "waiting";
  identity: Identity;
  /** Whether the last connection came as far as that. */
  wasOnline = false;
  isConnected = false;
  readonly #world: World;
  readonly #rooms: Map<string, string>;
  #asksName = false;
  readonly #asked = new Set<string>();
  #seenMs = 0;
  readonly #labelled = new Map<string, Line>();
  /** By folded name, whose metadata is to be asked for when. */
  readonly #postponed = new Map<string, { target: string; atMs: number }>();
  #out: Message[] = [];
  #events: Event[] = [];
  readonly #batches = new Batches();
  readonly #requests = new Requests();
  readonly #reducer: Reducer;
  readonly #outbox: Outbox;
  #registration: Registration;

  constructor(identity: Identity, world: World) {
    this.identity = identity;
    this.#world = world;
    this.#rooms = new Map(world.rooms ?? []);
    this.chat = new Chat(identity.nick, (name) => world.readBefore?.(name) ?? 0);
    this.#reducer = new Reducer(this.chat);
    this.#outbox = new Outbox((sending, messages) => this.#sendLine(sending, messages));
    this.history = new History(this);
    this.live = new Live(this, {
      nowMs: () => world.nowMs(),
      newId: () => world.nonce(),
      put: (messages) => this.#put(messages),
      tell: (event) => this.#tell(event),
      wake: () => world.wake?.(),
    });
    this.#registration = this.#newRegistration();
  }

  // -- the connection -----------------------------------------------------------------------------------------

  /** On a fresh connection. `safe`: it is encrypted or stays on this machine, so passwords may be sent. */
  connected(safe = false): void {
    this.isConnected = true;
    this.wasOnline = this.#asksName = false;
    this.#batches.clear();
    this.identity = { ...this.identity, maySendPlain: safe };
    this.#registration = this.#newRegistration();
    this.setPhase("registering");
    this.#put(this.#registration.start());
  }

  #newRegistration(): Registration {
    return new Registration(this.identity, () => this.#world.nonce());
  }

  /** Whatever the server sends, line by line. */
  received(message: Message): void {
    if (message.command === "PING") {
      this.#put([new Message("PONG", message.params)]);
      return;
    }
    const whole = this.#batches.received(message);
    if (whole !== null) this.#take(whole);
  }

  /** The connection is gone; what waits is kept. */
  disconnected(): void {
    this.isConnected = false;
    this.#out = [];
    this.#seenMs = this.#world.nowMs();
    this.#batches.clear();
    this.#postponed.clear();
    this.#outbox.lost();
    this.live.lost();
    this.#requests.giveUp("the connection was lost");
    this.chat.registered = false;
    for (const conversation of this.chat.conversations.values()) {
      conversation.typing.clear();
      conversation.loading = false;
      if (conversation.isRoom) conversation.joined = false;
    }
    this.#tell(SELF_CHANGED);
  }

  /** Once a second or so. */
  tick(): void {
    const now = this.#world.nowMs();
    this.#requests.expire(now);
    this.live.tick();
    this.#synchronize(now);
    for (const conversation of this.chat.conversations.values()) {
      const over = [...conversation.typing].filter(([, until]) => until <= now);
      for (const [nick] of over) conversation.typing.delete(nick);
      if (over.length > 0) this.#tell(changed(conversation));
    }
  }

  /** Ask for the metadata that the server did not want to send before. */
  #synchronize(now: number): void {
    for (const [name, { target, atMs }] of this.#postponed) {
      if (atMs > now) continue;
      this.#postponed.delete(name);
      const room = this.chat.isChannel(target) ? this.chat.find(target) : undefined;
      if (room?.joined !== false) this.ask("METADATA", [target, "SYNC"]);
    }
  }

  /** What is to be sent now. */
  takeMessages(): Message[] {
    const messages = this.#out;
    this.#out = [];
    return messages;
  }

  /** What has changed since the last call. */
  takeEvents(): Event[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }

  /** Said by whoever owns the connection. */
  setPhase(phase: Phase, reason = "", retryAt = 0): void {
    this.phase = phase;
    this.#tell({ kind: "phase", phase, reason, retryAt });
  }

  /** Whether coming in waits for somebody to choose another name. */
  get asksName(): boolean {
    return this.phase === "registering" && this.#asksName;
  }

  /** Why the server doesn't want us, if it said so. */
  get refusal(): string {
    return this.#registration.refused;
  }

  /** Those that we are in, or want to be in: joined on arrival, with their keys. */
  get rooms(): ReadonlyMap<string, string> {
    return this.#rooms;
  }

  // -- what the server says -----------------------------------------------------------------------------------

  #take(whole: Message | Batch): void {
    this.#recognise(whole);
    const isOurs = this.#labelled.has(whole.tags.get("label") ?? "");
    const request = this.#requests.received(whole);
    const isClaimed = request !== null;
    // Whether it answers a question, rather than a line of ours.
    const isAsked = isClaimed && !isOurs;
    if (whole instanceof Message) {
      this.#register(whole);
      if (KEPT_OUT.has(whole.command)) this.#keptOut(whole.params[1] ?? "");
      this.#apply(whole, isClaimed, isAsked);
      if (!isClaimed && isError(whole)) this.#refused(whole);
    } else if (whole.type.endsWith("chathistory")) {
      if (!isClaimed) this.#apply(whole, false);
    } else if (whole.type === "labeled-response") {
      for (const one of whole.messages) this.#apply(one, isClaimed, isAsked);
    } else if (!isClaimed || !whole.type.endsWith("search")) {
      this.#apply(whole, isClaimed, isAsked);
    }
    this.#flush();
  }

  #apply(one: Message | Batch, isClaimed: boolean, isAsked = isClaimed): void {
    if (one instanceof Batch && one.type.endsWith("search")) return;
    if (this.live.received(opening(one))) return;
    if (one instanceof Message && (SECRET.has(one.command) || (isClaimed && isAnswer(one)))) return;
    // What was asked of a service, and what it says, is no conversation: there may be a password in it.
    if (one instanceof Message && isAsked && this.#isSaidAlone(one)) return;
    for (const event of this.#reducer.apply(one, this.#world.nowMs())) this.#react(event);
  }

  #isSaidAlone({ command, params }: Message): boolean {
    if (command !== "PRIVMSG" && command !== "NOTICE") return false;
    return params[0] !== undefined && !this.chat.isChannel(params[0].replace(/^[@+]+/, ""));
  }

  /** What follows from a change, beside telling it. */
  #react(event: Event): void {
    if (event.kind === "opened") {
      const { conversation } = event;
      const asked = this.#asked.delete(fold(conversation.name));
      if (conversation.isRoom) this.#keepRoom(conversation.name);
      this.#entered(conversation);
      this.live.entered(conversation);
      this.#tell({ kind: "opened", conversation, asked: asked || event.asked });
      return;
    }
    if (event.kind === "postponed") {
      if (this.#postponed.size < MOST_POSTPONED) this.#postponed.set(fold(event.target), event);
      return;
    }
    if (event.kind === "closed") {
      this.live.closed(event.conversation);
      this.#dropRoom(event.conversation.name);
      this.#outbox.notReady(event.conversation);
      this.#failAll(event.conversation, NOT_HERE);
    } else if (event.kind === "added" && event.line.kind === "rename" && event.conversation.joined) {
      this.#keepRoom(event.conversation.name, this.#dropRoom(event.line.target));
    } else if (event.kind === "updated" && event.line.delivery !== "pending") {
      this.#outbox.done(event.line);
    }
    this.#tell(event);
  }

  #keptOut(name: string): void {
    if (this.chat.find(name)?.joined !== true) this.#dropRoom(name);
  }

  /** Be there again after the connection was lost. The key that we came in with: not every server tells it again. */
  #keepRoom(name: string, key = ""): void {
    const known = this.#dropRoom(name);
    this.#rooms.set(name, key || known);
  }

  /** Returns its key. */
  #dropRoom(name: string): string {
    for (const [one, key] of this.#rooms) {
      if (fold(one) !== fold(name)) continue;
      this.#rooms.delete(one);
      return key;
    }
    return "";
  }

  #register(message: Message): void {
    const registration = this.#registration;
    const { chat } = this;
    this.#put(registration.received(message));
    for (const event of registration.takeEvents()) {
      this.#asksName ||= event.kind === "nameRefused";
      if (event.kind === "loginRefused" && event.byToken) this.#loggedOut();
      this.#tell(event);
    }
    if (!isSameMap(chat.capabilities, registration.enabled) || !isSameMap(chat.offered, registration.offered)) {
      chat.capabilities = new Map(registration.enabled);
      chat.offered = new Map(registration.offered);
      this.#tell(SELF_CHANGED);
    }
    if (readTokens(chat.tokens, message)) chat.network = new Isupport(chat.tokens).network || chat.network;
    if (registration.registered && !chat.registered) {
      chat.nick = registration.nick;
      chat.registered = true;
    }
    // Only now is it known what the server can do: 005 has come.
    if ((message.command === "376" || message.command === "422") && this.phase === "registering") this.#arrived();
  }

  /** The token is no longer good: what we were logged in to before the connection was lost is not ours now. */
  #loggedOut(): void {
    this.proveBy("");
    this.chat.account = "";
    this.#tell(SELF_CHANGED);
  }

  /** Give what comes back of our own words the nonce that it went out with, where the server lost it. */
  #recognise(whole: Message | Batch): void {
    const label = whole.tags.get("label") ?? "";
    if (whole instanceof Batch && whole.type === "labeled-response") {
      for (const one of whole.messages) {
        if (!one.tags.has("label")) one.tags.set("label", label);
        this.#recognise(one);
      }
      return;
    }
    const said = whole instanceof Batch ? firstMessage(whole) : whole;
    if (said === null || (said.command !== "PRIVMSG" && said.command !== "NOTICE")) return;
    const [target = "", text] = said.params;
    if (text === undefined || whole.tags.has(NONCE_TAG) || !this.chat.isMe(splitSource(said.source)[0])) return;
    const conversation = this.chat.find(target);
    const labelled = this.#labelled.get(label);
    const line = labelled ?? (conversation && this.#outbox.first(conversation, spokenText(text))?.line);
    if (line !== undefined) whole.tags.set(NONCE_TAG, line.nonce);
  }

  // -- coming in ----------------------------------------------------------------------------------------------

  /** We are in: enter the rooms, and look for what was said to us meanwhile. */
  #arrived(): void {
    this.wasOnline = true;
    this.setPhase("online");
    this.live.arrived();
    if (this.can("metadata")) this.ask("METADATA", ["*", "SUB", ...PROFILE_KEYS]);
    for (const [name, key] of this.#rooms) this.#putJoin(name, key);
    this.history.targets(this.#seenMs, this.#world.nowMs(), (names) => this.#foundTargets(names));
    for (const conversation of [...this.chat.conversations.values()]) {
      if (conversation.place === "direct") this.#catchUp(conversation);
    }
    for (const conversation of this.#outbox.waitsForHistory()) {
      if (conversation.isRoom && !this.#rooms.has(conversation.name)) this.#failAll(conversation, NOT_HERE);
    }
  }

  #foundTargets(names: readonly string[]): void {
    for (const name of names) {
      if (this.chat.isChannel(name) || this.chat.find(name) !== undefined) continue;
      const conversation = this.chat.open(name, "direct");
      this.#tell({ kind: "opened", conversation, asked: false });
      this.#entered(conversation);
    }
  }

  #entered(conversation: Conversation): void {
    if (this.phase !== "online" && !this.chat.registered) return;
    this.#compareMarks(conversation);
    this.#catchUp(conversation);
  }

  /** The server says how far we have read; a guest says it, too: of guests it forgets it when they leave. */
  #compareMarks(conversation: Conversation): void {
    if (!this.can("read-marker")) return;
    const { name, place, readMs } = conversation;
    const known = this.chat.readBefore(name);
    if (this.chat.account === "" && known > 0 && known === readMs) this.#putMark(conversation);
    else if (place === "direct") this.#put([new Message("MARKREAD", [name])]);
  }

  #putMark({ name, readMs }: Conversation): void {
    this.#put([new Message("MARKREAD", [name, `timestamp=${toTimestamp(readMs)}`])]);
  }

  #catchUp(conversation: Conversation): void {
    const { timeline } = conversation;
    if (conversation.place === "server") return;
    const before = timeline.length;
    conversation.loading = true;
    this.history.catchUp(conversation, (checked) => {
      this.loaded(conversation, timeline, timeline.length - before, false);
      for (const line of this.#outbox.ready(conversation, checked)) this.#fail(conversation, line, DOUBTFUL);
      this.#flush();
    });
  }

  // -- history ------------------------------------------------------------------------------------------------

  /** Put a page of history into its place; for History. */
  merge(conversation: Conversation, content: Iterable<Message | Batch>, timeline: Timeline, older: boolean): Line[] {
    const lines = this.#reducer.page(conversation, content, this.#world.nowMs(), { timeline, older });
    for (const line of this.#outbox.waiting(conversation)) if (line.delivery === "arrived") this.#outbox.done(line);
    return lines;
  }

  /** A page is in its place; for History. */
  loaded(conversation: Conversation, timeline: Timeline, count: number, older: boolean): void {
    conversation.loading = false;
    if (timeline === conversation.timeline) conversation.recount();
    this.#tell({ kind: "loaded", conversation, timeline, count, older });
  }

  loadOlder(conversation: Conversation, timeline: Timeline = conversation.timeline): void {
    if (this.phase !== "online" || conversation.loading || timeline.atStart) return;
    conversation.loading = true;
    this.history.loadOlder(conversation, timeline);
  }

  loadNewer(conversation: Conversation, timeline: Timeline): void {
    if (this.phase !== "online" || conversation.loading) return;
    conversation.loading = true;
    this.history.loadNewer(conversation, timeline);
  }

  /** A piece of history around a message, apart from what is going on; a loaded event says when it is there. */
  past(conversation: Conversation, msgid: string, timeMs: number): Timeline {
    const timeline = new Timeline();
    conversation.pieces = [...conversation.pieces.slice(1 - MOST_PIECES), timeline];
    this.history.around(conversation, timeline, msgid, timeMs);
    return timeline;
  }

  async search(query: Query, limit = 50): Promise<Found> {
    const attributes = Object.entries({ ...query, limit: String(limit) }).filter(([, value]) => value);
    // As the values of message tags are: the attributes are parted by semicolons.
    const text = attributes.map(([key, value]) => `${key}=${escapeTag(value)}`).join(";");
    const request = await this.ask("SEARCH", [text]).settled;
    return request.failed ? { hits: [], failure: request.failure } : { hits: this.#hits(request), failure: "" };
  }

  #hits(request: Request): Hit[] {
    const content = request.answers.flatMap((answer) => (answer instanceof Batch ? answer.messages : []));
    return content.map((one) => this.#reducer.found(one, this.#world.nowMs())).filter((hit) => hit !== null);
  }

  // -- saying -------------------------------------------------------------------------------------------------

  /** What the server takes in one message. */
  get limits(): Limits {
    const { chat } = this;
    const pairs = (chat.capabilities.get("draft/multiline") ?? "").split(",").map((part) => partition(part, "="));
    const batches = new Isupport(new Map(pairs.map(([name, , value]) => [name, value])));
    return {
      line: new Isupport(chat.tokens).linelen,
      batchBytes: chat.has("draft/multiline", "batch") ? batches.number("max-bytes", 4096) : 0,
      batchLines: batches.number("max-lines", 0),
      tags: chat.has("message-tags"),
    };
  }

  /**
   * Say it, now or when there is a connection again. Several lines only where the server takes no such text.
   *
   * Throws NothingToSend and Full, both before anything has happened.
   */
  say(conversation: Conversation, text: string, { kind = "message", replyTo }: { kind?: Kind; replyTo?: Line | undefined } = {}): Line[] {
    const pieces = split(conversation.name, text, kind, this.limits);
    if (this.#outbox.waiting(conversation).length + pieces.length > MOST) throw new Full();
    const lines = pieces.map((piece) => this.#written(piece, kind, replyTo));
    const [first] = lines;
    // Others have seen it being typed; it takes the place of that.
    if (first !== undefined) first.nonce = this.live.committed(conversation) || first.nonce;
    for (const line of lines) {
      conversation.timeline.append(line);
      this.#outbox.add(conversation, line);
      this.#tell({ kind: "added", conversation, line, live: false });
    }
    if (conversation.place === "direct" && this.phase === "online") this.#outbox.ready(conversation);
    this.#flush();
    return lines;
  }

  /** Whether something was said that the server has not confirmed. */
  get isOwing(): boolean {
    return !this.#outbox.isEmpty;
  }

  #flush(): void {
    if (!this.#outbox.isEmpty) this.#outbox.flush(this.limits);
  }

  #written(text: string, kind: Kind, replyTo: Line | undefined): Line {
    return new Line(kind, this.#world.nowMs(), {
      nick: this.chat.nick,
      account: this.chat.account,
      text,
      nonce: this.#world.nonce(),
      replyTo: replyTo?.msgid ?? "",
      mine: true,
      delivery: "pending",
    });
  }

  /** For Outbox. The answer comes as an echo, as a refusal, or, on servers without either, as a PONG. */
  #sendLine(sending: Sending, messages: [Message, ...Message[]]): void {
    if (this.chat.has("labeled-response", "echo-message")) {
      // It never runs out of time: either an answer comes, or the connection is lost.
      const { sent, request } = this.#requests.ask(messages, true, Infinity);
      this.#labelled.set(request.label, sending.line);
      request.whenDone(() => this.#answered(sending, request));
      this.#put(sent);
    } else {
      this.#put(messages);
    }
    if (!this.chat.has("echo-message")) {
      const request = this.ask("PING", [`${FENCE}${sending.line.nonce}`]);
      request.whenDone(() => this.#fenced(sending, request));
    }
  }

  #answered(sending: Sending, request: Request): void {
    this.#labelled.delete(request.label);
    if (request.failed && sending.sent && sending.line.delivery === "pending") {
      this.#fail(sending.conversation, sending.line, request.failure);
    }
  }

  #fenced({ conversation, line }: Sending, request: Request): void {
    if (request.failed || line.delivery !== "pending") return;
    line.delivery = "arrived";
    conversation.timeline.settle(line, this.#world.nowMs());
    this.#outbox.done(line);
    this.#tell({ kind: "updated", conversation, line });
  }

  /** On servers without labels: the oldest line to that room or person was not taken. */
  #refused(message: Message): void {
    if (this.chat.has("labeled-response")) return;
    for (const param of message.params.slice(1, -1)) {
      const conversation = this.chat.find(param);
      const sending = conversation && this.#outbox.oldest(conversation);
      if (sending !== undefined) this.#fail(sending.conversation, sending.line, words(message));
    }
  }

  #fail(conversation: Conversation, line: Line, reason: string): void {
    this.#outbox.done(line);
    line.delivery = "failed";
    line.failure = reason;
    conversation.timeline.settle(line, this.#world.nowMs());
    this.#tell({ kind: "updated", conversation, line });
  }

  #failAll(conversation: Conversation, reason: string): void {
    for (const line of this.#outbox.waiting(conversation)) {
      if (line.delivery === "pending") this.#fail(conversation, line, reason);
    }
  }

  /** Say a failed line again; where too much waits already, it stays as it is. */
  retry(conversation: Conversation, line: Line): void {
    try {
      this.say(conversation, line.text, { kind: line.kind, replyTo: answeredBy(line) });
    } catch (problem) {
      if (!(problem instanceof Full)) throw problem;
      line.failure = problem.message;
      this.#tell({ kind: "updated", conversation, line });
      return;
    }
    this.discard(conversation, line);
  }

  /** Forget a line of ours that has not been sent. */
  discard(conversation: Conversation, line: Line): void {
    this.#outbox.done(line);
    conversation.timeline.remove(line);
    this.#tell(changed(conversation));
  }

  // -- about messages -----------------------------------------------------------------------------------------

  edit(conversation: Conversation, line: Line, text: string): Request {
    const body = line.kind === "action" ? `\x01ACTION ${text}\x01` : text;
    return this.ask("EDITMSG", [conversation.name, line.msgid, body]);
  }

  redact(conversation: Conversation, line: Line, reason = ""): Request {
    return this.ask("REDACT", [conversation.name, line.msgid, ...(reason === "" ? [] : [reason])]);
  }

  react(conversation: Conversation, line: Line, emoji: string, wanted = true): Request {
    return this.ask("TAGMSG", [conversation.name], [
      ["+reply", line.msgid],
      ["+draft/reply", line.msgid],
      [wanted ? "+draft/react" : "+draft/unreact", emoji],
    ]);
  }

  /** Let the others know; call it at most every three seconds. */
  typing(conversation: Conversation, active: boolean): void {
    if (this.phase !== "online" || !this.chat.has("message-tags") || conversation.place === "server") return;
    // The server tells it those who don't see the letters.
    if (this.live.isOn(conversation)) return;
    this.#put([new Message("TAGMSG", [conversation.name], "", [["+typing", active ? "active" : "done"]])]);
  }

  /** Everything up to then has been read; without a time: all of it. */
  markRead(conversation: Conversation, upToMs?: number): void {
    const [newest] = conversation.timeline.arrived();
    const timeMs = upToMs ?? newest?.timeMs ?? 0;
    if (timeMs <= conversation.readMs || conversation.place === "server") return;
    conversation.readMs = timeMs;
    conversation.recount();
    this.#tell(changed(conversation));
    if (this.can("read-marker") && this.phase === "online") {
      this.#putMark(conversation);
    }
  }

  /** Nothing from this line on has been read. The server's mark only grows, so this holds here, and until it does. */
  markUnread(conversation: Conversation, from: Line): void {
    if (conversation.place === "server" || conversation.timeline.index(from) < 0) return;
    conversation.readMs = Math.min(conversation.readMs, from.timeMs - 1);
    conversation.recount();
    this.#tell(changed(conversation));
  }

  // -- rooms and people ---------------------------------------------------------------------------------------

  /** Enter a room; once we are in it is shown. */
  join(name: string, key = ""): void {
    this.#asked.add(fold(name));
    this.#keepRoom(name, key);
    if (this.phase === "online") this.#putJoin(name, key);
  }

  #putJoin(name: string, key: string): void {
    this.#put([new Message("JOIN", key === "" ? [name] : [name, key])]);
  }

  part(conversation: Conversation, reason = ""): void {
    this.#dropRoom(conversation.name);
    if (this.phase !== "online") return;
    this.#put([new Message("PART", reason === "" ? [conversation.name] : [conversation.name, withoutBreaks(reason)])]);
  }

  /** The direct conversation with somebody, opened if need be. `asked`: it is to be shown. */
  converse(nick: string, asked = true): Conversation {
    const known = this.chat.find(nick);
    if (known !== undefined) return known;
    const conversation = this.chat.open(nick, "direct");
    this.#tell({ kind: "opened", conversation, asked });
    this.#entered(conversation);
    return conversation;
  }

  /** Close a direct conversation, or a room that we have left. What was said stays on the server. */
  close(conversation: Conversation): void {
    this.chat.conversations.delete(fold(conversation.name));
    this.#dropRoom(conversation.name);
    this.live.closed(conversation);
    this.#tell({ kind: "closed", conversation, reason: "" });
  }

  /** What they say from now on is not shown here. */
  ignore(nick: string, wanted: boolean): void {
    if (wanted) this.chat.ignored.add(fold(nick));
    else this.chat.ignored.delete(fold(nick));
    if (wanted) this.live.ignored(nick);
  }

  // -- who we are ---------------------------------------------------------------------------------------------

  /** Another name: instead of one that was refused, or from now on. */
  takeName(nick: string): void {
    this.identity = { ...this.identity, nick };
    if (this.chat.registered) this.ask("NICK", [nick]);
    else this.#put(this.#registration.takeName(nick));
  }

  /** Log in; while we are connected, too. */
  login(account: string, password: string): void {
    this.identity = { ...this.identity, account, password, token: "" };
    if (this.phase === "registering" || this.phase === "online") {
      this.#put(this.#registration.loginAgain(account, password));
    }
  }

  /** From now on come back by this token, and forget the password; "": the token is no longer good. */
  proveBy(token: string): void {
    const account = this.chat.account || this.identity.account;
    this.identity = { ...this.identity, account, token, ...(token === "" ? {} : { password: "" }) };
  }

  /** Claim the name that we have. */
  register(password: string, account = "*"): Request {
    return this.ask("REGISTER", [account, "*", password]);
  }

  /** null: here again. */
  setAway(reason: string | null): Request {
    return this.ask("AWAY", reason === null ? [] : [reason || "away"]);
  }

  leave(reason = ""): void {
    this.#put([new Message("QUIT", reason === "" ? [] : [withoutBreaks(reason)])]);
  }

  // -- asking -------------------------------------------------------------------------------------------------

  /** Send a command and follow what the server answers. */
  ask(command: string, params: readonly string[] = [], tags: Iterable<readonly [string, string]> = []): Request {
    const message = new Message(command, params.map(withoutBreaks), "", tags);
    const labels = this.chat.has("labeled-response");
    const { sent, request } = this.#requests.ask([message], labels, this.#world.nowMs());
    const problem = problemOf(message);
    if (!this.isConnected) this.#requests.drop(request, "there is no connection");
    else if (problem !== "") this.#requests.drop(request, problem);
    else this.#put(sent);
    return request;
  }

  /** Whether the server offers it; what is missing is said, not hidden. */
  can(feature: Feature): boolean {
    if (feature === "history") return this.history.exists;
    return NEEDS[feature].some((capabilities) => this.chat.has(...capabilities));
  }

  // -- the ways out -------------------------------------------------------------------------------------------

  #put(messages: readonly Message[]): void {
    if (messages.length === 0) return;
    this.#out.push(...messages);
    this.#world.wake?.();
  }

  #tell(event: Event): void {
    this.#events.push(event);
    this.#world.wake?.();
  }
}

/** Whether it says something to the asker alone, rather than that something has happened. */
function isAnswer({ command }: Message): boolean {
  return isNumeric(command) ? !STATEFUL.has(command) : ANSWERS.has(command);
}

/** A message, or the first line of several with the tags of the whole. */
function opening(one: Message | Batch): Message {
  if (one instanceof Message) return one;
  const [first] = one.flat();
  return new Message("BATCH", first?.params.slice(0, 1) ?? [], first?.source ?? "", one.tags);
}

/** What it answers need not be loaded. */
function answeredBy({ replyTo }: Line): Line | undefined {
  return replyTo === "" ? undefined : new Line("message", 0, { msgid: replyTo });
}

function firstMessage(batch: Batch): Message | null {
  if (batch.type !== "draft/multiline") return null;
  const [first] = batch.flat();
  return first ?? null;
}

function spokenText(text: string): string {
  return text.startsWith("\x01ACTION") ? text.replace(/^\x01ACTION /, "").replace(/\x01$/, "") : text;
}

/** Why it can't be written as a line; people type the parameters. */
function problemOf(message: Message): string {
  try {
    message.toLine();
  } catch (problem) {
    if (problem instanceof BadLine) return problem.message;
    throw problem;
  }
  return "";
}

function isSameMap(one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): boolean {
  return one.size === other.size && [...one].every(([key, value]) => other.get(key) === value);
}
