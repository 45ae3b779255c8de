/** The time of live text in a Network: letters that wait go out, and those of others are played, without a word. */

import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { Socket } from "../../src/client/connection";
import type { Event } from "../../src/client/events";
import { Network } from "../../src/client/network";
import { makeIdentity } from "../../src/client/registration";

class Played implements Socket {
  readonly readyState = 1;
  onopen: Socket["onopen"] = null;
  onmessage: Socket["onmessage"] = null;
  onerror: Socket["onerror"] = null;
  onclose: Socket["onclose"] = null;
  sent: string[] = [];

  send(text: string): void {
    this.sent.push(text);
  }

  close(): void {
    this.onclose = null;
  }

  say(...lines: string[]): void {
    for (const data of lines) this.onmessage?.({ data });
  }

  /** Lines with live text since the last time. */
  letters(): string[] {
    return this.sent.splice(0).flatMap((line) => /\+hubbub\.chat\/live=\S+?\/([^;/ ]+) TAGMSG/.exec(line)?.[1] ?? []);
  }
}

let socket: Played;
let network: Network;
let events: Event[];

beforeEach(async () => {
  vi.useFakeTimers();
  events = [];
  const openSocket = (): Socket => (socket = new Played());
  network = new Network(makeIdentity({ nick: "alice" }), (news) => void events.push(...news), { url: "ws://chat.example/irc", openSocket });
  network.session.live.wanted.set("*", true);
  network.start();
  socket.onopen?.({} as never);
  socket.say(":s CAP * LS :message-tags hubbub.chat/live=max-bytes=1500", ":s CAP * ACK :message-tags hubbub.chat/live", ":s 001 alice :Hi", ":s 422 alice :No");
  socket.say(":alice!a@h JOIN #tea", ":s 353 alice = #tea :alice bob", ":s 366 alice #tea :End", ":s LIVE ON #tea", ":s LIVE AUDIENCE #tea 1 :bob");
  await vi.advanceTimersByTimeAsync(0);
});
afterEach(() => {
  network.stop();
  vi.useRealTimers();
});

test("what is wanted is said when we come, and in every room", () => {
  expect(socket.sent.filter((line) => line.startsWith("LIVE"))).toEqual(["LIVE ON", "LIVE ON #tea"]);
});

test("letters go out at once, then every 100 ms, and nothing is left running at the end", async () => {
  const tea = network.chat.open("#tea");
  socket.letters();
  network.session.live.typed(tea, "h");
  await vi.advanceTimersByTimeAsync(0);
  expect(socket.letters()).toEqual(["n+0,1,h"]);
  network.session.live.typed(tea, "he");
  await vi.advanceTimersByTimeAsync(60);
  network.session.live.typed(tea, "hey");
  expect(socket.letters()).toEqual([]);
  await vi.advanceTimersByTimeAsync(41);
  expect(socket.letters()).toEqual(["e+1,1,e~60+2,1,y"]);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(socket.letters()).toEqual(["r+0,3,hey"]);
  network.stop();
  expect(vi.getTimerCount()).toBe(0);
});

test("letters of others are played as they were typed", async () => {
  const tea = network.chat.open("#tea");
  const shown = (): string[] => network.session.live.lines(tea).map(({ line }) => line.shown);
  socket.say("@+hubbub.chat/live=x/0/n+0,1,a~50+1,1,b~50+2,1,c :bob!b@h TAGMSG #tea");
  await vi.advanceTimersByTimeAsync(0);
  expect(shown()).toEqual(["a"]);
  events.length = 0;
  await vi.advanceTimersByTimeAsync(51);
  expect([shown(), events.filter(({ kind }) => kind === "live").length]).toEqual([["ab"], 1]);
  await vi.advanceTimersByTimeAsync(51);
  expect(shown()).toEqual(["abc"]);
});
