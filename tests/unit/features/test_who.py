"""WHO and WHOX.  Modern IRC, WHO and RPL_WHOREPLY; https://ircv3.net/specs/extensions/whox"""

from __future__ import annotations

import pytest

from hubbub.features import who
from hubworld import SERVER, Client, World


def nicks(lines: list[str]) -> list[str]:
    """The nicks of the 352 lines; the last line must be the end."""
    *found, end = [line.split(" ") for line in lines]
    assert end[1] == "315"
    assert all(words[1] == "352" for words in found)
    return [words[7] for words in found]


def end(mask: str, nick: str = "alice") -> str:
    return f":test.example 315 {nick} {mask} :End of WHO list"


def make_operator(client: Client) -> None:
    assert client.session.user is not None
    client.session.user.modes.add("o")
    client.session.is_operator = True


def test_a_nick_gives_one_person(world: World) -> None:
    alice = world.client("alice")
    world.client("bob", realname="Bob B.")
    assert alice.asks("WHO BOB") == [
        ":test.example 352 alice * ~bob 127.0.0.1 test.example bob H :0 Bob B.",
        end("BOB"),
    ]


def test_a_room_gives_its_members_with_their_prefix(world: World) -> None:
    """ "If the WHO command was given a channel, then the same channel MUST be returned in <channel>" """
    alice = world.client("alice", rooms="#tea")
    world.client("bob", rooms="#tea")
    assert alice.asks("WHO #tea") == [
        ":test.example 352 alice #tea ~alice 127.0.0.1 test.example alice H@ :0 alice",
        ":test.example 352 alice #tea ~bob 127.0.0.1 test.example bob H :0 bob",
        end("#tea"),
    ]


def test_flags_stand_in_the_order_of_the_specification(world: World) -> None:
    alice, bob = world.client("alice"), world.client("bob", rooms="#tea")
    bob.send("MODE #tea +v bob", "AWAY :gone")
    make_operator(bob)
    assert " bob G*@ :0 " in alice.asks("WHO #tea")[0]
    alice.send("CAP REQ :multi-prefix")
    assert " bob G*@+ :0 " in alice.asks("WHO #tea")[0]


def test_masks_match_all_that_is_known_of_somebody(world: World) -> None:
    alice = world.client("alice")
    world.client("bob", realname="Robert Zimmerman", ip="192.0.2.7")
    world.client("carol")
    for mask in ("b?b", "~bo*", "192.0.2.*", "*Zimmer*", "bob!*@*"):
        assert nicks(alice.asks(f"WHO {mask}")) == ["bob"], mask
    assert nicks(alice.asks("WHO c*")) == ["carol"]
    assert nicks(alice.asks("WHO nobody")) == []


@pytest.mark.parametrize(("question", "mask"), [("WHO", "*"), ("WHO *", "*"), ("WHO 0", "0")])
def test_everybody(world: World, question: str, mask: str) -> None:
    alice = world.client("alice")
    world.client("bob")
    lines = alice.asks(question)
    assert nicks(lines) == ["alice", "bob"]
    assert lines[-1] == end(mask)


def test_the_invisible_are_shown_to_those_who_share_a_room_only(world: World) -> None:
    alice = world.client("alice", rooms="#tea")
    bob = world.client("bob", rooms="#tea")
    carol = world.client("carol")
    bob.send("MODE bob +i")
    assert nicks(alice.asks("WHO *")) == ["alice", "bob", "carol"]
    assert nicks(carol.asks("WHO *")) == ["alice", "carol"]
    assert nicks(carol.asks("WHO #tea")) == ["alice"]
    assert nicks(bob.asks("WHO b*")) == ["bob"]
    make_operator(carol)
    assert nicks(carol.asks("WHO *")) == ["alice", "bob", "carol"]


def test_an_invisible_person_is_found_by_the_exact_nick_but_not_their_rooms(world: World) -> None:
    alice, bob = world.client("alice"), world.client("bob", rooms="#tea")
    assert alice.asks("WHO bob")[0].split(" ")[3] == "#tea"
    bob.send("MODE bob +i")
    assert alice.asks("WHO bob")[0].split(" ")[3] == "*"


def test_secret_rooms_are_hidden_from_outsiders(world: World) -> None:
    alice, bob = world.client("alice"), world.client("bob", rooms="#den")
    bob.send("MODE #den +s")
    assert alice.asks("WHO #den") == [end("#den")]
    assert alice.asks("WHO bob")[0].split(" ")[3] == "*"
    alice.send("JOIN #den")
    assert nicks(alice.asks("WHO #den")) == ["bob", "alice"]
    assert alice.asks("WHO bob")[0].split(" ")[3] == "#den"


def test_a_common_room_is_named_before_others(world: World) -> None:
    alice = world.client("alice", rooms="#two")
    world.client("bob", rooms="#one,#two")
    assert alice.asks("WHO bob")[0].split(" ")[3] == "#two"


def test_operators_only(world: World) -> None:
    alice, bob = world.client("alice"), world.client("bob")
    make_operator(bob)
    assert nicks(alice.asks("WHO * o")) == ["bob"]
    assert nicks(alice.asks("WHO alice o")) == []
    assert alice.asks("WHO * o%n") == [":test.example 354 alice bob", end("*")]


def test_a_room_that_is_not_there_has_nobody(world: World) -> None:
    assert world.client("alice").asks("WHO #none") == [end("#none")]


@pytest.mark.parametrize("mask", [":a b", "::x", ":"])
def test_an_unwritable_mask_does_not_break_the_reply(world: World, mask: str) -> None:
    [line] = world.client("alice").asks(f"WHO {mask}")[-1:]
    assert line in (end("*"), end("0:x"))


def test_no_line_is_longer_than_512_bytes() -> None:
    world = World({"limits.realname": 400})
    alice = world.client("alice", realname="é" * 180, rooms=f"#{'é' * 60}")
    questions = (f"WHO {'x' * 500}", "WHO alice", "WHO alice %tcuihsnfdlaopr,123")
    lines = alice.asks(*questions)
    assert len(lines) == 5
    assert max(len(line.encode()) for line in lines) in (509, 510)


def test_a_mask_gives_a_bounded_number(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(who, "MOST", 2)
    alice = world.client("alice")
    for nick in ("bob", "carol"):
        world.client(nick)
    assert nicks(alice.asks("WHO *")) == ["alice", "bob"]


def test_a_labelled_answer_is_one_batch(world: World) -> None:
    alice = world.client("alice", caps="labeled-response batch")
    lines = alice.asks("@label=7 WHO alice")
    assert lines[0] == "@label=7 :test.example BATCH +b1 labeled-response"
    assert [line.split(" ")[2] for line in lines[1:3]] == ["352", "315"]


# -- WHOX ---------------------------------------------------------------------------------------------------


def fields(client: Client, question: str) -> str:
    """What comes after the nick in the only 354."""
    line, last = client.asks(question)
    assert " 315 " in last
    start = f":{SERVER} 354 {client.session.display_nick}"
    assert line.startswith(start)
    return line.removeprefix(start).lstrip()


def test_all_fields_come_in_the_order_of_the_specification(world: World) -> None:
    alice = world.client("alice", rooms="#tea")
    world.client("bob", rooms="#tea", realname="Bob B.", ip="192.0.2.7")
    alice.received()
    world.clock.advance(90)
    expected = "42 #tea ~bob 192.0.2.7 192.0.2.7 test.example bob H 0 90 0 n/a :Bob B."
    assert fields(alice, "WHO bob %tcuihsnfdlaor,42") == expected
    assert fields(alice, "WHO bob %roaldfnshiuct,42") == expected


def test_exactly_the_wanted_fields_are_sent(world: World) -> None:
    alice = world.client("alice")
    world.client("bob", realname="Bob B.")
    assert fields(alice, "WHO bob %n") == "bob"
    assert fields(alice, "WHO bob %cuhnar") == "* ~bob 127.0.0.1 bob 0 :Bob B."
    assert fields(alice, "WHO bob %nnn") == "bob"
    assert fields(alice, "WHO bob %xyzn") == "bob"
    assert fields(alice, "WHO bob %") == ""


@pytest.mark.parametrize("token", ["", ",", ",abc", ",1234", ",-1", ",1 2"])
def test_an_invalid_token_is_replaced(world: World, token: str) -> None:
    alice = world.client("alice")
    assert fields(alice, f"WHO alice :%tn{token}") == "0 alice"


def test_an_account_is_shown(world: World) -> None:
    alice = world.client("alice")
    assert alice.session.user is not None
    alice.session.user.account = "al"
    assert fields(alice, "WHO alice %na") == "alice al"


def test_addresses_are_shown_to_those_who_may_see_them() -> None:
    world = World({"server.show_addresses": "operators"}, cloak=lambda ip: "cloaked.host")
    alice = world.client("alice", ip="192.0.2.7")
    bob = world.client("bob")
    port = alice.session.peer_address.rpartition(":")[2]
    # "255.255.255.255 is used for [ip] when the server refuses to disclose the IP address"
    assert fields(bob, "WHO alice %ihpr") == "255.255.255.255 cloaked.host * :alice"
    shown = f"192.0.2.7 cloaked.host 192.0.2.7:{port} :alice"
    assert fields(alice, "WHO alice %ihpr") == shown
    make_operator(bob)
    assert fields(bob, "WHO alice %ihpr") == shown


def test_ipv6_addresses_never_begin_a_trailing_parameter(world: World) -> None:
    """ "IPv6 addresses such as "::1" are prefixed with a zero" """
    alice = world.client("alice", ip="::1")
    assert fields(alice, "WHO alice %ihn") == "0::1 0::1 alice"
    assert " 0::1 test.example alice " in alice.asks("WHO alice")[0]


def test_it_is_announced(world: World) -> None:
    assert any(" WHOX " in line for line in world.client("alice").asks("VERSION"))
