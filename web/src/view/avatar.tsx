/**
 * A person as a picture, and as a name: what they say of themselves, or else a letter and a colour made from the name.
 *
 * Whoever calls themselves something else than their nick is shown with both where it matters who speaks.
 */

import type { JSX } from "preact";
import { useContext, useState } from "preact/hooks";

import { NOTHING, profileOf, type Profile } from "../app/profiles";
import { fold } from "../irc/names";
import { hueOf, hueOfColour, initials } from "./colour";
import { ModelContext } from "./model_context";

export function useProfile(nick: string): Profile {
  const model = useContext(ModelContext);
  void model?.faces.value;
  if (model === null || !model.isIn) return NOTHING;
  const values = model.chat.people.get(fold(nick))?.metadata;
  return values === undefined ? NOTHING : profileOf(values, location.origin);
}

function styleOf(profile: Profile, nick: string, account: string): Record<string, string> {
  const chosen = profile.colour === "" ? null : hueOfColour(profile.colour);
  return { "--hue": String(chosen ?? hueOf(nick, account)) };
}

export function Avatar({ nick, account = "" }: { nick: string; account?: string }): JSX.Element {
  const profile = useProfile(nick);
  const [failed, setFailed] = useState("");
  return (
    <span class="avatar" style={styleOf(profile, nick, account)} aria-hidden="true">
      {profile.avatar === "" || profile.avatar === failed ? (
        initials(nick)
      ) : (
        <img src={profile.avatar} alt="" width={40} height={40} loading="lazy" decoding="async" onError={() => setFailed(profile.avatar)} />
      )}
    </span>
  );
}

/** `full`: with the nick behind the name that is shown, so that nobody speaks as somebody else. */
export function Nick({ nick, account = "", full = false }: { nick: string; account?: string; full?: boolean }): JSX.Element {
  const profile = useProfile(nick);
  const isOther = profile.displayName !== "" && profile.displayName !== nick;
  return (
    <>
      <bdi class="nick" style={styleOf(profile, nick, account)} title={isOther ? nick : undefined}>
        {full && isOther ? profile.displayName : nick}
      </bdi>
      {full && isOther && <bdi class="real-nick">{nick}</bdi>}
    </>
  );
}
