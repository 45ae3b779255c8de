/** A person as a coloured letter. */

import type { JSX } from "preact";

import { hueOf, initials } from "./colour";

export function Avatar({ nick, account = "" }: { nick: string; account?: string }): JSX.Element {
  return (
    <span class="avatar" style={{ "--hue": String(hueOf(nick, account)) }} aria-hidden="true">
      {initials(nick)}
    </span>
  );
}

export function Nick({ nick, account = "" }: { nick: string; account?: string }): JSX.Element {
  return (
    <bdi class="nick" style={{ "--hue": String(hueOf(nick, account)) }}>
      {nick}
    </bdi>
  );
}
