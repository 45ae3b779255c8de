/** Below a message that has replies: how many, and since when. It opens them. */

import type { JSX } from "preact";

import type { Line } from "../../client/lines";
import { openThread, ThreadWindow } from "../../app/thread_window";
import type { Summary } from "../../app/threads";
import type { Window } from "../../app/windows";
import { Icon } from "../icons";
import { useModel } from "../model_context";
import { clock, full, iso } from "../times";

export function RepliesLine({ line, window }: { line: Line; window: Window }): JSX.Element | null {
  const model = useModel();
  void window.lines.value;
  if (line.msgid === "" || window instanceof ThreadWindow) return null;
  const summary = window.threads.summary(line.msgid, model.chat.ignored);
  if (summary === null) return null;
  return (
    <button
      type="button"
      class="replies-line"
      aria-live="off"
      tabIndex={-1}
      // With the focus in the row its buttons would appear, and under a finger push this one away before the click.
      onMouseDown={(event) => event.preventDefault()}
      onClick={() => openThread(model, window, line.msgid)}
    >
      <Icon name="thread" />
      <span class="replies-count">{counted(summary)}</span>
      <span aria-hidden="true"> · </span>
      <Last timeMs={summary.lastMs} />
    </button>
  );
}

export function counted({ count, isCut }: Summary): string {
  return count === 1 && !isCut ? "1 reply" : `${count}${isCut ? "+" : ""} replies`;
}

export function Last({ timeMs }: { timeMs: number }): JSX.Element {
  return (
    <span class="replies-last">
      last{" "}
      <time dateTime={iso(timeMs)} title={full(timeMs)}>
        {clock(timeMs)}
      </time>
    </span>
  );
}
