"""Whose names are taken for NickServ's and ChanServ's, and what is a message to them."""

from __future__ import annotations

import pytest

from hubbub.core.services import resembles_service, verb_of, words_of
from hubworld import SERVER, World

IN_ASCII = "NickServ chanserv N1ckServ NlckServ Nick5erv N!ckServ NickServ_ _ChanServ|"
IN_OTHER_LETTERS = "NickSеrv Сhanserv ＮｉｃｋＳｅｒｖ"


@pytest.mark.parametrize("nick", f"{IN_ASCII} {IN_OTHER_LETTERS}".split())
def test_names_that_people_would_take_for_a_service(nick: str) -> None:
    assert resembles_service(nick)


@pytest.mark.parametrize("nick", ["nick", "serv", "NickServer", "MyNickServ", "alice", "Nick", "_"])
def test_other_names(nick: str) -> None:
    assert not resembles_service(nick)


@pytest.mark.parametrize(
    ("target", "verb"),
    [
        ("NickServ", "NS"),
        ("CHANSERV", "CS"),
        (f"NickServ@{SERVER}", "NS"),
        (f"nickserv@services.{SERVER}", "NS"),
        ("NickServ@elsewhere.example", ""),
        ("NickServ@", ""),
        ("NickServ_", ""),
        ("alice", ""),
    ],
)
def test_what_is_written_to_a_service(target: str, verb: str) -> None:
    assert verb_of(World().hub, target) == verb


def test_the_servers_name_in_other_letters() -> None:
    world = World({"server.name": "Chat.Example"})
    assert verb_of(world.hub, "NickServ@chat.example") == verb_of(world.hub, "NickServ@Chat.Example") == "NS"
    assert verb_of(world.hub, "NickServ@services.Chat.Example") == "NS"


def test_words_come_as_one_parameter_or_as_several() -> None:
    assert words_of(("IDENTIFY alice a  b",)) == ["IDENTIFY", "alice", "a", "b"]
    assert words_of(("SET", "PASSWORD", "a  b")) == ["SET", "PASSWORD", "a  b"]
    assert words_of(()) == words_of(("",)) == []
