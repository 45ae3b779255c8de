"""Answers of a server as lines for people: aligned, bounded, and safe to show."""

from __future__ import annotations

from datetime import UTC, datetime

from hubbub.client.chat import Conversation, Member, Person, Place
from hubbub.client.lines import Kind, Line
from hubbub.irc.wire import Message, parse
from hubbub.tui import answers

NOW = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)


def messages(*lines: str) -> list[Message]:
    return [parse(line) for line in lines]


def test_people_stand_in_columns() -> None:
    found = messages(
        ":t 354 me 731 #tea u h bob G@ 10.0.0.1:5 :Bob B.",
        ":t 354 me 731 #tea u h alice H* * :Alice",
        ":t 354 me 999 #tea u h eve H * :another question's",
        ":t 352 me #tea u host.example t Carol HB :0 Carol C.",
        ":t 315 me #tea :End",
    )
    assert answers.people(found, "#tea") == [
        "3 people are in #tea:",
        "  alice  operator  h             Alice",
        "  bob    away      10.0.0.1:5    Bob B.",
        "  Carol  bot       host.example  Carol C.",
    ]
    assert answers.people([], "*") == ["Nobody is connected."]
    assert answers.people(found[:1], "bo*")[0] == "1 person is called bo*:"


def test_wide_letters_count_as_two_cells() -> None:
    lines = answers.people(
        messages(":t 354 me 731 * u h 山田 H a :x", ":t 354 me 731 * u h bo H a :y"),
        "*",
    )
    assert lines[1:] == ["  bo    a  y", "  山田  a  x"]


def test_a_column_that_is_empty_takes_no_room() -> None:
    assert answers.people(messages(":t 354 me 731 * u h bob H a :"), "*")[1] == "  bob  a"


def test_a_long_answer_is_cut_and_says_so() -> None:
    many = messages(*(f":t 354 me 731 * u h n{n:04} H a :x" for n in range(answers.MOST + 7)))
    lines = answers.people(many, "*")
    assert lines[0] == f"{answers.MOST + 7} people are connected:"
    assert len(lines) == answers.MOST + 2
    assert lines[-1] == "  and 7 more"
    texts = answers.words(messages(*(f":t 372 me :{n}" for n in range(answers.MOST + 1))))
    assert len(texts) == answers.MOST + 1
    assert texts[-1] == "  and 1 more"


def test_rooms_are_sorted_by_how_many_are_there() -> None:
    found = messages(
        ":t 322 me #small 1 :few",
        ":t 322 me #b 120 :",
        ":t 322 me #a 120 :all about a",
        ":t 322 me #odd many :?",
        ":t 323 me :End",
    )
    assert answers.rooms(found) == [
        "4 rooms:",
        "  #a      120 people  all about a",
        "  #b      120 people",
        "  #small    1 person  few",
        "  #odd      0 people  ?",
    ]
    assert answers.rooms([]) == ["There is no room to be seen."]


def test_who_somebody_is() -> None:
    found = messages(
        ":t 311 me bob bobby host.example * :Bob B.",
        ":t 319 me bob :@#tea +#milk #beer",
        ":t 312 me bob t.example :A tea house",
        ":t 313 me bob :is an IRC operator",
        ":t 330 me bob robert :is logged in as",
        ":t 671 me bob :is using a secure connection",
        ":t 378 me bob :is connecting from bobby@10.0.0.1 10.0.0.1",
        ":t 338 me bob bobby@10.0.0.1 10.0.0.1 :Is actually using host",
        ":t 379 me bob :is using modes +",
        ":t 335 me bob :is a bot",
        ":t 301 me bob :at lunch",
        ":t 317 me bob 3700 1769850000 :seconds idle, signon time",
        ":t 318 me bob :End",
    )
    assert answers.person(found, NOW) == [
        "bob (Bob B.), bobby@host.example",
        "  in #beer +#milk @#tea",
        "  on t.example (A tea house)",
        "  is an IRC operator",
        "  logged in as robert",
        "  is using a secure connection",
        "  connects from 10.0.0.1",
        "  a bot",
        "  away: at lunch",
        "  last wrote 1 hour ago",
        "  here since 09:00",
    ]


def test_who_somebody_was() -> None:
    found = messages(
        ":t 314 me bob u h * :Bob",
        ":t 312 me bob t :2026-01-30T10:00:00.000Z",
        ":t 314 me bob u2 h2 * :Another",
        ":t 369 me bob :End",
    )
    assert answers.earlier(found) == [
        "bob (Bob), u@h, until 2026-01-30T10:00:00.000Z",
        "bob (Another), u2@h2",
    ]


def test_bans_have_numbers() -> None:
    found = messages(
        ":t 367 me #tea *!*@h2 alice!a@b 1700000000", ":t 367 me #tea ~a:carol", ":t 368 me #tea :End"
    )
    lines = answers.bans(found)
    assert lines[0].startswith("  1  *!*@h2    by alice, 2023-11-1")
    assert lines[1] == "  2  ~a:carol"
    assert answers.masks(found) == ["*!*@h2", "~a:carol"]


def test_names_are_sorted_by_rank() -> None:
    room = Conversation("#tea", Place.ROOM)
    for nick, ranks, away in (("zoe", "", None), ("Bob", "v", ""), ("amy", "", None), ("eve", "ov", None)):
        room.members[nick.lower()] = Member(Person(nick, away=away), ranks)
    assert answers.names(room, {"o": "@", "v": "+"}) == [
        "4 people are in #tea:",
        "  @eve, +Bob (away), amy, zoe",
    ]


def test_what_was_said() -> None:
    lines = [
        Line(Kind.MESSAGE, int(NOW.timestamp() * 1000) - 60_000, "bob", "one\n two"),
        Line(Kind.MESSAGE, int(NOW.timestamp() * 1000) - 86_400_000, "alice", "three"),
    ]
    assert answers.said(lines, NOW) == [
        "  11:59             bob    one two",
        "  2026-01-30 12:00  alice  three",
    ]


def test_what_happened_is_not_an_answer() -> None:
    found = messages(
        ":a!b@c JOIN #tea", ":NickServ!s@t NOTICE me :hello", ":t 324 me #tea +nt", ":t NOTE X Y :well"
    )
    assert answers.words(found) == ["hello", "Modes of #tea: +nt", "Note: well"]
    assert answers.raw(found) == [":t 324 me #tea +nt", ":t NOTE X Y well"]


def test_nothing_of_a_server_reaches_the_terminal_as_it_is() -> None:
    evil = "x\x1b]0;y\x07\u202ez\x03" + "4w"
    found = messages(
        f":t 354 me 731 * u h bob H {evil} :{evil}",
        f":t 322 me #tea 3 :{evil}",
        f":t 367 me #tea {evil} {evil} 1",
        f":t 311 me bob u h * :{evil}",
        f":t 319 me bob :{evil}",
        f":t 372 me :{evil}",
    )
    room = Conversation(f"#{evil}", Place.ROOM)
    room.members["a"] = Member(Person(evil))
    shown = [
        *answers.people(found, evil),
        *answers.rooms(found),
        *answers.bans(found),
        *answers.person(found, NOW),
        *answers.words(found),
        *answers.raw(found),
        *answers.names(room, {}),
        *answers.said([Line(Kind.MESSAGE, 0, evil, evil)], NOW),
    ]
    for line in shown:
        assert not any(ord(letter) < 0x20 or letter in "\x7f\u202e" for letter in line), line


def test_lines_are_bounded() -> None:
    lines = answers.words(messages(":t 372 me :" + "x" * 5_000))
    assert max(map(len, lines)) <= 1_000


def test_replies_without_parameters_break_nothing() -> None:
    short = messages(*(f":t {number:03}" for number in range(1, 1000)), ":t FAIL", ":t REGISTER")
    for show in (
        answers.words,
        answers.raw,
        answers.registered,
        answers.version,
        answers.earlier,
        answers.rooms,
    ):
        assert isinstance(show(short), list)
    assert answers.bans(short) == answers.masks(short) == []
    assert isinstance(answers.person(short, NOW), list)
    assert isinstance(answers.people(short, "*"), list)
