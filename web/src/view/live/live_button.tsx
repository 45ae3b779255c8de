/** Beside the box: begin to show what one types. It is there where that is possible and not done yet. */

import type { JSX } from "preact";
import { useEffect } from "preact/hooks";

import type { Model } from "../../app/model";
import type { Window } from "../../app/windows";
import type { Conversation } from "../../client/chat";
import { IconButton } from "../icons";
import { useModel } from "../model_context";

export function LiveButton({ window }: { window: Window }): JSX.Element | null {
  const model = useModel();
  const { conversation } = window;
  void window.about.value;
  void model.self.value;
  void model.phase.value;
  const isUnknown = model.live.exists && conversation.isRoom && conversation.joined && conversation.modes === "";
  useEffect(() => {
    if (isUnknown) model.session.ask("MODE", [conversation.name]);
  }, [isUnknown, model, conversation]);
  if (!model.live.exists || !isPossible(conversation) || model.live.here(conversation).isOn.value) return null;
  return <IconButton icon="live" label="Show what you type as you type it" class="live-button" onClick={() => beginLive(model, conversation.name)} />;
}

/** Where nothing was agreed to yet, after a question. `target`: a room or a nick; "" for everywhere. */
export function beginLive(model: Model, target: string): void {
  if (model.live.asksFirst) model.openDialog({ kind: "live", target });
  else model.watch(model.live.setLive(true, target));
}

/** With a person; and in a room whose operators allow it, unless it is slow. */
function isPossible({ place, joined, modes }: Conversation): boolean {
  const letters = modes.split(" ")[0] ?? "";
  return place === "direct" || (place === "room" && joined && letters.includes("L") && !letters.includes("S"));
}
