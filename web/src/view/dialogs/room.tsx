/** One room: what it is about, who may do what, and who is put out. What somebody may not do isn't offered. */

import { useEffect, useState } from "preact/hooks";

import type { Conversation, Member } from "../../client/chat";
import { powersIn, type Powers } from "../../app/moderation";
import type { Model } from "../../app/model";
import { plain } from "../../irc/text";
import { useModel } from "../model_context";
import { type Ban, bans } from "./answers";
import { Deeds } from "./deeds";
import { Outcome, Sheet, Tabs } from "./sheet";

type Tab = "about" | "people" | "bans";
const MOST = 300;

export function Room({ conversation }: { readonly conversation: Conversation }) {
  const model = useModel();
  void model.windows.of(conversation)?.about.value;
  useEffect(() => {
    if (conversation.joined) model.session.ask("MODE", [conversation.name]);
  }, [model, conversation]);
  const [tab, setTab] = useState<Tab>("about");
  const powers = powersIn(model, conversation);
  const tabs: (readonly [Tab, string])[] = [["about", "About"], ["people", "People"]];
  if (powers.rules) tabs.push(["bans", "Put out"]);
  return (
    <Sheet title={conversation.name} onClose={() => model.closeDialog()} kind="tall">
      <Tabs label="Room" tabs={tabs} current={tab} onChange={setTab}>
        {tab === "about" ? <About conversation={conversation} powers={powers} /> : null}
        {tab === "people" ? <People conversation={conversation} /> : null}
        {tab === "bans" ? <Bans conversation={conversation} /> : null}
      </Tabs>
    </Sheet>
  );
}

interface Part {
  readonly conversation: Conversation;
  readonly powers: Powers;
}

const LIVE = "L";
const RULES: readonly (readonly [mode: string, text: string])[] = [
  ["i", "Only people who are invited may enter"],
  ["s", "It is not in the list of rooms"],
  ["m", "Only moderators and those with a voice may speak"],
  ["t", "Only moderators may change the topic"],
  ["n", "Nobody may speak into it from outside"],
  [LIVE, "Who wants to may show what they type as they type it"],
];

function About({ conversation, powers }: Part) {
  const model = useModel();
  const window = model.windows.of(conversation);
  const mayTopic = powers.moderates || !conversation.modes.includes("t");
  const modes = conversation.modes.split(" ")[0] ?? "";
  const set = (mode: string, wanted: boolean): void => model.watch(model.session.ask("MODE", [conversation.name, `${wanted ? "+" : "-"}${mode}`]));
  return (
    <>
      {mayTopic ? (
        <form
          class="form-field"
          onSubmit={(event) => {
            event.preventDefault();
            const topic = String(new FormData(event.currentTarget).get("topic")).trim();
            model.watch(model.session.ask("TOPIC", [conversation.name, topic]));
          }}
        >
          <label for="room-topic">What it is about</label>
          <textarea id="room-topic" name="topic" rows={2} maxLength={390} data-first defaultValue={plain(conversation.topic)} />
          <button type="submit" class="button">
            Change the topic
          </button>
        </form>
      ) : (
        <p>{plain(conversation.topic) || "Nobody has said what it is about."}</p>
      )}
      {powers.rules ? (
        <fieldset>
          <legend>Rules</legend>
          {RULES.filter(([mode]) => mode !== LIVE || model.live.exists).map(([mode, text]) => (
            <label key={mode} class="check">
              <input type="checkbox" checked={modes.includes(mode)} onChange={(event) => set(mode, event.currentTarget.checked)} /> {text}
            </label>
          ))}
        </fieldset>
      ) : null}
      {window === undefined ? null : (
        <fieldset>
          <legend>For you</legend>
          <label class="check">
            <input type="checkbox" checked={window.muted} onChange={(event) => model.setMuted(window, event.currentTarget.checked)} /> Mute it
          </label>
          <label class="check">
            <input type="checkbox" checked={window.pinned} onChange={(event) => model.setPinned(window, event.currentTarget.checked)} /> Keep it at the top
          </label>
        </fieldset>
      )}
      <div class="sheet-actions">
        <button type="button" class="button" onClick={() => model.openDialog({ kind: "invite", conversation })}>
          Invite people
        </button>
        <button
          type="button"
          class="button danger"
          onClick={() => {
            model.closeDialog();
            model.part(conversation);
          }}
        >
          Leave the room
        </button>
      </div>
    </>
  );
}

const ROLES: Readonly<Record<string, string>> = { q: "owner", a: "admin", o: "moderator", h: "half-moderator", v: "voice" };

function People({ conversation }: { readonly conversation: Conversation }) {
  const model = useModel();
  const [query, setQuery] = useState("");
  const wanted = query.trim().toLowerCase();
  const members = [...conversation.members.values()].filter(({ nick }) => nick.toLowerCase().includes(wanted));
  members.sort((one, other) => rank(model, one) - rank(model, other) || one.nick.localeCompare(other.nick));
  return (
    <>
      <input
        type="search"
        class="choices-box"
        aria-label="Find somebody"
        placeholder={`${conversation.members.size} people`}
        value={query}
        onInput={(event) => setQuery(event.currentTarget.value)}
      />
      <ul class="roster">
        {members.slice(0, MOST).map((member) => (
          <PersonRow key={member.nick} member={member} conversation={conversation} />
        ))}
      </ul>
      {members.length > MOST ? <p class="note">And {members.length - MOST} more: type a name to find them.</p> : null}
    </>
  );
}

function rank(model: Model, member: Member): number {
  const order = [...model.chat.prefixes.keys()];
  const at = order.indexOf(member.ranks[0] ?? "");
  return at < 0 ? order.length : at;
}

function PersonRow({ member, conversation }: { readonly member: Member; readonly conversation: Conversation }) {
  const model = useModel();
  const { nick, ranks } = member;
  const isMe = model.chat.isMe(nick);
  return (
    <li>
      <button type="button" class="link" onClick={() => model.openDialog({ kind: "profile", nick: isMe ? "" : nick })}>
        {nick}
      </button>
      <span class="choice-note">
        {[...ranks].map((mode) => ROLES[mode] ?? "").filter(Boolean).join(", ")}
        {isMe ? " (you)" : ""}
      </span>
      <Deeds conversation={conversation} nick={nick} only={["voice", "devoice", "op", "deop", "kick", "ban"]} />
    </li>
  );
}

function Bans({ conversation }: { readonly conversation: Conversation }) {
  const model = useModel();
  const [found, setFound] = useState<readonly Ban[] | null>(null);
  const [failure, setFailure] = useState("");
  const look = (): void => {
    void model.session.ask("MODE", [conversation.name, "b"]).settled.then((request) => {
      setFound(bans(request.messages()));
      setFailure(request.failure);
    });
  };
  useEffect(look, [conversation]);
  const lift = async (mask: string): Promise<void> => {
    const request = await model.session.ask("MODE", [conversation.name, "-b", mask]).settled;
    setFailure(request.failure);
    look();
  };
  return (
    <>
      <p role="status" class="note">
        {found === null ? "Asking the server …" : found.length === 0 ? "Nobody is banned." : `${found.length} banned`}
      </p>
      <ul class="roster">
        {(found ?? []).map((ban) => (
          <li key={ban.mask}>
            <code>{ban.mask}</code>
            <span class="choice-note">{ban.by === "" ? "" : `by ${ban.by}`}</span>
            <button type="button" class="button small" aria-label={`Lift the ban of ${ban.mask}`} onClick={() => void lift(ban.mask)}>
              Lift
            </button>
          </li>
        ))}
      </ul>
      <Outcome text={failure} />
    </>
  );
}
