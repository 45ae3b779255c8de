/** Who is in the room, at the right. */

import type { JSX } from "preact";

import type { Conversation, Member } from "../client/chat";
import type { Window } from "../app/windows";
import { Avatar, Nick } from "./avatar";
import { IconButton } from "./icons";
import { hasMenu, openMenu } from "./menu";
import { useModel } from "./model_context";

/** More are found by search: nobody reads a thousand names. */
const MOST = 300;

export function People({ window }: { window: Window }): JSX.Element {
  const model = useModel();
  void window.about.value;
  const { conversation } = window;
  const groups = grouped([...conversation.members.values()]);
  return (
    <aside class="people" aria-label={`People in ${window.title}`}>
      <header class="pane-head">
        <IconButton icon="back" label="Back" class="narrow-only" onClick={() => (model.pane.value = "talk")} />
        <h2>
          People <span class="count">{conversation.members.size}</span>
        </h2>
        <IconButton icon="share" label="Invite somebody" onClick={() => model.openDialog({ kind: "invite", conversation })} />
        <IconButton icon="gear" label="Settings of the room" class="narrow-only" onClick={() => model.openDialog({ kind: "room", conversation })} />
      </header>
      <div class="scroll">
        {groups.map(({ title, members }) => (
          <section key={title} aria-label={title}>
            <h3>{title}</h3>
            <ul>
              {members.slice(0, MOST).map((member) => (
                <li key={member.nick}>
                  <Entry member={member} conversation={conversation} />
                </li>
              ))}
              {members.length > MOST && <li class="aside">and {members.length - MOST} more</li>}
            </ul>
          </section>
        ))}
      </div>
    </aside>
  );
}

function Entry({ member, conversation }: { member: Member; conversation: Conversation }): JSX.Element {
  const model = useModel();
  const { nick, account, away, bot } = member.person;
  const isMe = model.chat.isMe(nick);
  const menu = (event: MouseEvent): void => {
    if (hasMenu(model, conversation, nick)) openMenu(model, event, { conversation, nick, line: null });
  };
  return (
    <div class="person-row" onContextMenu={menu}>
      <button
        type="button"
        class={away === null ? "person" : "person away"}
        title={away === null ? nick : `${nick} is away${away === "" ? "" : `: ${away}`}`}
        onClick={() => model.openDialog({ kind: "profile", nick: isMe ? "" : nick })}
      >
        <Avatar nick={nick} account={account} />
        <Nick nick={nick} account={account} full />
        {isMe && <span class="tag">you</span>}
        {bot && <span class="tag">bot</span>}
        {away !== null && <span class="visually-hidden">away</span>}
      </button>
      {hasMenu(model, conversation, nick) && (
        <IconButton icon="more" label="More actions" class="person-more" aria-haspopup="menu" onClick={menu} />
      )}
    </div>
  );
}

function grouped(members: Member[]): { title: string; members: Member[] }[] {
  const sorted = members.sort((one, other) => one.nick.localeCompare(other.nick));
  const isModerator = (member: Member): boolean => /[qao]/.test(member.ranks);
  const groups = [
    { title: "Moderators", members: sorted.filter(isModerator) },
    { title: "Here", members: sorted.filter((one) => !isModerator(one) && one.person.away === null) },
    { title: "Away", members: sorted.filter((one) => !isModerator(one) && one.person.away !== null) },
  ];
  return groups.filter((group) => group.members.length > 0);
}
