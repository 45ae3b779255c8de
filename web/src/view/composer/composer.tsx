/**
 * The box in which people write: it grows, completes, edits and answers, and says who will read it.
 *
 * Owns the element and its keys. What a text means is read in app/typed; what is kept of it in app/drafts.
 */

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

import type { Line } from "../../client/lines";
import { run, tellAlone } from "../../app/commands";
import { keymap } from "../../app/keymap";
import { isPasted } from "../../app/live";
import { cancel, editLast, quoted, say, sendFiles, subject, takeBack, takesFiles } from "../../app/messages";
import type { Model } from "../../app/model";
import { answeredIn, ThreadWindow } from "../../app/thread_window";
import { read, readsAs } from "../../app/typed";
import type { Window } from "../../app/windows";
import { isService } from "../../client/services";
import { emojiTable, loadEmoji, mayNameEmoji, withEmoji } from "../../text/emoji";
import { Nick } from "../avatar";
import { IconButton } from "../icons";
import { LiveButton } from "../live/live_button";
import { LIVE_MARK, LiveMark } from "../live/live_mark";
import { useModel } from "../model_context";
import { complete, type Completion } from "./completion";
import { Sent } from "./sent";
import { TypingNotice } from "./typing_notice";
import { wrap, WRAPS } from "./wrapping";

const sent = new Sent();

export function Composer({ window }: { window: Window }): JSX.Element {
  const model = useModel();
  const box = useRef<HTMLTextAreaElement>(null);
  const [caret, setCaret] = useState(0);
  /** The text at which Esc closed the proposals, as long as it stands there. */
  const closedAt = useSignal("");
  const chosen = useSignal(0);
  const typing = useRef(new TypingNotice(model));
  /** Whether the next change of the text is none that is typed here. */
  const isPut = useRef(true);
  // What is answered in a thread appears there alone.
  const isLive = window.place !== "server" && !(window instanceof ThreadWindow);
  const draft = window.draft.value;
  void window.about.value;
  void model.self.value;

  const found = closedAt.value === draft.text ? null : complete(draft.text, caret, model.chat, window.conversation, emojiTable.value);
  const at = Math.min(chosen.value, (found?.proposals.length ?? 1) - 1);

  useLayoutEffect(() => grow(box.current), [draft.text, window]);
  // At once, not with the next drawing: somebody may type on before that.
  useLayoutEffect(
    () =>
      window.draft.subscribe((draft) => {
        const { text } = draft;
        fillIn(box.current, text);
        if (text !== closedAt.peek()) closedAt.value = "";
        if (isLive) model.live.typed(window.conversation, draft, isPut.current);
      }),
    [window],
  );
  useEffect(() => {
    const { focusBox } = window instanceof ThreadWindow ? window : model;
    return focusBox.subscribe((count) => void (count > 0 && focusWhereItWas(box.current, setCaret)));
  }, [model, window]);
  useEffect(() => {
    if (!matchMedia("(pointer: coarse)").matches) focusAtEnd(box.current, setCaret);
  }, [window]);
  useEffect(() => {
    // If it can't be had, it is asked for again when it is needed.
    if (/(?:^|\s):[a-z]/i.test(draft.text)) loadEmoji().catch(() => undefined);
  }, [draft.text]);

  const write = (text: string, to: number | null = null, isTyped = true): void => {
    isPut.current = !isTyped;
    model.setDraft(window, { ...window.draft.peek(), text });
    isPut.current = true;
    typing.current.typed(window.conversation, text);
    chosen.value = 0;
    if (to === null) return;
    setCaret(to);
    box.current?.setSelectionRange(to, to);
  };
  const accept = (completion: Completion, index: number): void => {
    const proposal = completion.proposals[index];
    if (proposal === undefined) return;
    const typed = window.draft.peek().text;
    const text = typed.slice(0, completion.from) + proposal.text + typed.slice(completion.to);
    write(text, completion.from + proposal.text.length);
    box.current?.focus();
  };
  const send = (): void => {
    if (submit(model, window)) {
      typing.current.sent();
      setCaret(0);
    }
    box.current?.focus();
  };

  // Of what stands in the box at this moment: keys may come faster than drawings.
  const completion = (): Completion | null => {
    const { text } = window.draft.peek();
    const place = box.current?.selectionStart ?? text.length;
    return closedAt.peek() === text ? null : complete(text, place, model.chat, window.conversation, emojiTable.peek());
  };
  const inPopup = (event: KeyboardEvent): boolean => {
    const open = completion();
    if (open === null) return false;
    const count = open.proposals.length;
    const index = Math.min(chosen.peek(), count - 1);
    if (event.key === "ArrowDown") chosen.value = (index + 1) % count;
    else if (event.key === "ArrowUp") chosen.value = (index + count - 1) % count;
    else if ((event.key === "Tab" || event.key === "Enter") && !event.shiftKey) accept(open, index);
    else if (event.key === "Escape") closedAt.value = window.draft.peek().text;
    else return false;
    return true;
  };
  const mayEditLast = (): boolean => window.draft.peek().text === "" && window.draft.peek().mode === "say";
  const inBox = (event: KeyboardEvent): boolean => {
    const action = keymap(model.settings.now.keys).action("box", event);
    if (action === "send") send();
    else if (action === "editLast") return mayEditLast() && editLast(model, window);
    else if (action === "recall") write(sent.before(window.draft.peek().text), null, false);
    else if (action in WRAPS && box.current !== null) wrap(box.current, WRAPS[action] ?? "");
    else if (event.key === "Escape" && window.draft.peek().mode !== "say") cancel(model, window);
    else return false;
    return true;
  };
  const pressed = (event: KeyboardEvent): void => {
    // The Enter that ends the choice of a character belongs to the input method (229: Safari says it too late).
    if (event.isComposing || event.keyCode === 229) return;
    if (!inPopup(event) && !inBox(event)) return;
    event.preventDefault();
    event.stopPropagation();
  };

  const mark = readsAs(draft.text);
  const ids = window instanceof ThreadWindow ? "thread-" : "";
  const isShown = isLive && model.live.here(window.conversation).isOn.value;
  const describedBy = [mark !== null && `${ids}reads-as`, isShown && LIVE_MARK].filter(Boolean).join(" ") || undefined;
  const name = nameOf(window, model.phase.value.phase === "online");
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <About window={window} />
      {isLive && <LiveMark window={window} />}
      {found !== null && <Popup found={found} chosen={at} ids={ids} onTake={(index) => accept(found, index)} />}
      <div class={mark === null ? "box" : `box ${mark.kind}`}>
        {takesFiles(model, window.conversation) && (
          <IconButton icon="attach" label="Send files" class="attach" onClick={() => sendFiles(model, window.conversation, [])} />
        )}
        <textarea
          ref={box}
          class="input"
          id={`${ids}box`}
          rows={1}
          dir="auto"
          aria-label={name}
          placeholder={name}
          enterkeyhint="send"
          autocomplete="off"
          spellcheck={true}
          aria-autocomplete="list"
          aria-controls={found === null ? undefined : `${ids}proposals`}
          aria-activedescendant={found === null ? undefined : `${ids}proposal-${at}`}
          aria-describedby={describedBy}
          value={draft.text}
          onInput={(event) => {
            const { inputType, data } = event as unknown as InputEvent;
            write(event.currentTarget.value, null, !isPasted(inputType, data));
            setCaret(event.currentTarget.selectionStart);
          }}
          onSelect={(event) => setCaret(event.currentTarget.selectionStart)}
          onKeyDown={pressed}
          onPaste={(event) => pasted(event, model, window)}
        />
        {mark !== null && (
          <span class={`mark ${mark.kind}`} id={`${ids}reads-as`}>
            {mark.text}
          </span>
        )}
        {isLive && <LiveButton window={window} />}
        <IconButton
          icon="smile"
          label="Insert an emoji"
          class="emoji-button"
          onClick={() => model.openDialog({ kind: "emoji", conversation: window.conversation, line: null })}
        />
        <IconButton icon="send" label={draft.mode === "edit" ? "Save" : "Send"} class="send" type="submit" disabled={draft.text.trim() === ""} onClick={undefined} />
      </div>
    </form>
  );
}

function nameOf(window: Window, isOnline: boolean): string {
  const { conversation } = window;
  if (window instanceof ThreadWindow) return "Reply in thread";
  if (window.place === "server") return "Message the server: /join #room enters a room";
  return conversation.joined || !isOnline ? `Message ${conversation.name}` : `Message ${conversation.name}: you are not in it`;
}

function About({ window }: { window: Window }): JSX.Element | null {
  const model = useModel();
  const { mode } = window.draft.value;
  if (mode === "say") return null;
  const line: Line | undefined = subject(window);
  return (
    <div class="about">
      <span class="about-words">
        {mode === "edit" ? (
          "Editing your message"
        ) : (
          <>
            Reply to {line === undefined ? "a message" : <Nick nick={line.nick} account={line.account} />}
            {line !== undefined && <span class="quoted"> {quoted(line)}</span>}
          </>
        )}
      </span>
      <IconButton icon="close" label="Cancel (Esc)" onClick={() => cancel(model, window)} />
    </div>
  );
}

function Popup({ found, chosen, ids, onTake }: { found: Completion; chosen: number; ids: string; onTake: (index: number) => void }): JSX.Element {
  return (
    <ul class="proposals" id={`${ids}proposals`} role="listbox" aria-label="Proposals">
      {found.proposals.map((proposal, at) => (
        <li
          key={proposal.text}
          id={`${ids}proposal-${at}`}
          role="option"
          aria-selected={at === chosen}
          onMouseDown={(event) => {
            event.preventDefault();
            onTake(at);
          }}
        >
          <span class="proposal">{proposal.label}</span>
          <span class="hint">{proposal.hint}</span>
        </li>
      ))}
    </ul>
  );
}

// -- sending ----------------------------------------------------------------------------------------------------

/** Returns whether the box is empty now. `asItStands`: the names of emoji can't be had. */
function submit(model: Model, window: Window, asItStands = false): boolean {
  const draft = window.draft.peek();
  if (emojiTable.peek() === null && !asItStands && mayNameEmoji(draft.text)) {
    loadEmoji().then(
      () => submit(model, window),
      () => submit(model, window, true),
    );
    return false;
  }
  if (draft.mode === "edit") return saveEdit(model, window);
  const typed = read(draft.text);
  if (typed === null) return false;
  if (typed.kind === "mistake") {
    model.notice(typed.reason, { error: true });
    return false;
  }
  sent.add(draft.text);
  const original = draft.mode === "reply" ? subject(window) : undefined;
  if (typed.kind === "do") {
    // A command may put another text into the box.
    model.clearDraft(window);
    run(model, window, typed.command, typed.rest);
    return true;
  }
  const isSaid = typed.kind === "tell" ? tellAlone(model, typed.name, isService(typed.name) ? typed.text : withEmoji(typed.text)) : sayHere(model, window, typed.text, original ?? answeredIn(window));
  if (isSaid) model.clearDraft(window);
  return isSaid;
}

function sayHere(model: Model, window: Window, text: string, replyTo: Line | undefined): boolean {
  if (window.place === "server") {
    model.notice("Nobody can hear you here: go to a room first.", { error: true });
    return false;
  }
  const { conversation } = window;
  const isSaid = say(model, conversation, isService(conversation.name) ? text : withEmoji(text), "message", replyTo);
  if (isSaid) model.jump.value = { window, line: null };
  return isSaid;
}

function saveEdit(model: Model, window: Window): boolean {
  const text = withEmoji(window.draft.peek().text);
  const line = subject(window);
  cancel(model, window);
  if (line === undefined || text === line.text) return true;
  if (text.trim() === "") takeBack(model, window.conversation, line);
  else model.watch(model.session.edit(window.conversation, line, text.trimEnd()));
  return true;
}

function pasted(event: ClipboardEvent, model: Model, window: Window): void {
  const files = [...(event.clipboardData?.files ?? [])];
  if (files.length === 0) return;
  event.preventDefault();
  sendFiles(model, window.conversation, files);
}

// -- the element ------------------------------------------------------------------------------------------------

function fillIn(box: HTMLTextAreaElement | null, text: string): void {
  if (box !== null && box.value !== text) box.value = text;
}

function grow(box: HTMLTextAreaElement | null): void {
  if (box === null) return;
  box.style.height = "auto";
  box.style.height = `${box.scrollHeight}px`;
}

function focusAtEnd(box: HTMLTextAreaElement | null, setCaret: (at: number) => void): void {
  box?.setSelectionRange(box.value.length, box.value.length);
  focusWhereItWas(box, setCaret);
}

/** The caret stays in its place; where the text was exchanged meanwhile, the browser has put it to the end. */
function focusWhereItWas(box: HTMLTextAreaElement | null, setCaret: (at: number) => void): void {
  if (box === null) return;
  requestAnimationFrame(() => {
    box.focus({ preventScroll: true });
    setCaret(box.selectionStart);
  });
}
