/** A menu at the place where it was asked for: what can be done about a person, or about a message and who wrote it. */

import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

import type { Menu as Asked } from "../app/dialogs";
import { may, remove } from "../app/messages";
import { deedsFor, doAbout, mutesIn, powersIn, WORDS, type Deed } from "../app/moderation";
import type { Model } from "../app/model";
import { fold } from "../irc/names";
import { useModel } from "./model_context";

interface Item {
  readonly label: string;
  readonly danger: boolean;
  /** The first of those that only moderators have. */
  readonly parted: boolean;
  readonly act: () => void;
}

export function Menus(): JSX.Element | null {
  const model = useModel();
  const asked = model.menu.value;
  return asked === null ? null : <Menu key={`${asked.nick} ${asked.x} ${asked.y}`} asked={asked} />;
}

const EDGE = 8;

function Menu({ asked }: { asked: Asked }): JSX.Element {
  const model = useModel();
  const list = useRef<HTMLDivElement>(null);
  const [mutes, setMutes] = useState<ReadonlySet<string>>(new Set());
  void model.windows.of(asked.conversation)?.about.value;
  useEffect(() => {
    let isHere = true;
    void mutesIn(model, asked.conversation).then((found) => isHere && setMutes(found));
    return () => {
      isHere = false;
    };
  }, [model, asked]);
  useLayoutEffect(() => {
    const element = list.current;
    if (element === null) return;
    const { width, height } = element.getBoundingClientRect();
    element.style.left = `${Math.max(EDGE, Math.min(asked.x, innerWidth - width - EDGE))}px`;
    element.style.top = `${Math.max(EDGE, Math.min(asked.y, innerHeight - height - EDGE))}px`;
  });
  useLayoutEffect(() => {
    const before = document.activeElement;
    list.current?.querySelector<HTMLElement>("[role=menuitem]")?.focus();
    const outside = (event: PointerEvent): void => {
      if (event.target instanceof Node && list.current?.contains(event.target) !== true) model.menu.value = null;
    };
    addEventListener("pointerdown", outside);
    return () => {
      removeEventListener("pointerdown", outside);
      const isLost = document.activeElement === null || document.activeElement === document.body;
      if (!isLost || model.dialog.peek() !== null) return;
      if (before instanceof HTMLElement && before.isConnected && before !== document.body) before.focus();
      else model.focusBox.value += 1;
    };
  }, [model]);
  const name = asked.line === null ? asked.nick : `Message of ${asked.nick}`;
  return (
    <div ref={list} class="menu" role="menu" aria-label={name} onKeyDown={(event) => walk(event, list.current, model)} onContextMenu={(event) => event.preventDefault()}>
      {itemsFor(model, asked, mutes).map((item) => (
        <button
          key={item.label}
          type="button"
          role="menuitem"
          tabIndex={-1}
          class={["menu-item", item.danger && "danger", item.parted && "parted"].filter(Boolean).join(" ")}
          onClick={() => {
            model.menu.value = null;
            item.act();
          }}
        >
          {item.label}
        </button>
      ))}
    </div>
  );
}

function itemsFor(model: Model, { conversation, nick, line }: Asked, mutes: ReadonlySet<string>): Item[] {
  const isMe = model.chat.isMe(nick);
  const isIgnored = model.chat.ignored.has(fold(nick));
  const item = (label: string, act: () => void, danger = false, parted = false): Item => ({ label, act, danger, parted });
  const items = [item(`Who ${isMe ? "you are" : `${nick} is`}`, () => model.openDialog({ kind: "profile", nick: isMe ? "" : nick }))];
  if (!isMe) {
    items.push(item("Write to them alone", () => model.open(nick)));
    items.push(item(isIgnored ? "Stop ignoring" : "Ignore", () => model.ignore(nick, !isIgnored)));
  }
  const deeds = deedsFor(model, conversation, nick, mutes);
  const isAbout = (deed: Deed): boolean => deed === "kick" || deed === "ban";
  deeds.forEach((deed, at) => items.push(item(labelOf(deed), () => begin(model, conversation, nick, deed), isAbout(deed), at === 0)));
  if (line !== null && may(model, line, "redact")) {
    items.push(item(line.mine ? "Delete the message" : "Delete the message…", () => remove(model, conversation, line), true, deeds.length === 0));
  }
  return items;
}

export function labelOf(deed: Deed): string {
  return WORDS[deed].label + (WORDS[deed].asks ? "…" : "");
}

/** At once, or after a question. */
export function begin(model: Model, conversation: Asked["conversation"], nick: string, deed: Deed): void {
  if (WORDS[deed].asks) model.openDialog({ kind: "moderate", conversation, nick, deed });
  else doAbout(model, conversation, nick, deed);
}

/** Only for those who find more in it than a click on the name shows. */
export function hasMenu(model: Model, conversation: Asked["conversation"], nick: string): boolean {
  return powersIn(model, conversation).moderates && !model.chat.isMe(nick) && nick !== "";
}

/** Below the button that was pressed, or where the pointer is. */
export function openMenu(model: Model, event: MouseEvent, about: Omit<Asked, "x" | "y">): void {
  event.preventDefault();
  const target = event.currentTarget;
  const isPointed = event.type === "contextmenu" && (event.clientX !== 0 || event.clientY !== 0);
  const box = target instanceof Element ? target.getBoundingClientRect() : new DOMRect();
  model.menu.value = { ...about, x: isPointed ? event.clientX : box.left, y: isPointed ? event.clientY : box.bottom + 4 };
}

function walk(event: KeyboardEvent, list: HTMLElement | null, model: Model): void {
  event.stopPropagation();
  if (event.key === "Escape" || event.key === "Tab") {
    event.preventDefault();
    model.menu.value = null;
    return;
  }
  const items = [...(list?.querySelectorAll<HTMLElement>("[role=menuitem]") ?? [])];
  const at = items.findIndex((item) => item === document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
  if (to !== undefined) {
    event.preventDefault();
    items[(to + items.length) % items.length]?.focus();
  } else if (event.key.length === 1 && !event.ctrlKey && !event.altKey && !event.metaKey) {
    const letter = event.key.toLowerCase();
    const found = [...items.slice(at + 1), ...items.slice(0, at + 1)].find((item) => item.textContent?.toLowerCase().startsWith(letter) === true);
    found?.focus();
  }
}
