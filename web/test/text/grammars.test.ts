import { expect, test } from "vitest";

import { tokens, tokensOf } from "../../src/text/grammars";
import { highlight } from "../../src/text/highlight";

test("words of a language have their class", () => {
  const found = tokens("def f():\n    return 'x' # y", "python");
  expect(found.find((token) => token.text === "def")?.scope).toBe("hljs-keyword");
  expect(found.find((token) => token.text === "'x'")?.scope).toBe("hljs-string");
  expect(found.find((token) => token.text === "# y")?.scope).toBe("hljs-comment");
});

test("HTML in code stays text", () => {
  const code = "<img src=x onerror='alert(1)'>&amp;<script>";
  for (const language of ["xml", "python", "json", "diff"]) {
    const found = tokens(code, language);
    expect(found.map((token) => token.text).join("")).toBe(code);
    for (const { scope } of found) expect(scope).toMatch(/^[\w\s-]*$/);
  }
  expect(tokensOf('<span class="a"><span class="b">x&lt;</span>y</span>z')).toEqual([{ scope: "b", text: "x<" }, { scope: "a", text: "y" }, { scope: "", text: "z" }]);
});

test("hostile code takes no time", async () => {
  const slow: string[] = [];
  for (const language of ["bash", "c", "cpp", "css", "diff", "go", "ini", "java", "javascript", "json", "python", "rust", "sql", "typescript", "xml", "yaml"]) {
    for (const piece of ["(", "a", "a ", "<a ", "</", "${`", "/*", "'", '"', "\\", "a.", "a:", "- ", "{", "=>", "f(", "#", "@a", "0", "::<", "[a]=", "\n"]) {
      const code = piece.repeat(12_000 / piece.length);
      const start = performance.now();
      await highlight(code, language);
      const took = performance.now() - start;
      if (took > 300) slow.push(`${language} ${JSON.stringify(piece)} ${took.toFixed(0)} ms`);
    }
  }
  expect(slow).toEqual([]);
});
