/**
 * What a client knows of one server: who we are there, the conversations, and the people in them.
 *
 * Owns the shape of that state and the questions one may ask it. Changed only by the reducer (what the server says),
 * outbox.ts (what we say) and session.ts (the connection). Knows no wire format, no sockets and no screen.
 */

import { partition } from "../irc/cutting";
import { fold } from "../irc/names";
import type { Line } from "./lines";
import { isService } from "./services";
import { Timeline } from "./timeline";

/** What we want to know of people. */
export const PROFILE_KEYS: readonly string[] = ["display-name", "avatar", "color", "status", "pronouns", "homepage"];

export type Place = "server" | "room" | "direct";

/** Somebody we share a room or a conversation with. */
export class Person {
  account = "";
  user = "";
  host = "";
  realname = "";
  /** The reason, "" for none given, null for here. */
  away: string | null = null;
  bot = false;
  /** What they say of themselves (draft/metadata), by key: those of PROFILE_KEYS. */
  readonly metadata = new Map<string, string>();

  constructor(public nick: string) {}
}

export class Member {
  /** When they last said something here. */
  spokeMs = 0;

  /** `ranks`: prefix modes, highest first, such as "o" or "ov". */
  constructor(
    readonly person: Person,
    public ranks = "",
  ) {}

  get nick(): string {
    return this.person.nick;
  }
}

/** A room, a direct conversation, or what the server itself says (name ""). */
export class Conversation {
  readonly timeline = new Timeline();
  /** Pieces of its past that are shown apart, the last few; what is said of their messages changes them as well. */
  pieces: readonly Timeline[] = [];
  /** We are in the room; for the other two always true. */
  joined = true;
  topic = "";
  topicBy = "";
  modes = "";
  key = "";
  /** By folded nick; rooms only. */
  members = new Map<string, Member>();
  /** Everything up to this time has been read, on whatever device. */
  readMs = 0;
  /** How many messages came after readMs, as far as loaded; `mentions` of them are for us. */
  unread = 0;
  mentions = 0;
  /** By folded nick, until when (ms) they are believed to be typing. */
  typing = new Map<string, number>();
  /** A page of history is on its way. */
  loading = false;

  constructor(
    public name: string,
    readonly place: Place,
  ) {}

  get isRoom(): boolean {
    return this.place === "room";
  }

  /** With a program that keeps names and rooms: nothing of that is ever unread. */
  get isService(): boolean {
    return this.place === "direct" && isService(this.name);
  }

  member(nick: string): Member | undefined {
    return this.members.get(fold(nick));
  }

  /** Count the unread anew; what was read and is loaded is not looked at. */
  recount(): void {
    this.unread = this.mentions = 0;
    for (let at = this.timeline.firstAfter(this.readMs); at < this.timeline.length; at++) {
      const line = this.timeline.lines[at];
      if (line !== undefined) this.count(line);
    }
  }

  count(line: Line): void {
    if (!this.#isUnread(line)) return;
    this.unread += 1;
    if (line.mentionsMe) this.mentions += 1;
  }

  /** The first message of others that has not been read, if any is loaded. */
  firstUnread(): Line | undefined {
    return this.timeline.lines.slice(this.timeline.firstAfter(this.readMs)).find((line) => this.#isUnread(line));
  }

  #isUnread(line: Line): boolean {
    return line.timeMs > this.readMs && line.countsAsUnread && !this.isService;
  }
}

export class Chat {
  account = "";
  /** The network's own name, or "". */
  network = "";
  /** The source of what the server itself says. */
  serverName = "";
  away = false;
  registered = false;
  /** Capabilities in force, with their values. */
  capabilities = new Map<string, string>();
  offered = new Map<string, string>();
  /** ISUPPORT. */
  tokens = new Map<string, string>();
  /** By folded nick, everybody we know of. */
  people = new Map<string, Person>();
  /** By folded name. */
  conversations = new Map<string, Conversation>();
  /** Folded nicks whose words are not shown. */
  ignored = new Set<string>();

  /** `readBefore`: up to when (ms) a conversation of this name was read on this device; for who has no account. */
  constructor(
    public nick = "",
    readonly readBefore: (name: string) => number = () => 0,
  ) {}

  has(...capabilities: readonly string[]): boolean {
    return capabilities.every((name) => this.capabilities.has(name));
  }

  get server(): Conversation {
    return this.open("", "server");
  }

  get channelTypes(): string {
    return this.tokens.get("CHANTYPES") ?? "#&";
  }

  /** Mode letter to sign, highest first: o → @, v → +. */
  get prefixes(): Map<string, string> {
    const [modes, , signs] = partition((this.tokens.get("PREFIX") ?? "(ov)@+").replace(/^\(/, ""), ")");
    const letters = [...modes].slice(0, Array.from(signs).length);
    return new Map(letters.map((letter, at) => [letter, Array.from(signs)[at] ?? ""]));
  }

  isChannel(name: string): boolean {
    return name !== "" && this.channelTypes.includes(name[0] ?? " ");
  }

  isMe(nick: string): boolean {
    return fold(nick) === fold(this.nick);
  }

  find(name: string): Conversation | undefined {
    return this.conversations.get(fold(name));
  }

  /** The conversation of this name, made if need be. */
  open(name: string, place?: Place): Conversation {
    const found = this.find(name);
    if (found !== undefined) return found;
    const made = new Conversation(name, place ?? (this.isChannel(name) ? "room" : "direct"));
    made.joined = !made.isRoom;
    // Those of an account are the server's to tell: other devices read, too.
    if (this.account === "") made.readMs = this.readBefore(name);
    this.conversations.set(fold(name), made);
    return made;
  }

  person(nick: string): Person {
    const found = this.people.get(fold(nick));
    if (found !== undefined) return found;
    const made = new Person(nick);
    this.people.set(fold(nick), made);
    return made;
  }

  *roomsOf(nick: string): Generator<Conversation> {
    const folded = fold(nick);
    for (const room of this.conversations.values()) if (room.members.has(folded)) yield room;
  }
}
