/**
 * The mark in the box that letters leave the screen, and who sees them; one click and they don't.
 *
 * It is there exactly as long as they do. Nothing else tells whoever writes that somebody reads along.
 */

import type { JSX } from "preact";

import { audienceWords } from "../../app/live";
import type { Window } from "../../app/windows";
import { useModel } from "../model_context";
import "./live.css";

/** The box names it in aria-describedby while it is there. */
export const LIVE_MARK = "live-mark";

export function LiveMark({ window }: { window: Window }): JSX.Element {
  const model = useModel();
  const here = model.live.here(window.conversation);
  const isOn = here.isOn.value;
  const audience = here.audience.value;
  return (
    <>
      {isOn && (
        <div class="live-mark">
          <button
            type="button"
            class="live-stop"
            aria-label="LIVE: what you type is shown as you type it. Stop"
            title="What you type is shown as you type it. Click to stop."
            onClick={() => {
              model.watch(model.live.setLive(false, window.conversation.name));
              model.focusBox.value += 1;
            }}
          >
            LIVE
          </button>
          <span class="live-audience" id={LIVE_MARK}>
            {audience === null ? "What you type is shown as you type it" : audienceWords(audience)}
          </span>
          {here.holdsBack.value && <span class="live-held">pasted text waits for Enter</span>}
        </div>
      )}
      {/* That it begins or ends is said; that somebody comes to see it isn't. */}
      <p class="visually-hidden" role="status">
        {isOn ? "What you type here is shown as you type it" : ""}
      </p>
    </>
  );
}
