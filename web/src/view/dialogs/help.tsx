/** All keys and commands, made from the tables that make them work; keys can be changed here. */

import { useState } from "preact/hooks";

import { COMMANDS } from "../../app/commands";
import { chordsOf, CONTEXTS, type Context, type Key, keymap, KEYS, label, problem, rebind } from "../../app/keymap";
import { useModel } from "../model_context";
import { Outcome, Sheet } from "./sheet";

export function Help() {
  const model = useModel();
  const [query, setQuery] = useState("");
  const wanted = query.trim().toLowerCase();
  const map = keymap(model.settings.value.value.keys);
  const keys = KEYS.filter((key) => `${key.help} ${map.label(key.name)} ${key.name}`.toLowerCase().includes(wanted));
  const commands = COMMANDS.filter((one) => `${one.usage} ${one.summary} ${one.aliases.join(" ")}`.toLowerCase().includes(wanted));
  return (
    <Sheet title="Keys and commands" onClose={() => model.closeDialog()} kind="wide">
      <input
        type="search"
        class="choices-box"
        data-first
        aria-label="Find a key or command"
        placeholder="Find"
        value={query}
        onInput={(event) => setQuery(event.currentTarget.value)}
      />
      {(Object.keys(CONTEXTS) as Context[]).map((context) => (
        <KeyTable key={context} title={CONTEXTS[context]} keys={keys.filter((key) => key.context === context)} />
      ))}
      {commands.length === 0 ? null : (
        <section>
          <h3>Commands</h3>
          <dl class="commands">
            {commands.map((one) => (
              <div key={one.name}>
                <dt>
                  <code>{one.usage}</code>
                </dt>
                <dd>{one.summary}</dd>
              </div>
            ))}
          </dl>
        </section>
      )}
      <p role="status" class={keys.length + commands.length === 0 ? "note" : "visually-hidden"}>
        {keys.length + commands.length === 0 ? "Nothing fits." : `${keys.length} keys and ${commands.length} commands`}
      </p>
    </Sheet>
  );
}

function KeyTable({ title, keys }: { readonly title: string; readonly keys: readonly Key[] }) {
  if (keys.length === 0) return null;
  return (
    <section>
      <h3>{title}</h3>
      <ul class="keys">
        {keys.map((key) => (
          <KeyRow key={key.name} action={key} />
        ))}
      </ul>
    </section>
  );
}

function KeyRow({ action }: { readonly action: Key }) {
  const { settings } = useModel();
  const [isListening, setListening] = useState(false);
  const [wrong, setWrong] = useState("");
  const changed = settings.value.value.keys;
  const chords = keymap(changed).chords(action.name);
  const listen = (event: KeyboardEvent): void => {
    if (!isListening) return;
    if (event.key === "Tab" && !event.ctrlKey && !event.altKey) return setListening(false);
    event.preventDefault();
    event.stopPropagation();
    if (event.key === "Escape") return setListening(false);
    const [chord] = chordsOf(event);
    if (chord === undefined) return;
    const why = problem(action.name, chord);
    setWrong(why);
    if (why !== "") return;
    rebind(settings, action.name, [chord]);
    setListening(false);
  };
  return (
    <li>
      <span class="key-help">{action.help}</span>
      <span class="key-chords">{chords.length === 0 ? <em>no key</em> : chords.map((chord) => <kbd key={chord}>{label(chord)}</kbd>)}</span>
      {action.fixed ? null : (
        <button
          type="button"
          class="button small"
          aria-label={isListening ? `Press the new key for: ${action.help}` : `Change the key for: ${action.help}`}
          aria-pressed={isListening}
          onClick={() => {
            setWrong("");
            setListening(!isListening);
          }}
          onKeyDown={listen}
          onBlur={() => setListening(false)}
        >
          {isListening ? "Press a key …" : "Change"}
        </button>
      )}
      {changed[action.name] === undefined ? null : (
        <button type="button" class="button small" aria-label={`The usual key for: ${action.help}`} onClick={() => rebind(settings, action.name, null)}>
          Reset
        </button>
      )}
      <Outcome text={wrong} />
    </li>
  );
}
