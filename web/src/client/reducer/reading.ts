/**
 * A message as a line of a conversation: who said or did what, when, and whether it is for us.
 *
 * Owns the reading of everything that becomes a line, live or from history: times, CTCP, tags, mentions. Changes
 * nothing; knows no timelines. Called by reducer.ts and playback.ts.
 */

import { partition, words } from "../../irc/cutting";
import { fold } from "../../irc/names";
import { plain } from "../../irc/text";
import { fromTimestamp } from "../../irc/times";
import { type Message, splitSource, type Tags } from "../../irc/wire";
import type { Chat } from "../chat";
import { type Kind, Line, NONCE_TAG } from "../lines";

export const REPLY_TAGS: readonly string[] = ["+reply", "+draft/reply"];
const EDITED_TAG = "hubbub.chat/edited";
const BOT_TAGS: readonly string[] = ["bot", "draft/bot", "inspircd.org/bot"];
const CONTEXT_TAGS: readonly string[] = ["+channel-context", "+draft/channel-context"];

/** What is older than that when it comes was not said just now. Generous, as clocks differ. */
export const LATE_MS = 300_000;
/** How far the server's clock may be ahead of ours. What claims to be later still has our time. */
const AHEAD_MS = 86_400_000;

/** A message, and when it came. */
export class Heard {
  constructor(
    readonly message: Message,
    readonly nowMs: number,
  ) {}

  get nick(): string {
    return splitSource(this.message.source)[0];
  }

  get timeMs(): number {
    return timeOf(this.message.tags.get("time"), this.nowMs);
  }

  get isLate(): boolean {
    return this.timeMs < this.nowMs - LATE_MS;
  }

  get msgid(): string {
    return this.message.tags.get("msgid") ?? "";
  }

  /** "" for what is missing; -1 is the last. */
  param(place: number): string {
    return this.message.params.at(place) ?? "";
  }
}

/** server-time, where it can be believed; our clock otherwise. */
export function timeOf(stamp: string | undefined, nowMs: number): number {
  return (stamp === undefined ? null : believable(stamp, nowMs)) ?? nowMs;
}

export function believable(stamp: string, nowMs: number): number | null {
  const timeMs = fromTimestamp(stamp);
  return timeMs !== null && 0 <= timeMs && timeMs <= nowMs + AHEAD_MS ? timeMs : null;
}

/** The value of the first of several tags that mean the same; "" for none. */
export function tagged(tags: Tags, names: readonly string[]): string {
  for (const name of names) {
    const value = tags.get(name);
    if (value) return value;
  }
  return "";
}

export function isFromServer(message: Message, chat: Chat): boolean {
  const [nick, user, host] = splitSource(message.source);
  return nick === "" || (user === "" && host === "" && (nick.includes(".") || nick === chat.serverName));
}

/** We said it, on whatever device. */
export function isMine(chat: Chat, nick: string, account = ""): boolean {
  return nick !== "" && (chat.isMe(nick) || (account !== "" && fold(account) === fold(chat.account)));
}

export function isIgnored(chat: Chat, nick: string): boolean {
  return chat.ignored.has(fold(nick)) && !chat.isMe(nick);
}

// -- where it belongs -----------------------------------------------------------------------------------------

/** STATUSMSG: the sign and the room of "@#room"; no sign in front of anything else. */
export function splitTarget(target: string, chat: Chat): [sign: string, room: string] {
  if (chat.isChannel(target)) return ["", target];
  const signs = chat.tokens.get("STATUSMSG") ?? [...chat.prefixes.values()].join("");
  let at = 0;
  while (at < target.length && signs.includes(target[at] ?? " ")) at += 1;
  const room = target.slice(at);
  return chat.isChannel(room) ? [target.slice(0, at), room] : ["", target];
}

/** Where a PRIVMSG, NOTICE, TAGMSG, REDACT or EDITMSG belongs; "" for the server's conversation. */
export function conversationName(message: Message, chat: Chat): string {
  const [, target] = splitTarget(message.params[0] ?? "", chat);
  if (chat.isChannel(target)) return target;
  const [nick] = splitSource(message.source);
  if (isFromServer(message, chat) || !(chat.isMe(target) || chat.isMe(nick))) return "";
  return contextOf(message, nick, chat) || (chat.isMe(nick) ? target : nick);
}

/** The room that a direct message is about, if whoever says so is in it. */
function contextOf(message: Message, nick: string, chat: Chat): string {
  const room = chat.find(tagged(message.tags, CONTEXT_TAGS));
  if (room === undefined || !room.isRoom || !room.joined || room.member(nick) === undefined) return "";
  return room.name;
}

// -- what was said --------------------------------------------------------------------------------------------

/** A PRIVMSG or NOTICE, its text possibly of several lines. */
export function said(message: Message, chat: Chat, nowMs: number): Line | null {
  const [to = "", body = ""] = message.params;
  if (body === "") return null;
  const { tags } = message;
  const account = tags.get("account") ?? "";
  const nick = isFromServer(message, chat) ? "" : splitSource(message.source)[0];
  const [sign, target] = splitTarget(to, chat);
  const [kind, text] = spoken(body, message.command === "NOTICE" ? "notice" : "message");
  const mine = isMine(chat, nick, account);
  const edited = tags.get(EDITED_TAG);
  return new Line(kind, timeOf(tags.get("time"), nowMs), {
    nick,
    text,
    target: sign,
    account,
    msgid: tags.get("msgid") ?? "",
    nonce: tags.get(NONCE_TAG) ?? "",
    replyTo: tagged(tags, REPLY_TAGS),
    mine,
    mentionsMe: nick !== "" && !mine && mentions(text, chat.nick),
    bot: BOT_TAGS.some((tag) => tags.has(tag)),
    private: nick !== "" && !chat.isChannel(target) && !target.startsWith("$"),
    editedMs: edited === undefined ? 0 : timeOf(edited, nowMs),
  });
}

/** CTCP: what somebody does; any other request is only named, never answered. */
export function spoken(text: string, kind: Kind): [kind: Kind, text: string] {
  if (!text.startsWith("\x01")) return [kind, text];
  const [word, , rest] = partition(text.slice(1).replace(/\x01$/, ""), " ");
  if (word.toUpperCase() === "ACTION") return ["action", rest];
  return ["notice", `CTCP ${word} ${rest}`.trimEnd()];
}

/** Whether our name is one of the words, outside of addresses. */
export function mentions(text: string, nick: string): boolean {
  if (nick === "" || nick.length > text.length) return false;
  const pattern = mentionOf(nick);
  return words(plain(text)).some((word) => !isUrl(word) && pattern.test(word));
}

function isUrl(word: string): boolean {
  return word.includes("://") || /^(?:www\.|mailto:)/i.test(word);
}

let lastMention = { nick: "", pattern: /(?!)/u };

/** The name with nothing around it that could belong to a longer name, a room or an address. */
function mentionOf(nick: string): RegExp {
  if (lastMention.nick !== nick) {
    const word = "\\p{L}\\p{N}_";
    const before = `(?<![${word}\\-|^\\\\#&])(?<![${word}][@.])`;
    const behind = `(?![${word}\\-|^\\\\])(?![@.][${word}])`;
    const name = nick.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
    lastMention = { nick, pattern: new RegExp(`${before}${name}${behind}`, "iu") };
  }
  return lastMention.pattern;
}

// -- what happened --------------------------------------------------------------------------------------------

/** A line for what somebody did; null for what makes none. */
export function happened(message: Message, chat: Chat, nowMs: number): Line | null {
  const heard = new Heard(message, nowMs);
  const read = readHappened(heard);
  if (read === null) return null;
  const [kind, target, text] = read;
  const nick = isFromServer(message, chat) ? "" : heard.nick;
  const joinedAs = kind === "join" && heard.param(1) !== "*" ? heard.param(1) : "";
  return new Line(kind, heard.timeMs, {
    nick,
    text,
    target,
    account: joinedAs || (message.tags.get("account") ?? ""),
    msgid: heard.msgid,
    mine: isMine(chat, nick),
  });
}

function readHappened(heard: Heard): [kind: Kind, target: string, text: string] | null {
  switch (heard.message.command) {
    case "JOIN":
      return ["join", "", ""];
    case "PART":
      return ["part", "", heard.param(1)];
    case "QUIT":
      return ["quit", "", heard.param(0)];
    case "KICK":
      return ["kick", heard.param(1), heard.param(2)];
    case "NICK":
      return ["nick", heard.param(0), ""];
    case "TOPIC":
      return ["topic", "", heard.param(1)];
    case "MODE":
      return ["mode", "", heard.message.params.slice(1).join(" ")];
    case "RENAME":
      return ["rename", heard.param(0), heard.param(2)];
    case "INVITE":
      return ["invite", heard.param(0), heard.param(1)];
    default:
      return null;
  }
}

/** Any message of a history page that makes a line. */
export function read(message: Message, chat: Chat, nowMs: number): Line | null {
  if (message.command !== "PRIVMSG" && message.command !== "NOTICE") return happened(message, chat, nowMs);
  const line = said(message, chat, nowMs);
  return line === null || isIgnored(chat, line.nick) ? null : line;
}
