/** Which dialog is open: the words in which the views ask for one. The dialogs themselves are in view/dialogs. */

import type { Conversation } from "../client/chat";
import type { Line } from "../client/lines";
import type { Deed } from "./moderation";

export type Dialog =
  | { readonly kind: "switcher" }
  | { readonly kind: "search"; readonly everywhere: boolean; readonly text: string }
  | { readonly kind: "help" }
  /** nick: "" for ourselves (name, password, status, colour, notifications, keys, log out). */
  | { readonly kind: "profile"; readonly nick: string }
  /** All rooms of the server, and making one. */
  | { readonly kind: "rooms" }
  | { readonly kind: "room"; readonly conversation: Conversation }
  | { readonly kind: "invite"; readonly conversation: Conversation }
  | { readonly kind: "upload"; readonly conversation: Conversation; readonly files: readonly File[] }
  /** What a message said before it was edited. */
  | { readonly kind: "history"; readonly line: Line }
  /** Choose an emoji: a reaction to this message, or for the text where line is null. */
  | { readonly kind: "emoji"; readonly conversation: Conversation; readonly line: Line | null }
  /** Whether a moderator means it, and why. */
  | { readonly kind: "moderate"; readonly conversation: Conversation; readonly nick: string; readonly deed: Deed }
  /** Before letters leave the screen for the first time; "" for everywhere. */
  | { readonly kind: "live"; readonly target: string }
  | { readonly kind: "delete"; readonly conversation: Conversation; readonly line: Line };

/** What can be done about a person, and about a message of theirs; at a place of the page. */
export interface Menu {
  readonly conversation: Conversation;
  readonly nick: string;
  readonly line: Line | null;
  readonly x: number;
  readonly y: number;
}
