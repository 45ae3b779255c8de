import { describe, expect, it } from "vitest";

import { freeTop } from "../../src/view/timeline/free_end";

const box = (left: number, top: number, right: number, bottom: number) => ({ left, top, right, bottom });
const ROW = box(0, 100, 600, 170);
/** 200 wide, 26 high; where they are drawn first does not matter. */
const BUTTONS = box(400, 0, 600, 26);

describe("the buttons of a message", () => {
  it("stand at the top where nothing is", () => {
    expect(freeTop(ROW, BUTTONS, [box(0, 104, 300, 126)])).toBe(100);
  });

  it("go below a line that is in the way, beside one that ends early", () => {
    expect(freeTop(ROW, BUTTONS, [box(0, 100, 590, 122), box(0, 144, 300, 166)])).toBe(119);
  });

  it("never leave the row", () => {
    const lines = [100, 122, 144].map((top) => box(0, top, 590, top + 22));
    expect(freeTop(ROW, BUTTONS, lines)).toBeNull();
  });

  it("keep a little away from the words beside them", () => {
    expect(freeTop(box(0, 100, 600, 122), BUTTONS, [box(0, 100, 398, 122)])).toBeNull();
  });

  it("fit into a row of one line", () => {
    expect(freeTop(box(0, 100, 600, 125), BUTTONS, [box(0, 102, 300, 123)])).not.toBeNull();
  });
});
