/** All dialogs but the switcher: one chunk. */

import type { Dialog } from "../../app/dialogs";
import { useModel } from "../model_context";
import { EditHistory } from "./edit_history";
import { EmojiPicker } from "./emoji_picker";
import { LiveDialog } from "../live/live_dialog";
import { Help } from "./help";
import { Invite } from "./invite";
import { Delete, Moderate } from "./moderate";
import { OwnProfile } from "./own_profile";
import { PersonProfile } from "./profile";
import { Room } from "./room";
import { Rooms } from "./rooms";
import { Search } from "./search";
import { UploadPanel } from "./upload";

export function OtherDialog({ dialog }: { readonly dialog: Dialog }) {
  const model = useModel();
  switch (dialog.kind) {
    case "search":
      return <Search everywhere={dialog.everywhere} text={dialog.text} />;
    case "help":
      return <Help />;
    case "profile":
      return dialog.nick === "" || model.chat.isMe(dialog.nick) ? <OwnProfile /> : <PersonProfile nick={dialog.nick} />;
    case "rooms":
      return <Rooms />;
    case "room":
      return <Room conversation={dialog.conversation} />;
    case "invite":
      return <Invite conversation={dialog.conversation} />;
    case "upload":
      return <UploadPanel conversation={dialog.conversation} files={dialog.files} />;
    case "history":
      return <EditHistory line={dialog.line} />;
    case "emoji":
      return <EmojiPicker conversation={dialog.conversation} line={dialog.line} />;
    case "moderate":
      return <Moderate conversation={dialog.conversation} nick={dialog.nick} deed={dialog.deed} />;
    case "live":
      return <LiveDialog target={dialog.target} onClose={() => model.closeDialog()} />;
    case "delete":
      return <Delete conversation={dialog.conversation} line={dialog.line} />;
    default:
      return null;
  }
}
