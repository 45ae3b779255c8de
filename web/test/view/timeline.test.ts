import { beforeEach, describe, expect, it } from "vitest";

import { Line, type Kind, type LineFields } from "../../src/client/lines";
import { Timeline } from "../../src/client/timeline";
import { condensed, happened, type Words } from "../../src/view/timeline/condensed";
import { Rows, type Given } from "../../src/view/timeline/rows";
import { Viewport } from "../../src/view/timeline/viewport";

const NOON = new Date(2026, 5, 1, 12).getTime();
const GIVEN: Given = { divider: null, coming: "smart", ignored: new Set(), ignoredVersion: 0 };
let timeline: Timeline;
let number = 0;

beforeEach(() => {
  timeline = new Timeline();
});

function add(kind: Kind, nick: string, minutes: number, given: LineFields = {}): Line {
  const line = new Line(kind, NOON + minutes * 60_000, { nick, text: `line ${++number}`, msgid: `m${number}`, ...given });
  timeline.append(line);
  return line;
}

function rowsOf(given: Partial<Given> = {}): Rows {
  const rows = new Rows();
  rows.update(timeline.lines, { ...GIVEN, ...given });
  return rows;
}

describe("Viewport", () => {
  function viewport(rowPx: number): Viewport {
    const made = new Viewport();
    made.height = 400;
    made.update(timeline.lines, GIVEN);
    made.measured(new Map(made.rows.rows.map((row) => [row, rowPx])));
    return made;
  }

  it("keeps what was put there, also where that is the end until images come", () => {
    for (let at = 0; at < 30; at++) add("message", at % 2 === 0 ? "ann" : "bob", at);
    const reading = timeline.lines[22] as Line;
    const view = viewport(30);
    view.put(reading, 12, true);
    view.settled();
    expect([view.following, view.top]).toEqual([false, view.last]);
    // What stands below becomes as high as it was.
    view.measured(new Map(view.rows.rows.slice(23).map((row) => [row, 200])));
    view.settled();
    expect([view.following, view.top]).toEqual([false, 22 * 30 - 12]);
    expect(view.edge?.line).toBe(reading);
    view.release();
    expect([view.following, view.top]).toEqual([false, 22 * 30 - 12]);
  });

  it("follows the end where it is put without waiting, and once it need not wait any more", () => {
    for (let at = 0; at < 30; at++) add("message", at % 2 === 0 ? "ann" : "bob", at);
    const line = timeline.lines[28] as Line;
    const view = viewport(30);
    view.put(line, 12);
    view.settled();
    expect(view.following).toBe(true);
    view.put(line, 12, true);
    view.settled();
    expect(view.following).toBe(false);
    view.release();
    expect(view.following).toBe(true);
    expect(view.edge?.line).toBe(timeline.lines[16]);
  });
});

describe("Rows", () => {
  it("names an author once for lines that follow each other", () => {
    add("message", "ann", 0);
    add("message", "ann", 1);
    add("message", "bob", 2);
    add("message", "bob", 9);
    add("message", "bob", 10, { replyTo: "m1" });
    expect(rowsOf().rows.map((row) => row.grouped)).toEqual([false, true, false, false, false]);
  });

  it("begins every day with its name", () => {
    add("message", "ann", 0);
    add("message", "ann", 11 * 60 + 59);
    add("message", "ann", 12 * 60 + 1);
    expect(rowsOf().rows.map((row) => row.day !== 0)).toEqual([true, false, true]);
  });

  it("folds comings and goings, but not of those who spoke", () => {
    add("join", "ann", 0);
    add("join", "bob", 1);
    add("message", "ann", 2);
    add("quit", "bob", 3);
    add("quit", "ann", 4);
    add("join", "cy", 20);
    add("part", "cy", 21);
    const rows = rowsOf();
    expect(rows.rows.map((row) => row.lines.length)).toEqual([2, 1, 1, 1, 2]);
    expect(rowsOf({ coming: "none" }).rows).toHaveLength(1);
    expect(rowsOf({ coming: "all" }).rows).toHaveLength(7);
  });

  it("hides whom we ignore, and puts the divider above the first unread", () => {
    add("message", "ann", 0);
    const unread = add("message", "bob", 1);
    const rows = rowsOf({ ignored: new Set(["ann"]), divider: unread });
    expect(rows.rows.map((row) => [row.line.nick, row.divider])).toEqual([["bob", true]]);
  });

  it("is the same whether lines come one by one or at once, older ones in front too", () => {
    const rows = new Rows();
    for (let at = 0; at < 60; at++) {
      add(at % 5 === 0 ? "join" : "message", at % 3 === 0 ? "ann" : "bob", at * 2);
      rows.update(timeline.lines, GIVEN);
    }
    timeline.merge([new Line("message", NOON - 60_000, { nick: "old", msgid: "old" })], true);
    rows.update(timeline.lines, GIVEN);
    expect(rows.rows).toEqual(rowsOf().rows);
    for (const line of timeline.lines) expect(rows.rows[rows.indexOf(line)]?.lines).toContain(line);
  });
});

describe("Viewport", () => {
  function viewportOf(count: number): Viewport {
    for (let at = 0; at < count; at++) add("message", at % 2 === 0 ? "ann" : "bob", at);
    const viewport = new Viewport();
    viewport.height = 500;
    viewport.update(timeline.lines, GIVEN);
    return viewport;
  }

  function measure(viewport: Viewport, height: number): void {
    viewport.measured(new Map(viewport.drawn.map((row) => [row, height])));
  }

  it("draws what is near, however many lines there are", () => {
    const viewport = viewportOf(10_000);
    expect(viewport.range.to).toBe(10_000);
    expect(viewport.drawn.length).toBeLessThan(60);
    viewport.scrolled(viewport.heights.total / 2);
    viewport.outgrown();
    expect(viewport.drawn.length).toBeLessThan(60);
    expect(viewport.following).toBe(false);
  });

  it("stays at the line that is read when rows above turn out to be of another height", () => {
    const viewport = viewportOf(1_000);
    viewport.scrolled(20_000);
    viewport.outgrown();
    const { line, offset } = viewport.anchor ?? { line: null, offset: 0 };
    measure(viewport, 90);
    const at = viewport.rows.rows.findIndex((row) => row.line === line);
    expect(viewport.top - viewport.heights.top(at)).toBeCloseTo(offset);
  });

  it("stays there when older and newer lines come", () => {
    const viewport = viewportOf(300);
    viewport.scrolled(5_000);
    viewport.settled();
    const line = viewport.anchor?.line;
    const page = Array.from({ length: 50 }, (_, at) => new Line("message", NOON - (60 - at) * 1_000, { nick: "old", msgid: `old${at}` }));
    timeline.merge(page, true);
    for (let at = 0; at < 3; at++) add("message", "new", 400 + at);
    viewport.update(timeline.lines, GIVEN);
    expect(viewport.rows.rows[viewport.heights.at(viewport.top)]?.line).toBe(line);
    expect(viewport.following).toBe(false);
    expect(viewport.unseen()).toBeGreaterThan(0);
  });

  it("follows the end, and counts what comes when it does not", () => {
    const viewport = viewportOf(200);
    viewport.settled();
    expect(viewport.following).toBe(true);
    viewport.scrolled(0);
    viewport.settled();
    add("message", "ann", 500);
    add("join", "cy", 501);
    add("message", "bob", 502);
    viewport.update(timeline.lines, GIVEN);
    expect(viewport.unseen()).toBe(2);
    viewport.follow();
    expect(viewport.unseen()).toBe(0);
    expect(viewport.top).toBe(viewport.last);
  });

  it("follows where all that is new fits", () => {
    const viewport = viewportOf(100);
    viewport.put(timeline.lines[99] as Line, 100);
    viewport.settled();
    expect(viewport.following).toBe(true);
  });
});

function text(words: Words): string {
  return words.map((word) => (typeof word === "string" ? word : word.nick)).join("");
}

describe("condensed", () => {
  it("says what became of each", () => {
    const lines = [
      add("join", "ann", 0),
      add("join", "bob", 1),
      add("quit", "bob", 2),
      add("part", "cy", 3),
      add("join", "cy", 4),
      add("nick", "dan", 5, { target: "daniel" }),
      add("quit", "eve", 6),
    ];
    expect(text(condensed(lines))).toBe("ann joined; eve left; bob came and went; cy left and came back; dan is now daniel");
  });

  it("leaves out the many", () => {
    const lines = Array.from({ length: 20 }, (_, at) => add("join", `n${at}`, at));
    expect(text(condensed(lines))).toContain("and 8 more joined");
  });

  it("says one thing in a sentence, without an empty reason", () => {
    expect(text(happened(add("quit", "ann", 0, { text: "Quit: " })))).toBe("ann left");
    expect(text(happened(add("kick", "ann", 0, { target: "bob", text: "spam" })))).toBe("ann removed bob (spam)");
  });
});
