/**
 * What people wrote, made fit to be shown: without what turns round, hides or overdraws other text.
 *
 * Owns what is unsafe to show and where text may be cut. Knows no lines and no commands. Pure functions.
 */

import { byteLength, fitting } from "./cutting";

const MARKS_PER_LETTER = 8; // real writing stacks fewer; more is drawn over the neighbouring lines
const LONGEST_CLUSTER = 32; // code points given up rather than cut what is seen as one letter

// ircdocs "IRC Formatting": colour with up to two numbers, hex colour, and the codes that stand alone.
const FORMATTING =
  /\x03(?:[0-9]{1,2}(?:,[0-9]{1,2})?)?|\x04(?:[0-9A-Fa-f]{6}(?:,[0-9A-Fa-f]{6})?)?|[\x02\x0f\x11\x16\x1d\x1e\x1f]/g;
// Embeddings, overrides and isolates turn round what follows them; the others have zero width and no use in plain
// text. The joiners U+200C and U+200D stay: Persian and emoji need them.
const REMOVED = /[\u202a-\u202e\u2066-\u2069\u00ad\u180e\u200b\u2060-\u2065\u206a-\u206f\ufeff\ufff9-\ufffb]/g;
const SPACES = /[\t\u2028\u2029]/g;
const CONTROLS = /[\0-\x1f\x7f-\x9f\ud800-\udfff]/gu;
const PLAIN_ASCII = /^[\x20-\x7e]*$/;
const EXTENDING = /[\p{Mn}\p{Me}\p{Mc}\p{Cf}\u{1f3fb}-\u{1f3ff}]/u;
const TOO_MANY_MARKS = new RegExp(
  `([\\p{Mn}\\p{Me}\\p{Mc}\\p{Cf}\\u{1f3fb}-\\u{1f3ff}]{${MARKS_PER_LETTER}})[\\p{Mn}\\p{Me}\\p{Mc}\\p{Cf}\\u{1f3fb}-\\u{1f3ff}]+`,
  "gu",
);

/** The text without anything that would be obeyed or that hides what is said. */
export function printable(text: string): string {
  if (PLAIN_ASCII.test(text)) return text;
  return shown(text, "\ufffd").replace(TOO_MANY_MARKS, "$1");
}

/** The words alone: without IRC's formatting and without anything that is not seen. */
export function plain(text: string): string {
  return PLAIN_ASCII.test(text) ? text : shown(text, "");
}

function shown(text: string, forControls: string): string {
  return text.replace(FORMATTING, "").replace(REMOVED, "").replace(SPACES, " ").replace(CONTROLS, forControls);
}

/** The longest beginning that fits, not cut inside a letter with its marks. */
export function clip(text: string, maxBytes: number): string {
  if (byteLength(text) <= maxBytes) return text;
  const letters = Array.from(text.slice(0, fitting(text, maxBytes) + 2));
  const fits = Array.from(text.slice(0, fitting(text, maxBytes))).length;
  return letters.slice(0, clusterStart(letters, fits)).join("");
}

/** The nearest place at or before the cut that parts no cluster; the cut itself where none is near. */
function clusterStart(letters: readonly string[], cut: number): number {
  for (let place = cut; place > Math.max(cut - LONGEST_CLUSTER, 0); place--) {
    if (!EXTENDING.test(letters[place] ?? "") && letters[place - 1] !== "\u200d") return place;
  }
  return cut;
}
