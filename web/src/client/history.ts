/**
 * What was said while we were away, and before we came: draft/chathistory, asked for page by page.
 *
 * Owns which pages are asked for and where they are put. Knows no sockets and no clock. Used by Session.
 *
 * 1. After a connection was lost, a conversation is read forward from the newest line it has, until nothing more comes:
 *    no gap. Pages that repeat what is there change nothing: no repeats.
 * 2. A gap of more than so many pages isn't filled: what is older is forgotten, and loads again by scrolling.
 */

import { fromTimestamp, toTimestamp } from "../irc/times";
import type { Message } from "../irc/wire";
import { Batch } from "./batches";
import type { Conversation } from "./chat";
import { Isupport } from "./isupport";
import type { Line } from "./lines";
import type { Request } from "./requests";
import type { Session } from "./session";
import type { Timeline } from "./timeline";

export const PAGE = 100;
/** Of a gap that is filled after a connection was lost. */
const PAGES = 10;
const TARGETS = 100;
/** How far our clock and the server's may be apart. */
const SKEW_MS = 60_000;

/** `lines`: those that were new. `end`: a reference to the page's end, "" for an empty page. */
interface Page {
  outcome: "merged" | "refused" | "lost";
  lines: Line[];
  end: string;
}

type Came = (page: Page) => void;

/** Of one session. */
export class History {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  get exists(): boolean {
    const { chat } = this.#session;
    return chat.has("batch", "server-time") && (chat.has("draft/chathistory") || chat.has("chathistory"));
  }

  // -- catching up --------------------------------------------------------------------------------------------

  /**
   * Read what came since the newest line that we have; where we have none, the newest page.
   *
   * `done`: at the end; whether the history could be read. Not called if the connection is lost before.
   */
  catchUp(conversation: Conversation, done: (checked: boolean) => void): void {
    if (!this.exists) {
      conversation.timeline.atStart = true;
      done(false);
      return;
    }
    const newest = this.#reference(conversation.timeline.newest());
    if (newest === "") this.#latest(conversation, done);
    else this.#forward(conversation, newest, PAGES, done);
  }

  #forward(conversation: Conversation, after: string, pages: number, done: (checked: boolean) => void): void {
    this.#page(conversation, conversation.timeline, "AFTER", after, ({ outcome, end }) => {
      if (outcome === "lost") return;
      const isWhole = outcome === "merged" && (end === "" || end === after);
      if (isWhole) {
        done(true);
      } else if (outcome === "merged" && pages > 1) {
        this.#forward(conversation, end, pages - 1, done);
      } else {
        // What it refers to is no longer known there, or the gap is too wide.
        conversation.timeline.clear();
        this.#latest(conversation, done);
      }
    });
  }

  #latest(conversation: Conversation, done: (checked: boolean) => void): void {
    this.#page(conversation, conversation.timeline, "LATEST", "*", ({ outcome, end }) => {
      if (outcome === "lost") return;
      conversation.timeline.atStart = end === "";
      done(outcome === "merged");
    });
  }

  /** The conversations in which something was said since then, direct ones included. */
  targets(sinceMs: number, nowMs: number, found: (names: string[]) => void): void {
    if (!this.exists) {
      found([]);
      return;
    }
    const since = `timestamp=${toTimestamp(Math.max(sinceMs - SKEW_MS, 0))}`;
    const until = `timestamp=${toTimestamp(nowMs + SKEW_MS)}`;
    const request = this.#session.ask("CHATHISTORY", ["TARGETS", since, until, String(TARGETS)]);
    request.whenDone((answered) => found(targetsIn(answered)));
  }

  // -- scrolling ----------------------------------------------------------------------------------------------

  loadOlder(conversation: Conversation, timeline: Timeline): void {
    const oldest = this.#reference(timeline.oldest());
    if (!this.exists || oldest === "") {
      timeline.atStart = true;
      this.#session.loaded(conversation, timeline, 0, true);
      return;
    }
    this.#page(conversation, timeline, "BEFORE", oldest, ({ outcome, lines, end }) => {
      timeline.atStart = outcome !== "lost" && end === "";
      this.#session.loaded(conversation, timeline, lines.length, true);
    });
  }

  /** For a piece of the past, which doesn't grow by itself. */
  loadNewer(conversation: Conversation, timeline: Timeline): void {
    const newest = this.#reference(timeline.newest());
    if (!this.exists || newest === "") {
      this.#session.loaded(conversation, timeline, 0, false);
      return;
    }
    this.#page(conversation, timeline, "AFTER", newest, ({ lines }) => {
      this.#session.loaded(conversation, timeline, lines.length, false);
    });
  }

  /** A piece of the past with this message in the middle. */
  around(conversation: Conversation, timeline: Timeline, msgid: string, timeMs: number): void {
    const byId = msgid !== "" && this.#knows("msgid");
    const reference = byId ? `msgid=${msgid}` : `timestamp=${toTimestamp(timeMs)}`;
    this.#page(conversation, timeline, "AROUND", reference, ({ lines }) => {
      this.#session.loaded(conversation, timeline, lines.length, false);
    });
  }

  // -- pages --------------------------------------------------------------------------------------------------

  #page(conversation: Conversation, timeline: Timeline, verb: string, reference: string, came: Came): void {
    const limit = Math.min(PAGE, new Isupport(this.#session.chat.tokens).historyLimit || PAGE);
    const request = this.#session.ask("CHATHISTORY", [verb, conversation.name, reference, String(limit)]);
    request.whenDone(() => {
      if (request.failed) {
        came({ outcome: this.#session.isConnected ? "refused" : "lost", lines: [], end: "" });
        return;
      }
      const content = [...contentOf(request.answers)];
      const lines = this.#session.merge(conversation, content, timeline, verb === "BEFORE");
      came({ outcome: "merged", lines, end: this.#endOf(content) });
    });
  }

  #reference(line: Line | undefined): string {
    if (line === undefined) return "";
    return this.#knows("msgid") ? `msgid=${line.msgid}` : `timestamp=${toTimestamp(line.timeMs)}`;
  }

  /** The last of a page need not be a line of ours: it may be a reaction. */
  #endOf(content: readonly (Message | Batch)[]): string {
    const tags = content.at(-1)?.tags;
    const msgid = tags?.get("msgid");
    if (msgid !== undefined && this.#knows("msgid")) return `msgid=${msgid}`;
    const time = tags?.get("time");
    return time === undefined ? "" : `timestamp=${time}`;
  }

  #knows(kind: string): boolean {
    return new Isupport(this.#session.chat.tokens).references.includes(kind);
  }
}

function* contentOf(answers: Iterable<Message | Batch>): Generator<Message | Batch> {
  for (const answer of answers) {
    if (!(answer instanceof Batch)) continue;
    if (answer.type.endsWith("chathistory")) yield* answer.messages;
    else yield* contentOf(answer.messages);
  }
}

function targetsIn(request: Request): string[] {
  const dated: [timeMs: number, name: string][] = [];
  for (const answer of request.answers) {
    if (!(answer instanceof Batch)) continue;
    for (const { command, params } of answer.flat()) {
      const [verb, name, time, ...rest] = params;
      if (command !== "CHATHISTORY" || verb !== "TARGETS" || name === undefined || time === undefined) continue;
      if (rest.length === 0) dated.push([fromTimestamp(time) ?? 0, name]);
    }
  }
  return dated.sort((one, other) => one[0] - other[0]).map(([, name]) => name);
}
