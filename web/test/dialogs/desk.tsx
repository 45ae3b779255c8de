/** A whole page's model with a server that says what the test wrote down; and dialogs drawn over it. */

import { render } from "preact";

import type { Dialog } from "../../src/app/dialogs";
import { Model } from "../../src/app/model";
import { Memory } from "../../src/app/storage";
import type { Event } from "../../src/client/events";
import type { Network } from "../../src/client/network";
import type { Identity } from "../../src/client/registration";
import { Session } from "../../src/client/session";
import { type Message, parse } from "../../src/irc/wire";
import { Dialogs } from "../../src/view/dialogs";
import { ModelProvider } from "../../src/view/model_context";

export type Answers = (command: string, params: readonly string[]) => string[] | undefined;

const CAPABILITIES =
  "batch message-tags labeled-response echo-message server-time soju.im/search draft/metadata-2 draft/account-registration hubbub.chat/invite-link hubbub.chat/upload=max-size=1000000";

export class Desk {
  readonly model: Model;
  readonly asked: string[] = [];
  answers: Answers = () => undefined;
  root = document.createElement("div");
  #session: Session | null = null;
  #onEvents: (events: Event[]) => void = () => undefined;
  #batches = 0;

  constructor() {
    this.model = new Model({
      keeping: new Memory(),
      destination: { kind: "home" },
      connect: (identity, onEvents) => this.#connect(identity, onEvents),
      lookUp: async () => "",
      isLooking: () => true,
      announce: () => undefined,
      now: () => Date.UTC(2026, 0, 31, 12),
    });
  }

  /** In #lobby with bob, as its operator. */
  static async enter(): Promise<Desk> {
    const desk = new Desk();
    await desk.model.enter("me");
    desk.pump();
    desk.say(":me!m@h JOIN #lobby", ":s 332 me #lobby :the topic", ":s 353 me = #lobby :@me +bob carol", ":s 366 me #lobby :End", ":s 324 me #lobby +nt");
    desk.say("@msgid=1;time=2026-01-31T11:00:00.000Z :bob!b@h PRIVMSG #lobby :hello there");
    document.body.replaceChildren(desk.root);
    render(
      <ModelProvider value={desk.model}>
        <Dialogs />
      </ModelProvider>,
      desk.root,
    );
    return desk;
  }

  #connect(identity: Identity, onEvents: (events: Event[]) => void): Network {
    let nonces = 0;
    const session = new Session(identity, {
      nowMs: () => this.model.now,
      nonce: () => `n${(nonces += 1)}`,
      wake: () => queueMicrotask(() => this.pump()),
    });
    this.#session = session;
    this.#onEvents = onEvents;
    const network = { session, chat: session.chat, phase: "online", start: () => session.connected(true), stop: () => undefined };
    return network as unknown as Network;
  }

  get session(): Session {
    if (this.#session === null) throw new Error("not connected");
    return this.#session;
  }

  say(...lines: string[]): void {
    for (const line of lines) this.session.received(parse(line));
    this.pump();
  }

  pump(): void {
    for (let messages = this.session.takeMessages(); messages.length > 0; messages = this.session.takeMessages()) {
      for (const message of messages) this.#answer(message);
    }
    this.#onEvents(this.session.takeEvents());
  }

  #answer(message: Message): void {
    const { command, params } = message;
    this.asked.push([command, ...params].join(" "));
    const label = message.tags.get("label");
    const lines = this.answers(command, params) ?? usual(command, params);
    for (const line of label === undefined ? lines : this.#labelled(label, lines)) this.session.received(parse(line));
  }

  #labelled(label: string, lines: string[]): string[] {
    if (/ BATCH \+/.test(lines[0] ?? "")) return [`@label=${label} ${lines[0] ?? ""}`, ...lines.slice(1)];
    if (lines.length === 0) return [`@label=${label} :s ACK`];
    if (lines.length === 1) return [`@label=${label} ${lines[0] ?? ""}`];
    const id = `b${(this.#batches += 1)}`;
    return [`@label=${label} :s BATCH +${id} labeled-response`, ...lines.map((line) => `@batch=${id} ${line}`), `:s BATCH -${id}`];
  }

  // -- what is on the page ------------------------------------------------------------------------------------

  async open(dialog: Dialog): Promise<HTMLDialogElement> {
    this.model.openDialog(dialog);
    return waitFor(() => this.root.querySelector("dialog"));
  }

  find(selector: string): HTMLElement {
    const found = this.root.querySelector<HTMLElement>(selector);
    if (found === null) throw new Error(`nothing is ${selector} in ${this.root.innerHTML}`);
    return found;
  }

  button(name: string): HTMLButtonElement {
    const found = [...this.root.querySelectorAll("button")].find((one) => (one.getAttribute("aria-label") ?? one.textContent ?? "").trim() === name);
    if (found === undefined) throw new Error(`there is no button ${name} in ${this.root.innerHTML}`);
    return found;
  }

  get text(): string {
    return this.root.textContent ?? "";
  }

  type(selector: string, text: string): void {
    const box = this.find(selector) as HTMLInputElement;
    box.value = text;
    box.dispatchEvent(new Event_("input", { bubbles: true }));
  }

  press(key: string, target: HTMLElement = this.find("input"), more: KeyboardEventInit = {}): KeyboardEvent {
    const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more });
    target.dispatchEvent(event);
    return event;
  }

  submit(form: HTMLElement): void {
    form.dispatchEvent(new Event_("submit", { bubbles: true, cancelable: true }));
  }
}

const Event_ = globalThis.Event;

function usual(command: string, params: readonly string[]): string[] {
  switch (command) {
    case "CAP":
      if (params[0] === "LS") return [`:s CAP * LS :${CAPABILITIES}`];
      if (params[0] === "REQ") return [`:s CAP * ACK :${params[1] ?? ""}`];
      return [":s 001 me :Welcome", ":s 005 me CHANTYPES=# PREFIX=(ov)@+ EXTBAN=$,a :are supported", ":s 422 me :No MOTD"];
    case "PING":
      return [`:s PONG s ${params[0] ?? ""}`];
    default:
      return [];
  }
}

export async function waitFor<T>(look: () => T | null | undefined | false): Promise<T> {
  const until = performance.now() + 3_000;
  for (;;) {
    const found = look();
    if (found) return found;
    if (performance.now() > until) throw new Error("it never came");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
