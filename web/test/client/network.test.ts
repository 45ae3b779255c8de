/** Connecting and coming back: against a real server over WebSocket, and against sockets that a test plays. */

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";

import type { Socket } from "../../src/client/connection";
import type { Event } from "../../src/client/events";
import { isSafe, Network, type NetworkOptions } from "../../src/client/network";
import { makeIdentity } from "../../src/client/registration";
import { PYTHON } from "../python";
import { Server } from "./server";

const networks: Network[] = [];
let events: Event[] = [];

function enter(nick: string, options: NetworkOptions): Network {
  const network = new Network(makeIdentity({ nick }), (news) => void events.push(...news), options);
  networks.push(network);
  network.start();
  return network;
}

function texts(network: Network, name: string): string[] {
  return [...(network.chat.find(name)?.timeline ?? [])].filter((line) => line.isSaid).map((line) => line.text);
}

beforeEach(() => {
  events = [];
});
afterEach(() => networks.splice(0).forEach((network) => network.stop()));

describe.skipIf(PYTHON === null)("a real server", () => {
  const server = new Server();
  beforeAll(() => server.start());
  afterAll(async () => {
    await server.stop("SIGTERM");
    server.forget();
  });

  test("two talk, the server dies and comes back, nothing is lost or repeated", async () => {
    const options = { url: server.url, firstPauseMs: 50 };
    const [alice, bob] = [enter("alice", options), enter("bob", options)];
    await vi.waitFor(() => expect([alice, bob].map((one) => one.chat.find("#lobby")?.loading)).toEqual([false, false]), 5_000);
    const room = alice.chat.open("#lobby");
    const [line] = alice.session.say(room, "hello\nbob");
    await vi.waitFor(() => expect([line?.delivery, texts(bob, "#lobby")]).toEqual(["arrived", ["hello\nbob"]]), 5_000);

    await server.stop();
    await vi.waitFor(() => expect(alice.phase).toBe("waiting"), 5_000);
    alice.session.say(room, "typed while it was away");
    await server.start();
    alice.reconnectNow();
    await vi.waitFor(() => expect(texts(bob, "#lobby")).toEqual(["hello\nbob", "typed while it was away"]), 15_000);
    await vi.waitFor(() => expect(texts(alice, "#lobby")).toEqual(texts(bob, "#lobby")), 5_000);
    expect([...alice.session.rooms.keys()]).toEqual(["#lobby"]);
  }, 40_000);

  test("a good-bye is said", async () => {
    const options = { url: server.url };
    const [carol, dave] = [enter("carol", options), enter("dave", options)];
    await vi.waitFor(() => expect(dave.chat.find("#lobby")?.member("carol")).toBeDefined(), 5_000);
    carol.stop("see you");
    await vi.waitFor(() => expect(dave.chat.find("#lobby")?.timeline.lines.at(-1)?.kind).toBe("quit"), 5_000);
    expect(dave.chat.find("#lobby")?.timeline.lines.at(-1)?.text).toContain("see you");
    expect([carol.phase, events.some((event) => event.kind === "phase" && event.phase === "ended")]).toEqual(["ended", true]);
  });
});

// -- sockets of a play ----------------------------------------------------------------------------------------

class Played implements Socket {
  readonly readyState = 1;
  onopen: Socket["onopen"] = null;
  onmessage: Socket["onmessage"] = null;
  onerror: Socket["onerror"] = null;
  onclose: Socket["onclose"] = null;
  sent: string[] = [];
  isClosed = false;

  send(text: string): void {
    this.sent.push(text);
  }

  close(): void {
    this.isClosed = true;
  }

  open(): void {
    this.onopen?.({} as never);
  }

  say(...lines: string[]): void {
    for (const data of lines) this.onmessage?.({ data });
  }

  lose(reason = ""): void {
    this.onclose?.({ code: 1006, reason });
  }
}

describe("sockets of a play", () => {
  let sockets: Played[] = [];
  const latest = (): Played => sockets.at(-1) as Played;
  const options: NetworkOptions = {
    url: "ws://chat.example/irc",
    openSocket: () => {
      sockets.push(new Played());
      return latest();
    },
  };
  const welcome = [":s 001 alice :Welcome", ":s 422 alice :No MOTD"];

  beforeEach(() => {
    sockets = [];
    vi.useFakeTimers();
  });
  afterEach(() => vi.useRealTimers());

  async function arrive(): Promise<Network> {
    const network = enter("alice", options);
    latest().open();
    latest().say(":s CAP * LS :", ...welcome);
    await vi.advanceTimersByTimeAsync(0);
    return network;
  }

  test("attempts come more and more slowly, with a bound, and quickly again after success", async () => {
    const network = enter("alice", options);
    const pauses: number[] = [];
    for (let attempt = 0; attempt < 8; attempt++) {
      const before = Date.now();
      const known = sockets.length;
      latest().lose();
      expect(network.phase).toBe("waiting");
      while (sockets.length === known) await vi.advanceTimersByTimeAsync(10);
      pauses.push((Date.now() - before) / 1_000);
    }
    [1, 2, 4, 8, 16, 30, 30, 30].forEach((middle, at) => {
      expect(pauses[at]).toBeGreaterThanOrEqual(middle * 0.75);
      expect(pauses[at]).toBeLessThanOrEqual(middle * 1.25 + 0.02);
    });
    latest().open();
    latest().say(...welcome);
    latest().lose();
    const known = sockets.length;
    await vi.advanceTimersByTimeAsync(1_300);
    expect(sockets.length).toBe(known + 1);
  });

  test("the wait is told", async () => {
    enter("alice", options);
    latest().lose();
    await vi.advanceTimersByTimeAsync(0);
    const phases = events.filter((event) => event.kind === "phase");
    expect(phases.map((event) => event.phase)).toEqual(["connecting", "waiting"]);
    expect(phases.at(-1)?.reason).toBe("the server can't be reached");
    expect(phases.at(-1)?.retryAt).toBeGreaterThan(Date.now());
  });

  test("a silent server is asked, and given up when it stays silent", async () => {
    const network = await arrive();
    await vi.advanceTimersByTimeAsync(16_000);
    expect(latest().sent.at(-1)).toBe("PING :alive");
    latest().say("PONG s :alive");
    await vi.advanceTimersByTimeAsync(12_000);
    expect(network.phase).toBe("online");
    await vi.advanceTimersByTimeAsync(16_000);
    expect([network.phase === "online", sockets[0]?.isClosed]).toEqual([false, true]);
  });

  test("a server that answers nothing at all is given up", async () => {
    enter("alice", options);
    await vi.advanceTimersByTimeAsync(10_500);
    const reasons = events.flatMap((event) => (event.kind === "phase" ? [event.reason] : []));
    expect([sockets[0]?.isClosed, reasons]).toEqual([true, ["", "the server does not answer"]]);
  });

  test("a server that lets nobody in is given up, but not while a name is asked for", async () => {
    const network = enter("alice", options);
    latest().open();
    const talk = setInterval(() => latest().say(":s NOTICE * :wait"), 5_000);
    await vi.advanceTimersByTimeAsync(34_000);
    expect(sockets.length).toBeGreaterThan(1);
    network.reconnectNow();
    latest().open();
    latest().say(":s 433 * alice :Taken");
    const known = sockets.length;
    await vi.advanceTimersByTimeAsync(60_000);
    clearInterval(talk);
    expect([sockets.length, network.session.asksName]).toEqual([known, true]);
  });

  test("a line without end ends it", async () => {
    const network = await arrive();
    latest().say("x".repeat(70_000));
    expect(network.phase).toBe("waiting");
  });

  test("the reason of the server is told, and a reason to stay out", async () => {
    const network = enter("alice", options);
    latest().open();
    latest().say("ERROR :Closing link: 127.0.0.1 (Too many connections)");
    latest().lose();
    await vi.advanceTimersByTimeAsync(0);
    expect(events.filter((event) => event.kind === "phase").at(-1)).toMatchObject({ phase: "waiting", reason: "Too many connections" });
    network.stop();
    expect(network.phase).toBe("ended");
  });

  test("what an old connection says later is nothing to us", async () => {
    const network = await arrive();
    const old = latest();
    network.reconnectNow();
    old.say(":x!y@z PRIVMSG alice :ghost");
    old.lose();
    expect([network.chat.find("x"), network.phase]).toEqual([undefined, "connecting"]);
    expect(sockets).toHaveLength(2);
  });

  test("no password goes out in clear", async () => {
    const network = new Network(makeIdentity({ nick: "alice", password: "secret horse" }), () => undefined, options);
    networks.push(network);
    network.start();
    latest().open();
    latest().say("CAP * LS :sasl=PLAIN", "CAP * ACK :sasl");
    await vi.advanceTimersByTimeAsync(0);
    expect(latest().sent.join()).not.toMatch(/secret|AUTHENTICATE/);
  });
});

test.each([
  ["wss://chat.example/irc", true],
  ["ws://localhost:1313/irc", true],
  ["ws://127.0.0.1/irc", true],
  ["ws://[::1]:1313/irc", true],
  ["ws://chat.example/irc", false],
  ["ws://127.0.0.1.example/irc", false],
])("%s is safe for passwords: %s", (url, expected) => expect(isSafe(url)).toBe(expected));
