/** Which messages belong together, as they come, in whatever order. */

import { describe, expect, it } from "vitest";

import { Line, type LineFields } from "../../src/client/lines";
import { MOST_IN_THREAD, MOST_REPLIES, Threads } from "../../src/app/threads";
import { below, randomFrom } from "../random";

const NOBODY: ReadonlySet<string> = new Set();

/** A message at that time; its id is given, or nothing yet. */
function said(msgid: string, timeMs: number, fields: LineFields = {}): Line {
  const line = new Line("message", timeMs, { nick: "ann", text: msgid, msgid, ...fields });
  line.place = [timeMs, timeMs];
  return line;
}

function reply(msgid: string, replyTo: string, timeMs: number, fields: LineFields = {}): Line {
  return said(msgid, timeMs, { replyTo, ...fields });
}

function fed(...lines: Line[]): Threads {
  const threads = new Threads();
  for (const line of lines) threads.add(line);
  return threads;
}

function texts(threads: Threads, root: string): string[] {
  return threads.replies(root, NOBODY).map((line) => line.text);
}

describe("what belongs together", () => {
  it("is every reply, and every reply to a reply, by time", () => {
    const threads = fed(said("a", 1), reply("b", "a", 2), said("x", 3), reply("d", "b", 5), reply("c", "a", 4));
    expect(texts(threads, "a")).toEqual(["b", "c", "d"]);
    expect(threads.rootOf("d")).toBe("a");
    expect(threads.rootOf("x")).toBe("x");
    expect(threads.summary("a", NOBODY)).toMatchObject({ count: 3, lastMs: 5 });
    expect(threads.summary("x", NOBODY)).toBeNull();
    expect(threads.summary("b", NOBODY)).toBeNull();
  });

  it("grows upwards with older pages", () => {
    const threads = fed(reply("d", "c", 4));
    expect(threads.rootOf("d")).toBe("c");
    threads.addAll([said("a", 1), reply("b", "a", 2), reply("c", "b", 3)]);
    expect(texts(threads, "a")).toEqual(["b", "c", "d"]);
    expect(threads.size).toBe(1);
  });

  it("does not depend on the order in which it comes", () => {
    const chance = randomFrom(7);
    for (let round = 0; round < 50; round++) {
      const lines = [said("m0", 0)];
      for (let at = 1; at < 40; at++) {
        const above = below(chance, at);
        lines.push(chance() < 0.7 ? reply(`m${at}`, `m${above}`, at) : said(`m${at}`, at));
      }
      const inOrder = fed(...lines);
      const shuffled = fed(...[...lines].sort(() => chance() - 0.5));
      for (const { msgid } of lines) {
        expect(shuffled.rootOf(msgid)).toBe(inOrder.rootOf(msgid));
        expect(texts(shuffled, msgid)).toEqual(texts(inOrder, msgid));
      }
    }
  });

  it("is no circle", () => {
    const threads = fed(reply("a", "b", 1), reply("b", "a", 2), reply("c", "c", 3));
    expect(threads.rootOf("a")).toBe("b");
    expect(threads.rootOf("b")).toBe("b");
    expect(threads.rootOf("c")).toBe("c");
    expect(threads.size).toBe(1);
  });

  it("is counted once, whatever comes again", () => {
    const threads = fed(reply("b", "a", 2), reply("b", "a", 2), reply("b", "x", 2));
    expect(threads.summary("a", NOBODY)?.count).toBe(1);
    expect(threads.summary("x", NOBODY)).toBeNull();
  });
});

describe("what becomes of replies", () => {
  it("counts them when they have arrived", () => {
    const own = reply("", "a", 2, { nonce: "n1", mine: true, delivery: "pending" });
    const threads = fed(own);
    expect(threads.summary("a", NOBODY)).toBeNull();
    expect(threads.replies("a", NOBODY)).toEqual([own]);
    own.msgid = "b";
    own.delivery = "arrived";
    threads.add(own);
    expect(threads.replies("a", NOBODY)).toEqual([own]);
    expect(threads.summary("a", NOBODY)?.count).toBe(1);
  });

  it("does not take another's nonce for ours", () => {
    const own = reply("", "a", 2, { nonce: "n1", mine: true, delivery: "pending" });
    const threads = fed(own, reply("z", "x", 3, { nonce: "n1" }));
    expect(threads.replies("a", NOBODY)).toEqual([own]);
  });

  it("counts none that was taken back, and shows it all the same", () => {
    const line = reply("b", "a", 2);
    const threads = fed(line, reply("c", "a", 3));
    line.redacted = true;
    line.replyTo = line.text = "";
    threads.add(line);
    expect(threads.summary("a", NOBODY)).toMatchObject({ count: 1, lastMs: 3 });
    expect(threads.replies("a", NOBODY)).toHaveLength(2);
  });

  it("leaves out who is ignored", () => {
    const threads = fed(reply("b", "a", 2, { nick: "Bob" }), reply("c", "a", 3));
    expect(threads.summary("a", new Set(["bob"]))).toMatchObject({ count: 1, lastMs: 3 });
    expect(threads.replies("a", new Set(["bob"]))).toHaveLength(1);
  });
});

describe("news", () => {
  it("is what others said since the line, until somebody looks", () => {
    const threads = fed(reply("b", "a", 2), reply("c", "a", 4), reply("d", "a", 5, { mine: true }), reply("y", "x", 6));
    expect(threads.recent(NOBODY, 3).map(({ root, fresh }) => [root, fresh])).toEqual([["x", 1], ["a", 1]]);
    expect(threads.news(NOBODY, 3)).toBe(2);
    expect(threads.news(NOBODY, Infinity)).toBe(0);
    threads.seen("a");
    expect(threads.news(NOBODY, 3)).toBe(1);
    expect(threads.recent(NOBODY, 3).map(({ root, fresh }) => [root, fresh])).toEqual([["x", 1], ["a", 0]]);
    threads.add(reply("e", "a", 7));
    expect(threads.summary("a", NOBODY, 3)?.fresh).toBe(1);
    expect(threads.summary("a", NOBODY)?.fresh).toBe(0);
  });
});

describe("bounds", () => {
  it("forgets the oldest of a thread that has no end, and says so", () => {
    const threads = new Threads();
    for (let at = 1; at <= MOST_IN_THREAD * 2; at++) threads.add(reply(`m${at}`, "a", at));
    const summary = threads.summary("a", NOBODY);
    expect(summary?.count).toBeLessThanOrEqual(MOST_IN_THREAD);
    expect(summary?.isCut).toBe(true);
    expect(threads.replies("a", NOBODY).at(-1)?.msgid).toBe(`m${MOST_IN_THREAD * 2}`);
  });

  it("forgets the threads that were quiet longest", () => {
    const threads = new Threads();
    for (let at = 1; at <= MOST_REPLIES + 1; at++) threads.add(reply(`m${at}`, `root${at}`, at));
    expect(threads.size).toBeLessThanOrEqual(MOST_REPLIES);
    expect(threads.rootOf("m1")).toBe("m1");
    expect(threads.rootOf(`m${MOST_REPLIES + 1}`)).toBe(`root${MOST_REPLIES + 1}`);
  });

  it("takes a message in no time, however many there were", () => {
    const threads = new Threads();
    for (let at = 1; at <= MOST_REPLIES; at++) threads.add(reply(`m${at}`, `root${at % 900}`, at));
    let looked = 0;
    const line = reply("new", "root5", MOST_REPLIES + 1);
    const counting = new Proxy(line, { get: (target, name) => ((looked += 1), Reflect.get(target, name) as unknown) });
    const others = threads.replies("root7", NOBODY)[0] as Line;
    Object.defineProperty(others, "timeMs", { get: () => expect.fail("an old line was looked at") });
    threads.add(counting);
    expect(looked).toBeLessThan(20);
    expect(threads.rootOf("new")).toBe("root5");
  });
});
