/**
 * Who is in which room, with which rank, and what is known of them.
 *
 * Owns every change of members and people. Makes no lines and no events; knows no timelines. Used by the reducer alone.
 *
 * 1. A person is known as long as they share a room or a direct conversation with us.
 * 2. A list of names replaces the members when its end has come.
 */

import { partition, words } from "../../irc/cutting";
import { type Change, parseChanges } from "../../irc/modes";
import { fold } from "../../irc/names";
import { splitSource } from "../../irc/wire";
import { type Chat, type Conversation, Member, type Person } from "../chat";
import { Isupport } from "../isupport";

export const WHOX_NUMBER = "152";
/** What a WHO must ask for so that its answer (354) is understood here. */
export const WHOX_FIELDS = `%tcuhnfar,${WHOX_NUMBER}`;
/** Of one room; a server that names more means harm. */
const MOST_MEMBERS = 100_000;

interface Named {
  source: string;
  ranks: string;
}

/** Of one chat. */
export class Membership {
  readonly #chat: Chat;
  /** By folded nick: those of lists of names that have not ended yet. */
  readonly #names = new Map<Conversation, Map<string, Named>>();

  constructor(chat: Chat) {
    this.#chat = chat;
  }

  // -- coming and going ---------------------------------------------------------------------------------------

  /** We came, or went: who is there is not known. */
  reset(room: Conversation): void {
    this.#names.delete(room);
    const nicks = [...room.members.values()].map((member) => member.nick);
    room.members = new Map();
    room.typing = new Map();
    for (const nick of nicks) this.forget(nick);
  }

  enter(room: Conversation, source: string, ranks = ""): Member | null {
    const [nick, user, host] = splitSource(source);
    const known = room.member(nick);
    if (nick === "" || (room.members.size >= MOST_MEMBERS && known === undefined)) return null;
    const person = this.#chat.person(nick);
    person.user = user || person.user;
    person.host = host || person.host;
    const member = known ?? new Member(person, ranks);
    room.members.set(fold(nick), member);
    return member;
  }

  leave(room: Conversation, nick: string): void {
    room.members.delete(fold(nick));
    room.typing.delete(fold(nick));
    this.forget(nick);
  }

  /** Somebody with whom we share nothing any more. */
  forget(nick: string): void {
    const isInRoom = this.#chat.roomsOf(nick).next().done !== true;
    if (!isInRoom && this.#chat.find(nick) === undefined) this.#chat.people.delete(fold(nick));
  }

  /** Returns where they are: rooms, and our conversation with them, which follows. */
  rename(nick: string, wanted: string): Conversation[] {
    const old = fold(nick);
    const folded = fold(wanted);
    const chat = this.#chat;
    if (folded !== old) {
      // Whoever we knew under the new name must have gone.
      for (const room of [...chat.roomsOf(wanted)]) room.members.delete(folded);
    }
    const person = chat.people.get(old);
    if (person !== undefined) {
      chat.people.delete(old);
      person.nick = wanted;
      chat.people.set(folded, person);
    }
    const rooms = [...chat.roomsOf(nick)];
    for (const room of rooms) {
      room.members = new Map([...room.members].map(([key, member]) => [key === old ? folded : key, member]));
    }
    const places = [...rooms, ...this.#follow(old, wanted)];
    for (const place of places) {
      const until = place.typing.get(old);
      if (until === undefined) continue;
      place.typing.delete(old);
      place.typing.set(folded, until);
    }
    return places;
  }

  #follow(old: string, wanted: string): Conversation[] {
    const { conversations } = this.#chat;
    const folded = fold(wanted);
    const direct = conversations.get(old);
    const isTaken = folded !== old && conversations.has(folded);
    if (direct === undefined || direct.isRoom || old === "" || isTaken) return [];
    conversations.delete(old);
    direct.name = wanted;
    conversations.set(folded, direct);
    return [direct];
  }

  // -- lists --------------------------------------------------------------------------------------------------

  /** 353: some of those who are in a room, with all their signs (multi-prefix) and hosts, if so agreed. */
  name(room: Conversation, names: string): void {
    const letters = new Map([...this.#chat.prefixes].map(([letter, sign]) => [sign, letter]));
    const listed = this.#names.get(room) ?? new Map<string, Named>();
    this.#names.set(room, listed);
    for (const name of words(names)) {
      let at = 0;
      const ranks = new Set<string>();
      for (let letter = letters.get(name[at] ?? ""); letter !== undefined; letter = letters.get(name[++at] ?? "")) {
        ranks.add(letter);
      }
      const source = name.slice(at);
      const [nick] = splitSource(source);
      if (nick !== "" && listed.size < MOST_MEMBERS) listed.set(fold(nick), { source, ranks: this.#inOrder(ranks) });
    }
  }

  /** 366: those are all. False: there was no list. */
  endNames(room: Conversation): boolean {
    const listed = this.#names.get(room);
    if (listed === undefined) return false;
    this.#names.delete(room);
    const before = room.members;
    room.members = new Map();
    for (const [folded, { source, ranks }] of listed) {
      const member = this.enter(room, source, ranks);
      if (member !== null) member.spokeMs = before.get(folded)?.spokeMs ?? 0;
    }
    for (const [folded, member] of before) if (!room.members.has(folded)) this.forget(member.nick);
    return true;
  }

  /** 352: me, room, user, host, server, nick, flags, "hops realname". */
  describe(params: readonly string[]): void {
    const [, , user = "", host = "", , nick = "", flags = "", last] = params;
    const person = this.#chat.people.get(fold(nick));
    if (last === undefined || person === undefined) return;
    person.realname = partition(last, " ")[2];
    this.#describe(person, user, host, flags);
  }

  /** 354 as WHOX_FIELDS asks for it: me, token, room, user, host, nick, flags, account, realname. */
  describeFully(params: readonly string[]): void {
    const [, token, , user = "", host = "", nick = "", flags = "", account = "", realname] = params;
    const person = this.#chat.people.get(fold(nick));
    if (token !== WHOX_NUMBER || realname === undefined || person === undefined) return;
    person.account = account === "0" ? "" : account;
    person.realname = realname;
    this.#describe(person, user, host, flags);
  }

  #describe(person: Person, user: string, host: string, flags: string): void {
    person.user = user;
    person.host = host;
    const sign = this.#chat.tokens.get("BOT") ?? "";
    person.bot = sign !== "" && flags.includes(sign);
    // The flags tell whether, not why.
    person.away = flags.startsWith("G") ? (person.away ?? "") : null;
  }

  // -- ranks and modes ----------------------------------------------------------------------------------------

  changeModes(room: Conversation, [text = "", ...given]: readonly string[]): void {
    const kinds = new Isupport(this.#chat.tokens).modes;
    const modes = modesOf(room);
    for (const change of parseChanges(text, given, kinds)) {
      if (kinds.lists.includes(change.letter)) continue;
      if (kinds.prefixes.includes(change.letter)) this.#changeRank(room, change);
      else if (change.letter === "k") changeKey(room, modes, change);
      else if (change.adding) modes.set(change.letter, partition(change.argument ?? "", " ")[0]);
      else modes.delete(change.letter);
    }
    setModes(room, modes);
  }

  /** 324: these are all. */
  setModes(room: Conversation, changes: readonly string[]): void {
    room.modes = "";
    this.changeModes(room, changes);
    if (!partition(room.modes, " ")[0].includes("k")) room.key = "";
  }

  #changeRank(room: Conversation, change: Change): void {
    const member = room.member(change.argument ?? "");
    if (member === undefined) return;
    const ranks = new Set(member.ranks);
    if (change.adding) ranks.add(change.letter);
    else ranks.delete(change.letter);
    member.ranks = this.#inOrder(ranks);
  }

  #inOrder(ranks: ReadonlySet<string>): string {
    return [...this.#chat.prefixes.keys()].filter((letter) => ranks.has(letter)).join("");
  }

  // -- where somebody is --------------------------------------------------------------------------------------

  /** The rooms somebody is in, and our conversation with them. */
  *placesOf(nick: string): Generator<Conversation> {
    yield* this.#chat.roomsOf(nick);
    const direct = this.#chat.find(nick);
    if (direct !== undefined && nick !== "" && !direct.isRoom) yield direct;
  }
}

/** Letter to argument, from "+lknt 5": those with an argument stand first. The key is in room.key alone. */
function modesOf(room: Conversation): Map<string, string> {
  const [letters = "", ...given] = words(room.modes);
  return new Map([...letters.replace(/^\+/, "")].map((letter, at) => [letter, given[at] ?? ""]));
}

function changeKey(room: Conversation, modes: Map<string, string>, change: Change): void {
  if (!change.adding) {
    room.key = "";
    modes.delete("k");
    return;
  }
  modes.set("k", "");
  // Who may not know the key is shown a star, but we may have come in with it.
  if (change.argument !== "*") room.key = change.argument ?? "";
}

function setModes(room: Conversation, modes: ReadonlyMap<string, string>): void {
  const letters = [...modes.keys()].sort();
  const given = letters.filter((letter) => modes.get(letter) !== "");
  const bare = letters.filter((letter) => modes.get(letter) === "");
  const text = [...given, ...bare].join("");
  room.modes = text === "" ? "" : [`+${text}`, ...given.map((letter) => modes.get(letter))].join(" ");
}
