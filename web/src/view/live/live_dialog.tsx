/**
 * The question before letters leave the screen for the first time: who will see them, and what becomes of them.
 *
 * Whoever presses Enter or Escape without reading shares nothing: Cancel has the focus.
 */

import type { JSX } from "preact";

import { useModel } from "../model_context";
import { Sheet } from "../dialogs/sheet";
import "./live.css";

export interface LiveDialogProps {
  /** A room or a nick; "" for everywhere. */
  readonly target: string;
  readonly onClose: () => void;
}

export function LiveDialog({ target, onClose }: LiveDialogProps): JSX.Element {
  const model = useModel();
  const agree = (): void => {
    model.watch(model.live.setLive(true, target));
    onClose();
  };
  return (
    <Sheet title="Show what you type as you type it?" onClose={onClose} kind="small">
      <p>{whoSees(target, target !== "" && model.chat.isChannel(target))}</p>
      <ul class="live-terms">
        <li>Both sides must share: you see theirs, and they see yours. Whoever doesn't share sees none of it.</li>
        <li>Nothing of it is kept, but what you take back has been seen.</li>
        <li>What you paste waits for Enter. Commands and private words are never shown.</li>
        <li>While it is on, the box says LIVE. One click there stops it.</li>
      </ul>
      <div class="sheet-actions">
        <button type="button" class="button" data-first onClick={onClose}>
          Cancel
        </button>
        <button type="button" class="button primary" onClick={agree}>
          Show what I type
        </button>
      </div>
    </Sheet>
  );
}

function whoSees(target: string, isRoom: boolean): string {
  if (target === "") {
    return "Everybody you write to who shares theirs will see every letter as you type it, before you press Enter: people you write to alone, and all rooms that allow it.";
  }
  if (isRoom) return `Everybody in ${target} who shares theirs will see every letter as you type it, before you press Enter.`;
  return `${target} will see every letter as you type it, before you press Enter, if ${target} shares theirs with you.`;
}
