import { describe, expect, test } from "vitest";
import { isOnlyEmoji, parse, textOf, type Block, type Inline } from "../../src/text/markdown";
import { followed } from "../../src/text/web-links";
import { colourClass, styled } from "../../src/text/formatting";

/** A short way to write a tree down. */
function brief(nodes: readonly (Inline | Block)[]): string {
  return nodes.map((node): string => {
    switch (node.kind) {
      case "text": return node.text;
      case "break": return "⏎";
      case "code": return "language" in node ? `<pre:${node.language}|${node.text}>` : `<code|${node.text}>`;
      case "link": return `<link ${node.href}|${node.text}>`;
      case "mention": return `<@${node.name}>`;
      case "room": return `<room${node.name}>`;
      case "emoji": return `<:${node.name}>`;
      case "list": return `<list${node.ordered ? "#" : ""}|${node.items.map((item) => `${item.depth}${item.mark}${brief(item.children)}`).join(";")}>`;
      case "styled": return `<${Object.entries(node.style).filter(([, value]) => value !== false).map(([key, value]) => value === true ? key : `${key}=${String(value)}`).join(" ")}|${brief(node.children)}>`;
      case "paragraph": return `<p|${brief(node.children)}>`;
      default: return `<${node.kind}|${brief(node.children)}>`;
    }
  }).join("");
}
const inline = (text: string): string => brief(parse(text)).replace(/^<p\|(.*)>$/s, "$1");

describe("marks", () => {
  test.each([
    ["**bold** and *it*", "<strong|bold> and <emphasis|it>"],
    ["_it_ and ~~no~~", "<emphasis|it> and <strike|no>"],
    ["***both***", "<strong|<emphasis|both>>"],
    ["**bold *and it* here**", "<strong|bold <emphasis|and it> here>"],
    ["*it **and bold***", "<emphasis|it <strong|and bold>>"],
    ["||secret||", "<spoiler|secret>"],
    ["(*in brackets*), *comma*, \"*quoted*\"", "(<emphasis|in brackets>), <emphasis|comma>, \"<emphasis|quoted>\""],
    ["これは**重要**です", "これは<strong|重要>です"],
    ["*two\nlines*", "<emphasis|two⏎lines>"],
    ["`a *b* c`", "<code|a *b* c>"],
    ["``a ` b``", "<code|a ` b>"],
    ["*a `*` b*", "<emphasis|a <code|*> b>"],
    ["\\*not\\*", "*not*"],
    ["**a _b** c_", "<strong|a _b> c_"],
  ])("%s", (text, expected) => expect(inline(text)).toBe(expected));

  test.each([
    "snake_case_name", "_private", "__init__", "a __b__", "/usr/*/lib/*", "/home/_me_/x", "2*3*4", "2 * 3 * 4", "*.py and *.ts", "f(*args, **kwargs)", "f(**a) g(**b)",
    "a**b**c", "¯\\_(ツ)_/¯", "-_- and -_-", "._.", "(*_*)", "*.*", "*_*", "^_^ ^_^", "** **", "****", "~/.config ~/x", "a || b || c", "a||b||c", "**open", "close**", "* x*",
    "`open", "C:\\_foo_\\*", "C:\\Users\\*\\_x", "std::string::size", "10:30:45", "a:b:c", "http:", "me@example.org", "#1 #", "&#39;", "@ @", "[x](javascript:alert(1))",
    "[x](data:text/html,1)", "[]()", "![x]", "javascript:alert(1)", "<b>x</b>", "<script>alert(1)</script>", "a_b*c_d*e", "$x_1 = $y_2", "x_i^2 + y_i^2", "*/5 * * * *", "#! @!",
  ])("letters stay: %s", (text) => expect(inline(text)).toBe(text));
});

describe("links and names", () => {
  test.each([
    ["see https://a.org/b.", "see <link https://a.org/b|https://a.org/b>."],
    ["(https://a.org/x_(y))", "(<link https://a.org/x_(y)|https://a.org/x_(y)>)"],
    ["https://a.org/?q=1,2&b=*", "<link https://a.org/?q=1,2&b=|https://a.org/?q=1,2&b=>*"],
    ["**https://a.org/**", "<strong|<link https://a.org/|https://a.org/>>"],
    ["<https://a.org/>", "<<link https://a.org/|https://a.org/>>"],
    ["https://a.org/snake_case_x", "<link https://a.org/snake_case_x|https://a.org/snake_case_x>"],
    ["ircs://h:6697/#room", "<link ircs://h:6697/#room|ircs://h:6697/#room>"],
    ["mailto:a@b.org", "<link mailto:a@b.org|mailto:a@b.org>"],
    ["[words](https://a.org/(b))", "<link https://a.org/(b)|words>"],
    ["[a.org](https://a.org/x)", "<link https://a.org/x|a.org>"],
    ["[https://bank.com](https://evil.com)", "[<link https://bank.com/|https://bank.com>](<link https://evil.com/|https://evil.com>)"],
    ["https://a@b.org/", "https://a@b.org/"],
    ["@bob, hi @eve_ (@x)", "<@bob>, hi <@eve_> (<@x>)"],
    ["||@bob||", "<spoiler|<@bob>>"],
    ["in #tea-time. #日本", "in <room#tea-time>. <room#日本>"],
    [":smile: :+1::tada:", "<:smile> <:+1><:tada>"],
    ["日本語@bob", "日本語<@bob>"],
  ])("%s", (text, expected) => expect(inline(text)).toBe(expected));

  test("only what may be followed is", () => {
    for (const bad of ["javascript:alert(1)", "JaVaScRiPt:x", "data:text/html,x", "file:///etc/passwd", "blob:x", "vbscript:x", "//evil", "https://", "https://u:p@h/", "x", " https://a"]) {
      expect(followed(bad)).toBe("");
    }
  });
});

describe("blocks", () => {
  test.each([
    ["```py\nx = 1\n  y\n```", "<pre:py|x = 1\n  y>"],
    ["a\n```\nx\n```\nb", "<p|a><pre:|x><p|b>"],
    ["```x y\nz```", "<pre:|x y\nz>"],
    ["```\nnever closed", "<p|```⏎never closed>"],
    ["```one```", "<p|<code|one>>"],
    ["> a\n> b\nc", "<quote|<p|a⏎b>><p|c>"],
    ["> > deep", "<quote|<quote|<p|deep>>>"],
    [">_< >:(", "<p|>_< >:(>"],
    ["- a\n- *b*\n  - c", "<list|0-a;0-<emphasis|b>;1-c>"],
    ["1. a\n2. b", "<list#|01.a;02.b>"],
    ["- no", "<p|- no>"],
    ["2. Bundesliga", "<p|2. Bundesliga>"],
    ["a\n\nb", "<p|a><p|b>"],
    ["* waves", "<p|* waves>"],
    ["> ```\n> x\n> ```", "<quote|<pre:|x>>"],
  ])("%j", (text, expected) => expect(brief(parse(text))).toBe(expected));

  test("a few emoji alone are large", () => {
    expect(isOnlyEmoji(parse("👩‍🚀 🎉"))).toBe(true);
    expect(isOnlyEmoji(parse(":tada:"))).toBe(true);
    expect(isOnlyEmoji(parse("🎉 yes"))).toBe(false);
    expect(isOnlyEmoji(parse("12"))).toBe(false);
    expect(isOnlyEmoji(parse(""))).toBe(false);
  });
});

describe("IRC's formatting", () => {
  test.each([
    ["\x02bold\x02 \x1dit\x0f x", "<bold|bold> <italic|it> x"],
    ["\x0304,01red\x03 x", "<colour=4 background=1|red> x"],
    ["\x0312345", "<colour=12|345>"],
    ["\x04ff8800x\x0f", "<colour=#ff8800|x>"],
    ["\x11x = *y*\x11", "<mono|<code|x = *y*>>"],
    ["\x02*a*\x02", "<emphasis|<bold|a>>"],
    ["a\u202eb\u200bc\u0007d", "abc\ufffdd"],
  ])("%j", (text, expected) => expect(inline(text)).toBe(expected));

  test("any colour becomes one with a shade for each theme", () => {
    expect(colourClass(4)).toBe("irc-4");
    expect(colourClass("#ff0101")).toBe("irc-4");
    for (let number = 0; number < 100; number++) {
      const [piece] = styled(`\x03${String(number).padStart(2, "0")}x`);
      if (piece?.style.colour !== undefined) expect(colourClass(piece.style.colour)).toMatch(/^irc-(?:\d|1[0-5])$/);
    }
  });
});

// -- whatever is typed -----------------------------------------------------------------------------------------

/** Repeatable random numbers (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
const PIECES = ["*", "**", "_", "~~", "||", "`", "```", "\n", " ", "> ", "- ", "1. ", "[", "](", ")", "(", "https://a.org/", "@bob", "#room", ":x:", ":", "a", "word", "日本", "\\", "\x02", "\x0304", "🎉", ".", "-", "/"];
const MARKS = /[*_~|`>\[\]()\\\s\x02-\x1f]|https:\/\/a\.org\/|[-.:]|1(?=\. )|\d(?=\.)/g;

function written(seed: number, length: number): string {
  const next = random(seed);
  let text = "";
  while (text.length < length) text += PIECES[Math.floor(next() * PIECES.length)] ?? "";
  return text;
}

function everyText(nodes: readonly (Inline | Block)[]): string {
  return nodes.map((node): string => {
    if (node.kind === "code" && "language" in node) return node.language + node.text;
    if (node.kind === "link") return node.text;
    if ("text" in node) return node.text;
    if (node.kind === "break") return "";
    return node.kind === "list" ? node.items.map((item) => item.mark + everyText(item.children)).join("") : everyText(node.children);
  }).join("");
}

test("nothing is lost but marks", () => {
  for (let seed = 0; seed < 3000; seed++) {
    const text = written(seed, 60).replaceAll(/\x03\d*|\x02/g, "");
    const bare = (all: string) => all.replaceAll(MARKS, "");
    expect(bare(everyText(parse(text))), JSON.stringify(text)).toBe(bare(text));
  }
});

test("hostile text takes no time", () => {
  const size = 40_000;
  const hostile = [
    "*", "**", "***", "_a", "*a", "* a*", "**a _b ", "||a", "~~", "`", "`a", "``a`", "[", "[a](", "[a](b", "[a](/", "](", "((", "https://", "https://a(", "https://a.b/)", "http://x ",
    "@", "@a|", "#", "#a.", ":", ":a", ":a:", ":a::", "\\", "\\*", "> ", ">> ", "> > ", "```\n", "```", "```a\n", "- a\n", "- ", "1. a\n", "1.", " ", "\n", "\t", "\x02", "\x03", "\x0304,", "\x02*",
    "é́", "\u0301", "\ud83c", "👩‍", "_*_*~~||", "*a_b*c_d ", "(*a", "a*", "a** ", "mailto:", "h", "h ", "[[a](http://x)", "[http://a](http://b)", "!?", "https://a.", "<https://a>", "|a|", "日*本", "日_",
  ].map((piece) => piece.repeat(Math.ceil(size / piece.length)).slice(0, size));
  for (let seed = 0; seed < 20; seed++) hostile.push(written(seed, size));
  hostile.push("*a ".repeat(6000) + " a*".repeat(6000), "**a ".repeat(5000) + " b**".repeat(5000), "> ".repeat(10_000) + "\n> ".repeat(5000));
  parse(written(99, size));
  const slow: string[] = [];
  for (const text of hostile) {
    // The fastest of three: what is meant is the work, not what else this machine does.
    const times = [0, 1, 2].map(() => {
      const start = performance.now();
      textOf(parse(text));
      return performance.now() - start;
    });
    if (Math.min(...times) > 50) slow.push(`${JSON.stringify(text.slice(0, 20))}: ${Math.min(...times).toFixed(0)} ms`);
  }
  expect(slow).toEqual([]);
});

test("trees never nest so deep that showing them fails", () => {
  const depth = (nodes: readonly (Inline | Block)[]): number =>
    Math.max(0, ...nodes.slice(0, 1000).map((node) => 1 + ("children" in node ? depth(node.children) : 0)));
  expect(depth(parse("*a **b ".repeat(2000) + "** *".repeat(2000)))).toBeLessThan(60);
  expect(depth(parse("> ".repeat(2000) + "x"))).toBeLessThan(10);
});
