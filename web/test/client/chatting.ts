/**
 * A client's Session on a whole server (world.py): both without sockets, so that a test decides when the wire breaks.
 *
 *     const alice = await Chatting.enter(world, "alice");
 *     await alice.say("#lobby", "hello");
 */

import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";

import type { Chat, Conversation } from "../../src/client/chat";
import type { Event } from "../../src/client/events";
import type { Line } from "../../src/client/lines";
import { makeIdentity } from "../../src/client/registration";
import { Session } from "../../src/client/session";
import { parse } from "../../src/irc/wire";
import { PYTHON, PYTHON_ENV } from "../python";

interface Answer {
  result: unknown;
  now_ms: number;
}

export class World {
  nowMs = 0;
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #answers: ((line: string) => void)[] = [];
  #errors = "";

  constructor() {
    this.#process = spawn(PYTHON ?? "python3", [join(import.meta.dirname, "world.py")], { env: PYTHON_ENV });
    this.#process.stderr.on("data", (data: Buffer) => (this.#errors += data.toString()));
    this.#process.on("exit", () => this.#answers.splice(0).forEach((answer) => answer("")));
    createInterface(this.#process.stdout).on("line", (line) => this.#answers.shift()?.(line));
  }

  async reset(settings: Record<string, unknown>): Promise<void> {
    await this.ask({ do: "new", settings });
  }

  async ask(question: Record<string, unknown>): Promise<unknown> {
    this.#process.stdin.write(`${JSON.stringify(question)}\n`);
    const line = await new Promise<string>((resolve) => this.#answers.push(resolve));
    if (line === "") throw new Error(`the server of the test is gone: ${this.#errors}`);
    const answer = JSON.parse(line) as Answer;
    this.nowMs = answer.now_ms;
    return answer.result;
  }

  end(): void {
    this.#process.stdin.end();
  }
}

export interface Options {
  password?: string;
  rooms?: Record<string, string>;
  /** By name, up to when a guest has read on this device. */
  read?: Record<string, number>;
}

let nonces = 0;

/** Somebody with a client of ours. */
export class Chatting {
  events: Event[] = [];
  readonly session: Session;
  /** null: the connection is gone. */
  wire: number | null = null;
  readonly #world: World;

  private constructor(world: World, nick: string, options: Options) {
    this.#world = world;
    this.session = new Session(makeIdentity({ nick, password: options.password ?? "" }), {
      nowMs: () => world.nowMs,
      nonce: () => `n${(nonces += 1)}`,
      rooms: new Map(Object.entries(options.rooms ?? {})),
      readBefore: (name) => options.read?.[name] ?? 0,
    });
  }

  static async enter(world: World, nick: string, options: Options = {}): Promise<Chatting> {
    const made = new Chatting(world, nick, options);
    await made.connect();
    return made;
  }

  get chat(): Chat {
    return this.session.chat;
  }

  // -- the wire -----------------------------------------------------------------------------------------------

  async connect(): Promise<void> {
    await this.dial();
    await this.run();
  }

  async dial(): Promise<void> {
    this.wire = (await this.#world.ask({ do: "open" })) as number;
    this.session.connected(true);
  }

  /** Let both sides speak until nobody has anything to say. */
  async run(): Promise<void> {
    while ((await this.deliver()) || (await this.collect()));
  }

  /** What the client has to say reaches the server; its answers wait. */
  async deliver(): Promise<boolean> {
    const lines = this.session.takeMessages().map((message) => message.toLine());
    if (this.wire === null || lines.length === 0) return false;
    this.#waiting.push(...(await this.#exchange(this.wire, lines)));
    return true;
  }

  readonly #waiting: string[] = [];

  /** What the server has said reaches the client. */
  async collect(): Promise<boolean> {
    if (this.wire !== null) this.#waiting.push(...(await this.#exchange(this.wire, [])));
    const lines = this.#waiting.splice(0);
    for (const line of lines) this.session.received(parse(line));
    this.events.push(...this.session.takeEvents());
    return lines.length > 0;
  }

  async #exchange(number: number, lines: string[]): Promise<string[]> {
    return (await this.#world.ask({ do: "exchange", number, lines })) as string[];
  }

  /** The wire breaks; what was on it is lost in both directions. */
  async lose(): Promise<void> {
    this.session.takeMessages();
    this.#waiting.length = 0;
    await this.#world.ask({ do: "leave", number: this.wire });
    this.wire = null;
    this.session.disconnected();
    this.events.push(...this.session.takeEvents());
  }

  // -- the chat -----------------------------------------------------------------------------------------------

  conversation(name: string): Conversation {
    const found = this.chat.find(name);
    if (found === undefined) throw new Error(`${this.chat.nick} knows no ${name}`);
    return found;
  }

  async say(name: string, text: string): Promise<Line[]> {
    await this.#world.ask({ do: "advance", seconds: 0.001 });
    const lines = this.session.say(this.chat.find(name) ?? this.session.converse(name), text);
    await this.run();
    return lines;
  }

  texts(name: string): string[] {
    return [...this.conversation(name).timeline].filter((line) => line.isSaid).map((line) => line.text);
  }

  /** The events of this kind since the last time. */
  told<K extends Event["kind"]>(kind: K): Extract<Event, { kind: K }>[] {
    const is = (event: Event): event is Extract<Event, { kind: K }> => event.kind === kind;
    const found = this.events.filter(is);
    this.events = this.events.filter((event) => !is(event));
    return found;
  }
}

export async function allRun(...people: Chatting[]): Promise<void> {
  let isQuiet = false;
  while (!isQuiet) {
    isQuiet = true;
    for (const person of people) {
      if ((await person.deliver()) || (await person.collect())) isQuiet = false;
    }
  }
}
