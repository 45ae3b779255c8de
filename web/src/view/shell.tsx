/** The window: conversations, messages, people; and the keys that work everywhere. */

import type { JSX } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";

import { keymap } from "../app/keymap";
import { cancel, may, sendFiles } from "../app/messages";
import type { Model } from "../app/model";
import { closeThread } from "../app/thread_window";
import type { Window } from "../app/windows";
import { AskToNotify, Banner, Notices, Typists } from "./banner";
import { Composer } from "./composer/composer";
import { Dialogs } from "./dialogs";
import { Menus } from "./menu";
import { LiveLines } from "./live/live_lines";
import { useModel } from "./model_context";
import { OldRooms } from "./old_rooms";
import { People } from "./people";
import { Rooms } from "./rooms";
import { Announcer, Timeline } from "./timeline/timeline";
import { ThreadSide } from "./thread/thread_side";
import { togglePeople, TopBar } from "./top_bar";

export function Shell(): JSX.Element {
  const model = useModel();
  const window = model.current.value;
  const { roomsShown, peopleShown } = model.settings.value.value;
  useKeys(model);
  useDrop(model);
  const thread = model.thread.value;
  const hasPeople = window?.place === "room";
  const names = ["shell", `pane-${model.pane.value}`, !roomsShown && "no-rooms", thread === null && !(peopleShown && hasPeople) && "no-people", thread !== null && "with-thread"];
  return (
    <div class={names.filter(Boolean).join(" ")}>
      <a class="skip" href="#box" onClick={(event) => skip(event, model)}>
        Skip to the message box
      </a>
      <Rooms />
      <main class="talk">{window === null ? <Empty /> : <Talk window={window} />}</main>
      {hasPeople && window !== null && thread === null && <People window={window} />}
      {thread !== null && window !== null && <ThreadSide window={window} thread={thread} />}
      <Notices />
      <Announcer />
      <Dialogs />
      <Menus />
    </div>
  );
}

function Talk({ window }: { window: Window }): JSX.Element {
  const past = window.past.value;
  return (
    <>
      <TopBar window={window} />
      <Banner />
      <AskToNotify />
      {past !== null && <PastBar />}
      <Timeline key={past === null ? window.key : `past ${window.key} ${serialOf(past)}`} window={window} />
      <LiveLines key={`live ${window.key}`} window={window} />
      <Typists window={window} />
      <Composer key={`box ${window.key}`} window={window} />
    </>
  );
}

const serials = new WeakMap<object, number>();
let serial = 0;

function serialOf(one: object): number {
  const known = serials.get(one) ?? ++serial;
  serials.set(one, known);
  return known;
}

function PastBar(): JSX.Element {
  const model = useModel();
  return (
    <div class="banner quiet">
      <span class="banner-words">You are reading older messages.</span>
      <button type="button" class="link" onClick={() => model.leavePast()}>
        Back to the newest
      </button>
    </div>
  );
}

function Empty(): JSX.Element {
  const model = useModel();
  const old = useMemo(() => model.kept(), [model]);
  const { phase } = model.phase.value;
  if (old !== null && old.rooms.length > 0 && phase !== "online" && model.windows.length === 0) {
    return (
      <>
        <Banner />
        <OldRooms snapshot={old} />
      </>
    );
  }
  return (
    <>
      <Banner />
      <div class="empty">
        <p>{model.phase.value.phase === "online" ? "You are in no room yet." : "Coming in…"}</p>
        {model.phase.value.phase === "online" && (
          <button type="button" class="button primary" onClick={() => model.openDialog({ kind: "rooms" })}>
            Find a room
          </button>
        )}
      </div>
    </>
  );
}

function skip(event: Event, model: Model): void {
  event.preventDefault();
  model.focusBox.value += 1;
}

// -- files dropped anywhere -------------------------------------------------------------------------------------

function useDrop(model: Model): void {
  useEffect(() => {
    const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes("Files") === true;
    const over = (event: DragEvent): void => {
      if (hasFiles(event)) event.preventDefault();
    };
    const drop = (event: DragEvent): void => {
      if (!hasFiles(event) || model.window === null) return;
      event.preventDefault();
      const files = [...(event.dataTransfer?.files ?? [])];
      sendFiles(model, model.window.conversation, files);
    };
    addEventListener("dragover", over);
    addEventListener("drop", drop);
    return () => {
      removeEventListener("dragover", over);
      removeEventListener("drop", drop);
    };
  }, [model]);
}

// -- keys -------------------------------------------------------------------------------------------------------

function useKeys(model: Model): void {
  const latest = useRef(model);
  latest.current = model;
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => press(latest.current, event);
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  }, []);
}

function press(model: Model, event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing || model.dialog.peek() !== null) return;
  if (model.menu.peek() !== null) {
    // Keys of the menu itself end there; this one came before it had the focus.
    if (event.key === "Escape") model.menu.value = null;
    return;
  }
  const action = keymap(model.settings.now.keys).action("window", event);
  // In a text, these go to its beginning and its end.
  if ((action === "oldest" || action === "newest") && event.target instanceof HTMLTextAreaElement && event.target.value !== "") return;
  const isAltGr = event.getModifierState("AltGraph");
  const isWord = event.key.length === 1 && (isAltGr || (!event.ctrlKey && !event.metaKey && !event.altKey));
  if (action !== "" && !(isWord && isEditable(event.target))) {
    if (ACTIONS[action]?.(model) !== false) event.preventDefault();
    return;
  }
  // Typing anywhere is writing; Space and Enter press the button that has the focus.
  if ((isWord || event.key === "Dead") && event.key !== " " && !isEditable(event.target)) {
    const beside = document.activeElement?.closest(".thread") ?? document;
    beside.querySelector<HTMLTextAreaElement>(".composer .input")?.focus();
  }
}

function isEditable(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches("input, textarea, select, [contenteditable]");
}

/** By action of the keymap; false: nothing was done, so the browser may. */
const ACTIONS: Readonly<Record<string, (model: Model) => unknown>> = {
  switcher: (model) => model.openDialog({ kind: "switcher" }),
  help: (model) => model.openDialog({ kind: "help" }),
  previousRoom: (model) => model.go(model.windows.next(-1)),
  nextRoom: (model) => model.go(model.windows.next(1)),
  previousUnread: (model) => model.go(model.windows.nextUnread(-1)),
  nextUnread: (model) => model.go(model.windows.nextUnread(1)),
  escape,
  allRead: (model) => model.markAllRead(),
  search: (model) => model.openDialog({ kind: "search", everywhere: false, text: "" }),
  searchAll: (model) => model.openDialog({ kind: "search", everywhere: true, text: "" }),
  upload: (model) => {
    if (model.window !== null) sendFiles(model, model.window.conversation, []);
  },
  people: togglePeople,
  rooms: (model) => model.settings.change({ roomsShown: !model.settings.now.roomsShown }),
  profile: (model) => model.openDialog({ kind: "profile", nick: "" }),
  reactToLast: (model) => {
    const line = model.view?.last();
    if (model.window === null || line === undefined || !may(model, line, "react")) return;
    model.openDialog({ kind: "emoji", conversation: model.window.conversation, line });
  },
  messages: (model) => {
    // In a thread it leads to the messages there.
    const row = model.inThread ? document.querySelector<HTMLElement>(".thread [data-row][tabindex='0']") : null;
    if (row !== null) row.focus();
    else model.view?.focus();
  },
  pageUp: (model) => model.view?.page(-1),
  pageDown: (model) => model.view?.page(1),
  oldest: (model) => model.view?.toEdge("oldest"),
  newest: (model) => model.view?.toEdge("newest"),
};

/** One step back: out of the list, out of an answer, out of the past; then everything here is read. */
function escape(model: Model): void {
  const { window } = model;
  if (model.thread.peek() !== null && model.pane.peek() !== "rooms" && model.pane.peek() !== "people") {
    closeThread(model);
  } else if (model.pane.peek() !== "talk") {
    model.pane.value = "talk";
  } else if (window === null) {
    return;
  } else if (!isEditable(document.activeElement) && document.activeElement?.closest(".timeline") !== null) {
    model.focusBox.value += 1;
  } else if (window.draft.peek().mode !== "say") {
    cancel(model, window);
  } else if (window.past.peek() !== null) {
    model.leavePast();
  } else {
    readAll(model, window);
  }
}

function readAll(model: Model, window: Window): void {
  model.markRead(window);
  window.divider = null;
  window.lines.value += 1;
  model.jump.value = { window, line: null };
  model.focusBox.value += 1;
}
