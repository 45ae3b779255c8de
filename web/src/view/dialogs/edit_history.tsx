/** What a message said before it was edited, as far as this client saw it. */

import type { Line } from "../../client/lines";
import { parse, textOf } from "../../text/markdown";
import { useModel } from "../model_context";
import { whenWas } from "./search";
import { Sheet } from "./sheet";

export function EditHistory({ line }: { readonly line: Line }) {
  const model = useModel();
  const texts = [...line.replaced, line.text];
  return (
    <Sheet title="What it said before" onClose={() => model.closeDialog()} kind="small">
      <p class="note">
        {line.nick}, {whenWas(line.timeMs, model.now)}
        {line.editedMs > 0 ? `, edited ${whenWas(line.editedMs, model.now)}` : ""}
      </p>
      {line.redacted ? (
        <p>It was deleted.</p>
      ) : (
        <ol class="versions">
          {texts.map((text, place) => (
            <li key={place}>
              <span class="choice-note">{place === texts.length - 1 ? "now" : place === 0 ? "first" : `change ${place}`}</span>
              <p class="said">{textOf(parse(text)).trimEnd()}</p>
            </li>
          ))}
        </ol>
      )}
      {line.replaced.length === 0 && !line.redacted ? <p class="note">It was edited before you came, so the earlier text is not here.</p> : null}
    </Sheet>
  );
}
