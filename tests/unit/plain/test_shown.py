"""What IRC messages look like to somebody who reads lines, as a table."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.irc.wire import Message, parse
from hubbub.plain.shown import room_of, shown, to_duration, to_names, to_person


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (":alice!a@h PRIVMSG #lobby :hello there", "alice: hello there"),
        (":alice!a@h PRIVMSG #lobby :\x01ACTION waves\x01", "* alice waves"),
        (":alice!a@h PRIVMSG bob :\x01VERSION\x01", "alice asked for VERSION (CTCP), "
         "which a plain line can't answer"),
        (":alice!a@h NOTICE #lobby :beep", "[notice] alice: beep"),
        (":irc.example NOTICE * :going down", "[server] going down"),
        (":alice!a@h JOIN #lobby", "alice joined"),
        (":alice!a@h PART #lobby", "alice left"),
        (":alice!a@h PART #lobby :tired", "alice left (tired)"),
        (":alice!a@h QUIT :Quit: tired", "alice left (tired)"),
        (":alice!a@h QUIT :Quit", "alice left"),
        (":alice!a@h QUIT :Quit: ", "alice left"),
        (":alice!a@h QUIT :Ping timeout", "alice left (Ping timeout)"),
        (":alice!a@h NICK al", "alice is now called al"),
        (":alice!a@h TOPIC #lobby :tea", "alice set the topic: tea"),
        (":alice!a@h TOPIC #lobby :", "alice removed the topic"),
        (":alice!a@h KICK #lobby bob :rude", "alice put bob out of the room (rude)"),
        (":alice!a@h MODE #lobby +o-v bob carol", "bob is now operator; carol has no voice any more (by alice)"),
        (":alice!a@h MODE #lobby +lk-b 5 secret *!*@h", "at most 5 people may come in; "
         "the room needs a key now; *!*@h is no longer banned (by alice)"),
        (":alice!a@h MODE #lobby +i-m+Z", "the room is for the invited only now; "
         "everybody may speak again; mode +Z (by alice)"),
        ("ERROR :Closing link: 127.0.0.1 (be nice)", "The server closed the connection: be nice"),
        ("ERROR :Closing link: (restarting)", "The server closed the connection: Closing link: (restarting)"),
        ("FAIL JOIN BAD #x :No way in", "No way in"),
        ("WARN * X :Careful", "Warning: Careful"),
        (":s 403 me #x :No such channel", "There is no room #x."),
        (":s 475 me #x :Bad key", "#x needs its key: /join #x key"),
        (":s 301 me bob :at lunch", "bob is away: at lunch"),
        (":s 317 me bob 125 1700000000 :idle", "bob last wrote 2 minutes ago"),
        (":s 324 me #x +k {0} {1}", "Modes of #x: +k {0} {1}"),
        (":s 999 me thing :Something new", "Something new"),
        (":s 376 me :End of MOTD", None),
        (":alice!a@h TAGMSG #lobby", None),
        (":s 475 me", "needs its key: /join  key"),
        (":s 403", "There is no room ."),
        ("PRIVMSG", ": "),
    ],
)  # fmt: skip
def test_shown(line: str, text: str | None) -> None:
    assert shown(parse(line)) == text


def test_terminal_escapes_and_turned_text_do_not_come_through() -> None:
    line = shown(Message("PRIVMSG", ["#lobby", "\x1b[2J\x9b31m red \u202egnp.exe"], "mal\x1bory!m@h"))
    assert line is not None
    assert "\x1b" not in line
    assert "\x9b" not in line
    assert "\u202e" not in line


COMMANDS = [
    "PRIVMSG",
    "NOTICE",
    "JOIN",
    "PART",
    "QUIT",
    "NICK",
    "TOPIC",
    "KICK",
    "INVITE",
    "MODE",
    "ERROR",
    "FAIL",
]
NUMERICS = st.integers(0, 999).map("{:03}".format)


@given(st.sampled_from(COMMANDS) | NUMERICS, st.lists(st.text(), max_size=8), st.text())
def test_whatever_comes_shown_lines_are_harmless(command: str, params: list[str], source: str) -> None:
    line = shown(Message(command, params, source))
    assert line is None or not any(unicodedata.category(letter) == "Cc" for letter in line)


@pytest.mark.parametrize(
    ("line", "room"),
    [
        (":a!b@c PRIVMSG #lobby :hi", "#lobby"),
        (":a!b@c PRIVMSG @#lobby :hi", "#lobby"),
        (":a!b@c PRIVMSG bob :hi", ""),
        (":a!b@c INVITE bob #tea", "#tea"),
        (":a!b@c QUIT :bye", ""),
        ("PRIVMSG", ""),
    ],
)
def test_room_of(line: str, room: str) -> None:
    assert room_of(parse(line)) == room


def test_small_words() -> None:
    assert to_names([]) == ""
    assert to_names(["alice"]) == "alice"
    assert to_names(["alice", "bob", "carol"]) == "alice, bob and carol"
    assert to_names(["alice"], 1) == "alice and 1 other"
    assert to_names(["alice", "bob"], 7) == "alice, bob and 7 others"
    assert to_duration("1") == "1 second"
    assert to_duration("7300") == "2 hours"
    assert to_duration("x") == "0 seconds"
    assert to_person("alice", "H", "127.0.0.1:50412") == "  alice  127.0.0.1:50412"
    assert to_person("bob", "G*", "*") == "  bob (away)"
