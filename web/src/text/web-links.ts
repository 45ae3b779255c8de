/**
 * Addresses within text: where they end, and which may be followed.
 *
 * Owns what counts as a link. Knows no markup and nothing of the page. Pure functions.
 */

const FOLLOWED = new Set(["http:", "https:", "mailto:", "irc:", "ircs:"]);
const LONGEST = 4096;
// It ends before "](": that is the end of a link's words.
const START = /(?:https?:\/\/|ircs?:\/\/|mailto:)(?:[^\s<>"\]\0-\x1f\x7f]|\](?!\()){1,4096}/iy;
const AFTER = new Set(".,;:!?'\"*_~|`…“”’»");
const BRACKETS = new Map([
  [")", "("],
  ["]", "["],
  ["}", "{"],
]);

/** What may be followed, made to what a browser would do with it; "" if nothing may. */
export function followed(address: string): string {
  if (address.length > LONGEST || !/^[a-z]+:/i.test(address)) return "";
  try {
    const url = new URL(address);
    // A name before the host is how one page is made to look like another.
    if (url.protocol.startsWith("http") && (url.username !== "" || url.host === "")) return "";
    return FOLLOWED.has(url.protocol) ? url.href : "";
  } catch (problem) {
    if (problem instanceof TypeError) return "";
    throw problem;
  }
}

/** The address that begins there, without the punctuation of the sentence around it; "" if none does. */
export function addressAt(text: string, place: number): string {
  START.lastIndex = place;
  const found = START.exec(text);
  return found === null ? "" : trimmed(found[0]);
}

function trimmed(address: string): string {
  const open = new Map<string, number>();
  for (const letter of address) {
    if ("()[]{}".includes(letter)) open.set(letter, (open.get(letter) ?? 0) + 1);
  }
  let end = address.length;
  for (; end > 0; end--) {
    const last = address[end - 1] ?? "";
    const opening = BRACKETS.get(last);
    if (opening !== undefined) {
      const closings = open.get(last) ?? 0;
      if ((open.get(opening) ?? 0) >= closings) break;
      open.set(last, closings - 1);
    } else if (!AFTER.has(last)) {
      break;
    }
  }
  return address.slice(0, end);
}

const LIKE_ADDRESS = /^((?:[\p{L}\p{N}-]{1,63}\.){1,8}\p{L}{2,24})(?=[/:?#]|$)/iu;

/** Whether a link's words name another place than the link leads to, or one that only looks like it. */
export function isMisleading(words: string, href: string): boolean {
  const host = new URL(href).hostname;
  const typed = words.trim();
  if (host.startsWith("xn--") || host.includes(".xn--")) return typed !== href;
  if (/^[a-z]+:\/\//i.test(typed)) return !URL.canParse(typed) || new URL(typed).hostname !== host;
  const claimed = LIKE_ADDRESS.exec(typed)?.[1]?.toLowerCase();
  return claimed !== undefined && host !== claimed && host !== `www.${claimed}` && `www.${host}` !== claimed;
}
