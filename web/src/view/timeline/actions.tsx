/** The buttons that appear on a message under the pointer or with the focus. Only what can be done is there. */

import type { JSX } from "preact";

import type { Conversation } from "../../client/chat";
import type { Line } from "../../client/lines";
import { beginEdit, beginReply, copy, linkTo, may, QUICK_REACTIONS, remove, toggleReaction } from "../../app/messages";
import type { Model } from "../../app/model";
import { IconButton } from "../icons";
import { hasMenu, openMenu } from "../menu";
import { useModel } from "../model_context";

export function Actions({ line, conversation }: { line: Line; conversation: Conversation }): JSX.Element | null {
  const model = useModel();
  if (line.redacted || line.delivery !== "arrived") return null;
  return (
    <div class="actions" role="toolbar" aria-label="Message" aria-live="off">
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
      {ACTIONS.filter((one) => one.isPossible(model, line)).map((one) => (
        <IconButton key={one.label} icon={one.icon} label={one.label} onClick={() => one.act(model, conversation, line)} />
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
  readonly icon: "smile" | "reply" | "edit" | "bin" | "copy" | "link";
  readonly label: string;
  readonly isPossible: (model: Model, line: Line) => boolean;
  readonly act: (model: Model, conversation: Conversation, line: Line) => void;
}

const ACTIONS: readonly Action[] = [
  {
    icon: "smile",
    label: "React",
    isPossible: (model, line) => may(model, line, "react"),
    act: (model, conversation, line) => model.openDialog({ kind: "emoji", conversation, line }),
  },
  {
    icon: "reply",
    label: "Reply",
    isPossible: (model, line) => may(model, line, "reply"),
    act: (model, _, line) => withWindow(model, (window) => beginReply(model, window, line)),
  },
  {
    icon: "edit",
    label: "Edit",
    isPossible: (model, line) => may(model, line, "edit"),
    act: (model, _, line) => withWindow(model, (window) => beginEdit(model, window, line)),
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
    act: (model, conversation, line) => void copy(model, linkTo(conversation, line), "Link"),
  },
  {
    icon: "bin",
    label: "Delete",
    isPossible: (model, line) => may(model, line, "redact"),
    act: (model, conversation, line) => remove(model, conversation, line),
  },
];

function withWindow(model: Model, act: (window: NonNullable<Model["window"]>) => void): void {
  if (model.window !== null) act(model.window);
}
