/** The grammars of the highlighter, in a chunk of their own. Provisional: without the package that has them nothing is coloured. */
import type { Highlighter } from "./highlight";

export const tokens: Highlighter = (code) => [{ scope: "", text: code }];
