/**
 * The messages of one thread, the first one and its replies, with all that can be done about messages.
 *
 * Owns the elements, the scrolling and the keys in it. It is a list, and quiet: where the room is shown beside it, the
 * replies are read aloud there. All are drawn: threads are short, and bounded.
 */

import type { JSX } from "preact";
import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";

import type { Line } from "../../client/lines";
import { keymap } from "../../app/keymap";
import type { Model } from "../../app/model";
import type { ThreadWindow } from "../../app/thread_window";
import { useModel } from "../model_context";
import { actOn } from "../timeline/message_keys";
import { RowView, versionOf } from "../timeline/row";
import { Rows, type Row } from "../timeline/rows";

/** The end counts as seen with less than this below it. */
const END_PX = 40;

export function ThreadMessages({ thread }: { thread: ThreadWindow }): JSX.Element {
  const model = useModel();
  const scroller = useRef<HTMLDivElement>(null);
  const [hovered, hover] = useState<Line | null>(null);
  const [focused, focus] = useState<Line | null>(null);
  const ids = useMemo(() => new Ids(), [thread]);
  void thread.beside.lines.value;
  void thread.past.value;
  const lines = thread.messages(model.chat.ignored);
  const rows = useRows(lines, model);
  useEnd(scroller, thread, lines);
  useLayoutEffect(() => thread.beside.threads.seen(thread.root));

  const stop = lines.includes(focused as Line) ? focused : lines.at(-1);
  const lineAt = (target: EventTarget | null): Line | null => {
    const row = target instanceof Element ? target.closest<HTMLElement>("[data-row]") : null;
    return lines.find((line) => ids.of(line) === row?.dataset["row"]) ?? null;
  };
  const step = (from: Line, by: 1 | -1): void => {
    const to = lines[lines.indexOf(from) + by];
    if (to !== undefined) scroller.current?.querySelector<HTMLElement>(`[data-row="${ids.of(to)}"]`)?.focus();
    else if (by === 1) thread.focusBox.value += 1;
  };
  const pressed = (event: KeyboardEvent): void => {
    const line = lineAt(event.target);
    const isOnRow = event.target instanceof HTMLElement && event.target.dataset["row"] !== undefined;
    if (line === null || !isOnRow) return;
    const action = keymap(model.settings.now.keys).action("messages", event);
    if (action === "up" || action === "down") step(line, action === "up" ? -1 : 1);
    // It is open already.
    else if (action === "thread") thread.focusBox.value += 1;
    else if (!actOn(model, thread, line, action)) return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      ref={scroller}
      class="thread-messages scroll"
      onKeyDown={pressed}
      onPointerOver={(event) => event.pointerType === "mouse" && hover(lineAt(event.target))}
      onPointerLeave={() => hover(null)}
      onFocusIn={(event) => focus(lineAt(event.target))}
      onClick={(event) => isTouch(event) && hover(lineAt(event.target))}
    >
      <Search thread={thread} />
      <div class="rows" role="list" aria-label="Messages in this thread" aria-live={model.pane.value === "thread" ? "polite" : "off"}>
        {rows.map((row) => (
          <div class="block" role="listitem" key={ids.of(row.line)}>
            <RowView {...propsOf(model, thread, row, ids)} isActive={row.line === (hovered ?? focused)} isStop={row.line === stop} isGoing={model.going.value.has(row.line)} />
          </div>
        ))}
      </div>
    </div>
  );
}

function propsOf(model: Model, thread: ThreadWindow, row: Row, ids: Ids) {
  const original = row.line.replyTo === "" ? undefined : thread.find(row.line.replyTo);
  return { row, id: ids.of(row.line), window: thread, conversation: thread.conversation, original, version: versionOf(model, row, original), isFound: false };
}

/** A finger: what it touches shows its buttons. */
function isTouch(event: MouseEvent): boolean {
  const isOnSomething = event.target instanceof Element && event.target.closest("a, button") !== null;
  return (event as PointerEvent).pointerType === "touch" && !isOnSomething;
}

/** What is not there, and what can be done about it. */
function Search({ thread }: { thread: ThreadWindow }): JSX.Element | null {
  const model = useModel();
  switch (thread.completeness.value) {
    case "whole":
      return null;
    case "loading":
      return <p class="thread-search">Looking for earlier messages…</p>;
    case "gone":
      return <p class="thread-search">The first message can’t be found any more.</p>;
    case "more":
      return (
        <p class="thread-search">
          There may be more replies.{" "}
          <button type="button" class="link" onClick={() => thread.more(model)}>
            Look for them
          </button>
        </p>
      );
  }
}

/** Kept from drawing to drawing, so that what has not changed is not drawn again. */
function useRows(lines: readonly Line[], model: Model): readonly Row[] {
  const known = useRef(new Map<Line, Row>());
  const rows = new Rows();
  rows.update(lines, { divider: null, coming: "all", ignored: model.chat.ignored, ignoredVersion: 0 });
  const made = rows.rows.map((row) => {
    const before = known.current.get(row.line);
    return before !== undefined && before.day === row.day && before.grouped === row.grouped ? before : row;
  });
  known.current = new Map(made.map((row) => [row.line, row]));
  return made;
}

/** Whoever sees the end goes on seeing it; so does who has said something. */
function useEnd(scroller: { readonly current: HTMLDivElement | null }, thread: ThreadWindow, lines: readonly Line[]): void {
  const model = useModel();
  const isFollowing = useRef(true);
  useLayoutEffect(() => {
    const element = scroller.current;
    const scrolled = (): void => {
      if (element !== null) isFollowing.current = element.scrollHeight - element.scrollTop - element.clientHeight < END_PX;
    };
    element?.addEventListener("scroll", scrolled);
    return () => element?.removeEventListener("scroll", scrolled);
  }, [thread]);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element !== null && isFollowing.current) element.scrollTop = element.scrollHeight;
  }, [lines.length, lines.at(-1)]);
  useLayoutEffect(
    () =>
      model.jump.subscribe((jump) => {
        if (jump?.window !== thread) return;
        isFollowing.current = true;
        if (scroller.current !== null) scroller.current.scrollTop = scroller.current.scrollHeight;
      }),
    [thread],
  );
}

class Ids {
  readonly #ids = new WeakMap<Line, string>();
  #next = 1;

  of(line: Line): string {
    const known = this.#ids.get(line);
    if (known !== undefined) return known;
    const made = `t${this.#next++}`;
    this.#ids.set(line, made);
    return made;
  }
}
