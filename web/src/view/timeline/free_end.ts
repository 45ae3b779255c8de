/**
 * Where the buttons of a message cover nothing: beside a line of its own that ends early.
 *
 * Looks at what is drawn; changes only the place of the buttons.
 */

/** Letters don't fill their line: so much of it may be covered, in pixels. */
const LEADING_PX = 3;
const GAP_PX = 6;

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Puts the buttons to the free end of a line of their row. Where no line leaves room, they are `crowded` at its last one. */
export function putAside(buttons: HTMLElement): void {
  const row = buttons.parentElement;
  if (row === null || getComputedStyle(buttons).position !== "absolute") return;
  const own = buttons.getBoundingClientRect();
  const around = row.getBoundingClientRect();
  const top = freeTop(around, own, contentOf(row));
  buttons.classList.toggle("crowded", top === null);
  // What opens the replies stays free: it is a button as well.
  const end = row.querySelector(".replies-line")?.getBoundingClientRect().top ?? around.bottom;
  buttons.style.top = `${(top ?? Math.max(end - own.height, around.top)) - around.top}px`;
}

/** The uppermost place within the row; null where there is none. */
export function freeTop(row: Box, buttons: Box, content: readonly Box[]): number | null {
  const height = buttons.bottom - buttons.top;
  const beside = content.filter((box) => box.right > buttons.left - GAP_PX && box.left < buttons.right + GAP_PX);
  // At the top, or below one of the boxes that are in the way.
  const tops = [row.top, row.bottom - height, ...beside.map((box) => box.bottom - LEADING_PX)].sort((one, other) => one - other);
  const isFree = (top: number): boolean => {
    const isWithin = top >= row.top - LEADING_PX && top + height <= row.bottom + LEADING_PX;
    return isWithin && beside.every((box) => box.top >= top + height - LEADING_PX || box.bottom <= top + LEADING_PX);
  };
  return tops.find(isFree) ?? null;
}

/** Lines of text, and what is shown beside text. */
function contentOf(row: HTMLElement): Box[] {
  const found: Box[] = [...row.querySelectorAll(".message :is(pre, img, .thumbnail, .file-card, .reaction, button.link)")].map((one) =>
    one.getBoundingClientRect(),
  );
  const range = document.createRange();
  const texts = document.createTreeWalker(row, NodeFilter.SHOW_TEXT, (node) =>
    node.parentElement?.closest(".actions, .visually-hidden") === null ? NodeFilter.FILTER_ACCEPT : NodeFilter.FILTER_REJECT,
  );
  while (texts.nextNode() !== null) {
    range.selectNodeContents(texts.currentNode);
    found.push(...range.getClientRects());
  }
  return found;
}
