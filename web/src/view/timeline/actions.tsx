/** The buttons that appear on a message under the pointer or with the focus. Only what can be done is there. */

import type { JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

import type { Line } from "../../client/lines";
import { beginEdit, beginReply, copy, linkTo, may, QUICK_REACTIONS, remove, toggleReaction } from "../../app/messages";
import type { Model } from "../../app/model";
import { openThread, ThreadWindow } from "../../app/thread_window";
import type { Window } from "../../app/windows";
import { IconButton } from "../icons";
import { hasMenu, openMenu } from "../menu";
import { useModel } from "../model_context";
import { putAside } from "./free_end";

export function Actions({ line, window }: { line: Line; window: Window }): JSX.Element | null {
  const model = useModel();
  const { conversation } = window;
  const bar = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (bar.current !== null) putAside(bar.current);
  });
  if (line.redacted || line.delivery !== "arrived") return null;
  return (
    <div ref={bar} class="actions" role="toolbar" aria-label="Message" aria-live="off">
      {may(model, line, "react") &&
        QUICK_REACTIONS.slice(0, 3).map((emoji) => (
          <button
            key={emoji}
            type="button"
            class="icon-button quick"
            aria-label={`React with ${emoji}`}
            title={`React with ${emoji}`}
            onClick={() => toggleReaction(model, conversation, line, emoji)}
          >
            {emoji}
          </button>
        ))}
      {ACTIONS.filter((one) => one.isPossible(model, line, window)).map((one) => (
        <IconButton key={one.label} icon={one.icon} label={one.label} onClick={() => one.act(model, window, line)} />
      ))}
      {hasMenu(model, conversation, line.nick) && (
        <IconButton
          icon="more"
          label="More actions"
          aria-haspopup="menu"
          onClick={(event) => openMenu(model, event, { conversation, nick: line.nick, line })}
        />
      )}
    </div>
  );
}

interface Action {
  readonly icon: "smile" | "reply" | "thread" | "edit" | "bin" | "copy" | "link";
  readonly label: string;
  readonly isPossible: (model: Model, line: Line, window: Window) => boolean;
  readonly act: (model: Model, window: Window, line: Line) => void;
}

const ACTIONS: readonly Action[] = [
  {
    icon: "smile",
    label: "React",
    isPossible: (model, line) => may(model, line, "react"),
    act: (model, { conversation }, line) => model.openDialog({ kind: "emoji", conversation, line }),
  },
  {
    icon: "reply",
    label: "Reply",
    isPossible: (model, line) => may(model, line, "reply"),
    act: beginReply,
  },
  {
    icon: "thread",
    label: "Reply in thread",
    isPossible: (model, line, window) => may(model, line, "reply") && !(window instanceof ThreadWindow),
    act: (model, window, line) => openThread(model, window, line.msgid),
  },
  {
    icon: "edit",
    label: "Edit",
    isPossible: (model, line) => may(model, line, "edit"),
    act: beginEdit,
  },
  {
    icon: "copy",
    label: "Copy text",
    isPossible: () => true,
    act: (model, _, line) => void copy(model, line.text, "Text"),
  },
  {
    icon: "link",
    label: "Copy link",
    isPossible: (_, line) => line.msgid !== "",
    act: (model, { conversation }, line) => void copy(model, linkTo(conversation, line), "Link"),
  },
  {
    icon: "bin",
    label: "Delete",
    isPossible: (model, line) => may(model, line, "redact"),
    act: (model, { conversation }, line) => remove(model, conversation, line),
  },
];
