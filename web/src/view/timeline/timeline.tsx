/**
 * The messages of a conversation: as many rows as are near the view, however many there are.
 *
 * Owns the elements, the scrolling, and what the pointer and keys do in it. Where the view stands is decided by Viewport.
 * Made anew for every conversation and every piece of its past.
 *
 * The rows themselves are the live region while the end is shown: a new message is one addition to it. Elsewhere rows
 * come and go because somebody scrolls, so it is quiet then, and Announcer speaks.
 */

import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";

import { isSaid, type Line } from "../../client/lines";
import { keymap } from "../../app/keymap";
import type { Model } from "../../app/model";
import type { Position } from "../../app/drafts";
import type { Window } from "../../app/windows";
import type { Timeline as TimelineOfLines } from "../../client/timeline";
import { fold } from "../../irc/names";
import { textOf, parse } from "../../text/markdown";
import { Icon } from "../icons";
import { useModel } from "../model_context";
import { actOn } from "./message_keys";
import { RowView, versionOf } from "./row";
import type { Row } from "./rows";
import { MOST_UNSEEN, Viewport } from "./viewport";

/** With less than this in front of the edge, more history is asked for. */
const LOAD_PX = 1_200;
const KEEP_AFTER_MS = 300;
const FOUND_MS = 2_000;
const QUIET_MS = 600;
/** After a reload images and previews come within this time; until then nothing else moves the view. */
const HOLD_MS = 3_000;
/** A message that one goes to stands so far down in the view. */
const JUMP_AT = 0.3;

export function Timeline({ window }: { window: Window }): JSX.Element {
  const model = useModel();
  const [, redraw] = useState(0);
  const scroller = useRef<HTMLDivElement>(null);
  const view = useMemo(() => new View(model, window, () => redraw((count) => count + 1)), [window]);
  const isQuiet = useQuiet(view.timeline.length === 0);

  void window.lines.value;
  void window.placing.value;
  view.update();
  const chip = window.past.value === null ? view.viewport.unseen() : 0;

  useLayoutEffect(() => {
    if (scroller.current !== null) view.settle(scroller.current);
  });
  useEffect(() => view.attach(scroller.current), [view]);
  useEffect(() => model.jump.subscribe(() => view.jump()), [view]);

  const { going } = model;
  return (
    <div class="timeline-frame">
      <div
        ref={scroller}
        class="timeline"
        role="log"
        aria-label={`Messages in ${window.title}`}
        aria-live={view.viewport.following && !isQuiet ? "polite" : "off"}
        aria-relevant="additions"
        aria-busy={window.conversation.loading}
        onScroll={view.scrolled}
        onKeyDown={view.pressed}
        onPointerOver={view.pointed}
        onPointerLeave={view.left}
        onFocusIn={view.focused}
        onClick={view.clicked}
      >
        <div class="spacer above" aria-hidden="true" />
        {view.timeline.atStart && view.viewport.range.from === 0 && view.viewport.rows.rows.length === 0 && <Beginning window={window} />}
        <div class="rows">
          {view.viewport.drawn.map((row) => (
            <div class="block" key={view.idOf(row.line)}>
              <RowView {...view.propsOf(row)} isGoing={going.value.has(row.line)} />
            </div>
          ))}
        </div>
        <div class="spacer" aria-hidden="true" />
      </div>
      {!view.viewport.following && (
        <button type="button" class="chip" onClick={() => view.toEdge("newest")}>
          <Icon name="down" />
          {chip === 0 ? "Newest" : `${chip > MOST_UNSEEN ? `${MOST_UNSEEN}+` : chip} new`}
        </button>
      )}
    </div>
  );
}

function Beginning({ window }: { window: Window }): JSX.Element {
  const { name, isRoom } = window.conversation;
  return (
    <div class="beginning">
      <p class="beginning-title">{isRoom ? `This is ${name}` : name === "" ? "What the server says" : `You and ${name}`}</p>
      <p>{isRoom ? "Nobody has said anything yet. Say hello!" : "Nothing has been said yet."}</p>
    </div>
  );
}

/** What comes at first is not read aloud. */
function useQuiet(isEmpty: boolean): boolean {
  const [isQuiet, quiet] = useState(true);
  useEffect(() => {
    quiet(true);
    const timer = setTimeout(() => quiet(false), QUIET_MS);
    return () => clearTimeout(timer);
  }, [isEmpty]);
  return isQuiet;
}

/** The elements of one timeline, and what happens to them. */
class View {
  readonly viewport = new Viewport();
  readonly #model: Model;
  readonly #window: Window;
  readonly #past: TimelineOfLines | null;
  readonly #redraw: () => void;
  readonly #ids = new WeakMap<Line, string>();
  #nextId = 1;
  #scroller: HTMLDivElement | null = null;
  #width = 0;
  /** Where we put the scroller ourselves. */
  #put = -1;
  /** Where it stood when we were told last. */
  #seenScroll = -1;
  #placed = -1;
  #hovered: Line | null = null;
  #focused: Line | null = null;
  #focusWanted = false;
  #found: Line | null = null;
  #asked = "";
  #keeping: ReturnType<typeof setTimeout> | undefined;
  #holding: ReturnType<typeof setTimeout> | undefined;
  readonly #resized = new ResizeObserver(() => this.#scroller !== null && this.settle(this.#scroller));

  constructor(model: Model, window: Window, redraw: () => void) {
    this.#model = model;
    this.#window = window;
    this.#past = window.past.peek();
    this.#redraw = redraw;
  }

  get timeline() {
    return this.#window.timeline;
  }

  // -- drawing ------------------------------------------------------------------------------------------------

  update(): void {
    this.#noticeScroll();
    const { settings, chat, self } = this.#model;
    const divider = this.#window.past.value === null ? this.#window.divider : null;
    const given = { divider, coming: settings.value.value.coming, ignored: chat.ignored, ignoredVersion: self.value };
    this.viewport.update(this.timeline.lines, given);
  }

  propsOf(row: Row) {
    const { line } = row;
    const original = line.replyTo === "" ? undefined : this.timeline.find(line.replyTo);
    const active = this.#hovered ?? this.#focused;
    return {
      row,
      id: this.idOf(line),
      window: this.#window,
      conversation: this.#window.conversation,
      original,
      version: versionOf(this.#model, row, original),
      isActive: line === active,
      isStop: line === this.#stop,
      isFound: line === this.#found,
    };
  }

  /** Tab leads to the row that had the focus last, or to the last one in view. */
  get #stop(): Line | undefined {
    const { drawn } = this.viewport;
    return drawn.find((row) => row.line === this.#focused)?.line ?? drawn.filter((row) => row.line.isSaid).at(-1)?.line;
  }

  idOf(line: Line): string {
    const known = this.#ids.get(line);
    if (known !== undefined) return known;
    const made = `m${this.#nextId++}`;
    this.#ids.set(line, made);
    return made;
  }

  attach(scroller: HTMLDivElement | null): () => void {
    const rows = scroller?.querySelector(".rows");
    if (scroller !== null && rows != null) {
      this.#resized.observe(scroller);
      this.#resized.observe(rows);
    }
    this.#model.view = this;
    return () => {
      this.#resized.disconnect();
      clearTimeout(this.#keeping);
      clearTimeout(this.#holding);
      this.keep();
      if (this.#model.view === this) this.#model.view = null;
    };
  }

  /** After every drawing: measure what was drawn, and bring the view to where it stands. */
  settle(scroller: HTMLDivElement): void {
    this.#scroller = scroller;
    const { viewport } = this;
    if (scroller.clientWidth !== this.#width) {
      this.#width = scroller.clientWidth;
      viewport.resized(this.#width);
    }
    viewport.height = scroller.clientHeight;
    if (this.#place()) {
      // What is drawn is not yet what should be, and nobody has scrolled.
      this.#put = scroller.scrollTop;
      return this.#redraw();
    }
    this.#measure(scroller);
    this.#putThere(scroller);
    const wasFollowing = viewport.following;
    viewport.settled();
    this.#window.following = viewport.following;
    this.#giveFocus(scroller);
    this.#loadMore();
    if (viewport.outgrown() || wasFollowing !== viewport.following) this.#redraw();
  }

  #measure(scroller: HTMLDivElement): void {
    const blocks = scroller.querySelectorAll<HTMLElement>(".block");
    const { drawn } = this.viewport;
    const heights = new Map<Row, number>();
    blocks.forEach((block, at) => {
      const row = drawn[at];
      if (row !== undefined) heights.set(row, block.getBoundingClientRect().height);
    });
    this.viewport.measured(heights);
    const [above, below] = scroller.querySelectorAll<HTMLElement>(".spacer");
    const { range, heights: all } = this.viewport;
    if (above !== undefined) above.style.height = `${all.top(range.from)}px`;
    if (below !== undefined) below.style.height = `${all.total - all.top(range.to)}px`;
  }

  #putThere(scroller: HTMLDivElement): void {
    const { top } = this.viewport;
    if (Math.abs(scroller.scrollTop - top) > 0.5) scroller.scrollTop = top;
    this.#put = scroller.scrollTop;
  }

  // -- where the view stands ----------------------------------------------------------------------------------

  /** To the first unread, to where one was reading, or to the end. Returns whether it has put the view somewhere. */
  #place(): boolean {
    const placing = this.#window.placing.peek();
    const { divider, position, resumes } = this.#window;
    const { lines } = this.timeline;
    const isComing = this.#past !== null && lines.length === 0;
    if (isComing || this.#placed === placing || this.#model.jump.peek()?.window === this.#window) return false;
    this.#placed = placing;
    this.#window.resumes = false;
    this.viewport.seenUpTo(lines.at(-1) ?? null);
    if (divider !== null && this.#past === null) this.viewport.seenUpTo(lines[this.timeline.index(divider) - 1] ?? null);
    if (divider !== null && this.#past === null && !resumes) this.viewport.put(divider, this.viewport.height * JUMP_AT);
    else if (position !== null && lines.length > 0) this.#goOn(position, resumes);
    else if (this.#past === null) this.viewport.follow();
    this.viewport.range = this.viewport.wanted();
    return true;
  }

  /** Where one was reading. */
  #goOn({ msgid, timeMs, offset }: Position, holds: boolean): void {
    const { lines } = this.timeline;
    const nearest = lines[Math.min(this.timeline.firstAfter(timeMs - 1), lines.length - 1)];
    const line = this.timeline.find(msgid) ?? nearest;
    if (line !== undefined) this.viewport.put(line, -offset, holds);
    if (holds) this.#holding = setTimeout(() => this.#release(), HOLD_MS);
  }

  #release(): void {
    this.viewport.release();
    this.#window.following = this.viewport.following;
    this.#redraw();
  }

  jump(): void {
    const wanted = this.#model.jump.peek();
    // What goes to another piece of the conversation is for the view of that, which is about to be drawn.
    if (wanted === null || wanted.window !== this.#window || this.#window.past.peek() !== this.#past) return;
    this.#model.jump.value = null;
    this.#placed = this.#window.placing.peek();
    if (wanted.line === null) return this.toEdge("newest");
    if (this.timeline.index(wanted.line) < 0) return;
    this.viewport.put(wanted.line, this.viewport.height * JUMP_AT);
    this.#flash(wanted.line);
    this.#moved();
  }

  #flash(line: Line): void {
    this.#found = line;
    setTimeout(() => {
      if (this.#found !== line) return;
      this.#found = null;
      this.#redraw();
    }, FOUND_MS);
  }

  toEdge(edge: "oldest" | "newest"): void {
    const first = this.viewport.rows.rows[0];
    if (edge === "newest" && this.#window.past.peek() !== null) return this.#model.leavePast();
    if (edge === "newest") this.viewport.follow();
    else if (first !== undefined) this.viewport.put(first.line, 0);
    this.#moved();
    this.#model.readSoon();
  }

  page(step: 1 | -1): void {
    this.#scroller?.scrollBy({ top: step * this.viewport.height * 0.85 });
  }

  focus(): void {
    this.#focused = null;
    this.#step(-1);
  }

  last(): Line | undefined {
    return this.#focused ?? [...this.timeline.arrived()].find((line) => line.isSaid && !line.redacted);
  }

  #moved(): void {
    this.viewport.range = this.viewport.wanted();
    this.#window.following = this.viewport.following;
    this.#redraw();
  }

  /** Browsers scroll first, and tell later: what is drawn meanwhile must not take the view back. */
  #noticeScroll(): boolean {
    const scroller = this.#scroller;
    if (scroller === null || Math.abs(scroller.scrollTop - this.#put) < 1) return false;
    this.#put = scroller.scrollTop;
    // Where the view has just grown, the browser has moved what stood at the end: that is still the end.
    this.viewport.height = scroller.clientHeight;
    this.viewport.scrolled(scroller.scrollTop);
    this.viewport.settled();
    return true;
  }

  readonly scrolled = (): void => {
    const wasFollowing = this.viewport.following;
    const unseen = this.viewport.unseen();
    if (!this.#noticeScroll() && this.#seenScroll === this.#put) return;
    this.#seenScroll = this.#put;
    this.#window.following = this.viewport.following;
    this.#asked = "";
    this.#loadMore();
    this.#keepSoon();
    if (this.viewport.following) this.#model.readSoon();
    const isOther = wasFollowing !== this.viewport.following || unseen !== this.viewport.unseen();
    if (this.viewport.outgrown() || isOther) this.#redraw();
  };

  /** More history, once for what is there; again when somebody scrolls. */
  #loadMore(): void {
    const { viewport, timeline } = this;
    const { conversation, past } = this.#window;
    if (conversation.loading || this.#model.phase.peek().phase !== "online") return;
    const question = `${timeline.length}`;
    if (this.#asked === question || timeline.length === 0) return;
    if (viewport.top < LOAD_PX && !timeline.atStart) {
      this.#asked = question;
      this.#model.session.loadOlder(conversation, timeline);
    } else if (past.peek() !== null && viewport.last - viewport.top < LOAD_PX) {
      this.#asked = question;
      if (!this.#joinPresent()) this.#model.session.loadNewer(conversation, timeline);
    }
  }

  /** A piece of the past that has reached what is loaded of the present is no longer needed. */
  #joinPresent(): boolean {
    const present = this.#window.conversation.timeline;
    const newest = this.timeline.newest();
    const anchor = this.viewport.anchor?.line;
    const here = present.find(anchor?.msgid ?? "");
    if (newest === undefined || present.find(newest.msgid) === undefined || here === undefined) return false;
    this.#window.position = { msgid: here.msgid, timeMs: here.timeMs, offset: this.viewport.anchor?.offset ?? 0 };
    this.#window.past.value = null;
    return true;
  }

  #keepSoon(): void {
    this.#keeping ??= setTimeout(() => {
      this.#keeping = undefined;
      this.keep();
    }, KEEP_AFTER_MS);
  }

  /** Where one is reading, for the next time; nothing before it was put there, or once something else is shown. */
  keep(): void {
    const isShown = this.#window.past.peek() === this.#past && this.#placed === this.#window.placing.peek();
    if (!isShown || !this.#model.isPlaced(this.#window) || this.timeline.length === 0) return;
    const { edge, following } = this.viewport;
    const isAtEnd = following && this.#past === null;
    const position = isAtEnd || edge === null ? null : { msgid: edge.line.msgid, timeMs: edge.line.timeMs, offset: edge.offset };
    this.#window.position = position;
    this.#model.drafts.keepPosition(this.#window.conversation.name, position);
  }

  // -- pointer, focus, keys -----------------------------------------------------------------------------------

  readonly pointed = (event: PointerEvent): void => {
    if (event.pointerType === "mouse") this.#hover(this.#lineAt(event.target));
  };

  readonly left = (): void => this.#hover(null);

  /** A finger: what it touches shows its buttons. */
  readonly clicked = (event: MouseEvent): void => {
    const line = event.altKey ? this.#lineAt(event.target) : null;
    if (line !== null) return this.#model.markUnread(this.#window, line);
    const isTouch = (event as PointerEvent).pointerType === "touch";
    const isOnSomething = event.target instanceof Element && event.target.closest("a, button") !== null;
    if (isTouch && !isOnSomething) this.#hover(this.#lineAt(event.target));
  };

  readonly focused = (event: FocusEvent): void => {
    const line = this.#lineAt(event.target);
    if (line === this.#focused) return;
    this.#focused = line;
    this.#redraw();
  };

  #hover(line: Line | null): void {
    if (line === this.#hovered) return;
    this.#hovered = line;
    this.#redraw();
  }

  #lineAt(target: EventTarget | null): Line | null {
    const block = target instanceof Element ? target.closest(".block") : null;
    if (block === null || this.#scroller === null) return null;
    const at = [...this.#scroller.querySelectorAll(".block")].indexOf(block);
    return this.viewport.drawn[at]?.line ?? null;
  }

  readonly pressed = (event: KeyboardEvent): void => {
    const line = this.#lineAt(event.target);
    const isOnRow = event.target instanceof HTMLElement && event.target.dataset["row"] !== undefined;
    if (line === null || !isOnRow) return;
    const action = keymap(this.#model.settings.now.keys).action("messages", event);
    if (action === "" || !this.#act(action, line)) return;
    event.preventDefault();
    event.stopPropagation();
  };

  #act(action: string, line: Line): boolean {
    if (action !== "up" && action !== "down") return actOn(this.#model, this.#window, line, action);
    this.#step(action === "up" ? -1 : 1);
    return true;
  }

  /** To the next message; below the last one is the box. */
  #step(step: 1 | -1): void {
    const { rows } = this.viewport.rows;
    let at = this.#focused === null ? rows.length : this.viewport.rows.indexOf(this.#focused);
    do at += step;
    while (rows[at] !== undefined && !isSaid((rows[at] as Row).line.kind));
    if (at >= rows.length) this.#model.focusBox.value += 1;
    else this.#moveFocus(at);
  }

  #moveFocus(at: number): void {
    const row = this.viewport.rows.rows[at];
    if (row === undefined) return;
    this.#focused = row.line;
    this.#focusWanted = true;
    this.#reveal(at, row.line);
    this.#moved();
  }

  /** Scroll as little as needed to see all of a row. */
  #reveal(at: number, line: Line): void {
    const { viewport } = this;
    const top = viewport.heights.top(at);
    const bottom = viewport.heights.top(at + 1);
    if (top < viewport.top) viewport.put(line, 8);
    else if (bottom > viewport.top + viewport.height) viewport.put(line, viewport.height - (bottom - top) - 8);
  }

  #giveFocus(scroller: HTMLDivElement): void {
    if (!this.#focusWanted || this.#focused === null) return;
    const row = scroller.querySelector<HTMLElement>(`[data-row="${this.idOf(this.#focused)}"]`);
    if (row === null) return;
    this.#focusWanted = false;
    row.focus({ preventScroll: true });
  }
}

/** What is read aloud of a message that is not on the screen. */
export function Announcer(): JSX.Element {
  const model = useModel();
  const unseen = model.unseen.value;
  const current = model.current.value;
  const said = unseen !== null && unseen.window === current ? unseen.line : null;
  return (
    <div class="visually-hidden">
      <p aria-live="polite">{current === null ? "" : `${current.title} is shown`}</p>
      <p aria-live="polite">{said === null || isIgnored(model, said) ? "" : `${said.nick}: ${textOf(parse(said.text))}`}</p>
    </div>
  );
}

function isIgnored(model: Model, line: Line): boolean {
  return model.chat.ignored.has(fold(line.nick));
}
