/**
 * Emoji and the short names that they are typed by.
 *
 * Owns the names, finding by them, and that the table comes in a chunk of its own. Knows nothing of messages.
 */

import { signal } from "@preact/signals";

export interface Emoji {
  readonly emoji: string;
  /** The first is the one to show. */
  readonly names: readonly string[];
  readonly words: readonly string[];
  readonly group: string;
}

/** All emoji, once they are loaded. */
export class EmojiTable {
  private readonly byName = new Map<string, Emoji>();
  private readonly byEmoji = new Map<string, Emoji>();

  constructor(
    readonly all: readonly Emoji[],
    readonly groups: readonly string[],
  ) {
    for (const each of all) {
      this.byEmoji.set(bare(each.emoji), each);
      for (const name of each.names) this.byName.set(name, each);
    }
  }

  /** The emoji of that name, with or without colons; "" if there is none. */
  named(name: string): string {
    return this.byName.get(name.toLowerCase().replaceAll(":", ""))?.emoji ?? "";
  }

  /** The first name of an emoji, also of one with a colour of skin; "" if it has none. */
  nameOf(emoji: string): string {
    return this.byEmoji.get(bare(emoji))?.names[0] ?? "";
  }

  /** What fits best first: a whole name, the beginning of one, of a part of one, a word. */
  search(query: string, limit = 30): readonly Emoji[] {
    const wanted = query.trim().toLowerCase().replaceAll(":", "").replaceAll(/\s+/g, "_");
    if (wanted === "") return this.all.slice(0, limit);
    const ranked: [number, number, Emoji][] = [];
    this.all.forEach((each, place) => {
      const rank = rankOf(each, wanted);
      if (rank < NONE) ranked.push([rank, place, each]);
    });
    ranked.sort(([rank, place], [other, otherPlace]) => rank - other || place - otherPlace);
    return ranked.slice(0, limit).map(([, , each]) => each);
  }
}

const NONE = 9;

function rankOf(emoji: Emoji, wanted: string): number {
  let best = NONE;
  for (const name of emoji.names) {
    if (name === wanted) return 0;
    if (name.startsWith(wanted)) best = Math.min(best, 1);
    else if (name.includes(`_${wanted}`)) best = Math.min(best, 2);
    else if (wanted.length > 2 && name.includes(wanted)) best = Math.min(best, 4);
  }
  for (const word of emoji.words) {
    if (word === wanted) best = Math.min(best, 2);
    else if (word.startsWith(wanted)) best = Math.min(best, 3);
  }
  return best;
}

/** Without what makes variants of one emoji. */
function bare(emoji: string): string {
  return emoji.replaceAll(/[\ufe0f\u{1f3fb}-\u{1f3ff}]/gu, "");
}

/** The table, null until it is there; whoever shows names redraws when it comes. */
export const emojiTable = signal<EmojiTable | null>(null);
let loading: Promise<EmojiTable> | null = null;

export function loadEmoji(): Promise<EmojiTable> {
  loading ??= import("./emoji-table").then(
    ({ TABLE, GROUPS }) => {
      const table = new EmojiTable(tableOf(TABLE, GROUPS), GROUPS);
      emojiTable.value = table;
      return table;
    },
    (problem: unknown) => {
      // Another time, perhaps.
      loading = null;
      throw problem;
    },
  );
  return loading;
}

function tableOf(table: string, groups: readonly string[]): Emoji[] {
  return table.trim().split("\n").map((line) => {
    const [emoji = "", group = "", names = "", words = ""] = line.split(" ");
    return { emoji, names: names.split(","), words: words === "" ? [] : words.split(","), group: groups[Number(group)] ?? "" };
  });
}

/** What a name that somebody begins to type may become; nothing while the table is on its way. */
export function find(prefix: string, most = 8): { name: string; sign: string }[] {
  loadEmoji().catch(() => undefined);
  const found = prefix.replaceAll(":", "") === "" ? [] : emojiTable.peek()?.search(prefix, most) ?? [];
  return found.map(({ emoji, names }) => ({ name: names.find((name) => name.startsWith(prefix)) ?? names[0] ?? "", sign: emoji }));
}

const CODE = /:([A-Za-z0-9_+&’'!.-]+):/g;
// Not inside a word, a path or a time of day: 12:30:45, a:b:c.
const RUN = /(?<![\p{L}\p{N}_:/])(?::[A-Za-z0-9_+&’'!.-]+:)+(?![\p{L}\p{N}_:/])/gu;
/** Code, and links. */
const LEFT_ALONE = /(`+)[^]*?\1|[A-Za-z][A-Za-z0-9+.-]*:\/\/\S+|www\.\S+/g;

/** Whether there may be short names in it, so that the table is needed. */
export function mayNameEmoji(text: string): boolean {
  return text.replace(LEFT_ALONE, "\n").search(RUN) >= 0;
}

/** The text with the short names that are known replaced, for sending: other clients don't know them. Code and links stay. */
export function withEmoji(text: string, table: EmojiTable | null = emojiTable.peek()): string {
  if (table === null || !mayNameEmoji(text)) return text;
  let sent = "";
  let done = 0;
  for (const kept of text.matchAll(LEFT_ALONE)) {
    sent += replaced(text.slice(done, kept.index), table) + kept[0];
    done = kept.index + kept[0].length;
  }
  return sent + replaced(text.slice(done), table);
}

function replaced(text: string, table: EmojiTable): string {
  return text.replaceAll(RUN, (run) => run.replaceAll(CODE, (code, name: string) => table.named(name) || code));
}
