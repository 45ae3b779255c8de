/**
 * One line of a conversation as the client remembers it: what was said or happened, and what became of it since.
 *
 * Owns what a line is. Knows no wire format and no screen. Lines are made by the reducer and by Session, kept in
 * order by timeline.ts, and shown by the views.
 */

/** A client-only tag with what the sender's client calls a message, until and after the server gave it an id. */
export const NONCE_TAG = "+hubbub.chat/nonce";

/** What happened. The first three are what people said; the others are what they did, or the server's word. */
export type Kind =
  | "message"
  | "action"
  | "notice"
  | "join"
  | "part"
  | "quit"
  | "kick"
  | "nick"
  | "topic"
  | "mode"
  | "rename"
  | "invite"
  | "info"
  | "error";

/** How far a line of our own has come. Lines of others have arrived. */
export type Delivery = "pending" | "arrived" | "failed";

/** Where a line stands in its timeline: time, then number. */
export type Place = readonly [timeMs: number, number: number];

/** What may be given when a line is made; the rest has its default. */
export type LineFields = Partial<Omit<Line, "kind" | "timeMs" | "countsAsUnread" | "isSaid">>;

export class Line {
  /** Who said or did it; "" for the server. */
  nick = "";
  /** What was said (hostile; may hold line breaks and formatting codes); a reason, a topic, a mode change. */
  text = "";
  /** Whom it was done to: who was kicked, the new nick, the old name of a room; the sign of a STATUSMSG. */
  target = "";
  account = "";
  /** "" where the server gives none, and while it is on its way. */
  msgid = "";
  /** Made by the client that sent it, so that it finds it again after a lost connection. */
  nonce = "";
  replyTo = "";
  mine = false;
  mentionsMe = false;
  bot = false;
  /** A direct message, also where it is shown in a room (+channel-context). */
  private = false;
  delivery: Delivery = "arrived";
  /** Why a failed line was not sent. */
  failure = "";
  redacted = false;
  redactedBy = "";
  redactionReason = "";
  editedMs = 0;
  /** Earlier texts, oldest first, where we saw them. */
  replaced: readonly string[] = [];
  /** By emoji, who reacted, in order. */
  reactions: ReadonlyMap<string, readonly string[]> = new Map();
  /** Grows with every change, so that a drawn copy knows that it is stale. */
  version = 0;
  /** Set by the timeline, unique there. */
  place: Place = [0, 0];

  constructor(
    public kind: Kind,
    public timeMs: number,
    given: LineFields = {},
  ) {
    Object.assign(this, given);
  }

  get isSaid(): boolean {
    return isSaid(this.kind);
  }

  get countsAsUnread(): boolean {
    return this.isSaid && !this.mine && !this.redacted && this.delivery === "arrived";
  }
}

export function isSaid(kind: Kind): boolean {
  return kind === "message" || kind === "action" || kind === "notice";
}

/** What clients fold together when nobody spoke meanwhile. */
export function isComingOrGoing(kind: Kind): boolean {
  return kind === "join" || kind === "part" || kind === "quit" || kind === "nick";
}
