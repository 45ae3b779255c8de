/** The words of a message: the tree that text/markdown makes of them, as elements. Nothing of it is ever HTML. */

import type { ComponentChildren, JSX } from "preact";
import { memo } from "preact/compat";
import { useEffect, useMemo, useState } from "preact/hooks";

import { copy } from "../app/messages";
import { roomPath } from "../app/links";
import { highlight, type Token } from "../text/highlight";
import { backgroundClass, colourClass } from "../text/formatting";
import { isOnlyEmoji, parse, textOf, type Block, type Inline, type Style } from "../text/markdown";
import { emojiTable, loadEmoji } from "../text/emoji";
import { isMisleading } from "../text/web-links";
import { Thumbnail } from "./dialogs/thumbnail";
import { IconButton } from "./icons";
import { useModel } from "./model_context";

/** Files of this server that are shown below a message. */
const MOST_FILES = 6;

export function Body({ text }: { text: string }): JSX.Element {
  const tree = useMemo(() => parse(text), [text]);
  const links = useMemo(() => [...new Set(linksOf(tree))].slice(0, MOST_FILES), [tree]);
  return (
    <div class={isOnlyEmoji(tree) ? "words large" : "words"} dir="auto">
      {tree.map((block, at) => (
        <BlockView key={at} block={block} />
      ))}
      {links.map((href) => (
        <Thumbnail key={href} href={href} />
      ))}
    </div>
  );
}

function BlockView({ block }: { block: Block }): JSX.Element {
  switch (block.kind) {
    case "paragraph":
      return <p>{inlines(block.children)}</p>;
    case "code":
      return <CodeBlock text={block.text} language={block.language} />;
    case "quote":
      return (
        <blockquote>
          {block.children.map((child, at) => (
            <BlockView key={at} block={child} />
          ))}
        </blockquote>
      );
    case "list":
      return (
        <ul class="marked">
          {block.items.map((item, at) => (
            <li key={at} class={`depth-${item.depth}`}>
              <span class="list-mark">{block.ordered ? item.mark : "•"}</span>
              <span>{inlines(item.children)}</span>
            </li>
          ))}
        </ul>
      );
  }
}

function inlines(nodes: readonly Inline[]): ComponentChildren {
  return nodes.map((node, at) => <InlineView key={at} node={node} />);
}

function InlineView({ node }: { node: Inline }): JSX.Element {
  switch (node.kind) {
    case "text":
      return <>{node.text}</>;
    case "break":
      return <br />;
    case "strong":
      return <strong>{inlines(node.children)}</strong>;
    case "emphasis":
      return <em>{inlines(node.children)}</em>;
    case "strike":
      return <s>{inlines(node.children)}</s>;
    case "code":
      return <code>{node.text}</code>;
    case "styled":
      return <span class={classOf(node.style)}>{inlines(node.children)}</span>;
    case "spoiler":
      return <Spoiler>{inlines(node.children)}</Spoiler>;
    case "link":
      return <Link href={node.href} text={node.text} />;
    case "mention":
      return <Mention name={node.name} text={node.text} />;
    case "room":
      return <RoomLink name={node.name} text={node.text} />;
    case "emoji":
      return <Emoji name={node.name} text={node.text} />;
  }
}

function classOf(style: Style): string {
  const flags = (["bold", "italic", "underline", "strike", "mono"] as const).filter((flag) => style[flag] === true);
  const colours = [
    style.colour === undefined ? "" : colourClass(style.colour),
    style.background === undefined ? "" : backgroundClass(style.background),
  ];
  return [...flags.map((flag) => `is-${flag}`), ...colours].filter((name) => name !== "").join(" ");
}

function Spoiler({ children }: { children: ComponentChildren }): JSX.Element {
  const [isShown, show] = useState(false);
  if (isShown) return <span class="spoiler shown">{children}</span>;
  return (
    <button type="button" class="spoiler" aria-label="Hidden text: show it" onClick={() => show(true)}>
      <span aria-hidden="true">{children}</span>
    </button>
  );
}

function Link({ href, text }: { href: string; text: string }): JSX.Element {
  return (
    <a href={href} target="_blank" rel="noopener noreferrer nofollow">
      <bdi>{text}</bdi>
      {isMisleading(text, href) && <span class="true-address"> ({href})</span>}
    </a>
  );
}

function Mention({ name, text }: { name: string; text: string }): JSX.Element {
  const model = useModel();
  void model.self.value;
  if (!model.chat.people.has(name.toLowerCase()) && !model.chat.isMe(name)) return <>{text}</>;
  return (
    <button
      type="button"
      class={model.chat.isMe(name) ? "mention me" : "mention"}
      onClick={() => model.openDialog({ kind: "profile", nick: name })}
    >
      {text}
    </button>
  );
}

function RoomLink({ name, text }: { name: string; text: string }): JSX.Element {
  const model = useModel();
  const open = (event: MouseEvent): void => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    model.open(name);
  };
  return (
    <a href={roomPath(name)} class="mention" onClick={open}>
      {text}
    </a>
  );
}

function Emoji({ name, text }: { name: string; text: string }): JSX.Element {
  useEffect(() => void loadEmoji(), []);
  const sign = emojiTable.value?.named(name) ?? "";
  return sign === "" ? <>{text}</> : <span title={text}>{sign}</span>;
}

const CodeBlock = memo(function CodeBlock({ text, language }: { text: string; language: string }): JSX.Element {
  const model = useModel();
  const [tokens, show] = useState<readonly Token[]>([{ scope: "", text }]);
  useEffect(() => {
    let isWanted = true;
    void highlight(text, language).then((found) => isWanted && show(found));
    return () => void (isWanted = false);
  }, [text, language]);
  return (
    <div class="code-block">
      <pre tabIndex={0} dir="ltr">
        <code>
          {tokens.map((token, at) => (
            <span key={at} class={token.scope}>
              {token.text}
            </span>
          ))}
        </code>
      </pre>
      <IconButton icon="copy" label="Copy the code" onClick={() => void copy(model, text, "Code")} />
    </div>
  );
});

function linksOf(tree: readonly (Block | Inline)[]): string[] {
  return tree.flatMap((node) => {
    if (node.kind === "link") return [node.href];
    if (node.kind === "list") return node.items.flatMap((item) => linksOf(item.children));
    return "children" in node ? linksOf(node.children) : [];
  });
}

/** What is read aloud of a message. */
export function spoken(text: string): string {
  return textOf(parse(text)).trim();
}
