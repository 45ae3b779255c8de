/**
 * The service worker: the page itself, kept for when there is no connection.
 *
 * Owns the cache of the page ("/") and of its assets, whose names change with their content. Nothing that people said or
 * uploaded is ever kept here. What other apps share with ours waits in a cache of its own until the page takes it.
 */
const SHELL = "hubbub-shell";
const SHARED = "hubbub-shared";
const FIXED = ["/manifest.webmanifest", "/icons/icon.svg", "/icons/icon-192.png", "/icons/icon-512.png"];
const PATIENCE_MS = 4000;
const MOST_ASSETS = 80;
const PAGES = /^\/(?:$|r\/|m\/|i\/[^/.]+$)/;

self.addEventListener("install", (event) => {
  event.waitUntil(keepShell().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(self.clients.claim());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  if (request.method === "POST" && url.pathname === "/share") event.respondWith(share(request));
  else if (request.method !== "GET") return;
  else if (request.mode === "navigate" && PAGES.test(url.pathname)) event.respondWith(page(event));
  else if (url.pathname.startsWith("/assets/")) event.respondWith(asset(request));
  else if (FIXED.includes(url.pathname)) event.respondWith(fixed(request));
});

/** The page, and all that it names. */
async function keepShell() {
  const cache = await caches.open(SHELL);
  const answer = await fetch("/", { cache: "no-store", credentials: "same-origin" });
  if (!answer.ok) throw new TypeError("no page to keep");
  await keepPage(cache, answer);
  await Promise.allSettled(FIXED.map((path) => cache.add(path)));
}

async function keepPage(cache, answer) {
  if (!answer.ok || !(answer.headers.get("content-type") ?? "").startsWith("text/html")) return;
  const html = await answer.clone().text();
  const assets = [...html.matchAll(/"(\/assets\/[^"]+)"/g)].map((found) => found[1]);
  await Promise.all(assets.map(async (path) => (await cache.match(path)) ?? cache.add(path)));
  await cache.put("/", answer);
}

/** From the server, if it answers soon; else as it was. */
async function page(event) {
  const cache = await caches.open(SHELL);
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE_MS);
  try {
    const answer = await fetch(event.request, { signal: stop.signal });
    // Every address of ours is the same page.
    if (answer.ok && !answer.redirected) event.waitUntil(keepPage(cache, answer.clone()).catch(() => undefined));
    if (answer.status < 500) return answer;
    return (await cache.match("/")) ?? answer;
  } catch {
    return (await cache.match("/")) ?? Response.error();
  } finally {
    clearTimeout(timer);
  }
}

/** The name says what is in it, so what is kept is right. */
async function asset(request) {
  const cache = await caches.open(SHELL);
  const kept = await cache.match(request);
  if (kept !== undefined) return kept;
  const answer = await fetch(request);
  if (answer.ok) {
    await cache.put(request, answer.clone());
    await prune(cache);
  }
  return answer;
}

async function fixed(request) {
  try {
    return await fetch(request);
  } catch {
    return (await caches.match(request)) ?? Response.error();
  }
}

/** Assets of old versions, the oldest first. */
async function prune(cache) {
  const assets = (await cache.keys()).filter((request) => new URL(request.url).pathname.startsWith("/assets/"));
  await Promise.all(assets.slice(0, Math.max(0, assets.length - MOST_ASSETS)).map((request) => cache.delete(request)));
}

/** Keep what was shared, and show the page, which takes it. */
async function share(request) {
  const form = await request.formData();
  const cache = await caches.open(SHARED);
  const text = ["title", "text", "url"].map((name) => form.get(name)).filter((value) => typeof value === "string" && value !== "");
  await cache.put("/shared/text", new Response(text.join("\n")));
  const files = form.getAll("files").filter((value) => value instanceof File).slice(0, 20);
  for (const [number, file] of files.entries()) {
    const headers = { "content-type": file.type || "application/octet-stream", "x-name": encodeURIComponent(file.name) };
    await cache.put(`/shared/file/${number}`, new Response(file, { headers }));
  }
  return Response.redirect("/?shared=1", 303);
}
