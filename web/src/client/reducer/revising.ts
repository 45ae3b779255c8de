/**
 * What becomes of a line after it was said: edited, taken back, reacted to.
 *
 * Owns how a line changes by EDITMSG, REDACT and reactions, and by how much it may grow. Who may do so is the server's
 * business. Changes lines of a timeline, nothing else. Called by speaking.ts (live) and playback.ts (history).
 */

import type { Chat } from "../chat";
import type { Line } from "../lines";
import type { Timeline } from "../timeline";
import { type Heard, isIgnored, mentions, REPLY_TAGS, spoken, tagged } from "./reading";

const REACT_TAGS: readonly string[] = ["+draft/react", "+react"];
const UNREACT_TAGS: readonly string[] = ["+draft/unreact", "+unreact"];
const MOST_REPLACED = 50;

export function isRevision(command: string): boolean {
  return command === "TAGMSG" || command === "REDACT" || command === "EDITMSG";
}

/** The line that such a message changed; null if it changed none. */
export function revise(timeline: Timeline, heard: Heard, chat: Chat): Line | null {
  const { command } = heard.message;
  if (command === "TAGMSG") return isIgnored(chat, heard.nick) ? null : react(timeline, heard);
  const line = timeline.find(heard.param(1));
  if (line === undefined || line.redacted || !line.isSaid) return null;
  if (command === "REDACT") {
    redact(timeline, line, heard);
    return line;
  }
  const [, text] = spoken(heard.param(2), line.kind);
  return edit(timeline, line, text, heard.timeMs, chat) ? line : null;
}

function react(timeline: Timeline, heard: Heard): Line | null {
  const { tags } = heard.message;
  const added = tagged(tags, REACT_TAGS);
  const takenBack = tagged(tags, UNREACT_TAGS);
  const msgid = tagged(tags, REPLY_TAGS);
  if (heard.nick === "" || (added === "") === (takenBack === "")) return null;
  const { nick, timeMs } = heard;
  const isNews = timeline.reactions.add({ msgid, emoji: added || takenBack, nick, timeMs, wanted: added !== "" });
  const line = timeline.find(msgid);
  if (!isNews || line === undefined || !timeline.reactions.show(line)) return null;
  timeline.touch(line);
  return line;
}

/** Nothing of what was said is kept. */
function redact(timeline: Timeline, line: Line, heard: Heard): void {
  line.text = line.replyTo = "";
  line.replaced = [];
  line.reactions = new Map();
  line.editedMs = 0;
  line.mentionsMe = false;
  line.redacted = true;
  line.redactedBy = heard.nick;
  line.redactionReason = heard.param(2);
  timeline.reactions.forget(line.msgid);
  timeline.touch(line);
}

/** The newest text counts, in whatever order edits are heard of. */
export function edit(timeline: Timeline, line: Line, text: string, timeMs: number, chat: Chat): boolean {
  if (text === "" || timeMs <= line.editedMs || line.redacted) return false;
  if (text !== line.text) {
    line.replaced = [...line.replaced, line.text].slice(-MOST_REPLACED);
    line.text = text;
    line.mentionsMe = line.nick !== "" && !line.mine && mentions(text, chat.nick);
  }
  line.editedMs = timeMs;
  timeline.touch(line);
  return true;
}
