/**
 * A thread that is open beside its room: what is typed there, and the loading of what is missing.
 *
 * Owns how much history is asked for. A reply always follows what it answers, so where the first message is loaded all is
 * loaded. Where it isn't, a piece of the past around it is, and then page by page what followed, until that reaches what
 * is loaded of the room or has taken MOST_PAGES. The protocol has no question for the replies to one message.
 */

import { batch, signal } from "@preact/signals";

import { Line } from "../client/lines";
import type { Timeline } from "../client/timeline";
import type { Model } from "./model";
import { Window } from "./windows";

/** Asked for at once; more only when somebody wants it. */
export const MOST_PAGES = 10;

/** How far its messages have been found. gone: the first one can't be had. */
export type Completeness = "loading" | "whole" | "more" | "gone";

export class ThreadWindow extends Window {
  readonly completeness = signal<Completeness>("loading");
  /** Grows when its box should have the focus. */
  readonly focusBox = signal(0);
  #asked = "";
  #pages = 0;
  #newest = "";

  /** `opened`: the message that somebody wants the thread of. */
  constructor(
    readonly beside: Window,
    readonly opened: string,
  ) {
    super(beside.conversation);
  }

  /** It may move up, with what is loaded. */
  get root(): string {
    return this.beside.threads.rootOf(this.opened);
  }

  get first(): Line | undefined {
    return this.find(this.root);
  }

  override get keptAs(): string {
    return `${this.conversation.name} ${this.root}`;
  }

  override get title(): string {
    return `Thread in ${super.title}`;
  }

  find(msgid: string): Line | undefined {
    return this.conversation.timeline.find(msgid) ?? this.past.peek()?.find(msgid);
  }

  /** The first message and its replies, as far as they are loaded; without what was forgotten before it was sent. */
  messages(ignored: ReadonlySet<string>): Line[] {
    const { timeline } = this.conversation;
    const replies = this.beside.threads.replies(this.root, ignored).filter((line) => line.delivery === "arrived" || timeline.index(line) >= 0);
    const { first } = this;
    return first === undefined ? replies : [first, ...replies];
  }

  override *newestFirst(): Iterable<Line> {
    yield* this.messages(new Set()).filter((line) => line.delivery === "arrived").reverse();
  }

  /** Ask for what is missing. Called when it is opened, and with every page that has come; `came`: what that belongs to. */
  complete(model: Model, came: Timeline | null): void {
    const present = this.conversation.timeline;
    const past = this.past.peek();
    if (present.find(this.root) !== undefined || !model.session.can("history")) this.completeness.value = "whole";
    else if (past?.find(this.root) !== undefined) this.#goOn(model, past, came);
    else if (this.#asked !== this.root) this.#askFor(model, this.root);
    else if (came === past) this.completeness.value = "gone";
  }

  /** Somebody wants more of it. */
  more(model: Model): void {
    this.#pages = 0;
    this.#newest = "";
    this.complete(model, this.past.peek());
  }

  #askFor(model: Model, root: string): void {
    this.#asked = root;
    this.#newest = "";
    this.completeness.value = "loading";
    const [earliest] = this.beside.threads.replies(root, new Set());
    this.past.value = model.session.past(this.conversation, root, earliest?.timeMs ?? 0);
  }

  #goOn(model: Model, past: Timeline, came: Timeline | null): void {
    const newest = past.newest();
    const oldest = this.conversation.timeline.oldest();
    const isJoined = newest === undefined || oldest === undefined || newest.timeMs >= oldest.timeMs;
    const isEnd = came === past && newest?.msgid === this.#newest;
    if (isJoined || isEnd) {
      this.completeness.value = "whole";
      return;
    }
    const isEnough = this.#pages >= MOST_PAGES;
    this.completeness.value = isEnough ? "more" : "loading";
    // While another page is on its way nothing is asked; that one will bring us here again.
    if (isEnough || this.conversation.loading) return;
    this.#pages += 1;
    this.#newest = newest.msgid;
    model.session.loadNewer(this.conversation, past);
  }
}

/** What is said there answers, where it answers no other message. */
export function answeredIn(window: Window): Line | undefined {
  if (!(window instanceof ThreadWindow)) return undefined;
  return window.first ?? new Line("message", 0, { msgid: window.root });
}

// -- opening and closing ----------------------------------------------------------------------------------------

const NARROW = "(max-width: 699.98px)";

/** Beside the room, or instead of it where the screen is narrow. */
export function openThread(model: Model, window: Window, msgid: string): void {
  if (msgid === "") return;
  const beside = window instanceof ThreadWindow ? window.beside : window;
  const thread = new ThreadWindow(beside, msgid);
  thread.draft.value = model.drafts.draft(thread.keptAs);
  show(model, thread);
  thread.complete(model, null);
}

/** All threads of the room. */
export function listThreads(model: Model): void {
  show(model, "list");
}

function show(model: Model, thread: ThreadWindow | "list"): void {
  batch(() => {
    model.thread.value = thread;
    if (matchMedia(NARROW).matches) model.pane.value = "thread";
  });
}

export function closeThread(model: Model): void {
  batch(() => {
    model.thread.value = null;
    model.inThread = false;
    if (model.pane.peek() === "thread") model.pane.value = "talk";
  });
  model.readSoon();
}

export function focusBoxOf(model: Model, window: Window | null): void {
  const { focusBox } = window instanceof ThreadWindow ? window : model;
  focusBox.value += 1;
}
