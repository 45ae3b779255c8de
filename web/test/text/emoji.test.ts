import { expect, test } from "vitest";
import { loadEmoji, withEmoji } from "../../src/text/emoji";

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
