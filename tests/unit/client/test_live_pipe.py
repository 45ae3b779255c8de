"""What comes out of a pipe, as lines that grow."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.client.live_pipe import LONGEST, Dictation, Grown, Heard, Spoken
from hubbub.plain.typed import clean


def heard(*pieces: bytes) -> list[Heard]:
    """All of it, with the end of the pipe."""
    dictation = Dictation()
    found = [one for piece in pieces for one in dictation.feed(piece)]
    return [*found, *dictation.feed(b"", final=True)]


def spoken(*pieces: bytes) -> list[str]:
    return [one.text for one in heard(*pieces) if isinstance(one, Spoken)]


def test_a_line_grows_and_a_line_break_commits_it() -> None:
    assert heard(b"hel", b"lo", b"\nnext", b" one\n") == [
        Grown("hel"),
        Grown("hello"),
        Spoken("hello"),
        Grown("next"),
        Spoken("next one"),
        Grown(""),
    ]


@pytest.mark.parametrize(
    ("pieces", "lines"),
    [
        ((b"no end",), ["no end"]),
        ((b"one\r\ntwo\r\n",), ["one", "two"]),
        ((b"one\r", b"\ntwo"), ["one", "two"]),
        ((b"I sea\rI see\n",), ["I see"]),
        ((b"I sea\r", b"I see\n"), ["I see"]),
        ((b"stays\r",), ["stays"]),
        ((b"cah\bt\x7fr\n",), ["car"]),
        ((b"\b\b\x7fok\n",), ["ok"]),
        (("e\u0301\b".encode() + b"a\n",), ["a"]),
        (("x👩\u200d👩\u200d👧\b!\n".encode(),), ["x!"]),
        (("x👍🏽\by\n".encode(),), ["xy"]),
        ((b"gr\xc3", b"\xbc\xc3\x9f", b"e\n"), ["grüße"]),
        ((b"\xf0\x9f", b"\x8e\x89\n"), ["🎉"]),
        ((b"broken \xff\n",), ["broken \ufffd"]),
        ((b"cut \xc3",), ["cut \ufffd"]),
        ((b"\n \n\t\n",), []),
        ((b"\x1b[31mred\x1b[0m\x00\n",), ["red"]),
        ((b"/quit\nbob: hi\n",), ["/quit", "bob: hi"]),
    ],
)
def test_what_is_said(pieces: tuple[bytes, ...], lines: list[str]) -> None:
    assert spoken(*pieces) == lines


def test_a_long_line_is_said_in_whole_words_before_it_grows_too_long() -> None:
    words = " ".join(f"word{number}" for number in range(200))
    said = spoken(words.encode())
    assert " ".join(said) == words
    assert len(said) > 2
    assert all(LONGEST / 2 < len(line.encode()) <= LONGEST for line in said[:-1])


def test_a_word_without_end_is_cut() -> None:
    said = spoken("ü".encode() * 1000)
    assert "".join(said) == "ü" * 1000
    assert max(len(line.encode()) for line in said) <= LONGEST


@given(st.binary(max_size=600), st.lists(st.integers(0, 600), max_size=6))
def test_where_it_is_read_makes_no_difference(data: bytes, cuts: list[int]) -> None:
    places = sorted({0, len(data), *(cut for cut in cuts if cut <= len(data))})
    pieces = [data[start:end] for start, end in pairwise(places)]
    said = spoken(*pieces)
    assert said == spoken(data)
    assert all(line == clean(line) and line and len(line.encode()) <= LONGEST for line in said)
