// @vitest-environment happy-dom
/** The model over a real Session, whose server is played line by line. */

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { Event } from "../../src/client/events";
import type { Network } from "../../src/client/network";
import { Session } from "../../src/client/session";
import { parse } from "../../src/irc/wire";
import { editLast, say, takeBack, UNDO_MS } from "../../src/app/messages";
import { Model } from "../../src/app/model";
import type { Destination } from "../../src/app/links";
import { Memory } from "../../src/app/storage";

class Played {
  readonly keeping = new Memory();
  readonly announced: string[] = [];
  isLooking = true;
  session!: Session;
  rooms = new Map<string, string>();
  onEvents!: (events: Event[]) => void;

  model(to: Destination = { kind: "home" }): Model {
    return new Model({
      keeping: this.keeping,
      destination: to,
      connect: (identity, onEvents, { rooms, readBefore }) => {
        let nonce = 0;
        this.rooms = rooms;
        this.onEvents = onEvents;
        this.session = new Session(identity, { nowMs: () => Date.now(), nonce: () => `n${++nonce}`, rooms, readBefore, wake: () => undefined });
        const { session } = this;
        return { session, chat: session.chat, start: () => session.connected(false), stop: () => undefined } as unknown as Network;
      },
      lookUp: async (token) => (token === "good" ? "#secret" : ""),
      isLooking: () => this.isLooking,
      announce: (notice) => void this.announced.push(notice.title),
      now: () => Date.now(),
    });
  }

  serve(...lines: string[]): void {
    vi.advanceTimersByTime(10);
    for (const line of lines) this.session.received(parse(line));
    this.onEvents(this.session.takeEvents());
  }

  /** As a server that can do nothing but what RFC 1459 says. */
  welcome(nick = "me", ...rooms: string[]): void {
    this.serve(`:s 421 ${nick} CAP :Unknown command`, `:s 001 ${nick} :hi`, `:s 422 ${nick} :no MOTD`);
    for (const room of rooms) this.serve(`:${nick}!u@h JOIN ${room}`, `:s 353 ${nick} = ${room} :${nick} ann`, `:s 366 ${nick} ${room} :end`);
  }

  sent(): string[] {
    return this.session.takeMessages().map((message) => message.toLine());
  }
}

let played: Played;

beforeEach(() => {
  vi.useFakeTimers();
  played = new Played();
});
afterEach(() => void vi.useRealTimers());

async function come(model: Model, ...rooms: string[]): Promise<void> {
  model.start();
  await model.enter("me");
  played.welcome("me", ...rooms);
}

describe("coming in", () => {
  it("asks for a name on the first visit, and leads into the lobby", async () => {
    const model = played.model();
    model.start();
    expect(model.welcome.value).toMatchObject({ busy: false, refused: null });
    await model.enter(" me ");
    expect([...played.rooms.keys()]).toEqual(["#lobby"]);
    played.welcome("me", "#lobby");
    expect(model.welcome.value).toBeNull();
    expect(model.current.value?.title).toBe("#lobby");
  });

  it("asks nothing on the next one, and is where one was", async () => {
    await come(played.model(), "#lobby", "#garden");
    const model = played.model();
    model.start();
    await Promise.resolve();
    expect(model.welcome.value).toBeNull();
    played.welcome("me", "#garden", "#lobby");
    expect([...played.rooms.keys()].sort()).toEqual(["#garden", "#lobby"]);
    expect(model.settings.now.nick).toBe("me");
  });

  it("is where one was also if there are people, who are there before the rooms", async () => {
    const before = played.model();
    await come(before, "#a", "#b");
    before.open("ann");
    played.serve();
    before.go(before.windows.find("#b") ?? null);
    const model = played.model();
    model.start();
    await Promise.resolve();
    played.welcome("me", "#a", "#b");
    expect([...model.windows].map((window) => window.title)).toEqual(["#a", "#b", "ann", "Server"]);
    expect(model.current.value?.title).toBe("#b");
  });

  it("reads on from where a guest had read to, and forgets that when they log out", async () => {
    const before = played.model();
    await come(before, "#a");
    played.serve("@msgid=1 :ann!u@h PRIVMSG #a :me: look");
    vi.advanceTimersByTime(1_000);
    const { readMs } = played.session.chat.find("#a") as { readMs: number };
    played.serve("@msgid=2 :ann!u@h PRIVMSG #a :not seen");
    before.flush();
    const model = played.model();
    model.start();
    await Promise.resolve();
    played.welcome("me", "#a");
    expect(played.session.chat.find("#a")?.readMs).toBe(readMs);
    expect(model.marks.of("#A")).toBe(readMs);
    model.marks.forget();
    expect(played.model().marks.of("#a")).toBe(0);
  });

  it("goes where the address leads", async () => {
    const model = played.model({ kind: "room", name: "#garden" });
    await come(model, "#lobby", "#garden");
    expect(model.current.value?.title).toBe("#garden");
  });

  it("brings the token of an invitation as the key", async () => {
    const model = played.model({ kind: "invite", token: "good" });
    await come(model, "#secret");
    expect(played.rooms.get("#secret")).toBe("good");
    const other = played.model({ kind: "invite", token: "bad" });
    await come(other);
    expect(other.notices.value[0]?.text).toContain("invitation");
  });

  it("shows who has the name, in place", async () => {
    const model = played.model();
    model.start();
    await model.enter("me");
    played.serve(":s 433 * me :Nickname is already in use");
    expect(model.welcome.value).toMatchObject({ busy: false, refused: { name: "me" } });
  });
});

describe("windows", () => {
  it("counts what is said elsewhere, and reads it when it is seen", async () => {
    const model = played.model();
    await come(model, "#a", "#b");
    model.go(model.windows.find("#a") ?? null);
    played.serve(":ann!u@h PRIVMSG #b :me: look", ":ann!u@h PRIVMSG #b :and more");
    expect(model.unread.value).toEqual({ badge: 1, any: true });
    model.go(model.windows.find("#b") ?? null);
    expect(model.windows.find("#b")?.divider?.text).toBe("me: look");
    vi.advanceTimersByTime(1_000);
    played.serve();
    expect(model.unread.value).toEqual({ badge: 0, any: false });
  });

  it("leaves unread what was marked so, until one comes back or says that it is read", async () => {
    const model = played.model();
    await come(model, "#a", "#b");
    const [a, b] = ["#a", "#b"].map((name) => model.windows.find(name) ?? null);
    if (a === null || a === undefined) throw new Error("no #a");
    model.go(a);
    played.serve("@msgid=1 :ann!u@h PRIVMSG #a :one");
    played.serve("@msgid=2 :ann!u@h PRIVMSG #a :me: two");
    vi.advanceTimersByTime(1_000);
    const two = a.conversation.timeline.find("2");
    if (two === undefined) throw new Error("not said");
    const pass = (): void => {
      vi.advanceTimersByTime(1_000);
      played.serve();
    };
    const mark = (): void => {
      model.markUnread(a, two);
      pass();
      model.readSoon();
      pass();
    };
    mark();
    expect([model.unread.value.badge, a.divider]).toEqual([1, two]);
    model.markRead(a);
    pass();
    expect(model.unread.value.badge).toBe(0);
    mark();
    model.go(b ?? null);
    pass();
    expect(model.unread.value.badge).toBe(1);
    model.go(a);
    pass();
    expect(model.unread.value.badge).toBe(0);
    mark();
    model.markAllRead();
    pass();
    expect([model.unread.value.badge, a.divider]).toEqual([0, null]);
  });

  it("reads nothing while nobody looks, and asks once whether to tell", async () => {
    const model = played.model();
    await come(model, "#a");
    played.isLooking = false;
    model.settings.change({ notify: "mentions" });
    played.serve(":ann!u@h PRIVMSG #a :me: look");
    vi.advanceTimersByTime(1_000);
    expect(model.unread.value.badge).toBe(1);
    expect(played.announced).toEqual(["ann in #a"]);
    expect(model.asksToNotify.value).toBe(true);
  });

  it("stays where somebody is when another room opens", async () => {
    const model = played.model();
    await come(model, "#a");
    played.serve(":me!u@h JOIN #z");
    expect(model.current.value?.title).toBe("#a");
    model.open("#y");
    expect(played.sent().some((line) => line.includes("JOIN #y"))).toBe(true);
    played.serve(":me!u@h JOIN #y");
    expect(model.current.value?.title).toBe("#y");
  });

  it("forgets rooms that are left", async () => {
    const model = played.model();
    await come(model, "#a", "#b");
    played.serve(":me!u@h PART #b");
    expect(Object.keys(model.settings.now.rooms)).not.toContain("#b");
  });
});

describe("messages", () => {
  it("keeps a draft through an edit", async () => {
    const model = played.model();
    await come(model, "#a");
    const window = model.window;
    if (window === null) throw new Error("no window");
    expect(editLast(model, window)).toBe(false);
    expect(say(model, window.conversation, "hello")).toBe(true);
    expect(window.conversation.timeline.lines.at(-1)).toMatchObject({ text: "hello", delivery: "pending" });
  });

  it("takes back only after a while", async () => {
    const model = played.model();
    await come(model, "#a");
    played.serve("@msgid=1 :ann!u@h PRIVMSG #a :oops");
    const conversation = model.window?.conversation;
    const line = conversation?.timeline.lines.find((one) => one.text === "oops");
    if (conversation === undefined || line === undefined) throw new Error("no line");
    played.sent();
    takeBack(model, conversation, line);
    model.notices.value[0]?.action?.act();
    vi.advanceTimersByTime(2 * UNDO_MS);
    expect(played.sent().filter((sent) => sent.includes("REDACT"))).toEqual([]);
    takeBack(model, conversation, line);
    expect(model.going.value.has(line)).toBe(true);
    vi.advanceTimersByTime(UNDO_MS + 1);
    expect(played.sent().filter((sent) => sent.includes("REDACT"))).toHaveLength(1);
  });
});
