/**
 * What only hubbub's servers have: leave to upload, and links into rooms. docs/specs/upload.md, docs/specs/invite-link.md
 *
 * Owns the names of these capabilities, and that they are in force before they are used. Knows no component.
 */

import type { Chat } from "../client/chat";
import type { Request } from "../client/requests";
import { type Grant, Refused } from "./tus";

export const INVITE_LINK = "hubbub.chat/invite-link";
export const UPLOAD = "hubbub.chat/upload";

/** Of Session what is needed here. */
export interface Session {
  readonly chat: Chat;
  ask(command: string, params: string[]): Request;
}

/** Whether the server has it; it is asked for if that has not happened yet. */
export async function enable(session: Session, capability: string): Promise<boolean> {
  if (session.chat.has(capability)) return true;
  if (!session.chat.offered.has(capability)) return false;
  return !(await session.ask("CAP", ["REQ", capability]).settled).failed;
}

/** The largest file that the server takes, in bytes; 0: it takes none, and nothing about files is offered. */
export function largestUpload(chat: Chat): number {
  const value = chat.capabilities.get(UPLOAD) ?? chat.offered.get(UPLOAD) ?? "";
  return Number(/(?:^|,)max-size=(\d{1,15})(?:,|$)/.exec(value)?.[1] ?? 0);
}

/** Leave to upload files for this conversation; "*" for none. Rejects with Refused. */
export async function askGrant(session: Session, target: string, origin: string): Promise<Grant> {
  if (!(await enable(session, UPLOAD))) throw new Refused("This server takes no files");
  const request = await session.ask("UPLOAD", [target]).settled;
  if (request.failed) throw new Refused(request.failure);
  for (const { command, params } of request.messages()) {
    const [, address = "", token = ""] = params;
    if (command !== "UPLOAD" || !URL.canParse(address) || !/^[\x21-\x7e]{1,1000}$/.test(token)) continue;
    // By whichever name the server calls itself: the page asks nobody but the host that it came from.
    return { endpoint: new URL(new URL(address).pathname, origin).href, headers: { Authorization: `Bearer ${token}` } };
  }
  throw new Refused("The server did not answer as it should");
}
