/**
 * What a message from the server changes: the state after it, and the events that tell of it.
 *
 * Owns the step from one state of Chat to the next. The handlers know their commands: speaking.ts, rooms.ts, people.ts
 * and replies.ts; under them, reading.ts makes lines of messages, membership.ts knows who is where, revising.ts what
 * becomes of a line, playback.ts history. No I/O and no clock: the time comes with each call. Called by Session.
 */

import type { Message } from "../../irc/wire";
import { Batch, isMultiline, multilineMessage } from "../batches";
import type { Chat, Conversation } from "../chat";
import type { Event, Events } from "../events";
import type { Line } from "../lines";
import type { Timeline } from "../timeline";
import { HANDLERS as PEOPLE } from "./people";
import { putPage } from "./playback";
import { conversationName, Heard, said } from "./reading";
import { HANDLERS as REPLIES, unknown } from "./replies";
import { HANDLERS as ROOMS } from "./rooms";
import { HANDLERS as SPEAKING } from "./speaking";
import { type Handlers, State } from "./state";

/** By command; commands are capital letters or digits, so no name of an object's own can be meant. */
export const HANDLERS: Handlers = { ...SPEAKING, ...ROOMS, ...PEOPLE, ...REPLIES };

/** Something that a search found, and the name of its conversation. */
export interface Hit {
  conversation: string;
  line: Line;
}

/** Of one Chat. */
export class Reducer {
  readonly #state: State;

  constructor(readonly chat: Chat) {
    this.#state = new State(chat);
  }

  /** What the server says now. */
  apply(message: Message | Batch, nowMs: number): Event[] {
    return [...this.#apply(message, nowMs)];
  }

  /** Put the content of a chathistory batch into a timeline; returns what was not there yet. */
  page(
    conversation: Conversation,
    content: Iterable<Message | Batch>,
    nowMs: number,
    { timeline = conversation.timeline, older = false }: { timeline?: Timeline; older?: boolean } = {},
  ): Line[] {
    const fresh = putPage(timeline, content, this.chat, nowMs, older);
    if (timeline === conversation.timeline) conversation.recount();
    return fresh;
  }

  /** A message that a search has found. Changes nothing. */
  found(message: Message | Batch, nowMs: number): Hit | null {
    const whole = wholeOf(message);
    if (whole === null || (whole.command !== "PRIVMSG" && whole.command !== "NOTICE")) return null;
    const line = said(whole, this.chat, nowMs);
    return line === null ? null : { conversation: conversationName(whole, this.chat), line };
  }

  *#apply(message: Message | Batch, nowMs: number): Events {
    const whole = wholeOf(message);
    if (whole !== null) {
      yield* (HANDLERS[whole.command] ?? unknown)(this.#state, new Heard(whole, nowMs));
    } else if (message instanceof Batch && isPlayedBack(message)) {
      yield* this.#playedBack(message, nowMs);
    } else if (message instanceof Batch) {
      for (const part of message.messages) yield* this.#apply(part, nowMs);
    }
  }

  /** History that nobody asked for. */
  *#playedBack(batch: Batch, nowMs: number): Events {
    const [name = ""] = batch.params;
    if (name === "" || (this.chat.isChannel(name) && this.chat.find(name) === undefined)) return;
    const conversation = yield* this.#state.opened(name);
    const fresh = this.page(conversation, batch.messages, nowMs);
    yield { kind: "loaded", conversation, timeline: conversation.timeline, count: fresh.length, older: false };
  }
}

function isPlayedBack(batch: Batch): boolean {
  return batch.type.endsWith("chathistory") || batch.type.endsWith("znc.in/playback");
}

/** One message; also for one that came in several lines. */
function wholeOf(message: Message | Batch): Message | null {
  if (!(message instanceof Batch)) return message;
  return isMultiline(message) ? multilineMessage(message) : null;
}
