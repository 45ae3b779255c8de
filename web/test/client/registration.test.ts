/** Coming in: conversations with servers of all kinds; logging in with each mechanism. */

import { describe, expect, test } from "vitest";

import { fromBase64, toBase64 } from "../../src/client/base64";
import { type Identity, makeIdentity, Registration, WANTED } from "../../src/client/registration";
import { CHUNK, Login } from "../../src/client/sasl";
import { Hopeless, prepare, Scram } from "../../src/client/scram";
import { parse } from "../../src/irc/wire";

const SECRET = "correct-horse-battery";
const GUEST = makeIdentity({ nick: "alice", realname: "Alice" });
const ALICE = makeIdentity({ nick: "alice", realname: "Alice", password: SECRET, maySendPlain: true });
const PLAIN = `AUTHENTICATE ${btoa(`\0alice\0${SECRET}`)}`;
const WELCOME = "< :s 001 alice :Welcome";
const LOGIN = ["< CAP * LS sasl=PLAIN", "> CAP REQ sasl", "< CAP * ACK sasl", "> AUTHENTICATE PLAIN"];

function begin(identity: Identity): Registration {
  return new Registration(identity, () => "nonce");
}

/** Lines that begin with < are heard; what is said to them must be the lines with > that follow. */
function act(registration: Registration, ...script: string[]): void {
  let sent: string[] = [];
  for (const line of [...script, "< :s NOTICE * :the end"]) {
    if (line.startsWith("<")) {
      expect(sent, `said unasked before ${line}`).toEqual([]);
      sent = registration.received(parse(line.slice(2))).map((message) => `> ${message.toLine()}`);
    } else {
      expect(sent.shift()).toBe(line);
    }
  }
}

test("what is said first", () => {
  const lines = (identity: Identity): string[] => begin(identity).start().map((message) => message.toLine());
  expect(lines(GUEST)).toEqual(["CAP LS 302", "NICK alice", "USER alice 0 * Alice"]);
  const nasty = makeIdentity({ nick: "al\nice", user: "a\r\nQUIT", realname: "A\0l\nice\x1b", serverPassword: "a\nb" });
  expect(lines(nasty)).toEqual(["PASS :a b", "CAP LS 302", "NICK :al ice", "USER aQUIT 0 * :Al ice"]);
});

test.each<[string, Identity, string[]]>([
  ["a server without CAP", GUEST, [WELCOME]],
  ["one that doesn't know CAP", GUEST, ["< :s 421 * CAP :Unknown command", WELCOME]],
  ["one that knows CAP, but not LS", GUEST, ["< :s 410 * LS :Invalid CAP command", "> CAP END", WELCOME]],
  ["nothing offered that we want", GUEST, ["< CAP * LS :sts=port=6697 example.org/dance", "> CAP END", WELCOME]],
  [
    "a list of several lines",
    GUEST,
    [
      "< CAP * LS * :server-time draft/multiline=max-bytes=4096",
      "< CAP * LS :batch ",
      "> CAP REQ :batch draft/multiline server-time",
      "< CAP alice ACK :batch draft/multiline",
      "< CAP alice ACK :server-time",
      "> CAP END",
      WELCOME,
    ],
  ],
  [
    "one of several is refused",
    GUEST,
    [
      "< CAP * LS :server-time batch",
      "> CAP REQ :batch server-time",
      "< CAP alice NAK :batch server-time",
      "> CAP REQ batch",
      "> CAP REQ server-time",
      "< CAP alice NAK batch",
      "< CAP alice ACK server-time",
      "> CAP END",
    ],
  ],
  ["sasl without a password isn't asked for", GUEST, ["< CAP * LS :sasl=PLAIN", "> CAP END"]],
  ["a login", ALICE, [...LOGIN, "< AUTHENTICATE +", `> ${PLAIN}`, "< 900 alice a!b@c Alice :x", "< 903 alice :x", "> CAP END", WELCOME]],
  [
    "a login that finds out what there is",
    ALICE,
    [
      "< CAP * LS :sasl",
      "> CAP REQ sasl",
      "< CAP alice ACK sasl",
      "> AUTHENTICATE SCRAM-SHA-256",
      "< :s 908 alice PLAIN :are available",
      "< :s 904 alice :failed",
      "> AUTHENTICATE PLAIN",
    ],
  ],
])("%s", (_, identity, script) => {
  const registration = begin(identity);
  act(registration, ...script);
  expect([registration.registered, registration.takeEvents(), registration.refused]).toEqual([script.includes(WELCOME), [], ""]);
});

test("requests fit into lines", () => {
  const sent = begin(GUEST).received(parse(`CAP * LS :${WANTED.join(" ")}`));
  expect(sent.length).toBeGreaterThan(1);
  expect(Math.max(...sent.map((message) => message.toLine().length))).toBeLessThan(500);
  expect(sent.flatMap((message) => (message.params[1] ?? "").split(" ")).sort()).toEqual([...WANTED].sort());
});

test("what comes and goes later", () => {
  const registration = begin(GUEST);
  act(registration, "< CAP * LS batch", "> CAP REQ batch", "< CAP * ACK batch", "> CAP END", WELCOME);
  act(registration, "< CAP a NEW :draft/chathistory=x sts", "> CAP REQ draft/chathistory", "< CAP a ACK draft/chathistory", "< CAP a NEW draft/chathistory=z");
  expect([...registration.enabled]).toEqual([["batch", ""], ["draft/chathistory", "z"]]);
  act(registration, "< CAP a DEL :batch nothing");
  expect([[...registration.enabled.keys()], registration.offered.has("batch")]).toEqual([["draft/chathistory"], false]);
});

test("names that are taken", () => {
  const registration = begin(GUEST);
  act(registration, "< :s 433 * alice :It is \x1b[1mtaken");
  expect(registration.takeEvents()).toEqual([{ kind: "nameRefused", name: "alice", reason: "It is \ufffd[1mtaken", suggestion: "alice2" }]);
  expect(registration.takeName("alice2").map((message) => message.toLine())).toEqual(["NICK alice2"]);
  act(registration, "< :s 433 * alice :late", "< FAIL NICK NICKNAME_RESERVED alice2 :Reserved");
  expect(registration.takeEvents()).toEqual([{ kind: "nameRefused", name: "alice2", reason: "Reserved", suggestion: "alice2_2" }]);
  registration.takeName("wonder");
  act(registration, "< :s 001 Wonder :Welcome", "< :s 433 Wonder other :Taken");
  expect([registration.nick, registration.takeEvents()]).toEqual(["Wonder", []]);
});

test.each([
  ["Łucja", "ucja"],
  ["Zoë", "Zoe"],
  ["日本", "guest"],
  ["alice-of-wonderland", "alice-of-"],
])("a name that the server does not like: %s", (nick, suggestion) => {
  const registration = begin(makeIdentity({ nick }));
  act(registration, "< :s 432 * * :Erroneous nickname");
  expect(registration.takeEvents()).toMatchObject([{ name: nick, suggestion }]);
});

test.each([
  [["ERROR :Closing link: 127.0.0.1 (Too many connections (3))"], "Too many connections (3)"],
  [["ERROR :Go away"], "Go away"],
  [["ERROR"], "the server gave no reason"],
  [[":s 464 * :Password incorrect", "ERROR :Closing link: h (Bye)"], "Password incorrect"],
  [["FAIL * ACCOUNT_REQUIRED :You need an account here", "ERROR :x"], "You need an account here"],
])("why we are not let in: %s", (lines, reason) => {
  const registration = begin(GUEST);
  act(registration, ...lines.map((line) => `< ${line}`));
  expect(registration.refused).toBe(reason);
});

describe("logging in", () => {
  test.each([
    [["< CAP * LS :", "> CAP END", WELCOME]],
    [[WELCOME]],
    [["< CAP * LS sasl", "> CAP REQ sasl", "< CAP * NAK sasl", "> CAP END", WELCOME]],
    [[...LOGIN, "< CAP * DEL sasl", "> CAP END", "< 904 * :failed", WELCOME]],
    [[...LOGIN, "< AUTHENTICATE +", `> ${PLAIN}`, "< 904 * :Wrong", "> CAP END", WELCOME]],
  ])("in vain makes a guest", (script) => {
    const registration = begin(ALICE);
    act(registration, ...script);
    expect([registration.registered, registration.takeEvents().map((event) => event.kind)]).toEqual([true, ["loginRefused"]]);
  });

  test("never in clear", () => {
    const registration = begin({ ...ALICE, maySendPlain: false });
    act(registration, "< CAP * LS sasl=PLAIN", "> CAP REQ sasl", "< CAP * ACK sasl", "> CAP END", WELCOME);
    expect(registration.takeEvents()).toMatchObject([{ reason: expect.stringContaining("encrypted") as string }]);
  });

  test("later, and while another one is under way", () => {
    const registration = begin(ALICE);
    act(registration, ...LOGIN);
    expect(registration.loginAgain("bob", "other").map((message) => message.toLine())).toEqual(["AUTHENTICATE *"]);
    const other = `> AUTHENTICATE ${btoa("\0bob\0other")}`;
    act(registration, "< AUTHENTICATE +", "< 906 * :Aborted", "> AUTHENTICATE PLAIN", "< AUTHENTICATE +", other, "< 903 * :x", "> CAP END");
    expect([registration.takeEvents(), registration.account]).toEqual([[], "bob"]);
  });

  test("makes a refused name ours", () => {
    const registration = begin(makeIdentity({ nick: "alice", maySendPlain: true }));
    act(registration, "< CAP * LS sasl=PLAIN", "> CAP END", "< 433 * alice :It is registered");
    registration.loginAgain("alice", SECRET);
    act(registration, "< CAP * ACK sasl", "> AUTHENTICATE PLAIN", "< AUTHENTICATE +", `> ${PLAIN}`, "< 903 * :x", "> NICK alice", "> CAP END", WELCOME);
  });
});

// -- SASL -----------------------------------------------------------------------------------------------------

function say(login: Login, ...lines: string[]): string[] {
  return lines.flatMap((line) => login.received(parse(line)).map((message) => message.toLine()));
}

function start(login: Login): string[] {
  return login.start().map((message) => message.toLine());
}

function newLogin(options: { mechanisms?: string[]; maySendPlain?: boolean } = {}, password = SECRET): Login {
  return new Login("alice", password, { maySendPlain: true, nonce: "abc", ...options });
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (data: Uint8Array): string => new TextDecoder().decode(data);
const challenge = (text: string): string => `AUTHENTICATE ${toBase64(bytes(text))}`;

describe("SCRAM", () => {
  const NONCE = "rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";

  test("as in RFC 7677, section 3", () => {
    const scram = new Scram("user", "pencil", "rOprNGfwEbeRWgbNEkqO");
    expect(textOf(scram.answer(bytes("")))).toBe("n,,n=user,r=rOprNGfwEbeRWgbNEkqO");
    const final = scram.answer(bytes(`r=${NONCE},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096`));
    expect(textOf(final)).toBe(`c=biws,r=${NONCE},p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=`);
    expect([scram.isUsed, scram.isProven]).toEqual([true, false]);
    expect(textOf(scram.answer(bytes("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")))).toBe("");
    expect(scram.isProven).toBe(true);
  });

  test.each([
    "r=other,s=QSXCR+Q6sek8bf92,i=4096",
    "r=abc,s=QSXCR+Q6sek8bf92,i=4096",
    "r=abcdef,s=!,i=4096",
    "r=abcdef,s=QSXCR+Q6sek8bf92,i=0",
    "r=abcdef,s=QSXCR+Q6sek8bf92,i=9999999",
    "m=x,r=abcdef,s=QSXCR+Q6sek8bf92,i=4096",
    "nonsense",
    "",
  ])("nonsense ends it before anything is proved: %s", (first) => {
    const scram = new Scram("alice", SECRET, "abc");
    scram.answer(bytes(""));
    expect(() => scram.answer(bytes(first))).toThrow(Hopeless);
    expect(scram.isUsed).toBe(false);
  });

  test.each([
    ["I\u00adX", "IX"],
    ["user", "user"],
    ["\u00aa", "a"],
    ["\u2168", "IX"],
    ["a\u00a0b", "a b"],
  ])("SASLprep, RFC 4013: %j", (text, prepared) => expect(prepare(text)).toBe(prepared));

  test.each(["\u0007", "", "a\u200eb", "\ue000", "\ud800"])("what can't be a password: %j", (text) => {
    expect(() => prepare(text)).toThrow(Hopeless);
  });

  test("a server that says yes without proof, or with a wrong one", () => {
    for (const answer of [":s 903 me :Success", challenge(`v=${btoa("x".repeat(32))}`)]) {
      const login = newLogin();
      expect(start(login)).toEqual(["AUTHENTICATE SCRAM-SHA-256"]);
      say(login, "AUTHENTICATE +", challenge("r=abcdef,s=QSXCR+Q6sek8bf92,i=1"), answer);
      expect([login.failed, login.reason]).toEqual([true, expect.stringContaining("prove")]);
    }
  });

  test("a wrong password is not tried again in clear", () => {
    const login = newLogin();
    start(login);
    say(login, "AUTHENTICATE +", challenge("r=abcdef,s=QSXCR+Q6sek8bf92,i=1"));
    expect(say(login, ":s 904 me :failed")).toEqual([]);
    expect([login.failed, login.reason]).toEqual([true, "failed"]);
  });
});

describe("a login", () => {
  test.each([
    [{ mechanisms: ["EXTERNAL", "plain", "scram-sha-256"] }, ["AUTHENTICATE SCRAM-SHA-256"]],
    [{ mechanisms: ["PLAIN"] }, ["AUTHENTICATE PLAIN"]],
    [{ mechanisms: [""] }, ["AUTHENTICATE SCRAM-SHA-256"]],
    [{ mechanisms: ["PLAIN"], maySendPlain: false }, []],
    [{ mechanisms: ["EXTERNAL"] }, []],
  ])("takes the best that is offered: %j", (options, lines) => expect(start(newLogin(options))).toEqual(lines));

  test("an account that has no SCRAM, or a password that SCRAM does not take", () => {
    const login = newLogin();
    start(login);
    expect(say(login, "AUTHENTICATE +", ":s 904 me :x").at(-1)).toBe("AUTHENTICATE PLAIN");
    expect(start(newLogin({}, "bell\x07"))).toEqual(["AUTHENTICATE PLAIN"]);
  });

  test.each([1, 291, 292, 293, 592, 2_000])("long answers go in pieces (%i)", (length) => {
    const login = newLogin({ mechanisms: ["PLAIN"] }, "x".repeat(length));
    start(login);
    const pieces = say(login, "AUTHENTICATE +").map((line) => line.slice("AUTHENTICATE ".length));
    expect(pieces.slice(0, -1).every((piece) => piece.length === CHUNK)).toBe(true);
    expect(pieces.at(-1)?.length).toBeLessThan(CHUNK);
    expect(atob(pieces.filter((piece) => piece !== "+").join(""))).toBe(`\0alice\0${"x".repeat(length)}`);
  });

  test("a second challenge gets no second password, and one without end ends it", () => {
    const login = newLogin({ mechanisms: ["PLAIN"] });
    start(login);
    expect(say(login, "AUTHENTICATE +", "AUTHENTICATE +").at(-1)).toBe("AUTHENTICATE *");
    const endless = newLogin();
    start(endless);
    expect(say(endless, ...Array<string>(100).fill(`AUTHENTICATE ${"A".repeat(CHUNK)}`))).toEqual(["AUTHENTICATE *"]);
  });

  test.each(["AUTHENTICATE !!!", "AUTHENTICATE gIA="])("nonsense ends it: %s", (line) => {
    const login = newLogin();
    start(login);
    expect(say(login, "AUTHENTICATE +", line).at(-1)).toBe("AUTHENTICATE *");
    expect([login.failed, JSON.stringify(login).includes(SECRET), login.reason.includes(SECRET)]).toEqual([true, false, false]);
  });
});

test("Base64", () => {
  expect([fromBase64("AAE="), fromBase64("AA"), fromBase64("A A="), fromBase64("")]).toEqual([new Uint8Array([0, 1]), null, null, new Uint8Array()]);
});
