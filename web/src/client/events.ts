/**
 * What a Session tells whoever shows the chat: that something changed, and where to look.
 *
 * The state itself is in Chat; an event carries only what is needed to redraw, to notify, or to say.
 */

import type { Conversation, Person } from "./chat";
import type { Line } from "./lines";
import type { Timeline } from "./timeline";

/** Of the connection. waiting: for the next attempt. ended: nobody wants it any more, or it makes no sense. */
export type Phase = "connecting" | "registering" | "online" | "waiting" | "ended";

/** `reason`: why it is so, in words for people. `retryAt`: time (ms since 1970) of the next attempt, where waiting. */
export interface PhaseChanged {
  kind: "phase";
  phase: Phase;
  reason: string;
  retryAt: number;
}

/** While coming in: choose another one (Session.takeName). `suggestion` may be free; `reason` is the server's. */
export interface NameRefused {
  kind: "nameRefused";
  name: string;
  reason: string;
  suggestion: string;
}

/** The password is wrong, or there is no such account; we are, or may come in, as a guest. `byToken`: it was a login token. */
export interface LoginRefused {
  kind: "loginRefused";
  account: string;
  reason: string;
  byToken: boolean;
}

/** A line that wasn't there. `live`: it came just now, so it may be worth a notification. */
export interface Added {
  kind: "added";
  conversation: Conversation;
  line: Line;
  live: boolean;
}

/** Edited, redacted, reacted to, arrived or failed. */
export interface Updated {
  kind: "updated";
  conversation: Conversation;
  line: Line;
}

/**
 * A page of history is in place; `count` new lines (0 at the beginning of everything).
 *
 * `timeline`: the conversation's, or a piece of its past.
 */
export interface Loaded {
  kind: "loaded";
  conversation: Conversation;
  timeline: Timeline;
  count: number;
  older: boolean;
}

/** There is a new conversation. `asked`: because we wanted to (joined), so that it should be shown. */
export interface Opened {
  kind: "opened";
  conversation: Conversation;
  asked: boolean;
}

/** We are no longer in that room, or closed the conversation; `reason` for people. */
export interface Closed {
  kind: "closed";
  conversation: Conversation;
  reason: string;
}

/** Topic, members, who is typing, unread count, or name. */
export interface Changed {
  kind: "changed";
  conversation: Conversation;
}

/** What others are typing there, or who sees what we type (Session.live). */
export interface LiveChanged {
  kind: "live";
  conversation: Conversation;
}

/** What somebody says of themselves (Person.metadata). */
export interface ProfileChanged {
  kind: "profile";
  person: Person;
}

/** There is more metadata than the server wants to send now: ask then for that of this room or person. For Session. */
export interface Postponed {
  kind: "postponed";
  target: string;
  atMs: number;
}

/** Our nick, account, away state, capabilities or ISUPPORT. */
export interface SelfChanged {
  kind: "self";
}

/**
 * The server says something to us alone, which belongs into no timeline; `error`: what we asked was refused.
 *
 * `conversation`: what it is about, where that is known.
 */
export interface Told {
  kind: "told";
  text: string;
  error: boolean;
  conversation: Conversation | null;
}

export type Event =
  | PhaseChanged
  | NameRefused
  | LoginRefused
  | Added
  | Updated
  | Loaded
  | Opened
  | Closed
  | Changed
  | LiveChanged
  | ProfileChanged
  | Postponed
  | SelfChanged
  | Told;

export type Events = Iterable<Event>;

export const SELF_CHANGED: SelfChanged = { kind: "self" };

export function changed(conversation: Conversation): Changed {
  return { kind: "changed", conversation };
}

export function told(text: string, about: { error?: boolean; conversation?: Conversation | undefined } = {}): Told {
  return { kind: "told", text, error: about.error ?? false, conversation: about.conversation ?? null };
}
