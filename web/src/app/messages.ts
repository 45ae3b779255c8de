/**
 * What can be done with messages: say, reply, edit, react, take back, try again.
 *
 * Owns the rules of when that makes sense, and the moment in which taking back can be undone. Called by the views and by
 * typed commands.
 */

import type { Conversation } from "../client/chat";
import type { Kind, Line } from "../client/lines";
import { Full } from "../client/outbox";
import { NothingToSend } from "../client/sending";
import { isService } from "../client/services";
import { clip, plain, printable } from "../irc/text";
import { parse } from "../text/markdown";
import { textOf } from "../text/tree";
import { EMPTY } from "./drafts";
import { largestUpload } from "./extensions";
import { messagePath } from "./links";
import { focusBoxOf } from "./thread_window";
import type { Model } from "./model";
import type { Window } from "./windows";

export const UNDO_MS = 5_000;
export const QUICK_REACTIONS = ["👍", "❤️", "😂", "🎉", "🙁", "👀"] as const;
const QUOTED_BYTES = 120;

/** Why the server can't be told about it, or "". */
export function problemWith(line: Line): string {
  if (line.redacted) return "That message was deleted.";
  if (line.delivery === "pending") return "That message is still on its way.";
  if (line.delivery === "failed") return "That message was not sent.";
  return line.msgid === "" ? "This server gives messages no ids, so nobody can say which one is meant." : "";
}

export type MessageAction = "reply" | "react" | "edit" | "redact";

/** Whether a button for it makes sense. */
export function may(model: Model, line: Line, action: MessageAction): boolean {
  if (!line.isSaid || problemWith(line) !== "" || !model.session.can(action)) return false;
  return action === "edit" ? line.mine : action === "redact" ? line.mine || mayModerate(model) : true;
}

function mayModerate(model: Model): boolean {
  const conversation = model.window?.conversation;
  return /[qao]/.test(conversation?.member(model.chat.nick)?.ranks ?? "");
}

/** Returns whether it is on its way; if not, it has been said why. */
export function say(model: Model, conversation: Conversation, text: string, kind: Kind = "message", replyTo?: Line): boolean {
  if (isService(conversation.name)) return askService(model, conversation.name, text);
  try {
    model.session.say(conversation, text, replyTo === undefined ? { kind } : { kind, replyTo });
    return true;
  } catch (error) {
    if (error instanceof NothingToSend) return false;
    if (!(error instanceof Full)) throw error;
    model.notice("Too much is waiting to be sent. Try again once there is a connection.", { error: true });
    return false;
  }
}

/** What a service is told is kept nowhere, and what it answers is shown once: there may be a password in it. */
export function askService(model: Model, name: string, text: string): boolean {
  const { window } = model;
  model.session.ask("PRIVMSG", [name, text]).whenDone((request) => {
    const answers = [...request.messages()].filter(({ command }) => command === "NOTICE");
    const words = answers.map(({ params }) => plain(params.at(-1) ?? "")).join("\n");
    const said = request.failure || words || `That went to ${printable(name)}. It is kept nowhere.`;
    model.tell(said, { error: request.failed, conversation: window?.conversation ?? null });
  });
  return true;
}

export function beginReply(model: Model, window: Window, line: Line): void {
  const { text, mode, kept } = window.draft.peek();
  model.setDraft(window, { ...EMPTY, text: mode === "edit" ? kept : text, mode: "reply", about: line.msgid });
  focusBoxOf(model, window);
}

export function beginEdit(model: Model, window: Window, line: Line): void {
  const { text, mode, kept } = window.draft.peek();
  model.setDraft(window, { text: line.text, mode: "edit", about: line.msgid, kept: mode === "edit" ? kept : text });
  focusBoxOf(model, window);
}

/** ↑ in an empty box. */
export function editLast(model: Model, window: Window): boolean {
  for (const line of window.newestFirst()) {
    if (!line.mine || line.redacted || !line.isSaid) continue;
    if (!may(model, line, "edit")) return false;
    beginEdit(model, window, line);
    return true;
  }
  return false;
}

/** Esc while editing or replying: what had been typed comes back. */
export function cancel(model: Model, window: Window): void {
  const { text, mode, kept } = window.draft.peek();
  model.setDraft(window, { ...EMPTY, text: mode === "edit" ? kept : text });
}

/** The message that the box is about. */
export function subject(window: Window): Line | undefined {
  const { about } = window.draft.value;
  return window.conversation.timeline.find(about) ?? window.past.value?.find(about);
}

export function toggleReaction(model: Model, conversation: Conversation, line: Line, emoji: string): void {
  const has = (line.reactions.get(emoji) ?? []).some((nick) => model.chat.isMe(nick));
  model.watch(model.session.react(conversation, line, emoji, !has));
}

/** One's own at once; of somebody else's it is asked why. */
export function remove(model: Model, conversation: Conversation, line: Line): void {
  if (line.mine || line.delivery === "failed") takeBack(model, conversation, line);
  else model.openDialog({ kind: "delete", conversation, line });
}

/** Choose files, or look at those that were chosen. */
export function sendFiles(model: Model, conversation: Conversation, files: readonly File[]): void {
  if (takesFiles(model, conversation)) model.openDialog({ kind: "upload", conversation, files });
  else model.notice(conversation.place === "server" ? "Go to a room or a person to send files." : "This server takes no files.", { error: true });
}

export function takesFiles(model: Model, conversation: Conversation): boolean {
  return conversation.place !== "server" && largestUpload(model.chat) > 0;
}

/** In five seconds; until then it is shown as deleted, and can be had back. What was not sent is forgotten at once. */
export function takeBack(model: Model, conversation: Conversation, line: Line, reason = ""): void {
  if (line.delivery === "failed") return model.session.discard(conversation, line);
  if (model.going.peek().has(line)) return;
  const goes = (wanted: boolean): void => {
    const going = new Set(model.going.peek());
    if (wanted) going.add(line);
    else going.delete(line);
    model.going.value = going;
  };
  const act = (): void => {
    window.removeEventListener("pagehide", act);
    clearTimeout(timer);
    model.watch(model.session.redact(conversation, line, reason));
    setTimeout(() => goes(false), UNDO_MS);
  };
  const undo = (): void => {
    window.removeEventListener("pagehide", act);
    clearTimeout(timer);
    goes(false);
    unsay();
  };
  const timer = setTimeout(act, UNDO_MS);
  const unsay = model.notice("Message deleted", { action: { label: "Undo", act: undo }, ms: UNDO_MS });
  window.addEventListener("pagehide", act, { once: true });
  goes(true);
}

export function linkTo(conversation: Conversation, line: Line): string {
  return new URL(messagePath(line.msgid, conversation.name), window.location.href).href;
}

export async function copy(model: Model, text: string, what: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    model.notice(`${what} copied`);
  } catch {
    // Without https there is no clipboard to write to: the text is shown, so that it can be copied by hand.
    model.tell(text);
    model.notice(`This browser lets no page without https copy. ${what} stands below the messages.`, { error: true });
  }
}

/** Put it into the box, for an emoji or a link. */
export function insertText(model: Model, text: string): void {
  const window = model.writing;
  if (window === null) return;
  const draft = window.draft.peek();
  const gap = draft.text === "" || /\s$/.test(draft.text) ? "" : " ";
  model.setDraft(window, { ...draft, text: `${draft.text}${gap}${text}` });
  focusBoxOf(model, window);
}

/** The beginning of it, in one row, without the signs of its formatting. */
export function quoted(line: Line): string {
  // Ends of lines first: as signs that can't be shown they would become U+FFFD.
  const text = printable(textOf(parse(line.text.slice(0, 500))).replace(/\s+/g, " ")).trim();
  const short = clip(text, QUOTED_BYTES);
  return short === text ? text : `${short}…`;
}
