import { expect, test } from "vitest";

import { highlight, languageOf } from "../../src/text/highlight";

test("languages go by several names, and none by names of objects", () => {
  expect(["py", "TypeScript", "sh", "c++", "nosuch", "", "constructor", "__proto__"].map(languageOf)).toEqual(["python", "typescript", "bash", "cpp", "", "", "", ""]);
});

test("no character of the code is lost", async () => {
  const code = "def f(x):\n    return f'<b>{x}</b> & \"y\"'  # ü\n";
  for (const language of ["py", "html", "json", "nosuch", ""]) {
    expect((await highlight(code, language)).map((token) => token.text).join("")).toBe(code);
  }
});

test("what is very long stays as it is", async () => {
  expect(await highlight("x ".repeat(15_000), "py")).toHaveLength(1);
});
