/**
 * A connection to an IRC server over WebSocket: messages in, messages out, one in each frame.
 *
 * Owns the socket and the sign of life. https://ircv3.net/specs/extensions/websocket. Knows nothing of what messages
 * mean. Everything from the server is bounded. Called by Network.
 */

import { BadLine, Message, parse } from "../irc/wire";

export const SUBPROTOCOL = "text.ircv3.net";
/** Letters of one line: tags and the longest LINELEN that servers announce. */
const LONGEST = 65_536;
/** Without a word, until the server is asked whether it is still there. People look at this. */
const QUIET_MS = 15_000;
const ANSWER_MS = 10_000;
/** After the machine slept, or the network changed: what is said to be connected may be long gone. */
const PROBE_MS = 5_000;
const OPEN_MS = 10_000;
const SIGN_OF_LIFE = "PING :alive";

/** What we need of a browser's WebSocket. */
export interface Socket {
  readonly readyState: number;
  onopen: ((event: never) => unknown) | null;
  onmessage: ((event: { data: unknown }) => unknown) | null;
  onerror: ((event: never) => unknown) | null;
  onclose: ((event: { code: number; reason: string }) => unknown) | null;
  send(text: string): void;
  close(code?: number, reason?: string): void;
}

export type OpenSocket = (url: string) => Socket;

export const openWebSocket: OpenSocket = (url) => new WebSocket(url, SUBPROTOCOL) as Socket;

/** `lost`: once, in words for people; nothing comes after it. */
export interface Listener {
  opened(): void;
  received(message: Message): void;
  lost(reason: string): void;
}

/** `tick` is to be called once a second or so. `nowMs` is the clock. */
export class Connection {
  readonly #socket: Socket;
  readonly #listener: Listener;
  readonly #nowMs: () => number;
  #isOpen = false;
  #isOver = false;
  /** When we last heard something, or began to wait. */
  #heardMs: number;
  /** By when the server must have said something; null: it need not. */
  #deadlineMs: number | null;

  constructor(url: string, listener: Listener, nowMs: () => number, open: OpenSocket = openWebSocket) {
    this.#listener = listener;
    this.#nowMs = nowMs;
    this.#heardMs = nowMs();
    this.#deadlineMs = nowMs() + OPEN_MS;
    this.#socket = open(url);
    this.#socket.onopen = () => this.#opened();
    this.#socket.onmessage = ({ data }) => this.#received(data);
    // Not every kind of socket says close after an error.
    this.#socket.onerror = () => this.#closed("");
    this.#socket.onclose = ({ reason }) => this.#closed(reason);
  }

  send(messages: readonly Message[]): void {
    if (!this.#isOpen || this.#isOver) return;
    for (const message of messages) this.#socket.send(message.toLine());
  }

  tick(): void {
    const nowMs = this.#nowMs();
    if (this.#deadlineMs !== null && nowMs >= this.#deadlineMs) {
      this.abort(this.#isOpen ? "the server has fallen silent" : "the server does not answer");
    } else if (this.#isOpen && this.#deadlineMs === null && nowMs - this.#heardMs >= QUIET_MS) {
      this.#ask(nowMs + ANSWER_MS);
    }
  }

  /** Find out soon whether anybody is still there. */
  probe(): void {
    if (this.#isOpen) this.#ask(Math.min(this.#deadlineMs ?? Infinity, this.#nowMs() + PROBE_MS));
  }

  /** End it; `lost` is called at once, as closing a dead connection takes its time. */
  abort(reason: string): void {
    this.#end(reason);
    this.#socket.close();
  }

  /** After what was sent. */
  close(): void {
    this.#isOver = true;
    this.#socket.close(1000);
  }

  #ask(deadlineMs: number): void {
    this.#deadlineMs = deadlineMs;
    this.#socket.send(SIGN_OF_LIFE);
  }

  #opened(): void {
    if (this.#isOver) return;
    this.#isOpen = true;
    this.#deadlineMs = null;
    this.#listener.opened();
  }

  #received(data: unknown): void {
    if (this.#isOver || typeof data !== "string") return;
    this.#heardMs = this.#nowMs();
    this.#deadlineMs = null;
    if (data.length > LONGEST) {
      this.abort("the server sent a line without end");
      return;
    }
    const message = toMessage(data);
    if (message !== null) this.#listener.received(message);
  }

  #closed(reason: string): void {
    if (reason !== "") this.#end(reason);
    else this.#end(this.#isOpen ? "the server closed it" : "the server can't be reached");
  }

  #end(reason: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#listener.lost(reason);
  }
}

function toMessage(line: string): Message | null {
  try {
    return parse(line.replace(/\r?\n?$/, ""));
  } catch (problem) {
    if (problem instanceof BadLine) return null;
    throw problem;
  }
}
