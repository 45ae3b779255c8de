"""HELP against Modern IRC, HELP: 704, an empty 705, more 705, and the last line as 706."""

from __future__ import annotations

import msgspec
import pytest

from hubbub.config import Operator
from hubbub.core.command import COMMANDS
from hubbub.core.modes import CHANNEL_MODE_HELP, USER_MODE_HELP
from hubworld import SERVER, World, commands_of


def text_of(lines: list[str]) -> list[str]:
    return [line.split(" :", 1)[1] for line in lines]


def test_a_command(world: World) -> None:
    assert world.client("alice").asks("HELP part") == [
        f":{SERVER} 704 alice part :** The PART command **",
        f":{SERVER} 705 alice part :",
        f":{SERVER} 705 alice part :PART <room>{{,<room>}} [:<reason>]",
        f":{SERVER} 706 alice part :Leave rooms.",
    ]


@pytest.mark.parametrize("verb", ["HELP", "HELPOP"])
def test_without_a_subject_all_that_one_may_do_is_listed(world: World, verb: str) -> None:
    lines = world.client("alice").asks(verb)
    assert all(line.startswith(f":{SERVER} 70") and line.split(" ")[3] == "*" for line in lines)
    words = " ".join(text_of(lines)).split(" ")
    assert {"JOIN", "LIST"} <= set(words)
    assert "KILL" not in words


def test_operators_are_shown_theirs(world: World) -> None:
    operators = (Operator(name="ann", password="sesame"),)
    world.hub.settings = msgspec.structs.replace(world.settings, operators=operators)
    alice = world.client("alice")
    alice.send("OPER ann sesame")
    assert "KILL" in " ".join(text_of(alice.asks("HELP"))).split(" ")


def test_unknown_subjects(world: World) -> None:
    alice = world.client("alice")
    assert alice.asks("HELP nonsense") == [f":{SERVER} 524 alice nonsense :No help available on this topic"]
    for subject in (":unknown subject", "::x"):
        assert alice.asks(f"HELP {subject}") == [f":{SERVER} 524 alice * :No help available on this topic"]


def test_modes(world: World) -> None:
    lines = world.client("alice").asks("HELP CMODES")
    assert commands_of(lines)[:2] == ["704", "705"]
    assert commands_of(lines)[-1] == "706"
    assert "t  Only channel operators may change the topic" in text_of(lines)
    assert "i  Invisible to people who share no room with you" in text_of(
        world.client("bob").asks("HELP umodes")
    )


@pytest.mark.parametrize("verb", sorted(COMMANDS))
def test_every_command_has_help_that_fits_in_lines(world: World, verb: str) -> None:
    lines = world.client("alice").asks(f"HELP {verb}")
    found = commands_of(lines)
    assert found[:2] == ["704", "705"]
    assert set(found[2:-1]) == {"705"}
    assert found[-1] == "706"
    assert all(len(line.encode()) <= 510 for line in lines)
    assert text_of(lines)[2].startswith(verb) or verb in {"HELPOP", "NICKSERV", "CHANSERV"}


def test_every_mode_is_explained() -> None:
    assert all(CHANNEL_MODE_HELP.values())
    assert all(USER_MODE_HELP.values())
