/** A timeline stays one sorted list without repeats, whatever comes live, in pages, or from ourselves. */

import { expect, test } from "vitest";

import { Line } from "../../src/client/lines";
import { Timeline } from "../../src/client/timeline";
import { below, randomFrom } from "../random";

const SEEDS = Array.from({ length: 100 }, (_, seed) => seed);

function line(msgid: string, timeMs = 0, text = msgid): Line {
  return new Line("message", timeMs, { nick: "alice", text, msgid });
}

function waiting(nonce: string): Line {
  return new Line("message", 0, { nick: "bob", text: nonce, nonce, mine: true, delivery: "pending" });
}

function texts(timeline: Timeline): string[] {
  return [...timeline].map((one) => one.text);
}

function filled(...lines: Line[]): Timeline {
  const timeline = new Timeline();
  timeline.merge(lines);
  return timeline;
}

/** Sorted, without repeats, and every line is found where it stands. */
function expectWhole(timeline: Timeline): void {
  timeline.lines.forEach((one, at) => {
    expect(timeline.index(one)).toBe(at);
    if (one.msgid !== "") expect(timeline.find(one.msgid)).toBe(one);
    const [before, place] = [timeline.lines[at - 1]?.place ?? [-1, 0], one.place];
    expect(before[0] < place[0] || (before[0] === place[0] && before[1] < place[1])).toBe(true);
  });
}

test.each(SEEDS)("pages that hang together give the order of the server (%i)", (seed) => {
  const random = randomFrom(seed);
  // A server's log: its times may stand still and even go back.
  const log = Array.from({ length: 1 + below(random, 40) }, (_, at) => [String(at).padStart(4, "0"), below(random, 30)] as const);
  let low = below(random, log.length);
  let high = low + 1 + below(random, log.length - low);
  const timeline = new Timeline();
  for (const one of log.slice(low, high)) timeline.append(line(...one));
  for (let page = 0; page < 6; page++) {
    const first = below(random, low + 1);
    if (random() < 0.5) {
      timeline.merge(log.slice(first, low).map((one) => line(...one)), true);
    } else {
      const last = Math.max(low + 1, below(random, log.length + 1));
      timeline.merge(log.slice(first, last).map((one) => line(...one)));
      high = Math.max(high, last);
    }
    low = Math.min(low, first);
    expectWhole(timeline);
  }
  expect(texts(timeline)).toEqual(log.slice(low, high).map(([msgid]) => msgid));
});

test.each(SEEDS)("any mix is one sorted list (%i)", (seed) => {
  const random = randomFrom(seed);
  const timeline = new Timeline();
  const unsent: Line[] = [];
  for (let step = 0; step < 40; step++) {
    const [mine] = timeline.pending();
    switch (below(random, 6)) {
      case 0:
        timeline.append(line(`m${below(random, 20)}`, below(random, 50)));
        break;
      case 1:
        timeline.merge(Array.from({ length: below(random, 8) }, () => line(`m${below(random, 20)}`, below(random, 50))), random() < 0.5);
        break;
      case 2:
        unsent.push(waiting(`n${unsent.length}`));
        timeline.append(unsent.at(-1) as Line);
        break;
      case 3:
        if (random() < 0.3) timeline.clear();
        break;
      case 4:
        if (mine === undefined) break;
        mine.delivery = "arrived";
        timeline.settle(mine, below(random, 50), `m${below(random, 20)}`);
        break;
      default:
        if (mine === undefined) break;
        mine.delivery = "failed";
        timeline.settle(mine, below(random, 50));
    }
    expectWhole(timeline);
    // What is on its way stands behind everything, in order.
    const pending = unsent.filter((one) => one.delivery === "pending");
    expect(timeline.lines.slice(timeline.length - pending.length)).toEqual(pending);
  }
});

test("many at one time fit between two", () => {
  const timeline = filled(line("first", 5), line("last", 5));
  const inner = Array.from({ length: 300 }, (_, at) => `m${String(at).padStart(3, "0")}`);
  // Each page halves the room between the two that it falls between.
  for (let at = 299; at >= 0; at--) {
    timeline.merge([line("first", 5), line(inner[at] ?? "", 5), line(inner[at + 1] ?? "last", 5)]);
  }
  expect(texts(timeline)).toEqual(["first", ...inner, "last"]);
  expectWhole(timeline);
});

test("an older page ends where what is loaded begins, whatever its times say", () => {
  const timeline = filled(line("c", 10), line("d", 11));
  timeline.merge([line("a", 50), line("b", 60)], true);
  expect(texts(timeline)).toEqual(["a", "b", "c", "d"]);
});

test("lines without ids are known by what they say", () => {
  const timeline = filled(line("", 5, "hello"), line("", 6, "hello"));
  expect(timeline.merge([line("", 5, "hello"), line("x", 6, "hello")])).toEqual([]);
  expect(texts(timeline)).toEqual(["hello", "hello"]);
});

test("a line of ours waits behind all others and settles at the end", () => {
  const timeline = new Timeline();
  const mine = waiting("n");
  timeline.append(mine);
  timeline.append(line("a", 1));
  expect([texts(timeline), timeline.unconfirmed("n")]).toEqual([["a", "n"], mine]);
  mine.delivery = "arrived";
  timeline.settle(mine, 1, "b");
  timeline.append(line("c", 1));
  expect([texts(timeline), timeline.find("b"), timeline.unconfirmed("n"), mine.version]).toEqual([["a", "n", "c"], mine, undefined, 1]);
});

test("settling takes the place of a copy that came with history", () => {
  const timeline = new Timeline();
  const mine = waiting("n");
  timeline.append(mine);
  timeline.merge([line("a", 1), line("b", 2), line("c", 3)]);
  mine.delivery = "arrived";
  timeline.settle(mine, 2, "b");
  expect(texts(timeline)).toEqual(["a", "n", "c"]);
  expectWhole(timeline);
});

test("clearing keeps what has not arrived", () => {
  const timeline = filled(line("a", 1));
  const [failed, pending] = [waiting("f"), waiting("p")];
  timeline.append(failed);
  timeline.append(pending);
  failed.delivery = "failed";
  timeline.settle(failed, 2);
  timeline.atStart = true;
  timeline.clear();
  expect([[...timeline], timeline.atStart, timeline.find("a")]).toEqual([[failed, pending], false, undefined]);
});

test("the ends, removing and touching", () => {
  const timeline = filled(line("a", 1), line("b", 2));
  timeline.append(new Line("info", 3));
  timeline.append(waiting("n"));
  expect([timeline.oldest()?.msgid, timeline.newest()?.msgid]).toEqual(["a", "b"]);
  expect([0, 1, 2, 3].map((timeMs) => timeline.firstAfter(timeMs))).toEqual([0, 1, 2, 3]);
  expect(timeline.index(line("x", 1))).toBe(-1);
  const first = timeline.lines[0] as Line;
  const { version } = timeline;
  timeline.touch(first);
  timeline.remove(first);
  expect([timeline.find("a"), first.version, timeline.version > version]).toEqual([undefined, 1, true]);
});

test("the oldest are forgotten", () => {
  const timeline = new Timeline();
  timeline.atStart = true;
  timeline.append(waiting("n"));
  for (let number = 0; number < 100_500; number++) timeline.append(line(`${number}`, number));
  expect(timeline.length).toBeLessThanOrEqual(100_000);
  expect([timeline.atStart, texts(timeline).slice(-2), timeline.find("0")]).toEqual([false, ["100499", "n"], undefined]);
});
