/** One room: what it is about, who may do what, and who is put out. What somebody may not do isn't offered. */

import { useEffect, useState } from "preact/hooks";

import type { Conversation, Member } from "../../client/chat";
import type { Model } from "../../app/model";
import { plain } from "../../irc/text";
import { useModel } from "../model_context";
import { type Ban, bans } from "./answers";
import { Confirm, Outcome, Sheet, Tabs } from "./sheet";

type Tab = "about" | "people" | "bans";
const MOST = 300;

export interface Powers {
  /** Topic, kick; voice where there are half-operators. */
  readonly moderates: boolean;
  /** Modes, roles, bans. */
  readonly rules: boolean;
}

export function powersIn(model: Model, conversation: Conversation): Powers {
  const ranks = conversation.member(model.chat.nick)?.ranks ?? "";
  const rules = /[qao]/.test(ranks);
  return { rules, moderates: rules || ranks.includes("h") };
}

export function Room({ conversation }: { readonly conversation: Conversation }) {
  const model = useModel();
  void model.windows.of(conversation)?.about.value;
  const [tab, setTab] = useState<Tab>("about");
  const powers = powersIn(model, conversation);
  const tabs: (readonly [Tab, string])[] = [["about", "About"], ["people", "People"]];
  if (powers.rules) tabs.push(["bans", "Put out"]);
  return (
    <Sheet title={conversation.name} onClose={() => model.closeDialog()} kind="tall">
      <Tabs label="Room" tabs={tabs} current={tab} onChange={setTab}>
        {tab === "about" ? <About conversation={conversation} powers={powers} /> : null}
        {tab === "people" ? <People conversation={conversation} powers={powers} /> : null}
        {tab === "bans" ? <Bans conversation={conversation} /> : null}
      </Tabs>
    </Sheet>
  );
}

interface Part {
  readonly conversation: Conversation;
  readonly powers: Powers;
}

const RULES: readonly (readonly [mode: string, text: string])[] = [
  ["i", "Only people who are invited may enter"],
  ["s", "It is not in the list of rooms"],
  ["m", "Only operators and those with a voice may speak"],
  ["t", "Only operators may change the topic"],
  ["n", "Nobody may speak into it from outside"],
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
          {RULES.map(([mode, text]) => (
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

const ROLES: Readonly<Record<string, string>> = { q: "owner", a: "admin", o: "operator", h: "half-operator", v: "voice" };

type Act = { readonly what: "kick" | "ban"; readonly member: Member };

function People({ conversation, powers }: Part) {
  const model = useModel();
  const [query, setQuery] = useState("");
  const [asking, setAsking] = useState<Act | null>(null);
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
          <PersonRow key={member.nick} member={member} conversation={conversation} powers={powers} onAct={setAsking} />
        ))}
      </ul>
      {members.length > MOST ? <p class="note">And {members.length - MOST} more: type a name to find them.</p> : null}
      {asking === null ? null : (
        <Confirm
          title={asking.what === "kick" ? `Put ${asking.member.nick} out` : `Ban ${asking.member.nick}`}
          text={asking.what === "kick" ? "They can come back." : "They can't come back until the ban is taken away."}
          action={asking.what === "kick" ? "Put out" : "Ban"}
          reason="Reason (everybody here sees it)"
          danger
          onClose={() => setAsking(null)}
          onConfirm={(reason) => {
            setAsking(null);
            putOut(model, conversation, asking, reason);
          }}
        />
      )}
    </>
  );
}

function rank(model: Model, member: Member): number {
  const order = [...model.chat.prefixes.keys()];
  const at = order.indexOf(member.ranks[0] ?? "");
  return at < 0 ? order.length : at;
}

function putOut(model: Model, conversation: Conversation, { what, member }: Act, reason: string): void {
  const { name } = conversation;
  const { nick } = member;
  if (what === "ban") model.watch(model.session.ask("MODE", [name, "+b", banMask(model, member)]));
  model.watch(model.session.ask("KICK", [name, nick, ...(reason === "" ? [] : [reason])]));
  if (what !== "ban") return;
  const undo = (): void => model.watch(model.session.ask("MODE", [name, "-b", banMask(model, member)]));
  model.notice(`${nick} is banned.`, { action: { label: "Undo", act: undo } });
}

/** By account where somebody has one and the server can; names are changed easily, and hosts are shared. */
export function banMask(model: Model, member: Member): string {
  const [sign, kinds] = (model.chat.tokens.get("EXTBAN") ?? "").split(",");
  const { account, nick, host } = member.person;
  if (account !== "" && kinds?.includes("a") === true) return `${sign ?? ""}a:${account}`;
  return host === "" ? `${nick}!*@*` : `*!*@${host}`;
}

function PersonRow({ member, conversation, powers, onAct }: Part & { readonly member: Member; readonly onAct: (act: Act) => void }) {
  const model = useModel();
  const { nick, ranks } = member;
  const isMe = model.chat.isMe(nick);
  const give = (mode: string): void => {
    const sign = ranks.includes(mode) ? "-" : "+";
    model.watch(model.session.ask("MODE", [conversation.name, `${sign}${mode}`, nick]));
  };
  // Nobody puts those out who stand above them.
  const mayTouch = !isMe && !(powers.moderates && !powers.rules && /[qao]/.test(ranks));
  return (
    <li>
      <button type="button" class="link" onClick={() => model.openDialog({ kind: "profile", nick: isMe ? "" : nick })}>
        {nick}
      </button>
      <span class="choice-note">
        {[...ranks].map((mode) => ROLES[mode] ?? "").filter(Boolean).join(", ")}
        {isMe ? " (you)" : ""}
      </span>
      {powers.rules && !isMe
        ? (["o", "v"] as const).map((mode) => (
            <button key={mode} type="button" class="button small" aria-pressed={ranks.includes(mode)} aria-label={`${nick}: ${ROLES[mode] ?? ""}`} onClick={() => give(mode)}>
              {mode === "o" ? "Operator" : "Voice"}
            </button>
          ))
        : null}
      {powers.moderates && mayTouch ? (
        <button type="button" class="button small danger" aria-label={`Put ${nick} out`} onClick={() => onAct({ what: "kick", member })}>
          Put out
        </button>
      ) : null}
      {powers.rules && mayTouch ? (
        <button type="button" class="button small danger" aria-label={`Ban ${nick}`} onClick={() => onAct({ what: "ban", member })}>
          Ban
        </button>
      ) : null}
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
