/**
 * What the page shows and what it can do: signals over the Session, and the ways from one window to another.
 *
 * Owns which windows there are and which is shown, the first page, the open dialog, and short notices. What can be done
 * with one message is in messages.ts, what typed commands do in commands.ts. Knows no component. The state itself is
 * in Chat, changed in place: whoever shows it reads the signal beside it (`window.lines`, `window.about`, `self`), and
 * is drawn again when it grows.
 */

import { batch, computed, signal, type ReadonlySignal } from "@preact/signals";

import type { Chat, Conversation } from "../client/chat";
import type { Event, Loaded, LoginRefused, Phase, PhaseChanged } from "../client/events";
import { Line } from "../client/lines";
import type { Network } from "../client/network";
import type { Identity } from "../client/registration";
import { makeIdentity } from "../client/registration";
import type { Request } from "../client/requests";
import type { Session } from "../client/session";
import type { Timeline } from "../client/timeline";
import { fold } from "../irc/names";
import { isSecret } from "./commands";
import type { Dialog, Menu } from "./dialogs";
import { Drafts, EMPTY, type Draft } from "./drafts";
import type { Destination } from "./links";
import { LiveText } from "./live";
import { Notifier, type Notice as Announcement } from "./notifications";
import { ReadMarks } from "./read_marks";
import { forgetOffline, readOffline, saveOffline, type Snapshot } from "./offline";
import { Settings, toggled } from "./settings";
import { Staying } from "./staying";
import type { Keeping } from "./storage";
import { focusBoxOf, type ThreadWindow } from "./thread_window";
import { Windows, type Window } from "./windows";

export const LOBBY = "#lobby";
const READ_AFTER_MS = 300;
const NOTICE_MS = 6_000;
/** After a reload the server may not have noticed yet that the page before has gone. */
const SAME_NAME_TRIES = 4;
const SAME_NAME_AFTER_MS = 400;

/** The first page. `refused`: the name that can't be had, and why; `wrongPassword`: the server's word about it. */
export interface Welcome {
  readonly name: string;
  /** Where the address of the page leads to; "" for nowhere in particular. */
  readonly room: string;
  readonly busy: boolean;
  readonly refused: { readonly name: string; readonly reason: string; readonly suggestion: string } | null;
  readonly wrongPassword: string;
  /** Why the server can't be reached. */
  readonly failure: string;
}

/** A sentence at the edge of the page, for a moment. */
export interface Notice {
  readonly text: string;
  readonly error: boolean;
  readonly action: { readonly label: string; readonly act: () => void } | null;
}

/** Bring a line into view; null: the end. */
export interface Jump {
  readonly window: Window;
  readonly line: Line | null;
}

/** What the view of the messages does for keys that are pressed elsewhere. */
export interface ViewOfMessages {
  page(step: 1 | -1): void;
  toEdge(edge: "oldest" | "newest"): void;
  focus(): void;
  /** Remember where one is reading. */
  keep(): void;
  /** The message that actions are about where none has the focus. */
  last(): Line | undefined;
}

export type Pane = "rooms" | "talk" | "people" | "thread";

/** Where the model gets what it can't make itself. */
export interface World {
  readonly keeping: Keeping;
  readonly destination: Destination;
  /** What somebody knows this browser by. */
  readonly device?: string;
  connect(identity: Identity, onEvents: (events: Event[]) => void, known: { rooms: Map<string, string>; readBefore: (name: string) => number }): Network;
  /** The room that an invite link leads to. */
  lookUp(token: string): Promise<string>;
  isLooking(): boolean;
  announce(notice: Announcement): void;
  readonly now: () => number;
}

export class Model {
  readonly settings: Settings;
  readonly live: LiveText;
  readonly staying: Staying;
  readonly drafts: Drafts;
  readonly marks: ReadMarks;
  readonly windows = new Windows();
  /** Grows when windows come, go or change places. */
  readonly order = signal(0);
  readonly current = signal<Window | null>(null);
  readonly phase = signal<PhaseChanged>({ kind: "phase", phase: "waiting", reason: "", retryAt: 0 });
  /** Grows when our name, account, away state or what the server can do changes. */
  readonly self = signal(0);
  /** The first page, as long as it is there. */
  readonly welcome = signal<Welcome | null>(null);
  readonly dialog = signal<Dialog | null>(null);
  /** Grows when somebody is called, coloured or pictured otherwise. */
  readonly faces = signal(0);
  readonly menu = signal<Menu | null>(null);
  readonly notices = signal<readonly Notice[]>([]);
  readonly pane = signal<Pane>("talk");
  readonly jump = signal<Jump | null>(null);
  /** The last message that came, for screen readers when it is not on the screen. */
  readonly unseen = signal<{ window: Window; line: Line } | null>(null);
  /** Whether to ask if notifications are wanted. */
  readonly asksToNotify = signal(false);
  /** Messages that will be taken back in a moment, unless somebody changes their mind. */
  readonly going = signal<ReadonlySet<Line>>(new Set());
  /** The thread beside the room, or the list of all of the room's. */
  readonly thread = signal<ThreadWindow | "list" | null>(null);
  /** Grows when the box should have the focus. */
  readonly focusBox = signal(0);
  /** Whether the focus was in the thread last. */
  inThread = false;
  view: ViewOfMessages | null = null;
  readonly unread: ReadonlySignal<{ badge: number; any: boolean }>;

  readonly #world: World;
  readonly #notifier: Notifier;
  readonly #entered = signal<Network | null>(null);
  #arrivedOnce = false;
  #sameName = 0;
  /** The account whose token the server didn't take, until we are in. */
  #loggedOutOf = "";
  #reading: ReturnType<typeof setTimeout> | null = null;
  readonly #placed = new Set<Window>();
  #wanted: Destination;
  /** At the last visit, by its key: what comes first now may be shown before it. */
  readonly #shownLast: string;

  constructor(world: World) {
    this.#world = world;
    this.settings = new Settings(world.keeping);
    this.live = new LiveText(world.keeping);
    this.staying = new Staying(world.keeping, world.device ?? "");
    this.#shownLast = fold(this.settings.now.current);
    this.drafts = new Drafts(world.keeping, isSecret);
    this.marks = new ReadMarks(world.keeping);
    this.#wanted = world.destination;
    this.#notifier = new Notifier(() => this.settings.now.notify);
    this.unread = computed(() => this.#countUnread());
  }

  // -- what there is ------------------------------------------------------------------------------------------

  get isIn(): boolean {
    return this.#entered.value !== null;
  }

  /** Somebody may see the messages of the room; on a narrow screen a thread lies over them. */
  get #isLooking(): boolean {
    return this.#world.isLooking() && this.pane.peek() !== "thread";
  }

  get #network(): Network | null {
    return this.#entered.peek();
  }

  get network(): Network {
    if (this.#network === null) throw new Error("nobody has come in yet");
    return this.#network;
  }

  get session(): Session {
    return this.network.session;
  }

  get chat(): Chat {
    return this.network.chat;
  }

  get lasts(): boolean {
    return this.#world.keeping.lasts;
  }

  /** Whether what was said in it lately has come. */
  isPlaced(window: Window): boolean {
    return this.#placed.has(window) || window.place === "server";
  }

  get now(): number {
    return this.#world.now();
  }

  get window(): Window | null {
    return this.current.peek();
  }

  /** The one whose box is written in: the room's, or that of the thread beside it. */
  get writing(): Window | null {
    const thread = this.thread.peek();
    return this.inThread && thread !== null && thread !== "list" ? thread : this.window;
  }

  #countUnread(): { badge: number; any: boolean } {
    void this.order.value;
    let badge = 0;
    let any = false;
    for (const window of this.windows) {
      void window.about.value;
      badge += window.badge;
      any ||= window.urgency !== null;
    }
    return { badge, any };
  }

  // -- coming in ----------------------------------------------------------------------------------------------

  /** With the name of the last visit, if there was one; otherwise the first page asks for it. */
  start(): void {
    const { nick } = this.settings.now;
    if (nick !== "") return void this.enter(nick);
    this.welcome.value = { ...WELCOME, room: this.#wanted.kind === "room" ? this.#wanted.name : "" };
    if (this.#wanted.kind === "invite") void this.#world.lookUp(this.#wanted.token).then((room) => this.#tellWelcome({ room }));
  }

  /** From the first page: with this name, and the password where it belongs to an account. `stay`: logged in, on this device. */
  async enter(name: string, password = "", stay = true): Promise<void> {
    const nick = name.trim();
    this.staying.wanted = stay;
    this.#tellWelcome({ name: nick, busy: true, failure: "", wrongPassword: "" });
    if (this.#network?.session.asksName === true) {
      if (password !== "") this.session.login(nick, password);
      this.session.takeName(nick);
      return;
    }
    this.#network?.stop();
    const rooms = new Map(Object.entries(this.settings.now.rooms));
    const [room, key] = await this.#firstRoom(rooms.size === 0);
    if (room !== "") rooms.set(room, key);
    const account = password === "" ? this.staying.proof(nick, this.settings.now) : { account: nick, password };
    const pass = this.#wanted.kind === "invite" ? { serverPassword: this.#wanted.token } : {};
    const identity = makeIdentity({ nick, ...account, ...pass });
    this.#entered.value = this.#world.connect(identity, (events) => this.#onEvents(events), { rooms, readBefore: (one) => this.marks.of(one) });
    this.live.attach(this.session, this.network.url);
    this.network.start();
  }

  /** The room that the address of the page leads to; of all others, the lobby for who is in no room yet. */
  async #firstRoom(isFirst: boolean): Promise<[name: string, key: string]> {
    const wanted = this.#wanted;
    if (wanted.kind === "room") return [wanted.name, this.settings.now.rooms[wanted.name] ?? ""];
    if (wanted.kind === "message" && wanted.conversation !== "") return [wanted.conversation, ""];
    if (wanted.kind === "invite") {
      const room = await this.#world.lookUp(wanted.token);
      if (room !== "") return [room, wanted.token];
      this.#wanted = { kind: "home" };
      this.notice("This invitation is no longer good, so you are in the lobby.", { error: true });
    }
    return isFirst ? [LOBBY, ""] : ["", ""];
  }

  /** Forget who somebody was here, and show the first page. */
  async logOut(): Promise<void> {
    this.flush();
    await this.staying.end(this.#network?.session ?? null);
    // What the connection says at its end would bring the name back.
    this.#arrivedOnce = false;
    this.#network?.stop("");
    // Somebody else may sit here next: what is left is how the page looks, and its keys.
    this.marks.forget();
    this.live.forget();
    this.drafts.forget();
    this.settings.change({ nick: "", account: "", current: "", rooms: {}, people: [], muted: [], pinned: [], ignored: [] });
    this.#world.keeping.write("uploads", []);
    forgetOffline(this.#world.keeping);
    window.location.assign("/");
  }

  /** Write down what is kept; the page may be about to go. */
  flush(): void {
    this.view?.keep();
    this.drafts.flush();
    this.marks.flush();
  }

  /** What was said lately, for when there is no connection at the next visit; nothing of who has logged out. */
  keepForOffline(): void {
    if (this.#network === null || this.settings.now.nick === "" || this.windows.length === 0) return;
    const recent = [...this.windows].sort((one, other) => other.lastShown - one.lastShown);
    saveOffline(this.#world.keeping, this.chat, recent.map((window) => window.conversation), this.now);
  }

  /** What keepForOffline kept. */
  kept(): Snapshot | null {
    return readOffline(this.#world.keeping);
  }

  #tellWelcome(changes: Partial<Welcome>): void {
    if (this.welcome.peek() !== null) this.welcome.value = { ...WELCOME, ...this.welcome.peek(), ...changes };
  }

  #askName(changes: Partial<Welcome>): void {
    this.welcome.value = { ...WELCOME, ...this.welcome.peek(), busy: false, ...changes };
  }

  // -- what the network tells ---------------------------------------------------------------------------------

  #onEvents(events: readonly Event[]): void {
    batch(() => {
      for (const event of events) this.#show(event);
      this.live.follow(events);
      if (events.some(({ kind }) => kind === "changed" || kind === "opened")) this.#facesChanged();
    });
  }

  #show(event: Event): void {
    switch (event.kind) {
      case "phase":
        return this.#phaseChanged(event);
      case "nameRefused":
        return this.#nameRefused(event);
      case "loginRefused":
        return this.#loginRefused(event);
      case "added":
        return this.#added(event.conversation, event.line, event.live);
      case "updated":
        return this.#linesChanged(event.conversation, event.line);
      case "loaded":
        return this.#loaded(event);
      case "opened":
        return this.#opened(event.conversation, event.asked);
      case "closed":
        return this.#closed(event.conversation, event.reason);
      case "changed":
        return this.#changed(event.conversation);
      case "self":
        return this.#selfChanged();
      case "told":
        return this.#told(event.text, event.error, event.conversation);
    }
  }

  #phaseChanged(event: PhaseChanged): void {
    this.phase.value = event;
    if (event.phase === "online") this.#arrived();
    const isFirst = this.welcome.peek() !== null && !this.#arrivedOnce;
    if (isFirst && (event.phase === "waiting" || event.phase === "ended") && event.reason !== "") {
      this.#network?.stop();
      this.#askName({ failure: event.reason });
    }
  }

  #arrived(): void {
    const { nick, account } = this.chat;
    this.#arrivedOnce = true;
    this.#sameName = 0;
    this.welcome.value = null;
    this.settings.change({ nick, account: account || this.settings.now.account });
    this.staying.arrived(this.session);
    if (account === "" && this.#loggedOutOf !== "") this.#cameAsGuest(this.#loggedOutOf);
    this.#loggedOutOf = "";
    this.windows.add(this.chat.server);
    for (const name of this.settings.now.ignored) this.session.ignore(name, true);
    for (const name of this.settings.now.people) this.session.converse(name, false);
    this.order.value += 1;
    this.self.value += 1;
  }

  #nameRefused(event: { name: string; reason: string; suggestion: string }): void {
    const isOurs = fold(event.name) === fold(this.settings.now.nick) && this.settings.now.account === "";
    if (isOurs && this.#sameName < SAME_NAME_TRIES) {
      this.#sameName += 1;
      setTimeout(() => this.#takeSameName(event.name), SAME_NAME_AFTER_MS);
      return;
    }
    // That the name is somebody's is no news to whom it belongs.
    const isTheirs = this.welcome.peek()?.wrongPassword === LOGGED_OUT;
    this.#askName(isTheirs ? {} : { name: event.name, refused: event });
  }

  #takeSameName(name: string): void {
    if (this.#network?.session.asksName === true) this.session.takeName(name);
  }

  #loginRefused(event: LoginRefused): void {
    if (event.byToken) return this.#loggedOut(event);
    if (this.welcome.peek() !== null || !this.#arrivedOnce) {
      this.#askName({ name: event.account, wrongPassword: event.reason });
    } else {
      this.notice(`The login to ${event.account} was refused: ${event.reason}`, { error: true });
    }
  }

  /** This device doesn't stay logged in any longer: the password is asked for, once. */
  #loggedOut({ account, reason }: LoginRefused): void {
    const isFinal = this.staying.refused(reason);
    this.#loggedOutOf = account;
    this.#askName({ name: account, wrongPassword: isFinal ? LOGGED_OUT : reason });
  }

  /** Under a name that is anybody's. */
  #cameAsGuest(account: string): void {
    this.settings.change({ account: "" });
    const act = (): void => this.openDialog({ kind: "profile", nick: "" });
    this.notice(`You were logged out of ${account}, and are a guest.`, { error: true, action: { label: "Log in", act } });
  }

  #added(conversation: Conversation, line: Line, live: boolean): void {
    const window = this.#windowOf(conversation);
    window.threads.add(line);
    window.lines.value += 1;
    window.about.value += 1;
    if (window === this.window) this.#addedToShown(window, line);
    if (live && line.countsAsUnread) this.#considerNotice(window, line);
    if (live && line.isSaid && window === this.window && !window.following) this.unseen.value = { window, line };
  }

  #addedToShown(window: Window, line: Line): void {
    const looking = this.#isLooking && window.following;
    if (line.countsAsUnread && window.divider === null && !looking) window.divider = line;
    if (line.mine) window.divider = null;
    if (line.countsAsUnread) this.readSoon();
  }

  #considerNotice(window: Window, line: Line): void {
    if (line.mentionsMe && !this.settings.now.askedToNotify) this.asksToNotify.value = true;
    const visible = window === this.window && this.#isLooking;
    const notice = this.#notifier.consider(window, line, { visible, ignored: this.chat.ignored, now: this.now });
    if (notice !== null) this.#world.announce(notice);
  }

  #linesChanged(conversation: Conversation, line: Line): void {
    const window = this.windows.of(conversation);
    if (window === undefined) return;
    window.threads.add(line);
    window.lines.value += 1;
    window.about.value += 1;
  }

  #loaded({ conversation, timeline, count, older }: Loaded): void {
    const window = this.#windowOf(conversation);
    window.threads.addAll(older ? timeline.lines.slice(0, count) : timeline.lines);
    window.lines.value += 1;
    window.about.value += 1;
    if (!older && timeline === conversation.timeline && !this.#placed.has(window)) {
      // Only now is it known where one was reading, and what is new.
      this.#placed.add(window);
      window.position = this.drafts.position(conversation.name);
      window.resumes = window === this.window && window.position !== null;
      if (window === this.window) this.show(window);
    }
    if (timeline === window.past.peek() && timeline.length === 0) this.#leaveNothing(window);
    this.#lookForSought(timeline);
    this.#lookForWanted(window, timeline);
    const thread = this.thread.peek();
    if (thread !== null && thread !== "list" && thread.beside === window) thread.complete(this, timeline);
    if (window === this.window) this.readSoon();
  }

  /** There is no such piece of the past any more. */
  #leaveNothing(window: Window): void {
    window.past.value = null;
    window.placing.value += 1;
  }

  #opened(conversation: Conversation, asked: boolean): void {
    const window = this.#windowOf(conversation);
    this.#remember(window, true);
    this.#keepMark(conversation);
    // Rooms are on their way: one of them was probably shown last.
    const isLikely = window.place === "room" || this.session.rooms.size === 0;
    const first = isLikely && (this.window === null || this.window.place === "server");
    const isWanted = this.#isWanted(window);
    if (isWanted && this.#wanted.kind !== "message") this.#wanted = { kind: "home" };
    if (asked || isWanted || (!this.#arrivedBefore(window) && (first || this.#wasShownLast(window)))) this.show(window);
    window.about.value += 1;
  }

  /** Nobody is taken away from where they are when a connection comes back. */
  #arrivedBefore(window: Window): boolean {
    return window.lastShown > 0;
  }

  #wasShownLast(window: Window): boolean {
    return this.#wanted.kind === "home" && window.key === this.#shownLast && this.#choseNothing;
  }

  /** Whether every showing so far was our own choice. */
  #choseNothing = true;

  #isWanted(window: Window): boolean {
    const wanted = this.#wanted;
    if (wanted.kind === "room") return fold(wanted.name) === window.key;
    if (wanted.kind === "message") return fold(wanted.conversation) === window.key;
    return wanted.kind === "invite" && this.settings.now.rooms[window.conversation.name] === wanted.token;
  }

  /** The message that the address of the page leads to. */
  #lookForWanted(window: Window, timeline: Timeline): void {
    const wanted = this.#wanted;
    if (wanted.kind !== "message" || (wanted.conversation !== "" && fold(wanted.conversation) !== window.key)) return;
    const line = timeline.find(wanted.msgid);
    if (line === undefined && wanted.conversation === "") return;
    this.#wanted = { kind: "home" };
    this.goTo(window.conversation, wanted.msgid, line?.timeMs ?? 0);
  }

  #closed(conversation: Conversation, reason: string): void {
    const window = this.windows.of(conversation);
    if (window === undefined) return;
    this.#remember(window, false);
    if (reason === "") this.#removeWindow(window);
    // Put out of it: what was said stays to be read, and why.
    else this.tell(reason, { error: true, conversation });
  }

  #removeWindow(window: Window): void {
    const instead = this.windows.remove(window);
    this.order.value += 1;
    if (window !== this.window) return;
    this.current.value = this.thread.value = null;
    if (instead !== null) this.show(instead);
  }

  #changed(conversation: Conversation): void {
    const window = this.#windowOf(conversation);
    window.about.value += 1;
    this.#keepMark(conversation);
    this.windows.sort();
    this.order.value += 1;
  }

  #keepMark({ name, readMs }: Conversation): void {
    if (this.chat.account === "") this.marks.grow(name, readMs);
  }

  /** Only if so: most changes are about typing and counts. */
  #facesChanged(): void {
    const told: string[] = [];
    for (const { nick, metadata } of this.#network?.chat.people.values() ?? []) {
      if (metadata.size > 0) told.push(nick, ...[...metadata].flat());
    }
    const faces = told.join("\n");
    if (faces === this.#faces) return;
    this.#faces = faces;
    this.faces.value += 1;
  }

  #faces = "";

  #selfChanged(): void {
    this.self.value += 1;
    if (!this.#arrivedOnce || this.#network === null) return;
    const { nick, account } = this.chat;
    const known = this.settings.now;
    if (nick !== known.nick || (account !== "" && account !== known.account)) this.settings.change({ nick, account });
    this.staying.loggedIn(this.session);
  }

  #told(text: string, error: boolean, conversation: Conversation | null): void {
    const isKnown = conversation !== null && this.windows.of(conversation) !== undefined;
    this.tell(text, { error, conversation: isKnown ? conversation : null });
  }

  // -- windows ------------------------------------------------------------------------------------------------

  #windowOf(conversation: Conversation): Window {
    const known = this.windows.of(conversation);
    if (known !== undefined) return known;
    const made = this.windows.add(conversation);
    const { muted, pinned } = this.settings.now;
    made.muted = muted.includes(made.key);
    made.pinned = pinned.includes(made.key);
    made.draft.value = this.drafts.draft(conversation.name);
    this.windows.sort();
    this.order.value += 1;
    return made;
  }

  #remember(window: Window, isOpen: boolean): void {
    const { name, key } = window.conversation;
    if (window.place === "direct") {
      this.settings.change({ people: toggled(this.settings.now.people, name, isOpen) });
    } else if (window.place === "room") {
      const rooms = { ...this.settings.now.rooms };
      if (isOpen) rooms[name] = this.session.rooms.get(name) ?? key;
      else delete rooms[name];
      this.settings.change({ rooms });
    }
  }

  /** Show it where it was left, or at the first unread. */
  show(window: Window): void {
    batch(() => {
      const before = this.window;
      if (before !== null && before !== window) this.#leave(before);
      if (before !== window) this.thread.value = null;
      this.windows.show(window);
      window.past.value = null;
      window.divider = window.conversation.firstUnread() ?? null;
      if (window.divider === null || window.resumes) this.#loadPosition(window);
      window.lines.value += 1;
      window.placing.value += 1;
      this.current.value = window;
      this.pane.value = "talk";
    });
    if (window.place !== "server") this.settings.change({ current: window.conversation.name });
    this.readSoon();
  }

  #leave(window: Window): void {
    if (window.past.peek() !== null) this.view?.keep();
    window.past.value = null;
    window.resumes = window.staysUnread = false;
  }

  /** Where one was reading may be further back than what is loaded. */
  #loadPosition(window: Window): void {
    const { position, conversation } = window;
    const { timeline } = conversation;
    const [oldest] = timeline.lines;
    if (position === null || position.msgid === "" || oldest === undefined || timeline.atStart) return;
    const line = timeline.find(position.msgid);
    const isLoaded = line === undefined ? position.timeMs > oldest.timeMs : line !== oldest;
    if (isLoaded || isOffline(this.phase.peek().phase) || !this.session.can("history")) return;
    window.past.value = this.session.past(conversation, position.msgid, position.timeMs);
  }

  /** Somebody wants to go there. */
  go(window: Window | null): void {
    if (window === null) return;
    this.#choseNothing = false;
    this.show(window);
    this.focusBox.value += 1;
  }

  /** A room is entered, a person's conversation opened. */
  open(name: string, key = ""): void {
    this.#choseNothing = false;
    const known = this.windows.find(name);
    if (known !== undefined && known.conversation.joined) return this.go(known);
    if (this.chat.isChannel(name)) return this.session.join(name, key);
    this.go(this.#windowOf(this.session.converse(name)));
  }

  /** Bring a message of a conversation into view, also where it is not loaded. */
  goTo(conversation: Conversation, msgid: string, timeMs: number): void {
    const window = this.#windowOf(conversation);
    if (window !== this.window) this.show(window);
    this.#choseNothing = false;
    const line = conversation.timeline.find(msgid);
    if (line === undefined) return this.#goToPast(window, msgid, timeMs);
    window.past.value = null;
    this.jump.value = { window, line };
  }

  #goToPast(window: Window, msgid: string, timeMs: number): void {
    const past = this.session.past(window.conversation, msgid, timeMs);
    this.#sought = { past, msgid };
    window.past.value = past;
    const stop = window.lines.subscribe(() => {
      const line = past.find(msgid) ?? (past.length > 0 ? past.lines[past.firstAfter(timeMs - 1)] : undefined);
      if (window.past.peek() === past && past.length === 0) return;
      if (line !== undefined) this.jump.value = { window, line };
      queueMicrotask(() => stop());
    });
  }

  #sought: { readonly past: Timeline; readonly msgid: string } | null = null;

  /** A piece of the past has come: is the message there that somebody wanted to go to? */
  #lookForSought(timeline: Timeline): void {
    if (this.#sought?.past !== timeline) return;
    const isThere = timeline.find(this.#sought.msgid) !== undefined;
    this.#sought = null;
    if (!isThere) this.notice("That message can’t be found any more.", { error: true });
  }

  /** Back from a piece of the past to what is said now. */
  leavePast(): void {
    const window = this.window;
    if (window === null) return;
    batch(() => {
      window.past.value = null;
      window.position = null;
      this.jump.value = { window, line: null };
    });
  }

  part(conversation: Conversation, reason = ""): void {
    if (conversation.isRoom && conversation.joined) this.session.part(conversation, reason);
    else this.session.close(conversation);
  }

  setMuted(window: Window, wanted: boolean): void {
    window.muted = wanted;
    this.settings.change({ muted: toggled(this.settings.now.muted, window.key, wanted) });
    window.about.value += 1;
    this.order.value += 1;
  }

  setPinned(window: Window, wanted: boolean): void {
    window.pinned = wanted;
    this.settings.change({ pinned: toggled(this.settings.now.pinned, window.key, wanted) });
    this.windows.sort();
    window.about.value += 1;
    this.order.value += 1;
  }

  ignore(nick: string, wanted: boolean): void {
    this.session.ignore(nick, wanted);
    this.settings.change({ ignored: toggled(this.settings.now.ignored, fold(nick), wanted) });
    this.self.value += 1;
    for (const window of this.windows) window.lines.value += 1;
  }

  setDraft(window: Window, draft: Draft): void {
    window.draft.value = draft;
    this.drafts.keep(window.keptAs, draft);
  }

  clearDraft(window: Window): void {
    this.setDraft(window, EMPTY);
  }

  // -- reading ------------------------------------------------------------------------------------------------

  /** What is seen to its end counts as read, a moment later. */
  readSoon(): void {
    this.#reading ??= setTimeout(() => {
      this.#reading = null;
      const window = this.window;
      const looking = this.#isLooking && this.dialog.peek() === null;
      if (window === null || !looking || !window.following || window.staysUnread || window.past.peek() !== null) return;
      this.markRead(window);
    }, READ_AFTER_MS);
  }

  markRead(window: Window): void {
    window.staysUnread = false;
    if (this.#network !== null) this.session.markRead(window.conversation);
    this.#notifier.seen(window);
  }

  markAllRead(): void {
    for (const window of this.windows) {
      this.markRead(window);
      window.divider = null;
      window.lines.value += 1;
    }
  }

  /** From this message on, until one comes back here or says that it is read. Other devices learn nothing of it. */
  markUnread(window: Window, line: Line): void {
    if (this.#network === null || window.place === "server" || window.past.peek() !== null) return;
    this.session.markUnread(window.conversation, line);
    window.staysUnread = true;
    window.divider = line;
    window.lines.value += 1;
  }

  // -- words for people ---------------------------------------------------------------------------------------

  /** To the user alone: a line in the conversation, on this screen only. */
  tell(text: string, about: { error?: boolean; conversation?: Conversation | null } = {}): void {
    const conversation = about.conversation ?? this.window?.conversation ?? null;
    if (conversation === null) {
      this.notice(text, { error: about.error ?? false });
      return;
    }
    conversation.timeline.append(new Line(about.error === true ? "error" : "info", this.now, { text }));
    this.#windowOf(conversation).lines.value += 1;
  }

  /** A sentence at the edge, for a moment; returns what takes it away. */
  notice(text: string, about: { error?: boolean; action?: Notice["action"]; ms?: number } = {}): () => void {
    const notice: Notice = { text, error: about.error ?? false, action: about.action ?? null };
    this.notices.value = [...this.notices.peek().slice(-3), notice];
    const remove = (): void => {
      this.notices.value = this.notices.peek().filter((one) => one !== notice);
    };
    setTimeout(remove, about.ms ?? NOTICE_MS);
    return remove;
  }

  /** Say it if the server refuses. */
  watch(request: Request): void {
    request.whenDone((done) => {
      if (done.failed) this.notice(done.failure, { error: true });
    });
  }

  openDialog(dialog: Dialog): void {
    this.dialog.value = dialog;
  }

  closeDialog(): void {
    this.dialog.value = null;
    focusBoxOf(this, this.writing);
  }
}

const LOGGED_OUT = "This device was logged out. Your password, please.";

const WELCOME: Welcome = { name: "", room: "", busy: false, refused: null, wrongPassword: "", failure: "" };

export function isOffline(phase: Phase): boolean {
  return phase !== "online";
}
