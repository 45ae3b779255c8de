"""SEARCH: what may happen while it is looked, what was edited or taken back, and how much may be asked at once.

The look of the answers is in tests/scenarios/search*.chat; what a text is found by, in tests/contract/test_search.py.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from hubbub.core.ledger import Entry, Found, LedgerError
from hubbub.features.search import AT_ONCE, Searches
from hubbub.ledger.memory import MemoryLedger
from hubworld import Client, World

CAPS = "batch soju.im/search labeled-response message-tags echo-message"


class BusyLedger(MemoryLedger):
    """Something happens while it searches."""

    meanwhile: Callable[[], object] = staticmethod(lambda: None)
    is_complete = True

    async def search(self, *args: Any, **query: Any) -> Found:
        found = await super().search(*args, **query)
        self.meanwhile()
        return found._replace(is_complete=self.is_complete)


@pytest.fixture
def busy() -> World:
    return World(ledger=BusyLedger)


def two_in_a_room(world: World, caps: str = CAPS) -> tuple[Client, Client]:
    alice = world.client("alice", caps="message-tags echo-message", rooms="#tea")
    bob = world.client("bob", caps=caps, rooms="#tea")
    return alice, bob


def found(asker: Client, attributes: str) -> list[str]:
    """The texts in the batch that answers."""
    lines = asker.asks(f"SEARCH {attributes}")
    assert " BATCH +" in lines[0], lines
    assert " BATCH -" in lines[-1], lines
    return [line.rpartition(" :")[2] for line in lines[1:-1]]


@pytest.mark.parametrize("attributes", ["text=secret", "text=secret;in=#tea"])
def test_whoever_is_put_out_meanwhile_is_told_nothing(busy: World, attributes: str) -> None:
    alice, bob = two_in_a_room(busy)
    alice.send("PRIVMSG #tea :secret")
    busy.ledger.meanwhile = lambda: alice.send("KICK #tea bob")
    assert not [line for line in bob.asks(f"SEARCH {attributes}") if "PRIVMSG" in line]


def test_an_answer_for_one_who_has_left_meanwhile_does_no_harm(busy: World) -> None:
    _, bob = two_in_a_room(busy)
    busy.ledger.meanwhile = bob.leave
    bob.send("SEARCH text=secret")
    assert bob.closed
    assert not busy.hub.part(Searches).askers


def test_a_ledger_that_fails_is_an_internal_error(busy: World) -> None:
    """ "If the search cannot be run due to an internal error, the INTERNAL_ERROR error code" """
    _, bob = two_in_a_room(busy)

    def fails() -> None:
        raise LedgerError("the disk is gone")

    busy.ledger.meanwhile = fails
    for _ in range(2):
        assert bob.asks("@label=x SEARCH text=a") == [
            "@label=x :test.example FAIL SEARCH INTERNAL_ERROR :The search could not be run"
        ]


def test_an_answer_that_may_lack_something_says_so(busy: World) -> None:
    alice, bob = two_in_a_room(busy)
    alice.send("PRIVMSG #tea :here")
    busy.ledger.is_complete = False
    warning, opening, *_ = bob.asks("SEARCH text=here")
    assert warning.startswith(":test.example WARN SEARCH INCOMPLETE :")
    assert " BATCH +" in opening


def test_one_search_at_a_time_for_each_and_so_many_for_all(busy: World) -> None:
    _, bob = two_in_a_room(busy)
    askers = busy.hub.part(Searches).askers
    for others in ({bob.session.user.id}, {str(number) for number in range(AT_ONCE)}):
        askers |= others
        assert "FAIL SEARCH INTERNAL_ERROR" in bob.asks("SEARCH text=a")[0]
        askers -= others
    assert found(bob, "text=a") == []


def test_an_answer_is_a_page(world: World) -> None:
    alice = world.client("alice", caps=CAPS, rooms="#tea")
    for number in range(130):
        alice.send(f"PRIVMSG #tea :text {number}")
    texts = [f"text {number}" for number in range(130)]
    assert found(alice, "text=text") == texts[-100:]
    assert found(alice, "text=text;limit=1000") == texts[-100:]
    assert found(alice, "text=text;after=2001-01-01T00:00:00.000Z;limit=7") == texts[:7]
    assert found(alice, "from=alice") == texts[-100:]


def test_a_page_is_no_longer_than_one_of_history() -> None:
    alice = World({"history.page": 3}).client("alice", caps=CAPS, rooms="#tea")
    for number in range(5):
        alice.send(f"PRIVMSG #tea :text {number}")
    assert found(alice, "text=text") == ["text 2", "text 3", "text 4"]


def test_what_this_version_does_not_know_is_left_out(world: World) -> None:
    alice = world.client("alice", caps=CAPS, rooms="#tea")
    topic = world.hub.channels["#tea"].log_topic
    alice.send("PRIVMSG #tea :hello")
    for _ in range(150):
        world.ledger.append(Entry(topic, b'{"is":"FromTheFuture"}', text="hello"))
    assert found(alice, "text=hello;limit=60") == ["hello"]


def test_nothing_but_messages_is_found(world: World) -> None:
    """ "These messages MUST be PRIVMSG or NOTICE messages." """
    alice = world.client("alice", caps=CAPS, rooms="#tea")
    alice.send(
        "TOPIC #tea :leaf", "@+x=leaf TAGMSG #tea", "PRIVMSG #tea :\x01VERSION leaf\x01", "PART #tea :leaf"
    )
    alice.send("JOIN #tea", "PRIVMSG #tea :\x01ACTION drops a leaf\x01")
    assert found(alice, "text=leaf") == ["\x01ACTION drops a leaf\x01"]
    assert found(alice, "text=action") == []


def test_whatever_the_nick_is_now_a_message_is_from_the_one_it_had(world: World) -> None:
    """ "from: the message was sent with this nick" """
    alice = world.client("alice", caps=CAPS, rooms="#tea")
    alice.send("PRIVMSG #tea :one", "NICK alicia", "PRIVMSG #tea :two")
    assert found(alice, "from=Alice") == ["one"]
    assert found(alice, "from=alicia") == ["two"]
    assert found(alice, "from=ali") == []


# -- edited and taken back -----------------------------------------------------------------------------------

EDITS = f"{CAPS} hubbub.chat/message-edit draft/message-redaction"


def said(client: Client, text: str) -> str:
    """Say it; the result is its msgid."""
    (line,) = client.asks(f"PRIVMSG #tea :{text}")
    return line.partition(" ")[0].partition("msgid=")[2].partition(";")[0]


def test_an_edited_message_is_found_by_what_it_says_now(world: World) -> None:
    alice = world.client("alice", caps=EDITS, rooms="#tea")
    first = said(alice, "Darjeeling is grene")
    alice.send("PRIVMSG #tea :Assam")
    alice.asks(f"EDITMSG #tea {first} :Darjeeling is blakc")
    alice.asks(f"EDITMSG #tea {first} :Darjeeling is black")
    assert found(alice, "text=grene") == found(alice, "text=blakc") == []
    assert found(alice, "text=black") == found(alice, "text=darjeeling") == ["Darjeeling is black"]
    assert found(alice, "from=alice") == ["Darjeeling is black", "Assam"]
    (line,) = [line for line in alice.asks("SEARCH text=black") if "PRIVMSG" in line]
    assert f"msgid={first}" in line


def test_what_was_taken_back_is_found_no_more(world: World) -> None:
    alice = world.client("alice", caps=EDITS, rooms="#tea")
    first, second = said(alice, "a secret"), said(alice, "another sceret")
    alice.asks(f"EDITMSG #tea {second} :another secret")
    assert len(found(alice, "text=secret")) == 2
    alice.send(f"REDACT #tea {first}", f"REDACT #tea {second}")
    assert found(alice, "text=secret") == found(alice, "text=sceret") == found(alice, "from=alice") == []


def test_a_message_of_several_lines_is_found_by_any_of_them(world: World) -> None:
    alice = world.client("alice", caps=f"{CAPS} draft/multiline", rooms="#tea")
    alice.send(
        "BATCH +1 draft/multiline #tea",
        "@batch=1 PRIVMSG #tea :first line",
        "@batch=1 PRIVMSG #tea :second li",
        "@batch=1;draft/multiline-concat PRIVMSG #tea :ne",
        "BATCH -1",
    )
    bob = world.client("bob", caps=CAPS, rooms="#tea")
    for words in ("first", "second\\sline", '"line\\ssecond"'):
        assert found(bob, f"text={words}") == ["first line", "second li", "ne"]
    assert [line.split()[1] for line in alice.asks("SEARCH text=first")] == [
        "BATCH",
        ":alice!~alice@127.0.0.1",
    ] + [":alice!~alice@127.0.0.1"] * 4 + ["BATCH"]
