/**
 * Writes emoji-table.ts from the package `gemoji` (MIT licence), which needs to be installed for this only. In web/:
 *   npm install --prefix /tmp/gemoji gemoji && node src/text/emoji-table.make.mjs /tmp/gemoji/node_modules/gemoji/index.js
 */
import { writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const { gemoji } = await import(pathToFileURL(process.argv[2]).href);
const GROUPS = [...new Set(gemoji.map((each) => each.category))];
const lines = gemoji.map(({ emoji, names, tags, category }) => {
  const words = tags.filter((tag) => !names.includes(tag)).map((tag) => tag.replaceAll(/[\s,]+/g, "_"));
  return [emoji, GROUPS.indexOf(category), names.join(","), words.join(",")].join(" ").trimEnd();
});
const head = `/**
 * Generated, not edited: \`node src/text/emoji-table.make.mjs GEMOJI\` in web/ writes it, see there. From gemoji (MIT licence):
 * emoji, group, names, words to find it by. A chunk of its own.
 */
export const GROUPS: readonly string[] = ${JSON.stringify(GROUPS)};

export const TABLE = \`
`;
writeFileSync(new URL("./emoji-table.ts", import.meta.url), `${head}${lines.join("\n")}\n\`;\n`);
