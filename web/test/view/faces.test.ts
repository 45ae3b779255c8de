import { expect, it } from "vitest";

import { NOTHING, profileOf } from "../../src/app/profiles";
import { hueOfColour } from "../../src/view/colour";

it("finds the hue of a colour in the circle of the style sheet", () => {
  expect(hueOfColour("#ff0000")).toBe(29);
  expect(hueOfColour("#0000ff")).toBe(264);
  expect(hueOfColour("#808080")).toBeNull();
  expect(hueOfColour("nonsense")).toBeNull();
});

it("believes of a profile only what does no harm", () => {
  const told = new Map([["display-name", "A\u0002nn"], ["color", "red;x"], ["avatar", "https://elsewhere/f/aaaaaaaaaa"]]);
  expect(profileOf(told, "https://here")).toEqual({ ...NOTHING, displayName: "Ann" });
  expect(profileOf(new Map([["avatar", "https://here/f/aaaaaaaaaa/x.png"]]), "https://here").avatar).toBe("https://here/f/aaaaaaaaaa/x.png");
});
