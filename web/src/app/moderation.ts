/**
 * What moderators can do about people in a room: mute, put out, ban, give and take ranks; and how each is undone.
 *
 * Owns what is offered to whom, and the modes that it takes (docs/commands.md). The server has the last word; here it is
 * only that nobody is shown a button that can't work. Knows no component.
 */

import type { Conversation, Member } from "../client/chat";
import { fold } from "../irc/names";
import type { Model } from "./model";
import { endLater, endsNoMore } from "./timed";

export interface Powers {
  /** Topic, kick; voice where there are half-operators. */
  readonly moderates: boolean;
  /** Modes, roles, bans. */
  readonly rules: boolean;
}

export function powersIn(model: Model, conversation: Conversation): Powers {
  const ranks = conversation.joined ? conversation.member(model.chat.nick)?.ranks ?? "" : "";
  const rules = /[qao]/.test(ranks);
  return { rules, moderates: rules || ranks.includes("h") };
}

export const MUTED_MS = 10 * 60_000;

export const DEEDS = ["muteShortly", "mute", "unmute", "voice", "devoice", "op", "deop", "kick", "ban"] as const;
export type Deed = (typeof DEEDS)[number];

/** `asks`: whether it is confirmed first, and a reason given for it. */
export const WORDS: Readonly<Record<Deed, { readonly label: string; readonly asks: boolean; readonly text: string }>> = {
  muteShortly: { label: "Mute 10 minutes", asks: true, text: "They can read, and not speak. This browser ends it: keep the page open, or come back later." },
  mute: { label: "Mute", asks: true, text: "They can read, and speak no more until somebody lets them." },
  unmute: { label: "Let speak again", asks: false, text: "" },
  voice: { label: "Give voice", asks: false, text: "" },
  devoice: { label: "Take the voice", asks: false, text: "" },
  op: { label: "Make moderator", asks: true, text: "They can do all that you can do here, also to you." },
  deop: { label: "No longer moderator", asks: true, text: "They stay in the room." },
  kick: { label: "Put out", asks: true, text: "They can come back." },
  ban: { label: "Ban", asks: true, text: "They are put out, and can't come back until the ban is lifted." },
};

/** With whom it is about, for who hears one button after the other. */
export function spoken(deed: Deed, nick: string): string {
  return deed === "kick" ? `Put ${nick} out` : `${WORDS[deed].label}${deed === "voice" || deed === "devoice" ? ":" : ""} ${nick}`;
}

/** What can be done about somebody who is here; [] for most people. */
export function deedsFor(model: Model, conversation: Conversation, nick: string, bans: ReadonlySet<string> = new Set()): Deed[] {
  const member = conversation.member(nick);
  const { moderates, rules } = powersIn(model, conversation);
  if (member === undefined || !moderates || model.chat.isMe(nick)) return [];
  // Nobody puts those out who stand above them.
  if (!rules) return /[qaoh]/.test(member.ranks) ? [] : ["kick"];
  const { ranks } = member;
  const deeds: Deed[] = [];
  const isRuler = /[qao]/.test(ranks);
  if (isMuted(model, member, bans)) deeds.push("unmute");
  // Who has a rank may speak whatever the bans say.
  else if (muting(model) !== null && ranks === "") deeds.push("muteShortly", "mute");
  if (ranks.includes("v")) deeds.push("devoice");
  else if (!isRuler) deeds.push("voice");
  deeds.push(ranks.includes("o") ? "deop" : "op", "kick", "ban");
  return deeds;
}

/** Do it; what went well is said together with the way back. */
export function doAbout(model: Model, conversation: Conversation, nick: string, deed: Deed, reason = ""): void {
  const member = conversation.member(nick);
  if (member === undefined) {
    model.notice(`${nick} is not here any more.`, { error: true });
    return;
  }
  const { name } = conversation;
  const mode = (change: string, value: string): Step => ["MODE", name, change, value];
  const back: Step = ["INVITE", nick, name];
  switch (deed) {
    case "muteShortly":
    case "mute": {
      const [letter, mask] = muteOf(model, member);
      if (deed === "muteShortly") endLater({ room: name, nick, letter, mask, untilMs: model.now + MUTED_MS });
      const said = `${nick} can't speak here${deed === "mute" ? "" : " for 10 minutes"}.`;
      return act(model, said, [mode(`+${letter}`, mask), ...telling(nick, name, reason)], [mode(`-${letter}`, mask)], "Undo", () => endsNoMore(name, mask));
    }
    case "unmute": {
      const [letter, mask] = muteOf(model, member);
      endsNoMore(name, mask);
      return act(model, `${nick} may speak again.`, [mode(`-${letter}`, mask)], [mode(`+${letter}`, mask)]);
    }
    case "kick":
      return act(model, `${nick} was put out.`, [kick(name, nick, reason)], [back], "Invite back");
    case "ban": {
      const mask = banMask(model, conversation, member);
      return act(model, `${nick} is banned.`, [mode("+b", mask), kick(name, nick, reason)], [mode("-b", mask), back]);
    }
    default: {
      const [sign, letter, said] = RANKS[deed];
      return act(model, `${nick} ${said}.`, [mode(sign + letter, nick)], [mode((sign === "+" ? "-" : "+") + letter, nick)]);
    }
  }
}

type Step = readonly [command: string, ...params: string[]];

const RANKS = {
  voice: ["+", "v", "has a voice"],
  devoice: ["-", "v", "has no voice now"],
  op: ["+", "o", "is a moderator now"],
  deop: ["-", "o", "is no moderator now"],
} as const;

/** One after the other, as long as they work. */
async function steps(model: Model, all: readonly Step[]): Promise<boolean> {
  for (const [command, ...params] of all) {
    const request = await model.session.ask(command, params).settled;
    if (!request.failed) continue;
    model.notice(request.failure, { error: true });
    return false;
  }
  return true;
}

function act(model: Model, said: string, there: readonly Step[], back: readonly Step[], label = "Undo", undone: () => void = () => undefined): void {
  void steps(model, there).then((isDone) => {
    if (!isDone) return;
    const remove = model.notice(said, {
      action: {
        label,
        act: () => {
          remove();
          undone();
          void steps(model, back);
        },
      },
      ms: 10_000,
    });
  });
}

function kick(room: string, nick: string, reason: string): Step {
  return reason === "" ? ["KICK", room, nick] : ["KICK", room, nick, reason];
}

/** A mode takes no reason: it is told to the one whom it is about. */
function telling(nick: string, room: string, reason: string): Step[] {
  return reason === "" ? [] : [["NOTICE", nick, `You can't speak in ${room} for now: ${reason}`]];
}

// -- whom a ban means -------------------------------------------------------------------------------------------

/** By account where somebody has one and the server can; names are changed easily, and hosts may be shared. */
export function banMask(model: Model, conversation: Conversation, member: Member): string {
  const { sign, kinds } = extended(model);
  const { account, nick, host } = member.person;
  if (account !== "" && kinds.includes("a")) return `${sign}a:${account}`;
  const isShared = [...conversation.members.values()].some((other) => other !== member && other.person.host === host);
  return host === "" || isShared ? `${nick}!*@*` : `*!*@${host}`;
}

/** How the server takes away the voice: by an extended ban, or by a list of its own; null: not at all. */
function muting(model: Model): { letter: string; front: string } | null {
  const { sign, kinds } = extended(model);
  if (kinds.includes("m")) return { letter: "b", front: `${sign}m:` };
  const lists = model.chat.tokens.get("CHANMODES")?.split(",")[0] ?? "";
  return lists.includes("q") && !model.chat.prefixes.has("q") ? { letter: "q", front: "" } : null;
}

function muteOf(model: Model, member: Member): [letter: string, mask: string] {
  const { letter, front } = muting(model) ?? { letter: "b", front: "" };
  const { sign, kinds } = extended(model);
  const { account, nick } = member.person;
  return [letter, front + (account !== "" && kinds.includes("a") ? `${sign}a:${account}` : `${nick}!*@*`)];
}

function isMuted(model: Model, member: Member, bans: ReadonlySet<string>): boolean {
  return bans.size > 0 && bans.has(fold(muteOf(model, member)[1]));
}

function extended(model: Model): { sign: string; kinds: string } {
  const [sign = "", kinds = ""] = (model.chat.tokens.get("EXTBAN") ?? "").split(",");
  return { sign, kinds };
}

/** The masks of the list that mutes, folded, to be handed to deedsFor. */
export async function mutesIn(model: Model, conversation: Conversation): Promise<Set<string>> {
  const how = muting(model);
  if (how === null || !powersIn(model, conversation).rules) return new Set();
  const request = await model.session.ask("MODE", [conversation.name, how.letter]).settled;
  const masks = [...request.messages()].filter(({ command }) => command === "367" || command === "728").map(({ command, params }) => params[command === "367" ? 2 : 3] ?? "");
  return new Set(masks.map(fold));
}
