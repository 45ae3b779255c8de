/**
 * What every handler of the reducer works on: the chat, who is in it, and the ways a line gets into a conversation.
 *
 * Owns the limits on conversations, and that a line that came is counted and told. Knows no single command.
 */

import type { Chat, Conversation } from "../chat";
import type { Event, Events } from "../events";
import { Line } from "../lines";
import { Membership } from "./membership";
import { happened, type Heard, splitTarget } from "./reading";

export const MOST_CONVERSATIONS = 2_000;
export const LONGEST_NAME = 300;

/** Of one Chat. */
export class State {
  readonly membership: Membership;

  constructor(readonly chat: Chat) {
    this.membership = new Membership(chat);
  }

  // -- conversations ------------------------------------------------------------------------------------------

  room(name: string): Conversation | undefined {
    const found = this.chat.find(name);
    return found?.isRoom ? found : undefined;
  }

  /** Whether a conversation of this name can't be opened. */
  isFull(name: string): boolean {
    return this.chat.conversations.size >= MOST_CONVERSATIONS || name.length > LONGEST_NAME;
  }

  /** A direct conversation, or a room that we know; what finds no place goes to the server's. */
  *opened(name: string): Generator<Event, Conversation> {
    const found = this.chat.find(name);
    if (found !== undefined) return found;
    if (name === "" || this.isFull(name) || this.chat.isChannel(name)) return this.chat.server;
    const conversation = this.chat.open(name, "direct");
    yield { kind: "opened", conversation, asked: false };
    return conversation;
  }

  /** The first that is the name of a conversation. */
  about(params: readonly string[]): Conversation | undefined {
    for (const param of params) {
      const found = param === "" ? undefined : this.chat.find(splitTarget(param, this.chat)[1]);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  // -- lines --------------------------------------------------------------------------------------------------

  *add(conversation: Conversation, line: Line, heard: Heard): Events {
    const { timeline } = conversation;
    const isNew = heard.isLate ? timeline.merge([line]).length > 0 : timeline.append(line);
    if (!isNew) return;
    timeline.reactions.show(line);
    conversation.count(line);
    yield { kind: "added", conversation, line, live: !heard.isLate };
  }

  /** What somebody did there. */
  *happened(conversation: Conversation, heard: Heard): Events {
    const line = happened(heard.message, this.chat, heard.nowMs);
    if (line !== null) yield* this.add(conversation, line, heard);
  }

  /** Into the server's conversation. */
  *inform(heard: Heard, text: string): Events {
    if (text === "") return;
    yield* this.add(this.chat.server, new Line("info", heard.timeMs, { text, msgid: heard.msgid }), heard);
  }
}

export type Handler = (state: State, heard: Heard) => Events;
export type Handlers = Readonly<Record<string, Handler>>;
