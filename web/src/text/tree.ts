/** What a message is made of once its markup is understood. Nothing of it is HTML; whoever shows it makes elements of it. */

/** What IRC's formatting codes say about a piece of text. Colours are 0–15, or "#rrggbb". */
export interface Style {
  readonly bold?: boolean;
  readonly italic?: boolean;
  readonly underline?: boolean;
  readonly strike?: boolean;
  readonly mono?: boolean;
  readonly colour?: number | string;
  readonly background?: number | string;
}

export type Inline =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "strong" | "emphasis" | "strike" | "spoiler"; readonly children: readonly Inline[] }
  | { readonly kind: "styled"; readonly style: Style; readonly children: readonly Inline[] }
  | { readonly kind: "code"; readonly text: string }
  | { readonly kind: "link"; readonly href: string; readonly text: string }
  | { readonly kind: "mention"; readonly name: string; readonly text: string }
  | { readonly kind: "room"; readonly name: string; readonly text: string }
  | { readonly kind: "emoji"; readonly name: string; readonly text: string }
  | { readonly kind: "break" };

export interface Item {
  /** How far it is indented: 0 to 3. */
  readonly depth: number;
  /** What stood before it: "-", "2." … */
  readonly mark: string;
  readonly children: readonly Inline[];
}

export type Block =
  | { readonly kind: "paragraph"; readonly children: readonly Inline[] }
  | { readonly kind: "code"; readonly language: string; readonly text: string }
  | { readonly kind: "quote"; readonly children: readonly Block[] }
  | { readonly kind: "list"; readonly ordered: boolean; readonly items: readonly Item[] };

/** All that a reader can see, as one text; for announcements, previews and copying. */
export function textOf(nodes: readonly (Inline | Block)[]): string {
  return nodes.map(textOfNode).join("");
}

function textOfNode(node: Inline | Block): string {
  if ("text" in node) return node.kind === "code" && "language" in node ? `${node.text}\n` : node.text;
  if (node.kind === "break") return "\n";
  if (node.kind === "list") return node.items.map((item) => `${item.mark} ${textOf(item.children)}\n`).join("");
  if (node.kind === "paragraph") return `${textOf(node.children)}\n`;
  return textOf(node.children);
}
