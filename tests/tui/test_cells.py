"""Text is measured, cut and wrapped by cells, and no letter is parted from its marks."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from hubbub.tui.cells import clip, graphemes, padded, tame, width, wrap

LETTERS = "ab \t日本👩🚀🏽\u200d\ufe0fe\u0301\u0335العربية\u200cक्षि🇩🇪❤☎한글กำ\u115f\u3164→"
texts = st.one_of(st.text(alphabet=LETTERS, max_size=120), st.text(max_size=60))


def tamed(text: str, tones: bool = True) -> str:
    return tame(text, tones=tones)[0]


@given(texts, st.booleans())
def test_a_tamed_text_measures_as_the_sum_of_its_letters(text: str, tones: bool) -> None:
    text = tamed(text, tones)
    assert sum(map(cell_len, graphemes(text))) == cell_len(text)


@given(texts, st.integers(min_value=2, max_value=40), st.booleans())
def test_rows_fit_and_only_spaces_between_them_are_lost(text: str, cells: int, keep: bool) -> None:
    text = tamed(text)
    rows = wrap(text, cells, keep=keep)
    assert all(width(text[start:end]) <= cells for start, end in rows)
    gaps = [text[end:start] for (_, end), (start, _) in pairwise(rows)]
    assert set("".join(gaps)) <= ({""} if keep else {" "})
    assert rows[0][0] == 0
    assert rows[-1][1] == len(text)


@given(texts, st.integers(min_value=2, max_value=20))
def test_no_letter_is_parted_from_its_marks(text: str, cells: int) -> None:
    text = tamed(text)
    borders = {0}
    for letter in graphemes(text):
        borders.add(max(borders) + len(letter))
    assert {place for row in wrap(text, cells) for place in row} <= borders


@given(texts, st.integers(min_value=0, max_value=20))
def test_clipped_text_fits(text: str, cells: int) -> None:
    text = tamed(text)
    assert width(clip(text, cells)) <= cells
    assert width(padded(text, cells)) == cells


@given(texts)
def test_what_is_cut_out_is_told(text: str) -> None:
    kept, cuts = tame(text, tones=False)
    gone = {at for start, end in cuts for at in range(start, end)}
    assert "".join(letter for at, letter in enumerate(text) if at not in gone) == kept


@pytest.mark.parametrize("text", ["👩‍🚀", "👨‍👩‍👧‍👦", "🇩🇪", "e\u0301", "한", "🧑🏽‍🚒"])
def test_one_letter_stays_one(text: str) -> None:
    assert list(graphemes(tamed(text))) == [text]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\u200db\u200dc", "abc"),
        ("❤\ufe0f", "❤"),
        ("a🏽🏽🏽", "a"),
        ("Z" + "\u0335" * 5000, "Z" + "\u0335" * 8),
        ("👩" + "\u200d👩" * 500, "👩\u200d👩\u200d👩\u200d👩" * 125 + "👩"),
    ],
)
def test_what_terminals_disagree_about_is_taken_out(text: str, shown: str) -> None:
    assert tamed(text) == shown


def test_skin_tones_go_where_the_terminal_gives_them_cells_of_their_own() -> None:
    assert tamed("👍🏽!", tones=False) == "👍!"
    assert tamed("👍🏽!", tones=True) == "👍🏽!"


def test_words_part_at_spaces_and_long_ones_anywhere() -> None:
    text = "one two  threefourfivesix"
    assert [text[start:end] for start, end in wrap(text, 8)] == ["one two ", "threefou", "rfivesix"]


def test_wide_letters_part_anywhere() -> None:
    text = "ab 日本語日本語"
    assert [text[start:end] for start, end in wrap(text, 8)] == ["ab 日本", "語日本語"]


def test_a_space_with_a_mark_is_a_letter() -> None:
    text = "aa \u0301b"
    assert [text[start:end] for start, end in wrap(text, 2)] == ["aa", " \u0301b"]
