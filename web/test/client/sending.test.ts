/** What somebody wrote, on the wire: nothing is lost, nothing is too long; sent once and in order. */

import { expect, test } from "vitest";

import { Batch, Batches, multilineMessage } from "../../src/client/batches";
import { Chat } from "../../src/client/chat";
import { type Kind, Line, NONCE_TAG } from "../../src/client/lines";
import { Full, MOST, Outbox } from "../../src/client/outbox";
import { type Limits, NO_LIMITS_KNOWN as OLD, NothingToSend, split, toMessages } from "../../src/client/sending";
import { byteLength } from "../../src/irc/cutting";
import { parse } from "../../src/irc/wire";
import { below, randomFrom } from "../random";

const MODERN: Limits = { line: 512, batchBytes: 4096, batchLines: 50, tags: true };

function line(text: string, kind: Kind = "message", replyTo = ""): Line {
  return new Line(kind, 0, { text, nonce: "n1", replyTo, mine: true });
}

test("a short text is one message, an action is wrapped, a notice is one", () => {
  expect(split("#tea", "hello", "message", OLD)).toEqual(["hello"]);
  expect(toMessages("#tea", line("hello"), OLD).map((one) => one.toLine())).toEqual(["PRIVMSG #tea :hello"]);
  expect(toMessages("#tea", line("waves", "action"), OLD)[0].params).toEqual(["#tea", "\x01ACTION waves\x01"]);
  expect(toMessages("#tea", line("psst", "notice"), OLD)[0].command).toBe("NOTICE");
});

test("a reply and its nonce travel as tags where there are tags", () => {
  const [modern] = toMessages("#tea", line("yes", "message", "m7"), MODERN);
  expect([...modern.tags]).toEqual([[NONCE_TAG, "n1"], ["+reply", "m7"], ["+draft/reply", "m7"]]);
  expect(toMessages("#tea", line("yes", "message", "m7"), OLD)[0].tags.size).toBe(0);
});

test("several lines are one batch", () => {
  expect(split("#tea", "one\n\ntwo\n", "message", MODERN)).toEqual(["one\n\ntwo"]);
  expect(toMessages("#tea", line("one\n\ntwo"), MODERN).map((one) => one.toLine())).toEqual([
    `@${NONCE_TAG}=n1 BATCH +mn1 draft/multiline #tea`,
    "@batch=mn1 PRIVMSG #tea :one",
    "@batch=mn1 PRIVMSG #tea :",
    "@batch=mn1 PRIVMSG #tea :two",
    "BATCH -mn1",
  ]);
});

test("without batches, or with too many lines for one, every line is a message", () => {
  expect(split("#tea", "one\n\ntwo", "message", OLD)).toEqual(["one", "two"]);
  const text = Array.from({ length: 51 }, (_, at) => at).join("\n");
  expect(split("#tea", text, "message", MODERN)).toHaveLength(51);
});

test.each(["", "   ", "\n\n", " \n \n", "\r\0"])("nothing is not sent: %j", (text) => {
  expect(() => split("#tea", text, "message", MODERN)).toThrow(NothingToSend);
});

const LETTERS = ["a", "b", " ", " ", "\n", "ä", "😀", "日", "long".repeat(40), "e\u0301", "."];

test.each(Array.from({ length: 150 }, (_, seed) => seed))("every line fits, no word is lost, and batches are whole (%i)", (seed) => {
  const random = randomFrom(seed);
  const text = Array.from({ length: below(random, 400) }, () => LETTERS[below(random, LETTERS.length)]).join("");
  if (text.trim() === "") return;
  for (const limits of [OLD, MODERN, { ...MODERN, batchBytes: 200 }]) {
    for (const kind of ["message", "action", "notice"] as const) {
      const pieces = split("#tea", text, kind, limits);
      expect(pieces.join("").replace(/\s/g, "")).toBe(text.replace(/\s/g, ""));
      for (const piece of pieces) {
        const messages = toMessages("#tea", line(piece, kind), limits);
        const batches = new Batches();
        let whole: string | undefined;
        for (const message of messages) {
          expect(byteLength(`${message.command} ${message.params.join(" ")}`)).toBeLessThanOrEqual(512 - 100);
          const received = batches.received(parse(message.toLine()));
          whole = (received instanceof Batch ? multilineMessage(received) : received)?.params[1];
        }
        if (kind !== "action") expect(whole).toBe(piece);
      }
    }
  }
});

// -- the outbox -----------------------------------------------------------------------------------------------

/** Takes what the outbox sends. */
class Wire {
  readonly sent: string[] = [];
  readonly chat = new Chat("me");
  readonly tea = this.chat.open("#tea");
  readonly outbox = new Outbox(({ line: { text } }) => void this.sent.push(text));

  say(text: string, conversation = this.tea): Line {
    const mine = new Line("message", 0, { text, nonce: text, mine: true, delivery: "pending" });
    conversation.timeline.append(mine);
    this.outbox.add(conversation, mine);
    return mine;
  }

  flush(): string[] {
    this.outbox.flush(OLD);
    return this.sent.splice(0);
  }
}

test("nothing goes out before the room is ready, and then once", () => {
  const wire = new Wire();
  wire.say("one");
  expect(wire.flush()).toEqual([]);
  wire.outbox.ready(wire.tea);
  expect([wire.flush(), wire.flush()]).toEqual([["one"], []]);
});

test("what was sent waits for the history on the next connection; what wasn't goes out in order", () => {
  const wire = new Wire();
  wire.outbox.ready(wire.tea);
  const one = wire.say("one");
  wire.flush();
  wire.outbox.lost();
  wire.say("two");
  expect([wire.outbox.waitsForHistory(), wire.flush()]).toEqual([[wire.tea], []]);
  expect(wire.outbox.ready(wire.tea, false)).toEqual([one]);
  wire.outbox.done(one);
  expect(wire.flush()).toEqual(["two"]);
});

test("only so many are on their way at a time", () => {
  const wire = new Wire();
  wire.outbox.ready(wire.tea);
  const lines = Array.from({ length: 40 }, (_, at) => wire.say(String(at)));
  expect(wire.flush()).toHaveLength(16);
  lines.slice(0, 3).forEach((one) => wire.outbox.done(one));
  expect(wire.flush()).toEqual(["16", "17", "18"]);
});

test("one room does not hold up another", () => {
  const wire = new Wire();
  const cake = wire.chat.open("#cake");
  wire.say("one");
  wire.say("two", cake);
  wire.outbox.ready(cake);
  expect(wire.flush()).toEqual(["two"]);
});

test("too much is refused", () => {
  const wire = new Wire();
  for (let number = 0; number < MOST; number++) wire.say(String(number));
  expect(() => wire.say("too much")).toThrow(Full);
});
