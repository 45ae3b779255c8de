/**
 * What people say and do to what was said: messages, typing, reactions, edits, redactions, read markers.
 *
 * Owns what these commands change. Handlers of the reducer: each takes the state and a message, and yields events.
 */

import { fold } from "../../irc/names";
import { splitSource } from "../../irc/wire";
import type { Conversation } from "../chat";
import { changed, type Events } from "../events";
import type { Line } from "../lines";
import { confirm } from "./playback";
import { believable, conversationName, type Heard, isIgnored, isMine, said, tagged } from "./reading";
import { revise } from "./revising";
import type { Handlers, State } from "./state";

/** Of one conversation: more can't be shown. */
const MOST_TYPING = 100;
const TYPING_TAGS: readonly string[] = ["+typing", "+draft/typing"];
const TYPING_MS = new Map([
  ["active", 6_000],
  ["paused", 30_000],
]);

function* saidSomething(state: State, heard: Heard): Events {
  const line = said(heard.message, state.chat, heard.nowMs);
  if (line === null || isIgnored(state.chat, line.nick)) return;
  const name = conversationName(heard.message, state.chat);
  const conversation = yield* state.opened(name);
  if (conversation.place === "server") line.target = state.chat.isChannel(name) ? heard.param(0) : line.target;
  else if (!conversation.isRoom) know(state, line, heard);
  const waiting = line.mine ? conversation.timeline.unconfirmed(line.nonce) : undefined;
  if (waiting !== undefined) {
    yield* arrived(conversation, waiting, line);
    return;
  }
  yield* spoke(conversation, line);
  yield* state.add(conversation, line, heard);
}

/** It is the echo of what we sent. */
function* arrived(conversation: Conversation, waiting: Line, line: Line): Events {
  confirm(waiting, line);
  conversation.timeline.settle(waiting, line.timeMs, line.msgid);
  conversation.timeline.reactions.show(waiting);
  yield { kind: "updated", conversation, line: waiting };
}

/** Whoever speaks is here, and no longer typing. */
function* spoke(conversation: Conversation, line: Line): Events {
  const member = conversation.member(line.nick);
  if (member !== undefined) {
    member.spokeMs = Math.max(member.spokeMs, line.timeMs);
    member.person.bot ||= line.bot;
    member.person.account = line.account || member.person.account;
  }
  if (conversation.typing.delete(fold(line.nick))) yield changed(conversation);
}

/** Somebody who writes to us is known, even if we share no room. */
function know(state: State, line: Line, heard: Heard): void {
  const [nick, user, host] = splitSource(heard.message.source);
  if (state.chat.find(nick) === undefined) return;
  const person = state.chat.person(nick);
  person.user = user || person.user;
  person.host = host || person.host;
  person.account = line.account || person.account;
  person.bot ||= line.bot;
}

function* taggedSomething(state: State, heard: Heard): Events {
  const conversation = state.chat.find(conversationName(heard.message, state.chat));
  if (conversation === undefined || conversation.place === "server" || isIgnored(state.chat, heard.nick)) return;
  const typing = tagged(heard.message.tags, TYPING_TAGS);
  if (typing !== "") yield* isTyping(state, conversation, heard, typing);
  yield* revised(state, heard);
}

function* isTyping(state: State, conversation: Conversation, heard: Heard, typing: string): Events {
  const nick = fold(heard.nick);
  const isThere = !conversation.isRoom || conversation.members.has(nick);
  if (isMine(state.chat, heard.nick) || !isThere || heard.isLate) return;
  const was = conversation.typing.has(nick);
  const duration = TYPING_MS.get(typing);
  if (duration !== undefined && (was || conversation.typing.size < MOST_TYPING)) {
    conversation.typing.set(nick, heard.nowMs + duration);
  } else if (typing === "done") {
    conversation.typing.delete(nick);
  }
  if (was !== conversation.typing.has(nick)) yield changed(conversation);
}

/** Edited, taken back, reacted to. */
function* revised(state: State, heard: Heard): Events {
  const conversation = state.chat.find(conversationName(heard.message, state.chat));
  if (conversation === undefined) return;
  for (const piece of conversation.pieces) {
    const line = revise(piece, heard, state.chat);
    if (line !== null) yield { kind: "updated", conversation, line };
  }
  const line = revise(conversation.timeline, heard, state.chat);
  if (line === null) return;
  yield { kind: "updated", conversation, line };
  if (line.timeMs <= conversation.readMs) return;
  const { unread, mentions } = conversation;
  conversation.recount();
  if (unread !== conversation.unread || mentions !== conversation.mentions) yield changed(conversation);
}

/** MARKREAD: how far we have read, on whatever device. */
function* marked(state: State, heard: Heard): Events {
  const conversation = state.chat.find(heard.param(0));
  if (conversation === undefined || heard.param(0) === "") return;
  let timeMs = believable(heard.param(1).replace(/^timestamp=/, ""), heard.nowMs) ?? 0;
  // Never been here: what was said before we came need not be read.
  if (heard.param(1) === "*" && conversation.isRoom && conversation.readMs === 0) timeMs = heard.timeMs;
  if (timeMs <= conversation.readMs) return;
  conversation.readMs = timeMs;
  conversation.recount();
  yield changed(conversation);
}

export const HANDLERS: Handlers = {
  PRIVMSG: saidSomething,
  NOTICE: saidSomething,
  TAGMSG: taggedSomething,
  REDACT: revised,
  EDITMSG: revised,
  MARKREAD: marked,
};
