"""What a plain terminal never gets to see, and where texts are cut."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.irc.text import clip, printable

TURNS = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
ODD = st.text(
    st.sampled_from("a1,fF \t\n\x00\x02\x03\x04\x0f\x1b\x7f\x9b\u0301\u200b\u200d\u202e\u2067é👩🏽")
)


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("plain text", "plain text"),
        ("", ""),
        ("naïve 日本 👩‍🚀 ❤️ بوب", "naïve 日本 👩‍🚀 ❤️ بوب"),
        ("\x02bold\x02 \x1di\x1d \x1fu\x1f \x1es\x1e \x11m\x11 \x16r\x0f", "bold i u s m r"),
        ("\x034red\x03 \x0304,12both \x03,x \x0304,x \x03123", "red both ,x ,x 3"),
        ("\x04FF0000red\x04 \x04ff0000,00FF00both \x04FFx", "red both FFx"),
        ("\x1b[31mred\x07", "\ufffd[31mred\ufffd"),
        ("a\tb\r\nc\x7f\x9b", "a b\ufffd\ufffdc\ufffd\ufffd"),
        ("a\u2028b\u2029c", "a b c"),
        ("\u202egpj.exe\u2066x\u2069", "gpj.exex"),
        ("a\u200b\u2060\ufeffb", "ab"),
        ("\ud800x", "\ufffdx"),
        ("نمی\u200cخواهم", "نمی\u200cخواهم"),
        ("e" + "\u0301" * 50 + "x", "e" + "\u0301" * 8 + "x"),
        ("x" + "\u200d" * 50, "x" + "\u200d" * 8),
        (
            "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
            "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        ),
    ],
    ids=ascii,
)
def test_printable(text: str, seen: str) -> None:
    assert printable(text) == seen


@given(st.text() | ODD)
def test_nothing_printable_is_obeyed_by_a_terminal(text: str) -> None:
    seen = printable(text)
    assert not [letter for letter in seen if unicodedata.category(letter) in ("Cc", "Zl", "Zp", "Cs")]
    assert not TURNS & set(seen)
    assert printable(seen) == seen


@pytest.mark.parametrize(
    ("text", "room", "kept"),
    [
        ("hello", 5, "hello"),
        ("hello", 4, "hell"),
        ("hello", 0, ""),
        ("hello", -1, ""),
        ("é", 1, ""),
        ("日本", 5, "日"),
        ("ae\u0301", 2, "a"),
        ("a👩‍🚀", 8, "a"),
        ("a👩🏽x", 5, "a"),
        ("a❤️", 4, "a"),
        ("\u0301" * 40, 7, "\u0301" * 3),
        ("a" + "\u0301" * 100, 101, "a" + "\u0301" * 50),
        ("\ud800ab", 2, "\ud800a"),
    ],
    ids=ascii,
)
def test_clip(text: str, room: int, kept: str) -> None:
    assert clip(text, room) == kept


@given(st.text() | ODD, st.integers(min_value=-2, max_value=40))
def test_what_is_clipped_is_a_beginning_that_fits(text: str, room: int) -> None:
    kept = clip(text, room)
    assert text.startswith(kept)
    assert len(kept.encode()) <= max(room, 0)
    assert kept == text or len(text.encode()) > room


@given(st.text(st.characters(categories=["L", "N", "P", "Z"])), st.integers(min_value=0, max_value=40))
def test_letters_without_marks_fill_the_room(text: str, room: int) -> None:
    kept = clip(text, room)
    assert kept == text or len(kept.encode()) + len(text[len(kept)].encode()) > room
