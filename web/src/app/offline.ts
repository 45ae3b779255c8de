/**
 * Without a connection: the page itself (by the service worker), the last lines of the last rooms, and what other apps
 * shared with ours.
 *
 * Owns the form of what is kept for that. What is said in direct conversations is kept too, so it is forgotten on logging
 * out. Knows no component.
 */

import type { Chat, Conversation } from "../client/chat";
import { asRecord, asText, type Keeping } from "./storage";

export interface OldLine {
  readonly timeMs: number;
  readonly nick: string;
  readonly text: string;
  readonly action: boolean;
}

export interface OldRoom {
  readonly name: string;
  readonly topic: string;
  readonly lines: readonly OldLine[];
}

export interface Snapshot {
  readonly savedMs: number;
  readonly nick: string;
  readonly rooms: readonly OldRoom[];
}

const NAME = "offline";
const ROOMS = 20;
const LINES = 50;
const LONGEST = 1_000;

/** To be called when the page is hidden, and now and then. The rooms given first are the ones that are kept. */
export function saveOffline(keeping: Keeping, chat: Chat, conversations: Iterable<Conversation>, nowMs: number): void {
  const rooms = [...conversations].filter((one) => one.place !== "server").slice(0, ROOMS).map(oldRoom);
  const snapshot: Snapshot = { savedMs: nowMs, nick: chat.nick, rooms: rooms.filter((room) => room.lines.length > 0) };
  if (snapshot.rooms.length > 0) keeping.write(NAME, snapshot);
}

function oldRoom({ name, topic, timeline }: Conversation): OldRoom {
  const said = timeline.lines.filter((line) => line.isSaid && !line.redacted && line.delivery === "arrived").slice(-LINES);
  const lines = said.map((line) => ({
    timeMs: line.timeMs,
    nick: line.nick,
    text: line.text.slice(0, LONGEST),
    action: line.kind === "action",
  }));
  return { name, topic: topic.slice(0, LONGEST), lines };
}

export function readOffline(keeping: Keeping): Snapshot | null {
  const from = asRecord(keeping.read(NAME));
  const { savedMs, rooms } = from;
  if (typeof savedMs !== "number" || !Array.isArray(rooms)) return null;
  return { savedMs, nick: asText(from["nick"]), rooms: rooms.slice(0, ROOMS).map((room) => roomFrom(asRecord(room))) };
}

function roomFrom(from: Record<string, unknown>): OldRoom {
  const lines = Array.isArray(from["lines"]) ? from["lines"].slice(0, LINES) : [];
  return { name: asText(from["name"]), topic: asText(from["topic"]), lines: lines.map((line) => lineFrom(asRecord(line))) };
}

function lineFrom(from: Record<string, unknown>): OldLine {
  const timeMs = typeof from["timeMs"] === "number" ? from["timeMs"] : 0;
  return { timeMs, nick: asText(from["nick"]), text: asText(from["text"]), action: from["action"] === true };
}

/** On logging out. */
export function forgetOffline(keeping: Keeping): void {
  keeping.write(NAME, null);
}

// -- the service worker -----------------------------------------------------------------------------------------

/** Without one (private windows, plain http from elsewhere) everything works but opening the page offline. */
export async function registerWorker(): Promise<boolean> {
  if (!("serviceWorker" in navigator) || !window.isSecureContext) return false;
  try {
    await navigator.serviceWorker.register("/sw.js", { scope: "/" });
    return true;
  } catch (problem) {
    if (problem instanceof TypeError || problem instanceof DOMException) return false;
    throw problem;
  }
}

/** What another app handed over ("Share" on a phone); taken once. */
export async function takeShared(): Promise<{ text: string; files: File[] } | null> {
  if (new URLSearchParams(location.search).get("shared") === null || !("caches" in window)) return null;
  history.replaceState(null, "", location.pathname);
  const cache = await caches.open("hubbub-shared");
  const text = await (await cache.match("/shared/text"))?.text();
  const files: File[] = [];
  for (const request of await cache.keys()) {
    const answer = await cache.match(request);
    if (answer === undefined || !new URL(request.url).pathname.startsWith("/shared/file/")) continue;
    const name = decodeURIComponent(answer.headers.get("x-name") ?? "") || "shared";
    files.push(new File([await answer.blob()], name, { type: answer.headers.get("content-type") ?? "" }));
  }
  await caches.delete("hubbub-shared");
  return { text: text ?? "", files };
}
