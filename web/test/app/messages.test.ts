import { expect, test } from "vitest";

import { quoted } from "../../src/app/messages";
import { Line } from "../../src/client/lines";

test.each([
  ["**bold** and `code`, see https://a.example/b_c_d", "bold and code, see https://a.example/b_c_d"],
  ["```python\nprint(1)\n```", "print(1)"],
  ["> what was said\nand more", "what was said and more"],
  ["x".repeat(400), `${"x".repeat(120)}…`],
])("%j is quoted as it is read", (text, shown) => {
  expect(quoted(new Line("message", 0, { text }))).toBe(shown);
});
