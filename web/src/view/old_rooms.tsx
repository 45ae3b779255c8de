/** What was said in the last rooms, as it was kept: shown while the server has not been reached since the page was opened. */

import type { JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";

import type { OldLine, Snapshot } from "../app/offline";
import { Avatar, Nick } from "./avatar";
import { Body } from "./body";
import { GROUP_MS } from "./timeline/rows";
import { clock, dayName, full, iso } from "./times";
import { useModel } from "./model_context";

export function OldRooms({ snapshot }: { snapshot: Snapshot }): JSX.Element {
  const model = useModel();
  const [chosen, choose] = useState(0);
  const lines = useRef<HTMLDivElement>(null);
  const room = snapshot.rooms[chosen] ?? snapshot.rooms[0];
  useLayoutEffect(() => {
    if (lines.current !== null) lines.current.scrollTop = lines.current.scrollHeight;
  }, [chosen]);
  if (room === undefined) return <></>;
  return (
    <section class="old" aria-label="What was said before">
      <header class="top-bar old-head">
        <label>
          <span class="visually-hidden">Conversation</span>
          <select class="field" value={String(chosen)} onChange={(event) => choose(Number(event.currentTarget.value))}>
            {snapshot.rooms.map(({ name }, at) => (
              <option key={name} value={String(at)}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <p class="aside">As it was {whenSaved(snapshot.savedMs, model.now)}. You can write once there is a connection.</p>
      </header>
      <div class="timeline old-lines" tabIndex={0} role="log" aria-live="off" aria-label={`Messages in ${room.name}`} ref={lines}>
        {room.lines.map((line, at) => (
          <Old key={at} line={line} before={room.lines[at - 1]} nowMs={model.now} />
        ))}
      </div>
    </section>
  );
}

function Old({ line, before, nowMs }: { line: OldLine; before: OldLine | undefined; nowMs: number }): JSX.Element {
  const day = dayOf(line);
  const isGrouped = before !== undefined && !line.action && !before.action && before.nick === line.nick && line.timeMs - before.timeMs < GROUP_MS && dayOf(before) === day;
  return (
    <>
      {(before === undefined || dayOf(before) !== day) && (
        <div class="day">
          <span>{dayName(day, nowMs)}</span>
        </div>
      )}
      <div class={line.action ? "row action" : isGrouped ? "row grouped" : "row"}>
        {isGrouped ? <span class="gutter" /> : <Avatar nick={line.nick} />}
        <div class="message">
          <span class={isGrouped ? "author visually-hidden" : "author"}>
            <Nick nick={line.nick} />
          </span>
          <div>
            <Body text={line.text} />
          </div>
          <time class="time" dateTime={iso(line.timeMs)} title={full(line.timeMs)}>
            {clock(line.timeMs)}
          </time>
        </div>
      </div>
    </>
  );
}

function dayOf({ timeMs }: OldLine): number {
  return new Date(timeMs).setHours(0, 0, 0, 0);
}

function whenSaved(savedMs: number, nowMs: number): string {
  return `${dayName(new Date(savedMs).setHours(0, 0, 0, 0), nowMs).replace(/^(Today|Yesterday)$/, (word) => word.toLowerCase())} at ${clock(savedMs)}`;
}
