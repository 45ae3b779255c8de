// @vitest-environment happy-dom
/** What the page makes of live text: what may be shown, who is, and what this browser keeps of it. */

import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { audienceWords, isPasted, LiveText, PAUSE_MS, places, shownLive } from "../../src/app/live";
import { Memory } from "../../src/app/storage";
import type { Conversation } from "../../src/client/chat";
import { makeIdentity } from "../../src/client/registration";
import { Session } from "../../src/client/session";
import { parse } from "../../src/irc/wire";

describe("what may be shown while it is typed", () => {
  test.each([
    "hello", "two\nlines", "http://example.org", "std::vector", "//etc/passwd", "say /who", ":-)", "  indented", "well, bob", "=D",
  ])("shown: %j", (text) => {
    expect(shownLive({ text, mode: "say" }, "#tea")).toBe(text);
    expect(shownLive({ text, mode: "reply" }, "bob")).toBe(text);
  });

  test.each([
    "/", "\\", "/me waves", " /login bob secret", "/login bob secret", "\n/login bob secret", "\\who", "/nosuchcommand x", "who", "help",
    "bob:", "bob: psst", "bob:psst", " bob: psst", "=bob psst", "note: to myself", "server:who", "", "   ", "\n",
  ])("not shown: %j", (text) => expect(shownLive({ text, mode: "say" }, "#tea")).toBe(""));

  test("never an edit of an earlier message, nor what is written to the server or to a service", () => {
    expect(shownLive({ text: "hello", mode: "edit" }, "#tea")).toBe("");
    expect(shownLive({ text: "identify secret", mode: "say" }, "NickServ")).toBe("");
    expect(shownLive({ text: "identify secret", mode: "say" }, "nickserv@services.example")).toBe("");
    expect(shownLive({ text: "hello", mode: "say" }, "")).toBe("");
  });

  test.each([
    ["insertText", "a", false], ["insertCompositionText", "日本", false], ["insertFromComposition", "日本", false],
    ["deleteContentBackward", null, false], ["insertLineBreak", null, false], ["insertReplacementText", "their", false],
    ["insertFromPaste", null, true], ["insertFromPasteAsQuotation", null, true], ["insertFromDrop", null, true], ["insertFromYank", null, true],
    ["historyUndo", null, true], ["historyRedo", null, true], ["insertText", "x".repeat(65), true],
  ] as const)("%s of %j is a paste: %s", (type, data, expected) => expect(isPasted(type, data)).toBe(expected));
});

test("who has a place keeps it", () => {
  expect(places([], ["ann", "bob", "cy"], 4)).toEqual(["ann", "bob", "cy"]);
  expect(places(["ann", "bob", "cy"], ["ann", "cy"], 4)).toEqual(["ann", "", "cy"]);
  expect(places(["ann", "", "cy"], ["ann", "cy", "dan"], 4)).toEqual(["ann", "dan", "cy"]);
  expect(places(["ann", "bob", "cy"], ["ann"], 4)).toEqual(["ann"]);
  expect(places(["ann", "bob", "cy", "dan"], ["bob", "cy", "dan", "eve"], 2)).toEqual(["cy", "bob", "dan", "eve"]);
  expect(places(["ann", "bob"], [], 4)).toEqual([]);
});

test("the audience in words", () => {
  const words = (number: number, ...nicks: string[]): string => audienceWords({ number, nicks });
  expect(words(0)).toBe("nobody yet");
  expect(words(1, "anna")).toBe("1 sees this: anna");
  expect(words(2, "anna", "bob")).toBe("2 see this: anna, bob");
  expect(words(12, "anna", "bob", "cy", "dan")).toBe("12 see this: anna, bob, cy and 9 more");
  expect(words(3)).toBe("3 see this");
});

// -- with a session -------------------------------------------------------------------------------------------

class Page {
  readonly live: LiveText;
  readonly session: Session;
  nowMs = Date.UTC(2026, 0, 1);

  constructor(
    readonly keeping = new Memory(),
    server = "wss://chat.example/irc",
  ) {
    this.live = new LiveText(keeping);
    this.session = new Session(makeIdentity({ nick: "me" }), { nowMs: () => this.nowMs, nonce: () => "id" });
    this.live.attach(this.session, server);
  }

  arrive(): this {
    this.session.connected(true);
    this.say(":s CAP * LS :message-tags labeled-response batch hubbub.chat/live", ":s CAP * ACK :message-tags labeled-response batch hubbub.chat/live", ":s 001 me :Hi", ":s 422 me :No");
    this.say(":me!m@h JOIN #tea", ":s 353 me = #tea :me ann bob", ":s 366 me #tea :End");
    return this;
  }

  say(...lines: string[]): void {
    for (const line of lines) this.session.received(parse(line));
    this.live.follow(this.session.takeEvents());
  }

  sent(command: string): string[] {
    return this.session.takeMessages().filter((message) => message.command === command).map((message) => [command, ...message.params].join(" "));
  }

  letters(): string[] {
    return this.session.takeMessages().flatMap((message) => message.tags.get("+hubbub.chat/live") ?? []);
  }

  get tea(): Conversation {
    return this.session.chat.open("#tea");
  }
}

describe("with a session", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test("what is chosen is kept for that server, and said again on the next visit", () => {
    const page = new Page().arrive();
    expect([page.live.exists, page.live.asksFirst, page.live.isWanted("#tea")]).toEqual([true, true, false]);
    page.live.setLive(true, "#Tea");
    page.live.setLive(false, "bob");
    expect([page.live.asksFirst, page.live.isWanted("#tea"), page.live.isWanted("bob")]).toEqual([false, true, false]);

    const next = new Page(page.keeping).arrive();
    expect([next.live.asksFirst, next.live.isWanted("#tea")]).toEqual([false, true]);
    // Once more where bob is seen: he may be somebody else than the server knew.
    expect(next.sent("LIVE")).toEqual(["LIVE OFF bob", "LIVE ON #tea", "LIVE OFF bob"]);

    const elsewhere = new Page(page.keeping, "wss://other.example/irc").arrive();
    expect([elsewhere.live.asksFirst, elsewhere.live.isWanted("#tea"), elsewhere.sent("LIVE")]).toEqual([true, false, []]);
    elsewhere.live.setLive(true);
    expect(new Page(page.keeping).live.isWanted("#tea")).toBe(true);
  });

  test("what the server refuses is not kept, and who logs out leaves nothing", () => {
    const page = new Page().arrive();
    const request = page.live.setLive(true, "#tea");
    const label = page.session.takeMessages().find(({ command }) => command === "LIVE")?.tags.get("label");
    page.say(`@label=${label} :s FAIL LIVE LIVE_NOT_ALLOWED #tea :This room has no live text`);
    expect([request.failed, page.live.isWanted("#tea"), new Page(page.keeping).live.isWanted("#tea")]).toEqual([true, false, false]);
    page.live.setLive(true);
    page.live.forget();
    const next = new Page(page.keeping);
    expect([next.live.asksFirst, next.live.isWanted("")]).toEqual([true, false]);
  });

  test.each([null, 7, [], { "wss://chat.example/irc": 1 }, { "wss://chat.example/irc": { agreed: 1, wanted: { "*": true } } }, { "wss://chat.example/irc": { agreed: true, wanted: { "*": "yes", "": true, ["x".repeat(300)]: true } } }])(
    "what was kept by somebody else's hands shows nobody anything: %j",
    (stored) => {
      const keeping = new Memory();
      keeping.write("live", stored);
      expect([...new Page(keeping).session.live.wanted]).toEqual([]);
    },
  );

  test("whether letters leave the screen, who sees them, and what is held back", () => {
    const page = new Page().arrive();
    const here = page.live.here(page.tea);
    const state = (): unknown[] => [here.isOn.value, here.audience.value?.number ?? null, here.holdsBack.value];
    page.live.typed(page.tea, { text: "key", mode: "say" }, true);
    expect([state(), page.letters()]).toEqual([[false, null, false], []]);
    page.live.setLive(true, "#tea");
    page.say(":s LIVE ON #tea", ":s LIVE AUDIENCE #tea 2 :ann bob");
    expect(state()).toEqual([true, 2, true]);
    page.live.typed(page.tea, { text: "key?", mode: "say" });
    expect(page.letters()).toEqual(["id/0/n+0,1,?"]);
    page.session.disconnected();
    page.live.follow(page.session.takeEvents());
    expect(state()).toEqual([false, null, false]);
  });

  test("a command and an edit are never typed live, and what was pasted stays held back through them", () => {
    const page = new Page().arrive();
    page.live.setLive(true, "#tea");
    page.say(":s LIVE ON #tea", ":s LIVE AUDIENCE #tea 1 :ann");
    page.session.takeMessages();
    const type = (text: string, mode: "say" | "edit" = "say", pasted = false): string[] => {
      page.nowMs += 1_000;
      page.live.typed(page.tea, { text, mode }, pasted);
      return page.letters();
    };
    expect(type("hi ")).toEqual(["id/0/n+0,3,hi "]);
    expect(type("hi secret", "say", true)).toEqual([]);
    expect(type("/hi secret")).toEqual(["id/1/c"]);
    expect(type("/login hi secret")).toEqual([]);
    expect(type("hi secret")).toEqual(["id/0/n+0,3,hi "]);
    expect(type("an older message of mine", "edit")).toEqual(["id/1/c"]);
    expect(type("an older message of mine!", "edit")).toEqual([]);
    expect(type("hi secret", "say", true)).toEqual(["id/0/n+0,3,hi "]);
    expect(type("ann: hi secret")).toEqual(["id/1/c"]);
    expect(page.live.here(page.tea).holdsBack.value).toBe(true);
  });

  test("the lines of others, and when they pause", async () => {
    const page = new Page().arrive();
    const { lines } = page.live.here(page.tea);
    page.say("@+hubbub.chat/live=a/0/n+0,2,hi :ann!a@h TAGMSG #tea");
    await vi.advanceTimersByTimeAsync(PAUSE_MS - 500);
    page.say("@+hubbub.chat/live=b/0/n+0,1,y :bob!b@h TAGMSG #tea");
    expect(lines.value).toEqual([{ nick: "ann", text: "hi", changing: true }, { nick: "bob", text: "y", changing: true }]);
    await vi.advanceTimersByTimeAsync(500);
    expect(lines.value.map(({ changing }) => changing)).toEqual([false, true]);
    page.say("@+hubbub.chat/live=a/1/e+2,1,! :ann!a@h TAGMSG #tea");
    expect(lines.value[0]).toEqual({ nick: "ann", text: "hi!", changing: true });
    await vi.advanceTimersByTimeAsync(PAUSE_MS);
    expect(lines.value.map(({ changing }) => changing)).toEqual([false, false]);
    page.say("@msgid=1;+hubbub.chat/nonce=a :ann!a@h PRIVMSG #tea :hi!", ":bob!b@h QUIT :bye");
    expect([lines.value, vi.getTimerCount()]).toEqual([[], 0]);
  });
});
