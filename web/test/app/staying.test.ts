// @vitest-environment happy-dom
/** Staying logged in: what is kept, asked for, given back and forgotten; over a real Session. */

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { Model } from "../../src/app/model";
import { deviceName, Staying, STORED } from "../../src/app/staying";
import { type Keeping, keeping, Memory } from "../../src/app/storage";
import type { Event } from "../../src/client/events";
import type { Network } from "../../src/client/network";
import { Session } from "../../src/client/session";
import { parse } from "../../src/irc/wire";

const TOKEN = "hubbub_login_k3q7w2zt5xm4c6yhd2naoprv4uqzt7bc";
const CAPS = "batch hubbub.chat/login-token=days=90 labeled-response draft/account-registration";
const ASKED = "LOGINTOKEN NEW :Firefox on Linux";

/** A browser that keeps what is written. */
class Lasting extends Memory {
  override readonly lasts = true;
}

class Page {
  session!: Session;
  stopped = false;
  /** Whether passwords may go out as they are. */
  isSafe = true;
  readonly model: Model;
  #onEvents!: (events: Event[]) => void;

  constructor(kept: Keeping) {
    this.model = new Model({
      keeping: kept,
      destination: { kind: "home" },
      device: "Firefox on Linux",
      connect: (identity, onEvents) => {
        let nonce = 0;
        this.#onEvents = onEvents;
        const session = new Session(identity, { nowMs: () => Date.now(), nonce: () => `n${++nonce}`, wake: () => undefined });
        this.session = session;
        return { session, chat: session.chat, start: () => session.connected(this.isSafe), stop: () => void (this.stopped = true) } as unknown as Network;
      },
      lookUp: async () => "",
      isLooking: () => true,
      announce: () => undefined,
      now: () => Date.now(),
    });
  }

  async serve(...lines: string[]): Promise<void> {
    for (const line of lines) this.session.received(parse(line));
    this.#onEvents(this.session.takeEvents());
    await vi.advanceTimersByTimeAsync(1);
  }

  sent(): string[] {
    return this.session.takeMessages().map((message) => message.toLine());
  }

  /** Up to a welcome; `proof`: what the server says to the login. */
  async arrive(nick: string, caps = CAPS, ...proof: string[]): Promise<void> {
    await this.serve(`:s CAP * LS :${caps} sasl=PLAIN`);
    const asked = this.sent().find((line) => line.startsWith("CAP REQ"))?.slice("CAP REQ :".length) ?? "";
    await this.serve(`:s CAP * ACK :${asked}`, ...proof, `:s 001 ${nick} :hi`, `:s 422 ${nick} :no MOTD`);
  }

  /** The answer to the question that was asked last. */
  async answer(question: string, ...answers: string[]): Promise<void> {
    const line = this.sent().find((one) => one.endsWith(question)) ?? "";
    expect(line, "it was not asked").not.toBe("");
    const label = /label=([^ ;]+)/.exec(line)?.[1] ?? "";
    await this.serve(...answers.map((one) => `@label=${label} ${one}`));
  }
}

const stored = (kept: Keeping): unknown => kept.read("login");
const LOGGED_IN = [":s 900 me me!u@h me :You are now logged in", ":s 903 me :ok"];

async function loggedIn(kept: Keeping, stay = true): Promise<Page> {
  const page = new Page(kept);
  page.model.start();
  await page.model.enter("me", "secret horse", stay);
  await page.arrive("me", CAPS, ...LOGGED_IN);
  return page;
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("after a login", () => {
  it("asks for a token, keeps it, and forgets the password", async () => {
    const kept = new Lasting();
    const page = await loggedIn(kept);
    await page.answer(ASKED, `:s LOGINTOKEN CREATED 1f3a9c2e 2026-05-01T12:00:00.000Z ${TOKEN}`);
    expect(stored(kept)).toMatchObject({ account: "me", token: TOKEN });
    expect(page.session.identity).toMatchObject({ account: "me", token: TOKEN, password: "" });
    expect(JSON.stringify([stored(kept), kept.read("settings")])).not.toContain("horse");
    // Once is enough.
    await page.serve(":me!u@h AWAY", ":s 900 me me!u@h me :again");
    expect(page.sent().join("\n")).not.toContain("LOGINTOKEN");
  });

  it("shows the token nowhere", async () => {
    const page = await loggedIn(new Lasting());
    await page.answer(ASKED, `:s LOGINTOKEN CREATED 1f3a9c2e * ${TOKEN}`);
    const said = [...page.model.windows].flatMap((window) => window.conversation.timeline.lines.map((line) => line.text));
    expect(JSON.stringify([said, page.model.notices.value])).not.toContain(TOKEN);
  });

  it.each([
    ["who doesn't want it", new Lasting(), false, CAPS],
    ["a browser that keeps nothing", new Memory(), true, CAPS],
    ["a server that has none", new Lasting(), true, "batch labeled-response"],
    ["a server that gives none", new Lasting(), true, "batch labeled-response hubbub.chat/login-token"],
  ])("nothing is asked for: %s", async (_, kept, stay, caps) => {
    const page = new Page(kept);
    page.model.start();
    await page.model.enter("me", "secret horse", stay);
    await page.arrive("me", caps, ...LOGGED_IN);
    expect(page.sent().join("\n")).not.toContain("LOGINTOKEN");
    expect(page.session.identity.password).toBe("secret horse");
  });

  it.each(["FAIL LOGINTOKEN TLS_REQUIRED :no", "LOGINTOKEN CREATED 1f * :a b", "LOGINTOKEN CREATED 1f *", "LOGINTOKEN END 0"])("survives %s", async (line) => {
    const kept = new Lasting();
    const page = await loggedIn(kept);
    await page.answer(ASKED, `:s ${line}`);
    expect(stored(kept)).toBeUndefined();
    expect(page.session.identity.password).toBe("secret horse");
  });

  it("a name that is claimed stays, too", async () => {
    const page = new Page(new Lasting());
    page.model.start();
    await page.model.enter("me");
    await page.arrive("me");
    expect(page.sent().join("\n")).not.toContain("LOGINTOKEN");
    await page.serve(...LOGGED_IN.slice(0, 1));
    expect(page.sent().some((line) => line.endsWith(ASKED))).toBe(true);
  });
});

describe("coming again", () => {
  function again(token: unknown = TOKEN, nick = "me"): [Lasting, Page] {
    const kept = new Lasting();
    kept.write("login", { account: "me", token });
    kept.write("settings", { nick, account: "me" });
    return [kept, new Page(kept)];
  }

  it.each([true, false])("proves it by the token, and by nothing but PLAIN, also over http: %j", async (isSafe) => {
    const [kept, page] = again();
    page.isSafe = isSafe;
    page.model.start();
    await vi.advanceTimersByTimeAsync(1);
    await page.serve(":s CAP * LS :sasl=SCRAM-SHA-256,PLAIN");
    await page.serve(":s CAP * ACK sasl");
    expect(page.sent()).toContain("AUTHENTICATE PLAIN");
    await page.serve("AUTHENTICATE +");
    expect(page.sent()).toEqual([`AUTHENTICATE ${btoa(`\0me\0${TOKEN}`)}`]);
    await page.serve(...LOGGED_IN, ":s 001 me :hi", ":s 422 me :x");
    expect([page.model.welcome.value, page.session.chat.account]).toEqual([null, "me"]);
    expect(stored(kept)).toMatchObject({ account: "me", token: TOKEN });
  });

  it("never by PLAIN where the server takes no passwords in the clear", async () => {
    const [, page] = again();
    page.model.start();
    await vi.advanceTimersByTimeAsync(1);
    await page.serve(":s CAP * LS :sasl=SCRAM-SHA-256", ":s CAP * ACK sasl");
    expect(page.sent().join("\n")).not.toContain("AUTHENTICATE");
  });

  it("asks for the password once where the token is no longer good", async () => {
    const [kept, page] = again();
    page.model.start();
    await vi.advanceTimersByTimeAsync(1);
    await page.serve(":s CAP * LS :sasl=PLAIN", ":s CAP * ACK sasl", "AUTHENTICATE +", ":s 904 me :SASL authentication failed", ":s 433 * me :Nickname is registered");
    expect(page.model.welcome.value).toMatchObject({ name: "me", refused: null, busy: false, wrongPassword: expect.stringMatching(/logged out.*password/) as string });
    expect(stored(kept)).toMatchObject({ account: "", token: "" });
    expect(page.session.identity).toMatchObject({ token: "", account: "me" });
    page.sent();
    await page.model.enter("me", "secret horse");
    expect(page.sent()[0]).toMatch(/^AUTHENTICATE SCRAM|^AUTHENTICATE PLAIN/);
    await page.serve(":s 433 * me :Nickname is registered");
    expect(page.model.welcome.value).toMatchObject({ refused: { name: "me" } });
  });

  it("asks for another one after that, whatever is heard of the connection before", async () => {
    const kept = new Lasting();
    const page = await loggedIn(kept);
    await page.answer(ASKED, `:s LOGINTOKEN CREATED 1f3a9c2e * ${TOKEN}`);
    page.session.disconnected();
    page.session.connected(true);
    await page.serve(":s CAP * LS :sasl=PLAIN", ":s CAP * ACK sasl", "AUTHENTICATE +", ":s 904 me :no", ":s 433 * me :Nickname is registered");
    expect(page.session.chat.account).toBe("");
    // The server lets nobody wait for ever.
    page.session.disconnected();
    page.session.connected(true);
    await page.serve(`:s CAP * LS :${CAPS} sasl=PLAIN`, ":s 433 * me :Nickname is registered");
    await page.model.enter("me", "secret horse");
    page.sent();
    await page.serve(`:s CAP * ACK :${CAPS.replace("=days=90", "")} sasl`, ...LOGGED_IN, ":s 001 me :hi", ":s 422 me :x");
    await page.answer(ASKED, `:s LOGINTOKEN CREATED 2f * ${TOKEN}2`);
    expect(stored(kept)).toMatchObject({ account: "me", token: `${TOKEN}2` });
  });

  it("keeps the token where the server only asks for patience", async () => {
    const [kept, page] = again();
    page.model.start();
    await vi.advanceTimersByTimeAsync(1);
    await page.serve(":s CAP * LS :sasl=PLAIN", ":s CAP * ACK sasl", ":s 904 me :Too many wrong passwords; try again later");
    expect(stored(kept)).toMatchObject({ account: "me", token: TOKEN });
    expect(page.model.welcome.value?.wrongPassword).toMatch(/later/);
  });

  it("says so where one has become a guest by it", async () => {
    const [, page] = again(TOKEN, "alix");
    page.model.start();
    await vi.advanceTimersByTimeAsync(1);
    await page.serve(":s CAP * LS :sasl=PLAIN", ":s CAP * ACK sasl", "AUTHENTICATE +", ":s 904 alix :no", ":s 001 alix :hi", ":s 422 alix :x");
    expect(page.model.welcome.value).toBeNull();
    expect(page.model.notices.value.map(({ text, action }) => [text, action?.label])).toEqual([["You were logged out of me, and are a guest.", "Log in"]]);
    expect(page.model.settings.now.account).toBe("");
  });

  it.each([["bob", {}], ["ME", { account: "me", token: TOKEN }], ["alix", { account: "me", token: TOKEN }]])("is proof for %s", (nick, proof) => {
    const [kept] = again();
    expect(new Staying(kept, "").proof(nick, { nick: "alix", account: "me" })).toEqual(proof);
  });

  it.each([7, "", "a\nb", "x".repeat(2_000), null, ["x"]])("what is kept may be anything: %j", (token) => {
    const [kept] = again(token);
    expect(new Staying(kept, "").proof("me", { nick: "me", account: "me" })).toEqual({});
  });
});

describe("the end of it", () => {
  async function staying(kept: Keeping = new Lasting()): Promise<Page> {
    const page = await loggedIn(kept);
    await page.answer(ASKED, `:s LOGINTOKEN CREATED 1f3a9c2e * ${TOKEN}`);
    page.sent();
    return page;
  }

  it("a log-out gives the token back, and doesn't wait for ever", async () => {
    const kept = new Lasting();
    const page = await staying(kept);
    const leaving = page.model.logOut();
    await vi.advanceTimersByTimeAsync(1);
    expect(stored(kept)).toMatchObject({ account: "", token: "" });
    expect(page.sent().some((line) => line.endsWith("LOGINTOKEN REVOKE 1f3a9c2e"))).toBe(true);
    expect(page.stopped).toBe(false);
    await vi.advanceTimersByTimeAsync(2_000);
    await leaving;
    expect(page.stopped).toBe(true);
  });

  it.each([["2f", "2f"], [undefined, "*"], ["a b", "*"]])("the token that another window was given ends, too: %s", async (id, ended) => {
    const kept = new Lasting();
    const page = await staying(kept);
    kept.write("login", { account: "me", token: `${TOKEN}2`, id });
    page.model.staying.changedElsewhere(page.session);
    const leaving = page.model.logOut();
    await vi.advanceTimersByTimeAsync(2_000);
    await leaving;
    expect(page.sent().some((line) => line.endsWith(`LOGINTOKEN REVOKE ${ended}`))).toBe(true);
  });

  it("without a connection it is forgotten here", async () => {
    const kept = new Lasting();
    const page = await staying(kept);
    page.session.disconnected();
    await page.model.logOut();
    expect(stored(kept)).toMatchObject({ account: "", token: "" });
    expect(page.stopped).toBe(true);
  });

  it("nothing of theirs stays in this browser but how the page looks", async () => {
    const kept = new Lasting();
    const page = await staying(kept);
    page.model.settings.change({ theme: "dark", rooms: { "#secret": "key" }, people: ["bob"], ignored: ["eve"] });
    page.model.drafts.keep("#secret", { text: "not for others", mode: "say", about: "", kept: "" });
    page.model.flush();
    page.session.disconnected();
    await page.model.logOut();
    const all = JSON.stringify(["settings", "drafts", "positions", "read", "live", "login", "uploads"].map((name) => kept.read(name)));
    expect(all).toContain("dark");
    for (const theirs of ["secret", "bob", "eve", "not for others", TOKEN]) expect(all).not.toContain(theirs);
  });

  it("another password means another token", async () => {
    const kept = new Lasting();
    const page = await staying(kept);
    page.model.staying.passwordChanged(page.session);
    await vi.advanceTimersByTimeAsync(1);
    expect(page.session.identity.token).toBe("");
    await page.answer(ASKED, `:s LOGINTOKEN CREATED 2f * ${TOKEN}2`);
    expect(stored(kept)).toMatchObject({ account: "me", token: `${TOKEN}2` });
  });

  it("what another window was given is taken over", async () => {
    const kept = new Lasting();
    const page = await staying(kept);
    kept.write("login", { account: "me", token: `${TOKEN}2` });
    page.model.staying.changedElsewhere(page.session);
    expect(page.session.identity.token).toBe(`${TOKEN}2`);
    kept.write("login", { account: "bob", token: `${TOKEN}3` });
    page.model.staying.changedElsewhere(page.session);
    expect(page.session.identity.token).toBe(`${TOKEN}2`);
  });

  it("windows tell each other by the key that the browser has", () => {
    keeping().write("login", { account: "me", token: TOKEN });
    expect(window.localStorage.getItem(STORED)).toContain(TOKEN);
    window.localStorage.removeItem(STORED);
  });
});

it.each([
  ["Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"],
  ["Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0", "Edge on Windows"],
  ["Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1", "Safari on iPhone"],
  ["Mozilla/5.0 (Linux; Android 15; Pixel) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36", "Chrome on Android"],
  ["", "A browser"],
])("%s", (agent, name) => expect(deviceName(agent)).toBe(name));
