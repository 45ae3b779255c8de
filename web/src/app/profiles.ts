/**
 * What people say about themselves: a name to be shown, a colour, a status, a picture.
 *
 * https://ircv3.net/specs/extensions/metadata. Owns the keys, what is believed of their values, and that each person is
 * asked about rarely. Knows no component; `version` grows when something was learned.
 */

import { signal } from "@preact/signals";

import type { Chat } from "../client/chat";
import type { Request } from "../client/requests";
import { fold } from "../irc/names";
import { plain } from "../irc/text";

export const KEYS = ["display-name", "color", "avatar", "status", "pronouns", "homepage"] as const;
export type Key = (typeof KEYS)[number];

export interface Profile {
  readonly displayName: string;
  /** "#rrggbb", or "". */
  readonly colour: string;
  /** A picture on our own server, or "": those of others are never loaded. */
  readonly avatar: string;
  readonly status: string;
  readonly pronouns: string;
  readonly homepage: string;
}

export const NOTHING: Profile = { displayName: "", colour: "", avatar: "", status: "", pronouns: "", homepage: "" };

/** Of Session what is needed here. */
export interface Session {
  readonly chat: Chat;
  ask(command: string, params: string[]): Request;
  can(feature: "metadata"): boolean;
}

const FRESH_MS = 10 * 60 * 1000;
const MOST = 1_000;
const LONGEST = 200;
const KEYVALUE = "761";

export class Profiles {
  readonly version = signal(0);
  readonly #known = new Map<string, { profile: Profile; askedMs: number }>();
  readonly #queue: string[] = [];
  #asking = false;

  constructor(
    private readonly session: () => Session,
    private readonly origin: string,
    private readonly now: () => number,
  ) {}

  /** What is known now; it is asked for in the background where that was long ago. */
  of(nick: string): Profile {
    void this.version.value;
    const known = this.#known.get(fold(nick));
    if (known === undefined || this.now() - known.askedMs > FRESH_MS) this.#askSoon(nick);
    return known?.profile ?? NOTHING;
  }

  /** Asked for now. */
  async look(nick: string): Promise<Profile> {
    const session = this.session();
    if (!session.can("metadata")) return NOTHING;
    const request = await session.ask("METADATA", [nick, "GET", ...KEYS]).settled;
    const profile = request.failed ? NOTHING : profileFrom(request, this.origin);
    this.#learn(nick, profile);
    return profile;
  }

  /** Change our own; "" removes. Only what is different is sent. Returns why it failed, or "". */
  async change(wanted: Partial<Record<Key, string>>, before: Profile): Promise<string> {
    const session = this.session();
    const changes = Object.entries(wanted).filter(([key, value]) => value !== valueOf(before, key as Key));
    for (const [key, value] of changes) {
      const request = await session.ask("METADATA", ["*", "SET", key, ...(value === "" ? [] : [value])]).settled;
      if (request.failed) return request.failure;
    }
    await this.look(session.chat.nick);
    return "";
  }

  #learn(nick: string, profile: Profile): void {
    const key = fold(nick);
    this.#known.delete(key);
    this.#known.set(key, { profile, askedMs: this.now() });
    const [oldest] = this.#known.keys();
    if (this.#known.size > MOST && oldest !== undefined) this.#known.delete(oldest);
    this.version.value += 1;
  }

  /** One after the other, so that a room full of people doesn't flood the server. */
  #askSoon(nick: string): void {
    if (this.#queue.includes(nick) || this.#queue.length >= MOST) return;
    this.#queue.push(nick);
    if (!this.#asking) void this.#askAll();
  }

  async #askAll(): Promise<void> {
    this.#asking = true;
    for (let nick = this.#queue[0]; nick !== undefined; nick = this.#queue[0]) {
      await this.look(nick);
      this.#queue.shift();
    }
    this.#asking = false;
  }
}

export function valueOf(profile: Profile, key: Key): string {
  if (key === "display-name") return profile.displayName;
  return key === "color" ? profile.colour : profile[key];
}

/** The values are from anybody: cut, cleaned, and no address but our own server's is loaded. */
export function profileFrom(request: Pick<Request, "messages">, origin: string): Profile {
  const values = new Map<string, string>();
  for (const message of request.messages()) {
    const [, , key, , value] = message.params;
    if (message.command === KEYVALUE && key !== undefined) values.set(key.toLowerCase(), value ?? "");
  }
  return profileOf(values, origin);
}

/** What the server tells by itself of those who are in our rooms (draft/metadata, SUB): nobody need be asked. */
export function profileOf(values: ReadonlyMap<string, string>, origin: string): Profile {
  if (values.size === 0) return NOTHING;
  const value = (key: Key): string => plain(values.get(key) ?? "").slice(0, LONGEST).trim();
  const colour = value("color");
  return {
    displayName: value("display-name"),
    colour: /^#[0-9a-f]{6}$/i.test(colour) ? colour.toLowerCase() : "",
    avatar: ownAddress(value("avatar"), origin),
    status: value("status"),
    pronouns: value("pronouns"),
    homepage: value("homepage"),
  };
}

function ownAddress(address: string, origin: string): string {
  if (address === "" || !URL.canParse(address, origin)) return "";
  const url = new URL(address.replace("{size}", "128"), origin);
  return url.origin === origin && url.pathname.startsWith("/f/") ? url.href : "";
}
