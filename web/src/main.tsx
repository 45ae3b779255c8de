/** Where the page begins: what the model needs of the browser, and the first drawing. */

import { effect } from "@preact/signals";
import { render } from "preact";

import type { Event } from "./client/events";
import { Network } from "./client/network";
import { destination } from "./app/links";
import { insertText, sendFiles } from "./app/messages";
import { isOffline, Model } from "./app/model";
import { announce } from "./app/notifications";
import { registerWorker, takeShared } from "./app/offline";
import { deviceName, STORED } from "./app/staying";
import { asRecord, asText, keeping } from "./app/storage";
import { startEnding } from "./app/timed";
import { App } from "./view/app";
import { startLooks } from "./view/dialogs/looks";

const LONGEST_FRAME_MS = 50;

const kept = keeping();
startLooks(kept);
const model: Model = new Model({
  keeping: kept,
  destination: destination(new URL(location.href)),
  device: deviceName(navigator.userAgent),
  connect: (identity, onEvents, known) => new Network(identity, onceAFrame(onEvents), known),
  lookUp,
  isLooking: () => document.visibilityState === "visible" && document.hasFocus(),
  announce: (notice) => announce(notice, () => model.open(notice.about)),
  now: () => Date.now(),
});

/** However fast messages come, they are drawn at most once a frame; a page in the background has no frames. */
function onceAFrame(onEvents: (events: Event[]) => void): (events: Event[]) => void {
  let waiting: Event[] = [];
  const pass = (): void => {
    const events = waiting;
    waiting = [];
    if (events.length > 0) onEvents(events);
  };
  return (events) => {
    if (waiting.length === 0) {
      if (document.visibilityState === "visible") requestAnimationFrame(pass);
      setTimeout(pass, LONGEST_FRAME_MS);
    }
    waiting.push(...events);
  };
}

/** The room that an invite link leads to; "" where the link is no longer good. */
async function lookUp(token: string): Promise<string> {
  try {
    const answer = await fetch(`/i/${encodeURIComponent(token)}/info`);
    return answer.ok ? asText(asRecord(await answer.json())["room"], 200) : "";
  } catch {
    return "";
  }
}

addEventListener("focus", () => model.readSoon());
document.addEventListener("visibilitychange", () => {
  model.flush();
  if (document.visibilityState === "hidden") model.keepForOffline();
  model.readSoon();
});
// What waits for a connection is kept nowhere else.
addEventListener("beforeunload", (event) => {
  if (model.isIn && model.session.isOwing && isOffline(model.phase.peek().phase)) event.preventDefault();
});
addEventListener("pagehide", () => {
  model.flush();
  model.keepForOffline();
  // The name is free again before the next page asks for it.
  if (model.isIn) model.network.stop();
});
addEventListener("storage", ({ key }) => {
  if (key === STORED && model.isIn) model.staying.changedElsewhere(model.session);
});
// The page was only put away, and comes back as it was.
addEventListener("pageshow", (event) => {
  if (event.persisted && model.isIn) model.network.reconnectNow();
});

const SETTLED_MS = 800;

/** What another app has handed over waits until it is clear which conversation is shown: rooms open one by one. */
function putShared({ text, files }: { text: string; files: File[] }): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stop = effect(() => {
    const window = model.current.value;
    clearTimeout(timer);
    if (window === null || window.place === "server" || model.phase.value.phase !== "online") return;
    timer = setTimeout(() => {
      stop();
      if (text !== "") insertText(model, text);
      if (files.length > 0) sendFiles(model, window.conversation, files);
    }, SETTLED_MS);
  });
}

void takeShared().then((shared) => shared !== null && putShared(shared));
model.start();
startEnding(model, kept);
void registerWorker();
render(<App model={model} />, document.getElementById("app") ?? document.body);
