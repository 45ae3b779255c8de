// @vitest-environment happy-dom
import { signal } from "@preact/signals";
import { render } from "preact";
import { expect, test, vi } from "vitest";

test("signals redraw what shows them", async () => {
  const word = signal("one");
  const Word = () => <p>{word.value}</p>;
  const root = document.createElement("div");
  render(<Word />, root);
  expect(root.textContent).toBe("one");
  word.value = "two";
  await vi.waitFor(() => expect(root.textContent).toBe("two"));
});
