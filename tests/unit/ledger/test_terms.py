"""The form in which texts are compared, and the pieces by which an index finds them."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.ledger.terms import AUTHOR, GRAMS, TOPIC, folded, grams, mark, mark_sql, number_of


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("HELLO", "hello"),
        ("Straße", "STRASSE"),
        ("ΣΊΣΥΦΟΣ", "σίσυφος"),
        ("cafe\u0301", "CAFÉ"),
        ("ｶ\uff9e", "ガ"),
        ("ＡＢＣ", "abc"),
        ("ﬁne", "FINE"),
        ("\u1112\u1161\u11ab", "한"),
        ("a\0b", "ab"),
    ],
)
def test_the_same_word_written_otherwise(one: str, other: str) -> None:
    assert folded(one) == folded(other)


@pytest.mark.parametrize(
    ("one", "other"), [("café", "cafe"), ("か", "が"), ("ที่", "ที"), ("东", "東"), ("👍", "👍🏽")]
)
def test_other_words_stay_others(one: str, other: str) -> None:
    assert folded(one) != folded(other)


@given(st.text())
def test_folding_ends_without_a_nul(text: str) -> None:
    assert "\0" not in folded(text)


@given(st.text(max_size=60))
def test_pieces_are_parts_and_few(text: str) -> None:
    pieces = grams(text)
    assert all(len(piece) == 3 and piece in text for piece in pieces)
    assert len(pieces) <= GRAMS
    if len(text) >= 3:
        assert {text[:3], text[-3:]} <= pieces
    else:
        assert not pieces


def test_a_short_term_is_looked_up_whole() -> None:
    assert grams("abcdefghij") == {"abc", "bcd", "cde", "def", "efg", "fgh", "ghi", "hij"}


@given(st.integers(0, 2**36 - 1), st.sampled_from([TOPIC, AUTHOR]))
def test_marks_are_the_same_in_sql(number: int, plane: int) -> None:
    with closing(sqlite3.connect(":memory:")) as db:
        (written,) = db.execute(f"SELECT {mark_sql(plane, '?1')}", (number,)).fetchone()
    assert written == mark(plane, number)
    assert len(written) == 3


@given(st.text())
def test_a_name_is_a_number_that_fits_into_a_mark(name: str) -> None:
    assert 0 <= number_of(name) < 2**36
