/** The colour of a person: the same everywhere, from the account or the name; the style sheet gives it enough contrast. */

import { fold } from "../irc/names";

/** FNV-1a, then spread: names that differ in one letter should not look alike. */
export function hueOf(nick: string, account = ""): number {
  let hash = 0x811c9dc5;
  for (const letter of account || fold(nick)) {
    hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  }
  return (Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 0) % 360;
}

/** A letter for a person without a picture. */
export function initials(nick: string): string {
  const letters = Array.from(nick.replace(/^[^\p{L}\p{N}]+/u, "")).slice(0, 1).join("");
  return (letters || Array.from(nick)[0] || "?").toUpperCase();
}
