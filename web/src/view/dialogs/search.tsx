/** Finding what was said: words and filters, the messages that fit, and the way to each of them. */

import { useEffect, useRef, useState } from "preact/hooks";

import type { Conversation } from "../../client/chat";
import type { Hit } from "../../client/session";
import type { Model } from "../../app/model";
import { fold, isChannel } from "../../irc/names";
import { parse, textOf } from "../../text/markdown";
import { useModel } from "../model_context";
import { Choices } from "./choices";
import { clock } from "./looks";
import { asked, excerpt, has, type Piece } from "./query";
import { Outcome, Sheet } from "./sheet";

const AFTER_MS = 300;
const MOST = 50;

interface Result {
  readonly hits: readonly Hit[];
  readonly words: readonly string[];
  readonly problem: string;
  readonly busy: boolean;
  /** Whether there is anything to look for. */
  readonly wanted: boolean;
}

const NOTHING: Result = { hits: [], words: [], problem: "", busy: false, wanted: false };

export function Search({ everywhere, text }: { readonly everywhere: boolean; readonly text: string }) {
  const model = useModel();
  const [typed, setTyped] = useState(() => start(model, everywhere, text));
  const result = useFound(model, typed);
  if (!model.session.can("search")) {
    return (
      <Sheet title="Search" onClose={() => model.closeDialog()} kind="small">
        <p>This server can't search.</p>
      </Sheet>
    );
  }
  return (
    <Sheet title="Search" onClose={() => model.closeDialog()} kind="palette tall">
      <Choices
        label="Search messages"
        placeholder="Words, from:name in:#room after:2026-01-31 has:link"
        query={typed}
        onQuery={setTyped}
        items={result.hits}
        keyOf={(hit) => `${hit.conversation} ${hit.line.msgid || hit.line.timeMs}`}
        onChoose={(hit) => jump(model, hit)}
        empty={result.busy ? "Searching …" : result.wanted ? "Nothing found." : "Words, or filters: in: from: on: before: after: has:"}
      >
        {(hit) => <Found hit={hit} words={result.words} model={model} />}
      </Choices>
      <Outcome text={result.problem} />
    </Sheet>
  );
}

function start(model: Model, everywhere: boolean, text: string): string {
  const here = model.window;
  if (everywhere || here === null || here.place === "server") return text;
  const name = here.conversation.name;
  return `in:${isChannel(name) ? name : `@${name}`} ${text}`;
}

/** Asked when somebody stops typing; an answer to what was typed before is not shown. */
function useFound(model: Model, typed: string): Result {
  const [result, setResult] = useState<Result>(NOTHING);
  const latest = useRef(0);
  useEffect(() => {
    const number = ++latest.current;
    const { query, words, kinds, problem } = asked(typed, model.now);
    const isEmpty = Object.keys(query).every((key) => key === "in");
    if (problem !== "" || isEmpty) {
      setResult({ ...NOTHING, problem });
      return undefined;
    }
    setResult((before) => ({ ...before, problem: "", busy: true, wanted: true }));
    const timer = setTimeout(() => {
      void model.session.search(query, MOST).then(({ hits, failure }) => {
        if (number !== latest.current) return;
        const fitting = hits.filter((hit) => has(hit.line.text, kinds, location.origin));
        fitting.sort((one, other) => other.line.timeMs - one.line.timeMs);
        setResult({ hits: fitting, words, problem: failure, busy: false, wanted: true });
      });
    }, AFTER_MS);
    return () => clearTimeout(timer);
  }, [model, typed]);
  return result;
}

/** Also where it is not loaded, or the conversation is not open. */
export function jump(model: Model, hit: Hit): void {
  model.closeDialog();
  const open = model.chat.conversations.get(fold(hit.conversation));
  if (open !== undefined) model.goTo(open, hit.line.msgid, hit.line.timeMs);
  else if (isChannel(hit.conversation)) model.open(hit.conversation);
  else model.goTo(model.session.converse(hit.conversation), hit.line.msgid, hit.line.timeMs);
}

function Found({ hit, words, model }: { readonly hit: Hit; readonly words: readonly string[]; readonly model: Model }) {
  const { line, conversation } = hit;
  const [before, after] = around(model.chat.conversations.get(fold(conversation)), line.msgid);
  return (
    <article class="hit">
      <p class="hit-head">
        <strong>{line.nick}</strong> in {conversation} <time dateTime={new Date(line.timeMs).toISOString()}>{whenWas(line.timeMs, model.now)}</time>
      </p>
      {before === "" ? null : <p class="hit-context">{before}</p>}
      <p>
        {excerpt(flat(line.text), words).map((piece: Piece) => (piece.found ? <mark>{piece.text}</mark> : piece.text))}
      </p>
      {after === "" ? null : <p class="hit-context">{after}</p>}
    </article>
  );
}

/** The words of a message on one line, without its marks. */
function flat(text: string): string {
  return textOf(parse(text)).replaceAll(/\s+/g, " ").trim();
}

/** What was said before and after it, where that is loaded. */
function around(conversation: Conversation | undefined, msgid: string): [before: string, after: string] {
  const line = msgid === "" ? undefined : conversation?.timeline.find(msgid);
  if (conversation === undefined || line === undefined) return ["", ""];
  const at = conversation.timeline.index(line);
  const shown = (place: number): string => {
    const other = conversation.timeline.lines[place];
    return other?.isSaid === true && !other.redacted ? `${other.nick}: ${flat(other.text).slice(0, 100)}` : "";
  };
  return [shown(at - 1), shown(at + 1)];
}

export function whenWas(timeMs: number, nowMs: number): string {
  const date = new Date(timeMs);
  const isToday = date.toDateString() === new Date(nowMs).toDateString();
  return isToday ? clock(timeMs) : `${date.toLocaleDateString(undefined, { dateStyle: "medium" })} ${clock(timeMs)}`;
}
