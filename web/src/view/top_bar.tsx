/** Above the messages: where we are, what it is about, and what can be done here. */

import type { JSX } from "preact";

import { closeThread } from "../app/thread_window";
import type { Window } from "../app/windows";
import { plain } from "../irc/text";
import { Icon, IconButton } from "./icons";
import { useModel } from "./model_context";
import { ThreadsButton } from "./thread/threads_button";

export function TopBar({ window }: { window: Window }): JSX.Element {
  const model = useModel();
  void window.about.value;
  const { conversation } = window;
  const others = model.unread.value;
  return (
    <header class="top-bar pane-head">
      <button type="button" class="icon-button narrow-only back" aria-label={others.badge > 0 ? `Conversations, ${others.badge} unread` : "Conversations"} onClick={() => (model.pane.value = "rooms")}>
        <Icon name="back" />
        {others.badge > 0 ? <span class="badge">{others.badge}</span> : others.any && <span class="dot" />}
      </button>
      <div class="where">
        <h1>
          <bdi>{window.title}</bdi>
        </h1>
        {conversation.topic !== "" && (
          <p class="topic" dir="auto" title={plain(conversation.topic)}>
            {plain(conversation.topic)}
          </p>
        )}
      </div>
      <IconButton icon="search" label="Search here" onClick={() => model.openDialog({ kind: "search", everywhere: false, text: "" })} />
      <ThreadsButton window={window} />
      {conversation.isRoom && (
        <IconButton icon="share" label="Invite somebody" class="wide-only" onClick={() => model.openDialog({ kind: "invite", conversation })} />
      )}
      {conversation.isRoom && <IconButton icon="gear" label="Settings of the room" class="wide-only" onClick={() => model.openDialog({ kind: "room", conversation })} />}
      {conversation.isRoom && <IconButton icon="people" label="People" aria-pressed={model.settings.value.value.peopleShown && !isNarrow()} onClick={() => togglePeople(model)} />}
      {conversation.place === "direct" && <IconButton icon="close" label="Close this conversation" onClick={() => model.part(conversation)} />}
      {conversation.place === "room" && !conversation.joined && model.phase.value.phase === "online" && (
        <button type="button" class="button" onClick={() => model.session.join(conversation.name, conversation.key)}>
          Join
        </button>
      )}
    </header>
  );
}

/** The people stand in place of the messages and of this, not beside them. */
function isNarrow(): boolean {
  return matchMedia("(max-width: 699.98px)").matches;
}

/** Beside the messages, or instead of them where the screen is narrow. */
export function togglePeople(model: ReturnType<typeof useModel>): void {
  // What is beside the messages now makes room.
  if (model.thread.peek() !== null) closeThread(model);
  if (isNarrow()) model.pane.value = model.pane.peek() === "people" ? "talk" : "people";
  else model.settings.change({ peopleShown: !model.settings.now.peopleShown });
}
