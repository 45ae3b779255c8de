/** A real server in a process of its own, on a port of its own. */

import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { PYTHON, PYTHON_ENV, REPOSITORY } from "../python";

export class Server {
  readonly #folder = mkdtempSync(join(tmpdir(), "hubbub-web-"));
  #process: ChildProcess | null = null;
  port = 0;

  get url(): string {
    return `ws://127.0.0.1:${this.port}/irc`;
  }

  /** The same port again, once there was one. */
  async start(): Promise<void> {
    const options = ["-m", "hubbub", "serve", "--port", String(this.port), "--data", this.#folder];
    const child = spawn(PYTHON ?? "python3", options, { env: PYTHON_ENV, cwd: REPOSITORY });
    this.#process = child;
    let said = "";
    await new Promise<void>((resolve, reject) => {
      const listen = (data: Buffer): void => {
        said += data.toString();
        const found = /http:\/\/127\.0\.0\.1:(\d+)\/[^]*\n {2}stop /.exec(said);
        if (found === null) return;
        this.port = Number(found[1]);
        resolve();
      };
      child.stdout.on("data", listen);
      child.stderr.on("data", listen);
      child.on("exit", () => reject(new Error(`the server did not start: ${said}`)));
    });
  }

  /** kill -9, unless asked to be gentle. */
  async stop(signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    const child = this.#process;
    this.#process = null;
    if (child === null) return;
    const gone = new Promise((resolve) => child.on("exit", resolve));
    child.kill(signal);
    await gone;
  }

  forget(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
