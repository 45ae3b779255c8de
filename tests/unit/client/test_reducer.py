"""The step from one state of the chat to the next: what every client must make of the same lines, and what it tells.

tests/vectors/client/ is shared with the browser client. A vector gives what we are and know (nick, account,
capabilities, tokens, ignored, pending), the time (now_ms) and lines of the server; `expect` holds everything that
differs from an empty chat: a field that has its default is left out, and so is a line's time_ms where it is now_ms.
"""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.client.batches import Batch, Batches
from hubbub.client.chat import Chat, Conversation, Person, Place
from hubbub.client.events import Added, Changed, Closed, Event, Loaded, Opened, SelfChanged, Told, Updated
from hubbub.client.lines import NONCE_TAG, Delivery, Kind, Line
from hubbub.client.reading import mentions
from hubbub.client.reducer import Reducer
from hubbub.client.timeline import Timeline
from hubbub.irc.wire import BadLine, Message, parse

VECTORS = Path(__file__).parents[2] / "vectors" / "client"
NOW = 1_764_000_000_000
"""2025-11-24T16:00:00Z"""

Vector = dict[str, Any]


# -- the vectors ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", sorted(VECTORS.glob("*.json")), ids=lambda path: path.stem)
def test_vector(path: Path) -> None:
    vector = json.loads(path.read_text())
    assert to_plain(play(vector), vector["now_ms"]) == vector["expect"]


def test_there_are_vectors() -> None:
    assert len(list(VECTORS.glob("*.json"))) >= 25


def play(vector: Vector) -> Chat:
    chat = Chat(nick=vector["nick"], account=vector.get("account", ""), registered=True)
    chat.capabilities = dict.fromkeys(vector.get("capabilities", []), "")
    chat.tokens = dict(vector.get("tokens", {}))
    chat.ignored = set(vector.get("ignored", []))
    reducer, batches = Reducer(chat), Batches()
    waiting = list(vector.get("pending", []))
    for text in vector["lines"]:
        whole = batches.received(parse(text))
        if whole is not None:
            reducer.apply(whole, vector["now_ms"])
        # As soon as there is where to say it.
        for one in [one for one in waiting if chat.find(one["conversation"])]:
            waiting.remove(one)
            _say(chat, one, vector["now_ms"])
    return chat


def _say(chat: Chat, one: dict[str, str], now_ms: int) -> None:
    line = Line(Kind.MESSAGE, now_ms, chat.nick, one["text"], nonce=one["nonce"], mine=True)
    line.delivery = Delivery.PENDING
    chat.open(one["conversation"]).timeline.append(line)


def to_plain(chat: Chat, now_ms: int) -> Vector:
    own = {name: getattr(chat, name) for name in ("nick", "account", "network", "away")}
    conversations = {one.name: _conversation(one, now_ms) for one in chat.conversations.values()}
    people = {one.nick: _differing(one, Person(one.nick)) for one in chat.people.values()}
    return {name: value for name, value in own.items() if value} | {
        "conversations": conversations,
        "people": people,
    }


def _conversation(one: Conversation, now_ms: int) -> Vector:
    found = _differing(one, Conversation(one.name, Place.ROOM))
    found["place"] = one.place.value
    if "members" in found:
        found["members"] = {member.nick: member.ranks for member in one.members.values()}
    found.pop("timeline")
    found["lines"] = [_line(line, now_ms) for line in one.timeline]
    return found


def _line(line: Line, now_ms: int) -> Vector:
    found = _differing(line, Line(line.kind, now_ms))
    for name in ("place", "version"):
        found.pop(name, None)
    return {"kind": line.kind.value} | found


def _differing(one: Any, default: Any) -> Vector:
    names = [field.name for field in dataclasses.fields(one)]
    return {name: getattr(one, name) for name in names if getattr(one, name) != getattr(default, name)}
