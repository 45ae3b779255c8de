/**
 * The grammars of the highlighter (highlight.js), in a chunk of their own.
 *
 * Owns which are there, and turns what they find into tokens.
 */

import hljs from "highlight.js/lib/core";
import bash from "highlight.js/lib/languages/bash";
import c from "highlight.js/lib/languages/c";
import cpp from "highlight.js/lib/languages/cpp";
import css from "highlight.js/lib/languages/css";
import diff from "highlight.js/lib/languages/diff";
import go from "highlight.js/lib/languages/go";
import ini from "highlight.js/lib/languages/ini";
import java from "highlight.js/lib/languages/java";
import javascript from "highlight.js/lib/languages/javascript";
import json from "highlight.js/lib/languages/json";
import python from "highlight.js/lib/languages/python";
import rust from "highlight.js/lib/languages/rust";
import sql from "highlight.js/lib/languages/sql";
import typescript from "highlight.js/lib/languages/typescript";
import xml from "highlight.js/lib/languages/xml";
import yaml from "highlight.js/lib/languages/yaml";

import type { Highlighter, Token } from "./highlight";

const GRAMMARS = { bash, c, cpp, css, diff, go, ini, java, javascript, json, python, rust, sql, typescript, xml, yaml };
for (const [name, grammar] of Object.entries(GRAMMARS)) hljs.registerLanguage(name, grammar);

export const tokens: Highlighter = (code, language) => tokensOf(hljs.highlight(code, { language, ignoreIllegals: true }).value);

const PART = /<span class="([^"]*)">|<\/span>|&(?:amp|lt|gt|quot|#x27);|[^<&]+/g;
const LETTERS: Readonly<Record<string, string>> = { "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#x27;": "'" };

/** What the highlighter writes is HTML of one form only: spans with classes, and five letters in another form. */
export function tokensOf(html: string): Token[] {
  const made: { scope: string; text: string }[] = [];
  const scopes: string[] = [];
  for (const [part, scope] of html.matchAll(PART)) {
    if (scope !== undefined) scopes.push(scope);
    else if (part === "</span>") scopes.pop();
    else add(made, scopes.at(-1) ?? "", LETTERS[part] ?? part);
  }
  return made;
}

function add(made: { scope: string; text: string }[], scope: string, text: string): void {
  const last = made.at(-1);
  if (last?.scope === scope) last.text += text;
  else made.push({ scope, text });
}
