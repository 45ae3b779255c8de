/**
 * What may be meant by what stands in front of the caret: a person, a room, a command, an emoji.
 *
 * Owns which word is looked at and what is proposed. Pure but for the table of emoji, which is handed in.
 */

import type { Chat, Conversation } from "../../client/chat";
import { beginningWith, find } from "../../app/commands";
import type { EmojiTable } from "../../text/emoji";
import { fold } from "../../irc/names";

export interface Proposal {
  /** What is put in place of the word. */
  readonly text: string;
  readonly label: string;
  readonly hint: string;
}

export interface Completion {
  /** Where the word begins, and where it ends (the caret). */
  readonly from: number;
  readonly to: number;
  readonly proposals: readonly Proposal[];
}

const MOST = 8;
const WORD = /(?:^|[\s(])([@#:/][^\s@#]*)$/;

export function complete(text: string, caret: number, chat: Chat, here: Conversation, emoji: EmojiTable | null): Completion | null {
  const word = WORD.exec(text.slice(0, caret))?.[1] ?? "";
  if (word === "") return null;
  const proposals = propose(word, text.slice(0, caret - word.length), chat, here, emoji);
  const isThere = proposals.some((one) => fold(one.text.trim()) === fold(word));
  if (proposals.length === 0 || isThere) return null;
  return { from: caret - word.length, to: caret, proposals };
}

function propose(word: string, before: string, chat: Chat, here: Conversation, emoji: EmojiTable | null): Proposal[] {
  const rest = word.slice(1);
  if (word[0] === "@") return people(rest, chat, here);
  if (word[0] === "#") return rooms(word, chat);
  if (word[0] === "/") return before.trim() === "" && !rest.includes("/") ? commands(rest) : [];
  // A name with both its colons is finished: Enter sends, and the name becomes its emoji then.
  return rest.length < 2 || rest.endsWith(":") || emoji === null || !isSpeech(before) ? [] : emojis(rest, emoji);
}

/** Whether what is written will be read by people: not what is written behind /quote or /mode. */
function isSpeech(before: string): boolean {
  const command = /^\s*[/\\](\S+)/.exec(before)?.[1];
  return command === undefined || find(command)?.lines === true;
}

/** Who spoke last comes first. */
function people(beginning: string, chat: Chat, here: Conversation): Proposal[] {
  const wanted = fold(beginning);
  const members = [...here.members.values()].filter((member) => !chat.isMe(member.nick));
  const known = here.isRoom ? members.map(({ nick, spokeMs }) => ({ nick, spokeMs })) : [{ nick: here.name, spokeMs: 0 }];
  return known
    .filter(({ nick }) => fold(nick).startsWith(wanted))
    .sort((one, other) => other.spokeMs - one.spokeMs || one.nick.localeCompare(other.nick))
    .slice(0, MOST)
    .map(({ nick }) => ({ text: `@${nick} `, label: nick, hint: chat.people.get(fold(nick))?.realname ?? "" }));
}

function rooms(beginning: string, chat: Chat): Proposal[] {
  return [...chat.conversations.values()]
    .filter((one) => one.isRoom && fold(one.name).startsWith(fold(beginning)))
    .slice(0, MOST)
    .map(({ name, topic }) => ({ text: `${name} `, label: name, hint: topic.slice(0, 80) }));
}

function commands(beginning: string): Proposal[] {
  if (find(beginning) !== undefined) return [];
  return beginningWith(beginning)
    .slice(0, MOST)
    .map(({ name, usage, summary }) => ({ text: `/${name} `, label: usage, hint: summary }));
}

function emojis(beginning: string, table: EmojiTable): Proposal[] {
  return table.search(beginning, MOST).map(({ emoji, names }) => ({ text: `${emoji} `, label: `${emoji} ${names[0] ?? ""}`, hint: "" }));
}
