"""kill -9 at random moments under load: what anybody has seen is in history, once, and in the order it was seen.

The server is killed and started again on the same data folder, time after time. The moment is drawn at random; a
failure prints the seed, and SEED=… in the environment repeats it (as far as the machine's timing allows).
"""

from __future__ import annotations

import os
import random
import re
import selectors
from pathlib import Path
from typing import NamedTuple

from serving import PATIENCE, Connection, RunningServer

TRIALS = 20
ROOMS = ("#red", "#blue")
SENDERS = 4
ON_THEIR_WAY = 60
"""Lines that a sender has said and not seen yet, at most."""
MOST_SEEN = 4000
"""Lines seen by all together after which the server is killed at the latest."""
CAPS = "message-tags server-time echo-message batch draft/chathistory"
PAGE = 1000

TAGGED = re.compile(r"^@(?:\S*;)?msgid=([^ ;]+)\S* :(\S+?)!\S+ PRIVMSG (#\S+) :(.*)$")
TYPED = re.compile(r"^(?:\[(#\S+)\] )?(\w+): (.*)$")


class Line(NamedTuple):
    """Something said, as somebody saw it. The line mode shows no msgid."""

    room: str
    nick: str
    text: str
    msgid: str = ""


class Witness:
    """A connection that remembers every line it was sent, and may have something to say."""

    def __init__(
        self, connection: Connection, nick: str = "", trial: int = 0, chance: random.Random | None = None
    ) -> None:
        self.connection = connection
        self.seen: list[Line] = []
        self._nick, self._trial = nick, trial
        self._chance = chance
        self._said = self._came_back = 0
        self._rest = connection.received()

    def talk(self) -> None:
        """Say a few lines more, to one room after the other."""
        room = ON_THEIR_WAY - (self._said - self._came_back)
        if self._chance is None or room <= 0:
            return
        numbers = range(self._said, self._said + self._chance.randint(1, room))
        self._said = numbers.stop
        self.connection.send(
            *(f"PRIVMSG {ROOMS[n % len(ROOMS)]} :{self._trial}.{self._nick}.{n}" for n in numbers)
        )

    def hear(self) -> bool:
        """Take what has come; False at the end of the connection."""
        try:
            data = self.connection.socket.recv(1 << 16)
        except ConnectionError:
            data = b""
        *lines, self._rest = (self._rest + data).split(b"\r\n")
        new = [line for text in lines if (line := seen_in(text))]
        self.seen += new
        self._came_back += sum(line.nick == self._nick for line in new)
        return bool(data)


def seen_in(line: bytes) -> Line | None:
    text = line.decode()
    if found := TAGGED.match(text):
        return Line(found[3], found[2], found[4], found[1])
    if found := TYPED.match(text):
        return Line(found[1] or ROOMS[0], found[2], found[3])
    return None


def test_whatever_anybody_saw_survives_kill_9(tmp_path: Path) -> None:
    seed = int(os.environ.get("SEED", random.randrange(1_000_000)))
    print(f"SEED={seed}")
    chance = random.Random(seed)
    known: dict[str, list[Line]] = {room: [] for room in ROOMS}
    witnesses: list[Witness] = []
    saw = [0] * (SENDERS + 2)
    for trial in range(TRIALS):
        with RunningServer(tmp_path) as server:
            check(server, known, witnesses)
            witnesses = gather(server, trial, chance)
            load_until(witnesses, chance.randrange(MOST_SEEN))
            server.kill()
            for witness in witnesses:
                while witness.hear():
                    pass
                witness.connection.close()
            saw = [count + len(witness.seen) for count, witness in zip(saw, witnesses, strict=True)]
    with RunningServer(tmp_path) as server:
        check(server, known, witnesses)
        for room in ROOMS:
            assert pages_backwards(server, room) == known[room]
    assert all(saw), "somebody never saw anything, so nothing was tested"


def gather(server: RunningServer, trial: int, chance: random.Random) -> list[Witness]:
    """Those who talk, one who only listens, and one with nc."""
    talkers = [
        Witness(server.irc(nick, *ROOMS, caps=CAPS), nick, trial, chance)
        for nick in (f"talker{number}" for number in range(SENDERS))
    ]
    listener = Witness(server.irc("listener", *ROOMS, caps=CAPS))
    reader = server.plain("reader")
    for room in reversed(ROOMS):
        reader.send(f"/join {room}")
        reader.until(f"You are in {room}")
        # What was said before this run is not what is asked about here.
        reader.send("/topic")
        reader.until("topic")
    return [*talkers, listener, Witness(reader)]


def load_until(witnesses: list[Witness], seen: int) -> None:
    """Everybody talks and hears, until so many lines have been seen by all together."""
    with selectors.DefaultSelector() as selector:
        for witness in witnesses:
            selector.register(witness.connection.socket, selectors.EVENT_READ, witness)
        for witness in witnesses[:SENDERS]:
            witness.talk()
        while sum(len(witness.seen) for witness in witnesses) < seen:
            ready = selector.select(PATIENCE)
            assert ready, "nothing more comes"
            for key, _ in ready:
                assert key.data.hear(), "the server has closed a connection"
                key.data.talk()


def check(server: RunningServer, known: dict[str, list[Line]], witnesses: list[Witness]) -> None:
    """The history since the last look has all that was seen, in that order; it becomes known."""
    for room in ROOMS:
        new = pages_onwards(server, room, known[room][-1].msgid if known[room] else "")
        known[room] += new
        texts, ids = [line.text for line in known[room]], [line.msgid for line in known[room]]
        assert len(set(texts)) == len(texts), "something is in history twice"
        assert len(set(ids)) == len(ids), "a msgid is in history twice"
        for witness in witnesses:
            seen = [line for line in witness.seen if line.room == room]
            check_seen(seen, new)
        for number in range(SENDERS):
            said = [int(line.text.rpartition(".")[2]) for line in new if line.nick == f"talker{number}"]
            assert said == sorted(said), "what one person said is not in order"


def check_seen(seen: list[Line], history: list[Line]) -> None:
    """What one connection saw is a run of the history without a gap: it was there the whole time."""
    if not seen:
        return
    kept = [line if seen[0].msgid else line._replace(msgid="") for line in history]
    assert seen[0] in kept, f"seen, but not in history: {seen[0]}"
    first = kept.index(seen[0])
    assert kept[first : first + len(seen)] == seen


# -- reading history -----------------------------------------------------------------------------------------


def ask(client: Connection, request: str) -> list[Line]:
    client.send(request)
    answer = client.until(" BATCH -| FAIL ")
    assert " FAIL " not in answer[-1], answer[-1]
    return [line for text in answer if (line := seen_in(text.encode()))]


def pages_onwards(server: RunningServer, room: str, last: str) -> list[Line]:
    found: list[Line] = []
    with server.irc("historian", room, caps=CAPS) as client:
        while True:
            since = f"msgid={last}" if last else "timestamp=2000-01-01T00:00:00.000Z"
            page = ask(client, f"CHATHISTORY AFTER {room} {since} {PAGE}")
            found += page
            if len(page) < PAGE:
                return found
            last = page[-1].msgid


def pages_backwards(server: RunningServer, room: str) -> list[Line]:
    found: list[Line] = []
    with server.irc("historian", room, caps=CAPS) as client:
        while True:
            request = f"BEFORE {room} msgid={found[0].msgid}" if found else f"LATEST {room} *"
            page = ask(client, f"CHATHISTORY {request} {PAGE}")
            found = page + found
            if len(page) < PAGE:
                return found
