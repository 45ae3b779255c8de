/**
 * Live text as the page shows it: who types what in a conversation, whether our letters leave the screen, and who sees
 * them.  docs/specs/live-text.md
 *
 * Owns the signals that the views read, which text may be shown while it is typed, and the choices that this browser
 * keeps, by server. What goes out when is in client/live. Knows no component.
 */

import { signal } from "@preact/signals";

import type { Conversation } from "../client/chat";
import type { Event } from "../client/events";
import { type Audience, EVERYWHERE, type Live, type Typed } from "../client/live/live";
import type { Request } from "../client/requests";
import { isService } from "../client/services";
import type { Session } from "../client/session";
import { fold } from "../irc/names";
import type { Draft } from "./drafts";
import { asRecord, type Keeping } from "./storage";
import { read } from "./typed";

export type { Audience } from "../client/live/live";

/** Whoever types nothing for so long has paused. */
export const PAUSE_MS = 2_000;
const NAME = "live";
/** As the server: more rooms and people can't be chosen. */
const MOST_CHOICES = 100;
const MOST_SERVERS = 20;
const LONGEST_NAME = 200;
/** Nobody types so much at once: some keyboards paste as if it were typed. */
const LONGEST_KEY = 64;
const PASTES = /^(?:insertFrom(?!Composition)|history)/;

// -- what may be shown ------------------------------------------------------------------------------------------

/**
 * What others may see of a text while it stands in the box: all of it, or nothing ("").
 *
 * Nothing of what isn't said to this conversation as it stands: a command, what begins with name:, an edit, a mistake,
 * and whatever is written to a service such as NickServ. `conversation`: its name.
 */
export function shownLive({ text, mode }: Pick<Draft, "text" | "mode">, conversation: string): string {
  if (mode === "edit" || conversation === "" || isService(conversation)) return "";
  return read(text)?.kind === "say" ? text : "";
}

/** Whether the browser says that what is new in the box was not typed (InputEvent.inputType and .data). */
export function isPasted(inputType: string, data: string | null): boolean {
  return PASTES.test(inputType) || (data ?? "").length > LONGEST_KEY;
}

// -- what there is to see ---------------------------------------------------------------------------------------

/** Somebody else, and what they have typed so far. `changing`: they did so a moment ago. */
export interface Typist {
  readonly nick: string;
  readonly text: string;
  readonly changing: boolean;
}

/** Of one conversation. */
export class LiveHere {
  readonly lines = signal<readonly Typist[]>([]);
  /** Whether letters typed here leave the screen. */
  readonly isOn = signal(false);
  /** Who sees them; null: the server hasn't said. */
  readonly audience = signal<Audience | null>(null);
  /** Whether something that was pasted waits for Enter. */
  readonly holdsBack = signal(false);
  readonly #since = new Map<Typed, { text: string; atMs: number }>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly conversation: Conversation) {}

  update(live: Live): void {
    const { conversation } = this;
    this.isOn.value = live.isOn(conversation);
    this.audience.value = live.audience(conversation);
    this.holdsBack.value = this.isOn.value && live.holdsBack(conversation);
    this.#look(live.lines(conversation));
  }

  #look(typed: readonly Typed[]): void {
    const now = Date.now();
    for (const known of [...this.#since.keys()]) if (!typed.includes(known)) this.#since.delete(known);
    let nextMs = Infinity;
    this.lines.value = typed.map((one) => {
      const text = one.line.shown;
      const before = this.#since.get(one);
      const atMs = before?.text === text ? before.atMs : now;
      this.#since.set(one, { text, atMs });
      const changing = now - atMs < PAUSE_MS;
      if (changing) nextMs = Math.min(nextMs, atMs + PAUSE_MS);
      return { nick: one.nick, text, changing };
    });
    clearTimeout(this.#timer);
    if (nextMs < Infinity) this.#timer = setTimeout(() => this.#look(typed), nextMs - now);
  }
}

/**
 * The places in which people are shown, from above: whoever has one of the first `most` keeps it, so that nobody's line
 * moves because somebody else's is over. A gap ("") goes to who waits behind them, or comes next.
 */
export function places(before: readonly string[], nicks: readonly string[], most: number): string[] {
  const kept = before.map((nick) => (nicks.includes(nick) ? nick : ""));
  const front = kept.slice(0, most);
  const waiting = kept.slice(most).filter((nick) => nick !== "");
  for (const nick of [...waiting, ...nicks.filter((one) => !kept.includes(one))]) {
    const gap = front.indexOf("");
    if (gap < 0) front.push(nick);
    else front[gap] = nick;
  }
  while (front.at(-1) === "") front.pop();
  return front;
}

/** Who sees what is typed, in words. */
export function audienceWords({ number, nicks }: Audience): string {
  if (number === 0) return "nobody yet";
  const named = nicks.slice(0, 3);
  const others = number - named.length;
  const names = named.join(", ") + (others > 0 && named.length > 0 ? ` and ${others} more` : "");
  return `${number} ${number === 1 ? "sees" : "see"} this${names === "" ? "" : `: ${names}`}`;
}

// -- all of it --------------------------------------------------------------------------------------------------

/** What is kept of one server. `agreed`: somebody has been told what live text is, and wanted it. */
interface Kept {
  readonly agreed: boolean;
  readonly wanted: Readonly<Record<string, boolean>>;
}

const NOTHING: Kept = { agreed: false, wanted: {} };

export class LiveText {
  /** Grows when something is chosen. */
  readonly chosen = signal(0);
  readonly #keeping: Keeping;
  readonly #here = new Map<Conversation, LiveHere>();
  #session: Session | null = null;
  #server = "";
  #kept = NOTHING;

  constructor(keeping: Keeping) {
    this.#keeping = keeping;
  }

  /** A session that is about to connect to that server; what was chosen there is said again. */
  attach(session: Session, server: string): void {
    this.#session = session;
    this.#server = server;
    this.#here.clear();
    this.#kept = keptFrom(asRecord(this.#keeping.read(NAME))[server]);
    for (const [name, wanted] of Object.entries(this.#kept.wanted)) session.live.wanted.set(name, wanted);
    this.chosen.value += 1;
  }

  /** What there is to see in a conversation; the same object as long as that is open. */
  here(conversation: Conversation): LiveHere {
    const known = this.#here.get(conversation);
    if (known !== undefined) return known;
    const made = new LiveHere(conversation);
    this.#here.set(conversation, made);
    if (this.#session !== null) made.update(this.#session.live);
    return made;
  }

  /** What the session tells. */
  follow(events: readonly Event[]): void {
    const changed = new Set<Conversation>();
    for (const event of events) {
      if (event.kind === "live" || event.kind === "changed") changed.add(event.conversation);
      else if (event.kind === "closed") this.#closed(event.conversation);
      else if (event.kind === "phase" || event.kind === "self" || event.kind === "opened") this.#updateAll();
    }
    if (events.some(({ kind }) => kind === "live")) this.#keep();
    for (const conversation of changed) this.#update(conversation);
  }

  #update(conversation: Conversation): void {
    if (this.#session !== null) this.#here.get(conversation)?.update(this.#session.live);
  }

  #updateAll(): void {
    for (const conversation of this.#here.keys()) this.#update(conversation);
  }

  #closed(conversation: Conversation): void {
    this.#update(conversation);
    // One of the same name is another one.
    if (this.#session?.chat.find(conversation.name) !== conversation) this.#here.delete(conversation);
  }

  // -- what we type -------------------------------------------------------------------------------------------

  /**
   * What stands in the box of a conversation now.
   *
   * `pasted`: what is new of it was not typed letter by letter (isPasted), or was put there by the page: a draft of an
   * earlier visit, a text that is brought back.
   */
  typed(conversation: Conversation, draft: Pick<Draft, "text" | "mode">, pasted = false): void {
    const live = this.#session?.live;
    if (live === undefined) return;
    // What stood there before the edit comes back as it was.
    if (draft.mode === "edit") live.cancel(conversation);
    else live.typed(conversation, draft.text, { pasted, said: shownLive(draft, conversation.name) === draft.text });
    this.#update(conversation);
  }

  // -- what is chosen -----------------------------------------------------------------------------------------

  /** Whether the server has live text. */
  get exists(): boolean {
    return this.#session?.live.exists ?? false;
  }

  /** Whether somebody is to be asked first (LiveDialog), as nobody has told them yet what it is. */
  get asksFirst(): boolean {
    return !this.#kept.agreed;
  }

  /** Whether it is wanted there; "" for everywhere. */
  isWanted(target: string): boolean {
    void this.chosen.value;
    return this.#session?.live.isWanted(target === "" ? EVERYWHERE : target) ?? false;
  }

  /** Show letters in a room, to a person, or (without a target) everywhere, from now on; or show them no more. */
  setLive(wanted: boolean, target = ""): Request {
    if (this.#session === null) throw new Error("nobody has come in yet");
    if (wanted) this.#kept = { ...this.#kept, agreed: true };
    const request = this.#session.live.want(wanted, target);
    request.whenDone(() => this.#decided());
    this.#decided();
    return request;
  }

  #decided(): void {
    this.#keep();
    this.#updateAll();
  }

  /** Somebody else may be here next. */
  forget(): void {
    this.#session?.live.wanted.clear();
    this.#kept = NOTHING;
    this.#write(null);
  }

  #keep(): void {
    const choices = [...(this.#session?.live.wanted ?? [])].slice(-MOST_CHOICES - 1);
    const kept: Kept = { agreed: this.#kept.agreed, wanted: Object.fromEntries(choices) };
    if (JSON.stringify(kept) === this.#written) return;
    this.#kept = kept;
    this.#write(kept);
    this.chosen.value += 1;
  }

  #written = "";

  #write(kept: Kept | null): void {
    this.#written = JSON.stringify(kept);
    const others = Object.entries(asRecord(this.#keeping.read(NAME))).filter(([server]) => server !== this.#server);
    const all = [...others, ...(kept === null ? [] : [[this.#server, kept] as const])];
    this.#keeping.write(NAME, Object.fromEntries(all.slice(-MOST_SERVERS)));
  }
}

function keptFrom(stored: unknown): Kept {
  const { agreed, wanted } = asRecord(stored);
  const choices = Object.entries(asRecord(wanted)).filter(
    (one): one is [string, boolean] => typeof one[1] === "boolean" && one[0] !== "" && one[0].length <= LONGEST_NAME,
  );
  const folded = choices.slice(0, MOST_CHOICES + 1).map(([name, isWanted]) => [fold(name), isWanted] as const);
  // Nobody's letters leave the screen who hasn't been asked.
  return agreed === true ? { agreed, wanted: Object.fromEntries(folded) } : NOTHING;
}
