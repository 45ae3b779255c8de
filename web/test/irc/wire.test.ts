import { describe, expect, test } from "vitest";

import { BadLine, escapeTag, formatLine, Message, parse, splitSource, unescapeTag } from "../../src/irc/wire";
import { readVectors } from "../vectors";

interface Atoms {
  source?: string;
  verb: string;
  params?: string[];
  tags?: Record<string, string | boolean | null>;
}

function tagsOf(atoms: Atoms): [string, string][] {
  return Object.entries(atoms.tags ?? {}).map(([key, value]) => [key, typeof value === "string" ? value : ""]);
}

describe("the vectors of the parser", () => {
  test.each(readVectors<{ input: string; atoms: Atoms }>("msg-split"))("$input", ({ input, atoms }) => {
    const message = parse(input);
    expect(message.command).toBe(atoms.verb.toUpperCase());
    expect(message.params).toEqual(atoms.params ?? []);
    expect(message.source).toBe(atoms.source ?? "");
    expect([...message.tags].sort()).toEqual(tagsOf(atoms).sort());
  });

  test.each(readVectors<{ desc: string; atoms: Atoms; matches: string[] }>("msg-join"))("$desc", (vector) => {
    const { verb, params = [], source = "" } = vector.atoms;
    const line = formatLine(verb, params, source, new Map(tagsOf(vector.atoms)));
    expect(vector.matches).toContain(line);
  });

  test.each(readVectors<{ source: string; atoms: { nick?: string; user?: string; host?: string } }>("userhost-split"))(
    "$source",
    ({ source, atoms: { nick = "", user = "", host = "" } }) => expect(splitSource(source)).toEqual([nick, user, host]),
  );
});

test.each(["a;b c\\d\r\n", "", "\\", "\\\\s", "ü 😀"])("a tag's value survives: %j", (value) => {
  expect(unescapeTag(escapeTag(value))).toBe(value);
});

test.each(["", " ", ":source", "@a=b", "12 x", "a1", "PRIVMSG a :b\nQUIT", "PING \0"])("no line: %j", (line) => {
  expect(() => parse(line)).toThrow(BadLine);
});

test.each([["a b"], [""], [":a"], ["x\ny"]])("what can't be a parameter in the middle: %j", (param) => {
  expect(() => formatLine("PRIVMSG", [param, "text"])).toThrow(BadLine);
});

test("tags named like an object's own are tags", () => {
  const message = parse("@__proto__=x;constructor=y PING :z");
  expect([...message.tags]).toEqual([["__proto__", "x"], ["constructor", "y"]]);
});

test("a message comes back as it was", () => {
  const line = "@+draft/react=👍;label=r1 TAGMSG #tea";
  expect(parse(line).toLine()).toBe(line);
  expect(new Message("PRIVMSG", ["#tea", "hi"]).toLine()).toBe("PRIVMSG #tea :hi");
});
