import { describe, expect, it } from "vitest";

import { Chat } from "../../src/client/chat";
import { Line } from "../../src/client/lines";
import { scoreOf, Windows, type Window } from "../../src/app/windows";

function windowsOf(...names: string[]): { windows: Windows; of: (name: string) => Window } {
  const chat = new Chat("me");
  const windows = new Windows();
  for (const name of names) windows.add(name === "" ? chat.server : chat.open(name));
  return { windows, of: (name) => windows.find(name) as Window };
}

function unread(window: Window, count = 1, mentions = 0): void {
  window.conversation.unread = count;
  window.conversation.mentions = mentions;
}

describe("Windows", () => {
  it("puts pinned ones first, then rooms, people and the server, by name alone", () => {
    const { windows, of } = windowsOf("", "zoe", "#b", "Ann", "#a", "#pinned");
    of("#pinned").pinned = true;
    windows.sort();
    expect([...windows].map((one) => one.title)).toEqual(["#pinned", "#a", "#b", "Ann", "zoe", "Server"]);
  });

  it("goes round in order, and skips what is read or muted", () => {
    const { windows, of } = windowsOf("#a", "#b", "#c", "#d");
    windows.show(of("#b"));
    unread(of("#a"));
    unread(of("#d"));
    of("#d").muted = true;
    expect(windows.next(1)?.title).toBe("#c");
    expect(windows.next(-1)?.title).toBe("#a");
    expect(windows.nextUnread(1)?.title).toBe("#a");
    expect(windows.nextUnread(-1)?.title).toBe("#a");
  });

  it("shows the one before when the current one goes", () => {
    const { windows, of } = windowsOf("#a", "#b", "#c");
    windows.show(of("#c"));
    windows.show(of("#a"));
    expect(windows.remove(of("#a"))?.title).toBe("#c");
    expect(windows.remove(of("#b"))).toBeNull();
  });

  it("has a badge for what is for us alone", () => {
    const { of } = windowsOf("#a", "ann");
    unread(of("#a"), 5);
    expect(of("#a").badge).toBe(0);
    unread(of("#a"), 5, 2);
    expect(of("#a").badge).toBe(2);
    unread(of("ann"), 3);
    expect(of("ann").badge).toBe(3);
    of("ann").muted = true;
    expect(of("ann").badge).toBe(0);
  });

  it("names the most urgent first", () => {
    const { windows, of } = windowsOf("#a", "#b", "ann");
    unread(of("#a"));
    unread(of("#b"), 1, 1);
    unread(of("ann"));
    expect(windows.activity().map((one) => one.title)).toEqual(["#b", "ann", "#a"]);
  });

  it("finds by some letters; the very name and mentions come first", () => {
    const { windows, of } = windowsOf("#garden", "#gardening", "#general", "ann");
    expect(windows.match("garden").map((one) => one.title)).toEqual(["#garden", "#gardening"]);
    unread(of("#gardening"), 1, 1);
    expect(windows.match("ga")[0]?.title).toBe("#gardening");
    expect(windows.match("GRD").map((one) => one.title)).toContain("#garden");
    expect(windows.match("xyz")).toEqual([]);
  });

  it("proposes the recent ones for nothing, and the current one last", () => {
    const { windows, of } = windowsOf("#a", "#b", "#c");
    windows.show(of("#c"));
    windows.show(of("#a"));
    expect(windows.match("").map((one) => one.title)).toEqual(["#c", "#b", "#a"]);
  });
});

it("scores beginnings and letters in a row higher", () => {
  expect(scoreOf("gen", "#general")).toBeGreaterThan(scoreOf("gen", "#a-gxexn") ?? 0);
  expect(scoreOf("", "#a")).toBe(0);
  expect(scoreOf("z", "#a")).toBeNull();
});

it("counts lines as Conversation does", () => {
  const { of } = windowsOf("#a");
  const { conversation } = of("#a");
  const line = new Line("message", 10, { nick: "ann", text: "me?", mentionsMe: true, msgid: "1" });
  conversation.timeline.append(line);
  conversation.count(line);
  expect(of("#a").urgency).toBe(0);
});
