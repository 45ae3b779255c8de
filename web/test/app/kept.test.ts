/** What is kept between visits: settings, drafts, positions; and links. */

import { beforeEach, describe, expect, it, vi } from "vitest";

import { Drafts, EMPTY } from "../../src/app/drafts";
import { destination, messagePath, roomPath } from "../../src/app/links";
import { MOST_MARKS, ReadMarks } from "../../src/app/read_marks";
import { Settings, toggled } from "../../src/app/settings";
import { Memory } from "../../src/app/storage";

describe("Settings", () => {
  it("comes back as it was left", () => {
    const kept = new Memory();
    new Settings(kept).change({ nick: "ann", rooms: { "#a": "key" }, theme: "dark" });
    expect(new Settings(kept).now).toMatchObject({ nick: "ann", rooms: { "#a": "key" }, theme: "dark" });
  });

  it.each([null, 7, "x", [], { nick: 7, rooms: [1], theme: "pink", keys: { a: "b" }, muted: "x" }])("survives %j", (stored) => {
    const kept = new Memory();
    kept.write("settings", stored);
    expect(new Settings(kept).now).toMatchObject({ nick: "", theme: "system", muted: [] });
  });

  it("adds and takes names", () => {
    expect(toggled(["a"], "b", true)).toEqual(["a", "b"]);
    expect(toggled(["a", "b"], "a", false)).toEqual(["b"]);
    expect(toggled(["a"], "a", true)).toEqual(["a"]);
  });
});

describe("ReadMarks", () => {
  beforeEach(() => void vi.useFakeTimers());

  it("only grow, and come back", () => {
    const kept = new Memory();
    const marks = new ReadMarks(kept);
    marks.grow("#A", 20);
    marks.grow("#a", 10);
    marks.grow("", 30);
    expect([marks.of("#a"), marks.of(""), marks.of("#b")]).toEqual([20, 0, 0]);
    vi.advanceTimersByTime(1_000);
    expect(new ReadMarks(kept).of("#a")).toBe(20);
    marks.forget();
    expect(new ReadMarks(kept).of("#a")).toBe(0);
  });

  it("are so many at most: those that moved last", () => {
    const kept = new Memory();
    const marks = new ReadMarks(kept);
    for (let at = 0; at < MOST_MARKS; at++) marks.grow(`#${at}`, 1);
    marks.grow("#0", 2);
    marks.grow("#new", 1);
    marks.grow(`#${"x".repeat(400)}`, 1);
    marks.flush();
    const again = new ReadMarks(kept);
    expect([again.of("#0"), again.of("#1"), again.of("#2"), again.of("#new")]).toEqual([2, 0, 1, 1]);
    expect(Object.keys(kept.read("read") as object)).toHaveLength(MOST_MARKS);
  });

  it.each([null, 7, [1], { "#a": "x" }, { "#a": -1 }, { "#a": null }])("survive %j", (stored) => {
    const kept = new Memory();
    kept.write("read", stored);
    expect(new ReadMarks(kept).of("#a")).toBe(0);
  });
});

describe("Drafts", () => {
  beforeEach(() => void vi.useFakeTimers());

  function again(kept: Memory): Drafts {
    return new Drafts(kept, () => false);
  }

  it("keeps text and what it answers", () => {
    const kept = new Memory();
    again(kept).keep("#A", { ...EMPTY, text: "hello", mode: "reply", about: "m1" });
    vi.advanceTimersByTime(1_000);
    expect(again(kept).draft("#a")).toMatchObject({ text: "hello", mode: "reply", about: "m1" });
  });

  it("keeps of an edit what stood there before", () => {
    const kept = new Memory();
    again(kept).keep("#a", { text: "new", mode: "edit", about: "m1", kept: "before" });
    vi.advanceTimersByTime(1_000);
    expect(again(kept).draft("#a")).toMatchObject({ text: "before", mode: "say" });
  });

  it("never keeps a password", () => {
    const kept = new Memory();
    const drafts = new Drafts(kept, (text) => text.includes("secret"));
    drafts.keep("#a", { ...EMPTY, text: "/login ann secret" });
    vi.advanceTimersByTime(1_000);
    expect(JSON.stringify(kept.read("drafts"))).not.toContain("secret");
  });

  it("keeps where one was reading", () => {
    const kept = new Memory();
    const drafts = again(kept);
    drafts.keepPosition("#a", { msgid: "m", timeMs: 5, offset: -3 });
    drafts.flush();
    expect(again(kept).position("#A")).toEqual({ msgid: "m", timeMs: 5, offset: -3 });
  });
});

describe("links", () => {
  const at = (path: string) => destination(new URL(path, "https://chat.example"));

  it.each([
    ["/", { kind: "home" }],
    ["/r/garden", { kind: "room", name: "#garden" }],
    ["/r/%23%23cpp", { kind: "room", name: "##cpp" }],
    ["/r/caf%C3%A9", { kind: "room", name: "#café" }],
    ["/r/two%20words", { kind: "home" }],
    ["/r/%ff", { kind: "home" }],
    ["/m/abc-1?r=%23garden", { kind: "message", msgid: "abc-1", conversation: "#garden" }],
    ["/m/abc?r=ann", { kind: "message", msgid: "abc", conversation: "" }],
    ["/i/abcd2345", { kind: "invite", token: "abcd2345" }],
    ["/i/<x>", { kind: "home" }],
  ])("%s", (path, wanted) => {
    expect(at(path)).toEqual(wanted);
  });

  it.each(["#garden", "##cpp", "#a/b", "#café"])("leads back to %s", (name) => {
    expect(at(roomPath(name))).toEqual({ kind: "room", name });
    expect(at(messagePath("x/y=+", name))).toEqual({ kind: "message", msgid: "x/y=+", conversation: name });
  });

  it("names no people", () => {
    expect(messagePath("m1", "ann")).toBe("/m/m1");
  });
});

describe("addresses of other programs", () => {
  it.each([
    ["web+irc://here/tea", "#tea"],
    ["irc://here:6667/%23tea", "#tea"],
    ["web+irc:///#tea", "#tea"],
  ])("%s leads to %s", (address, name) => {
    expect(destination(new URL(`https://here/?irc=${encodeURIComponent(address)}`))).toEqual({ kind: "room", name });
  });

  it.each(["web+irc://elsewhere/tea", "web+irc://here/", "javascript:alert(1)", "web+irc://here/a b", ""])("%s leads nowhere", (address) => {
    expect(destination(new URL(`https://here/?irc=${encodeURIComponent(address)}`))).toEqual({ kind: "home" });
  });
});
