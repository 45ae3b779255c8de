/** Somebody else: who they are, and what one can do about them. */

import { useEffect, useState } from "preact/hooks";

import { deedsFor, mutesIn } from "../../app/moderation";
import type { Profile } from "../../app/profiles";
import { fold } from "../../irc/names";
import { useModel } from "../model_context";
import { type Whois, whois } from "./answers";
import { Deeds } from "./deeds";
import { profilesOf } from "./known";
import { whenWas } from "./search";
import { Outcome, Sheet } from "./sheet";

export function PersonProfile({ nick }: { readonly nick: string }) {
  const model = useModel();
  const [found, setFound] = useState<Whois | null>(null);
  const [failure, setFailure] = useState("");
  const profile = profilesOf(model).of(nick);
  void model.self.value;
  useEffect(() => {
    let isHere = true;
    void model.session.ask("WHOIS", [nick]).settled.then((request) => {
      if (!isHere) return;
      const answer = whois(request.messages());
      setFound(answer);
      setFailure(answer === null ? request.failure || "Nobody of that name is here now." : "");
    });
    return () => {
      isHere = false;
    };
  }, [model, nick]);
  const isIgnored = model.chat.ignored.has(fold(nick));
  return (
    <Sheet title={profile.displayName || nick} onClose={() => model.closeDialog()}>
      <Face nick={nick} profile={profile} />
      {found === null ? <p role="status">{failure === "" ? "Asking the server …" : ""}</p> : <Facts whois={found} />}
      <Outcome text={failure} />
      <InThisRoom nick={nick} />
      <div class="sheet-actions">
        <button type="button" class="button" aria-pressed={isIgnored} onClick={() => model.ignore(nick, !isIgnored)}>
          {isIgnored ? "Stop ignoring" : "Ignore"}
        </button>
        <button
          type="button"
          class="button primary"
          data-first
          onClick={() => {
            model.closeDialog();
            model.open(nick);
          }}
        >
          Write
        </button>
      </div>
    </Sheet>
  );
}

/** What a moderator can do about them in the room that is shown. */
function InThisRoom({ nick }: { readonly nick: string }) {
  const model = useModel();
  const conversation = model.current.value?.conversation;
  const [mutes, setMutes] = useState<ReadonlySet<string>>(new Set());
  const isOffered = conversation !== undefined && deedsFor(model, conversation, nick).length > 0;
  useEffect(() => {
    if (isOffered) void mutesIn(model, conversation).then(setMutes);
  }, [model, conversation, isOffered]);
  if (!isOffered) return null;
  return (
    <fieldset>
      <legend>In {conversation.name}</legend>
      <div class="deeds">
        <Deeds conversation={conversation} nick={nick} mutes={mutes} />
      </div>
    </fieldset>
  );
}

export function Face({ nick, profile }: { readonly nick: string; readonly profile: Profile }) {
  return (
    <div class="face">
      {profile.avatar === "" ? (
        <span class="portrait" aria-hidden="true" style={profile.colour === "" ? {} : { borderColor: profile.colour }}>
          {[...nick][0]?.toUpperCase()}
        </span>
      ) : (
        <img class="portrait" src={profile.avatar} alt="" width={64} height={64} />
      )}
      <div>
        <p class="face-name">
          {nick}
          {profile.pronouns === "" ? "" : ` (${profile.pronouns})`}
        </p>
        {profile.status === "" ? null : <p>{profile.status}</p>}
      </div>
    </div>
  );
}

function Facts({ whois: about }: { readonly whois: Whois }) {
  const model = useModel();
  return (
    <dl class="facts">
      <Fact name="Account">{about.account === "" ? "none: a guest" : about.account}</Fact>
      {about.away === null ? null : <Fact name="Away">{about.away || "yes"}</Fact>}
      {about.realname === "" || about.realname === about.nick ? null : <Fact name="Says">{about.realname}</Fact>}
      {about.bot ? <Fact name="Bot">yes</Fact> : null}
      {about.operator ? <Fact name="Operator">of this server</Fact> : null}
      {about.rooms.length === 0 ? null : (
        <Fact name="Rooms">
          {about.rooms.slice(0, 40).map((room) => (
            <button
              key={room}
              type="button"
              class="link"
              onClick={() => {
                model.closeDialog();
                model.open(room);
              }}
            >
              {room}
            </button>
          ))}
        </Fact>
      )}
      {about.idleMs === null ? null : <Fact name="Quiet for">{lasting(about.idleMs)}</Fact>}
      {about.sinceMs === null ? null : <Fact name="Here since">{whenWas(about.sinceMs, model.now)}</Fact>}
    </dl>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: preact.ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

export function lasting(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return "less than a minute";
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} days`;
}
