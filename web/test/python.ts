/**
 * The Python that has what hubbub needs: $PYTHON, the repository's own environment, or the system's.
 *
 * null: there is none, and tests against a real server are skipped, but never where CI is set.
 */

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

export const REPOSITORY = join(import.meta.dirname, "../..");
export const PYTHON_ENV = {
  ...process.env,
  PYTHONPATH: ["src", "tests"].map((folder) => join(REPOSITORY, folder)).join(":"),
  PYTHONDONTWRITEBYTECODE: "1",
};

function findPython(): string | null {
  const own = join(REPOSITORY, ".venv/bin/python");
  const candidates = [process.env["PYTHON"] ?? "", existsSync(own) ? own : "", "python3"].filter((path) => path !== "");
  const works = (path: string): boolean =>
    spawnSync(path, ["-c", "import hubbub.server"], { env: PYTHON_ENV, cwd: REPOSITORY }).status === 0;
  const found = candidates.find(works);
  if (found === undefined && process.env["CI"]) throw new Error(`no Python that can run hubbub: ${candidates.join(", ")}`);
  return found ?? null;
}

export const PYTHON = findPython();
