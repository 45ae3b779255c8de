/** Signs around what is selected: bold, italic, code. */

/** By action of the keymap. */
export const WRAPS: Readonly<Record<string, string>> = { bold: "**", italic: "*", code: "`", codeBlock: "```" };

export function wrapped(text: string, from: number, to: number, sign: string): { text: string; from: number; to: number } {
  const inner = text.slice(from, to);
  const [front, behind] = sign === "```" ? [`${sign}\n`, `\n${sign}`] : [sign, sign];
  const isWrapped = text.slice(from - front.length, from) === front && text.slice(to, to + behind.length) === behind;
  if (isWrapped) {
    const bare = text.slice(0, from - front.length) + inner + text.slice(to + behind.length);
    return { text: bare, from: from - front.length, to: to - front.length };
  }
  return { text: text.slice(0, from) + front + inner + behind + text.slice(to), from: from + front.length, to: to + front.length };
}

/** As if it were typed, so that the box hears of it and the browser can undo it. */
export function wrap(box: HTMLTextAreaElement, sign: string): void {
  const found = wrapped(box.value, box.selectionStart, box.selectionEnd, sign);
  box.select();
  if (!document.execCommand("insertText", false, found.text)) {
    box.value = found.text;
    box.dispatchEvent(new Event("input", { bubbles: true }));
  }
  box.setSelectionRange(found.from, found.to);
}
