/** Buttons for what a moderator can do about somebody; nothing for others. */

import type { Conversation } from "../../client/chat";
import { type Deed, deedsFor, spoken } from "../../app/moderation";
import { begin, labelOf } from "../menu";
import { useModel } from "../model_context";

export function Deeds(props: { readonly conversation: Conversation; readonly nick: string; readonly mutes?: ReadonlySet<string>; readonly only?: readonly Deed[] }) {
  const { conversation, nick, mutes, only } = props;
  const model = useModel();
  void model.windows.of(conversation)?.about.value;
  const deeds = deedsFor(model, conversation, nick, mutes).filter((deed) => only === undefined || only.includes(deed));
  return (
    <>
      {deeds.map((deed) => (
        <button
          key={deed}
          type="button"
          class={`button small ${deed === "kick" || deed === "ban" ? "danger" : ""}`}
          aria-label={spoken(deed, nick)}
          onClick={() => begin(model, conversation, nick, deed)}
        >
          {labelOf(deed)}
        </button>
      ))}
    </>
  );
}
