import { describe, expect, it } from "vitest";

import { isSecret, nearest } from "../../src/app/commands";
import { read, readsAs } from "../../src/app/typed";

describe("read", () => {
  it.each([
    ["hello", "hello"],
    ["  hello  ", "hello"],
    ["//etc/passwd", "/etc/passwd"],
    ["https://example.org", "https://example.org"],
    ["mailto:ann@example.org", "mailto:ann@example.org"],
    ["std::vector", "std::vector"],
    ["well:)", "well:)"],
    ["C:\\temp", "C:\\temp"],
    ["this is: not a name", "this is: not a name"],
    ["=D nice", "=D nice"],
    ["a\n  b", "a\n  b"],
  ])("%j is said", (text, said) => {
    expect(read(text)).toEqual({ kind: "say", text: said });
  });

  it.each([
    ["ann: hi", "ann", "hi"],
    ["ann:hi", "ann", "hi"],
    ["Zoë: hi", "Zoë", "hi"],
    ["=ann hi", "ann", "hi"],
    ["ann: first\nsecond", "ann", "first\nsecond"],
  ])("%j is for one person alone", (text, name, words) => {
    expect(read(text)).toEqual({ kind: "tell", name, text: words });
  });

  it.each([
    ["/join #a", "join", "#a"],
    ["/J #a", "join", "#a"],
    ["\\join #a", "join", "#a"],
    ["who", "names", ""],
    ["bye", "quit", ""],
    ["server:who", "names", ""],
    ["/s/old/new/", "s", "old/new/"],
    ["/me waves\nand goes", "me", "waves\nand goes"],
  ])("%j is a command", (text, command, rest) => {
    expect(read(text)).toEqual({ kind: "do", command, rest });
  });

  it.each(["/nosuch thing", "ann:", "server: dance", "/join a\nb", "x".repeat(70_000)])("%.20j is a mistake, and is not sent", (text) => {
    expect(read(text)?.kind).toBe("mistake");
  });

  it("is nothing where there is nothing", () => {
    expect(read(" \n ")).toBeNull();
  });

  it("proposes what was probably meant", () => {
    expect(nearest("jion")).toBe("join");
    expect(nearest("qwertyuiop")).toBe("");
  });
});

describe("readsAs", () => {
  it.each([
    ["ann: hi", "private to ann"],
    ["ann:", "private to ann"],
    ["/msg ann hi", "private to ann"],
    ["/to", "command"],
    ["/topic x", "command"],
    ["/nosuch x", "not sent"],
  ])("%j: %s", (text, mark) => {
    expect(readsAs(text)?.text).toBe(mark);
  });

  it.each(["hello", "/me waves", "//x", ""])("%j is for everybody", (text) => {
    expect(readsAs(text)).toBeNull();
  });
});

it.each([
  ["/login ann secret", true],
  ["/msg NickServ identify secret", true],
  ["nickserv: identify secret", true],
  ["/join #a key", true],
  ["/join #a", false],
  ["/me waves", false],
  ["hello", false],
])("%j may hold a password: %s", (text, secret) => {
  expect(isSecret(text)).toBe(secret);
});
