/** To a room or a person by some letters of the name. Nothing typed: where one was lately. */

import { useMemo, useState } from "preact/hooks";

import type { Model } from "../../app/model";
import { scoreOf, type Window } from "../../app/windows";
import { fold, isChannel, isNick } from "../../irc/names";
import { useModel } from "../model_context";
import { Choices } from "./choices";
import { Sheet } from "./sheet";

const MOST = 50;

export type Target =
  | { readonly kind: "window"; readonly window: Window }
  | { readonly kind: "person" | "room"; readonly name: string };

/** What is open first, then people we know of, then a room or person of just that name. */
export function targets(model: Model, query: string): Target[] {
  const wanted = query.trim().slice(0, 100);
  const found: Target[] = model.windows.match(wanted).slice(0, MOST).map((window) => ({ kind: "window", window }));
  if (wanted === "") return found;
  const known = new Set(found.map((target) => (target.kind === "window" ? target.window.key : "")));
  const people = peopleLike(model, wanted.replace(/^@/, "")).filter((name) => !known.has(fold(name)) && model.windows.find(name) === undefined);
  found.push(...people.map((name): Target => ({ kind: "person", name })));
  const names = new Set([...known, ...people.map(fold)]);
  const room = isChannel(wanted) ? wanted : `#${wanted}`;
  if (isChannel(room) && !names.has(fold(room))) found.push({ kind: "room", name: room });
  if (isNick(wanted, 64) && !names.has(fold(wanted))) found.push({ kind: "person", name: wanted });
  return found.slice(0, MOST);
}

function peopleLike(model: Model, wanted: string): string[] {
  const scored: [number, string][] = [];
  for (const { nick } of model.chat.people.values()) {
    const score = model.chat.isMe(nick) ? null : scoreOf(wanted, nick);
    if (score !== null) scored.push([score, nick]);
  }
  scored.sort(([one, name], [other, otherName]) => other - one || (name < otherName ? -1 : 1));
  return scored.slice(0, 10).map(([, name]) => name);
}

export function Switcher() {
  const model = useModel();
  const [query, setQuery] = useState("");
  const order = model.order.value;
  const items = useMemo(() => targets(model, query), [model, query, order]);
  const go = (target: Target): void => {
    model.closeDialog();
    if (target.kind === "window") model.go(target.window);
    else model.open(target.name);
  };
  return (
    <Sheet title="Go to" onClose={() => model.closeDialog()} kind="palette" bare>
      <Choices
        label="Go to a room or person"
        placeholder="Room or person"
        query={query}
        onQuery={setQuery}
        items={items}
        keyOf={keyOf}
        onChoose={go}
        empty="Nothing has that name."
      >
        {(target) => <Entry target={target} />}
      </Choices>
    </Sheet>
  );
}

function keyOf(target: Target): string {
  return target.kind === "window" ? `w${target.window.key}` : `${target.kind}${target.name}`;
}

function Entry({ target }: { readonly target: Target }) {
  if (target.kind !== "window") {
    return (
      <>
        <span class="choice-name">{target.name}</span>
        <span class="choice-note">{target.kind === "room" ? "enter this room" : "write to this person"}</span>
      </>
    );
  }
  const { window } = target;
  const { unread } = window.conversation;
  return (
    <>
      <span class={unread > 0 ? "choice-name unread" : "choice-name"}>{window.title}</span>
      <span class="choice-note">{window.place === "direct" ? "person" : window.conversation.topic.slice(0, 80)}</span>
      {window.badge > 0 ? (
        <span class="badge">
          {window.badge}
          <span class="visually-hidden"> for you</span>
        </span>
      ) : null}
    </>
  );
}
