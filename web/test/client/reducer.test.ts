/**
 * The step from one state of the chat to the next, held to the vectors that the Python client is held to.
 *
 * A vector gives what we are and know (nick, account, capabilities, tokens, ignored, pending), the time (now_ms) and
 * lines of the server; `expect` holds everything that differs from an empty chat: a field that has its default is left
 * out, and so is a line's time where it is now_ms.
 */

import { describe, expect, test } from "vitest";

import { Batches } from "../../src/client/batches";
import { Chat, Conversation, Member, Person } from "../../src/client/chat";
import type { Event, Told } from "../../src/client/events";
import { Line, NONCE_TAG } from "../../src/client/lines";
import { mentions } from "../../src/client/reducer/reading";
import { Reducer } from "../../src/client/reducer/reducer";
import { Timeline } from "../../src/client/timeline";
import { parse } from "../../src/irc/wire";
import { readVectorFolder } from "../vectors";

const NOW = 1_764_000_000_000; // 2025-11-24T16:00:00Z

interface Said {
  conversation: string;
  text: string;
  nonce: string;
}

interface Vector {
  nick: string;
  account?: string;
  capabilities?: string[];
  tokens?: Record<string, string>;
  ignored?: string[];
  pending?: Said[];
  now_ms: number;
  lines: string[];
  expect: unknown;
}

// -- the vectors ----------------------------------------------------------------------------------------------

const VECTORS = readVectorFolder<Vector>("client");

test.each(VECTORS)("%s", (_, vector) => {
  expect(toPlain(play(vector), vector.now_ms)).toEqual(vector.expect);
});

test("there are vectors", () => expect(VECTORS.length).toBeGreaterThanOrEqual(49));

function play(vector: Vector): Chat {
  const chat = new Chat(vector.nick);
  chat.account = vector.account ?? "";
  chat.registered = true;
  chat.capabilities = new Map((vector.capabilities ?? []).map((name) => [name, ""]));
  chat.tokens = new Map(Object.entries(vector.tokens ?? {}));
  chat.ignored = new Set(vector.ignored);
  const reducer = new Reducer(chat);
  const batches = new Batches();
  let waiting = vector.pending ?? [];
  for (const text of vector.lines) {
    const whole = batches.received(parse(text));
    if (whole !== null) reducer.apply(whole, vector.now_ms);
    // As soon as there is where to say it.
    waiting = waiting.filter((one) => {
      const conversation = chat.find(one.conversation);
      conversation?.timeline.append(pending(chat.nick, one.text, one.nonce, vector.now_ms));
      return conversation === undefined;
    });
  }
  return chat;
}

function pending(nick: string, text: string, nonce: string, nowMs: number): Line {
  return new Line("message", nowMs, { nick, text, nonce, mine: true, delivery: "pending" });
}

type Plain = Record<string, unknown>;

function toPlain(chat: Chat, nowMs: number): Plain {
  const { nick, account, network, away } = chat;
  const own = Object.entries({ nick, account, network, away }).filter(([, value]) => value);
  return {
    ...Object.fromEntries(own),
    conversations: Object.fromEntries([...chat.conversations.values()].map((one) => [one.name, conversation(one, nowMs)])),
    people: Object.fromEntries([...chat.people.values()].map((one) => [one.nick, differing(one, new Person(one.nick))])),
  };
}

function conversation(one: Conversation, nowMs: number): Plain {
  const found = differing(one, new Conversation(one.name, "room"));
  delete found["timeline"];
  const members = [...one.members.values()].map((member: Member) => [member.nick, member.ranks]);
  if (members.length > 0) found["members"] = Object.fromEntries(members);
  return { ...found, place: one.place, lines: [...one.timeline].map((line) => toPlainLine(line, nowMs)) };
}

function toPlainLine(line: Line, nowMs: number): Plain {
  const found = differing(line, new Line(line.kind, nowMs));
  delete found["place"];
  delete found["version"];
  return { kind: line.kind, ...found };
}

function differing(one: object, usual: object): Plain {
  const fields = Object.entries(one).map(([name, value]) => [name, plainValue(value)] as const);
  const before = new Map(Object.entries(usual).map(([name, value]) => [name, JSON.stringify(plainValue(value))]));
  const changed = fields.filter(([name, value]) => JSON.stringify(value) !== before.get(name));
  return Object.fromEntries(changed.map(([name, value]) => [name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), value]));
}

function plainValue(value: unknown): unknown {
  if (value instanceof Timeline) return null;
  return value instanceof Map ? Object.fromEntries(value) : value;
}

// -- events ---------------------------------------------------------------------------------------------------

/** A chat that takes lines: bob in #tea with alice and carol. */
class World {
  readonly chat = new Chat("bob");
  readonly reducer = new Reducer(this.chat);
  readonly tea: Conversation;
  readonly #batches = new Batches();

  constructor() {
    this.chat.registered = true;
    this.hear(":bob!b@home JOIN #tea", ":srv.example 353 bob = #tea :@alice bob carol", ":srv.example 366 bob #tea :End");
    this.tea = this.chat.open("#tea");
  }

  hear(...lines: string[]): Event[] {
    return this.hearAt(NOW, ...lines);
  }

  hearAt(nowMs: number, ...lines: string[]): Event[] {
    return lines.flatMap((line) => {
      const whole = this.#batches.received(parse(line));
      return whole === null ? [] : this.reducer.apply(whole, nowMs);
    });
  }

  told(line: string): [string, boolean, string | undefined][] {
    const told = this.hear(line).filter((event): event is Told => event.kind === "told");
    return told.map((event) => [event.text, event.error, event.conversation?.name]);
  }
}

function kinds(events: Event[]): string[] {
  return events.map((event) => event.kind);
}

test("what came just now is live and what is old is not", () => {
  const world = new World();
  const events = world.hear(":alice!a@h PRIVMSG #tea :hello", "@time=2025-11-24T15:50:00.000Z :alice!a@h PRIVMSG #tea :replayed");
  expect(events.map((event) => event.kind === "added" && event.live)).toEqual([true, false]);
  expect([...world.tea.timeline].map((line) => line.text).filter(Boolean)).toEqual(["replayed", "hello"]);
});

test.each([
  [":alice!a@h PRIVMSG bob :psst", ["opened", "added"]],
  [":alice!a@h PRIVMSG #tea :hi", ["added"]],
  [":dan!d@h JOIN #tea", ["added", "changed"]],
  [":bob!b@home JOIN #two", ["opened", "added"]],
  [":bob!b@home PART #tea", ["added", "closed"]],
  [":alice!a@h KICK #tea bob", ["added", "closed"]],
  [":bob!b@home NICK bobby", ["added", "changed", "self"]],
  [":alice!a@h TOPIC #tea :new", ["added", "changed"]],
  [":alice!a@h RENAME #tea #coffee :", ["added", "changed"]],
  [":alice!a@h INVITE bob #two", ["added", "told"]],
  [":alice!a@h AWAY :lunch", ["changed"]],
  [":s.example 306 bob :away", ["self"]],
  [":s.example 001 bob :Welcome", ["self", "added"]],
  [":s.example 366 bob #tea :End", []],
  ["@+typing=active :alice!a@h TAGMSG #tea", ["changed"]],
  [":alice!a@h TAGMSG #tea", []],
  ["PRIVMSG", []],
  ["JOIN", []],
  [":alice!a@h QUIT", ["added", "changed"]],
  [":bob!b@home QUIT :bye", []],
  [":alice!a@h METADATA alice display-name * :Alice A.", ["profile", "changed"]],
  [":s.example 766 bob alice display-name :Key not set", []],
  [":s.example METADATA #tea topic * :tea", []],
  [":s.example 774 bob #tea 4", ["postponed"]],
])("%s", (line, expected) => expect(kinds(new World().hear(line))).toEqual(expected));

test("typing is told only when it begins and ends", () => {
  const world = new World();
  const active = "@+typing=active :alice!a@h TAGMSG #tea";
  expect(kinds(world.hear(active, active, active))).toEqual(["changed"]);
  expect([...world.tea.typing]).toEqual([["alice", NOW + 6_000]]);
  expect(kinds(world.hear(":alice!a@h PRIVMSG #tea :there"))).toEqual(["changed", "added"]);
});

test("a change of an unread line is counted", () => {
  const world = new World();
  world.hearAt(NOW + 1, "@msgid=1 :alice!a@h PRIVMSG #tea :bob: secret");
  expect([world.tea.unread, world.tea.mentions]).toEqual([1, 1]);
  expect(kinds(world.hear(":alice!a@h REDACT #tea 1"))).toEqual(["updated", "changed"]);
  expect([world.tea.unread, world.tea.mentions]).toEqual([0, 0]);
});

test("entering again begins anew but keeps the lines", () => {
  const world = new World();
  world.hear(":alice!a@h PRIVMSG #tea :hello", ":alice!a@h KICK #tea bob");
  expect([world.tea.joined, world.tea.members.size]).toEqual([false, 0]);
  expect(kinds(world.hear(":bob!b@home JOIN #tea"))).toEqual(["opened", "added"]);
  expect(world.chat.find("#tea")).toBe(world.tea);
  expect([...world.tea.members.keys()]).toEqual(["bob"]);
  expect([...world.tea.timeline].map((line) => line.kind)).toEqual(["join", "message", "kick", "join"]);
});

test("our coming does not hide what we missed", () => {
  const world = new World();
  world.hear("@msgid=9 :alice!a@h PRIVMSG #tea :hello", "@msgid=a :bob!b@home JOIN #tea");
  expect(world.tea.timeline.newest()?.msgid).toBe("9");
});

test("a page for a piece of the past changes nothing else", () => {
  const world = new World();
  const timeline = new Timeline();
  const page = [parse("@msgid=1;time=2024-01-01T00:00:00.000Z :zoe!z@h PRIVMSG #tea :bob: old")];
  const lines = world.reducer.page(world.tea, page, NOW, { timeline });
  expect([...timeline]).toEqual(lines);
  expect([world.tea.timeline.length, world.tea.unread]).toEqual([1, 0]);
});

test("a failed line that arrived after all is found", () => {
  const world = new World();
  const mine = pending("bob", "hello", "n", NOW);
  world.tea.timeline.append(mine);
  mine.delivery = "failed";
  world.tea.timeline.settle(mine, NOW);
  expect(kinds(world.hear(`@msgid=1;${NONCE_TAG}=n :bob!b@home PRIVMSG #tea :hello`))).toEqual(["updated"]);
  expect([mine.delivery, mine.msgid, world.tea.timeline.length]).toEqual(["arrived", "1", 2]);
  expect(world.tea.timeline.find("1")).toBe(mine);
});

test("history that nobody asked for is loaded", () => {
  const events = new World().hear("BATCH +1 chathistory alice", "@batch=1;msgid=1 :alice!a@h PRIVMSG bob :while you were away", "BATCH -1");
  expect(kinds(events)).toEqual(["opened", "loaded"]);
});

test("a hit of a search changes nothing", () => {
  const world = new World();
  const hit = world.reducer.found(parse("@msgid=1 :alice!a@h PRIVMSG #tea :the kettle"), NOW);
  expect([hit?.conversation, hit?.line.text, world.tea.timeline.length]).toEqual(["#tea", "the kettle", 1]);
  expect(world.reducer.found(parse(":alice!a@h JOIN #tea"), NOW)).toBeNull();
});

test("what people say of themselves, as far as we want to know", () => {
  const world = new World();
  world.hear("METADATA alice display-name * :Alice A.", ":s 761 bob carol color * :#ff0000", "METADATA carol x * :y");
  expect(world.chat.person("alice").metadata.get("display-name")).toBe("Alice A.");
  expect([...world.chat.person("carol").metadata]).toEqual([["color", "#ff0000"]]);
  world.hear("METADATA alice display-name *", "METADATA zoe status * :unknown");
  expect(world.chat.person("alice").metadata.size).toBe(0);
});

test("what others change is told with who it is, and only where it is new", () => {
  const world = new World();
  const line = ":alice!a@h METADATA alice status * :drinking tea";
  const events = world.hear(line, line);
  expect(kinds(events)).toEqual(["profile", "changed"]);
  expect(events[0]).toEqual({ kind: "profile", person: world.chat.person("alice") });
  expect(kinds(world.hear(":s.example 761 bob alice status * :asleep", ":s.example 766 bob alice status :Key not set"))).toEqual([
    "profile",
    "changed",
    "profile",
    "changed",
  ]);
  expect(world.chat.person("alice").metadata.size).toBe(0);
});

test.each([
  ["774 bob #tea 4", 4],
  ["774 bob #tea 0 :Try again later", 1],
  ["774 bob #tea", 10],
  ["774 bob #tea soon", 10],
  ["774 bob #tea 999999999", 3_600],
])("%s postpones by so many seconds", (line, seconds) => {
  expect(new World().hear(`:s.example ${line}`)).toEqual([{ kind: "postponed", target: "#tea", atMs: NOW + seconds * 1000 }]);
});

// -- what the server says to us -------------------------------------------------------------------------------

test.each([
  [":s 471 bob #x :Full", ["#x is full. Try again when somebody has left: /join #x", true, undefined]],
  [":s 473 bob #x :Invite", ["#x is for the invited only. Somebody in it can /invite you.", true, undefined]],
  [":s 474 bob #x :Banned", ["You are banned from #x. Its operators can change that.", true, undefined]],
  [":s 475 bob #x :Key", ["#x needs its key: /join #x key", true, undefined]],
  [":s 403 bob #x :No", ["There is no room #x. Rooms have a # in front; /list shows those there are.", true, undefined]],
  [":s 470 bob #x #y :Forwarded", ["#x leads to #y now.", true, undefined]],
  [":s 482 bob #tea :Ops", ["Only an operator of #tea may do that.", true, "#tea"]],
  [":s 404 bob @#tea :No", ["You may not speak in @#tea: No", true, "#tea"]],
  [":s 401 bob nobody :No", ['No one is called "nobody" here.', true, undefined]],
  [":s 599 bob :Whatever\x1b[2J", ["Whatever\ufffd[2J", true, undefined]],
  ["FAIL EDITMSG EDIT_WINDOW_EXPIRED #tea 1 :Too late", ["Too late", true, "#tea"]],
  ["FAIL JOIN CHANNEL_RENAMED #a #b :Renamed", ["#a is called #b now: /join #b", true, undefined]],
  ["WARN * SLOW :Slow down", ["Warning: Slow down", false, undefined]],
  ["NOTE * X #tea :By the way", ["Note: By the way", false, "#tea"]],
  ["ERROR :Closing link: host (be nice)", ["The server closed the connection: be nice", true, undefined]],
  [":oper!o@h KILL bob :spam", ["oper disconnected you: spam", true, undefined]],
  [":alice!a@h INVITE bob #x", ["alice invites you to #x: /join #x", false, undefined]],
  [":s 341 bob dan #tea", ["dan has been asked into #tea.", false, "#tea"]],
  ["REGISTER SUCCESS bob :Welcome", ["Welcome", false, undefined]],
] satisfies [string, [string, boolean, string | undefined]][])("%s", (line, expected) => {
  expect(new World().told(line)).toEqual([expected]);
});

test.each(["366", "315", "376", "375", "422", "903", "904", "730", "251"])("plumbing is silent: %s", (command) => {
  expect(new World().hear(`:s ${command} bob x :text`)).toEqual([]);
});

test("who is away is told once", () => {
  const world = new World();
  world.hear(":alice!a@h PRIVMSG bob :hi");
  expect(world.told(":s 301 bob alice :lunch")).toEqual([["alice is away: lunch", false, "alice"]]);
  expect(world.told(":s 301 bob alice :lunch")).toEqual([]);
  expect(world.told(":s 301 bob stranger :lunch")).toEqual([]);
});

// -- mentions -------------------------------------------------------------------------------------------------

describe("mentions", () => {
  test.each(["bob", "BOB: hi", "hi @bob!", "(bob)", "bob,alice", "\x02bob\x02", "bob's", "¡bob!"])("%j", (text) => {
    expect(mentions(text, "bob")).toBe(true);
  });

  test.each(["bobby", "#bob", "x.bob", "bob@example.org", "https://bob/", "www.bob", "böbob", "bob-1", "", "bob.de"])("not %j", (text) => {
    expect(mentions(text, "bob")).toBe(false);
  });

  test("names with signs and of other scripts", () => {
    expect(mentions("hey [x]^|{}: you", "[x]^|{}")).toBe(true);
    expect(mentions("привет ИВАН", "иван")).toBe(true);
    expect(mentions("иванов", "иван")).toBe(false);
  });
});

// -- limits ---------------------------------------------------------------------------------------------------

test("reactions are bounded", () => {
  const world = new World();
  world.hear("@msgid=m :alice!a@h PRIVMSG #tea :hi");
  for (let number = 0; number < 400; number++) world.hear(`@+reply=m;+draft/react=e${number % 80} :p${number}!p@h TAGMSG #tea`);
  const reactions = world.tea.timeline.find("m")?.reactions ?? new Map<string, string[]>();
  expect(reactions.size).toBe(50);
  expect([...reactions.values()].flat().length).toBeLessThanOrEqual(300);
});

test("people are forgotten with whom we share nothing", () => {
  const world = new World();
  for (let number = 0; number < 50; number++) {
    world.hear(`:p${number}!p@h JOIN #tea`, `:p${number}!p@h PART #tea`, `:q${number}!q@h PRIVMSG #tea :hi`);
  }
  expect([...world.chat.people.keys()].sort()).toEqual(["alice", "bob", "carol"]);
  world.hear(":bob!b@home PART #tea");
  expect(world.chat.people.size).toBe(0);
});

test("conversations are bounded, and nothing is lost", () => {
  const world = new World();
  for (let number = 0; number < 2_100; number++) world.hear(`:spam${number}!s@h PRIVMSG bob :buy`);
  expect(world.chat.conversations.size).toBeLessThanOrEqual(2_001);
  const said = [...world.chat.conversations.values()].flatMap((one) => one.timeline.lines).filter((line) => line.isSaid);
  expect(said).toHaveLength(2_100);
});

test("replaced texts are bounded", () => {
  const world = new World();
  world.hear("@msgid=m :alice!a@h PRIVMSG #tea :0");
  for (let number = 1; number < 80; number++) world.hearAt(NOW + number, `:alice!a@h EDITMSG #tea m :${number}`);
  const line = world.tea.timeline.find("m");
  expect([line?.text, line?.replaced.length, line?.replaced.at(-1)]).toEqual(["79", 50, "78"]);
});
