import { expect, test } from "vitest";

import { byteLength, fitting, splitText } from "../../src/irc/cutting";
import { clip, plain, printable } from "../../src/irc/text";
import { fromTimestamp, toTimestamp } from "../../src/irc/times";

test.each([
  ["plain", "plain"],
  ["\x0304,12red\x03 \x02bold\x0f", "red bold"],
  ["\x1b[2J", "\ufffd[2J"],
  ["a\u202eb\u2066c", "abc"],
  ["a\tb\u2028c", "a b c"],
  ["e" + "\u0301".repeat(20), "e" + "\u0301".repeat(8)],
  ["👩\u200d🚀", "👩\u200d🚀"],
  ["\ud800!", "\ufffd!"],
])("printable %j", (text, expected) => expect(printable(text)).toBe(expected));

test("plain leaves nothing that isn't seen", () => expect(plain("\x02a\x07\u200bb\ufffd")).toBe("ab\ufffd"));

test("clipped to bytes, but not inside a letter", () => {
  expect(clip("hello", 3)).toBe("hel");
  expect(clip("äöü", 5)).toBe("äö");
  expect(clip("a😀b", 4)).toBe("a");
  expect(clip("ae\u0301", 2)).toBe("a");
  expect(clip("a👩\u200d🚀", 8)).toBe("a");
});

test("bytes", () => {
  expect(["", "abc", "ä", "€", "😀"].map(byteLength)).toEqual([0, 3, 2, 3, 4]);
  expect([fitting("a😀b", 4), fitting("a😀b", 5), fitting("ab", 9)]).toEqual([1, 3, 2]);
});

test("texts are cut between words", () => {
  expect(splitText("one two three", 8)).toEqual(["one two", "three"]);
  expect(splitText("a".repeat(20), 8)).toEqual(["aaaaaaaa", "aaaaaaaa", "aaaa"]);
  expect(splitText("ääää", 3)).toEqual(["ä", "ä", "ä", "ä"]);
});

test("times there and back", () => {
  expect(toTimestamp(1_764_000_000_123)).toBe("2025-11-24T16:00:00.123Z");
  expect(fromTimestamp("2025-11-24T16:00:00.123Z")).toBe(1_764_000_000_123);
  expect(fromTimestamp("2025-11-24T16:00:00.1Z")).toBe(1_764_000_000_100);
});

test.each(["", "2025-02-30T00:00:00.000Z", "2025-11-24T16:00:00Z", "2025-11-24T24:00:00.000Z", "0000-01-01T00:00:00.0Z", "x"])(
  "no time: %j",
  (text) => expect(fromTimestamp(text)).toBeNull(),
);
