/** Live text between clients of ours, on a server without sockets. The same conversations as the Python client's. */

import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { NothingToSend } from "../../src/client/sending";
import { parse } from "../../src/irc/wire";
import { allRun, Chatting, World } from "../client/chatting";
import { PYTHON } from "../python";

describe.skipIf(PYTHON === null)("on a whole server", () => {
  let world: World;
  let alice: Chatting;
  let bob: Chatting;

  beforeAll(() => {
    world = new World();
  });
  beforeEach(async () => {
    await world.reset({ "rooms.default": "#tea", "live.rooms": ["#tea"] });
    alice = await Chatting.enter(world, "alice");
    bob = await Chatting.enter(world, "bob");
    await advance(1_000);
    await allRun(alice, bob);
  });
  afterAll(() => world.end());

  async function advance(ms: number): Promise<void> {
    await world.ask({ do: "advance", seconds: ms / 1_000 });
  }

  /** Time, as those who own connections see to it. */
  async function passes(ms: number, ...people: Chatting[]): Promise<void> {
    const end = world.nowMs + ms;
    for (let isOver = false; !isOver; ) {
      const dues = people.map((one) => one.session.live.due()).filter((due) => due !== null);
      const at = Math.min(...dues, end);
      isOver = at >= end;
      await advance(Math.max(Math.min(at, end) - world.nowMs, 0));
      for (const person of people) person.session.live.tick();
      await allRun(...people);
    }
  }

  async function on(person: Chatting, name = ""): Promise<void> {
    person.session.live.want(true, name);
    await person.run();
  }

  async function types(person: Chatting, name: string, text: string, about: { pasted?: boolean; said?: boolean } = {}): Promise<void> {
    person.session.live.typed(person.conversation(name), text, about);
    await person.run();
  }

  async function sees(person: Chatting, name = "#tea"): Promise<[nick: string, text: string][]> {
    await person.run();
    return person.session.live.lines(person.conversation(name)).map(({ nick, line }) => [nick, line.shown]);
  }

  /** What bob sees a moment later. */
  async function shown(): Promise<string> {
    await passes(500, alice, bob);
    return (await sees(bob)).map(([, text]) => text).join("");
  }

  test("both see each other", async () => {
    await on(alice, "#tea");
    await on(bob, "#tea");
    await types(alice, "#tea", "h");
    await types(bob, "#tea", "y");
    expect([await sees(bob), await sees(alice)]).toEqual([[["alice", "h"]], [["bob", "y"]]]);
    await advance(30);
    await types(alice, "#tea", "he");
    expect(await sees(bob)).toEqual([["alice", "h"]]);
    await passes(200, alice, bob);
    expect(await sees(bob)).toEqual([["alice", "he"]]);
    expect(bob.told("live").length).toBeGreaterThan(0);
    const [line] = await alice.say("#tea", "hello");
    expect(await sees(bob)).toEqual([]);
    expect([bob.texts("#tea"), alice.texts("#tea"), line?.delivery]).toEqual([["hello"], ["hello"], "arrived"]);
    await types(alice, "#tea", "n");
    expect(await sees(bob)).toEqual([["alice", "n"]]);
  });

  test("signs of several code points arrive whole, and a text of several lines takes the place of its line", async () => {
    await on(alice);
    await on(bob);
    for (const text of ["👩", "👩‍🚀", "é👩‍🚀", "é👩‍🚀\n日本; ok\\"]) {
      await types(alice, "#tea", text);
      expect(await shown()).toBe(text);
    }
    await alice.say("#tea", "é👩‍🚀\n日本; ok\\");
    expect([await sees(bob), bob.texts("#tea")]).toEqual([[], ["é👩‍🚀\n日本; ok\\"]]);
  });

  test("only who shares sees, and who comes later sees all of it", async () => {
    await on(alice);
    await types(alice, "#tea", "h");
    expect([await sees(bob), [...bob.conversation("#tea").typing.keys()]]).toEqual([[], ["alice"]]);
    expect(alice.session.live.audience(alice.conversation("#tea"))?.number).toBe(0);
    await on(bob);
    await passes(200, alice, bob);
    expect(alice.session.live.audience(alice.conversation("#tea"))).toEqual({ number: 1, nicks: ["bob"] });
    expect(await sees(bob)).toEqual([["alice", "h"]]);
  });

  test("where nobody sees it few letters leave", async () => {
    await on(alice);
    for (let length = 1; length <= 40; length++) {
      await advance(100);
      alice.session.live.typed(alice.conversation("#tea"), "x".repeat(length));
      alice.session.live.tick();
    }
    expect(alice.session.takeMessages().filter(({ command }) => command === "TAGMSG")).toHaveLength(1);
  });

  test("in private, only with whom it was chosen", async () => {
    alice.session.converse("bob");
    await on(alice, "bob");
    await on(bob, "alice");
    await types(alice, "bob", "psst");
    expect(await sees(bob, "alice")).toEqual([["alice", "psst"]]);
    await types(alice, "#tea", "loud");
    expect(await sees(bob)).toEqual([]);
    alice.session.typing(alice.conversation("bob"), true);
    expect(alice.session.takeMessages()).toEqual([]);
  });

  test("who is ignored is not shown", async () => {
    await on(alice);
    await on(bob);
    bob.session.ignore("alice", true);
    await types(alice, "#tea", "h");
    expect(await sees(bob)).toEqual([]);
  });

  test("it is taken back", async () => {
    await on(alice);
    await on(bob);
    await types(alice, "#tea", "no");
    expect(await shown()).toBe("no");
    await types(alice, "#tea", "");
    expect(await shown()).toBe("");
    await types(alice, "#tea", "yes");
    expect(await shown()).toBe("yes");
    alice.session.live.want(false);
    await allRun(alice, bob);
    expect(await sees(bob)).toEqual([]);
    await types(alice, "#tea", "secret");
    expect(await shown()).toBe("");
  });

  test("who goes types no more, and what one wants is said again on a new connection", async () => {
    await on(alice);
    await on(bob);
    await types(alice, "#tea", "by");
    await alice.lose();
    expect(await sees(bob)).toEqual([]);
    await alice.connect();
    await allRun(alice, bob);
    await types(alice, "#tea", "back");
    expect(await shown()).toBe("back");
  });

  test("a name that changes", async () => {
    await on(alice);
    await on(bob);
    await types(alice, "#tea", "hi");
    bob.told("live");
    alice.session.takeName("alicia");
    await allRun(alice, bob);
    expect([await sees(bob), bob.told("live").length > 0]).toEqual([[["alicia", "hi"]], true]);
    await alice.say("#tea", "hi!");
    expect(await sees(bob)).toEqual([]);
  });

  test("the room decides", async () => {
    alice.session.join("#own");
    await alice.run();
    bob.session.join("#own");
    await on(alice);
    await on(bob);
    await allRun(alice, bob);
    const own = alice.conversation("#own");
    expect(alice.session.live.isOn(own)).toBe(false);
    await types(alice, "#own", "h");
    expect(await sees(bob, "#own")).toEqual([]);
    for (const [changes, isOn] of [["+L", true], ["+S 10", false], ["-S", true], ["-L", false]] as const) {
      alice.session.ask("MODE", ["#own", ...changes.split(" ")]);
      await allRun(alice, bob);
      expect([changes, alice.session.live.isOn(own)]).toEqual([changes, isOn]);
      await types(alice, "#own", `now ${changes}`);
      await passes(300, alice, bob);
      expect(await sees(bob, "#own")).toEqual(isOn ? [["alice", `now ${changes}`]] : []);
    }
  });

  test("a refusal is told to who asked", async () => {
    alice.session.join("#own");
    await alice.run();
    const request = alice.session.live.want(true, "#own");
    await alice.run();
    expect([request.failed, request.failure, alice.session.live.isWanted("#own")]).toEqual([true, expect.stringContaining("MODE #own +L"), false]);
  });

  test("a wrong update says nothing", async () => {
    await on(bob);
    await bob.run();
    const wrong = ["what", "x/0/n+5,1,h", "x/0/n+0,1,h\\n~9999", "x/0/e+0,1,h"];
    for (const value of wrong) bob.session.received(parse(`@+hubbub.chat/live=${value} :alice!a@h TAGMSG #tea`));
    bob.session.received(parse("@+hubbub.chat/live=x/0/n+0,1,h :stranger!a@h TAGMSG #tea"));
    expect(await sees(bob)).toEqual([]);
    bob.session.received(parse("@+hubbub.chat/live=x/1/r+0,1,h :alice!a@h TAGMSG #tea"));
    expect(await sees(bob)).toEqual([["alice", "h"]]);
  });

  test("a client whose letters stop coming is forgotten", async () => {
    await on(bob);
    bob.session.received(parse("@+hubbub.chat/live=x/1/r+0,1,h :alice!a@h TAGMSG #tea"));
    await passes(24_000, bob);
    expect(await sees(bob)).toHaveLength(1);
    await passes(2_000, bob);
    expect(await sees(bob)).toEqual([]);
  });

  // -- what was pasted waits, whatever happens meanwhile --------------------------------------------------------

  test("what was pasted waits for Enter", async () => {
    await on(alice);
    await on(bob);
    await types(alice, "#tea", "see ");
    await types(alice, "#tea", "see secret", { pasted: true });
    await types(alice, "#tea", "see secret?");
    expect([await shown(), alice.session.live.holdsBack(alice.conversation("#tea"))]).toEqual(["see ?", true]);
    await alice.say("#tea", "see secret?");
    await types(alice, "#tea", "");
    expect(await sees(bob)).toEqual([]);
    expect([bob.texts("#tea"), alice.session.live.holdsBack(alice.conversation("#tea"))]).toEqual([["see secret?"], false]);
  });

  test("… before it was switched on", async () => {
    await on(bob);
    await types(alice, "#tea", "secret", { pasted: true });
    await on(alice);
    await types(alice, "#tea", "secret?");
    expect(await shown()).toBe("?");
  });

  test("… over a lost connection", async () => {
    await on(alice);
    await on(bob);
    await types(alice, "#tea", "secret", { pasted: true });
    await alice.lose();
    await alice.connect();
    await allRun(alice, bob);
    await types(alice, "#tea", "secret?");
    expect(await shown()).toBe("?");
  });

  test("… when something else is said", async () => {
    await on(alice);
    await on(bob);
    await types(alice, "#tea", "see secret", { pasted: true });
    await alice.say("#tea", "a link that was ready just now");
    await types(alice, "#tea", "see secret?");
    expect(await shown()).toBe("?");
  });

  test("… when it was a command for a while, or an edit stood there", async () => {
    await on(alice);
    await on(bob);
    await types(alice, "#tea", "secret", { pasted: true });
    await types(alice, "#tea", "/secret", { said: false });
    await types(alice, "#tea", "secret");
    await types(alice, "#tea", "secret?");
    expect(await shown()).toBe("?");
    alice.session.live.cancel(alice.conversation("#tea"));
    expect(await shown()).toBe("");
    await types(alice, "#tea", "secret?!");
    expect(await shown()).toBe("?!");
  });

  test("what can't be said does not end the line", async () => {
    await on(alice);
    await on(bob);
    await types(alice, "#tea", " h");
    await shown();
    const [before] = bob.session.live.lines(bob.conversation("#tea"));
    expect(() => alice.session.say(alice.conversation("#tea"), "  ")).toThrow(NothingToSend);
    await types(alice, "#tea", " hi");
    expect(await shown()).toBe(" hi");
    expect(bob.session.live.lines(bob.conversation("#tea"))[0]).toBe(before);
  });

  // -- people come and go ---------------------------------------------------------------------------------------

  test("who comes back is shown letters again", async () => {
    alice.session.converse("bob");
    await on(alice, "bob");
    await on(bob, "alice");
    await bob.lose();
    await advance(120_000);
    await allRun(alice);
    expect(alice.session.live.isOn(alice.conversation("bob"))).toBe(false);
    await bob.connect();
    await allRun(alice, bob);
    await types(alice, "bob", "psst");
    await passes(500, alice, bob);
    expect(await sees(bob, "alice")).toEqual([["alice", "psst"]]);
  });

  test("who was left out stays so when they come back", async () => {
    await on(alice);
    await on(bob);
    alice.session.live.want(false, "bob");
    await allRun(alice, bob);
    await bob.lose();
    await advance(120_000);
    await allRun(alice);
    await bob.connect();
    await allRun(alice, bob);
    await types(alice, "#tea", "about bob");
    expect(await shown()).toBe("");
  });

  test("more than is passed on is not repeated at once", async () => {
    await on(alice);
    await on(bob);
    await types(alice, "#tea", "much");
    await passes(500, alice, bob);
    const due = alice.session.live.due();
    alice.session.received(parse(":server FAIL TAGMSG LIVE_TOO_MUCH #tea :slower"));
    expect(alice.session.live.due()).toBe(due);
    expect(due).toBeGreaterThan(world.nowMs + 1_000);
  });

  test("who was left out stays so on a new connection", async () => {
    await on(alice, "#tea");
    await on(bob);
    alice.session.live.want(false, "bob");
    await allRun(alice, bob);
    await alice.lose();
    await alice.connect();
    await allRun(alice, bob);
    expect(alice.session.live.isOn(alice.conversation("#tea"))).toBe(true);
    await types(alice, "#tea", "about bob");
    expect(await shown()).toBe("");
  });

  test.each(["we", "they"])("who was left out stays so though we saw nothing of them, and %s come", async (who) => {
    await on(alice);
    alice.session.live.want(false, "bob");
    await allRun(alice, bob);
    alice.session.part(alice.conversation("#tea"));
    await allRun(alice, bob);
    await bob.lose();
    await advance(120_000);
    await allRun(alice);
    if (who === "we") await bob.connect();
    alice.session.join("#tea");
    await allRun(alice, bob);
    if (who === "they") await bob.connect();
    await allRun(alice, bob);
    await on(bob);
    await types(alice, "#tea", "about bob");
    expect(await shown()).toBe("");
  });

  test("who is ignored is seen no more", async () => {
    await on(alice);
    await on(bob);
    await types(alice, "#tea", "h");
    expect(await shown()).toBe("h");
    bob.session.ignore("alice", true);
    expect(await sees(bob)).toEqual([]);
  });

  test.each(["x/0/n", "x/1/e+0,1,h", "x/2/c", "what", "x/3/r~5+0,9,h"])("nothing to see opens no conversation: %s", async (value) => {
    await on(alice);
    alice.session.received(parse(`@+hubbub.chat/live=${value} :zoe!z@host TAGMSG alice`));
    expect(alice.chat.find("zoe")).toBeUndefined();
    alice.session.received(parse("@+hubbub.chat/live=y/0/n+0,1,h :zoe!z@host TAGMSG alice"));
    expect(await sees(alice, "zoe")).toEqual([["zoe", "h"]]);
  });

  test("another nick takes its audience along", async () => {
    const conversation = alice.session.converse("bob");
    await on(alice, "bob");
    await on(bob, "alice");
    await types(alice, "bob", "h");
    await allRun(alice, bob);
    bob.session.takeName("robert");
    await allRun(alice, bob);
    expect(conversation.name).toBe("robert");
    expect(alice.session.live.audience(conversation)?.number).toBe(1);
    expect(alice.session.live.audience(alice.session.converse("bob"))).toBeNull();
  });

  test("a conversation that is closed leaves no letters", async () => {
    bob.session.converse("alice");
    const conversation = alice.session.converse("bob");
    await on(alice, "bob");
    await on(bob, "alice");
    await types(alice, "bob", "psst");
    expect(await sees(bob, "alice")).toEqual([["alice", "psst"]]);
    alice.session.close(conversation);
    await allRun(alice, bob);
    expect(await sees(bob, "alice")).toEqual([]);
  });
});
