/**
 * A page of history put into a timeline.
 *
 * Owns what history may change: lines, and what became of them; never who is in a room, what it is about, or who we
 * are. What is there already is not repeated, but learns what happened to it meanwhile. Called by reducer.ts.
 */

import type { Message } from "../../irc/wire";
import { Batch, isMultiline, multilineMessage } from "../batches";
import type { Chat } from "../chat";
import type { Line } from "../lines";
import type { Timeline } from "../timeline";
import { Heard, read } from "./reading";
import { edit, isRevision, revise } from "./revising";

/** All messages; one for what was said in several lines. */
export function* messagesOf(content: Iterable<Message | Batch>): Generator<Message> {
  for (const message of content) {
    if (!(message instanceof Batch)) yield message;
    else if (isMultiline(message)) yield multilineMessage(message);
    else yield* messagesOf(message.messages);
  }
}

/** What was not there yet, in order. */
export function putPage(
  timeline: Timeline,
  content: Iterable<Message | Batch>,
  chat: Chat,
  nowMs: number,
  older = false,
): Line[] {
  const messages = [...messagesOf(content)];
  const found = messages.map((message) => read(message, chat, nowMs)).filter((line) => line !== null);
  const confirmed = new Set<Line>();
  const page = found.map((line) => confirmedLine(timeline, line, confirmed));
  const fresh = timeline.merge(page, older).filter((line) => !confirmed.has(line));
  for (const line of page) refresh(timeline, line, chat);
  for (const message of messages) {
    if (isRevision(message.command)) revise(timeline, new Heard(message, nowMs), chat);
  }
  return fresh;
}

/** The line of ours that waits for its confirmation, where this is it. */
function confirmedLine(timeline: Timeline, line: Line, confirmed: Set<Line>): Line {
  const waiting = line.mine ? timeline.unconfirmed(line.nonce) : undefined;
  if (waiting === undefined || timeline.find(line.msgid) !== undefined) return line;
  timeline.remove(waiting);
  confirm(waiting, line);
  waiting.msgid = line.msgid;
  waiting.timeMs = line.timeMs;
  waiting.version += 1;
  confirmed.add(waiting);
  return waiting;
}

/** Take over what the server made of it. */
export function confirm(waiting: Line, arrived: Line): void {
  const { kind, text, target, nick, account, replyTo, editedMs, bot } = arrived;
  Object.assign(waiting, { kind, text, target, nick, account, replyTo, editedMs, bot, private: arrived.private });
  waiting.delivery = "arrived";
  waiting.failure = "";
}

/** What was loaded before may have been edited since, and what is new may have been reacted to. */
function refresh(timeline: Timeline, line: Line, chat: Chat): void {
  const known = timeline.find(line.msgid);
  if (known === undefined) return;
  if (known !== line && line.editedMs > 0) edit(timeline, known, line.text, line.editedMs, chat);
  if (timeline.reactions.show(known)) timeline.touch(known);
}
