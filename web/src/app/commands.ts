/**
 * The commands that can be typed: how they are called, and what they do.
 *
 * Owns the table. Called by typed.ts (which word is a command), by the box (run), by the completion and the help sheet.
 */

import { isService } from "../client/services";
import { askService, beginEdit, beginReply, editLast, say, sendFiles, takeBack, toggleReaction } from "./messages";
import type { Model } from "./model";
import { answeredIn } from "./thread_window";
import { scoreOf, type Window } from "./windows";

/** A command can't be done as it was written; the message says what to write. */
export class Unclear extends Error {}

type Act = (model: Model, rest: string, window: Window) => void;

export interface Command {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly usage: string;
  readonly summary: string;
  readonly subject: "Talking" | "Messages" | "Rooms" | "People" | "You" | "This page";
  /** What stands behind it may hold line breaks. */
  readonly lines: boolean;
  /** What stands behind it may be a password. */
  readonly secret: boolean;
  readonly act: Act;
}

type Flags = { lines?: boolean; secret?: boolean };

function command(subject: Command["subject"], names: string, usage: string, summary: string, act: Act, flags: Flags = {}): Command {
  const [name = "", ...aliases] = names.split(" ");
  return { name, aliases, usage, summary, subject, act, lines: flags.lines ?? false, secret: flags.secret ?? false };
}

export const COMMANDS: readonly Command[] = [
  command("Talking", "msg m w dm tell send query", "/msg name text", "write to somebody alone; without a text: open the conversation", message, { lines: true }),
  command("Talking", "me", "/me does something", "say what you do", (model, rest, window) => speak(model, window, rest, "action"), { lines: true }),
  command("Talking", "say", "/say text", "say it as it stands", (model, rest, window) => speak(model, window, rest), { lines: true }),
  command("Talking", "shrug", "/shrug", "¯\\_(ツ)_/¯", (model, rest, window) => speak(model, window, `${rest} ¯\\_(ツ)_/¯`.trim()), { lines: true }),
  command("Talking", "live rtt", "/live [on | off | with name]", "show what you type as you type it, to those who show theirs", live),
  command("Messages", "edit", "/edit", "edit your last message", (model, _, window) => {
    if (!editLast(model, window)) throw new Unclear("There is no message of yours here that can be edited.");
  }),
  command("Messages", "s", "/s/old/new/", "correct your last message", substitute),
  command("Messages", "delete del", "/delete", "delete your last message", (model, _, window) => takeBack(model, window.conversation, lastOwn(window))),
  command("Messages", "reply re", "/reply text", "answer the last message", reply, { lines: true }),
  command("Messages", "react", "/react 👍", "react to the last message", (model, rest, window) => {
    toggleReaction(model, window.conversation, lastSaid(window), needed(rest, "/react 👍"));
  }),
  command("Messages", "search lastlog", "/search text", "search in this conversation", (model, rest) =>
    model.openDialog({ kind: "search", everywhere: false, text: rest })),
  command("Messages", "upload", "/upload", "send files", (model, _, { conversation }) =>
    sendFiles(model, conversation, [])),
  command("Rooms", "join j cd", "/join #room [key]", "enter a room, or make it", join, { secret: false }),
  command("Rooms", "part leave", "/part [reason]", "leave this room", (model, rest, { conversation }) => model.part(conversation, rest)),
  command("Rooms", "close", "/close", "close this conversation", (model, _, { conversation }) => model.part(conversation)),
  command("Rooms", "rooms", "/rooms", "all rooms of this server", (model) => model.openDialog({ kind: "rooms" })),
  command("Rooms", "topic", "/topic [text]", "what the room is about", topic),
  command("Rooms", "invite", "/invite [name]", "ask somebody in; without a name: make a link", invite),
  command("Rooms", "kick", "/kick name [reason]", "put somebody out of the room", (model, rest, { conversation }) => {
    const [name, reason] = split(needed(rest, "/kick name [reason]"));
    ask(model, "KICK", reason === "" ? [conversation.name, name] : [conversation.name, name, reason]);
  }),
  command("Rooms", "ban", "/ban name", "keep somebody out of the room", (model, rest, { conversation }) =>
    ask(model, "MODE", [conversation.name, "+b", mask(needed(rest, "/ban name"))])),
  command("Rooms", "unban", "/unban name", "let somebody in again", (model, rest, { conversation }) =>
    ask(model, "MODE", [conversation.name, "-b", mask(needed(rest, "/unban name"))])),
  command("Rooms", "op", "/op name", "make somebody a moderator of the room", mode("+o")),
  command("Rooms", "deop", "/deop name", "they are a moderator no longer", mode("-o")),
  command("Rooms", "voice", "/voice name", "let somebody speak in a moderated room", mode("+v")),
  command("Rooms", "mode", "/mode [changes]", "the room's settings", (model, rest, { conversation }) => {
    if (rest === "") model.openDialog({ kind: "room", conversation });
    else ask(model, "MODE", [conversation.name, ...rest.split(/\s+/)]);
  }),
  command("Rooms", "mute", "/mute", "never be told about this conversation", (model, _, window) => model.setMuted(window, true)),
  command("Rooms", "unmute", "/unmute", "be told about it again", (model, _, window) => model.setMuted(window, false)),
  command("Rooms", "pin", "/pin", "keep this conversation at the top", (model, _, window) => model.setPinned(window, !window.pinned)),
  command("People", "names who", "/names", "who is here", names),
  command("People", "whois", "/whois name", "who somebody is", (model, rest) =>
    model.openDialog({ kind: "profile", nick: needed(rest, "/whois name") })),
  command("People", "ignore", "/ignore name", "do not see what somebody says", (model, rest) => {
    model.ignore(needed(rest, "/ignore name"), true);
    model.notice(`You don't see what ${rest} says any more.`);
  }),
  command("People", "unignore", "/unignore name", "see it again", (model, rest) => {
    model.ignore(needed(rest, "/unignore name"), false);
    model.notice(`You see what ${rest} says again.`);
  }),
  command("You", "nick name", "/nick name", "be called something else", (model, rest) => model.session.takeName(needed(rest, "/nick name"))),
  command("You", "away", "/away [reason]", "say that you are not there", (model, rest) => model.session.setAway(rest)),
  command("You", "back", "/back", "you are there again", (model) => model.session.setAway(null)),
  command("You", "register claim", "/register password", "claim your name, so that nobody else can have it", (model, rest) => {
    model.session.register(needed(rest, "/register password")).whenDone((done) => {
      model.notice(done.failed ? done.failure : "This name is yours now.", { error: done.failed });
    });
  }, { secret: true }),
  command("You", "login", "/login name password", "log in to your account", (model, rest) => {
    const [name, password] = split(rest);
    if (password === "") throw new Unclear("Write /login name password.");
    model.session.login(name, password);
  }, { secret: true }),
  command("You", "profile settings", "/profile", "your name, status and settings", (model) => model.openDialog({ kind: "profile", nick: "" })),
  command("You", "quit bye exit logout", "/quit", "leave, and forget who you are on this device", (model) => void model.logOut()),
  command("This page", "help ?", "/help", "keys and commands", (model) => model.openDialog({ kind: "help" })),
  command("This page", "quote raw", "/quote COMMAND …", "send a line of IRC", (model, rest) => {
    const [front, trailing] = rest.split(/\s:([^]*)/);
    const [name = "", ...params] = (front ?? "").split(/\s+/).filter(Boolean);
    ask(model, needed(name, "/quote COMMAND …").toUpperCase(), trailing === undefined ? params : [...params, trailing]);
  }, { secret: true }),
];

const BY_NAME = new Map(COMMANDS.flatMap((one) => [one.name, ...one.aliases].map((name) => [name, one] as const)));

export function find(name: string): Command | undefined {
  return BY_NAME.get(name.toLowerCase());
}

/** The name that was probably meant, or "". */
export function nearest(name: string): string {
  const lower = name.toLowerCase();
  const close = [...BY_NAME.keys()].filter((one) => one.length > 1 && distance(one, lower) <= (lower.length > 3 ? 2 : 1));
  return close.sort((one, other) => distance(one, lower) - distance(other, lower))[0] ?? "";
}

/** What could be meant by the beginning of a name, the likeliest first. */
export function beginningWith(word: string): Command[] {
  const starts = COMMANDS.filter((one) => [one.name, ...one.aliases].some((name) => name.startsWith(word.toLowerCase())));
  const others = COMMANDS.filter((one) => !starts.includes(one) && word.length > 1 && scoreOf(word, one.name) !== null);
  return [...starts, ...others];
}

/** Whether there may be a password in it, so that nothing keeps it. */
export function isSecret(text: string): boolean {
  const [, word = "", rest = ""] = /^\s*[/\\](\S+)\s*([^]*)$/.exec(text) ?? [];
  const found = find(word) ?? find(nearest(word));
  if (found === undefined || rest === "") return /^(?:nickserv|chanserv):/i.test(text.trim());
  if (found.name === "join") return rest.includes(" ");
  return found.secret || (found.name === "msg" && /^(?:nickserv|chanserv)\b/i.test(rest));
}

/** Do it; what is unclear is said. */
export function run(model: Model, window: Window, name: string, rest: string): void {
  try {
    find(name)?.act(model, rest, window);
  } catch (error) {
    if (!(error instanceof Unclear)) throw error;
    model.notice(error.message, { error: true });
  }
}

/** To one person alone, in the conversation with them. */
export function tellAlone(model: Model, name: string, text: string): boolean {
  if (isService(name)) return askService(model, name, text);
  const conversation = model.session.converse(name);
  if (!say(model, conversation, text)) return false;
  model.notice(`Sent to ${name} alone`, {
    action: { label: "Show", act: () => model.open(name) },
  });
  return true;
}

// -- what they do -----------------------------------------------------------------------------------------------

function message(model: Model, rest: string): void {
  const [name, text] = split(needed(rest, "/msg name text"));
  if (text === "" || model.chat.isChannel(name)) model.open(name);
  if (text === "") return;
  if (model.chat.isChannel(name)) throw new Unclear(`${name} is a room: say it there.`);
  tellAlone(model, name.replace(/:$/, ""), text);
}

function join(model: Model, rest: string): void {
  const [name, key] = split(needed(rest, "/join #room"));
  model.open(model.chat.isChannel(name) ? name : `#${name}`, key);
}

function topic(model: Model, rest: string, { conversation }: Window): void {
  if (!conversation.isRoom) throw new Unclear("Only rooms have a topic.");
  if (rest !== "") return ask(model, "TOPIC", [conversation.name, rest]);
  model.tell(conversation.topic === "" ? "There is no topic." : `The topic: ${conversation.topic}`);
}

function invite(model: Model, rest: string, { conversation }: Window): void {
  if (!conversation.isRoom) throw new Unclear("Go to the room that you want to invite to.");
  if (rest === "") model.openDialog({ kind: "invite", conversation });
  else ask(model, "INVITE", [split(rest)[0], conversation.name]);
}

function live(model: Model, rest: string, { conversation }: Window): void {
  if (!model.live.exists) throw new Unclear("This server has no live text.");
  const [word, name] = split(rest);
  if (word === "off") {
    model.watch(model.live.setLive(false));
    model.notice("Nobody sees what you type before you send it.");
    return;
  }
  const target = word === "with" ? needed(name, "/live with name") : conversation.name;
  if (!["", "on", "with"].includes(word)) throw new Unclear("Write /live on, /live off or /live with name.");
  if (target === "") throw new Unclear("Nobody can hear you here: go to a room first.");
  model.openDialog({ kind: "live", target });
}

function names(model: Model, _: string, { conversation }: Window): void {
  if (!conversation.isRoom) throw new Unclear("Only rooms have a list of people.");
  const here = [...conversation.members.values()].map((member) => member.nick).sort((one, other) => one.localeCompare(other));
  model.tell(`${here.length} here: ${here.join(", ")}`);
}

function reply(model: Model, rest: string, window: Window): void {
  const line = [...window.conversation.timeline.arrived()].find((one) => one.isSaid && !one.mine && !one.redacted);
  if (line === undefined) throw new Unclear("There is nothing here to answer.");
  if (rest === "") beginReply(model, window, line);
  else say(model, window.conversation, rest, "message", line);
}

function substitute(model: Model, rest: string, window: Window): void {
  const [old, new_ = ""] = rest.replace(/\/$/, "").split("/");
  const line = lastOwn(window);
  if (old === undefined || old === "" || !line.text.includes(old)) throw new Unclear("Write /s/old/new/, with something from your last message.");
  const text = line.text.replace(old, () => new_);
  if (text.trim() === "") return beginEdit(model, window, line);
  model.watch(model.session.edit(window.conversation, line, text));
}

function mode(change: string): Act {
  return (model, rest, { conversation }) => ask(model, "MODE", [conversation.name, change, needed(rest, `/mode ${change} name`)]);
}

function ask(model: Model, name: string, params: string[]): void {
  model.watch(model.session.ask(name, params));
}

function speak(model: Model, window: Window, text: string, kind: "message" | "action" = "message"): void {
  if (window.place === "server") throw new Unclear("Nobody can hear you here: go to a room first.");
  say(model, window.conversation, text, kind, answeredIn(window));
}

function lastOwn(window: Window): ReturnType<typeof lastSaid> {
  for (const line of window.newestFirst()) if (line.mine && line.isSaid && !line.redacted) return line;
  throw new Unclear("There is no message of yours here.");
}

function lastSaid(window: Window) {
  for (const line of window.newestFirst()) if (line.isSaid && !line.redacted) return line;
  throw new Unclear("There is no message here.");
}

function needed(text: string, usage: string): string {
  if (text === "") throw new Unclear(`Write ${usage}.`);
  return text;
}

/** The first word, and the rest. */
function split(text: string): [first: string, rest: string] {
  const [, first = "", rest = ""] = /^(\S*)\s*([^]*)$/.exec(text) ?? [];
  return [first, rest];
}

function mask(name: string): string {
  return /[!@*:~$]/.test(name) ? name : `${name}!*@*`;
}

/** How many letters must be changed, of short words. */
function distance(one: string, other: string): number {
  if (Math.abs(one.length - other.length) > 2 || other.length > 20) return 9;
  let row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (let at = 1; at <= one.length; at++) {
    const next = [at];
    for (let to = 1; to <= other.length; to++) {
      const change = (row[to - 1] ?? 0) + Number(one[at - 1] !== other[to - 1]);
      next.push(Math.min((row[to] ?? 0) + 1, (next[to - 1] ?? 0) + 1, change));
    }
    row = next;
  }
  return row[other.length] ?? 9;
}

