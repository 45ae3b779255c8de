/** Ourselves: how others see us, the account, and how this page looks. */

import { useEffect, useState } from "preact/hooks";

import { NOTHING, type Profile } from "../../app/profiles";
import { isNick } from "../../irc/names";
import { useModel } from "../model_context";
import { Account } from "./account";
import { profilesOf } from "./known";
import { Preferences } from "./preferences";
import { Face } from "./profile";
import { Field, Outcome, Sheet, Tabs } from "./sheet";

type Tab = "profile" | "account" | "settings";

export function OwnProfile() {
  const model = useModel();
  const [tab, setTab] = useState<Tab>("profile");
  return (
    <Sheet title="You" onClose={() => model.closeDialog()} kind="tall">
      <Tabs label="You" tabs={[["profile", "Profile"], ["account", "Account"], ["settings", "Settings"]]} current={tab} onChange={setTab}>
        {tab === "profile" ? <Mine /> : null}
        {tab === "account" ? <Account /> : null}
        {tab === "settings" ? <Preferences /> : null}
      </Tabs>
    </Sheet>
  );
}

function Mine() {
  const model = useModel();
  void model.self.value;
  const { chat, session } = model;
  const canTell = session.can("metadata");
  const [profile, setProfile] = useState<Profile | null>(canTell ? null : NOTHING);
  const [outcome, setOutcome] = useState({ text: "", error: false });
  useEffect(() => {
    if (canTell) void profilesOf(model).look(chat.nick).then(setProfile);
  }, [model, canTell]);
  const save = async (form: FormData): Promise<void> => {
    const value = (name: string): string => String(form.get(name) ?? "").trim();
    const nick = value("nick");
    if (!isNick(nick, 64)) return setOutcome({ text: "That can't be a name: no spaces, and none of , : ! @ at the beginning.", error: true });
    if (!chat.isMe(nick) || nick !== chat.nick) {
      const request = await session.ask("NICK", [nick]).settled;
      if (request.failed) return setOutcome({ text: request.failure, error: true });
    }
    if (!canTell || profile === null) return setOutcome({ text: "Saved.", error: false });
    const colour = form.get("own-colour") === null ? "" : value("color");
    const wanted = { "display-name": value("display-name"), status: value("status"), pronouns: value("pronouns"), avatar: value("avatar"), color: colour };
    const failure = await profilesOf(model).change(wanted, profile);
    setProfile(profilesOf(model).of(nick));
    setOutcome(failure === "" ? { text: "Saved.", error: false } : { text: failure, error: true });
  };
  if (profile === null) return <p role="status">Asking the server …</p>;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void save(new FormData(event.currentTarget));
      }}
    >
      <Face nick={chat.nick} profile={profile} />
      <Field label="Name" name="nick" value={chat.nick} maxLength={64} required first autocomplete="nickname" />
      {canTell ? (
        <>
          <Field label="Name to be shown" name="display-name" value={profile.displayName} maxLength={60} hint="May have spaces. People still write to you by your name." />
          <Field label="Status" name="status" value={profile.status} maxLength={120} hint="What you are up to" />
          <Field label="Pronouns" name="pronouns" value={profile.pronouns} maxLength={40} />
          <Field label="Picture" name="avatar" value={profile.avatar} type="url" hint="The address of a picture that you uploaded to this server" />
          <div class="form-row">
            <label class="check">
              <input type="checkbox" name="own-colour" defaultChecked={profile.colour !== ""} /> A colour of my own
            </label>
            <input type="color" name="color" aria-label="Colour of your name" defaultValue={profile.colour || "#1f6f5c"} />
          </div>
        </>
      ) : (
        <p class="note">This server keeps nothing else about you.</p>
      )}
      <label class="check">
        <input
          type="checkbox"
          checked={chat.away}
          onChange={(event) => model.watch(session.setAway(event.currentTarget.checked ? profile.status || "away" : null))}
        />{" "}
        I am away
      </label>
      <Outcome text={outcome.text} error={outcome.error} />
      <div class="sheet-actions">
        <button type="submit" class="button primary">
          Save
        </button>
      </div>
    </form>
  );
}
