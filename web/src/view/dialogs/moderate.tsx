/** The questions before a moderator's deeds: is it meant, and why. */

import type { Conversation } from "../../client/chat";
import type { Line } from "../../client/lines";
import { quoted, takeBack } from "../../app/messages";
import { type Deed, doAbout, WORDS } from "../../app/moderation";
import { useModel } from "../model_context";
import { Confirm } from "./sheet";

const REASONS: Partial<Record<Deed, string>> = {
  muteShortly: "Reason (only they see it)",
  mute: "Reason (only they see it)",
  kick: "Reason (everybody here sees it)",
  ban: "Reason (everybody here sees it)",
};

export function Moderate({ conversation, nick, deed }: { readonly conversation: Conversation; readonly nick: string; readonly deed: Deed }) {
  const model = useModel();
  const { label, text } = WORDS[deed];
  const reason = REASONS[deed];
  return (
    <Confirm
      title={`${label}: ${nick}`}
      text={text}
      action={label}
      danger={reason !== undefined}
      {...(reason === undefined ? {} : { reason })}
      onClose={() => model.closeDialog()}
      onConfirm={(why) => {
        model.closeDialog();
        doAbout(model, conversation, nick, deed, why);
      }}
    />
  );
}

export function Delete({ conversation, line }: { readonly conversation: Conversation; readonly line: Line }) {
  const model = useModel();
  return (
    <Confirm
      title={`Delete a message of ${line.nick}`}
      text={quoted(line)}
      action="Delete"
      danger
      reason="Reason (everybody here sees it)"
      onClose={() => model.closeDialog()}
      onConfirm={(why) => {
        model.closeDialog();
        takeBack(model, conversation, line, why);
      }}
    />
  );
}
