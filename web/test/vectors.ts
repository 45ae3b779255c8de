/** The vectors that all clients are held to: tests/vectors/ of the repository. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const FOLDER = join(import.meta.dirname, "../../tests/vectors");

export function readVectors<T>(name: string): T[] {
  const file = JSON.parse(readFileSync(join(FOLDER, `${name}.json`), "utf-8")) as { tests: T[] };
  return file.tests;
}

/** One vector in each file of a folder, by name. */
export function readVectorFolder<T>(name: string): [name: string, vector: T][] {
  const folder = join(FOLDER, name);
  const names = readdirSync(folder).filter((file) => file.endsWith(".json")).sort();
  return names.map((file) => [file.replace(/\.json$/, ""), JSON.parse(readFileSync(join(folder, file), "utf-8")) as T]);
}
