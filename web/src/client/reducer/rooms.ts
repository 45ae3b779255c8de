/**
 * What happens in rooms: who comes and goes, names, ranks, modes, topics, invitations.
 *
 * Owns what these commands and replies change. Handlers of the reducer: each takes the state and a message, and yields
 * events.
 */

import { fold } from "../../irc/names";
import { printable } from "../../irc/text";
import { splitSource } from "../../irc/wire";
import type { Conversation, Person } from "../chat";
import { changed, type Events, SELF_CHANGED, told } from "../events";
import { happened, type Heard, isIgnored } from "./reading";
import { type Handlers, LONGEST_NAME, type State } from "./state";

function* joined(state: State, heard: Heard): Events {
  if (state.chat.isMe(heard.nick)) {
    yield* entered(state, heard);
    return;
  }
  const room = state.room(heard.param(0));
  const member = room?.joined ? state.membership.enter(room, heard.message.source) : null;
  if (room === undefined || member === null) return;
  introduce(member.person, heard);
  yield* state.happened(room, heard);
  yield changed(room);
}

/** extended-join, account-tag. */
function introduce(person: Person, heard: Heard): void {
  const account = heard.param(1) || (heard.message.tags.get("account") ?? "");
  person.account = account === "*" ? "" : account || person.account;
  person.realname = heard.param(2) || person.realname;
}

/** We are in a room now, because we wanted to or because the server did. */
function* entered(state: State, heard: Heard): Events {
  const { chat } = state;
  const name = heard.param(0);
  let room = state.room(name);
  if (room === undefined) {
    if (state.isFull(name) || !chat.isChannel(name) || chat.find(name) !== undefined) return;
    room = chat.open(name, "room");
  }
  room.name = name;
  room.joined = true;
  room.topic = room.topicBy = room.modes = "";
  state.membership.reset(room);
  state.membership.enter(room, heard.message.source);
  const hasMarkers = chat.has("draft/read-marker") || chat.has("read-marker");
  if (room.readMs === 0 && !hasMarkers) room.readMs = heard.timeMs;
  yield { kind: "opened", conversation: room, asked: false };
  const line = happened(heard.message, chat, heard.nowMs);
  if (line === null) return;
  // History is read from the newest line that has an id; what we missed lies before this one.
  line.msgid = "";
  yield* state.add(room, line, heard);
}

function* parted(state: State, heard: Heard): Events {
  const room = state.room(heard.param(0));
  if (room === undefined) return;
  yield* state.happened(room, heard);
  if (state.chat.isMe(heard.nick)) {
    yield* left(state, room, printable(heard.param(1)));
    state.chat.conversations.delete(fold(room.name));
  } else {
    state.membership.leave(room, heard.nick);
    yield changed(room);
  }
}

function* kicked(state: State, heard: Heard): Events {
  const room = state.room(heard.param(0));
  if (room === undefined) return;
  yield* state.happened(room, heard);
  if (state.chat.isMe(heard.param(1))) {
    const why = heard.param(2) === "" ? "" : `: ${heard.param(2)}`;
    yield* left(state, room, printable(`${heard.nick} put you out of ${room.name}${why}`));
  } else {
    state.membership.leave(room, heard.param(1));
    yield changed(room);
  }
}

/** The room is kept where we were put out of it, so that one sees why. */
function* left(state: State, room: Conversation, reason: string): Events {
  room.joined = false;
  state.membership.reset(room);
  yield { kind: "closed", conversation: room, reason };
}

function* quit(state: State, heard: Heard): Events {
  const places = state.chat.isMe(heard.nick) ? [] : [...state.membership.placesOf(heard.nick)];
  for (const place of places) {
    yield* state.happened(place, heard);
    state.membership.leave(place, heard.nick);
    yield changed(place);
  }
  if (places.length > 0) state.chat.people.delete(fold(heard.nick));
}

function* renamedPerson(state: State, heard: Heard): Events {
  const wanted = heard.param(0);
  const mine = state.chat.isMe(heard.nick);
  if (wanted === "" || heard.nick === "" || wanted.length > LONGEST_NAME || state.chat.isChannel(wanted)) return;
  if (state.chat.isMe(wanted) && !mine) return;
  for (const place of state.membership.rename(heard.nick, wanted)) {
    yield* state.happened(place, heard);
    yield changed(place);
  }
  if (mine) {
    state.chat.nick = wanted;
    yield SELF_CHANGED;
  }
}

function* renamedRoom(state: State, heard: Heard): Events {
  const { chat } = state;
  const old = heard.param(0);
  const wanted = heard.param(1);
  const room = state.room(old);
  if (room === undefined || !chat.isChannel(wanted) || wanted.length > LONGEST_NAME) return;
  chat.conversations.delete(fold(old));
  const stale = chat.conversations.get(fold(wanted));
  if (stale !== undefined) {
    chat.conversations.delete(fold(wanted));
    yield { kind: "closed", conversation: stale, reason: printable(`${old} is called ${wanted} now`) };
  }
  room.name = wanted;
  chat.conversations.set(fold(wanted), room);
  yield* state.happened(room, heard);
  yield changed(room);
}

function* invited(state: State, heard: Heard): Events {
  const room = state.room(heard.param(1));
  if (!state.chat.isMe(heard.param(0))) {
    if (room !== undefined) yield* state.happened(room, heard);
    return;
  }
  if (isIgnored(state.chat, heard.nick)) return;
  yield* state.happened(state.chat.server, heard);
  const name = printable(heard.param(1));
  yield told(`${printable(heard.nick)} invites you to ${name}: /join ${name}`, { conversation: room });
}

function* mode(state: State, heard: Heard): Events {
  if (!state.chat.isChannel(heard.param(0))) {
    yield* state.happened(state.chat.server, heard);
    return;
  }
  const room = state.room(heard.param(0));
  if (room === undefined) return;
  state.membership.changeModes(room, heard.message.params.slice(1));
  yield* state.happened(room, heard);
  yield changed(room);
}

/** 324. */
function* modes(state: State, heard: Heard): Events {
  const room = state.room(heard.param(1));
  if (room === undefined) return;
  state.membership.setModes(room, heard.message.params.slice(2));
  yield changed(room);
}

function* topic(state: State, heard: Heard): Events {
  const room = state.room(heard.param(0));
  if (room === undefined) return;
  room.topic = heard.param(1);
  room.topicBy = room.topic === "" ? "" : heard.nick;
  yield* state.happened(room, heard);
  yield changed(room);
}

/** 331: none; 332. */
function* topicIs(state: State, heard: Heard): Events {
  const room = state.room(heard.param(1));
  if (room === undefined) return;
  room.topic = heard.message.command === "332" ? heard.param(2) : "";
  if (room.topic === "") room.topicBy = "";
  yield changed(room);
}

/** 333. */
function* topicBy(state: State, heard: Heard): Events {
  const room = state.room(heard.param(1));
  if (room === undefined) return;
  room.topicBy = splitSource(heard.param(2))[0];
  yield changed(room);
}

function* names(state: State, heard: Heard): Events {
  const room = state.room(heard.param(2));
  if (room?.joined) state.membership.name(room, heard.param(3));
}

function* endOfNames(state: State, heard: Heard): Events {
  const room = state.room(heard.param(1));
  if (room !== undefined && state.membership.endNames(room)) yield changed(room);
}

export const HANDLERS: Handlers = {
  JOIN: joined,
  PART: parted,
  KICK: kicked,
  QUIT: quit,
  NICK: renamedPerson,
  RENAME: renamedRoom,
  INVITE: invited,
  MODE: mode,
  "324": modes,
  TOPIC: topic,
  "331": topicIs,
  "332": topicIs,
  "333": topicBy,
  "353": names,
  "366": endOfNames,
};
