/** The parts of the page that live as long as its model, made when they are first asked for: profiles and uploads. */

import { say } from "../../app/messages";
import type { Model } from "../../app/model";
import { Profiles } from "../../app/profiles";
import { keeping } from "../../app/storage";
import { pause, type Upload, Uploads, xhr } from "../../app/uploads";
import { askGrant } from "../../app/extensions";
import { fold } from "../../irc/names";

const profiles = new WeakMap<Model, Profiles>();
const uploads = new WeakMap<Model, Uploads>();

export function profilesOf(model: Model): Profiles {
  const known = profiles.get(model) ?? new Profiles(() => model.session, location.origin, () => model.now);
  profiles.set(model, known);
  return known;
}

export function uploadsOf(model: Model): Uploads {
  const known = uploads.get(model) ?? new Uploads(world(model));
  uploads.set(model, known);
  return known;
}

function world(model: Model): ConstructorParameters<typeof Uploads>[0] {
  return {
    keeping: keeping(),
    http: xhr,
    grant: (conversation) => askGrant(model.session, conversation, location.origin),
    arrived: (upload, url) => arrived(model, upload, url),
    now: () => model.now,
    pause,
  };
}

/** Say it where it was meant to go, wherever somebody is now. */
function arrived(model: Model, upload: Upload, url: string): void {
  const conversation = model.chat.conversations.get(fold(upload.conversation));
  const caption = upload.caption.peek().trim();
  if (conversation !== undefined) say(model, conversation, caption === "" ? url : `${caption}\n${url}`);
  else model.notice(`${upload.name} is uploaded: ${url}`);
}
