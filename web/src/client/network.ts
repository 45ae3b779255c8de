/**
 * A Session over real connections: connecting, coming back with patience, leaving.
 *
 * Owns the connections to one server and the clock, and listens to what the browser says of the network and of the page.
 * Knows no screen: whoever shows the chat is called with events.
 */

import { printable } from "../irc/text";
import type { Chat } from "./chat";
import { Connection, openWebSocket, type OpenSocket } from "./connection";
import type { Event, Phase } from "./events";
import type { Identity } from "./registration";
import { Session } from "./session";

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;
const TICK_MS = 1_000;
/** A server that doesn't let us in by then is not there. */
const WELCOME_MS = 30_000;
const NONCE_BYTES = 12;

export type OnEvents = (events: Event[]) => void;

export interface NetworkOptions {
  /** Where the server is; ws: or wss:. */
  url?: string;
  /** Joined on arrival, with their keys. */
  rooms?: ReadonlyMap<string, string>;
  /** Up to when (ms) a conversation of this name was read on this device; for guests. */
  readBefore?: (name: string) => number;
  firstPauseMs?: number;
  openSocket?: OpenSocket;
}

export class Network {
  readonly url: string;
  readonly session: Session;
  readonly #onEvents: OnEvents;
  readonly #openSocket: OpenSocket;
  readonly #firstPauseMs: number;
  #pauseMs: number;
  #connection: Connection | null = null;
  #isWanted = false;
  #isAwake = false;
  #registeringSinceMs = 0;
  #ticking: ReturnType<typeof setInterval> | undefined;
  #resting: ReturnType<typeof setTimeout> | undefined;
  #letters: ReturnType<typeof setTimeout> | undefined;

  constructor(identity: Identity, onEvents: OnEvents, options: NetworkOptions = {}) {
    this.url = options.url ?? pageUrl();
    this.#onEvents = onEvents;
    this.#openSocket = options.openSocket ?? openWebSocket;
    this.#firstPauseMs = this.#pauseMs = options.firstPauseMs ?? FIRST_PAUSE_MS;
    this.session = new Session(identity, {
      nowMs: () => Date.now(),
      nonce: makeNonce,
      wake: () => this.#wake(),
      rooms: options.rooms ?? new Map(),
      readBefore: options.readBefore ?? (() => 0),
    });
  }

  get chat(): Chat {
    return this.session.chat;
  }

  get phase(): Phase {
    return this.session.phase;
  }

  // -- what the owner asks ------------------------------------------------------------------------------------

  /** Connect, and stay connected until stop(). */
  start(): void {
    if (this.#isWanted) return;
    this.#isWanted = true;
    this.#pauseMs = this.#firstPauseMs;
    this.#ticking = setInterval(() => this.#tick(), TICK_MS);
    globalThis.addEventListener?.("online", this.#onNetworkChange);
    globalThis.addEventListener?.("offline", this.#onNetworkChange);
    globalThis.document?.addEventListener("visibilitychange", this.#onVisible);
    this.#connect();
  }

  /** Don't wait for the next attempt; where there is a connection, make a new one. */
  reconnectNow(): void {
    this.#pauseMs = this.#firstPauseMs;
    if (!this.#isWanted) {
      this.start();
      return;
    }
    const connection = this.#connection;
    this.#connection = null;
    if (connection !== null) {
      this.session.disconnected();
      connection.close();
    }
    this.#connect();
  }

  /** Say goodbye and end. */
  stop(reason = ""): void {
    if (this.#isWanted) this.#endWatch();
    this.#isWanted = false;
    clearTimeout(this.#resting);
    const connection = this.#connection;
    this.#connection = null;
    if (connection !== null) {
      this.session.leave(reason);
      connection.send(this.session.takeMessages());
      connection.close();
      this.session.disconnected();
    }
    this.session.setPhase("ended", reason);
    this.#show();
  }

  #endWatch(): void {
    clearInterval(this.#ticking);
    clearTimeout(this.#letters);
    globalThis.removeEventListener?.("online", this.#onNetworkChange);
    globalThis.removeEventListener?.("offline", this.#onNetworkChange);
    globalThis.document?.removeEventListener("visibilitychange", this.#onVisible);
  }

  // -- the life of a connection -------------------------------------------------------------------------------

  #connect(): void {
    clearTimeout(this.#resting);
    this.session.setPhase("connecting");
    const connection: Connection = new Connection(
      this.url,
      {
        opened: () => this.#opened(),
        received: (message) => this.session.received(message),
        lost: (reason) => this.#lost(connection, reason),
      },
      Date.now,
      this.#openSocket,
    );
    this.#connection = connection;
  }

  #opened(): void {
    this.#registeringSinceMs = Date.now();
    this.session.connected(isSafe(this.url));
  }

  #lost(connection: Connection, reason: string): void {
    if (connection !== this.#connection) return;
    this.#connection = null;
    const why = this.session.refusal || printable(reason);
    this.session.disconnected();
    if (!this.#isWanted) return;
    if (this.session.wasOnline) this.#pauseMs = this.#firstPauseMs;
    this.#rest(why);
  }

  #rest(reason: string): void {
    // Spread, so that not all who lost a server come back at one moment.
    const pause = this.#pauseMs * (0.75 + Math.random() / 2);
    this.#pauseMs = Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS);
    this.session.wasOnline = false;
    this.session.setPhase("waiting", reason, Date.now() + pause);
    this.#resting = setTimeout(() => this.#connect(), pause);
  }

  #tick(): void {
    const now = Date.now();
    this.session.tick();
    this.#connection?.tick();
    const hangs = this.phase === "registering" && now - this.#registeringSinceMs > WELCOME_MS;
    if (hangs && !this.session.asksName) this.#connection?.abort("the server does not let us in");
  }

  // -- what the browser says ----------------------------------------------------------------------------------

  /** Neither event can be believed: offline is also said where the server is on this very machine. */
  readonly #onNetworkChange = (): void => {
    if (this.phase === "waiting") this.reconnectNow();
    else this.#connection?.probe();
  };

  readonly #onVisible = (): void => {
    if (document.visibilityState === "visible") this.#onNetworkChange();
  };

  // -- in and out ---------------------------------------------------------------------------------------------

  /** Something is to be sent or shown: once, when whoever caused it is done. */
  #wake(): void {
    if (this.#isAwake) return;
    this.#isAwake = true;
    queueMicrotask(() => this.#serve());
  }

  #serve(): void {
    this.#isAwake = false;
    // What is asked for before the connection is there is not sent later.
    this.#connection?.send(this.session.takeMessages());
    this.#show();
    this.#plan();
  }

  /** Live text has its own time, finer than a second. */
  #plan(): void {
    clearTimeout(this.#letters);
    const due = this.#isWanted ? this.session.live.due() : null;
    if (due !== null) this.#letters = setTimeout(() => this.#playLetters(), Math.max(due - Date.now(), 0));
  }

  #playLetters(): void {
    this.session.live.tick();
    this.#serve();
  }

  #show(): void {
    const events = this.session.takeEvents();
    if (events.length > 0) this.#onEvents(events);
  }
}

function pageUrl(): string {
  const { protocol, host } = globalThis.location;
  return `${protocol === "https:" ? "wss:" : "ws:"}//${host}/irc`;
}

/** Encrypted, or on this machine: nobody else reads a password on its way. */
export function isSafe(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === "wss:" || /^(?:(?:.+\.)?localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}

function makeNonce(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
