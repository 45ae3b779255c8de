/**
 * Capabilities: what a server offers, what of it we ask for, and what is in force.
 *
 * https://ircv3.net/specs/extensions/capability-negotiation. Owns the CAP subcommands but LS and END, which frame the
 * registration; what a capability means is for others to know. Called by Registration for every CAP message.
 */

import { byteLength, partition, words } from "../irc/cutting";
import { Message } from "../irc/wire";

const MOST_OFFERED = 500;
const LONGEST_VALUE = 1_024;
/** Bytes of names in one REQ: with what the server puts in front, its answer must fit into one line, too. */
const ROOM_FOR_NAMES = 400;
const NAME = /^[!-,.-9;-~][!-~]{0,127}$/; // printable ASCII, without "-" or ":" in front

export class Capabilities {
  readonly wanted: Set<string>;
  readonly offered = new Map<string, string>();
  /** In force. */
  readonly enabled = new Map<string, string>();
  /** The server has said all it has. */
  isListed = false;
  /** Lines of names that were asked for and not answered. */
  #asked: string[][] = [];
  readonly #refused = new Set<string>();
  #list = new Set<string>();

  constructor(wanted: Iterable<string>) {
    this.wanted = new Set(wanted);
  }

  /** The server has said all it has, and has answered to all that was asked. */
  get isSettled(): boolean {
    return this.isListed && this.#asked.length === 0;
  }

  received(message: Message): Message[] {
    const { params } = message;
    if (params.length < 3) return [];
    const isContinued = params.length > 3 && params[2] === "*";
    const given = words(params.at(-1) ?? "");
    switch (params[1]?.toUpperCase()) {
      case "LS":
        return this.#ls(given, isContinued);
      case "NEW":
        return this.#new(given);
      case "DEL":
        return this.#del(given);
      case "ACK":
        return this.#ack(given);
      case "NAK":
        return this.#nak(given);
      case "LIST":
        return this.#listed(given, isContinued);
      default:
        return [];
    }
  }

  /** Ask for these, in as few lines as have room for them. */
  request(names: Iterable<string>): Message[] {
    const lines: string[][] = [];
    let room = 0;
    for (const name of names) {
      room -= byteLength(name) + 1;
      if (room < 0) {
        lines.push([]);
        room = ROOM_FOR_NAMES - byteLength(name);
      }
      lines.at(-1)?.push(name);
    }
    this.#asked.push(...lines);
    return lines.map((line) => new Message("CAP", ["REQ", line.join(" ")]));
  }

  #requestWanted(): Message[] {
    const known = new Set([...this.#asked.flat(), ...this.#refused, ...this.enabled.keys()]);
    return this.request([...this.offered.keys()].filter((name) => this.wanted.has(name) && !known.has(name)).sort());
  }

  #ls(given: string[], isContinued: boolean): Message[] {
    this.#offer(given);
    if (isContinued) return [];
    this.isListed = true;
    return this.#requestWanted();
  }

  #new(given: string[]): Message[] {
    this.#offer(given);
    for (const word of given) this.#refused.delete(partition(word, "=")[0]);
    return this.isListed ? this.#requestWanted() : [];
  }

  #offer(given: string[]): void {
    for (const word of given) {
      const [name, , value] = partition(word, "=");
      const hasRoom = this.offered.size < MOST_OFFERED || this.offered.has(name);
      if (!hasRoom || !NAME.test(name) || value.length > LONGEST_VALUE) continue;
      this.offered.set(name, value);
      if (this.enabled.has(name)) this.enabled.set(name, value);
    }
  }

  #del(names: string[]): Message[] {
    for (const name of names) {
      this.offered.delete(name);
      this.enabled.delete(name);
    }
    return [];
  }

  #ack(given: string[]): Message[] {
    for (const word of given) {
      // "~" and "=" are what servers of version 301 may put in front.
      const name = word.replace(/^[-~=]+/, "");
      const value = this.offered.get(name);
      if (word.startsWith("-")) this.enabled.delete(name);
      else if (value !== undefined) this.enabled.set(name, value);
      this.#answered(name);
    }
    return [];
  }

  #answered(name: string): void {
    const line = this.#asked.find((names) => names.includes(name));
    line?.splice(line.indexOf(name), 1);
    this.#asked = this.#asked.filter((names) => names.length > 0);
  }

  /** Of several that are refused together one may be to blame: ask for each by itself. */
  #nak(given: string[]): Message[] {
    const line = this.#lineWith(given);
    if (line === undefined) return [];
    this.#asked.splice(this.#asked.indexOf(line), 1);
    if (line.length > 1) return line.flatMap((name) => this.request([name]));
    for (const name of line) this.#refused.add(name);
    return [];
  }

  /** The request that is refused; a server need not repeat it, but answers in order. */
  #lineWith(given: string[]): string[] | undefined {
    const line = this.#asked.find((names) => given.some((word) => names.includes(word)));
    return line ?? (given.length === 0 ? this.#asked[0] : undefined);
  }

  #listed(given: string[], isContinued: boolean): Message[] {
    for (const word of given) if (this.offered.has(word)) this.#list.add(word);
    if (isContinued) return [];
    const inForce = this.#list;
    this.#list = new Set();
    for (const name of [...this.enabled.keys()]) if (!inForce.has(name)) this.enabled.delete(name);
    for (const name of inForce) this.enabled.set(name, this.offered.get(name) ?? "");
    return [];
  }
}
