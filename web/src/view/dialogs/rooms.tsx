/** All rooms of the server, and making one. */

import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";

import { scoreOf } from "../../app/windows";
import { fold, isChannel } from "../../irc/names";
import { useModel } from "../model_context";
import { type ListedRoom, listedRooms } from "./answers";
import { Choices } from "./choices";
import { Field, Outcome, Sheet, Tabs } from "./sheet";

const MOST = 200;

export function Rooms() {
  const model = useModel();
  const [tab, setTab] = useState<"browse" | "create">("browse");
  const [query, setQuery] = useState("");
  return (
    <Sheet title="Rooms" onClose={() => model.closeDialog()} kind="tall">
      <Tabs label="Rooms" tabs={[["browse", "Browse"], ["create", "New room"]]} current={tab} onChange={setTab}>
        {tab === "browse" ? <Browse query={query} onQuery={setQuery} onCreate={() => setTab("create")} /> : <Create name={query.trim()} />}
      </Tabs>
    </Sheet>
  );
}

interface BrowseProps {
  readonly query: string;
  readonly onQuery: (query: string) => void;
  readonly onCreate: () => void;
}

function Browse({ query, onQuery, onCreate }: BrowseProps) {
  const model = useModel();
  const [rooms, setRooms] = useState<readonly ListedRoom[] | null>(null);
  const [failure, setFailure] = useState("");
  useEffect(() => {
    let isHere = true;
    void model.session.ask("LIST", []).settled.then((request) => {
      if (!isHere) return;
      setRooms(listedRooms(request.messages()));
      setFailure(request.failure);
    });
    return () => {
      isHere = false;
    };
  }, [model]);
  const shown = useMemo(() => fitting(rooms ?? [], query), [rooms, query]);
  return (
    <>
      <Choices
        label="Find a room"
        placeholder="Find a room"
        query={query}
        onQuery={onQuery}
        items={shown}
        keyOf={(room) => room.name}
        onChoose={(room) => {
          model.closeDialog();
          model.open(room.name);
        }}
        empty={rooms === null ? "Asking the server …" : "There is no such room."}
      >
        {(room) => (
          <>
            <span class="choice-name">{room.name}</span>
            <span class="choice-note">{room.topic.slice(0, 200)}</span>
            <span class="choice-count">
              {model.windows.find(room.name)?.conversation.joined === true ? "you are here · " : ""}
              {room.members} {room.members === 1 ? "person" : "people"}
            </span>
          </>
        )}
      </Choices>
      {rooms !== null && shown.length === 0 && query.trim() !== "" ? (
        <button type="button" class="button" onClick={onCreate}>
          Make this room
        </button>
      ) : null}
      <Outcome text={failure} />
    </>
  );
}

export function fitting(rooms: readonly ListedRoom[], query: string): ListedRoom[] {
  const wanted = query.trim();
  if (wanted === "") return rooms.slice(0, MOST);
  const scored = rooms.map((room) => ({ room, score: scoreOf(wanted, room.name) ?? (room.topic.toLowerCase().includes(wanted.toLowerCase()) ? -100 : null) }));
  const found = scored.filter((one): one is { room: ListedRoom; score: number } => one.score !== null);
  return found.sort((one, other) => other.score - one.score || other.room.members - one.room.members).slice(0, MOST).map(({ room }) => room);
}

/** `name`: what was looked for. */
function Create({ name: wanted }: { readonly name: string }) {
  const model = useModel();
  const [wrong, setWrong] = useState("");
  const whole = useRef<HTMLFormElement>(null);
  useLayoutEffect(() => {
    // The button that led here had the focus, and is gone.
    if (document.activeElement === document.body) whole.current?.querySelector<HTMLElement>("[data-first]")?.focus();
  }, []);
  const create = (form: FormData): void => {
    const given = String(form.get("name")).trim().replaceAll(" ", "-");
    const name = /^[#&]/.test(given) ? given : `#${given}`;
    if (!isChannel(name)) return setWrong("A room's name has no commas and no spaces.");
    const taken = model.chat.conversations.get(fold(name))?.joined === true;
    model.closeDialog();
    model.open(name);
    if (taken) return;
    const topic = String(form.get("topic")).trim();
    if (topic !== "") model.watch(model.session.ask("TOPIC", [name, topic]));
    if (form.get("private") !== null) model.watch(model.session.ask("MODE", [name, "+is"]));
  };
  return (
    <form
      ref={whole}
      onSubmit={(event) => {
        event.preventDefault();
        create(new FormData(event.currentTarget));
      }}
    >
      <Field label="Room name" name="name" value={wanted} required first maxLength={60} hint="You will be its moderator." />
      <Field label="What it is about" name="topic" maxLength={300} />
      <label class="check">
        <input type="checkbox" name="private" /> Only people who are invited
      </label>
      <Outcome text={wrong} />
      <div class="sheet-actions">
        <button type="submit" class="button primary">
          Make the room
        </button>
      </div>
    </form>
  );
}
