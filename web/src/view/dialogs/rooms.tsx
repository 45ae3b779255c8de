/** All rooms of the server, and making one. */

import { useEffect, useMemo, useState } from "preact/hooks";

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
  return (
    <Sheet title="Rooms" onClose={() => model.closeDialog()} kind="tall">
      <Tabs label="Rooms" tabs={[["browse", "Browse"], ["create", "New room"]]} current={tab} onChange={setTab}>
        {tab === "browse" ? <Browse /> : <Create />}
      </Tabs>
    </Sheet>
  );
}

function Browse() {
  const model = useModel();
  const [rooms, setRooms] = useState<readonly ListedRoom[] | null>(null);
  const [failure, setFailure] = useState("");
  const [query, setQuery] = useState("");
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
        onQuery={setQuery}
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

function Create() {
  const model = useModel();
  const [wrong, setWrong] = useState("");
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
      onSubmit={(event) => {
        event.preventDefault();
        create(new FormData(event.currentTarget));
      }}
    >
      <Field label="Room name" name="name" required first maxLength={60} hint="You will be its operator." />
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
