/** Lets the others know that somebody is typing: at most every three seconds, and never of what they won't read. */

import type { Conversation } from "../../client/chat";
import type { Model } from "../../app/model";
import { readsAs } from "../../app/typed";

const EVERY_MS = 3_000;

export class TypingNotice {
  readonly #model: Model;
  #lastMs = 0;
  #isTold = false;

  constructor(model: Model) {
    this.#model = model;
  }

  typed(conversation: Conversation, text: string): void {
    if (text.trim() === "" || readsAs(text) !== null) return this.stop(conversation);
    if (this.#model.now - this.#lastMs < EVERY_MS) return;
    this.#lastMs = this.#model.now;
    this.#isTold = true;
    this.#model.session.typing(conversation, true);
  }

  /** Nothing stands in the box any more, and nothing was sent. */
  stop(conversation: Conversation): void {
    if (!this.#isTold) return;
    this.#isTold = false;
    this.#model.session.typing(conversation, false);
  }

  /** A message says by itself that nobody is typing it any more. */
  sent(): void {
    this.#isTold = false;
  }
}
