/**
 * Code in colours: which words of a block of code are what.
 *
 * Owns the names of languages, the limits, and that the grammars come in a chunk of their own when the first block of code
 * is shown. The result is pieces of text with classes, never HTML.
 */

export interface Token {
  /** "" for what has no colour; else one of the highlighter's scopes, such as "hljs-keyword". */
  readonly scope: string;
  readonly text: string;
}

export type Highlighter = (code: string, language: string) => readonly Token[];

const LONGEST = 12_000;
// Grammars take time by the square of these: 20,000 letters without a space stopped the page for two seconds.
const COSTLY = /[\w.$:-]{300}|(?:\n[ \t]*){100}/;
const ALIASES: Readonly<Record<string, string>> = {
  c: "c", h: "c", cpp: "cpp", "c++": "cpp", cc: "cpp", hpp: "cpp", css: "css", scss: "css", diff: "diff", patch: "diff",
  go: "go", golang: "go", ini: "ini", toml: "ini", java: "java", kotlin: "java", js: "javascript", javascript: "javascript",
  jsx: "javascript", mjs: "javascript", json: "json", json5: "json", py: "python", python: "python", python3: "python",
  rs: "rust", rust: "rust", bash: "bash", sh: "bash", shell: "bash", zsh: "bash", console: "bash", sql: "sql",
  ts: "typescript", typescript: "typescript", tsx: "typescript", html: "xml", xml: "xml", svg: "xml", yaml: "yaml", yml: "yaml",
}; // prettier-ignore

let loading: Promise<Highlighter> | null = null;

/** The grammar's name for what somebody wrote behind the fence; "" if there is none. */
export function languageOf(written: string): string {
  const name = written.toLowerCase();
  return Object.hasOwn(ALIASES, name) ? ALIASES[name] ?? "" : "";
}

/** The code as tokens; as one piece without colour while no grammar fits, or where it is too long. */
export async function highlight(code: string, written: string): Promise<readonly Token[]> {
  const language = languageOf(written);
  if (language === "" || code.length > LONGEST || COSTLY.test(code)) return [{ scope: "", text: code }];
  loading ??= import("./grammars").then(({ tokens }) => tokens);
  return (await loading)(code, language);
}
