/**
 * The programs that IRC networks keep names and rooms by: NickServ and the like.
 *
 * Owns their names. What is asked of them and what they answer is no conversation: there may be a password in it, and
 * nobody waits for an answer to it.
 */

import { fold } from "../irc/names";

const SERVICES = new Set(["nickserv", "chanserv", "memoserv", "hostserv", "botserv", "operserv", "saslserv"]);

/** Also as NickServ@services.example, which reaches the real one. */
export function isService(name: string): boolean {
  return SERVICES.has(fold(name.split("@", 1)[0] ?? ""));
}
