/**
 * Files that lie on our own server: what their addresses look like, and what the server says about one.
 *
 * Owns that nothing is ever asked of another host.
 */

import { asRecord, asText } from "./storage";

export interface FileInfo {
  readonly name: string;
  readonly type: string;
  readonly size: number;
  /** Of pictures; else 0. */
  readonly width: number;
  readonly height: number;
  /** The address of a small picture, or "". */
  readonly thumbnail: string;
}

const PATH = /^\/f\/[A-Za-z0-9_-]{8,128}(?=\/|$)/;
const MOST = 500;
const known = new Map<string, Promise<FileInfo | null>>();

/**
 * The part of the address that names the file, "/f/<id>"; "" if it isn't one of ours.
 *
 * `origins`: the names of our server. The page asks by its own, whichever of them the link has.
 */
export function ownFile(href: string, origins: readonly string[]): string {
  if (!URL.canParse(href)) return "";
  const url = new URL(href);
  return origins.includes(url.origin) ? PATH.exec(url.pathname)?.[0] ?? "" : "";
}

/** The names that our server goes by: the one of this page, and the one that it puts into links (ISUPPORT). */
export function ownOrigins(tokens: ReadonlyMap<string, string>, here: string): string[] {
  const host = tokens.get("soju.im/FILEHOST") ?? "";
  return URL.canParse(host) ? [here, new URL(host).origin] : [here];
}

/** What the server says about it; null if it is gone. Asked once. */
export function fileInfo(path: string, get: typeof fetch = fetch): Promise<FileInfo | null> {
  const before = known.get(path);
  if (before !== undefined) return before;
  const asked = ask(path, get);
  known.set(path, asked);
  const [oldest] = known.keys();
  if (known.size > MOST && oldest !== undefined) known.delete(oldest);
  return asked;
}

async function ask(path: string, get: typeof fetch): Promise<FileInfo | null> {
  const look = (): Promise<Response> => get(`${path}/info`, { credentials: "same-origin" });
  try {
    // Once more: a connection that the browser opened in advance is taken by the door for somebody silent.
    const answer = await look().catch(look);
    return answer.ok ? infoFrom(await answer.json(), path) : null;
  } catch (problem) {
    known.delete(path); // no connection: another time, perhaps
    if (problem instanceof TypeError || problem instanceof SyntaxError) return null;
    throw problem;
  }
}

export function infoFrom(stored: unknown, path: string): FileInfo {
  const from = asRecord(stored);
  const number = (name: string): number => (typeof from[name] === "number" && from[name] > 0 ? Math.min(from[name], 1e15) : 0);
  return {
    name: asText(from["name"]),
    type: asText(from["type"]),
    size: number("size"),
    width: number("width"),
    height: number("height"),
    thumbnail: from["thumb"] === true ? `${path}/thumb` : "",
  };
}
