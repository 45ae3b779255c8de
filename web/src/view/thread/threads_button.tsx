/** In the top bar: the way to the list of all threads of the room; a dot says that one of them has something new. */

import type { JSX } from "preact";

import { closeThread, listThreads } from "../../app/thread_window";
import type { Window } from "../../app/windows";
import { Icon } from "../icons";
import { useModel } from "../model_context";

export function ThreadsButton({ window }: { window: Window }): JSX.Element | null {
  const model = useModel();
  void window.lines.value;
  if (window.threads.size === 0) return null;
  const fresh = window.threads.news(model.chat.ignored, window.divider?.timeMs ?? Infinity);
  const label = fresh === 0 ? "Threads" : `Threads: ${fresh} with new replies`;
  const isOpen = model.thread.value === "list";
  return (
    <button
      type="button"
      class="icon-button threads-button"
      aria-label={label}
      title={label}
      aria-pressed={isOpen}
      onClick={() => (isOpen ? closeThread(model) : listThreads(model))}
    >
      <Icon name="thread" />
      {fresh > 0 && <span class="dot" />}
    </button>
  );
}
