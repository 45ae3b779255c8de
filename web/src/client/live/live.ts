/**
 * Live text of a client: with whom letters are shared, and who types what.  docs/specs/live-text.md
 *
 * Owns what we have asked the server for (LIVE ON and OFF), the lines that we type, one per conversation, and the lines
 * of others. A letter leaves only where `isOn` says so. Knows no I/O and no screen: Session hands it what the server
 * sends, whoever owns the connection calls `tick` when `due` says so. The same as src/hubbub/client/live.py.
 */

import { words } from "../../irc/cutting";
import { BadUpdate, read, type Update } from "../../irc/live";
import { fold } from "../../irc/names";
import { Message, splitSource } from "../../irc/wire";
import type { Conversation } from "../chat";
import type { Event } from "../events";
import { NONCE_TAG } from "../lines";
import type { Request } from "../requests";
import type { Session } from "../session";
import { LiveLine } from "./lines";
import { LiveSending } from "./sending";

export const CAPABILITY = "hubbub.chat/live";
export const TAG = "+hubbub.chat/live";
export const EVERYWHERE = "*";
/** Of one conversation: more can't be shown. */
const MOST_LINES = 50;
/** Where nobody sees it, all is told again after so long: somebody may have come. */
const ALL_MS = 10_000;
const REFUSALS = new Set(["401", "403", "404", "442", "477"]);

/** Who sees what we type, as far as the server has told: how many, and some of their nicks. */
export interface Audience {
  readonly number: number;
  readonly nicks: readonly string[];
}

/** What somebody else is typing. */
export interface Typed {
  nick: string;
  readonly line: LiveLine;
}

/** What Live needs from outside. `newId` gives ids of lines, which become nonces of messages. */
export interface LiveWorld {
  nowMs(): number;
  newId(): string;
  put(messages: readonly Message[]): void;
  tell(event: Event): void;
  wake(): void;
}

/** Of one session. */
export class Live {
  /** Folded name of a room or a person, or * for everywhere: whether we want it there. Kept by whoever likes. */
  readonly wanted = new Map<string, boolean>();
  readonly #session: Session;
  readonly #world: LiveWorld;
  /** Rooms in which the server has said yes. */
  readonly #rooms = new Set<string>();
  /** People about whom we have chosen, and the server knows nothing of it: they were not there, or have gone. */
  readonly #unknown = new Set<string>();
  readonly #sending = new Map<Conversation, LiveSending>();
  /** By conversation, then by author and id. */
  readonly #lines = new Map<Conversation, Map<string, Typed>>();
  readonly #audiences = new Map<string, Audience>();

  constructor(session: Session, world: LiveWorld) {
    this.#session = session;
    this.#world = world;
  }

  // -- with whom ----------------------------------------------------------------------------------------------

  /** Whether the server has live text at all. */
  get exists(): boolean {
    return this.#session.chat.has(CAPABILITY, "message-tags");
  }

  /** Whether letters are to be shown in a room or to a person. */
  isWanted(name: string): boolean {
    return this.wanted.get(fold(name)) ?? this.wanted.get(EVERYWHERE) ?? false;
  }

  /** Whether letters typed there leave the screen. */
  isOn(conversation: Conversation): boolean {
    if (!this.exists || this.#session.phase !== "online" || !this.isWanted(conversation.name)) return false;
    const folded = fold(conversation.name);
    if (conversation.isRoom) return conversation.joined && this.#rooms.has(folded);
    return conversation.place === "direct" && !this.#unknown.has(folded);
  }

  /** Who sees what we type there; null: the server hasn't said. */
  audience(conversation: Conversation): Audience | null {
    return this.#audiences.get(fold(conversation.name)) ?? null;
  }

  /** LIVE ON or OFF, for a room, a person, or (without a name) everywhere. What becomes of it is in the answer. */
  want(wanted: boolean, name = ""): Request {
    if (name === "") this.#wantEverywhere(wanted);
    else this.#choose(name, wanted);
    for (const conversation of this.#sending.keys()) {
      if (!this.isWanted(conversation.name)) this.#stop(conversation);
    }
    this.tick();
    const request = this.#session.ask("LIVE", [wanted ? "ON" : "OFF", ...(name === "" ? [] : [name])]);
    request.whenDone(({ failed }) => {
      if (!failed) return;
      if (wanted) this.wanted.delete(name === "" ? EVERYWHERE : fold(name));
      else if (this.#isPerson(name)) this.#unknown.add(fold(name));
    });
    if (wanted && name === "") for (const conversation of this.#session.chat.conversations.values()) this.entered(conversation);
    return request;
  }

  #wantEverywhere(wanted: boolean): void {
    this.wanted.clear();
    this.#rooms.clear();
    this.#unknown.clear();
    if (wanted) this.wanted.set(EVERYWHERE, true);
  }

  #choose(name: string, wanted: boolean): void {
    this.wanted.set(fold(name), wanted);
    this.#unknown.delete(fold(name));
  }

  #isPerson(name: string): boolean {
    return name !== "" && !this.#session.chat.isChannel(name);
  }

  /** On a fresh connection, which knows nothing of what we want. */
  arrived(): void {
    if (!this.exists) return;
    if (this.wanted.get(EVERYWHERE) === true) this.#ask(true, "");
    for (const [name, wanted] of this.wanted) {
      if (name !== EVERYWHERE && this.#isPerson(name)) this.#ask(wanted, name);
    }
  }

  /** We are in a room: if it allows live text, letters may be shown there. */
  entered(conversation: Conversation): void {
    const { name } = conversation;
    if (!this.exists || !conversation.isRoom || !conversation.joined) return;
    if (this.isWanted(name)) this.#ask(true, name);
    else if (this.wanted.get(fold(name)) === false && this.wanted.get(EVERYWHERE) === true) this.#ask(false, name);
  }

  /** What nobody has asked for at this moment; a refusal is no news. */
  #ask(wanted: boolean, name: string): void {
    const request = this.#session.ask("LIVE", [wanted ? "ON" : "OFF", ...(name === "" ? [] : [name])]);
    if (!this.#isPerson(name)) return;
    request.whenDone(({ failed }) => {
      if (failed) this.#unknown.add(fold(name));
    });
  }

  /** Somebody is there (again): the server learns what we have chosen about them. */
  #heardOf(nick: string): void {
    if (!this.#unknown.delete(nick)) return;
    const wanted = this.wanted.get(nick);
    if (wanted !== undefined) this.#ask(wanted, nick);
  }

  /** Somebody about whom we have chosen is in a room with us; they may have been somebody else to the server. */
  #isThere({ command, params }: Message, nick: string): void {
    if (this.wanted.size === 0) return;
    const there = words(params[3] ?? "").map((name) => fold(splitSource(name.replace(/^[~&@%+]+/, ""))[0]));
    for (const name of command === "JOIN" ? [nick] : there) {
      const wanted = this.wanted.get(name);
      this.#unknown.delete(name);
      if (wanted !== undefined) this.#ask(wanted, name);
    }
  }

  // -- what we type -------------------------------------------------------------------------------------------

  /**
   * What stands in the input, wherever it is, so that what was pasted is known when letters begin to be shown.
   *
   * `pasted`: what is new of it was not typed letter by letter. `said`: it will be a message to this conversation, as it
   * stands; a command won't.
   */
  typed(conversation: Conversation, text: string, { pasted = false, said = true } = {}): void {
    const sending = this.#sending.get(conversation) ?? this.#begin(conversation, text);
    if (sending === null) return;
    if (!said || !this.isOn(conversation)) {
      sending.note(text, { pasted });
      this.cancel(conversation);
      return;
    }
    sending.typed(text, this.#world.nowMs(), { pasted });
    this.tick();
    // Part of it may have to wait.
    this.#world.wake();
  }

  #begin(conversation: Conversation, text: string): LiveSending | null {
    if (text === "") return null;
    const sending = new LiveSending(() => this.#world.newId());
    this.#sending.set(conversation, sending);
    return sending;
  }

  /** Whether something that was pasted waits for Enter. */
  holdsBack(conversation: Conversation): boolean {
    return this.#sending.get(conversation)?.holdsBack ?? false;
  }

  /** Something is being said there: the nonce for it, "" for any. */
  committed(conversation: Conversation): string {
    return this.#sending.get(conversation)?.committed() ?? "";
  }

  /** Something else stands in the input for now, such as an edit; what stood there may come back. */
  cancel(conversation: Conversation): void {
    const sending = this.#sending.get(conversation);
    if (sending === undefined || !this.isOn(conversation)) return this.#stop(conversation);
    sending.cancel();
    this.tick();
    this.#world.wake();
  }

  /** Letters are no longer shown there; what was shown is taken back. */
  #stop(conversation: Conversation): void {
    const sending = this.#sending.get(conversation);
    if (sending === undefined) return;
    sending.cancel();
    const value = sending.take(Math.max(sending.due() ?? 0, this.#world.nowMs()));
    if (value !== null) this.#put(conversation, value);
  }

  #put({ name }: Conversation, value: string): void {
    if (this.#session.phase === "online") this.#world.put([new Message("TAGMSG", [name], "", [[TAG, value]])]);
  }

  // -- what others type ---------------------------------------------------------------------------------------

  /** What others are typing there, who began first comes first. */
  lines(conversation: Conversation): Typed[] {
    return [...(this.#lines.get(conversation)?.values() ?? [])].filter(({ line }) => line.shown !== "");
  }

  /** Follow what the server says; true: it was about live text and nothing else. */
  received(message: Message): boolean {
    const nick = fold(nickOf(message));
    if (message.command === "JOIN" || message.command === "353") this.#isThere(message, nick);
    else if (message.command !== "QUIT") this.#heardOf(nick);
    switch (message.command) {
      case "TAGMSG":
        return this.#tagged(message);
      case "PRIVMSG":
      case "NOTICE":
      case "BATCH":
        return this.#said(message, nick);
      case "PART":
      case "QUIT":
        return this.#left(message, nick);
      case "KICK":
        return this.#left(message, fold(message.params[1] ?? ""));
      case "NICK":
        return this.#renamed(nick, message.params[0] ?? "");
      case "MODE":
        return this.#mode(message);
      case "LIVE":
        return this.#live(message);
      case "FAIL":
        return this.#failed(message);
      default:
        return this.#isRefusal(message);
    }
  }

  #tagged(message: Message): boolean {
    const value = message.tags.get(TAG);
    if (value === undefined) return false;
    const { chat } = this.#session;
    const nick = nickOf(message);
    const target = message.params[0] ?? "";
    const update = readable(value);
    if (update === null || nick === "" || chat.isMe(nick) || chat.ignored.has(fold(nick))) return true;
    const isDirect = !chat.isChannel(target);
    // Only whom we show ours to opens a conversation with theirs, and not with nothing.
    const isKnown = this.isWanted(nick) && update.kind !== "e" && update.actions.length > 0;
    const conversation = chat.find(isDirect ? nick : target) ?? (isKnown && isDirect ? this.#session.converse(nick, false) : undefined);
    if (conversation === undefined || (conversation.isRoom && conversation.member(nick) === undefined)) return true;
    this.#take(conversation, nick, update);
    return true;
  }

  #take(conversation: Conversation, nick: string, update: Update): void {
    const lines = this.#lines.get(conversation) ?? new Map<string, Typed>();
    this.#lines.set(conversation, lines);
    const key = keyOf(nick, update.id);
    if (update.kind === "c") {
      if (lines.delete(key)) this.#tell(conversation);
      return;
    }
    const typed = lines.get(key) ?? this.#beginTheirs(conversation, lines, nick, update);
    if (typed === null) return;
    const before = typed.line.shown;
    typed.line.take(update, this.#world.nowMs());
    if (typed.line.shown !== before) this.#tell(conversation);
  }

  #beginTheirs(conversation: Conversation, lines: Map<string, Typed>, nick: string, { id, kind }: Update): Typed | null {
    if (kind === "e" || lines.size >= MOST_LINES) return null;
    // One author types one line at a time; the one before was left without a word.
    this.#drop(conversation, (other) => fold(other.nick) === fold(nick));
    const typed = { nick, line: new LiveLine(id) };
    lines.set(keyOf(nick, id), typed);
    return typed;
  }

  /** Nothing of theirs is shown any more. */
  ignored(nick: string): void {
    for (const conversation of this.#lines.keys()) this.#drop(conversation, (typed) => fold(typed.nick) === fold(nick));
  }

  #drop(conversation: Conversation, isGone: (typed: Typed) => boolean): void {
    const lines = this.#lines.get(conversation);
    for (const [key, typed] of lines ?? []) {
      if (!isGone(typed)) continue;
      lines?.delete(key);
      this.#tell(conversation);
    }
  }

  /** The message that takes the place of a line. */
  #said(message: Message, nick: string): false {
    const nonce = message.tags.get(NONCE_TAG) ?? "";
    if (nonce === "") return false;
    for (const conversation of this.#places(message)) {
      this.#drop(conversation, (typed) => fold(typed.nick) === nick && typed.line.id === nonce);
    }
    return false;
  }

  #places(message: Message): Conversation[] {
    const { chat } = this.#session;
    const target = message.params.find((param) => chat.isChannel(param)) ?? nickOf(message);
    const found = chat.find(target);
    return found !== undefined && this.#lines.has(found) ? [found] : [];
  }

  #left(message: Message, nick: string): false {
    if (message.command === "QUIT" && this.wanted.has(nick)) this.#unknown.add(nick);
    const places = message.command === "QUIT" ? [...this.#lines.keys()] : this.#places(message);
    for (const conversation of places) this.#drop(conversation, (typed) => fold(typed.nick) === nick);
    return false;
  }

  #renamed(old: string, nick: string): false {
    if (nick === "") return false;
    const wanted = this.wanted.get(old);
    if (wanted !== undefined) {
      this.wanted.delete(old);
      this.wanted.set(fold(nick), wanted);
    }
    const audience = this.#audiences.get(old);
    this.#audiences.delete(old);
    if (audience !== undefined) this.#audiences.set(fold(nick), audience);
    for (const [conversation, lines] of this.#lines) {
      const theirs = [...lines].filter(([, typed]) => fold(typed.nick) === old);
      for (const [key, typed] of theirs) {
        lines.delete(key);
        typed.nick = nick;
        lines.set(keyOf(nick, typed.line.id), typed);
      }
      if (theirs.length > 0) this.#tell(conversation);
    }
    return false;
  }

  /** A room allows it now, or no more. */
  #mode(message: Message): false {
    const [target = "", modes = ""] = message.params;
    const conversation = this.#session.chat.find(target);
    if (conversation === undefined || !conversation.isRoom || !/[LS]/.test(modes)) return false;
    this.#disallowed(conversation);
    this.#drop(conversation, () => true);
    this.entered(conversation);
    return false;
  }

  /** LIVE ON, OFF and AUDIENCE. */
  #live({ params }: Message): true {
    const { chat } = this.#session;
    const [what = "", name = "", number = ""] = params;
    if (what === "AUDIENCE" && /^[0-9]{1,9}$/.test(number)) this.#watched(name, Number(number), words(params.slice(3).join(" ")));
    else if (what === "ON" && chat.isChannel(name)) this.#rooms.add(fold(name));
    else if (what === "OFF" && name === EVERYWHERE) this.#rooms.clear();
    else if (what === "OFF") this.#rooms.delete(fold(name));
    const conversation = chat.find(name);
    this.#tell(...(conversation === undefined ? chat.conversations.values() : [conversation]));
    return true;
  }

  #watched(name: string, number: number, nicks: readonly string[]): void {
    const before = this.#audiences.get(fold(name))?.number ?? 0;
    this.#audiences.set(fold(name), { number, nicks });
    const conversation = this.#session.chat.find(name);
    const sending = conversation && this.#sending.get(conversation);
    if (sending === undefined || number <= before) return;
    sending.reset();
    this.tick();
  }

  /** A refusal of what was typed: it isn't typed there any more until something changes. */
  #failed({ params }: Message): boolean {
    const [command = "", code = "", target = ""] = params;
    if (command === "LIVE" && code === "LIVE_NOT_ALLOWED") return true;
    if (command !== "TAGMSG" || !code.startsWith("LIVE_")) return false;
    const conversation = this.#session.chat.find(target);
    // LIVE_TOO_MUCH: more of it at once would be too much again; the next reset puts right what was lost.
    if (conversation === undefined || code === "LIVE_TOO_MUCH") return true;
    this.#disallowed(conversation);
    // Whom it was about has come back as somebody new.
    if (code === "LIVE_OFF") this.#heardOf(fold(conversation.name));
    return true;
  }

  /** A numeric that concerns what was typed: what we say has a label, and what is typed hasn't. */
  #isRefusal(message: Message): boolean {
    const { chat } = this.#session;
    if (!REFUSALS.has(message.command) || message.tags.has("label") || !chat.has("labeled-response")) return false;
    const conversation = chat.find(message.params[1] ?? "");
    const sending = conversation && this.#sending.get(conversation);
    if (conversation === undefined || (sending?.toldMs ?? 0) === 0) return false;
    this.#disallowed(conversation);
    return true;
  }

  /** What was typed there was refused: nothing more is, until the server says that it may be. */
  #disallowed(conversation: Conversation): void {
    if (conversation.isRoom) this.#rooms.delete(fold(conversation.name));
    else this.#unknown.add(fold(conversation.name));
    this.#sending.get(conversation)?.lost();
    this.#tell(conversation);
  }

  // -- time, and the end --------------------------------------------------------------------------------------

  /** When `tick` has something to do (ms since 1970); null: not before something happens. */
  due(): number | null {
    const times = [...this.#sending].map(([conversation, sending]) => this.#dueToSend(conversation, sending));
    for (const lines of this.#lines.values()) for (const { line } of lines.values()) times.push(line.due());
    const known = times.filter((time) => time !== null);
    return known.length > 0 ? Math.min(...known) : null;
  }

  #dueToSend(conversation: Conversation, sending: LiveSending): number | null {
    const due = sending.due();
    if (due === null || this.audience(conversation)?.number !== 0 || !sending.isTold) return due;
    return Math.max(due, sending.toldMs + ALL_MS);
  }

  /** Send what is due, play what is due, and forget whom nothing was heard of. */
  tick(): void {
    const now = this.#world.nowMs();
    for (const [conversation, sending] of this.#sending) {
      const due = this.#dueToSend(conversation, sending);
      const value = due !== null && due <= now ? sending.take(now) : null;
      if (value !== null) this.#put(conversation, value);
    }
    for (const [conversation, lines] of this.#lines) {
      const changed = [...lines.values()].filter(({ line }) => line.advance(now));
      this.#drop(conversation, ({ line }) => line.isOver(now));
      if (changed.length > 0) this.#tell(conversation);
    }
  }

  /** The connection is gone, and with it all that was shared. */
  lost(): void {
    for (const sending of this.#sending.values()) sending.lost();
    this.#rooms.clear();
    this.#unknown.clear();
    this.#audiences.clear();
    for (const conversation of this.#lines.keys()) this.#drop(conversation, () => true);
    this.#lines.clear();
  }

  /** We are no longer in that room, or closed the conversation. */
  closed(conversation: Conversation): void {
    if (!conversation.isRoom) this.#stop(conversation);
    const sending = this.#sending.get(conversation);
    sending?.lost();
    // What stands in the input may be said there later.
    if (sending?.holdsBack === false) this.#sending.delete(conversation);
    this.#lines.delete(conversation);
    this.#rooms.delete(fold(conversation.name));
    this.#audiences.delete(fold(conversation.name));
  }

  #tell(...conversations: Conversation[]): void {
    for (const conversation of conversations) this.#world.tell({ kind: "live", conversation });
  }
}

function nickOf(message: Message): string {
  return splitSource(message.source)[0];
}

function keyOf(nick: string, id: string): string {
  return `${fold(nick)} ${id}`;
}

function readable(value: string): Update | null {
  try {
    return read(value);
  } catch (problem) {
    if (problem instanceof BadUpdate) return null;
    throw problem;
  }
}
