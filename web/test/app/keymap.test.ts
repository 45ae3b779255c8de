import { describe, expect, it } from "vitest";

import { chordsOf, KEYS, Keymap, label, problem, rebind, type Pressed } from "../../src/app/keymap";
import { Settings } from "../../src/app/settings";
import { Memory } from "../../src/app/storage";

function press(key: string, given: Partial<Pressed> & { altGraph?: boolean } = {}): Pressed {
  const { altGraph = false, ...rest } = given;
  return {
    key,
    code: "",
    ctrlKey: false,
    altKey: false,
    shiftKey: false,
    metaKey: false,
    isComposing: false,
    getModifierState: (name) => name === "AltGraph" && altGraph,
    ...rest,
  };
}

describe("chordsOf", () => {
  it.each([
    [press("k", { ctrlKey: true }), "mod+k"],
    [press("F", { ctrlKey: true, shiftKey: true }), "mod+shift+f"],
    [press("?", { shiftKey: true }), "?"],
    [press("ArrowUp", { altKey: true, shiftKey: true }), "alt+shift+arrowup"],
    [press(" "), "space"],
  ])("%#", (event, chord) => {
    expect(chordsOf(event, false)).toContain(chord);
  });

  it("knows Ctrl+Shift+\\ by its key where Shift makes another sign", () => {
    expect(chordsOf(press("|", { ctrlKey: true, shiftKey: true, code: "Backslash" }), false)).toContain("mod+shift+\\");
  });

  it("takes Cmd on a Mac", () => {
    expect(chordsOf(press("k", { metaKey: true }), true)).toEqual(["mod+k"]);
  });

  it("leaves AltGr, dead keys and input methods alone", () => {
    expect(chordsOf(press("@", { ctrlKey: true, altKey: true, altGraph: true }), false)).toEqual([]);
    expect(chordsOf(press("Dead"), false)).toEqual([]);
    expect(chordsOf(press("Enter", { isComposing: true }), false)).toEqual([]);
  });
});

describe("Keymap", () => {
  it("has every chord once in a context", () => {
    const all = KEYS.flatMap((key) => key.chords.map((chord) => `${key.context} ${chord}`));
    expect(new Set(all).size).toBe(all.length);
  });

  it("takes a chord from the action that had it", () => {
    const keymap = new Keymap({ search: ["mod+k"] });
    expect(keymap.action("window", press("k", { ctrlKey: true }))).toBe("search");
    expect(keymap.chords("switcher")).toEqual([]);
  });

  it("keeps what is fixed", () => {
    expect(new Keymap({ send: ["mod+enter"] }).chords("send")).toEqual(["enter"]);
  });

  it("is changed through the settings, and back", () => {
    const kept = new Memory();
    rebind(new Settings(kept), "switcher", ["mod+j"]);
    const again = new Settings(kept);
    expect(new Keymap(again.now.keys).label("switcher")).toBe("Ctrl+J");
    rebind(again, "switcher", null);
    expect(new Keymap(again.now.keys).label("switcher")).toBe("Ctrl+K");
  });

  it("says why a chord can't be had", () => {
    expect(problem("switcher", "mod+t")).toContain("browser");
    expect(problem("switcher", "x")).toContain("writing");
    expect(problem("switcher", "enter")).not.toBe("");
    expect(problem("send", "mod+j")).not.toBe("");
    expect(problem("switcher", "mod+j")).toBe("");
  });
});

it("writes chords as people do", () => {
  expect(label("mod+shift+\\", false)).toBe("Ctrl+Shift+\\");
  expect(label("alt+arrowup", false)).toBe("Alt+↑");
  expect(label("+", false)).toBe("+");
  expect(label("mod+k", true)).toBe("⌘K");
});
