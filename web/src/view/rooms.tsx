/** The conversations at the left: what is unread is bold, and only what is for us has a coloured badge. */

import type { JSX } from "preact";
import { useRef } from "preact/hooks";

import { isOffline } from "../app/model";
import type { Window } from "../app/windows";
import { roomPath } from "../app/links";
import { fold } from "../irc/names";
import { Avatar } from "./avatar";
import { Icon, IconButton } from "./icons";
import { useModel } from "./model_context";
import { Logo } from "./welcome";

export function Rooms(): JSX.Element {
  const model = useModel();
  const nav = useRef<HTMLElement>(null);
  void model.order.value;
  void model.self.value;
  const all = [...model.windows];
  const groups = [
    { title: "Rooms", windows: all.filter((window) => window.place === "room") },
    { title: "People", windows: all.filter((window) => window.place === "direct") },
    { title: "", windows: all.filter((window) => window.place === "server") },
  ].filter((group) => group.windows.length > 0);

  return (
    <nav class="rooms" ref={nav} aria-label="Conversations" onKeyDown={(event) => walk(event, nav.current)}>
      <header class="pane-head">
        <Logo />
        <span class="network">{model.chat.network || "hubbub"}</span>
        <IconButton icon="search" label="Go to a room or person (Ctrl+K)" onClick={() => model.openDialog({ kind: "switcher" })} />
        <IconButton icon="plus" label="Find or make a room" onClick={() => model.openDialog({ kind: "rooms" })} />
      </header>
      <div class="scroll">
        {groups.map((group) => (
          <section key={group.title} aria-label={group.title || "Server"}>
            {group.title !== "" && <h2>{group.title}</h2>}
            <ul>
              {group.windows.map((window) => (
                <li key={window.key}>
                  <Entry window={window} />
                </li>
              ))}
            </ul>
          </section>
        ))}
      </div>
      <Me />
    </nav>
  );
}

function Entry({ window }: { window: Window }): JSX.Element {
  const model = useModel();
  void window.about.value;
  const isCurrent = model.current.value === window;
  const { conversation, badge, urgency } = window;
  const hasDraft = window.draft.value.text !== "" && !isCurrent;
  const names = ["entry", window.muted && "muted", urgency !== null && "unread", !conversation.joined && !isOffline(model.phase.value.phase) && "left"];
  const go = (event: MouseEvent): void => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    model.go(window);
  };
  return (
    <a
      class={names.filter(Boolean).join(" ")}
      href={window.place === "room" ? roomPath(conversation.name) : "/"}
      aria-current={isCurrent ? "page" : undefined}
      onClick={go}
    >
      {window.place === "direct" ? <PersonSign nick={conversation.name} /> : <span class="hash">{window.place === "room" ? "#" : "⌂"}</span>}
      <bdi class="entry-name">{window.title.replace(/^#/, "")}</bdi>
      {window.pinned && <Icon name="pin" />}
      {window.muted && <Icon name="bellOff" />}
      {hasDraft && (
        <span class="draft-sign" title="Something is written here and not sent">
          <Icon name="edit" />
          <span class="visually-hidden">draft</span>
        </span>
      )}
      {badge > 0 && (
        <span class="badge">
          {badge > 99 ? "99+" : badge}
          <span class="visually-hidden"> for you</span>
        </span>
      )}
      {badge === 0 && urgency !== null && <span class="visually-hidden">unread</span>}
    </a>
  );
}

function PersonSign({ nick }: { nick: string }): JSX.Element {
  const model = useModel();
  const person = model.chat.people.get(fold(nick));
  return <Avatar nick={nick} account={person?.account ?? ""} />;
}

function Me(): JSX.Element {
  const model = useModel();
  void model.self.value;
  const { nick, account, away } = model.chat;
  const state = isOffline(model.phase.value.phase) ? "offline" : away ? "away" : account === "" ? "guest" : "online";
  return (
    <footer class="me">
      <button type="button" class="me-button" onClick={() => model.openDialog({ kind: "profile", nick: "" })}>
        <Avatar nick={nick} account={account} />
        <span class="me-words">
          <bdi class="me-name">{nick}</bdi>
          <span class="me-state">{state}</span>
        </span>
        <Icon name="gear" />
        <span class="visually-hidden">: your name, status and settings</span>
      </button>
    </footer>
  );
}

/** ↑ and ↓ from one conversation to the next. */
function walk(event: KeyboardEvent, nav: HTMLElement | null): void {
  const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
  if (step === 0 || event.altKey || nav === null) return;
  const entries = [...nav.querySelectorAll<HTMLElement>(".entry")];
  const at = entries.findIndex((entry) => entry === document.activeElement);
  if (at < 0) return;
  event.preventDefault();
  entries[at + step]?.focus();
}
