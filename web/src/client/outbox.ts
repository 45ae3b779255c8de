/**
 * What we said and the server has not confirmed yet: sent once, in order, whatever happens to the connection.
 *
 * Owns the lines of ours that are pending, and when each goes out. Knows no sockets and no clock. Used by Session.
 *
 * 1. Within a conversation nothing overtakes: a line is sent when all before it have been sent on this connection.
 * 2. A line that was sent on a connection that is lost may have arrived. It is sent again only after the history since
 *    then has been read, where it would have been found by its nonce. Where there is no history to read, it fails, and
 *    people decide.
 */

import type { Message } from "../irc/wire";
import type { Conversation } from "./chat";
import type { Line } from "./lines";
import { type Limits, toMessages } from "./sending";

/** How many may be unconfirmed at a time: a burst that servers take without complaint. */
const WINDOW = 16;
/** Waiting lines of a conversation; whoever types more than that without a connection is told. */
export const MOST = 1_000;

export const DOUBTFUL = "the connection was lost; it may or may not have arrived";

/** Too much waits for the connection already. */
export class Full extends Error {
  override name = "Full";
}

/** A line on its way. `sent`: on this connection; `doubtful`: on an earlier one. */
export interface Sending {
  readonly conversation: Conversation;
  readonly line: Line;
  sent: boolean;
  doubtful: boolean;
}

type Send = (sending: Sending, messages: [Message, ...Message[]]) => void;

export class Outbox {
  readonly #send: Send;
  readonly #queues = new Map<Conversation, Sending[]>();
  readonly #ready = new Set<Conversation>();

  /** `send` puts the messages of one line on the wire; what comes back is settled by Session. */
  constructor(send: Send) {
    this.#send = send;
  }

  get isEmpty(): boolean {
    return this.#queues.size === 0;
  }

  /** The line is in its timeline already. Throws Full. */
  add(conversation: Conversation, line: Line): void {
    const queue = this.#queue(conversation);
    if (queue.length >= MOST) throw new Full();
    this.#queues.set(conversation, [...queue, { conversation, line, sent: false, doubtful: false }]);
  }

  /** The oldest that was sent with this text, for servers that give nothing else to know it by. */
  first(conversation: Conversation, text: string): Sending | undefined {
    return this.#queue(conversation).find((sending) => sending.sent && sending.line.text === text);
  }

  /** The oldest that was sent and is neither confirmed nor refused. */
  oldest(conversation: Conversation): Sending | undefined {
    return this.#queue(conversation).find((sending) => sending.sent);
  }

  /** It has arrived, failed, or isn't wanted any more. */
  done(line: Line): void {
    for (const [conversation, queue] of [...this.#queues]) {
      const left = queue.filter((sending) => sending.line !== line);
      if (left.length === 0) this.#queues.delete(conversation);
      else if (left.length !== queue.length) this.#queues.set(conversation, left);
    }
  }

  /** The connection is gone. */
  lost(): void {
    this.#ready.clear();
    for (const sending of this.#all()) {
      sending.doubtful ||= sending.sent;
      sending.sent = false;
    }
  }

  /** The conversations whose newest history must be read before anything may be sent there. */
  waitsForHistory(): Conversation[] {
    return [...this.#queues].filter(([, queue]) => queue.some((one) => one.doubtful)).map(([conversation]) => conversation);
  }

  /**
   * Now lines may go there. `checked`: what is doubtful was looked for and is not there.
   *
   * Returns the lines that can't be sent without asking.
   */
  ready(conversation: Conversation, checked = true): Line[] {
    this.#ready.add(conversation);
    const doubtful = this.#queue(conversation).filter((sending) => sending.doubtful);
    for (const sending of doubtful) sending.doubtful = false;
    return checked ? [] : doubtful.map((sending) => sending.line);
  }

  notReady(conversation: Conversation): void {
    this.#ready.delete(conversation);
  }

  waiting(conversation: Conversation): Line[] {
    return this.#queue(conversation).map((sending) => sending.line);
  }

  /** Send what may go now. */
  flush(limits: Limits): void {
    let room = WINDOW - [...this.#all()].filter((sending) => sending.sent).length;
    for (const [conversation, queue] of [...this.#queues]) {
      if (!this.#ready.has(conversation)) continue;
      for (const sending of queue) {
        if (sending.sent) continue;
        if (room <= 0) return;
        sending.sent = true;
        room -= 1;
        this.#send(sending, toMessages(conversation.name, sending.line, limits));
      }
    }
  }

  #queue(conversation: Conversation): readonly Sending[] {
    return this.#queues.get(conversation) ?? [];
  }

  *#all(): Generator<Sending> {
    for (const queue of this.#queues.values()) yield* queue;
  }
}
