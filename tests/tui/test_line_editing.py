"""The editing beneath the box in which people write: letters, words, lines and what was killed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.tui.line_editing import LineEditor, clean, clusters, place_at, row_of, width, wrap

_TEXTS = st.text(alphabet="ab é日👩🚀\u200d\ufe0f\u0301🇩🇪ع\n,", max_size=30).map(clean)
_WHOLE = st.lists(
    st.sampled_from(["a", "b", " ", "\n", ",", "é", "e\u0301", "日", "👩\u200d🚀", "🇩🇪", "ع"]), max_size=20
).map("".join)
"""Without halves of letters, which become one when what is between them goes."""

_CHANGES = [
    LineEditor.delete_left,
    LineEditor.delete_right,
    LineEditor.transpose,
    LineEditor.kill_line_start,
    LineEditor.kill_line_end,
    LineEditor.kill_blank_word,
    LineEditor.kill_word_left,
    LineEditor.kill_word_right,
    LineEditor.kill_all,
    LineEditor.yank,
    LineEditor.yank_pop,
]
_MOVES = [
    LineEditor.left,
    LineEditor.right,
    LineEditor.word_left,
    LineEditor.word_right,
    LineEditor.line_start,
    LineEditor.line_end,
]
_KILLS = [change for change in _CHANGES if change.__name__.startswith("kill")]
_Step = Callable[[LineEditor], object]
_TYPED = st.sampled_from("ab é日\n").map(lambda letter: lambda editor: editor.type(letter))
_STEPS = st.lists(st.sampled_from([*_CHANGES, *_MOVES]) | _TYPED, max_size=25)


def _edges(text: str) -> set[int]:
    """Between letters."""
    edges, start = {0}, 0
    for line in text.split("\n"):
        edges |= {start, *(start + one.end for one in clusters(line))}
        start += len(line) + 1
    return edges


@given(_TEXTS, _STEPS)
def test_the_cursor_never_stands_inside_a_letter(text: str, steps: list[_Step]) -> None:
    editor = LineEditor(text)
    for step in steps:
        step(editor)
        assert editor.cursor in _edges(editor.text)


@given(_TEXTS, _STEPS)
def test_undoing_everything_brings_back_the_first_text_and_redoing_the_last(
    text: str, steps: list[_Step]
) -> None:
    editor = LineEditor(text)
    for step in steps:
        step(editor)
    last = editor.text
    while editor.undo():
        pass
    assert editor.text == text
    while editor.redo():
        pass
    assert editor.text == last


@given(_WHOLE, st.integers(0, 30), st.sampled_from(_KILLS), st.integers(1, 4))
def test_what_was_killed_in_a_row_is_yanked_back(text: str, place: int, kill: _Step, times: int) -> None:
    editor = LineEditor(text)
    editor.go(place)
    for _ in range(times):
        kill(editor)
    was_killed = editor.text != text
    assert editor.yank() is was_killed
    assert editor.text == text


@given(_TEXTS, st.integers(0, 30))
def test_transposing_loses_nothing(text: str, place: int) -> None:
    editor = LineEditor(text)
    editor.go(place)
    editor.transpose()
    assert sorted(editor.text) == sorted(text)
    assert editor.text.count("\n") == text.count("\n")


@given(_TEXTS, st.integers(2, 12))
def test_rows_hold_the_whole_text_and_fit(text: str, cells: int) -> None:
    rows = wrap(text, cells)
    assert "".join(text[row.start : row.end] for row in rows) == text.replace("\n", "")
    assert all(width(text[row.start : row.end]) <= cells + 1 for row in rows)


@given(_WHOLE, st.integers(2, 12))
def test_every_place_is_found_again_by_its_row_and_column(text: str, cells: int) -> None:
    rows = wrap(text, cells)
    for place in _edges(text):
        row = rows[row_of(rows, place)]
        assert row.start <= place <= row.end
        assert place_at(text, row, width(text[row.start : place])) == place


@given(st.text(max_size=60))
def test_clean_text_is_safe_and_stays_as_it_is(text: str) -> None:
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    assert not set(cleaned) & {chr(code) for code in (*range(0x0A), *range(0x0B, 0x20), *range(0x7F, 0xA0))}
    assert not set(cleaned) & set("\u202e\u2066\u2028")


@pytest.mark.parametrize(
    ("pasted", "text"),
    [
        ("a\r\nb\rc", "a\nb\nc"),
        ("\tx", "    x"),
        ("a\x1b[31mred\x1b[0m", "ared"),
        ("\x1b]0;title\x07x\x1b]0;y\x1b\\z", "xz"),
        ("bell\x07 nul\x00 c1\x9b31m", "bell nul c131m"),
        ("\u202eturned", "turned"),
        ("👩\u200d🚀 ❤\ufe0f", "👩\u200d🚀 ❤\ufe0f"),
    ],
)
def test_cleaning(pasted: str, text: str) -> None:
    assert clean(pasted) == text


def test_words_break_at_spaces_and_wide_letters_anywhere() -> None:
    assert _rows("hello big world", 9) == ["hello big ", "world"]
    assert _rows("big world ", 9) == ["big world "]
    assert _rows("日本語日本語", 5) == ["日本", "語日", "本語"]
    assert _rows("abcdefghij", 4) == ["abcd", "efgh", "ij"]
    assert _rows("", 4) == [""]
    assert _rows("a\n\nb", 4) == ["a", "", "b"]


def _rows(text: str, cells: int) -> list[str]:
    return [text[row.start : row.end] for row in wrap(text, cells)]


def test_letters_are_moved_over_and_deleted_whole() -> None:
    editor = LineEditor("é👩\u200d🚀🇩🇪👍🏽")
    places = [editor.cursor]
    while editor.left():
        places.append(editor.cursor)
    assert len(places) == 5
    editor.text_end()
    assert [editor.delete_left() for _ in range(4)] == [True] * 4
    assert editor.text == ""


def test_a_typed_word_is_undone_at_once() -> None:
    editor = LineEditor()
    for letter in "two words":
        editor.type(letter)
    editor.undo()
    assert editor.text == "two "


def test_the_kill_ring_turns() -> None:
    editor = LineEditor("one")
    editor.kill_all()
    editor.type("two")
    editor.kill_all()
    editor.yank()
    assert editor.text == "two"
    editor.yank_pop()
    assert editor.text == "one"
    editor.yank_pop()
    assert editor.text == "two"
    editor.left()
    assert not editor.yank_pop()
