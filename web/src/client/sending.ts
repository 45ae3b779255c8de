/**
 * What somebody wrote, as messages: one line, several, or one batch of several lines.
 *
 * Owns how a text becomes IRC: its cutting, CTCP ACTION, the tags of a reply and of a nonce, draft/multiline. Pure
 * functions; knows no state. Called by Outbox when a line goes out, and by Session before a line is made.
 */

import { byteLength, fitting, splitText } from "../irc/cutting";
import { Message } from "../irc/wire";
import { CONCAT } from "./batches";
import { type Kind, type Line, NONCE_TAG } from "./lines";

/** Bytes that a server may put in front of a line: a long nick, user, host, and the signs between. */
const SOURCE = 64 + 1 + 10 + 1 + 63 + 3;
/** The ratified name, and the one that older clients know. */
const REPLY_TAGS: readonly string[] = ["+reply", "+draft/reply"];

/** The text is empty. */
export class NothingToSend extends Error {
  override name = "NothingToSend";
}

/** What the server takes. */
export interface Limits {
  /** Bytes of a line with CR LF. */
  line: number;
  /** 0: no draft/multiline. */
  batchBytes: number;
  /** 0: any number. */
  batchLines: number;
  tags: boolean;
}

export const NO_LIMITS_KNOWN: Limits = { line: 512, batchBytes: 0, batchLines: 0, tags: false };

/** The texts of the lines that this must be said in: one, where the server takes it whole. Throws NothingToSend. */
export function split(target: string, text: string, kind: Kind, limits: Limits): string[] {
  const rows = text.replace(/[\0\r]/g, "").split("\n").map((row) => row.trimEnd());
  while (rows.at(-1) === "") rows.pop();
  while (rows[0] === "") rows.shift();
  const [first] = rows;
  if (first === undefined) throw new NothingToSend();
  const whole = rows.join("\n");
  if (kind === "message" && fitsBatch(whole, target, limits)) return [whole];
  const space = spaceFor(target, kind, limits);
  if (rows.length === 1 && byteLength(whole) <= space) return [whole];
  return rows.flatMap((row) => splitText(row, space));
}

/** One message, or a batch that makes one. */
export function toMessages(target: string, line: Line, limits: Limits): [Message, ...Message[]] {
  const tags = limits.tags ? tagsOf(line) : [];
  const space = spaceFor(target, line.kind, limits);
  const verb = verbOf(line.kind);
  if (!line.text.includes("\n") && (byteLength(line.text) <= space || limits.batchBytes === 0)) {
    return [new Message(verb, [target, wrapped(line)], "", tags)];
  }
  const reference = `m${line.nonce}`;
  const rows = line.text.split("\n").flatMap((row) =>
    piecesOf(row, space).map((piece, at) => {
      const rowTags: [string, string][] = [["batch", reference]];
      if (at > 0) rowTags.push([CONCAT, ""]);
      return new Message(verb, [target, piece], "", rowTags);
    }),
  );
  return [
    new Message("BATCH", [`+${reference}`, "draft/multiline", target], "", tags),
    ...rows,
    new Message("BATCH", [`-${reference}`]),
  ];
}

function fitsBatch(text: string, target: string, limits: Limits): boolean {
  if (limits.batchBytes === 0 || byteLength(text) > limits.batchBytes) return false;
  const space = spaceFor(target, "message", limits);
  const lines = text.split("\n").reduce((sum, row) => sum + piecesOf(row, space).length, 0);
  return limits.batchLines === 0 || lines <= limits.batchLines;
}

/** One row in pieces that, put together again, are the row: nothing is lost between them. */
function piecesOf(row: string, space: number): string[] {
  const pieces: string[] = [];
  let left = row;
  while (byteLength(left) > space) {
    const fits = fitting(left, space);
    const blank = left.lastIndexOf(" ", fits - 1);
    const cut = blank > 0 && blank >= Math.floor(fits / 2) ? blank + 1 : fits;
    pieces.push(left.slice(0, cut));
    left = left.slice(cut);
  }
  return left !== "" || pieces.length === 0 ? [...pieces, left] : pieces;
}

/** Bytes of text that one line has room for. */
function spaceFor(target: string, kind: Kind, limits: Limits): number {
  const frame = byteLength(`${verbOf(kind)} ${target} :\r\n`) + (kind === "action" ? 9 : 0);
  return Math.max(limits.line - SOURCE - frame, 64);
}

function tagsOf(line: Line): [string, string][] {
  const tags: [string, string][] = line.nonce === "" ? [] : [[NONCE_TAG, line.nonce]];
  if (line.replyTo !== "") for (const name of REPLY_TAGS) tags.push([name, line.replyTo]);
  return tags;
}

function verbOf(kind: Kind): string {
  return kind === "notice" ? "NOTICE" : "PRIVMSG";
}

function wrapped(line: Line): string {
  return line.kind === "action" ? `\x01ACTION ${line.text}\x01` : line.text;
}
