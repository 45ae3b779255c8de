"""The first screen: servers, names, and what can go wrong."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest
from textual import events
from textual.pilot import Pilot

from hubbub.client.discovery import Found, Origin
from hubbub.tui.welcome import (
    Cancelled,
    CertificateAccepted,
    Chosen,
    Known,
    Left,
    Named,
    WelcomeScreen,
)
from tui.showing import Shown, rows, show, until

HERE = Found("kitchen", "127.0.0.1", 1313, False, Origin.HERE)
LAB = Found("lab", "127.0.0.1", 1314, False, Origin.HERE)
NEAR = Found("office", "fe80::1", 6697, True, Origin.NETWORK)


async def finds(*found: Sequence[Found]) -> AsyncIterator[Sequence[Found]]:
    for one in found:
        yield one


async def keeps_looking(*found: Sequence[Found]) -> AsyncIterator[Sequence[Found]]:
    for one in found:
        yield one
    await asyncio.Event().wait()


def heard(app: Shown) -> list[tuple[object, ...]]:
    """What the app was told, in short."""
    said: list[tuple[object, ...]] = []
    for event in app.heard:
        if isinstance(event, Chosen):
            said.append(("chosen", event.address))
        elif isinstance(event, Named):
            said.append(("named", event.name, event.account, event.password))
        elif isinstance(event, Left | Cancelled | CertificateAccepted):
            said.append((type(event).__name__.lower(),))
    return said


def text(app: Shown) -> str:
    return " ".join(" ".join(rows(app)).split())


def test_one_server_on_this_computer_means_one_question() -> None:
    screen = WelcomeScreen(keeps_looking([HERE]), name="alice")

    async def steps(app: Shown, pilot: Pilot[None]) -> None:
        await until(pilot, lambda: "What shall others call you?" in text(app))
        assert "hubbub · kitchen" in text(app)
        await pilot.press("enter")
        assert heard(app) == [("chosen", "127.0.0.1:1313"), ("named", "alice", "", "")]

    show(screen, steps)


def test_typing_replaces_the_usual_name_also_while_it_connects() -> None:
    screen = WelcomeScreen(keeps_looking([HERE]), name="alice")

    async def steps(app: Shown, pilot: Pilot[None]) -> None:
        await until(pilot, lambda: bool(heard(app)))
        screen.connecting("Connecting to kitchen…")
        await pilot.press(*"zoe", "enter")
        assert heard(app)[-1] == ("named", "zoe", "", "")

    show(screen, steps)


def test_the_only_one_on_the_network_is_taken_when_the_search_is_over() -> None:
    async def steps(app: Shown, pilot: Pilot[None]) -> None:
        await until(pilot, lambda: heard(app) == [("chosen", "[fe80::1]:6697")])

    show(WelcomeScreen(finds([], [NEAR]), name="alice"), steps)


def test_of_several_one_is_chosen() -> None:
    screen = WelcomeScreen(
        finds([HERE, LAB], [HERE, LAB, NEAR]), known=[Known("Libera", "ircs://irc.libera.chat")]
    )

    async def steps(app: Shown, pilot: Pilot[None]) -> None:
        await until(pilot, lambda: "office" in text(app))
        assert [row.split()[0] for row in rows(app, screen.choices)] == [
            "▌Libera",
            "kitchen",
            "lab",
            "office",
        ]
        await pilot.press("down", "down", "enter")
        assert heard(app) == [("chosen", "127.0.0.1:1314")]

    show(screen, steps)


def test_what_is_chosen_stays_so_while_more_are_found() -> None:
    more = asyncio.Event()

    async def found() -> AsyncIterator[Sequence[Found]]:
        yield [LAB, NEAR]
        await more.wait()
        yield [HERE, LAB, NEAR]

    screen = WelcomeScreen(found(), known=[Known("Libera", "ircs://irc.libera.chat")])

    async def steps(app: Shown, pilot: Pilot[None]) -> None:
        await until(pilot, lambda: "office" in text(app))
        await pilot.press("down")
        more.set()
        await until(pilot, lambda: "kitchen" in text(app))
        await pilot.press("enter")
        assert heard(app) == [("chosen", "127.0.0.1:1314")]

    show(screen, steps)


def test_an_address_can_be_typed_and_must_be_one() -> None:
    screen = WelcomeScreen(keeps_looking([HERE, LAB]))

    async def steps(app: Shown, pilot: Pilot[None]) -> None:
        await until(pilot, lambda: "lab" in text(app))
        await pilot.press(*"a:b", "enter")
        assert "'b' is not a port" in text(app)
        assert heard(app) == []
        await pilot.press("ctrl+u", *"chat.example.org:99", "enter")
        assert heard(app) == [("chosen", "chat.example.org:99")]

    show(screen, steps)


def test_without_a_server_it_says_how_to_start_one() -> None:
    async def steps(app: Shown, pilot: Pilot[None]) -> None:
        await until(pilot, lambda: "hubbub serve" in text(app))
        assert "Which server?" in text(app)
        await pilot.press("enter")
        assert heard(app) == []

    show(WelcomeScreen(finds([])), steps)


def named(**more: str) -> WelcomeScreen:
    return WelcomeScreen(address="chat.example.org", name="alice", **more)


def test_a_taken_name_comes_back_with_a_suggestion() -> None:
    screen = named()

    async def steps(app: Shown, pilot: Pilot[None]) -> None:
        await pilot.press("enter")
        screen.refused("alice", "Somebody has this name.", "alice2")
        await pilot.pause()
        assert "alice: Somebody has this name. alice2 is free: press Enter." in text(app)
        await pilot.press("enter")
        assert heard(app) == [("named", "alice", "", ""), ("named", "alice2", "", "")]

    show(screen, steps)


def test_a_taken_name_can_be_reclaimed_with_its_password() -> None:
    screen = named()

    async def steps(app: Shown, pilot: Pilot[None]) -> None:
        await pilot.press("enter")
        screen.refused("alice", "Somebody has this name", "alice2")
        await pilot.press("f2", *"secret")
        assert "secret" not in text(app)
        assert "Password of alice" in text(app)
        await pilot.press("enter")
        assert heard(app)[-1] == ("named", "alice", "alice", "secret")
        screen.login_refused("alice", "The password is wrong")
        await pilot.pause()
        assert "alice: The password is wrong." in text(app)
        await pilot.press("f2", "enter")
        assert heard(app)[-1] == ("named", "alice2", "", "")

    show(screen, steps)


def test_what_was_typed_meanwhile_is_kept() -> None:
    screen = named()

    async def steps(app: Shown, pilot: Pilot[None]) -> None:
        await pilot.press("enter", "end", "9")
        screen.refused("alice", "Somebody has this name", "alice2")
        await pilot.pause()
        assert screen.nick.value == "alice9"

    show(screen, steps)


@pytest.mark.parametrize(("name", "problem"), [("", "Type a name"), ("two words", "one word")])
def test_a_name_is_one_word(name: str, problem: str) -> None:
    screen = named()

    async def steps(app: Shown, pilot: Pilot[None]) -> None:
        screen.nick.value = name
        await pilot.press("enter")
        assert problem in text(app)
        assert heard(app) == []

    show(screen, steps)


def test_failures_are_said_and_enter_tries_again() -> None:
    screen = named()

    async def steps(app: Shown, pilot: Pilot[None]) -> None:
        await pilot.press("enter", "enter")
        assert len(heard(app)) == 1
        assert "Connecting to chat.example.org…" in text(app)
        screen.failed("Nothing listens there.", "Is the server running?")
        await pilot.pause()
        assert "! Nothing listens there. Is the server running?" in text(app)
        await pilot.press("enter")
        assert len(heard(app)) == 2

    show(screen, steps)


def test_a_changed_certificate_is_shown_and_only_f4_accepts_it() -> None:
    screen = named()
    before, now = "AB:" * 31 + "AB", "CD:" * 31 + "CD"

    async def steps(app: Shown, pilot: Pilot[None]) -> None:
        await pilot.press("enter")
        screen.certificate_changed("chat.example.org", before, now)
        await pilot.pause()
        assert text(app).count("AB") == 32
        assert text(app).count("CD") == 32
        await pilot.press("enter", "x")
        assert len(heard(app)) == 1
        await pilot.press("f4")
        assert heard(app)[-1] == ("certificateaccepted",)
        screen.certificate_changed("chat.example.org", before, now)
        await pilot.press("escape")
        assert heard(app)[-1] == ("cancelled",)
        assert screen.nick.value == "alice"

    show(screen, steps)


def test_escape_goes_back_step_by_step_and_loses_nothing() -> None:
    screen = WelcomeScreen(keeps_looking([HERE]), name="alice")

    async def steps(app: Shown, pilot: Pilot[None]) -> None:
        await until(pilot, lambda: bool(heard(app)))
        await pilot.press("end", "9", "enter", "escape")
        assert heard(app)[-1] == ("cancelled",)
        assert screen.nick.value == "alice9"
        await pilot.press("escape")
        assert "Where to?" in text(app)
        await pilot.press("escape")
        assert "Esc once more leaves" in text(app)
        assert ("left",) not in heard(app)
        await pilot.press("escape")
        assert heard(app)[-1] == ("left",)

    show(screen, steps)


def test_control_c_leaves_at_once() -> None:
    async def steps(app: Shown, pilot: Pilot[None]) -> None:
        await pilot.press("ctrl+c")
        assert heard(app) == [("left",)]

    show(named(), steps)


def test_hostile_names_of_servers_are_harmless() -> None:
    evil = Found("[red]\x1b[2J\u202e" + "語" * 100, "127.0.0.1", 1, False, Origin.HERE)

    async def steps(app: Shown, pilot: Pilot[None]) -> None:
        await until(pilot, lambda: "[red]" in text(app))
        assert not {"\x1b", "\u202e"} & set(text(app))

    show(WelcomeScreen(finds([evil, LAB])), steps)


@pytest.mark.parametrize("size", [(60, 15), (40, 15), (200, 60)])
def test_the_keys_are_in_view_at_every_size(size: tuple[int, int]) -> None:
    screen = named(problem="The connection was lost")

    async def steps(app: Shown, pilot: Pilot[None]) -> None:
        await pilot.press("f2")
        screen.refused("alice", "Somebody has this name", "alice2")
        await pilot.pause()
        assert "Enter comes in" in text(app)

    show(screen, steps, size=size)


def test_after_a_taken_name_what_is_typed_is_a_password_and_never_a_name() -> None:
    screen = named()

    async def steps(app: Shown, pilot: Pilot[None]) -> None:
        await pilot.press("enter")
        screen.refused("alice", "Somebody has this name", "alice2")
        await pilot.press(*"hunter2")
        assert "hunter2" not in text(app)
        await pilot.press("enter")
        assert heard(app)[-1] == ("named", "alice", "alice", "hunter2")

    show(screen, steps)


def test_a_taken_name_and_enter_is_the_other_name() -> None:
    screen = named()

    async def steps(app: Shown, pilot: Pilot[None]) -> None:
        await pilot.press("enter")
        screen.refused("alice", "Somebody has this name", "alice2")
        await pilot.press("enter")
        assert heard(app)[-1] == ("named", "alice2", "", "")

    show(screen, steps)


@pytest.mark.parametrize("key", ["escape", "f2"])
def test_a_known_account_is_asked_for_its_password_alone(key: str) -> None:
    screen = WelcomeScreen(name="Annie", address="chat.example.org", account="Ann")

    async def steps(app: Shown, pilot: Pilot[None]) -> None:
        assert "Password of Ann" in text(app)
        assert "What shall others call you?" not in text(app)
        await pilot.press("enter")
        assert "Type the password of Ann" in text(app)
        assert heard(app) == []
        await pilot.press(*"hunter2", "enter")
        assert "hunter2" not in text(app)
        assert heard(app) == [("named", "Annie", "Ann", "hunter2")]
        screen.login_refused("Ann", "The password is wrong")
        await pilot.press(key)
        assert "What shall others call you?" in text(app)
        await pilot.press("ctrl+u", *"guest", "enter")
        assert heard(app)[-1] == ("named", "guest", "", "")
        assert app.heard[-1].as_guest

    show(screen, steps)


def test_keys_that_come_at_once_are_taken_in_order() -> None:
    screen = named()

    async def steps(app: Shown, pilot: Pilot[None]) -> None:
        for key, letter in [("ctrl+u", "\x15"), ("z", "z"), ("x", "x"), ("backspace", "\x7f"), ("o", "o")]:
            app.post_message(events.Key(key, letter))
        await until(pilot, lambda: screen.nick.value == "zo")

    show(screen, steps)
