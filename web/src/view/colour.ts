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

/** The hue of a colour that somebody chose ("#rrggbb"), in the same circle; null for greys, which have none. */
export function hueOfColour(colour: string): number | null {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => linear(Number.parseInt(colour.slice(at, at + 2), 16) / 255));
  // Oklab, by its author's numbers.
  const long = Math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue);
  const middle = Math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue);
  const short = Math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue);
  const a = 1.9779984951 * long - 2.428592205 * middle + 0.4505937099 * short;
  const b = 0.0259040371 * long + 0.7827717662 * middle - 0.808675766 * short;
  if (!(Math.hypot(a, b) > 0.02)) return null;
  return Math.round((Math.atan2(b, a) * 180) / Math.PI + 360) % 360;
}

function linear(part: number): number {
  return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
}
