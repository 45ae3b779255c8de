"""Mode strings: which letter takes which argument, and that what is written reads the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.irc.modes import (
    Change,
    Kinds,
    MissingArgument,
    Parsed,
    UnknownMode,
    format_changes,
    parse_changes,
)

ROOM = Kinds(lists="beI", always="k", on_set="l", never="imnst", prefixes="ov")
ARGUMENT = st.text(min_size=1)


def changes() -> st.SearchStrategy[Change]:
    with_argument = st.builds(Change, st.booleans(), st.sampled_from("beIkov"), ARGUMENT)
    on_set = st.builds(Change, st.just(True), st.just("l"), ARGUMENT)
    without = st.builds(Change, st.booleans(), st.sampled_from("imnst"), st.none())
    return with_argument | on_set | without | st.just(Change(False, "l"))


@pytest.mark.parametrize(
    ("text", "arguments", "expected"),
    [
        ("", [], []),
        ("+-", [], []),
        ("n", [], [Change(True, "n")]),
        ("+nt-s", [], [Change(True, "n"), Change(True, "t"), Change(False, "s")]),
        ("+o-v", ["alice", "bob"], [Change(True, "o", "alice"), Change(False, "v", "bob")]),
        ("+lk", ["5", "key"], [Change(True, "l", "5"), Change(True, "k", "key")]),
        ("-lk", ["key"], [Change(False, "l"), Change(False, "k", "key")]),
        ("b", [], [Change(True, "b")]),
        ("+b-b", ["*!*@x"], [Change(True, "b", "*!*@x"), Change(False, "b")]),
        ("+o", [], [MissingArgument("o")]),
        ("-k", [], [MissingArgument("k", adding=False)]),
        ("+l", [""], [MissingArgument("l")]),
        ("+b", [""], [Change(True, "b")]),
        ("+Xn é", [], [UnknownMode("X"), Change(True, "n"), UnknownMode(" "), UnknownMode("é")]),
        ("+Xo", ["alice"], [UnknownMode("X"), Change(True, "o", "alice")]),
        ("+n", ["left", "over"], [Change(True, "n")]),
    ],
)
def test_parsing(text: str, arguments: list[str], expected: list[Parsed]) -> None:
    assert parse_changes(text, arguments, ROOM) == expected


def test_user_modes_take_no_argument() -> None:
    assert parse_changes("+iw", ["x"], Kinds(never="iw")) == [Change(True, "i"), Change(True, "w")]


def test_signs_are_written_when_they_change() -> None:
    written = [Change(True, "o", "alice"), Change(True, "n"), Change(False, "v", "bob"), Change(True, "t")]
    assert format_changes(written) == ["+on-v+t", "alice", "bob"]
    assert format_changes([]) == []


def test_chanmodes_token() -> None:
    assert ROOM.chanmodes() == "beI,k,l,imnst"


@given(st.lists(changes()))
def test_what_is_written_reads_the_same(written: list[Change]) -> None:
    text, *arguments = format_changes(written) or [""]
    assert parse_changes(text, arguments, ROOM) == written


@given(st.text(), st.lists(st.text()))
def test_every_letter_gets_one_answer(text: str, arguments: list[str]) -> None:
    parsed = parse_changes(text, arguments, ROOM)
    assert [item.letter for item in parsed] == [letter for letter in text if letter not in "+-"]
