"""Commands about a message or a place: which one is meant."""

from __future__ import annotations

from typing import Any

import pytest

from hubbub.client.events import Phase
from hubbub.client.lines import Delivery, Kind, Line
from tui.noted_desk import NOW_MS, make_desk, say

# -- where one is --------------------------------------------------------------------------------------------


def test_in_a_direct_conversation() -> None:
    desk = make_desk("bob")
    desk.type("/whois")
    assert desk.sent() == ["WHOIS bob bob"]
    desk.type("/reply hello")
    desk.type("bob: hello")
    assert desk.told == []
    desk.type("/kick bob")
    assert desk.refused == ["This is no room. /join #name takes you into one, /rooms lists them."]


def test_closing_a_direct_conversation_leaves_nothing() -> None:
    desk = make_desk("bob")
    desk.type("/close")
    assert desk.sent() == []
    assert desk.session.chat.find("bob") is None


def test_where_the_server_speaks_nothing_can_be_said() -> None:
    desk = make_desk("")
    for typed in ("/say hi", "/me waves", "/part", "/close", "/upload x"):
        desk.type(typed)
    assert len(desk.refused) == 5
    assert desk.sent() == []


def test_without_a_connection() -> None:
    desk = make_desk()
    desk.session.phase = Phase.WAITING
    desk.type("/whois bob")
    desk.type("/register x")
    desk.type("/cycle")
    desk.type("nickserv: identify secret")
    assert desk.refused[-1:] == ["There is no connection."]
    assert desk.refused[:-1] == ["There is no connection.", *["There is no connection at the moment."] * 2]


def test_on_a_server_that_can_do_little() -> None:
    desk = make_desk()
    desk.session.chat.capabilities = {}
    desk.session.chat.offered = {}
    desk.session.chat.tokens = {}
    for typed in (
        "/edit x",
        "/delete",
        "/react :+1:",
        "/search x",
        "/history",
        "/upload",
        "/status x",
        "/claim x",
    ):
        desk.type(typed)
    assert desk.refused == [
        "This server can't change what was said.",
        "This server can't take messages back.",
        "This server can't carry reactions.",
        "This server can't search; /lastlog words looks through what is loaded here.",
        "This server can't show what was said before.",
        "This server takes no files (it announces no place for them, FILEHOST).",
        "This server can't show others a status; /away text does something like it.",
        "This server can't keep names; on some /msg NickServ HELP says how.",
    ]
    desk.type("who")
    assert desk.sent() == ["WHO #tea"]


# -- which message -------------------------------------------------------------------------------------------


def test_the_focused_message_is_meant_where_no_number_is_given() -> None:
    desk = make_desk()
    desk.focused = desk.conversation.timeline.find("m1")
    desk.type("/delete")
    desk.type("/delete yes")
    desk.type("/re ok")
    desk.type("/copy")
    assert desk.sent() == ["REDACT #tea m1", "@+reply=m1;+draft/reply=m1 PRIVMSG #tea :ok"]
    assert desk.notes[0][1].startswith("good tea")


def test_numbers_count_what_is_said_and_shown() -> None:
    desk = make_desk()
    desk.conversation.timeline.append(Line(Kind.JOIN, NOW_MS, "eve"))
    say(desk.conversation, "eve", "spam", 9)
    desk.session.chat.ignored.add("eve")
    desk.type("/copy 1")
    assert desk.notes[0][1].startswith("see (")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"redacted": True}, "That message was taken back."),
        ({"delivery": Delivery.PENDING}, "That message is still on its way."),
        ({"delivery": Delivery.FAILED}, "That message was not sent."),
        ({"msgid": ""}, "This server gives messages no ids, so nobody can say which one is meant."),
    ],
)
def test_a_message_that_the_server_does_not_know(change: dict[str, Any], reason: str) -> None:
    desk = make_desk()
    line = desk.conversation.timeline.find("m3")
    assert line is not None
    for name, value in change.items():
        setattr(line, name, value)
    desk.type("/react 1 :+1:")
    assert desk.refused == [reason]


def test_what_somebody_else_said_is_taken_back_only_after_a_yes() -> None:
    desk = make_desk()
    desk.type("/delete 1 rude")
    assert desk.refused == [
        'carol said that: "see (https://example.org/a_(b))". /delete 1 yes takes it back; a reason may follow.'
    ]
    desk.type("/delete 1 yes rude")
    assert desk.sent() == ["REDACT #tea m3 rude"]
    desk.type("/delete 1 yes")
    assert len(desk.refused) == 2
    assert not desk.sent()


def test_a_yes_is_only_for_the_message_that_was_asked_about() -> None:
    desk = make_desk()
    desk.type("/delete 1")
    say(desk.conversation, "dan", "meanwhile", 9)
    desk.type("/delete 1 yes")
    assert desk.refused[-1].startswith('dan said that: "meanwhile".')
    assert not desk.sent()


def test_one_can_join_a_reaction_that_is_only_a_word() -> None:
    desk = make_desk()
    line = desk.conversation.timeline.find("m3")
    assert line is not None
    line.reactions["lol"] = ["bob"]
    desk.type("/react lol")
    assert "+draft/react=lol" in desk.sent()[0]


def test_a_second_reaction_takes_the_first_back() -> None:
    desk = make_desk()
    line = desk.conversation.timeline.find("m3")
    assert line is not None
    line.reactions["👍"] = ["Alice"]
    desk.type("/react 👍")
    assert "+draft/unreact=👍" in desk.sent()[0]
