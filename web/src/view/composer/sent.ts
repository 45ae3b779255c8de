/** What was sent on this page, to be brought back. Knows no element. */

import { isSecret } from "../../app/commands";

const MOST = 100;

export class Sent {
  readonly #texts: string[] = [];

  add(text: string): void {
    if (isSecret(text) || this.#texts.at(-1) === text) return;
    this.#texts.push(text);
    if (this.#texts.length > MOST) this.#texts.shift();
  }

  /** The text before this one; before one that is not among them: the last. */
  before(text: string): string {
    const at = this.#texts.lastIndexOf(text);
    return this.#texts.at(at > 0 ? at - 1 : at === 0 ? 0 : -1) ?? text;
  }
}
