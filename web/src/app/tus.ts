/**
 * Sending one file by tus 1.0 (https://tus.io/protocols/resumable-upload), in pieces, from wherever it had come to.
 *
 * Owns the protocol. Knows no page, no conversations and nothing of how a request is made: `Http` is given.
 */

export interface Answer {
  readonly status: number;
  header(name: string): string;
  readonly text: string;
}

export interface Asking {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Blob;
  /** How many bytes of the body are out. */
  readonly onProgress?: (bytes: number) => void;
  readonly signal: AbortSignal;
}

/** Rejects with Unreachable where there is no answer, and with Stopped after the signal. */
export type Http = (asking: Asking) => Promise<Answer>;

/** No answer came; it may be worth trying again. */
export class Unreachable extends Error {
  override readonly name: string = "Unreachable";
}

/** It was called off. */
export class Stopped extends Error {
  override readonly name: string = "Stopped";
}

/** The server won't have it. The message is for people. */
export class Refused extends Error {
  override readonly name: string = "Refused";

  constructor(
    message: string,
    /** What was begun is no longer there; it can be begun anew. */
    readonly isGone = false,
    readonly status = 0,
  ) {
    super(message);
  }
}

/** Where uploads are begun, and the headers that say who asks. */
export interface Grant {
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Sending {
  readonly file: Blob;
  readonly name: string;
  readonly type: string;
  /** Leave to begin one, or to go on as somebody else: guests are, when they come back. Its address does the rest. */
  readonly grant: () => Promise<Grant>;
  readonly signal: AbortSignal;
  readonly onProgress: (bytes: number) => void;
  /** It has a place now, from where it can be gone on with. */
  readonly onBegun: (location: string) => void;
  /** Wait before trying again; rejects when stopped. */
  readonly pause: (ms: number) => Promise<void>;
}

const VERSION = { "Tus-Resumable": "1.0.0" };
const PIECE = 8 * 1024 * 1024;
const TRIES = 6;
const MOST_CLAIMS = 20;
const FIRST_PAUSE_MS = 500;

/** Send it all; returns the last answer, whose headers say where the file is. `location`: where it was begun before. */
export async function send(http: Http, sending: Sending, location = ""): Promise<{ location: string; answer: Answer }> {
  const place = location === "" ? await begin(http, sending) : location;
  let answer: Answer | null = null;
  let offset = location === "" ? 0 : await claim(http, sending, place);
  if (location === "") sending.onBegun(place);
  sending.onProgress(offset);
  let failures = 0;
  let claims = 0;
  while (offset < sending.file.size) {
    try {
      answer = await piece(http, sending, place, offset);
      offset = answer.status === 204 || answer.status === 200 ? offsetIn(answer) : await offsetOf(http, sending, place);
      failures = 0;
    } catch (problem) {
      if (problem instanceof Refused && problem.status === 403 && ++claims <= MOST_CLAIMS) {
        // The connection of a guest was lost meanwhile, and they are somebody else now.
        offset = await claim(http, sending, place);
        continue;
      }
      if (!(problem instanceof Unreachable) || ++failures >= TRIES) throw problem;
      await sending.pause(FIRST_PAUSE_MS * 2 ** failures);
      offset = await patiently(sending, () => offsetOf(http, sending, place));
    }
    sending.onProgress(offset);
  }
  return { location: place, answer: answer ?? (await ask(http, sending, "HEAD", place)) };
}

/** The same again while nobody answers. */
async function patiently<T>(sending: Sending, act: () => Promise<T>): Promise<T> {
  for (let failures = 1; ; failures++) {
    try {
      return await act();
    } catch (problem) {
      if (!(problem instanceof Unreachable) || failures >= TRIES) throw problem;
      await sending.pause(FIRST_PAUSE_MS * 2 ** failures);
    }
  }
}

async function begin(http: Http, sending: Sending): Promise<string> {
  const metadata = `filename ${base64(sending.name)},filetype ${base64(sending.type)}`;
  const grant = await sending.grant();
  const headers = { ...grant.headers, "Upload-Length": String(sending.file.size), "Upload-Metadata": metadata };
  const answer = await patiently(sending, () => ask(http, sending, "POST", grant.endpoint, headers));
  const location = answer.header("Location");
  if (answer.status !== 201 || location === "") throw refusal(answer);
  // The server may be known by several names; we stay with the one that the page came by.
  const { pathname, search } = new URL(location, grant.endpoint);
  return new URL(pathname + search, grant.endpoint).href;
}

/** Say that it is ours; returns how much of it is there. */
async function claim(http: Http, sending: Sending, place: string): Promise<number> {
  const { headers } = await sending.grant();
  return offsetOf(http, sending, place, headers);
}

async function offsetOf(http: Http, sending: Sending, place: string, headers: Grant["headers"] = {}): Promise<number> {
  const answer = await ask(http, sending, "HEAD", place, headers);
  if (answer.status !== 200 && answer.status !== 204) throw refusal(answer);
  return offsetIn(answer);
}

function offsetIn(answer: Answer): number {
  const offset = Number(answer.header("Upload-Offset"));
  if (!Number.isSafeInteger(offset) || offset < 0) throw new Refused("The server answered in a way that makes no sense");
  return offset;
}

async function piece(http: Http, sending: Sending, place: string, offset: number): Promise<Answer> {
  const body = sending.file.slice(offset, offset + PIECE);
  const headers = { "Content-Type": "application/offset+octet-stream", "Upload-Offset": String(offset) };
  const answer = await ask(http, sending, "PATCH", place, headers, {
    body,
    onProgress: (bytes) => sending.onProgress(offset + bytes),
  });
  // 409: it has more, or less, than we believed.
  if (![200, 204, 409].includes(answer.status)) throw refusal(answer);
  return answer;
}

async function ask(
  http: Http,
  sending: Sending,
  method: string,
  url: string,
  headers: Readonly<Record<string, string>> = {},
  more: Pick<Asking, "body" | "onProgress"> = {},
): Promise<Answer> {
  const answer = await http({ method, url, headers: { ...VERSION, ...headers }, signal: sending.signal, ...more });
  if (answer.status >= 500 && answer.status !== 507) throw new Unreachable(`${answer.status}`);
  // 423: it still waits for the rest of a broken request.
  if (answer.status === 429 || answer.status === 423) throw new Unreachable(`${answer.status}`);
  return answer;
}

/** Tell the server that nobody will go on with it. */
export async function discard(http: Http, location: string): Promise<void> {
  await http({ method: "DELETE", url: location, headers: VERSION, signal: new AbortController().signal });
}

const WORDS: Readonly<Record<number, string>> = {
  401: "You may not upload files here",
  403: "You may not upload files here",
  413: "The file is too large for this server",
  415: "The server takes no files of this kind",
  507: "The server has no room for this file",
};

function refusal(answer: Answer): Refused {
  const said = answer.text.length < 200 && !answer.text.includes("<") ? answer.text.trim() : "";
  const isGone = answer.status === 404 || answer.status === 410;
  return new Refused(said || WORDS[answer.status] || `The server refused it (${answer.status})`, isGone, answer.status);
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text.slice(0, 300))));
}
