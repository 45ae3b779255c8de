"""Live text between clients of ours, on a server without sockets."""

from __future__ import annotations

import pytest

from clientworld import Chatting, all_run
from hubbub.client.events import LiveChanged
from hubbub.client.sending import NothingToSend
from hubbub.irc.wire import parse
from hubworld import World


@pytest.fixture
def world() -> World:
    return World({"rooms.default": "#tea", "live.rooms": ["#tea"]})


@pytest.fixture
def people(world: World) -> tuple[Chatting, Chatting]:
    alice, bob = Chatting(world, "alice"), Chatting(world, "bob")
    all_run(alice, bob)
    world.clock.advance(1)
    all_run(alice, bob)
    return alice, bob


def passes(world: World, seconds: float, *people: Chatting) -> None:
    """Time, as those who own connections see to it."""
    end = world.clock() + int(seconds * 1000)
    while True:
        dues = [due for person in people if (due := person.session.live.due()) is not None]
        at = min([*dues, end])
        if at > end:
            at = end
        world.clock.advance(max(at - world.clock(), 0) / 1000)
        for person in people:
            person.session.live.tick()
        all_run(*people)
        if at >= end:
            return


def on(person: Chatting, name: str = "") -> None:
    person.session.live.want(True, name)
    person.run()


def types(person: Chatting, name: str, text: str, *, pasted: bool = False) -> None:
    person.session.live.typed(person.conversation(name), text, pasted=pasted)
    person.run()


def sees(person: Chatting, name: str) -> list[tuple[str, str]]:
    person.run()
    return [(typed.nick, typed.text) for typed in person.session.live.lines(person.conversation(name))]


def test_both_see_each_other(world: World, people: tuple[Chatting, Chatting]) -> None:
    alice, bob = people
    on(alice, "#tea")
    on(bob, "#tea")
    types(alice, "#tea", "h")
    types(bob, "#tea", "y")
    assert sees(bob, "#tea") == [("alice", "h")]
    assert sees(alice, "#tea") == [("bob", "y")]
    world.clock.advance(0.03)
    types(alice, "#tea", "he")
    assert sees(bob, "#tea") == [("alice", "h")]
    passes(world, 0.2, alice, bob)
    assert sees(bob, "#tea") == [("alice", "he")]
    assert bob.told(LiveChanged)
    alice.say("#tea", "hello")
    bob.run()
    assert sees(bob, "#tea") == []
    assert bob.texts("#tea") == alice.texts("#tea") == ["hello"]
    types(alice, "#tea", "n")
    assert sees(bob, "#tea") == [("alice", "n")]


def test_only_who_shares_sees(world: World, people: tuple[Chatting, Chatting]) -> None:
    alice, bob = people
    on(alice)
    types(alice, "#tea", "h")
    assert sees(bob, "#tea") == []
    assert list(bob.conversation("#tea").typing) == ["alice"]
    assert alice.session.live.audience(alice.conversation("#tea")).number == 0
    on(bob)
    passes(world, 0.2, alice, bob)
    assert alice.session.live.audience(alice.conversation("#tea")) == (1, ("bob",))
    assert sees(bob, "#tea") == [("alice", "h")]


def test_where_nobody_sees_it_few_letters_leave(world: World, people: tuple[Chatting, Chatting]) -> None:
    alice, _ = people
    on(alice)
    for number in range(40):
        world.clock.advance(0.1)
        alice.session.live.typed(alice.conversation("#tea"), "x" * (number + 1))
        alice.session.live.tick()
    sent = [message for message in alice.session.take_messages() if message.command == "TAGMSG"]
    assert len(sent) == 1


def test_in_private_too(world: World, people: tuple[Chatting, Chatting]) -> None:
    alice, bob = people
    alice.session.converse("bob")
    on(alice, "bob")
    on(bob, "alice")
    types(alice, "bob", "psst")
    assert sees(bob, "alice") == [("alice", "psst")]
    types(alice, "#tea", "loud")
    assert sees(bob, "#tea") == []


def test_the_typist_is_not_shown_to_who_ignores_them(world: World, people: tuple[Chatting, Chatting]) -> None:
    alice, bob = people
    on(alice)
    on(bob)
    bob.session.ignore("alice", True)
    types(alice, "#tea", "h")
    assert sees(bob, "#tea") == []


def test_it_is_taken_back(world: World, people: tuple[Chatting, Chatting]) -> None:
    alice, bob = people
    on(alice)
    on(bob)
    types(alice, "#tea", "no")
    assert sees(bob, "#tea") == [("alice", "no")]
    types(alice, "#tea", "")
    passes(world, 0.2, alice, bob)
    assert sees(bob, "#tea") == []
    types(alice, "#tea", "yes")
    passes(world, 0.2, alice, bob)
    alice.session.live.want(False)
    all_run(alice, bob)
    assert sees(bob, "#tea") == []
    types(alice, "#tea", "secret")
    passes(world, 1, alice, bob)
    assert sees(bob, "#tea") == []


def test_who_goes_types_no_more(world: World, people: tuple[Chatting, Chatting]) -> None:
    alice, bob = people
    on(alice)
    on(bob)
    types(alice, "#tea", "by")
    alice.lose()
    bob.run()
    assert sees(bob, "#tea") == []
    alice.connect()
    all_run(alice, bob)
    types(alice, "#tea", "back")
    passes(world, 0.2, alice, bob)
    assert sees(bob, "#tea") == [("alice", "back")], "what one wants is said again on a new connection"


def test_who_comes_late_sees_all_of_it(world: World, people: tuple[Chatting, Chatting]) -> None:
    alice, bob = people
    on(alice)
    on(bob)
    types(alice, "#tea", "long story")
    carol = Chatting(world, "carol")
    on(carol)
    passes(world, 0.5, alice, bob, carol)
    assert sees(carol, "#tea") == [("alice", "long story")]


def test_a_name_that_changes(world: World, people: tuple[Chatting, Chatting]) -> None:
    alice, bob = people
    on(alice)
    on(bob)
    types(alice, "#tea", "hi")
    alice.session.take_name("alicia")
    all_run(alice, bob)
    assert sees(bob, "#tea") == [("alicia", "hi")]
    alice.say("#tea", "hi!")
    bob.run()
    assert sees(bob, "#tea") == []


def test_the_room_decides(world: World, people: tuple[Chatting, Chatting]) -> None:
    alice, bob = people
    alice.session.join("#own")
    all_run(alice, bob)
    bob.session.join("#own")
    on(alice)
    on(bob)
    all_run(alice, bob)
    own = alice.conversation("#own")
    assert not alice.session.live.is_on(own)
    types(alice, "#own", "h")
    assert sees(bob, "#own") == []
    alice.session.ask("MODE", "#own", "+L")
    all_run(alice, bob)
    assert alice.session.live.is_on(own)
    types(alice, "#own", "he")
    assert sees(bob, "#own") == [("alice", "he")]
    alice.session.ask("MODE", "#own", "-L")
    all_run(alice, bob)
    assert sees(bob, "#own") == []
    assert not alice.session.live.is_on(own)


def test_a_slow_room_has_none_until_it_is_fast_again(world: World, people: tuple[Chatting, Chatting]) -> None:
    alice, bob = people
    on(alice)
    on(bob)
    alice.session.join("#own")
    alice.run()
    bob.session.join("#own")
    all_run(alice, bob)
    own = alice.conversation("#own")
    for changes, is_on in ((["+L"], True), (["+S", "10"], False), (["-S"], True)):
        alice.session.ask("MODE", "#own", *changes)
        all_run(alice, bob)
        assert alice.session.live.is_on(own) is is_on, changes


def test_a_refusal_is_told_to_who_asked(people: tuple[Chatting, Chatting]) -> None:
    alice, _ = people
    alice.session.join("#own")
    alice.run()
    request = alice.session.live.want(True, "#own")
    alice.run()
    assert request.failed
    assert "MODE #own +L" in request.failure
    assert not alice.session.live.is_wanted("#own")


def test_nothing_of_it_is_kept(world: World, people: tuple[Chatting, Chatting]) -> None:
    alice, bob = people
    on(alice)
    on(bob)
    for number in range(1, 6):
        types(alice, "#tea", "zebra"[:number])
        passes(world, 0.2, alice, bob)
    assert b"zebr" not in b"".join(fact.body for fact in world.ledger._facts.values())


# -- what was pasted waits, whatever happens meanwhile ---------------------------------------------------------


def shown_to(bob: Chatting, world: World, *people: Chatting) -> str:
    passes(world, 0.5, *people, bob)
    return "".join(text for _, text in sees(bob, "#tea"))


def test_what_was_pasted_before_it_was_switched_on_waits(
    world: World, people: tuple[Chatting, Chatting]
) -> None:
    alice, bob = people
    on(bob)
    types(alice, "#tea", "secret", pasted=True)
    on(alice)
    types(alice, "#tea", "secret?")
    assert shown_to(bob, world, alice) == "?"


def test_what_was_pasted_waits_over_a_lost_connection(
    world: World, people: tuple[Chatting, Chatting]
) -> None:
    alice, bob = people
    on(alice)
    on(bob)
    types(alice, "#tea", "secret", pasted=True)
    alice.lose()
    alice.connect()
    all_run(alice, bob)
    types(alice, "#tea", "secret?")
    assert shown_to(bob, world, alice) == "?"


def test_what_was_pasted_waits_when_something_else_is_said(
    world: World, people: tuple[Chatting, Chatting]
) -> None:
    alice, bob = people
    on(alice)
    on(bob)
    types(alice, "#tea", "see secret", pasted=True)
    alice.say("#tea", "a link that was ready just now")
    types(alice, "#tea", "see secret?")
    assert shown_to(bob, world, alice) == "?"


def test_a_command_is_not_shown(world: World, people: tuple[Chatting, Chatting]) -> None:
    alice, bob = people
    on(alice)
    on(bob)
    tea = alice.conversation("#tea")
    types(alice, "#tea", "me")
    assert shown_to(bob, world, alice) == "me"
    alice.session.live.typed(tea, "/me", said=False)
    assert shown_to(bob, world, alice) == ""
    types(alice, "#tea", "me!")
    assert shown_to(bob, world, alice) == "me!"


def test_what_can_not_be_said_does_not_end_the_line(world: World, people: tuple[Chatting, Chatting]) -> None:
    alice, bob = people
    on(alice)
    on(bob)
    types(alice, "#tea", " h")
    passes(world, 0.5, alice, bob)
    [before] = bob.session.live.lines(bob.conversation("#tea"))
    with pytest.raises(NothingToSend):
        alice.session.say(alice.conversation("#tea"), "  ")
    types(alice, "#tea", " hi")
    assert shown_to(bob, world, alice) == " hi"
    assert bob.session.live.lines(bob.conversation("#tea")) == [before]


# -- people come and go ----------------------------------------------------------------------------------------


def test_who_comes_back_is_shown_letters_again(world: World, people: tuple[Chatting, Chatting]) -> None:
    alice, bob = people
    alice.session.converse("bob")
    on(alice, "bob")
    on(bob, "alice")
    bob.lose()
    world.clock.advance(120)
    all_run(alice)
    assert not alice.session.live.is_on(alice.conversation("bob")), "nobody is there"
    bob.connect()
    all_run(alice, bob)
    types(alice, "bob", "psst")
    passes(world, 0.5, alice, bob)
    assert sees(bob, "alice") == [("alice", "psst")]


def test_who_was_left_out_stays_so_when_they_come_back(
    world: World, people: tuple[Chatting, Chatting]
) -> None:
    alice, bob = people
    on(alice)
    on(bob)
    alice.session.live.want(False, "bob")
    all_run(alice, bob)
    bob.lose()
    world.clock.advance(120)
    all_run(alice)
    bob.connect()
    all_run(alice, bob)
    types(alice, "#tea", "about bob")
    assert shown_to(bob, world, alice) == ""


def test_more_than_is_passed_on_is_not_repeated_at_once(
    world: World, people: tuple[Chatting, Chatting]
) -> None:
    alice, bob = people
    on(alice)
    on(bob)
    types(alice, "#tea", "much")
    passes(world, 0.5, alice, bob)
    due = alice.session.live.due()
    alice.session.received(parse(":server FAIL TAGMSG LIVE_TOO_MUCH #tea :slower"))
    assert alice.session.live.due() == due


def test_what_is_written_to_a_service_is_never_typed_live(people: tuple[Chatting, Chatting]) -> None:
    alice, _ = people
    on(alice)
    alice.session.converse("NickServ")
    assert not alice.session.live.is_on(alice.conversation("NickServ"))
    alice.session.live.typed(alice.conversation("NickServ"), "identify s3cret")
    assert not [message for message in alice.session.take_messages() if message.command == "TAGMSG"]
