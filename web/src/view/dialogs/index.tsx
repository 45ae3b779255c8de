/** The dialog that is open, or nothing. Those that are rarely needed come in a chunk of their own. */

import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";

import type { Dialog } from "../../app/dialogs";
import type { Model } from "../../app/model";
import { asRecord, asText, keeping } from "../../app/storage";
import { fold } from "../../irc/names";
import { useModel } from "../model_context";
import "./dialogs.css";
import { Switcher } from "./switcher";

type Shown = (props: { readonly dialog: Dialog }) => preact.VNode | null;

export function Dialogs() {
  const model = useModel();
  const dialog = model.dialog.value;
  const [Others, setOthers] = useState<{ component: ComponentType<{ dialog: Dialog }> } | null>(null);
  const needsOthers = dialog !== null && dialog.kind !== "switcher";
  useEffect(() => {
    if (!needsOthers || Others !== null) return;
    import("./others").then(
      ({ OtherDialog }) => setOthers({ component: OtherDialog satisfies Shown }),
      // No connection, or a new version of the page has taken the place of this one.
      () => {
        model.closeDialog();
        model.notice("This part of the page can't be loaded now. Try again, or reload the page.", { error: true });
      },
    );
  }, [needsOthers, Others, model]);
  useInterrupted(model);
  if (dialog === null || !model.isIn) return null;
  if (dialog.kind === "switcher") return <Switcher />;
  return Others === null ? null : <Others.component key={keyOf(dialog)} dialog={dialog} />;
}

/** After a reload: files that were on their way can be gone on with, if somebody chooses them again. */
function useInterrupted(model: Model): void {
  const isIn = model.current.value !== null;
  useEffect(() => {
    const kept = isIn ? keeping().read("uploads") : null;
    const [first] = Array.isArray(kept) ? kept : [];
    const name = asText(asRecord(first)["conversation"]);
    const conversation = name === "" ? undefined : model.chat.conversations.get(fold(name));
    if (conversation === undefined) return;
    const act = (): void => model.openDialog({ kind: "upload", conversation, files: [] });
    model.notice(`${asText(asRecord(first)["name"])} was not sent to its end.`, { action: { label: "Go on", act }, ms: 20_000 });
  }, [isIn, model]);
}

/** Another dialog of the same kind is a new one. */
function keyOf(dialog: Dialog): string {
  if ("conversation" in dialog) return `${dialog.kind} ${dialog.conversation.name}`;
  return dialog.kind === "profile" ? `profile ${dialog.nick}` : dialog.kind;
}
