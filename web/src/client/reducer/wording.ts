/**
 * What a server replies, in words for people: which replies are worth showing, and what to do after an error.
 *
 * Owns the words of replies that no request of ours waits for; the same as in the other clients. Everything that leaves
 * here is printable. Pure functions. Called by the reducer.
 */

import * as numerics from "../../irc/numerics";
import { clip, printable } from "../../irc/text";
import type { Message } from "../../irc/wire";

/** Bytes of one reply. */
const LONGEST = 2_000;
/** "Closing link: host (reason)": the person wants the reason. */
const CLOSING = /^Closing link:? \S+:? [([](.*)[)\]]$/i;

/** {2} is the third parameter, {-1} the last, {2+} the third and all behind it. */
const SENTENCES: Readonly<Record<string, string>> = {
  "301": "{1} is away: {2}",
  "305": "You are no longer away.",
  "306": "You are away now. /back when you return.",
  "341": "{1} has been asked into {2}.",
  "331": "{1} has no topic.",
  "332": "{1} is about: {2}",
  "324": "Modes of {1}: {2+}",
  "367": "{1}: banned is {2}",
  "311": "{1} is {2}@{3} ({5})",
  "312": "{1} is on {2} ({3})",
  "313": "{1} {2}",
  "319": "{1} is in {2}",
  "330": "{1} is logged in as {2}",
  "335": "{1} is a bot",
  "338": "{1} {-1} {2}",
  "378": "{1} {-1}",
  "379": "{1} {-1}",
  "671": "{1} {-1}",
  "276": "{1} {-1}",
  "307": "{1} {-1}",
  "320": "{1} {-1}",
  "401": 'No one is called "{1}" here.',
  "403": "There is no room {1}. Rooms have a # in front; /list shows those there are.",
  "404": "You may not speak in {1}: {2}",
  "405": "You are in too many rooms to go into {1}. Leave one with /part first.",
  "406": 'No one was called "{1}".',
  "407": "{1}: too many at once. Try again in a moment.",
  "421": "This server doesn't know {1}.",
  "432": '"{1}" can\'t be a name here: {2}',
  "433": '"{1}" is taken. Choose another name: /nick name',
  "436": '"{1}" is taken.',
  "437": "{1} can't be had just now: {2}",
  "441": "{1} is not in {2}.",
  "442": "You are not in {1}.",
  "443": "{1} is already in {2}.",
  "464": "That password is not right.",
  "465": "You are banned from this server: {-1}",
  "470": "{1} leads to {-2} now.",
  "471": "{1} is full. Try again when somebody has left: /join {1}",
  "473": "{1} is for the invited only. Somebody in it can /invite you.",
  "474": "You are banned from {1}. Its operators can change that.",
  "475": "{1} needs its key: /join {1} key",
  "476": '"{1}" can\'t be the name of a room. It begins with # and is one word without commas.',
  "477": "{1} is for people with an account only. /login if you have one, /register makes one.",
  "482": "Only an operator of {1} may do that.",
  "489": "{1} is for encrypted connections only. Connect with TLS.",
};

const SILENT = new Set<string>([
  // What a server says on arrival and at the end of a list.
  ...["002", "003", "004", "005", "221", "251", "252", "253", "254", "255", "265", "266", "318", "321"],
  ...["329", "333", "347", "349", "368", "369", "375", "706"],
  numerics.RPL_ENDOFMOTD,
  numerics.ERR_NOMOTD,
  numerics.RPL_ENDOFWHO,
  numerics.RPL_LISTEND,
  numerics.RPL_ENDOFINVITELIST,
  numerics.RPL_ENDOFLINKS,
  numerics.RPL_ENDOFNAMES,
  numerics.RPL_ENDOFINFO,
  numerics.RPL_ENDOFUSERS,
  numerics.RPL_ENDOFQUIETLIST,
  numerics.RPL_MONONLINE,
  numerics.RPL_MONOFFLINE,
  numerics.RPL_ENDOFMONLIST,
  numerics.RPL_WHOISKEYVALUE,
  numerics.RPL_KEYVALUE,
  numerics.RPL_KEYNOTSET,
  numerics.RPL_METADATASUBOK,
  numerics.RPL_METADATAUNSUBOK,
  numerics.RPL_METADATASUBS,
  numerics.RPL_METADATASYNCLATER,
  numerics.RPL_VISIBLEHOST,
  numerics.RPL_SASLSUCCESS,
  numerics.RPL_SASLMECHS,
  numerics.ERR_NICKLOCKED,
  numerics.ERR_SASLFAIL,
  numerics.ERR_SASLTOOLONG,
  numerics.ERR_SASLABORTED,
  numerics.ERR_SASLALREADY,
]);

/** Commands that are between the two programs alone. */
export const UNSEEN = new Set([
  "ACK",
  "AUTHENTICATE",
  "BATCH",
  "CAP",
  "CHATHISTORY",
  "METADATA",
  "PING",
  "PONG",
  "SEARCH",
  "WEBPUSH",
]);

/** A numeric; "" for what nobody needs to see. */
export function replyWords(message: Message): string {
  const { command, params } = message;
  if (SILENT.has(command)) return "";
  if (command === "317") return bounded(`${params[1] ?? ""} last wrote ${toDuration(params[2] ?? "")} ago`);
  const sentence = SENTENCES[command] ?? "{-1}";
  return bounded(fill(sentence, params)).replace(/^- /, "");
}

/** FAIL, WARN, NOTE, ERROR. */
export function standardWords(message: Message): string {
  const { command, params } = message;
  const last = params.at(-1) ?? "";
  if (params[0] === "JOIN" && params[1] === "CHANNEL_RENAMED" && params.length > 4) {
    return bounded(`${params[2]} is called ${params[3]} now: /join ${params[3]}`);
  }
  switch (command) {
    case "WARN":
      return bounded(`Warning: ${last}`);
    case "NOTE":
      return bounded(`Note: ${last}`);
    case "ERROR":
      return bounded(`The server closed the connection: ${CLOSING.exec(last)?.[1] ?? last}`);
    default:
      return bounded(last);
  }
}

/** Of a command that nobody taught us. */
export function rawWords(message: Message): string {
  return bounded([message.command, ...message.params].join(" "));
}

function bounded(text: string): string {
  return clip(printable(text), LONGEST);
}

function fill(sentence: string, params: readonly string[]): string {
  return sentence.replace(/\{(-?\d)(\+?)\}/g, (_, place: string, all: string) => {
    const at = Number(place);
    return all === "" ? (params.at(at) ?? "") : params.slice(at).join(" ");
  }).trim();
}

const UNITS: readonly (readonly [size: number, unit: string])[] = [
  [86_400, "day"],
  [3_600, "hour"],
  [60, "minute"],
];

/** In the largest unit that fits. */
export function toDuration(seconds: string): string {
  const number = /^[0-9]{1,11}$/.test(seconds) ? Number(seconds) : 0;
  const [size, unit] = UNITS.find(([enough]) => number >= enough) ?? [1, "second"];
  const many = Math.floor(number / size);
  return many === 1 ? `${many} ${unit}` : `${many} ${unit}s`;
}
