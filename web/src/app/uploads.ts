/**
 * Files on their way to the server: what is chosen, what is sent, what failed, and what can be gone on with after a reload.
 *
 * Owns the queue and what is kept of it in this browser. tus.ts has the protocol; how the server is asked for a token and
 * what becomes of a finished file are given. Knows no component.
 */

import { signal, type Signal } from "@preact/signals";

import { asRecord, asText, type Keeping } from "./storage";
import { discard, type Grant, type Http, Refused, send, Stopped, Unreachable } from "./tus";

export type State = "chosen" | "waiting" | "sending" | "done" | "failed" | "interrupted";

export interface World {
  readonly keeping: Keeping;
  readonly http: Http;
  /** Rejects with Refused. */
  grant(conversation: string): Promise<Grant>;
  /** The file is there: say so in the conversation. */
  arrived(upload: Upload, url: string): void;
  readonly now: () => number;
  pause(ms: number, signal: AbortSignal): Promise<void>;
}

/** One file. `interrupted`: the page was reloaded meanwhile, and the browser wants the file chosen again. */
export class Upload {
  readonly state: Signal<State> = signal("chosen");
  readonly sent = signal(0);
  readonly caption = signal("");
  readonly failure = signal("");
  readonly url = signal("");
  /** Bytes a second, lately. */
  readonly speed = signal(0);
  location = "";
  stop = new AbortController();

  constructor(
    readonly id: number,
    readonly conversation: string,
    readonly name: string,
    readonly size: number,
    readonly type: string,
    readonly modifiedMs: number,
    public file: File | null,
  ) {}

  get isOpen(): boolean {
    return this.state.value !== "done";
  }
}

const KEPT = "uploads";
const MOST_KEPT = 50;
const KEPT_FOR_MS = 24 * 3600 * 1000;
const AT_ONCE = 2;
const SPEED_OVER_MS = 1_000;

export class Uploads {
  readonly all = signal<readonly Upload[]>([]);
  readonly #world: World;
  #made = 0;
  #sending = 0;

  constructor(world: World) {
    this.#world = world;
    this.all.value = this.#interrupted();
  }

  of(conversation: string): Upload[] {
    return this.all.value.filter((one) => one.conversation === conversation);
  }

  /** Put them beside the others; nothing is sent before `start`. A file that was interrupted goes on. */
  choose(conversation: string, files: Iterable<File>): Upload[] {
    const chosen: Upload[] = [];
    for (const file of files) {
      const known = this.all.peek().find((one) => one.state.peek() === "interrupted" && isSame(one, file, conversation));
      if (known !== undefined) {
        known.file = file;
        known.state.value = "chosen";
        chosen.push(known);
      } else {
        chosen.push(new Upload(++this.#made, conversation, nameOf(file, this.#made), file.size, file.type, file.lastModified, file));
      }
    }
    this.all.value = [...this.all.peek(), ...chosen.filter((one) => !this.all.peek().includes(one))];
    return chosen;
  }

  start(uploads: Iterable<Upload>): void {
    for (const upload of uploads) {
      if (upload.file === null || !["chosen", "failed"].includes(upload.state.peek())) continue;
      upload.failure.value = "";
      upload.state.value = "waiting";
    }
    this.#next();
  }

  retry(upload: Upload): void {
    this.start([upload]);
  }

  /** Stop it, forget it, and have the server forget it. */
  cancel(upload: Upload): void {
    upload.stop.abort();
    this.all.value = this.all.peek().filter((one) => one !== upload);
    this.#keep();
    if (upload.location === "" || upload.state.peek() === "done") return;
    // If nobody hears it, the server forgets it by itself.
    discard(this.#world.http, upload.location).catch(() => undefined);
  }

  /** Take those away that are finished. */
  clear(): void {
    this.all.value = this.all.peek().filter((one) => one.isOpen);
  }

  #next(): void {
    for (const upload of this.all.peek()) {
      if (this.#sending >= AT_ONCE) return;
      if (upload.state.peek() === "waiting") void this.#send(upload);
    }
  }

  async #send(upload: Upload): Promise<void> {
    this.#sending += 1;
    upload.state.value = "sending";
    upload.stop = new AbortController();
    try {
      const { answer, location } = await this.#sendOrBeginAnew(upload);
      const where = answer.header("Content-Location");
      // Never the address of the upload itself: who has it may delete the file.
      if (where === "") throw new Refused("The server doesn't say where the file is");
      upload.url.value = new URL(where, location).href;
      upload.sent.value = upload.size;
      upload.state.value = "done";
      this.#world.arrived(upload, upload.url.peek());
    } catch (problem) {
      this.#failed(upload, problem);
    } finally {
      this.#sending -= 1;
      this.#keep();
      this.#next();
    }
  }

  async #sendOrBeginAnew(upload: Upload): ReturnType<typeof send> {
    try {
      return await this.#sendFrom(upload, upload.location);
    } catch (problem) {
      if (!(problem instanceof Refused && problem.isGone && upload.location !== "")) throw problem;
      upload.location = "";
      return this.#sendFrom(upload, "");
    }
  }

  async #sendFrom(upload: Upload, location: string): ReturnType<typeof send> {
    const { file, stop } = upload;
    if (file === null) throw new Refused("Choose the file again");
    const speed = new Speed(this.#world.now);
    return send(
      this.#world.http,
      {
        file,
        name: upload.name,
        type: upload.type || "application/octet-stream",
        grant: () => this.#world.grant(upload.conversation),
        signal: stop.signal,
        onProgress: (bytes) => {
          upload.sent.value = bytes;
          upload.speed.value = speed.at(bytes);
        },
        onBegun: (where) => {
          upload.location = where;
          this.#keep();
        },
        pause: (ms) => this.#world.pause(ms, stop.signal),
      },
      location,
    );
  }

  #failed(upload: Upload, problem: unknown): void {
    if (problem instanceof Stopped) return;
    if (!(problem instanceof Refused || problem instanceof Unreachable)) throw problem;
    upload.failure.value = problem instanceof Unreachable ? "The server can't be reached" : problem.message;
    upload.state.value = "failed";
  }

  // -- through a reload ---------------------------------------------------------------------------------------

  /** What can be gone on with; no token is among it. */
  #keep(): void {
    const begun = this.all.peek().filter((one) => one.location !== "" && one.isOpen).slice(-MOST_KEPT);
    const kept = begun.map(({ conversation, name, size, type, modifiedMs, location, caption, sent }) => {
      return { conversation, name, size, type, modifiedMs, location, caption: caption.peek(), sent: sent.peek(), keptMs: this.#world.now() };
    });
    this.#world.keeping.write(KEPT, kept);
  }

  #interrupted(): Upload[] {
    const kept = this.#world.keeping.read(KEPT);
    if (!Array.isArray(kept)) return [];
    return kept.slice(0, MOST_KEPT).flatMap((one) => this.#interruptedFrom(asRecord(one)));
  }

  #interruptedFrom(kept: Record<string, unknown>): Upload[] {
    const [size, modifiedMs, sent, keptMs] = ["size", "modifiedMs", "sent", "keptMs"].map((name) => Number(kept[name]));
    const [conversation, name, location] = ["conversation", "name", "location"].map((key) => asText(kept[key]));
    if (!size || !conversation || !name || !location || this.#world.now() - (keptMs ?? 0) > KEPT_FOR_MS) return [];
    const upload = new Upload(++this.#made, conversation, name, size, asText(kept["type"]), modifiedMs ?? 0, null);
    upload.location = location;
    upload.caption.value = asText(kept["caption"], 4_000);
    upload.sent.value = sent ?? 0;
    upload.state.value = "interrupted";
    return [upload];
  }
}

function isSame(upload: Upload, file: File, conversation: string): boolean {
  return upload.conversation === conversation && upload.name === file.name && upload.size === file.size && upload.modifiedMs === file.lastModified;
}

/** What is pasted has no name of its own, or the same for all. */
function nameOf(file: File, number: number): string {
  if (file.name !== "" && file.name !== "image.png") return file.name;
  return `pasted-${number}.${(file.type.split("/")[1] ?? "bin").replace(/\W.*/, "")}`;
}

/** Bytes a second over the last second or so. */
class Speed {
  #fromMs: number;
  #fromBytes = -1;
  #last = 0;

  constructor(readonly now: () => number) {
    this.#fromMs = now();
  }

  at(bytes: number): number {
    if (this.#fromBytes < 0) this.#fromBytes = bytes;
    const passed = this.now() - this.#fromMs;
    if (passed < SPEED_OVER_MS) return this.#last;
    this.#last = Math.max(0, ((bytes - this.#fromBytes) * 1000) / passed);
    this.#fromMs += passed;
    this.#fromBytes = bytes;
    return this.#last;
  }
}

// -- in a browser -------------------------------------------------------------------------------------------------

/** By XMLHttpRequest: fetch doesn't say how much of a body is out. */
export const xhr: Http = ({ method, url, headers, body, onProgress, signal: stop }) =>
  new Promise((resolve, reject) => {
    if (stop.aborted) return reject(new Stopped());
    const request = new XMLHttpRequest();
    request.open(method, url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    if (onProgress !== undefined) request.upload.onprogress = ({ loaded }) => onProgress(loaded);
    const abort = (): void => request.abort();
    stop.addEventListener("abort", abort, { once: true });
    const ended = (act: () => void) => (): void => {
      stop.removeEventListener("abort", abort);
      act();
    };
    request.onload = ended(() =>
      resolve({ status: request.status, header: (name) => request.getResponseHeader(name) ?? "", text: request.responseText }),
    );
    request.onerror = ended(() => reject(new Unreachable("no answer")));
    request.onabort = ended(() => reject(new Stopped()));
    request.send(body ?? null);
    return undefined;
  });

export function pause(ms: number, stop: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    stop.addEventListener(
      "abort",
      () => {
        clearTimeout(timer);
        reject(new Stopped());
      },
      { once: true },
    );
  });
}

const UNITS = ["B", "kB", "MB", "GB", "TB"];

export function inUnits(bytes: number): string {
  let rest = bytes;
  let unit = 0;
  for (; rest >= 1000 && unit < UNITS.length - 1; unit++) rest /= 1000;
  return `${unit === 0 || rest >= 100 ? Math.round(rest) : rest.toFixed(1)} ${UNITS[unit] ?? ""}`;
}
