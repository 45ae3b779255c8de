/** Beside the messages, or instead of them where the screen is narrow: one thread, or the list of them. */

import type { JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

import { quoted } from "../../app/messages";
import { closeThread, openThread, type ThreadWindow } from "../../app/thread_window";
import type { Window } from "../../app/windows";
import { Nick } from "../avatar";
import { Composer } from "../composer/composer";
import { IconButton } from "../icons";
import { useModel } from "../model_context";
import { counted, Last } from "./replies_line";
import { ThreadMessages } from "./thread_messages";
import "./thread.css";

/** More are found by scrolling the room. */
const MOST_LISTED = 50;

export function ThreadSide({ window, thread }: { window: Window; thread: ThreadWindow | "list" }): JSX.Element {
  const model = useModel();
  const side = useRef<HTMLElement>(null);
  useFocus(side, thread);
  return (
    <aside
      ref={side}
      class="thread"
      aria-label={thread === "list" ? `Threads in ${window.title}` : thread.title}
      tabIndex={-1}
      onFocusIn={() => (model.inThread = true)}
    >
      <header class="pane-head">
        <IconButton icon="back" label="Back" class="narrow-only" onClick={() => closeThread(model)} />
        <h2>{thread === "list" ? "Threads" : "Thread"}</h2>
        <IconButton icon="close" label="Close the thread (Esc)" class="wide-only" onClick={() => closeThread(model)} />
      </header>
      {thread === "list" ? <List window={window} /> : <Thread key={thread.opened} thread={thread} />}
    </aside>
  );
}

function Thread({ thread }: { thread: ThreadWindow }): JSX.Element {
  return (
    <>
      <ThreadMessages thread={thread} />
      <Composer window={thread} />
    </>
  );
}

function List({ window }: { window: Window }): JSX.Element {
  const model = useModel();
  void window.lines.value;
  const threads = window.threads.recent(model.chat.ignored, window.divider?.timeMs).slice(0, MOST_LISTED);
  if (threads.length === 0) return <p class="thread-search">There are no replies here.</p>;
  return (
    <ul class="threads scroll">
      {threads.map((summary) => {
        const first = window.conversation.timeline.find(summary.root);
        return (
          <li key={summary.root}>
            <button type="button" class="threads-entry" onClick={() => openThread(model, window, summary.root)}>
              <span class="threads-first" dir="auto">
                {first === undefined ? "An earlier message" : <Nick nick={first.nick} account={first.account} />}{" "}
                {first !== undefined && <span class="quoted">{first.redacted ? "Message deleted" : quoted(first)}</span>}
              </span>
              <span class="threads-state">
                {counted(summary)} · <Last timeMs={summary.lastMs} />
                {summary.fresh > 0 && <span class="threads-new">{summary.fresh} new</span>}
              </span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}

/** It comes when something is opened, and goes back to where it was; nobody who writes elsewhere meanwhile is disturbed. */
function useFocus(side: { readonly current: HTMLElement | null }, thread: ThreadWindow | "list"): void {
  const model = useModel();
  const before = useRef<Element | null>(null);
  before.current ??= document.activeElement;
  useLayoutEffect(() => {
    if (thread === "list") (side.current?.querySelector<HTMLElement>(".threads-entry") ?? side.current)?.focus();
    // The box takes it by itself; a finger has not asked for a keyboard that covers half of what is to be read.
    else if (matchMedia("(pointer: coarse)").matches) side.current?.focus();
  }, [thread]);
  useLayoutEffect(
    () => () => {
      const isOurs = side.current?.contains(document.activeElement) === true || document.activeElement === document.body;
      model.inThread = false;
      if (!isOurs) return;
      const to = before.current;
      // When it is shown again: on a narrow screen it was not there meanwhile.
      requestAnimationFrame(() => {
        if (to instanceof HTMLElement && to.isConnected && to !== document.body) to.focus();
        else model.focusBox.value += 1;
      });
    },
    [],
  );
}
