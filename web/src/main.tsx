/** Where the page begins: what the model needs of the browser, and the first drawing. */

import { render } from "preact";

import type { Event } from "./client/events";
import { Network } from "./client/network";
import { destination } from "./app/links";
import { Model } from "./app/model";
import { announce } from "./app/notifications";
import { asRecord, asText, keeping } from "./app/storage";
import { App } from "./view/app";
import "./view/style.css";

const LONGEST_FRAME_MS = 50;

const model: Model = new Model({
  keeping: keeping(),
  destination: destination(new URL(location.href)),
  connect: (identity, onEvents, rooms) => new Network(identity, onceAFrame(onEvents), { rooms }),
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
  model.drafts.flush();
  model.readSoon();
});
addEventListener("pagehide", () => {
  model.drafts.flush();
  // The name is free again before the next page asks for it.
  if (model.isIn) model.network.stop();
});
// The page was only put away, and comes back as it was.
addEventListener("pageshow", (event) => {
  if (event.persisted && model.isIn) model.network.reconnectNow();
});

model.start();
render(<App model={model} />, document.getElementById("app") ?? document.body);
