import { describe, expect, it } from "vitest";

import { Chat, Member } from "../../src/client/chat";
import { EmojiTable } from "../../src/text/emoji";
import { complete } from "../../src/view/composer/completion";
import { Sent } from "../../src/view/composer/sent";
import { wrapped } from "../../src/view/composer/wrapping";
import { hueOf, initials } from "../../src/view/colour";
import { fold } from "../../src/irc/names";

function room(): { chat: Chat; here: ReturnType<Chat["open"]> } {
  const chat = new Chat("me");
  const here = chat.open("#garden");
  chat.open("#general");
  ["me", "ann", "Andy", "bob"].forEach((nick, at) => {
    const member = new Member(chat.person(nick));
    member.spokeMs = at;
    here.members.set(fold(nick), member);
  });
  return { chat, here };
}

const EMOJI = new EmojiTable([{ emoji: "👍", names: ["thumbsup", "+1"], words: [], group: "" }], []);

function proposals(text: string): string[] {
  const { chat, here } = room();
  return complete(text, text.length, chat, here, EMOJI)?.proposals.map((one) => one.text) ?? [];
}

describe("complete", () => {
  it("proposes people, the last speaker first", () => {
    expect(proposals("hi @an")).toEqual(["@Andy ", "@ann "]);
    expect(proposals("@m")).toEqual([]);
  });

  it("proposes rooms and commands", () => {
    expect(proposals("see #g")).toEqual(["#garden ", "#general "]);
    expect(proposals("/jo")).toEqual(["/join "]);
    expect(proposals("a /jo")).toEqual([]);
  });

  it("proposes emoji where people will read it", () => {
    expect(proposals("well :thu")).toEqual(["👍 "]);
    expect(proposals("/me :thu")).toEqual(["👍 "]);
    expect(proposals("/quote PRIVMSG #a :thu")).toEqual([]);
  });

  it.each(["", "hi", "ann@example", "a:b", "10:30", "/join", "@bob", "well :thumbsup:"])("leaves %j alone", (text) => {
    expect(proposals(text)).toEqual([]);
  });

  it("replaces the word in front of the caret alone", () => {
    const { chat, here } = room();
    expect(complete("@an and more", 3, chat, here, null)).toMatchObject({ from: 0, to: 3 });
  });
});

it("puts signs around what is selected, and takes them away", () => {
  const bold = wrapped("a word", 2, 6, "**");
  expect(bold).toEqual({ text: "a **word**", from: 4, to: 8 });
  expect(wrapped(bold.text, bold.from, bold.to, "**")).toEqual({ text: "a word", from: 2, to: 6 });
});

it("brings back what was sent, but no password", () => {
  const sent = new Sent();
  sent.add("one");
  sent.add("/login ann secret");
  sent.add("two");
  expect(sent.before("")).toBe("two");
  expect(sent.before("two")).toBe("one");
  expect(sent.before("one")).toBe("one");
});

it("gives a person one colour, whatever the case", () => {
  expect(hueOf("Ann")).toBe(hueOf("ann"));
  expect(hueOf("ann", "account")).toBe(hueOf("bob", "account"));
  expect(new Set(["ann", "bob", "cy", "dan", "eve"].map((nick) => hueOf(nick))).size).toBeGreaterThan(3);
  expect(initials("_x_")).toBe("X");
  expect(initials("日本")).toBe("日");
});
