/** What the dialogs make of what is typed and of what servers answer. */

import { expect, test } from "vitest";

import { Chat } from "../../src/client/chat";
import { Line } from "../../src/client/lines";
import { Request } from "../../src/client/requests";
import { askGrant, largestUpload } from "../../src/app/extensions";
import { fileInfo, infoFrom, ownFile, ownOrigins } from "../../src/app/files";
import { forgetOffline, readOffline, saveOffline } from "../../src/app/offline";
import { profileFrom, Profiles } from "../../src/app/profiles";
import { Memory } from "../../src/app/storage";
import { parse } from "../../src/irc/wire";
import { bans, createdLink, listedLinks, listedRooms, logins, whois } from "../../src/view/dialogs/answers";
import { asked, excerpt, has } from "../../src/view/dialogs/query";
import { shown } from "../../src/view/dialogs/thumbnail";

const NOW = new Date(2026, 0, 31, 12).getTime();
const lines = (...texts: string[]) => texts.map((text) => parse(text));
const local = (year: number, month: number, day: number, ms = 0) => new Date(new Date(year, month - 1, day).getTime() + ms).toISOString();

test.each([
  ["tea time", { text: "tea time" }],
  ['"tea time" in:lobby', { text: '"tea time"', in: "#lobby" }],
  ["in:@bob hi", { in: "bob", text: "hi" }],
  ["from:@alice in:#tea", { from: "alice", in: "#tea" }],
  ["before:2026-01-05", { before: local(2026, 1, 5) }],
  ["after:2026-01-05", { after: local(2026, 1, 5, -1) }],
  ["on:yesterday", { after: local(2026, 1, 30, -1), before: local(2026, 1, 31) }],
  ["on:2025", { after: local(2025, 1, 1, -1), before: local(2026, 1, 1) }],
  ["after:7d", { after: local(2026, 1, 24, -1) }],
  ["has:image FROM:bob", { has: "link", from: "bob" }],
  ["12:30 https://x.org fro:m", { text: "12:30 https://x.org fro:m" }],
  ["", {}],
])("searching %j", (typed, query) => {
  const found = asked(typed, NOW);
  expect(found.query).toEqual(query);
  expect(found.problem).toBe("");
});

test("what a filter doesn't take is said", () => {
  expect(asked("before:soon", NOW).problem).toContain("before:");
  expect(asked("before:2026-13-01", NOW).problem).toContain("before:");
  expect(asked("has:fun", NOW).problem).toContain("has:");
});

test("what is found is shown with the words marked, wherever they are", () => {
  expect(excerpt("More TEA, please", ["tea"])).toEqual([{ text: "More ", found: false }, { text: "TEA", found: true }, { text: ", please", found: false }]);
  const long = excerpt(`${"x ".repeat(500)}needle${" y".repeat(500)}`, ["needle"]);
  expect(long.some((piece) => piece.found)).toBe(true);
  expect(long.map((piece) => piece.text).join("").length).toBeLessThan(250);
  expect(excerpt("a(b", ["(", "*"]).filter((piece) => piece.found)).toEqual([{ text: "(", found: true }]);
  expect(has("see https://a/x.png", ["image"], "https://a")).toBe(true);
  expect(has("see https://a/f/123/x.pdf", ["image"], "https://a")).toBe(false);
  expect(has("see https://a/f/123/x.pdf", ["file"], "https://a")).toBe(true);
});

test("answers of servers", () => {
  const rooms = listedRooms(lines(":s 322 me #b 2 :[+nt] tea", ":s 322 me #a 7 :\x02cake", ":s 323 me :End", ":s 322 me"));
  expect(rooms).toEqual([{ name: "#a", members: 7, topic: "cake" }, { name: "#b", members: 2, topic: "tea" }]);
  expect(bans(lines(":s 367 me #a *!*@h bob!x@y 1700000000", ":s 368 me #a :End"))).toEqual([{ mask: "*!*@h", by: "bob", setMs: 1_700_000_000_000 }]);
  const about = whois(lines(":s 311 me bob ~b h * :Bob", ":s 319 me bob :@#a +#b #c", ":s 330 me bob bobby :is", ":s 317 me bob 60 1700000000 :s", ":s 301 me bob :tea"));
  expect(about).toMatchObject({ nick: "bob", account: "bobby", rooms: ["#a", "#b", "#c"], away: "tea", idleMs: 60_000, operator: false });
  expect(whois(lines(":s 401 me bob :No such nick"))).toBeNull();
  const found = logins(lines(":NickServ NOTICE me :1. 127.0.0.1 since 2026-01-31T12:00:00.000Z (this one)", ":NickServ NOTICE me :2. ::1 since x", ":NickServ NOTICE me :hm"));
  expect(found).toEqual([{ number: 1, text: "127.0.0.1 since 2026-01-31T12:00:00.000Z", isThis: true }, { number: 2, text: "::1 since x", isThis: false }]);
});

test("invite links", () => {
  const made = createdLink(lines(":s INVITELINK #tea CREATED 1f3a9c2e 5 2026-02-02T12:00:00.000Z k3q7 https://chat.example.org/i/k3q7"));
  expect(made).toMatchObject({ handle: "1f3a9c2e", uses: 5, token: "k3q7", url: "https://chat.example.org/i/k3q7" });
  expect(createdLink(lines(":s INVITELINK #tea CREATED 1f * * ../../x *"))).toBeNull();
  const listed = listedLinks(lines(":s INVITELINK #tea LINK 1f3a9c2e 2 5 2026-02-02T12:00:00.000Z 2026-01-31T12:00:00.000Z alice", ":s INVITELINK #tea END 1"));
  expect(listed).toMatchObject([{ handle: "1f3a9c2e", used: 2, uses: 5, by: "alice" }]);
});

function answered(command: string, ...texts: string[]): Request {
  const request = new Request("x", command, []);
  for (const message of lines(...texts)) request.add(message);
  request.finish();
  return request;
}

test("profiles are believed only so far", async () => {
  const profile = profileFrom(
    answered(
      "METADATA",
      ":s 761 me bob display-name * :Bob \u202eB",
      ":s 761 me bob color * :#FF0000",
      ":s 761 me bob avatar * :https://evil.example/f/x.png",
      ":s 766 me bob status :not set",
    ),
    "https://here",
  );
  expect(profile).toMatchObject({ displayName: "Bob B", colour: "#ff0000", avatar: "", status: "" });
  expect(profileFrom(answered("METADATA", ":s 761 me bob avatar * :https://here/f/abc/x.png"), "https://here").avatar).toBe("https://here/f/abc/x.png");

  const asks: string[][] = [];
  let now = 0;
  const session = {
    chat: new Chat("me"),
    can: () => true,
    ask: (command: string, params: string[]) => {
      asks.push([command, ...params]);
      return answered(command, `:s 761 me ${params[0] ?? ""} status * :hi`);
    },
  };
  const profiles = new Profiles(() => session, "https://here", () => now);
  expect(profiles.of("Bob").status).toBe("");
  await expect.poll(() => profiles.of("bob").status).toBe("hi");
  expect(asks).toHaveLength(1);
  now += 11 * 60_000;
  profiles.of("bob");
  expect(asks).toHaveLength(2);
  expect(await profiles.change({ status: "hi", "display-name": "Me" }, { ...profile, status: "hi", displayName: "" })).toBe("");
  expect(asks[2]).toEqual(["METADATA", "*", "SET", "display-name", "Me"]);
});

test("leave to upload is asked for, and used on the page's own host", async () => {
  const chat = new Chat("me");
  expect(largestUpload(chat)).toBe(0);
  chat.offered.set("hubbub.chat/upload", "max-size=1000");
  expect(largestUpload(chat)).toBe(1000);
  const asks: string[] = [];
  const session = {
    chat,
    ask: (command: string, params: string[]) => {
      asks.push(`${command} ${params.join(" ")}`);
      return answered(command, command === "UPLOAD" ? ":s UPLOAD #tea https://other/upload secret 2026-01-31T12:00:00.000Z" : ":s CAP me ACK :x");
    },
  };
  expect(await askGrant(session, "#tea", "https://here")).toEqual({ endpoint: "https://here/upload", headers: { Authorization: "Bearer secret" } });
  expect(asks).toEqual(["CAP REQ hubbub.chat/upload", "UPLOAD #tea"]);
});

test("only files of our own server are asked about, and once", async () => {
  const id = "A".repeat(22);
  expect(ownFile(`https://here/f/${id}/x.png`, ["https://here"])).toBe(`/f/${id}`);
  for (const other of [`https://evil/f/${id}/x.png`, `https://here.evil/f/${id}`, `https://here/f/../x`, "https://here/f/short", "javascript:1", "x", `https://here@evil/f/${id}`]) {
    expect(ownFile(other, ["https://here"])).toBe("");
  }
  expect(ownOrigins(new Map([["soju.im/FILEHOST", "https://chat.example/upload"]]), "http://here")).toEqual(["http://here", "https://chat.example"]);
  let calls = 0;
  const get = async () => {
    calls += 1;
    return new Response(JSON.stringify({ name: "x.png", type: "image/png", size: 5, width: 800, height: 400, thumb: true }));
  };
  const [one, two] = await Promise.all([fileInfo(`/f/${id}`, get), fileInfo(`/f/${id}`, get)]);
  expect([calls, one?.thumbnail, two?.width]).toEqual([1, `/f/${id}/thumb`, 800]);
  expect(shown({ width: 800, height: 400 })).toEqual({ width: 400, height: 200 });
  expect(shown({ width: 10, height: 5000 })).toEqual({ width: 1, height: 200 });
  expect(infoFrom("x", "/f/1")).toEqual({ name: "", type: "", size: 0, width: 0, height: 0, thumbnail: "" });
});

test("the last lines are kept for reading without a connection, and forgotten", () => {
  const keeping = new Memory();
  const chat = new Chat("me");
  const room = chat.open("#tea", "room");
  for (let at = 0; at < 80; at++) room.timeline.append(new Line("message", at, { nick: "bob", text: `line ${at}`, msgid: `${at}` }));
  room.timeline.append(new Line("message", 99, { nick: "bob", text: "gone", redacted: true }));
  saveOffline(keeping, chat, chat.conversations.values(), NOW);
  const kept = readOffline(keeping);
  expect([kept?.nick, kept?.rooms.map(({ name }) => name), kept?.rooms[0]?.lines.length]).toEqual(["me", ["#tea"], 50]);
  expect(kept?.rooms[0]?.lines.at(-1)?.text).toBe("line 79");
  forgetOffline(keeping);
  expect(readOffline(keeping)).toBeNull();
  keeping.write("offline", { savedMs: 1, rooms: [5, { lines: [null, { text: 7 }] }] });
  expect(readOffline(keeping)?.rooms[1]?.lines[1]?.text).toBe("");
});
