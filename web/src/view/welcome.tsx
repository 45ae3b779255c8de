/** The first page: one field for a name, and in. Where the name belongs to somebody, the password is asked for in place. */

import type { JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";

import type { Welcome as State } from "../app/model";
import { useModel } from "./model_context";

export function Welcome({ state }: { state: State }): JSX.Element {
  const model = useModel();
  const [name, setName] = useState(state.name);
  const [password, setPassword] = useState("");
  const nameField = useRef<HTMLInputElement>(null);
  const passwordField = useRef<HTMLInputElement>(null);
  const { refused } = state;
  const isPasswordMissing = state.wrongPassword !== "";
  const isNoName = refused !== null && NO_NAME.test(refused.reason);
  const asksPassword = (refused !== null && !isNoName) || isPasswordMissing;

  // Before the first key can be heard: what was typed would be selected, and the next letter would replace it.
  useLayoutEffect(() => {
    const field = isPasswordMissing ? passwordField.current : nameField.current;
    field?.focus();
    field?.select();
  }, [refused, isPasswordMissing]);

  const enter = (wanted: string, secret = "", stay = true): void => {
    if (wanted.trim() === "" || state.busy) return;
    setName(wanted);
    void model.enter(wanted, secret, stay);
  };
  return (
    <main class="welcome">
      <form
        class="welcome-card"
        onSubmit={(event) => {
          event.preventDefault();
          // The fields themselves: what was typed a moment ago need not have been drawn yet.
          const fields = new FormData(event.currentTarget);
          enter(String(fields.get("name") ?? ""), String(fields.get("password") ?? ""), !asksPassword || fields.has("stay"));
        }}
      >
        <h1>
          <Logo />
          hubbub
        </h1>
        <p class="lead">{state.room === "" ? "Choose a name, and talk." : `Choose a name, and talk in ${state.room}.`}</p>
        <label class="labelled">
          name
          <input
            ref={nameField}
            class="field"
            name="name"
            autocomplete="username"
            autocapitalize="none"
            spellcheck={false}
            maxLength={64}
            required
            autofocus
            value={name}
            aria-invalid={refused !== null}
            aria-describedby={refused === null ? undefined : "refused"}
            onInput={(event) => setName(event.currentTarget.value)}
          />
        </label>
        {refused !== null && (
          <div class="refused" id="refused" role="alert">
            <p>{reasonOf(refused.name, refused.reason)}</p>
            {refused.suggestion !== "" && refused.suggestion !== name && (
              <button type="button" class="button" onClick={() => enter(refused.suggestion)}>
                Be {refused.suggestion} instead
              </button>
            )}
          </div>
        )}
        {asksPassword && (
          <label class="labelled">
            if it’s yours: password
            <input
              ref={passwordField}
              class="field"
              type="password"
              name="password"
              autocomplete="current-password"
              value={password}
              aria-invalid={state.wrongPassword !== ""}
              onInput={(event) => setPassword(event.currentTarget.value)}
            />
          </label>
        )}
        {asksPassword && model.staying.isPossible && (
          <label>
            <input type="checkbox" name="stay" defaultChecked /> Stay logged in on this device
          </label>
        )}
        {state.wrongPassword !== "" && (
          <p class="problem" role="alert">
            {/sasl/i.test(state.wrongPassword) ? "That is not the right password." : state.wrongPassword}
          </p>
        )}
        {state.failure !== "" && (
          <p class="problem" role="alert">
            {state.failure}
          </p>
        )}
        <button type="submit" class="button primary" aria-disabled={state.busy}>
          {state.busy ? "Coming in…" : "Come in"}
        </button>
        {!model.lasts && (
          <p class="aside">This browser keeps nothing for this page, so your name and drafts are forgotten when you close it. Everything else works.</p>
        )}
      </form>
    </main>
  );
}

/** How servers refuse what can't be a name at all; nobody has a password for it. */
const NO_NAME = /erroneous/i;

/** Servers say "in use" in many ways. */
function reasonOf(name: string, reason: string): string {
  if (NO_NAME.test(reason)) return "That can’t be a name: a name is short, begins with a letter, and has no spaces and few other signs.";
  if (/registered/i.test(reason)) return `${name} belongs to somebody.`;
  return reason === "" || /in use|taken/i.test(reason) ? `Somebody is called ${name} already.` : reason;
}

export function Logo(): JSX.Element {
  return (
    <svg class="logo" viewBox="0 0 32 32" aria-hidden="true">
      <path class="logo-back" d="M12 4h9a8 8 0 0 1 8 8v3a8 8 0 0 1-8 8h-1v5l-6-5" />
      <path class="logo-front" d="M11 7h8a7 7 0 0 1 7 7v1a7 7 0 0 1-7 7h-5l-6 5v-5.6A7 7 0 0 1 4 15v-1a7 7 0 0 1 7-7z" />
    </svg>
  );
}
