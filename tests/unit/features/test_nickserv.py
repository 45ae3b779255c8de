"""NickServ: what conversations can't show, above all that passwords stay secret."""

from __future__ import annotations

import logging

import pytest

from hubbub.core.accounts import accounts
from hubbub.core.hub import nick_key, nick_put
from hubbub.core.ledger import Entry
from hubbub.core.nicks import NickChanged
from hubbub.features.nickserv import MOST_CERTIFICATES
from hubbub.journal import start_log
from hubbub.ledger.memory import MemoryLedger
from hubworld import SERVER, Client, World

PASSWORD = "open-sesame"
PUBLIC = "203.0.113.9"
BY_MESSAGE = "PRIVMSG NickServ :"


def said(lines: list[str]) -> list[str]:
    """What NickServ says."""
    front = f":NickServ!NickServ@services.{SERVER} NOTICE "
    return [line.partition(" :")[2] for line in lines if line.startswith(front)]


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def alice(world: World) -> Client:
    alice = world.client("alice")
    alice.asks(f"NS REGISTER {PASSWORD}")
    return alice


def test_no_password_is_kept_or_logged(caplog: pytest.LogCaptureFixture) -> None:
    appended: list[bytes] = []

    class Watched(MemoryLedger):
        def append(self, entry: Entry, ticket: object | None = None) -> None:
            appended.extend([entry.body, entry.text.encode(), *(put.value or b"" for put in entry.puts)])
            super().append(entry, ticket)

    world = World(ledger=Watched)
    start_log(world.hub, show_messages=True, to=caplog.handler)
    caplog.set_level(logging.DEBUG)
    alice, bob = world.client("alice"), world.client("bob", caps="echo-message")
    alice.asks(f"{BY_MESSAGE}REGISTER secret-one")
    alice.asks(f"{BY_MESSAGE}SET PASSWORD secret-two")
    answers = bob.asks(
        f"{BY_MESSAGE}IDENTIFY alice secret-three",
        f"{BY_MESSAGE}secret-four",
        f"{BY_MESSAGE}SET PASSWORD secret-five",
        "NS GHOST alice secret-six",
        f"{BY_MESSAGE}IDENTIFY alice secret-two",
        f"{BY_MESSAGE}DROP secret-seven",
        "STATS m",
    )
    assert bob.session.account is not None
    everything = b"\n".join(appended).decode() + caplog.text + "\n".join(answers)
    assert "alice" in everything
    assert "secret" not in everything


def test_passwords_dont_travel_in_the_clear_from_outside() -> None:
    world = World(is_local=lambda ip: ip != PUBLIC)
    inside, outside = world.client("alice"), world.client("bob", ip=PUBLIC)
    inside.asks(f"NS REGISTER {PASSWORD}")
    for line in (f"REGISTER {PASSWORD}", f"IDENTIFY alice {PASSWORD}", f"GHOST alice {PASSWORD}"):
        assert "TLS" in said(outside.asks(f"NS {line}"))[0]
    assert outside.session.account is None
    safe = world.client("carol", ip=PUBLIC, secure=True)
    safe.asks(f"NS IDENTIFY alice {PASSWORD}")
    assert safe.session.account is not None
    inside.session.ip = PUBLIC
    for line in ("SET PASSWORD another", f"DROP {PASSWORD}"):
        assert "TLS" in said(inside.asks(f"NS {line}"))[0]
    assert accounts(world.hub).named("alice") is not None


def test_a_password_can_be_tried_only_so_often_by_whatever_command() -> None:
    world = World({"accounts.tries": 3})
    alice, bob = world.client("alice", ip="192.0.2.1"), world.client("bob", ip="192.0.2.2")
    alice.asks(f"NS REGISTER {PASSWORD}")
    answers = said(bob.asks("NS IDENTIFY alice x", "NS GHOST alice x", "NS REGAIN alice x"))
    assert set(answers) == {"The name or the password is wrong"}
    assert said(bob.asks(f"NS IDENTIFY alice {PASSWORD}"))[0].startswith("Too many")
    for _ in range(3):
        alice.asks("NS DROP x")
    assert said(alice.asks(f"NS DROP {PASSWORD}"))[0].startswith("Too many")
    world.clock.advance(301)
    bob.asks(f"NS IDENTIFY alice {PASSWORD}")
    assert bob.session.account is not None


def test_identify_alone_means_the_nick_without_what_a_client_put_behind_it(
    world: World, alice: Client
) -> None:
    alice.leave()
    again = world.client("alice_")
    again.asks(f"NS IDENTIFY {PASSWORD}")
    assert again.session.account is not None
    assert again.asks("NS REGAIN") == [":alice_!~alice_@127.0.0.1 NICK :alice"]


def test_a_guest_with_the_name_gives_it_back(world: World, alice: Client) -> None:
    alice.asks("NICK elsewhere")
    guest = world.client("guest")
    user = guest.session.user
    assert user is not None
    # As it is when the operator has made the account while the guest was called so.
    event = NickChanged(user=user.id, source=user.source, nick="alice")
    world.hub.propose(event, puts=(nick_put("guest", None), nick_put("alice", user.id)))
    assert world.ledger.version(nick_key("alice"))
    assert said(alice.asks("NS GHOST"))[0].startswith("Your name is free")
    assert user.nick == "alice2"
    assert alice.asks("NS REGAIN") == [":elsewhere!~alice@127.0.0.1 NICK :alice"]
    assert said(alice.asks("NS REGAIN bob")) == ["That name isn't yours"]


def test_who_is_logged_in_with_a_new_password_can_come_again_with_it(world: World, alice: Client) -> None:
    assert said(alice.asks("NS SET PASSWORD :two words")) == ["Your password has been changed"]
    for line, works in (("alice open-sesame", False), ("alice two words", True), ("alice :two words", True)):
        client = world.client("guest")
        client.asks(f"NS IDENTIFY {line}")
        assert (client.session.account is not None) == works
        client.leave()
    world.restart()
    client = world.client("guest")
    client.asks(f"{BY_MESSAGE}IDENTIFY alice two words")
    assert client.session.account is not None


def test_the_certificate_of_this_connection(world: World, alice: Client) -> None:
    alice.session.fingerprint = "ab" * 32
    assert said(alice.asks("NS CERT ADD")) == [f"From now on {'ab' * 32} logs in to your account"]
    assert said(alice.asks("NS CERT"))[0] == f"{'ab' * 32} (this connection's)"
    for number in range(1, MOST_CERTIFICATES):
        alice.asks(f"NS CERT ADD {number:064x}")
    assert said(alice.asks(f"NS CERT ADD {'cd' * 32}")) == [
        f"An account may have {MOST_CERTIFICATES} certificates"
    ]


def test_answers_carry_the_label(world: World) -> None:
    bob = world.client("bob", caps="labeled-response batch message-tags")
    (answer,) = bob.asks("@label=x PRIVMSG NickServ :INFO carol")
    assert answer.startswith("@label=x :NickServ!")
    first, *lines, last = bob.asks(f"@label=y NS REGISTER {PASSWORD}")
    assert first.startswith(f"@label=y :{SERVER} BATCH +")
    assert len(lines) == 2
    assert last.startswith(f":{SERVER} BATCH -")
    first, *lines, last = bob.asks("@label=z CS")
    assert first.startswith(f"@label=z :{SERVER} BATCH +")


def test_a_message_of_several_lines_is_no_command(world: World) -> None:
    bob = world.client("bob", caps="batch draft/multiline message-tags")
    lines = bob.asks(
        "BATCH +1 draft/multiline NickServ",
        f"@batch=1 PRIVMSG NickServ :REGISTER {PASSWORD}",
        "@batch=1 PRIVMSG NickServ :x",
        "BATCH -1",
    )
    assert lines == [f":{SERVER} 401 bob NickServ :No such nick/channel"]
    assert bob.session.account is None


@pytest.mark.parametrize("front", ["NS :", BY_MESSAGE])
def test_a_password_has_the_spaces_that_were_typed(world: World, alice: Client, front: str) -> None:
    alice.asks(f"{front}SET PASSWORD two  spaces")
    bob = world.connection()
    bob.send("PASS :alice:two spaces")
    assert bob.session.account is None
    bob.send("PASS :alice:two  spaces")
    assert bob.session.account is not None
    carol = world.client("carol")
    carol.asks(f"{front}IDENTIFY alice two  spaces")
    assert carol.session.account is not None
    assert "is deleted" in said(carol.asks(f"{front}DROP two  spaces"))[0]
