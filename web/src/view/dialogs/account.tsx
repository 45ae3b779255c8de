/** The account: claim the name with a password, log in, stay logged in, see where one is logged in, and end that. */

import { useEffect, useState } from "preact/hooks";

import { useModel } from "../model_context";
import { type Login, logins, said } from "./answers";
import { Confirm, Field, Outcome } from "./sheet";

const SHORTEST = 8;
/** What NickServ says where it was right, and where it is done. */
const LOGGED_IN = "You are logged in as ";
const CHANGED = "Your password has been changed";
const MOMENT = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

export function Account() {
  const model = useModel();
  void model.self.value;
  const [isLeaving, setLeaving] = useState(false);
  const { account } = model.chat;
  return (
    <>
      {account === "" ? <Guest /> : <Known account={account} />}
      <hr />
      <div class="sheet-actions">
        <button type="button" class="button danger" onClick={() => setLeaving(true)}>
          Log out here
        </button>
      </div>
      {isLeaving ? (
        <Confirm
          title="Log out"
          text={account === "" ? "You are a guest: your name will be free for others." : "Nothing is lost; log in again whenever you like."}
          action="Log out"
          onClose={() => setLeaving(false)}
          onConfirm={() => void model.logOut()}
        />
      ) : null}
    </>
  );
}

/** Both forms tell password managers which name the password is for. */
function Guest() {
  const model = useModel();
  const { chat, session } = model;
  const [outcome, setOutcome] = useState({ text: "", error: false });
  const claim = async (form: FormData): Promise<void> => {
    const [password, again] = [String(form.get("password")), String(form.get("again"))];
    if (password !== again) return setOutcome({ text: "The two passwords are not the same.", error: true });
    model.staying.wanted = form.has("stay");
    const request = await session.register(password).settled;
    setOutcome(request.failed ? { text: request.failure, error: true } : { text: `The name ${chat.nick} is yours now.`, error: false });
  };
  return (
    <>
      <p>You are a guest. With a password the name {chat.nick} is yours, and so are your rooms and direct messages, on every device.</p>
      {session.can("register") ? (
        <form
          aria-label="Claim your name"
          onSubmit={(event) => {
            event.preventDefault();
            void claim(new FormData(event.currentTarget));
          }}
        >
          <h3>Claim your name</h3>
          <input type="text" name="username" autocomplete="username" value={chat.nick} readOnly class="visually-hidden" tabIndex={-1} aria-hidden="true" />
          <Field label="New password" name="password" type="password" autocomplete="new-password" required pattern={`.{${SHORTEST},}`} hint={`At least ${SHORTEST} characters`} />
          <Field label="The same again" name="again" type="password" autocomplete="new-password" required />
          <Stay />
          <div class="sheet-actions">
            <button type="submit" class="button primary">
              Claim {chat.nick}
            </button>
          </div>
        </form>
      ) : (
        <p class="note">Names can't be claimed on this server now.</p>
      )}
      <Outcome text={outcome.text} error={outcome.error} />
      <LogIn />
    </>
  );
}

/** Checked, unless somebody is at a computer of others; nothing to choose where the browser keeps nothing. */
function Stay() {
  const { staying } = useModel();
  if (!staying.isPossible) return <p class="note">This browser keeps nothing for this page, so the password is asked for at the next visit.</p>;
  return (
    <label class="check">
      <input type="checkbox" name="stay" defaultChecked /> Stay logged in on this device
    </label>
  );
}

function LogIn() {
  const { session, staying } = useModel();
  const [isTrying, setTrying] = useState(false);
  return (
    <form
      aria-label="Log in"
      onSubmit={(event) => {
        event.preventDefault();
        const form = new FormData(event.currentTarget);
        staying.wanted = form.has("stay");
        session.login(String(form.get("account")).trim(), String(form.get("current")));
        setTrying(true);
      }}
    >
      <h3>I have an account</h3>
      <Field label="Account" name="account" autocomplete="username" required maxLength={64} />
      <Field label="Password" name="current" type="password" autocomplete="current-password" required />
      <Stay />
      <Outcome text={isTrying ? "Trying … if the password is wrong, the server says so." : ""} error={false} />
      <div class="sheet-actions">
        <button type="submit" class="button">
          Log in
        </button>
      </div>
    </form>
  );
}

function Known({ account }: { readonly account: string }) {
  const model = useModel();
  const [outcome, setOutcome] = useState({ text: "", error: false });
  const tell = async (...words: string[]): Promise<string> => {
    const request = await model.session.ask("NICKSERV", words).settled;
    const text = request.failed ? request.failure : said(request.messages());
    const isDone = !request.failed && (text.startsWith(LOGGED_IN) || text === CHANGED);
    setOutcome({ text, error: !isDone });
    return isDone ? text : "";
  };
  const change = async (form: HTMLFormElement): Promise<void> => {
    const given = new FormData(form);
    // Whoever is at a device that stays logged in need not be its owner; the server asks for proof only then.
    if ((await tell("IDENTIFY", account, String(given.get("current")))) === "") return;
    if ((await tell("SET", "PASSWORD", String(given.get("password")))) !== "") model.staying.passwordChanged(model.session);
    form.reset();
  };
  return (
    <>
      <p>
        You are logged in as <strong>{account}</strong>.
      </p>
      <Logins />
      <form
        aria-label="Change the password"
        onSubmit={(event) => {
          event.preventDefault();
          void change(event.currentTarget);
        }}
      >
        <h3>Change the password</h3>
        <input type="text" name="username" autocomplete="username" value={account} readOnly class="visually-hidden" tabIndex={-1} aria-hidden="true" />
        <Field label="Current password" name="current" type="password" autocomplete="current-password" required />
        <Field label="New password" name="password" type="password" autocomplete="new-password" required pattern={`\\S{${SHORTEST},}`} hint={`At least ${SHORTEST} characters, without spaces`} />
        <Outcome text={outcome.text} error={outcome.error} />
        <button type="submit" class="button">
          Change
        </button>
      </form>
    </>
  );
}

function Logins() {
  const { session } = useModel();
  const [found, setFound] = useState<readonly Login[] | null>(null);
  const [outcome, setOutcome] = useState({ text: "", error: false });
  const look = async (): Promise<void> => {
    const request = await session.ask("NICKSERV", ["SESSIONS"]).settled;
    setFound(logins(request.messages()));
    if (request.failed) setOutcome({ text: request.failure, error: true });
  };
  useEffect(() => {
    void look();
  }, [session]);
  const end = async (which: string): Promise<void> => {
    const request = await session.ask("NICKSERV", ["SESSIONS", "LOGOUT", which]).settled;
    setOutcome({ text: request.failed ? request.failure : said(request.messages()), error: request.failed });
    await look();
  };
  return (
    <section>
      <h3>Where you are logged in</h3>
      {found === null ? <p role="status">Asking the server …</p> : null}
      <ul class="roster">
        {(found ?? []).map((login) => (
          <li key={login.number}>
            {withLocalTimes(login.text)}
            {login.isThis ? <span class="choice-note">this one</span> : (
              <button type="button" class="button small" aria-label={`Log out ${withLocalTimes(login.text)}`} onClick={() => void end(String(login.number))}>
                Log out
              </button>
            )}
          </li>
        ))}
      </ul>
      {(found ?? []).length > 1 ? (
        <button type="button" class="button" onClick={() => void end("OTHERS")}>
          Log out the others
        </button>
      ) : null}
      <Outcome text={outcome.text} error={outcome.error} />
    </section>
  );
}

/** The server writes moments as programs do. */
function withLocalTimes(text: string): string {
  return text.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, (moment) => {
    const time = new Date(moment);
    return Number.isNaN(time.getTime()) ? moment : MOMENT.format(time);
  });
}
