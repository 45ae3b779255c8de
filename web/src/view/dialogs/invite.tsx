/** Letting people into a room: a link that anybody can be given, with its QR code, or somebody who is here already. */

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

import type { Conversation } from "../../client/chat";
import { enable, INVITE_LINK } from "../../app/extensions";
import { roomPath } from "../../app/links";
import { isNick } from "../../irc/names";
import { useModel } from "../model_context";
import { createdLink, type InviteLink, listedLinks } from "./answers";
import { whenWas } from "./search";
import { Field, Outcome, Sheet } from "./sheet";

export function Invite({ conversation }: { readonly conversation: Conversation }) {
  const model = useModel();
  const [canLink, setCanLink] = useState<boolean | null>(null);
  useEffect(() => {
    void enable(model.session, INVITE_LINK).then(setCanLink);
  }, [model]);
  return (
    <Sheet title={`Invite people to ${conversation.name}`} onClose={() => model.closeDialog()}>
      {canLink === true ? <Links conversation={conversation} /> : null}
      {canLink === false ? <PlainLink conversation={conversation} /> : null}
      <InvitePerson conversation={conversation} />
    </Sheet>
  );
}

/** The room's own address, for rooms that anybody may enter. */
function PlainLink({ conversation }: { readonly conversation: Conversation }) {
  return <Shown address={new URL(roomPath(conversation.name), location.origin).href} note="Whoever has this link can come to the room, if it is open." />;
}

function Links({ conversation }: { readonly conversation: Conversation }) {
  const model = useModel();
  const [made, setMade] = useState<InviteLink | null>(null);
  const [links, setLinks] = useState<readonly InviteLink[]>([]);
  const [failure, setFailure] = useState("");
  const look = async (): Promise<void> => {
    const request = await model.session.ask("INVITELINK", [conversation.name, "LIST"]).settled;
    setLinks(listedLinks(request.messages()));
  };
  useEffect(() => {
    void look();
  }, [conversation]);
  const make = async (form: FormData): Promise<void> => {
    const request = await model.session.ask("INVITELINK", [conversation.name, String(form.get("uses")), String(form.get("expires"))]).settled;
    setMade(createdLink(request.messages()));
    setFailure(request.failure);
    await look();
  };
  const revoke = async (handle: string): Promise<void> => {
    const request = await model.session.ask("INVITELINK", [conversation.name, "REVOKE", handle]).settled;
    setFailure(request.failure);
    if (made?.handle === handle) setMade(null);
    await look();
  };
  return (
    <>
      <form
        class="form-row"
        onSubmit={(event) => {
          event.preventDefault();
          void make(new FormData(event.currentTarget));
        }}
      >
        <Select label="Good for" name="expires" options={[["1h", "an hour"], ["1d", "a day"], ["7d", "a week"], ["4w", "four weeks"], ["never", "ever"]]} value="7d" />
        <Select label="Used by" name="uses" options={[["*", "anybody"], ["1", "one person"], ["5", "5 people"], ["25", "25 people"], ["100", "100 people"]]} value="*" />
        <button type="submit" class="button primary" data-first>
          Make a link
        </button>
      </form>
      <Outcome text={failure} />
      {made === null ? null : (
        <Shown address={made.url || new URL(`/i/${made.token}`, location.origin).href} picture={`/i/${made.token}.svg`} note="It is shown only now. Whoever has it can come in." />
      )}
      {links.length === 0 ? null : (
        <>
          <h3>Links to this room</h3>
          <ul class="roster">
            {links.map((link) => (
              <li key={link.handle}>
                <code>{link.handle}</code>
                <span class="choice-note">{described(link, model.now)}</span>
                <button type="button" class="button small danger" aria-label={`Revoke the link ${link.handle}`} onClick={() => void revoke(link.handle)}>
                  Revoke
                </button>
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}

export function described(link: InviteLink, nowMs: number): string {
  const uses = link.uses === null ? "for anybody" : `${link.used ?? 0} of ${link.uses} used`;
  const until = link.untilMs === null ? "for ever" : `until ${whenWas(link.untilMs, nowMs)}`;
  return [uses, until, link.by === "" ? "" : `by ${link.by}`].filter(Boolean).join(", ");
}

export function Select(props: {
  readonly label: string;
  readonly name: string;
  readonly value: string;
  readonly options: readonly (readonly [value: string, text: string])[];
  readonly onChange?: (value: string) => void;
}) {
  const { label, name, value, options, onChange } = props;
  const select = useRef<HTMLSelectElement>(null);
  // Not drawn with it: what somebody chose would be set back whenever the form is drawn again.
  useLayoutEffect(() => {
    if (select.current !== null) select.current.value = value;
  }, [value]);
  return (
    <label class="form-field">
      {label}
      <select ref={select} name={name} onChange={(event) => onChange?.(event.currentTarget.value)}>
        {options.map(([key, text]) => (
          <option key={key} value={key}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}

function Shown({ address, note, picture = "" }: { readonly address: string; readonly note: string; readonly picture?: string }) {
  const [copied, setCopied] = useState("");
  const [hasPicture, setHasPicture] = useState(picture !== "");
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(address);
      setCopied("Copied.");
    } catch (problem) {
      if (!(problem instanceof DOMException || problem instanceof TypeError)) throw problem;
      setCopied("Your browser doesn't allow it; select the link and copy it.");
    }
  };
  return (
    <div class="shown-link">
      <div class="form-row">
        <input type="text" readOnly aria-label="The link" value={address} onFocus={(event) => event.currentTarget.select()} />
        <button type="button" class="button" onClick={() => void copy()}>
          Copy
        </button>
      </div>
      <Outcome text={copied} error={false} />
      <p class="note">{note}</p>
      {hasPicture ? <img class="qr" src={picture} alt="The link as a QR code" width={240} height={240} onError={() => setHasPicture(false)} /> : null}
    </div>
  );
}

function InvitePerson({ conversation }: { readonly conversation: Conversation }) {
  const model = useModel();
  const [outcome, setOutcome] = useState({ text: "", error: false });
  const invite = async (nick: string): Promise<void> => {
    if (!isNick(nick, 64)) return setOutcome({ text: "That is no name.", error: true });
    const request = await model.session.ask("INVITE", [nick, conversation.name]).settled;
    setOutcome(request.failed ? { text: request.failure, error: true } : { text: `${nick} is invited.`, error: false });
  };
  return (
    <form
      class="form-row"
      onSubmit={(event) => {
        event.preventDefault();
        void invite(String(new FormData(event.currentTarget).get("nick")).trim());
      }}
    >
      <Field label="Somebody who is on this server" name="nick" maxLength={64} required />
      <button type="submit" class="button">
        Invite
      </button>
      <Outcome text={outcome.text} error={outcome.error} />
    </form>
  );
}
