/**
 * Batches: lines that belong together, held back until all of them are here. https://ircv3.net/specs/extensions/batch
 *
 * Owns what is open. Knows not what a type of batch means, but for draft/multiline, which makes one text of many lines.
 * Called by Session for every message, before anything else looks at it.
 *
 * 1. An outermost batch is handed out once, whole, when it is closed; those within are its children, where they began.
 * 2. What names a batch that isn't open is a message like any other.
 * 3. A server that never closes a batch costs a bounded amount of memory: the oldest is forgotten.
 */

import { Message, type Tags } from "../irc/wire";

export const CONCAT = "draft/multiline-concat";

const MOST_OPEN = 64;
/** In one outermost batch, children included; what comes after is dropped. */
const MOST_MESSAGES = 20_000;
/** In all that is open. */
const MOST_CHARACTERS = 32_000_000;
/** What a message costs beside its text, in the same measure. */
const OVERHEAD = 300;

/** `tags` and `source`: of the line that opened it. `messages`: in the order in which they came. */
export class Batch {
  readonly messages: (Message | Batch)[] = [];

  constructor(
    readonly reference: string,
    readonly type: string,
    readonly params: readonly string[] = [],
    readonly tags: Tags = new Map(),
    readonly source = "",
  ) {}

  get label(): string {
    return this.tags.get("label") ?? "";
  }

  /** All messages, those of the children in their places. */
  *flat(): Generator<Message> {
    for (const message of this.messages) {
      if (message instanceof Batch) yield* message.flat();
      else yield message;
    }
  }
}

/** An outermost batch that is open, with what is open within it. */
interface Tree {
  batch: Batch;
  references: Set<string>;
  count: number;
  characters: number;
}

interface Open {
  batch: Batch;
  tree: Tree;
}

/** Of one connection. */
export class Batches {
  readonly #open = new Map<string, Open>();
  #characters = 0;

  /** Forget all that is open: the connection is gone. */
  clear(): void {
    this.#open.clear();
    this.#characters = 0;
  }

  /** The message itself, the batch that it completes, or null while that is open. */
  received(message: Message): Message | Batch | null {
    const [first = "", type] = message.params;
    if (message.command === "BATCH" && first !== "") {
      const sign = first[0];
      const reference = first.slice(1);
      if (sign === "+" && reference !== "" && type !== undefined) {
        this.#begin(reference, type, message);
        return null;
      }
      const open = sign === "-" ? this.#open.get(reference) : undefined;
      if (open !== undefined) return this.#end(reference, open);
    }
    return this.#add(message);
  }

  #add(message: Message): Message | null {
    const open = this.#open.get(message.tags.get("batch") ?? "");
    if (open === undefined) return message;
    this.#keep(open, message, sizeOf(message));
    return null;
  }

  #keep({ batch, tree }: Open, message: Message | Batch, size: number): void {
    if (tree.count >= MOST_MESSAGES) return;
    batch.messages.push(message);
    tree.count += 1;
    tree.characters += size;
    this.#characters += size;
    while (this.#characters > MOST_CHARACTERS) this.#forgetOldest();
  }

  #begin(reference: string, type: string, message: Message): void {
    const batch = new Batch(reference, type, message.params.slice(2), message.tags, message.source);
    const replaced = this.#open.get(reference);
    // Used anew before its end came: the old one can't be completed any more.
    if (replaced !== undefined) this.#forget(replaced.tree);
    const parent = this.#open.get(message.tags.get("batch") ?? "");
    const tree = parent?.tree ?? { batch, references: new Set<string>(), count: 0, characters: 0 };
    tree.references.add(reference);
    this.#open.set(reference, { batch, tree });
    if (parent !== undefined) this.#keep(parent, batch, sizeOf(message));
    while (this.#open.size > MOST_OPEN) this.#forgetOldest();
  }

  #end(reference: string, { batch, tree }: Open): Batch | null {
    if (batch === tree.batch) {
      this.#forget(tree);
      return batch;
    }
    tree.references.delete(reference);
    this.#open.delete(reference);
    return null;
  }

  #forgetOldest(): void {
    for (const { tree } of this.#open.values()) {
      this.#forget(tree);
      return;
    }
  }

  /** Neither it nor what is open within it takes messages any more. */
  #forget(tree: Tree): void {
    for (const reference of tree.references) this.#open.delete(reference);
    this.#characters -= tree.characters;
  }
}

function sizeOf(message: Message): number {
  let size = OVERHEAD;
  for (const param of message.params) size += param.length;
  for (const value of message.tags.values()) size += value.length;
  return size;
}

export function isMultiline(batch: Batch): boolean {
  return batch.type.endsWith("multiline");
}

/**
 * A draft/multiline batch as one message, with the whole text.
 *
 * It is the first line's, with the tags of the whole (msgid, time, label …), which stand on the opener.
 */
export function multilineMessage(batch: Batch): Message {
  const lines = [...batch.flat()].filter((line) => line.params.length > 1);
  const [first] = lines;
  if (first === undefined) {
    return new Message("PRIVMSG", [...batch.params.slice(0, 1), ""], batch.source, withoutFrame(batch.tags));
  }
  const text = lines.map((line, at) => (at === 0 || line.tags.has(CONCAT) ? "" : "\n") + (line.params[1] ?? "")).join("");
  const tags = [...withoutFrame(first.tags), ...withoutFrame(batch.tags)];
  return new Message(first.command, [first.params[0] ?? "", text], first.source || batch.source, tags);
}

/** What says how the lines are put together says nothing about the whole. */
function withoutFrame(tags: Tags): Tags {
  const left = new Map(tags);
  left.delete("batch");
  left.delete(CONCAT);
  return left;
}
