import { expect, test } from "vitest";
import { loadEmoji, mayNameEmoji, withEmoji } from "../../src/text/emoji";

test("names and emoji", async () => {
  const table = await loadEmoji();
  expect(table.named("tada")).toBe("🎉");
  expect(table.named(":+1:")).toBe("👍");
  expect(table.named("nosuch")).toBe("");
  expect(table.nameOf("👍🏽")).toBe("+1");
  expect(table.nameOf("❤")).toBe("heart");
  expect(table.all.length).toBeGreaterThan(1800);
  expect(withEmoji("std::cat::x 10:30:45 :tada: :nosuch: :cat:", table)).toBe("std::cat::x 10:30:45 🎉 :nosuch: 🐱");
});

// The same as in tests/tui/test_emoji.py.
test.each([
  ["well done :thumbsup:", "well done 👍"],
  [":+1::+1:", "👍👍"],
  ["(:tada:)", "(🎉)"],
  ["a cup of :tea:", "a cup of 🍵"],
  ["at 12:30:45", "at 12:30:45"],
  ["a:heart:b", "a:heart:b"],
  ["`:tada:` and ```\n:tada:\n``` :tada:", "`:tada:` and ```\n:tada:\n``` 🎉"],
  ["https://example.org/:tada:", "https://example.org/:tada:"],
  [":-) :D :nothing: ::", ":-) :D :nothing: ::"],
  ["std::heart::x", "std::heart::x"],
])("%s is sent as %s", async (typed, sent) => {
  expect(withEmoji(typed, await loadEmoji())).toBe(sent);
  if (typed !== sent) expect(mayNameEmoji(typed)).toBe(true);
});

test("where nothing may be an emoji, no table is asked for", () => {
  for (const text of ["", "hello: you", "12:30:45", "`:tada:`", "https://example.org/:tada:", ":-) :D"]) expect(mayNameEmoji(text)).toBe(false);
});

test("the best comes first", async () => {
  const table = await loadEmoji();
  expect(table.search("heart")[0]?.emoji).toBe("❤️");
  expect(table.search("thu")[0]?.names[0]).toBe("+1");
  expect(table.search("happy").map(({ emoji }) => emoji)).toContain("😀");
  expect(table.search("", 8)).toHaveLength(8);
  expect(table.search("zzzz")).toEqual([]);
  const start = performance.now();
  for (const query of ["s", "sm", "smi", "smil", "smile"]) table.search(query);
  expect(performance.now() - start).toBeLessThan(50);
});
