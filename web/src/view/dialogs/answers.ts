/** Reading what the server answers to a dialog's questions. Pure functions; what comes is anybody's. */

import type { Message } from "../../irc/wire";
import { plain } from "../../irc/text";

export interface ListedRoom {
  readonly name: string;
  readonly members: number;
  readonly topic: string;
}

/** RPL_LIST: <client> <room> <members> :<topic>. The fullest first. */
export function listedRooms(messages: Iterable<Message>): ListedRoom[] {
  const rooms: ListedRoom[] = [];
  for (const { command, params } of messages) {
    const [, name, members, topic] = params;
    if (command !== "322" || name === undefined || name === "") continue;
    rooms.push({ name, members: Number(members) || 0, topic: plain(topic ?? "").replace(/^\[\+\w*\]\s*/, "") });
  }
  return rooms.sort((one, other) => other.members - one.members || (one.name < other.name ? -1 : 1));
}

export interface Ban {
  readonly mask: string;
  readonly by: string;
  readonly setMs: number;
}

/** RPL_BANLIST: <client> <room> <mask> [<who> <set at>]. */
export function bans(messages: Iterable<Message>): Ban[] {
  return Array.from(messages)
    .filter(({ command, params }) => command === "367" && params[2] !== undefined)
    .map(({ params }) => ({ mask: params[2] ?? "", by: params[3]?.split("!")[0] ?? "", setMs: (Number(params[4]) || 0) * 1000 }));
}

export interface Whois {
  readonly nick: string;
  readonly user: string;
  readonly host: string;
  readonly realname: string;
  readonly account: string;
  readonly rooms: readonly string[];
  readonly away: string | null;
  readonly idleMs: number | null;
  readonly sinceMs: number | null;
  readonly operator: boolean;
  readonly bot: boolean;
  readonly secure: boolean;
}

/** null: there is nobody of that name. */
export function whois(messages: Iterable<Message>): Whois | null {
  const about: Record<string, readonly string[]> = {};
  const rooms: string[] = [];
  for (const { command, params } of messages) {
    about[command] ??= params;
    if (command === "319") rooms.push(...(params[2] ?? "").split(" ").filter(Boolean));
  }
  const user = about["311"];
  if (user === undefined) return null;
  const number = (value: string | undefined): number | null => (value === undefined || !/^\d{1,15}$/.test(value) ? null : Number(value) * 1000);
  return {
    nick: user[1] ?? "",
    user: user[2] ?? "",
    host: user[3] ?? "",
    realname: plain(user[5] ?? ""),
    account: about["330"]?.[2] ?? "",
    rooms: rooms.map((room) => room.replace(/^[~&@%+!]+(?=[#&])/, "")),
    away: about["301"] === undefined ? null : plain(about["301"][2] ?? ""),
    idleMs: number(about["317"]?.[2]),
    sinceMs: number(about["317"]?.[3]),
    operator: about["313"] !== undefined,
    bot: about["335"] !== undefined,
    secure: about["671"] !== undefined,
  };
}

export interface Login {
  readonly number: number;
  readonly text: string;
  readonly isThis: boolean;
}

/** What NickServ says to SESSIONS: "1. <address> since <time> (this one)". */
export function logins(messages: Iterable<Message>): Login[] {
  const found: Login[] = [];
  for (const { command, params } of messages) {
    const line = /^(\d{1,4})\. (.+?)( \(this one\))?$/.exec(plain(params.at(-1) ?? ""));
    if (command === "NOTICE" && line !== null) found.push({ number: Number(line[1]), text: line[2] ?? "", isThis: line[3] !== undefined });
  }
  return found;
}

/** What a service says, in one piece. */
export function said(messages: Iterable<Message>): string {
  return Array.from(messages).filter(({ command }) => command === "NOTICE").map(({ params }) => plain(params.at(-1) ?? "")).join(" ");
}

export interface InviteLink {
  readonly handle: string;
  /** How often it was used and may be, or null for any number. */
  readonly used: number | null;
  readonly uses: number | null;
  readonly untilMs: number | null;
  readonly by: string;
  /** Only when it is made. */
  readonly token: string;
  readonly url: string;
}

/** INVITELINK <room> CREATED <handle> <uses> <until> <token> <address>; docs/specs/invite-link.md. */
export function createdLink(messages: Iterable<Message>): InviteLink | null {
  for (const { command, params } of messages) {
    const [, word, handle = "", uses = "", until = "", token = "", url = ""] = params;
    if (command !== "INVITELINK" || word !== "CREATED" || !/^[A-Za-z0-9_-]{1,100}$/.test(token)) continue;
    return { handle, used: 0, uses: count(uses), untilMs: time(until), by: "", token, url: url === "*" ? "" : url };
  }
  return null;
}

/** INVITELINK <room> LINK <handle> <used> <uses> <until> <made> <by>. */
export function listedLinks(messages: Iterable<Message>): InviteLink[] {
  const links: InviteLink[] = [];
  for (const { command, params } of messages) {
    const [, word, handle = "", used = "", uses = "", until = "", , by = ""] = params;
    if (command !== "INVITELINK" || word !== "LINK") continue;
    links.push({ handle, used: count(used), uses: count(uses), untilMs: time(until), by: by === "*" ? "" : by, token: "", url: "" });
  }
  return links;
}

function count(text: string): number | null {
  return /^\d{1,9}$/.test(text) ? Number(text) : null;
}

function time(text: string): number | null {
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? null : ms;
}
