/**
 * What others are typing, below the messages: a line for each person, which nobody's coming or going moves.
 *
 * Owns the area and what screen readers hear of it: a text whose author pauses, never letters. What becomes a message is
 * read out where messages are.
 */

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

import { places, type Typist } from "../../app/live";
import type { Window } from "../../app/windows";
import { printable } from "../../irc/text";
import { Nick } from "../avatar";
import { useModel } from "../model_context";
import "./live.css";

/** Lines in the area; of those who are more only the number is told. */
const MOST = 4;
/** The area stays as high as it was for so long after the last letter, so that it doesn't come and go with every line. */
const LINGER_MS = 10_000;
/** So much of a long text is read out: its end. */
const LONGEST_SPOKEN = 200;

/** Give it the key of the window: another conversation has another area. */
export function LiveLines({ window }: { window: Window }): JSX.Element {
  const model = useModel();
  const lines = model.live.here(window.conversation).lines.value;
  const kept = useRef<string[]>([]);
  kept.current = places(kept.current, lines.map(({ nick }) => nick), MOST);
  const shown = kept.current.slice(0, MOST).map((nick) => lines.find((line) => line.nick === nick));
  const more = Math.max(kept.current.length - MOST, 0);
  const rows = useHighest(shown.length + (more > 0 ? 1 : 0));
  return (
    <>
      <div class={`live-lines rows-${rows}`} aria-hidden="true">
        {shown.map((line, at) => (
          <LiveRow key={at} line={line} />
        ))}
        {more > 0 && <p class="live-row more">… and {more} more type</p>}
      </div>
      <Pauses lines={lines} />
    </>
  );
}

function LiveRow({ line }: { line: Typist | undefined }): JSX.Element {
  if (line === undefined) return <p class="live-row" />;
  return (
    <p class="live-row">
      <Nick nick={line.nick} />
      <span class="live-window">
        <bdi class="live-text" dir="auto">
          {inOneRow(line.text)}
          <span class={line.changing ? "live-caret" : "live-caret still"}>▏</span>
        </bdi>
      </span>
    </p>
  );
}

function inOneRow(text: string): string {
  return text.split("\n").map(printable).join(" ⏎ ");
}

/** The highest that it has been, until there was nothing for a while: what one reads is moved at most once. */
function useHighest(rows: number): number {
  const [highest, setHighest] = useState(rows);
  if (rows > highest) setHighest(rows);
  useEffect(() => {
    if (rows > 0 || highest === 0) return undefined;
    const timer = setTimeout(() => setHighest(0), LINGER_MS);
    return () => clearTimeout(timer);
  }, [rows, highest]);
  return Math.max(rows, highest);
}

/** For screen readers: who has paused, and what they have typed; each text once. */
function Pauses({ lines }: { lines: readonly Typist[] }): JSX.Element {
  const heard = useRef(new Map<string, string>());
  const [said, say] = useState("");
  useEffect(() => {
    const known = heard.current;
    for (const nick of [...known.keys()]) if (!lines.some((line) => line.nick === nick)) known.delete(nick);
    const news = lines.filter(({ nick, text, changing }) => !changing && known.get(nick) !== text);
    for (const { nick, text } of news) known.set(nick, text);
    if (news.length > 0) say(news.map(({ nick, text }) => `${nick} is typing: ${printable(Array.from(text).slice(-LONGEST_SPOKEN).join(""))}`).join(". "));
    else if (lines.length === 0) say("");
  }, [lines]);
  return (
    <p class="visually-hidden" aria-live="polite">
      {said}
    </p>
  );
}
