/** What the keys of a message do, wherever it is shown: in its room or in its thread. */

import type { Line } from "../../client/lines";
import { beginEdit, beginReply, copy, linkTo, may, remove } from "../../app/messages";
import type { Model } from "../../app/model";
import { openThread } from "../../app/thread_window";
import type { Window } from "../../app/windows";
import { parse, type Block, type Inline } from "../../text/markdown";

type Act = (model: Model, window: Window, line: Line) => unknown;

/** By action of the keymap. */
const ACTIONS: Readonly<Record<string, Act>> = {
  reply: (model, window, line) => may(model, line, "reply") && beginReply(model, window, line),
  edit: (model, window, line) => may(model, line, "edit") && beginEdit(model, window, line),
  react: (model, { conversation }, line) => may(model, line, "react") && model.openDialog({ kind: "emoji", conversation, line }),
  thread: (model, window, line) => line.isSaid && openThread(model, window, line.msgid),
  delete: (model, { conversation }, line) => (line.delivery === "failed" || may(model, line, "redact")) && remove(model, conversation, line),
  copy: (model, _, line) => copy(model, line.text, "Text"),
  link: (model, { conversation }, line) => line.msgid !== "" && copy(model, linkTo(conversation, line), "Link"),
  open: (_, __, line) => {
    const href = firstLink(parse(line.text));
    if (href !== "") globalThis.open(href, "_blank", "noopener,noreferrer");
  },
  context: (model, { conversation }, line) => {
    if (line.delivery === "failed") model.session.retry(conversation, line);
    else if (line.replyTo !== "") model.goTo(conversation, line.replyTo, line.timeMs);
  },
};

/** False: there is no such action. */
export function actOn(model: Model, window: Window, line: Line, action: string): boolean {
  const act = ACTIONS[action];
  void act?.(model, window, line);
  return act !== undefined;
}

function firstLink(tree: readonly (Block | Inline)[]): string {
  for (const node of tree) {
    if (node.kind === "link") return node.href;
    const children = node.kind === "list" ? node.items.flatMap((item) => item.children) : "children" in node ? node.children : [];
    const found = firstLink(children);
    if (found !== "") return found;
  }
  return "";
}
