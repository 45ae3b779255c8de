/**
 * Addresses of this page: what they lead to, and the link to a room or a message.
 *
 * Owns their form. Pure functions.
 */

import { isChannel } from "../irc/names";

/** room: /r/<room>. message: /m/<msgid>?r=<conversation>. invite: /i/<token>, to be looked up. */
export type Destination =
  | { readonly kind: "home" }
  | { readonly kind: "room"; readonly name: string }
  | { readonly kind: "message"; readonly msgid: string; readonly conversation: string }
  | { readonly kind: "invite"; readonly token: string };

const HOME: Destination = { kind: "home" };
const MSGID = /^[\x21-\x7e]{1,200}$/;
const TOKEN = /^[A-Za-z0-9_-]{1,100}$/;

export function destination(url: URL): Destination {
  const [, kind, ...rest] = url.pathname.split("/");
  const name = decoded(rest.join("/"));
  if (kind === "r") return room(name);
  if (kind === "i" && TOKEN.test(name)) return { kind: "invite", token: name };
  if (kind === "m" && MSGID.test(name)) return message(name, url.searchParams.get("r") ?? "");
  if (kind === "" && url.searchParams.has("irc")) return foreign(url.searchParams.get("irc") ?? "", url.hostname);
  return HOME;
}

/** web+irc://host/room, of which browsers tell us (manifest.webmanifest); only where it means this server. */
function foreign(address: string, here: string): Destination {
  const [, host = "", name = ""] = /^(?:web\+)?ircs?:\/\/([^/:#?]*)(?::\d+)?\/?([^?]{0,200})/i.exec(address) ?? [];
  const isHere = host === "" || host.toLowerCase() === here.toLowerCase();
  return isHere && name !== "" ? room(decoded(name).split(",")[0] ?? "") : HOME;
}

function room(name: string): Destination {
  const whole = name.startsWith("#") ? name : `#${name}`;
  return isChannel(whole) ? { kind: "room", name: whole } : HOME;
}

function message(msgid: string, conversation: string): Destination {
  return { kind: "message", msgid, conversation: isChannel(conversation) ? conversation : "" };
}

/** The path of a room; the # in front goes without saying, unless there are two. */
export function roomPath(name: string): string {
  return `/r/${encodeURIComponent(name.startsWith("##") ? name : name.replace(/^#/, ""))}`;
}

/** The path of a message. Who it was said to is added for rooms alone: other people's names don't belong in a link. */
export function messagePath(msgid: string, conversation: string): string {
  const where = isChannel(conversation) ? `?r=${encodeURIComponent(conversation)}` : "";
  return `/m/${encodeURIComponent(msgid)}${where}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}
