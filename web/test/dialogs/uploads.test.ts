import { expect, test } from "vitest";

import { Memory } from "../../src/app/storage";
import { type Http, Refused, Stopped, Unreachable } from "../../src/app/tus";
import { inUnits, type Upload, Uploads } from "../../src/app/uploads";

const MIB = 1024 * 1024;

/** A server of tus, with faults. */
class Server {
  readonly files = new Map<string, { length: number; offset: number; metadata: string }>();
  readonly requests: string[] = [];
  /** What somebody has said is theirs. */
  readonly claimed: string[] = [];
  faults: ((method: string) => number | "lost" | "lost after" | undefined)[] = [];
  /** Instead of what PATCH would answer, once it has taken its piece. */
  afterwards: number[] = [];
  #made = 0;

  readonly http: Http = async ({ method, url, headers, body, onProgress, signal }) => {
    await Promise.resolve();
    if (signal.aborted) throw new Stopped();
    this.requests.push(`${method} ${new URL(url).pathname}`);
    expect(headers["Tus-Resumable"]).toBe("1.0.0");
    const fault = this.faults.shift()?.(method);
    if (fault === "lost") throw new Unreachable("lost");
    if (typeof fault === "number") return answer(fault, {}, fault === 507 ? "The server's disk is full." : "");
    onProgress?.(body?.size ?? 0);
    const made = this.#do(method, new URL(url).pathname, headers, body);
    if (fault === "lost after") throw new Unreachable("lost");
    return made;
  };

  #do(method: string, path: string, asked: Readonly<Record<string, string>>, body: Blob | undefined) {
    if (method === "POST") {
      if (asked["Authorization"] !== "Bearer token") return answer(401);
      const place = `/files/${++this.#made}`;
      this.files.set(place, { length: Number(asked["Upload-Length"]), offset: 0, metadata: asked["Upload-Metadata"] ?? "" });
      return answer(201, { Location: `https://other.name${place}` });
    }
    if (method !== "HEAD") expect(asked["Authorization"]).toBeUndefined();
    const file = this.files.get(path);
    if (file === undefined) return answer(404);
    if (asked["Authorization"] === "Bearer token") this.claimed.push(path);
    if (method === "DELETE") {
      this.files.delete(path);
      return answer(204);
    }
    if (method === "PATCH") {
      if (Number(asked["Upload-Offset"]) !== file.offset) return answer(409);
      file.offset += body?.size ?? 0;
      const instead = this.afterwards.shift();
      if (instead !== undefined) return answer(instead);
    }
    const headers: Record<string, string> = { "Upload-Offset": String(file.offset) };
    if (file.offset >= file.length) headers["Content-Location"] = `https://chat.example/f/${"a".repeat(22)}/x`;
    return answer(method === "HEAD" ? 200 : 204, headers);
  }
}

function answer(status: number, headers: Record<string, string> = {}, text = "") {
  return { status, text, header: (name: string) => headers[name] ?? "" };
}

function desk(server: Server, keeping = new Memory()) {
  const said: string[] = [];
  const pauses: number[] = [];
  let now = 1_000_000;
  const uploads = new Uploads({
    keeping,
    http: server.http,
    grant: async (conversation) => {
      if (conversation === "#closed") throw new Refused("You may not speak there");
      return { endpoint: "https://here/files", headers: { Authorization: "Bearer token" } };
    },
    arrived: (upload, url) => said.push(`${upload.conversation} ${upload.caption.peek()} ${url}`),
    now: () => (now += 400),
    pause: async (ms) => void pauses.push(ms),
  });
  return { uploads, said, pauses, keeping };
}

const file = (size: number, name = "x.bin"): File => new File([new Uint8Array(size)], name, { type: "application/x-y", lastModified: 5 });

async function settled(upload: Upload): Promise<string> {
  await new Promise<void>((resolve) => {
    const stop = upload.state.subscribe((state) => {
      if (["done", "failed"].includes(state)) resolve(void queueMicrotask(() => stop()));
    });
  });
  return upload.state.peek();
}

test("a file goes in pieces, to the host of the page, and is said with its caption", async () => {
  const server = new Server();
  const { uploads, said } = desk(server);
  const [upload] = uploads.choose("#tea", [file(20 * MIB, "ü x.bin")]);
  if (upload === undefined) throw new Error("none");
  expect(server.requests).toEqual([]);
  upload.caption.value = "look";
  uploads.start([upload]);
  expect(await settled(upload)).toBe("done");
  expect(server.requests).toEqual(["POST /files", "PATCH /files/1", "PATCH /files/1", "PATCH /files/1"]);
  expect(said).toEqual([`#tea look https://chat.example/f/${"a".repeat(22)}/x`]);
  expect(atob(server.files.get("/files/1")?.metadata.split(/[ ,]/)[1] ?? "")).toBe("Ã¼ x.bin");
  expect(upload.sent.value).toBe(20 * MIB);
});

test("an empty file is a file, too", async () => {
  const server = new Server();
  const { uploads, said } = desk(server);
  const chosen = uploads.choose("#tea", [file(0)]);
  uploads.start(chosen);
  expect(await settled(chosen[0] as Upload)).toBe("done");
  expect(said).toHaveLength(1);
});

test("what is lost on the way is sent again from where the server is", async () => {
  const server = new Server();
  const { uploads, pauses } = desk(server);
  const fail = (what: "lost" | "lost after" | number) => (method: string) => (method === "PATCH" || method === "HEAD" ? what : undefined);
  server.faults = [() => undefined, fail("lost after"), fail("lost"), () => undefined, fail(503), fail(423)];
  const [upload] = uploads.choose("#tea", [file(20 * MIB)]);
  uploads.start([upload as Upload]);
  expect(await settled(upload as Upload)).toBe("done");
  expect(server.files.get("/files/1")?.offset).toBe(20 * MIB);
  expect(pauses.length).toBeGreaterThan(2);
});

test("it ends with words that people understand, and can be tried again", async () => {
  const server = new Server();
  const { uploads } = desk(server);
  server.faults = [() => undefined, () => 507];
  const [upload] = uploads.choose("#tea", [file(10)]) as [Upload];
  uploads.start([upload]);
  expect(await settled(upload)).toBe("failed");
  expect(upload.failure.value).toBe("The server's disk is full.");
  uploads.retry(upload);
  await expect.poll(() => upload.state.value).toBe("done");
  expect(server.requests.at(-1)).toBe("PATCH /files/1");

  const [refused] = uploads.choose("#closed", [file(10)]) as [Upload];
  uploads.start([refused]);
  expect(await settled(refused)).toBe("failed");
  expect(refused.failure.value).toBe("You may not speak there");

  server.faults = Array.from({ length: 40 }, () => () => "lost" as const);
  const [lost] = uploads.choose("#tea", [file(11, "y")]) as [Upload];
  uploads.start([lost]);
  expect(await settled(lost)).toBe("failed");
  expect(lost.failure.value).toBe("The server can't be reached");
});

test("after a reload it goes on when the same file is chosen", async () => {
  const server = new Server();
  const before = desk(server);
  server.faults = [() => undefined, () => undefined, ...Array.from({ length: 40 }, () => () => "lost" as const)];
  const [upload] = before.uploads.choose("#tea", [file(20 * MIB)]) as [Upload];
  upload.caption.value = "big";
  before.uploads.start([upload]);
  expect(await settled(upload)).toBe("failed");
  expect(JSON.stringify(before.keeping.read("uploads"))).not.toContain("token");

  server.faults = [];
  const after = desk(server, before.keeping);
  const [again] = after.uploads.all.value as [Upload];
  expect([again.state.value, again.sent.value, again.caption.value]).toEqual(["interrupted", 8 * MIB, "big"]);
  after.uploads.start([again]);
  expect(again.state.value).toBe("interrupted");
  expect(after.uploads.choose("#tea", [file(19 * MIB)])[0]).not.toBe(again);
  expect(after.uploads.choose("#tea", [file(20 * MIB)])[0]).toBe(again);
  server.requests.length = 0;
  after.uploads.start([again]);
  expect(await settled(again)).toBe("done");
  expect(server.requests).toEqual(["HEAD /files/1", "PATCH /files/1", "PATCH /files/1"]);
  expect(server.claimed).toEqual(["/files/1"]);
  expect(after.keeping.read("uploads")).toEqual([]);
});

test("who was lost meanwhile says that it is theirs, also when all of it is there", async () => {
  const server = new Server();
  const { uploads, said } = desk(server);
  server.faults = [() => undefined, () => undefined, () => 403];
  const [upload] = uploads.choose("#tea", [file(20 * MIB)]) as [Upload];
  uploads.start([upload]);
  expect(await settled(upload)).toBe("done");
  expect(server.requests.slice(2)).toEqual(["PATCH /files/1", "HEAD /files/1", "PATCH /files/1", "PATCH /files/1"]);
  expect(server.claimed).toEqual(["/files/1"]);

  const [whole] = uploads.choose("#tea", [file(10)]) as [Upload];
  server.afterwards = [403];
  uploads.start([whole]);
  expect(await settled(whole)).toBe("done");
  expect(server.requests.slice(-3)).toEqual(["PATCH /files/2", "HEAD /files/2", "HEAD /files/2"]);
  expect(said).toHaveLength(2);

  server.faults = Array.from({ length: 90 }, () => (method: string) => (method === "PATCH" ? 403 : undefined));
  const [never] = uploads.choose("#tea", [file(10, "n")]) as [Upload];
  uploads.start([never]);
  expect(await settled(never)).toBe("failed");
});

test("what the server has forgotten is begun anew", async () => {
  const server = new Server();
  const { uploads } = desk(server);
  const [upload] = uploads.choose("#tea", [file(10)]) as [Upload];
  upload.location = "https://here/files/77";
  uploads.start([upload]);
  expect(await settled(upload)).toBe("done");
  expect(server.requests).toEqual(["HEAD /files/77", "POST /files", "PATCH /files/1"]);
});

test("cancelling stops it and has the server forget it", async () => {
  const server = new Server();
  const { uploads, said } = desk(server);
  const [upload] = uploads.choose("#tea", [file(80 * MIB)]) as [Upload];
  const stop = upload.sent.subscribe((bytes) => bytes > 0 && uploads.cancel(upload));
  uploads.start([upload]);
  await expect.poll(() => server.requests.at(-1)).toBe("DELETE /files/1");
  stop();
  expect(uploads.all.value).toEqual([]);
  expect(said).toEqual([]);
});

test("several go, two at once", async () => {
  const server = new Server();
  const { uploads, said } = desk(server);
  const chosen = uploads.choose("#tea", [file(1, "a"), file(2, "b"), file(3, "c")]);
  uploads.start(chosen);
  expect(chosen.map((upload) => upload.state.value)).toEqual(["sending", "sending", "waiting"]);
  await expect.poll(() => said.length).toBe(3);
  uploads.clear();
  expect(uploads.all.value).toEqual([]);
});

test("sizes are written as people write them", () => {
  expect([0, 999, 1500, 2_000_000_000, 123_456_789].map(inUnits)).toEqual(["0 B", "999 B", "1.5 kB", "2.0 GB", "123 MB"]);
});
