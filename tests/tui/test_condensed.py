"""Comings and goings, in words."""

from __future__ import annotations

import pytest

from hubbub.client.lines import Kind, Line
from hubbub.tui.condensed import MOST_NAMES, Name, Words, condensed, happened


def spelled(words: Words) -> str:
    return "".join(word.nick if isinstance(word, Name) else word for word in words)


def events(*what: tuple[Kind, str] | tuple[Kind, str, str]) -> list[Line]:
    return [Line(kind, 0, nick, target=(more or [""])[0]) for kind, nick, *more in what]


def test_many_in_one_sentence() -> None:
    lines = events(
        (Kind.JOIN, "dan"), (Kind.JOIN, "erin"), (Kind.QUIT, "frank"), (Kind.NICK, "gina", "gina2")
    )
    assert spelled(condensed(lines)) == "→ dan, erin joined; frank left; gina is now gina2"


def test_what_became_of_each() -> None:
    lines = events(
        (Kind.JOIN, "dan"),
        (Kind.NICK, "dan", "daniel"),
        (Kind.JOIN, "erin"),
        (Kind.PART, "Erin"),
        (Kind.QUIT, "frank"),
        (Kind.JOIN, "frank"),
        (Kind.NICK, "gina", "g"),
        (Kind.NICK, "g", "gina"),
    )
    assert spelled(condensed(lines)) == "→ daniel joined; erin came and went; frank left and came back"


def test_a_crowd_is_counted() -> None:
    lines = events(*((Kind.JOIN, f"n{number}") for number in range(MOST_NAMES + 30)))
    assert spelled(condensed(lines)).endswith(f"n{MOST_NAMES - 1} and 30 more joined")


def test_single_things() -> None:
    assert spelled(happened(Line(Kind.JOIN, 0, "dan"))) == "→ dan joined"
    assert spelled(happened(Line(Kind.QUIT, 0, "dan", "gone"))) == "← dan left (gone)"
    assert (
        spelled(happened(Line(Kind.KICK, 0, "alice", "rude", target="dan"))) == "← alice removed dan (rude)"
    )
    assert spelled(happened(Line(Kind.TOPIC, 0, "alice", "tea"))) == "· alice set the topic: tea"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("+o cat", "made cat an operator"),
        ("-o+v cat dan", "made cat no longer an operator; gave dan a voice"),
        ("-v dan", "took the voice of dan"),
        ("+it", "made the room: by invitation only, topic only by operators"),
        ("-i", "made the room: open without an invitation"),
        ("+lk 5 secret", "made the room: for at most 5 people, a key is needed"),
        ("-l", "made the room: for any number of people"),
        ("+S 10", "made the room: slow: a message in 10 seconds from each"),
        ("+b cat!*@*", "banned cat"),
        ("-b cat!*@*", "lifted the ban of cat"),
        ("+b *!*@10.0.0.1", "banned everybody at 10.0.0.1"),
        ("-b ~a:cat", "lifted the ban of cat (the account)"),
        ("+b c*!x@*", "banned c*!x@*"),
        ("+q *!*@h", "silenced everybody at h"),
        ("+q cat", "made cat an owner"),
        ("+om cat", "made cat an operator; made the room: only operators and people with a voice may speak"),
        ("+CX", "made the room: +C, +X"),
        ("+X something", "set +X something"),
        ("+o", "set +o"),
        ("", "set "),
    ],
)
def test_modes_are_said_in_words(change: str, said: str) -> None:
    assert spelled(happened(Line(Kind.MODE, 0, "bob", change))) == f"· bob {said}"


def test_who_was_made_an_operator_is_a_name() -> None:
    assert Name("cat") in happened(Line(Kind.MODE, 0, "bob", "+o cat"))


def test_modes_of_a_person_stay_letters() -> None:
    assert spelled(happened(Line(Kind.MODE, 0, "alice", "+i"), in_room=False)) == "· alice set +i"
