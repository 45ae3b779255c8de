import { expect, test } from "vitest";

import { fold, isChannel, isNick, suggest, toUser } from "../../src/irc/names";

test("only A to Z have a small form", () => {
  expect(fold("ALICE[ÄÖ]")).toBe("alice[ÄÖ]");
});

test.each(["alice", "Al[i]ce", "ünsal", "日本", "a".repeat(32), "x😀"])("%s may be a nick", (name) => {
  expect(isNick(name)).toBe(true);
});

test.each(["", "1up", "-a", "a b", "#tea", "a:b", "a,b", "a".repeat(33), "日".repeat(22), "a\u200bb", "\u0301a", "＠a"])(
  "%j may not",
  (name) => expect(isNick(name)).toBe(false),
);

test.each(["#tea", "#Ä", "##", "#1"])("%s may be a room", (name) => expect(isChannel(name)).toBe(true));
test.each(["tea", "#", "#a b", "#a,b", "#a\u202eb", "#a\u3164"])("%j may not be one", (name) => {
  expect(isChannel(name)).toBe(false);
});

test("a free name, as near as can be", () => {
  expect(suggest("alice", () => false)).toBe("alice");
  expect(suggest("alice", (name) => name === "alice")).toBe("alice2");
  expect(suggest("r2d2", (name) => name === "r2d2")).toBe("r2d2_2");
  expect(suggest("  Ada Lovelace ", () => false)).toBe("Ada_Lovelace");
  expect(suggest("!!!", () => false)).toBe("guest");
  expect(suggest("3po", () => false)).toBe("_3po");
});

test("among many guests few questions are asked", () => {
  let asked = 0;
  const name = suggest("guest", (one) => {
    asked += 1;
    return Number(one.slice(5) || "1") <= 1000;
  });
  expect(name).toBe("guest1001");
  expect(asked).toBeLessThan(40);
});

test("every suggestion is a nick", () => {
  for (const wanted of ["", "a b", "😀", "\u0301", "-", "0", "ＡＢ", "日".repeat(99), "\ud800x"]) {
    expect(isNick(suggest(wanted, () => false))).toBe(true);
  }
});

test("a user name of anything", () => expect([toUser("Jürgen X."), toUser("日本")]).toEqual(["JrgenX.", "user"]));
