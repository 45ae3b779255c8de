/** Where the page begins: what the model needs of the browser, and the first drawing. */

import { options, render } from "preact";

import { Network } from "./client/network";
import { destination } from "./app/links";
import { Model } from "./app/model";
import { announce } from "./app/notifications";
import { asRecord, asText, keeping } from "./app/storage";
import { App } from "./view/app";
import "./view/style.css";

const model: Model = new Model({
  keeping: keeping(),
  destination: destination(new URL(location.href)),
  connect: (identity, onEvents, rooms) => new Network(identity, onEvents, { rooms }),
  lookUp,
  isLooking: () => document.visibilityState === "visible" && document.hasFocus(),
  announce: (notice) => announce(notice, () => model.open(notice.about)),
  now: () => Date.now(),
});

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

/** At most once a frame, however fast messages come; a page in the background has no frames. */
options.debounceRendering = (draw) => {
  let isDrawn = false;
  const once = (): void => {
    if (isDrawn) return;
    isDrawn = true;
    draw();
  };
  if (document.visibilityState === "visible") requestAnimationFrame(once);
  setTimeout(once, 50);
};

model.start();
render(<App model={model} />, document.getElementById("app") ?? document.body);
