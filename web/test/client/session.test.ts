/** A client's session against a whole server, without sockets. The same conversations as the Python client's. */

import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { Line } from "../../src/client/lines";
import { MOST } from "../../src/client/outbox";
import { parse, parseTags } from "../../src/irc/wire";
import { PYTHON } from "../python";
import { randomFrom } from "../random";
import { allRun, Chatting, World } from "./chatting";

const numbers = (from: number, to: number): string[] => Array.from({ length: to - from }, (_, at) => String(from + at));

describe.skipIf(PYTHON === null)("on a whole server", () => {
  let world: World;

  beforeAll(() => {
    world = new World();
  });
  beforeEach(() => world.reset({ "rooms.default": "#lobby" }));
  afterAll(() => world.end());

  async function enter(...nicks: string[]): Promise<[Chatting, Chatting]> {
    const people = [];
    for (const nick of nicks) people.push(await Chatting.enter(world, nick));
    return people as [Chatting, Chatting];
  }

  // -- coming in ----------------------------------------------------------------------------------------------

  test("one arrives in the lobby", async () => {
    const [alice] = await enter("alice");
    expect([alice.session.phase, alice.chat.nick]).toEqual(["online", "alice"]);
    const lobby = alice.conversation("#lobby");
    expect([lobby.joined, [...lobby.members.values()].map((member) => member.nick)]).toEqual([true, ["alice"]]);
    expect(alice.told("opened").map((event) => event.conversation.name)).toEqual(["#lobby"]);
  });

  test("a taken name is asked for again and another one gets in", async () => {
    const [, other] = await enter("alice", "alice");
    const [refused] = other.told("nameRefused");
    expect(refused?.name).toBe("alice");
    expect([other.session.phase, other.session.asksName]).toEqual(["registering", true]);
    other.session.takeName(refused?.suggestion ?? "");
    await other.run();
    expect([other.session.phase, other.chat.nick]).toEqual(["online", refused?.suggestion]);
  });

  test("rooms of the settings are joined, with their keys", async () => {
    const [bob] = await enter("bob");
    bob.session.join("#tea", "sesame");
    await bob.run();
    bob.session.ask("MODE", ["#tea", "+k", "sesame"]);
    await bob.run();
    const alice = await Chatting.enter(world, "alice", { rooms: { "#tea": "sesame", "#cake": "" } });
    await alice.lose();
    await alice.connect();
    expect(["#tea", "#cake"].map((name) => alice.conversation(name).joined)).toEqual([true, true]);
    expect(new Map(alice.session.rooms)).toEqual(new Map([["#lobby", ""], ["#tea", "sesame"], ["#cake", ""]]));
  });

  test("a room that was asked for is to be shown", async () => {
    const [alice] = await enter("alice");
    alice.told("opened");
    alice.session.join("#Tea");
    await alice.run();
    const [opened] = alice.told("opened");
    expect([opened?.asked, opened?.conversation.name]).toEqual([true, "#Tea"]);
    alice.session.part(alice.conversation("#tea"), "enough");
    await alice.run();
    expect(alice.told("closed").map((event) => event.conversation.name)).toEqual(["#Tea"]);
  });

  // -- accounts -----------------------------------------------------------------------------------------------

  test("claiming a name and logging in from elsewhere", async () => {
    const [alice] = await enter("alice");
    const request = alice.session.register("correct horse");
    await alice.run();
    expect([request.done, request.failure]).toEqual([true, ""]);
    expect(await request.settled).toBe(request);
    expect(alice.chat.account).toBe("alice");
    const phone = await Chatting.enter(world, "alice", { password: "correct horse" });
    expect([phone.session.phase, phone.chat.account]).toEqual(["online", "alice"]);
  });

  test("a password of other letters is the same one on both sides", async () => {
    const [alice] = await enter("alice");
    alice.session.register("pässwörd½ ﬁ 日本");
    await alice.run();
    const phone = await Chatting.enter(world, "alice", { password: "pässwörd½ ﬁ 日本" });
    expect(phone.chat.account).toBe("alice");
  });

  test("a wrong password is told", async () => {
    const [alice] = await enter("alice");
    alice.session.register("correct horse");
    await alice.run();
    const phone = await Chatting.enter(world, "alice", { password: "wrong horse" });
    expect(phone.told("loginRefused").map((event) => event.account)).toEqual(["alice"]);
  });

  test("a guest who comes back has read what was read here before, and the server learns of it", async () => {
    const [alice, bob] = await enter("alice", "bob");
    await bob.say("#lobby", "seen");
    await alice.run();
    const readMs = alice.conversation("#lobby").timeline.newest()?.timeMs ?? 0;
    alice.session.markRead(alice.conversation("#lobby"));
    await alice.run();
    await alice.lose();
    await bob.say("#lobby", "alice: unseen");
    const again = await Chatting.enter(world, "alice", { read: { "#lobby": readMs } });
    const lobby = again.conversation("#lobby");
    expect([lobby.unread, lobby.mentions, lobby.readMs]).toEqual([1, 1, readMs]);
    // The server has forgotten the guest that alice was; now it has what was read here.
    const marks = again.session.ask("MARKREAD", ["#lobby"]);
    await again.run();
    expect([...marks.messages()].at(-1)?.params[1]).toBe(`timestamp=${new Date(readMs).toISOString()}`);
    const stranger = await Chatting.enter(world, "carol");
    expect(stranger.conversation("#lobby").unread).toBe(0);
  });

  test("what an account has read is what the server says, whatever this device knows", async () => {
    const [, bob] = await enter("alice", "bob");
    bob.session.register("correct horse battery");
    await bob.run();
    const carol = await Chatting.enter(world, "carol");
    await carol.say("#lobby", "one");
    await bob.run();
    bob.session.markRead(bob.conversation("#lobby"));
    await bob.run();
    const markMs = bob.conversation("#lobby").readMs;
    const other = await Chatting.enter(world, "bob", { password: "correct horse battery", read: { "#lobby": markMs + 60_000 } });
    expect(other.chat.account).toBe("bob");
    expect(other.conversation("#lobby").readMs).toBe(markMs);
  });

  test("marked as unread it is unread, until it is read again", async () => {
    const [alice, bob] = await enter("alice", "bob");
    const lobby = alice.conversation("#lobby");
    for (const text of ["one", "alice: two", "three"]) await bob.say("#lobby", text);
    await alice.run();
    alice.session.markRead(lobby);
    await alice.run();
    expect(lobby.unread).toBe(0);
    const second = [...lobby.timeline].find((line) => line.text === "alice: two");
    alice.session.markUnread(lobby, second as NonNullable<typeof second>);
    expect([lobby.unread, lobby.mentions, lobby.firstUnread()]).toEqual([2, 1, second]);
    alice.session.markRead(lobby);
    await alice.run();
    expect([lobby.unread, lobby.mentions]).toEqual([0, 0]);
  });

  test.each(["INVITELINK #lobby CREATED 1 * * sesame *", "UPLOAD #lobby https://chat.example/files/ sesame", "LOGINTOKEN CREATED 1 * sesame"])(
    "a token that nobody waits for any more is shown nowhere: %s",
    async (answer) => {
      const [alice] = await enter("alice");
      alice.session.received(parse(`:hub ${answer}`));
      alice.session.received(parse(":hub WHATEVER is shown"));
      const shown = [...alice.chat.conversations.values()].flatMap(({ timeline }) => [...timeline].map((line) => line.text));
      expect(shown.filter((text) => /sesame|shown/.test(text))).toEqual([expect.stringContaining("shown")]);
    },
  );

  test("what is asked of a service is in no conversation", async () => {
    const [alice] = await enter("alice");
    const request = alice.session.ask("PRIVMSG", ["NickServ", "REGISTER correct horse battery"]);
    const help = alice.session.ask("NS", ["HELP"]);
    await alice.run();
    expect([request.done, request.failed, [...help.messages()].length > 1]).toEqual([true, false, true]);
    expect([...alice.chat.conversations.keys()].filter((name) => name.includes("nickserv"))).toEqual([]);
    // A line of ours is a conversation all the same.
    await alice.say("alice", "to myself");
    expect(alice.texts("alice")).toEqual(["to myself"]);
  });

  test("two clients of an account agree on what is read", async () => {
    const [alice, bob] = await enter("alice", "bob");
    alice.session.register("correct horse");
    await alice.run();
    const phone = await Chatting.enter(world, "alice", { password: "correct horse" });
    await bob.say("#lobby", "hello alice");
    await allRun(alice, phone, bob);
    const rooms = [alice, phone].map((person) => person.conversation("#lobby"));
    expect(rooms.map((room) => [room.unread, room.mentions])).toEqual([[1, 1], [1, 1]]);
    alice.session.markRead(alice.conversation("#lobby"));
    await allRun(alice, phone);
    expect(rooms.map((room) => [room.unread, room.mentions])).toEqual([[0, 0], [0, 0]]);
  });

  test("what people say of themselves is known", async () => {
    const [alice, bob] = await enter("alice", "bob");
    alice.session.ask("METADATA", ["*", "SET", "display-name", "Alice A."]);
    await allRun(alice, bob);
    expect(bob.chat.person("alice").metadata.get("display-name")).toBe("Alice A.");
    expect(alice.chat.person("alice").metadata.get("display-name")).toBe("Alice A.");
    const carol = await Chatting.enter(world, "carol");
    expect(carol.chat.person("alice").metadata.get("display-name")).toBe("Alice A.");
  });

  test("what others change of themselves is told at once, and what they take away is gone", async () => {
    const [alice, bob] = await enter("alice", "bob");
    alice.session.ask("METADATA", ["*", "SET", "status", "drinking tea"]);
    await allRun(alice, bob);
    expect(bob.told("profile").map((event) => event.person.nick)).toEqual(["alice"]);
    expect(bob.chat.person("alice").metadata.get("status")).toBe("drinking tea");
    const request = alice.session.ask("METADATA", ["*", "SET", "status"]);
    await allRun(alice, bob);
    expect([request.done, request.failed]).toEqual([true, false]);
    for (const one of [alice, bob]) expect(one.chat.person("alice").metadata.size).toBe(0);
  });

  test("metadata that is postponed is asked for when it is time", async () => {
    const [alice] = await enter("alice", "bob");
    const asked = () => alice.session.takeMessages().map((message) => message.params);
    const at = (seconds: number) => (world.nowMs = now + seconds * 1000);
    const now = world.nowMs;
    alice.session.received(parse(":s 774 alice #lobby 4"));
    alice.session.received(parse(":s 774 alice #elsewhere 2"));
    alice.session.received(parse(":s 774 alice bob 6"));
    at(3.9);
    alice.session.tick();
    expect(asked()).toEqual([["#elsewhere", "SYNC"]]);
    at(4);
    alice.session.tick();
    alice.session.tick();
    expect(asked()).toEqual([["#lobby", "SYNC"]]);
    alice.session.disconnected();
    at(10);
    alice.session.tick();
    expect(asked()).toEqual([]);
  });

  // -- saying -------------------------------------------------------------------------------------------------

  test("a message is pending until the server has it", async () => {
    const [alice] = await enter("alice");
    const [line] = alice.session.say(alice.conversation("#lobby"), "hello");
    expect(line?.delivery).toBe("pending");
    await alice.run();
    expect(line?.delivery).toBe("arrived");
    expect(line?.msgid).not.toBe("");
    expect(alice.texts("#lobby")).toEqual(["hello"]);
  });

  test("the others see it once", async () => {
    const [alice, bob] = await enter("alice", "bob");
    await alice.say("#lobby", "hello bob");
    await allRun(alice, bob);
    const added = bob.told("added").filter((event) => event.line.kind === "message");
    expect(added.map((event) => [event.live, event.line.mentionsMe])).toEqual([[true, true]]);
    expect(bob.texts("#lobby")).toEqual(["hello bob"]);
  });

  test.each(["one\n\n  two\nthree", "word ".repeat(500) + "end", "ä".repeat(1500), "😀 ".repeat(300) + "."])(
    "a long text arrives whole: %.20j",
    async (text) => {
      const [alice, bob] = await enter("alice", "bob");
      await alice.say("#lobby", text);
      await allRun(alice, bob);
      expect([alice.texts("#lobby"), bob.texts("#lobby")]).toEqual([[text], [text]]);
    },
  );

  test("a refused message fails with the reason, and can be sent again", async () => {
    const [alice] = await enter("alice");
    const [line] = await alice.say("bob", "hello?");
    expect(line?.delivery).toBe("failed");
    expect(line?.failure).not.toBe("");
    expect(alice.told("told")).toEqual([]);
    const [bob] = await enter("bob");
    if (line !== undefined) alice.session.retry(alice.conversation("bob"), line);
    await allRun(alice, bob);
    expect([alice.texts("bob"), bob.texts("alice")]).toEqual([["hello?"], ["hello?"]]);
  });

  test("what is sent again still answers what it answered, also where that is not loaded", async () => {
    const [alice, bob] = await enter("alice", "bob");
    await bob.say("#lobby", "first");
    await allRun(alice, bob);
    const msgid = bob.conversation("#lobby").timeline.newest()?.msgid ?? "";
    const lobby = alice.conversation("#lobby");
    const line = new Line("message", 1, { text: "again", replyTo: msgid, mine: true, delivery: "failed", nonce: "n" });
    lobby.timeline.clear();
    lobby.timeline.append(line);
    alice.session.retry(lobby, line);
    await allRun(alice, bob);
    expect(bob.conversation("#lobby").timeline.newest()?.replyTo).toBe(msgid);
  });

  test("what can't be sent again now is kept", async () => {
    const [alice] = await enter("alice");
    const [line] = await alice.say("bob", "hello?");
    const conversation = alice.conversation("bob");
    await alice.lose();
    for (let count = 0; count < MOST; count++) alice.session.say(conversation, "waits");
    if (line !== undefined) alice.session.retry(conversation, line);
    expect([line?.delivery, conversation.timeline.index(line as Line) >= 0]).toEqual(["failed", true]);
  });

  test("direct messages open a conversation", async () => {
    const [alice, bob] = await enter("alice", "bob");
    bob.told("opened");
    await alice.say("bob", "psst");
    await allRun(alice, bob);
    expect(bob.told("opened").map((event) => event.conversation.place)).toEqual(["direct"]);
    await bob.say("alice", "yes?");
    await allRun(alice, bob);
    expect([alice.texts("bob"), bob.texts("alice")]).toEqual([["psst", "yes?"], ["psst", "yes?"]]);
  });

  test("reply, react, edit, redact", async () => {
    const [alice, bob] = await enter("alice", "bob");
    const [line] = await alice.say("#lobby", "tea?");
    await allRun(alice, bob);
    const [mine, room] = [alice.conversation("#lobby"), bob.conversation("#lobby")];
    const seen = room.timeline.find(line?.msgid ?? "");
    if (line === undefined || seen === undefined) throw new Error("it did not arrive");
    bob.session.say(room, "yes", { replyTo: seen });
    bob.session.react(room, seen, "👍");
    await allRun(alice, bob);
    expect([...line.reactions]).toEqual([["👍", ["bob"]]]);
    expect(mine.timeline.lines.at(-1)?.replyTo).toBe(line.msgid);
    alice.session.edit(mine, line, "green tea?");
    bob.session.react(room, seen, "👍", false);
    await allRun(alice, bob);
    expect([seen.text, seen.replaced, seen.editedMs > 0, seen.reactions.size]).toEqual(["green tea?", ["tea?"], true, 0]);
    alice.session.redact(mine, line);
    await allRun(alice, bob);
    expect([seen.redacted, seen.text]).toEqual([true, ""]);
  });

  test("parameters that fit into no line are refused and break nothing", async () => {
    const [alice] = await enter("alice");
    expect(alice.session.ask("INVITE", ["a name with spaces", "#lobby"]).failed).toBe(true);
    await alice.say("#lobby", "still here");
    expect(alice.texts("#lobby")).toEqual(["still here"]);
  });

  test("questions are answered", async () => {
    const [alice, bob] = await enter("alice", "bob");
    const list = alice.session.ask("LIST");
    const whois = alice.session.ask("WHOIS", ["nobody"]);
    await allRun(alice, bob);
    expect([...list.messages()].filter((one) => one.command === "322").map((one) => one.params[1])).toEqual(["#lobby"]);
    expect([whois.failed, whois.failure !== ""]).toEqual([true, true]);
    expect(alice.told("told")).toEqual([]);
  });

  // -- history ------------------------------------------------------------------------------------------------

  test("what was said before is there", async () => {
    const [bob] = await enter("bob");
    for (const number of numbers(0, 3)) await bob.say("#lobby", number);
    const [alice] = await enter("alice");
    expect(alice.texts("#lobby")).toEqual(["0", "1", "2"]);
    expect(alice.told("added").filter((event) => event.live && event.line.isSaid)).toEqual([]);
  });

  test("older pages load until the beginning", async () => {
    const [bob] = await enter("bob");
    for (const number of numbers(0, 250)) await bob.say("#lobby", number);
    const [alice] = await enter("alice");
    const room = alice.conversation("#lobby");
    while (!room.timeline.atStart) {
      alice.session.loadOlder(room);
      await alice.run();
    }
    expect(alice.texts("#lobby")).toEqual(numbers(0, 250));
  });

  test("a piece of the past grows both ways", async () => {
    const [bob] = await enter("bob");
    const lines = [];
    for (const number of numbers(0, 400)) lines.push(...(await bob.say("#lobby", number)));
    const [alice] = await enter("alice");
    const room = alice.conversation("#lobby");
    const past = alice.session.past(room, lines[100]?.msgid ?? "", lines[100]?.timeMs ?? 0);
    await alice.run();
    expect([...past].map((line) => line.msgid)).toContain(lines[100]?.msgid);
    for (let round = 0; round < 5; round++) {
      alice.session.loadOlder(room, past);
      await alice.run();
      alice.session.loadNewer(room, past);
      await alice.run();
    }
    expect([...past].filter((line) => line.isSaid).map((line) => line.text)).toEqual(numbers(0, 400));
  });

  test("search finds and says what is wrong", async () => {
    const [alice] = await enter("alice");
    const [line] = await alice.say("#lobby", "the kettle is on");
    await alice.say("#lobby", "nothing");
    const found = alice.session.search({ text: "kettle is" });
    const wrong = alice.session.search({ after: "yesterday" });
    await alice.run();
    expect((await found).hits.map((hit) => [hit.conversation, hit.line.msgid])).toEqual([["#lobby", line?.msgid]]);
    expect((await wrong).hits).toEqual([]);
    expect((await wrong).failure).not.toBe("");
  });

  test("a search for any text is a search for that text", async () => {
    const [alice, bob] = await enter("alice", "bob");
    const text = "one;from=bob\\ two \\s: \\";
    const [line] = await alice.say("#lobby", text);
    await bob.say("#lobby", "one");
    const found = alice.session.search({ text: "one;from=bob" });
    await alice.run();
    expect((await found).hits.map((hit) => hit.line.msgid)).toEqual([line?.msgid]);
    void alice.session.search({ text: `${text}\r\n`, in: "#lobby" });
    const [message] = alice.session.takeMessages();
    const [attributes = ""] = message?.params ?? [];
    expect(attributes).toBe(String.raw`text=one\:from=bob\\\stwo\s\\s:\s\\\r\n;in=#lobby;limit=50`);
    expect([...parseTags(attributes)]).toEqual([["text", `${text}\r\n`], ["in", "#lobby"], ["limit", "50"]]);
    expect(message?.toLine().endsWith(`SEARCH ${attributes}`)).toBe(true);
  });

  // -- lost connections ---------------------------------------------------------------------------------------

  test("after a lost connection the gap is filled once", async () => {
    const [alice, bob] = await enter("alice", "bob");
    await bob.say("#lobby", "before");
    await allRun(alice, bob);
    await alice.lose();
    for (const number of numbers(0, 230)) await bob.say("#lobby", number);
    await bob.say("alice", "where are you?");
    await alice.connect();
    await allRun(alice, bob);
    expect(alice.texts("#lobby")).toEqual(["before", ...numbers(0, 230)]);
    await bob.say("#lobby", "after");
    await allRun(alice, bob);
    expect(alice.texts("#lobby").at(-1)).toBe("after");
  });

  test("a gap too wide is forgotten and loads by scrolling", async () => {
    const [alice, bob] = await enter("alice", "bob");
    await bob.say("#lobby", "before");
    await allRun(alice, bob);
    await alice.lose();
    for (const number of numbers(0, 1_200)) await bob.say("#lobby", number);
    await alice.connect();
    const room = alice.conversation("#lobby");
    const texts = alice.texts("#lobby");
    expect(texts).toEqual(numbers(1_200 - texts.length, 1_200));
    while (!room.timeline.atStart) {
      alice.session.loadOlder(room);
      await alice.run();
    }
    expect(alice.texts("#lobby")).toEqual(["before", ...numbers(0, 1_200)]);
  });

  test("what is typed without a connection is sent later", async () => {
    const [alice, bob] = await enter("alice", "bob");
    await alice.lose();
    for (const number of numbers(0, 30)) await alice.say("#lobby", number);
    expect(alice.conversation("#lobby").timeline.pending()).toHaveLength(30);
    await alice.connect();
    await allRun(alice, bob);
    expect([bob.texts("#lobby"), alice.texts("#lobby")]).toEqual([numbers(0, 30), numbers(0, 30)]);
  });

  test("a connection that breaks in the middle of coming in loses no room", async () => {
    const alice = await Chatting.enter(world, "alice", { rooms: { "#tea": "", "#cake": "" } });
    const [bob] = await enter("bob");
    await alice.lose();
    await alice.dial();
    await alice.deliver();
    await alice.collect();
    await alice.lose();
    await alice.connect();
    expect([...alice.session.rooms.keys()].sort()).toEqual(["#cake", "#lobby", "#tea"]);
    await bob.say("#lobby", "still there?");
    await alice.run();
    expect(alice.texts("#lobby")).toEqual(["still there?"]);
  });

  test("a room that we were put out of, or may not enter, is not entered again", async () => {
    const [alice, bob] = await enter("alice", "bob");
    bob.session.join("#tea");
    await bob.run();
    alice.session.join("#tea");
    await allRun(alice, bob);
    bob.session.ask("KICK", ["#tea", "alice", "out"]);
    bob.session.ask("MODE", ["#tea", "+i"]);
    await allRun(alice, bob);
    expect(alice.conversation("#tea").joined).toBe(false);
    alice.session.join("#tea");
    await alice.run();
    expect([...alice.session.rooms.keys()]).toEqual(["#lobby"]);
    expect(alice.told("told").map((event) => event.error)).toEqual([true]);
  });

  test("losing the connection while history comes loses nothing of it", async () => {
    const [bob] = await enter("bob");
    for (const number of numbers(0, 250)) await bob.say("#lobby", number);
    const [alice] = await enter("alice");
    const room = alice.conversation("#lobby");
    alice.session.loadOlder(room);
    await alice.deliver();
    await alice.lose();
    expect([room.loading, room.timeline.atStart, alice.texts("#lobby").length]).toEqual([false, false, 100]);
    await alice.dial();
    while (room.loading === false && ((await alice.deliver()) || (await alice.collect())));
    await alice.lose();
    expect(alice.texts("#lobby")).toHaveLength(100);
    await alice.connect();
    while (!room.timeline.atStart) {
      alice.session.loadOlder(room);
      await alice.run();
    }
    expect(alice.texts("#lobby")).toEqual(numbers(0, 250));
  });

  test.each([true, false])("a message on the wire when it breaks is there once (arrived: %s)", async (arrived) => {
    const [alice, bob] = await enter("alice", "bob");
    alice.session.say(alice.conversation("#lobby"), "hello");
    if (arrived) await alice.deliver();
    await alice.lose();
    await alice.connect();
    await allRun(alice, bob);
    expect([bob.texts("#lobby"), alice.texts("#lobby")]).toEqual([["hello"], ["hello"]]);
  });

  test.each(numbers(1, 41).map(Number))("whatever happens to the wire, everything is there once and in order (%i)", async (seed) => {
    const [alice, bob] = await enter("alice", "bob");
    const random = randomFrom(seed);
    const said: string[] = [];
    for (let number = 0; number < 40; number++) {
      switch (Math.floor(random() * 7)) {
        case 0:
        case 1:
          said.push(String(number));
          alice.session.say(alice.conversation("#lobby"), String(number));
          break;
        case 2:
          await alice.deliver();
          break;
        case 3:
          await alice.collect();
          break;
        case 4:
          if (alice.wire !== null) await alice.lose();
          break;
        case 5:
          if (alice.wire === null) await alice.dial();
          break;
        default:
          await bob.say("#lobby", `bob ${number}`);
      }
    }
    if (alice.wire === null) await alice.connect();
    await allRun(alice, bob);
    expect(bob.texts("#lobby").filter((text) => !text.startsWith("bob"))).toEqual(said);
    expect(alice.texts("#lobby")).toEqual(bob.texts("#lobby"));
  });
});
