import { expect, it } from "vitest";

import { Conversation } from "../../src/client/chat";
import { Line, type LineFields } from "../../src/client/lines";
import { Notifier } from "../../src/app/notifications";
import type { Level } from "../../src/app/settings";
import { Window } from "../../src/app/windows";

const ROOM = new Window(new Conversation("#a", "room"));
const DIRECT = new Window(new Conversation("ann", "direct"));
const AWAY = { visible: false, ignored: new Set<string>(), now: 10_000 };

function notice(window: Window, given: LineFields, level: Level = "mentions", at: Partial<typeof AWAY> = {}) {
  const line = new Line("message", 1, { nick: "ann", text: "hello", ...given });
  return new Notifier(() => level).consider(window, line, { ...AWAY, ...at });
}

it("tells of mentions and direct messages", () => {
  expect(notice(ROOM, { mentionsMe: true })).toMatchObject({ title: "ann in #a", text: "hello" });
  expect(notice(DIRECT, {})).toMatchObject({ title: "ann", text: "hello" });
  expect(notice(ROOM, {})).toBeNull();
  expect(notice(ROOM, {}, "all")).not.toBeNull();
});

it("is quiet when looked at, ignored, muted or not wanted", () => {
  expect(notice(DIRECT, {}, "mentions", { visible: true })).toBeNull();
  expect(notice(DIRECT, {}, "off")).toBeNull();
  expect(notice(DIRECT, {}, "all", { ignored: new Set(["ann"]) })).toBeNull();
  const muted = new Window(new Conversation("ann", "direct"));
  muted.muted = true;
  expect(notice(muted, {})).toBeNull();
});

it("does not tell of every line", () => {
  const notifier = new Notifier(() => "all");
  const line = new Line("message", 1, { nick: "ann", text: "x" });
  expect(notifier.consider(ROOM, line, AWAY)).not.toBeNull();
  expect(notifier.consider(ROOM, line, { ...AWAY, now: 11_000 })).toBeNull();
  expect(notifier.consider(ROOM, line, { ...AWAY, now: 13_000 })).not.toBeNull();
  notifier.seen(ROOM);
  expect(notifier.consider(ROOM, line, { ...AWAY, now: 13_001 })).not.toBeNull();
});
