/**
 * Text cut at a sign, or to so many bytes of UTF-8. Pure functions; knows nothing of IRC.
 */

const ENCODER = new TextEncoder();

/** What stands before the first `sign`, whether there is one, and what stands behind it. */
export function partition(text: string, sign: string): [before: string, found: boolean, behind: string] {
  const at = text.indexOf(sign);
  return at < 0 ? [text, false, ""] : [text.slice(0, at), true, text.slice(at + sign.length)];
}

/** Non-empty words between white space. */
export function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== "");
}

export function byteLength(text: string): number {
  // Most texts are short and in ASCII, and looking is cheaper than encoding.
  return /^[\x00-\x7f]*$/.test(text) ? text.length : ENCODER.encode(text).length;
}

/** The length (as of a string) of the longest beginning that fits into so many bytes; no letter is cut in two. */
export function fitting(text: string, maxBytes: number): number {
  let bytes = 0;
  let length = 0;
  for (const letter of text) {
    bytes += bytesOf(letter.codePointAt(0) ?? 0);
    if (bytes > maxBytes) break;
    length += letter.length;
  }
  return length;
}

function bytesOf(code: number): number {
  if (code < 0x80) return 1;
  if (code < 0x800) return 2;
  return code < 0x10000 ? 3 : 4;
}

/** The text in pieces that fit, cut between words where there are any; only the space at a cut is lost. */
export function splitText(text: string, maxBytes: number): string[] {
  const pieces: string[] = [];
  let left = text;
  while (byteLength(left) > maxBytes) {
    const cut = cutAt(left, maxBytes);
    pieces.push(left.slice(0, cut).trimEnd());
    left = left.slice(cut).trimStart();
  }
  return [...pieces, left].filter((piece) => piece !== "");
}

function cutAt(text: string, maxBytes: number): number {
  const fits = fitting(text, maxBytes);
  if (text[fits] === " ") return fits;
  const space = text.lastIndexOf(" ", fits - 1);
  // A cut far back would make a short line out of one long word; then the word itself is cut.
  return space > Math.floor(fits / 2) ? space + 1 : Math.max(fits, 1);
}
