/**
 * What becomes known of people, ourselves included: away, accounts, hosts, real names.
 *
 * Owns what these commands and replies change. Handlers of the reducer: each takes the state and a message, and yields
 * events.
 */

import { fold } from "../../irc/names";
import { PROFILE_KEYS } from "../chat";
import { changed, type Events, SELF_CHANGED, told } from "../events";
import type { Heard } from "./reading";
import type { Handlers, State } from "./state";
import { replyWords } from "./wording";

/** Seconds until we ask again for what was postponed: at least, where none were said, and at most. */
const SOONEST = 1;
const LATER = 10;
const LATEST = 3_600;

function* away(state: State, heard: Heard): Events {
  const reason = heard.param(0) || null;
  if (state.chat.isMe(heard.nick)) {
    state.chat.away = reason !== null;
    yield SELF_CHANGED;
  }
  const person = state.chat.people.get(fold(heard.nick));
  if (person === undefined) return;
  person.away = reason;
  yield* changedFor(state, heard.nick);
}

/** 301: to whom we have written. Servers say it every time, we once. */
function* isAway(state: State, heard: Heard): Events {
  const nick = heard.param(1);
  const reason = heard.param(2);
  const direct = nick === "" ? undefined : state.chat.find(nick);
  const person = direct === undefined ? state.chat.people.get(fold(nick)) : state.chat.person(nick);
  if (person === undefined || person.away === reason) return;
  person.away = reason;
  yield* changedFor(state, nick);
  yield told(replyWords(heard.message), { conversation: direct });
}

/** 305, 306. */
function* ownAway(state: State, heard: Heard): Events {
  state.chat.away = heard.message.command === "306";
  yield SELF_CHANGED;
}

function* account(state: State, heard: Heard): Events {
  const name = heard.param(0) === "*" ? "" : heard.param(0);
  if (state.chat.isMe(heard.nick)) {
    state.chat.account = name;
    yield SELF_CHANGED;
  }
  const person = state.chat.people.get(fold(heard.nick));
  if (person === undefined) return;
  person.account = name;
  yield* changedFor(state, heard.nick);
}

/** 900, 901. */
function* ownAccount(state: State, heard: Heard): Events {
  state.chat.account = heard.message.command === "900" ? heard.param(2) : "";
  yield SELF_CHANGED;
}

function* host(state: State, heard: Heard): Events {
  const person = state.chat.people.get(fold(heard.nick));
  if (person === undefined) return;
  person.user = heard.param(0);
  person.host = heard.param(1);
  yield* changedFor(state, heard.nick);
}

function* realname(state: State, heard: Heard): Events {
  const person = state.chat.people.get(fold(heard.nick));
  if (person === undefined) return;
  person.realname = heard.param(0);
  yield* changedFor(state, heard.nick);
}

/** 352, 354. */
function* who(state: State, heard: Heard): Events {
  if (heard.message.command === "352") state.membership.describe(heard.message.params);
  else state.membership.describeFully(heard.message.params);
}

function* endOfWho(state: State, heard: Heard): Events {
  const conversation = state.chat.find(heard.param(1));
  if (conversation !== undefined) yield changed(conversation);
}

/** METADATA <target> <key> <visibility> [value]: news, or what was there before. */
function* metadata(state: State, heard: Heard): Events {
  yield* learned(state, heard.param(0), heard.param(1), heard.param(3));
}

/** 761, which has our name in front: an answer, and in draft/metadata-3 also news. */
function* keyValue(state: State, heard: Heard): Events {
  yield* learned(state, heard.param(1), heard.param(2), heard.param(4));
}

/** 766: a key is not set, or not any more. */
function* keyNotSet(state: State, heard: Heard): Events {
  yield* learned(state, heard.param(1), heard.param(2), "");
}

function* learned(state: State, target: string, key: string, value: string): Events {
  const person = state.chat.people.get(fold(target === "*" ? state.chat.nick : target));
  const name = key.toLowerCase();
  if (person === undefined || !PROFILE_KEYS.includes(name) || (person.metadata.get(name) ?? "") === value) return;
  if (value === "") person.metadata.delete(name);
  else person.metadata.set(name, value);
  yield { kind: "profile", person };
  yield* changedFor(state, person.nick);
  if (state.chat.isMe(person.nick)) yield SELF_CHANGED;
}

/** 774 <us> <target> [<seconds>] [<text>]: synchronization is postponed. */
function* postponed(_state: State, heard: Heard): Events {
  const target = heard.param(1);
  const given = heard.param(2);
  const seconds = /^\d{1,9}$/.test(given) ? Math.min(Math.max(Number(given), SOONEST), LATEST) : LATER;
  if (target !== "") yield { kind: "postponed", target, atMs: heard.nowMs + seconds * 1000 };
}

function changedFor(state: State, nick: string): Events {
  return [...state.membership.placesOf(nick)].map(changed);
}

export const HANDLERS: Handlers = {
  AWAY: away,
  "301": isAway,
  "305": ownAway,
  "306": ownAway,
  ACCOUNT: account,
  "900": ownAccount,
  "901": ownAccount,
  CHGHOST: host,
  SETNAME: realname,
  "352": who,
  "354": who,
  "315": endOfWho,
  METADATA: metadata,
  "761": keyValue,
  "766": keyNotSet,
  "774": postponed,
};
