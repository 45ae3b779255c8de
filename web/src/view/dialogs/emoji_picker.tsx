/** One emoji out of all: as a reaction, or for the text. What somebody chose lately comes first. */

import { useEffect, useMemo, useState } from "preact/hooks";

import type { Conversation } from "../../client/chat";
import type { Line } from "../../client/lines";
import { insertText, toggleReaction } from "../../app/messages";
import { asTexts, keeping } from "../../app/storage";
import { type Emoji, type EmojiTable, emojiTable, loadEmoji } from "../../text/emoji";
import { useModel } from "../model_context";
import { Choices } from "./choices";
import { Sheet } from "./sheet";

const USUAL = ["👍", "❤️", "😂", "🎉", "😮", "😢", "👀", "🙏"];
const KEPT = "emoji";
const MOST = 240;
const COLUMNS = 8;

export function EmojiPicker({ conversation, line }: { readonly conversation: Conversation; readonly line: Line | null }) {
  const model = useModel();
  const [query, setQuery] = useState("");
  const table = emojiTable.value;
  useEffect(() => {
    void loadEmoji();
  }, []);
  const items = useMemo(() => offered(table, query, recent()), [table, query]);
  const choose = ({ emoji }: Emoji): void => {
    remember(emoji);
    model.closeDialog();
    if (line === null) insertText(model, emoji);
    else toggleReaction(model, conversation, line, emoji);
  };
  return (
    <Sheet title={line === null ? "Choose an emoji" : "React"} onClose={() => model.closeDialog()} kind="palette emoji" bare>
      <Choices
        label={line === null ? "Find an emoji" : "React with"}
        placeholder="Find an emoji"
        query={query}
        onQuery={setQuery}
        items={items}
        keyOf={({ emoji }) => emoji}
        nameOf={({ emoji, names }) => (names[0] ?? emoji).replaceAll("_", " ")}
        onChoose={choose}
        columns={COLUMNS}
        empty={table === null ? "Loading …" : "There is no such emoji."}
      >
        {({ emoji }) => <span class="emoji">{emoji}</span>}
      </Choices>
    </Sheet>
  );
}

/** Before the table is there: the usual ones. What was typed may be an emoji itself. */
export function offered(table: EmojiTable | null, query: string, first: readonly string[]): Emoji[] {
  const typed = query.trim();
  const make = (emoji: string): Emoji => ({ emoji, names: [table?.nameOf(emoji) || emoji], words: [], group: "" });
  const front = typed === "" ? first.map(make) : [];
  if (/\p{Extended_Pictographic}|\p{Regional_Indicator}/u.test(typed) && typed.length <= 16) front.push(make(typed));
  const shown = new Set(front.map(({ emoji }) => emoji));
  const found = table?.search(typed, MOST) ?? [];
  return [...front, ...found.filter(({ emoji }) => !shown.has(emoji))];
}

function recent(): string[] {
  const kept = asTexts(keeping().read(KEPT), 16).filter((emoji) => emoji.length <= 16);
  return [...new Set([...kept, ...USUAL])].slice(0, 16);
}

function remember(emoji: string): void {
  keeping().write(KEPT, [emoji, ...recent().filter((other) => other !== emoji)].slice(0, 16));
}
