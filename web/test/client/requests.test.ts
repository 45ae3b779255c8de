/** Answers find what was asked, with labels and without; batches come out whole. */

import { describe, expect, test } from "vitest";

import { Batch, Batches } from "../../src/client/batches";
import { PATIENCE_MS, type Request, Requests } from "../../src/client/requests";
import { type Message, parse } from "../../src/irc/wire";

/** Requests behind batches, as in Session. */
class Asker {
  readonly requests = new Requests();
  readonly batches = new Batches();
  readonly sent: string[] = [];

  constructor(readonly labels: boolean) {}

  ask(line: string, nowMs = 0): Request {
    const { sent, request } = this.requests.ask([parse(line)], this.labels, nowMs);
    this.sent.push(...sent.map((message) => message.toLine()));
    return request;
  }

  /** What each message, or each batch at its end, was the answer to. */
  hear(...lines: string[]): (Request | null)[] {
    const wholes = lines.map((line) => this.batches.received(parse(line)));
    return wholes.filter((whole) => whole !== null).map((whole) => this.requests.received(whole));
  }
}

function commands(request: Request): string[] {
  return [...request.messages()].map((message) => message.command);
}

describe("with labels", () => {
  test("one line is the answer", () => {
    const asker = new Asker(true);
    const request = asker.ask("TOPIC #tea :new");
    expect(asker.sent).toEqual([`@label=${request.label} TOPIC #tea :new`]);
    expect(asker.hear(":bob TOPIC #tea :other", `@label=${request.label} :me TOPIC #tea :new`)).toEqual([null, request]);
    expect([request.done, request.failed, request.answers.length]).toEqual([true, false, 1]);
  });

  test("a batch is the answer, with an error in it or not", () => {
    const asker = new Asker(true);
    const [whois, mode] = [asker.ask("WHOIS bob"), asker.ask("MODE #tea +oo bob carol")];
    const heard = asker.hear(
      `@label=${whois.label} BATCH +1 labeled-response`,
      "@batch=1 :s 311 me bob b host * :Bob",
      ":carol PRIVMSG #tea :meanwhile",
      "@batch=1 :s 318 me bob :End of WHOIS",
      "BATCH -1",
      `@label=${mode.label} BATCH +2 labeled-response`,
      "@batch=2 :s 441 me carol #tea :They are not there",
      "BATCH -2",
    );
    expect(heard).toEqual([null, whois, mode]);
    expect([commands(whois), whois.failure, mode.failure]).toEqual([["311", "318"], "", "They are not there"]);
  });

  test.each([
    ["@label=r1 :s FAIL EDITMSG EXPIRED #tea m1 :You can no longer edit", "You can no longer edit"],
    ["@label=r1 :s 404 me #tea :\x1b[31m\u202eno\x0304!", "\ufffd[31mno!"],
    ["@label=r1 :s 263 me LIST :Try again", "Try again"],
    ["@label=r1 :s 401", "the server refused it"],
    ["@label=r1 :s ACK", ""],
  ])("why it failed: %s", (answer, failure) => {
    const asker = new Asker(true);
    const request = asker.ask("EDITMSG #tea m1 :new");
    asker.hear(answer);
    expect([request.done, request.failure]).toEqual([true, failure]);
  });

  test("a promise is kept once, also where everything is lost", async () => {
    const asker = new Asker(true);
    const [answered, lost] = [asker.ask("PING x"), asker.ask("WHOIS bob")];
    let called = 0;
    answered.whenDone(() => (called += 1));
    asker.hear(`@label=${answered.label} :s PONG s x`, `@label=${answered.label} :s PONG s x`);
    asker.requests.giveUp("the connection was lost");
    expect([await answered.settled, called, (await lost.settled).failure]).toEqual([answered, 1, "the connection was lost"]);
    expect(asker.requests.size).toBe(0);
  });

  test("no answer for long", () => {
    const asker = new Asker(true);
    const [old, young, patient] = [asker.ask("WHOIS a", 1_000), asker.ask("WHOIS b", 2_000), asker.ask("WHOIS c", Infinity)];
    asker.requests.expire(1_000 + PATIENCE_MS);
    expect([old.failure, young.done, patient.done]).toEqual(["the server did not answer", false, false]);
  });

  test("so many may be open", () => {
    const asker = new Asker(true);
    const first = asker.ask("PING x");
    for (let number = 0; number < 1_000; number++) asker.ask("PING x");
    expect([first.failed, asker.requests.size]).toEqual([true, 1_000]);
  });
});

describe("without labels", () => {
  test.each([
    ["WHOIS bob", [":s 311 me bob b h * :Bob", ":s 301 me Bob :gone"], ":s 318 me bob :End"],
    ["WHOIS irc.example bob", [":s 312 me bob irc.example :x"], ":s 318 me bob :End"],
    ["WHO #tea %na", [":s 354 me bob 0"], ":s 315 me #tea :End"],
    ["LIST", [":s 321 me Channel :Users", ":s 322 me #tea 3 :Tea"], ":s 323 me :End"],
    ["TOPIC #tea", [], ":s 331 me #tea :No topic"],
    ["MODE #tea", [], ":s 324 me #tea +nt"],
    ["MODE me", [], ":s 221 me +i"],
    ["MODE #tea +b", [":s 367 me #tea *!*@x bob 1"], ":s 368 me #tea :End"],
    ["MARKREAD #tea", [], ":s MARKREAD #tea *"],
    ["AWAY gone", [], ":s 306 me :You are away"],
    ["INVITE", [":s 336 me #tea"], ":s 337 me :End"],
    ["MONITOR L", [":s 732 me :bob"], ":s 733 me :End"],
    ["PING token", [], ":s PONG s token"],
    ["REGISTER * * secret", [], ":s REGISTER SUCCESS me :Welcome"],
  ])("a question whose end is known: %s", (line, parts, end) => {
    const asker = new Asker(false);
    const request = asker.ask(line);
    expect(asker.sent).toEqual([parse(line).toLine()]);
    expect(asker.hear(":carol!c@h PRIVMSG #tea :meanwhile", ":carol!c@h JOIN #tea")).toEqual([null, null]);
    expect(asker.hear(...parts)).toEqual(parts.map(() => request));
    expect(request.done).toBe(false);
    expect(asker.hear(end)).toEqual([request]);
    expect([request.done, request.failed, request.answers.length]).toEqual([true, false, parts.length + 1]);
  });

  test("after everything else a PING is sent, and its PONG is the end", () => {
    const asker = new Asker(false);
    const request = asker.ask("KICK #tea bob");
    expect(asker.sent).toEqual(["KICK #tea bob", `PING ${request.label}`]);
    expect(asker.hear(`:s PONG s ${request.label}`)).toEqual([request]);
    expect([request.done, request.failed]).toEqual([true, false]);
  });

  test("an error belongs to the oldest that it can be about", () => {
    const asker = new Asker(false);
    const [kick, whois, edit] = [asker.ask("KICK #tea bob"), asker.ask("WHOIS carol"), asker.ask("EDITMSG #tea 1 :x")];
    asker.hear(":s 401 me carol :No such nick", ":s FAIL EDITMSG X :No", ":s 482 me #tea :Not op");
    expect([kick.failure, whois.failure, edit.failure]).toEqual(["Not op", "No such nick", "No"]);
  });

  test("two of a kind are told apart by what they are about", () => {
    const asker = new Asker(false);
    const [bob, carol] = [asker.ask("WHOIS bob"), asker.ask("WHOIS carol")];
    expect(asker.hear(":s 318 me carol :End")).toEqual([carol]);
    expect([bob.done, carol.done]).toEqual([false, true]);
  });
});

describe("batches", () => {
  function shown(result: Message | Batch): unknown {
    return result instanceof Batch ? [result.type, ...result.messages.map(shown)] : result.params.at(-1);
  }

  function feed(batches: Batches, ...lines: string[]): unknown[] {
    return lines.map((line) => batches.received(parse(line))).filter((result) => result !== null).map(shown);
  }

  test("come whole, children in their places, other lines at once", () => {
    const results = feed(
      new Batches(),
      "BATCH +o chathistory #tea",
      "@batch=o PRIVMSG #tea :one",
      "@batch=o BATCH +i draft/multiline #tea",
      "@batch=i PRIVMSG #tea :two",
      "PRIVMSG #tea :live",
      "@batch=o PRIVMSG #tea :four",
      "@batch=i PRIVMSG #tea :three",
      "@batch=o BATCH -i",
      "BATCH -o",
    );
    expect(results).toEqual(["live", ["chathistory", "one", ["draft/multiline", "two", "three"], "four"]]);
  });

  test("what names a batch that isn't open is a message like any other", () => {
    expect(feed(new Batches(), "@batch=x PRIVMSG #tea :a", "BATCH -x", "BATCH +", "BATCH")).toEqual(["a", "-x", "+", undefined]);
  });

  test("a server that closes none costs a bounded amount", () => {
    const batches = new Batches();
    for (let number = 0; number < 200; number++) feed(batches, `BATCH +${number} x`);
    expect(feed(batches, "@batch=0 PRIVMSG #tea :forgotten", "@batch=199 PRIVMSG #tea :kept")).toEqual(["forgotten"]);
    batches.clear();
    expect(feed(batches, "@batch=199 PRIVMSG #tea :x")).toEqual(["x"]);
  });

  test("a batch with too much in it is cut", () => {
    const batches = new Batches();
    feed(batches, "BATCH +1 x");
    for (let number = 0; number < 20_010; number++) batches.received(parse("@batch=1 PRIVMSG #tea :x"));
    const whole = batches.received(parse("BATCH -1"));
    expect(whole instanceof Batch && whole.messages.length).toBe(20_000);
  });
});
