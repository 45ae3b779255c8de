"""Comings and goings, in words."""

from __future__ import annotations

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
    assert spelled(happened(Line(Kind.MODE, 0, "", "+m"))) == "· the server set +m"
