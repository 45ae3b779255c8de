"""The background is asked for, over a real pty, and nothing that was typed gets lost."""

from __future__ import annotations

import os
import pty
import select
import termios
import time
from collections.abc import Iterator
from types import TracebackType
from typing import Self

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.tui import background as module
from hubbub.tui.background import Answer, BackgroundQuery

XTERM = {"TERM": "xterm-256color"}


class Pair:
    """A pty: what we are, and what the terminal is."""

    def __init__(self) -> None:
        self.outside, self.inside = pty.openpty()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self.outside)
        os.close(self.inside)

    def query(self, environ: dict[str, str] = XTERM) -> BackgroundQuery:
        return BackgroundQuery(environ, self.inside, self.inside)

    def asked(self, answer: bytes, environ: dict[str, str] = XTERM) -> Answer:
        """The answer is there before it is read; asking shows in what the terminal reads."""
        query = self.query(environ)
        query.ask()
        assert os.read(self.outside, 100) == b"\x1b]11;?\x07"
        os.write(self.outside, answer)
        return query.answer()


@pytest.fixture
def pair() -> Iterator[Pair]:
    with Pair() as pair:
        yield pair


@pytest.mark.parametrize(
    ("answer", "background"),
    [
        (b"\x1b]11;rgb:ffff/ffff/ffff\x07", "light"),
        (b"\x1b]11;rgb:0000/0000/0000\x1b\\", "dark"),
        (b"\x1b]11;rgb:fb/fa/f8\x07", "light"),
        (b"\x1b]11;rgb:1/2/3\x07", "dark"),
        (b"\x1b]11;rgba:fdfd/f6f6/e3e3/ffff\x07", "light"),
        (b"\x1b]11;rgb:0000/2b2b/3636\x07", "dark"),
    ],
)
def test_the_background_is_asked_for(pair: Pair, answer: bytes, background: str) -> None:
    assert pair.asked(answer) == Answer(background, "")


def test_what_was_typed_meanwhile_is_kept(pair: Pair) -> None:
    before = termios.tcgetattr(pair.inside)
    answer = pair.asked("bö".encode() + b"\x1b[A\x1bOP" + b"b\x1b]11;rgb:ffff/ffff/ffff\x07later\n")
    assert answer == Answer("light", "böb")
    assert termios.tcgetattr(pair.inside) == before
    assert os.read(pair.inside, 100) == b"later\n"


def test_no_answer_takes_no_longer_than_a_moment(pair: Pair) -> None:
    start = time.monotonic()
    assert pair.asked(b"typed", {**XTERM, "COLORFGBG": "0;15"}) == Answer("light", "typed")
    assert time.monotonic() - start < 5
    assert termios.tcgetattr(pair.inside)[3] & termios.ECHO


def test_who_is_no_terminal_is_not_asked(pair: Pair) -> None:
    reading, writing = os.pipe()
    try:
        for fds in ((reading, pair.inside), (pair.inside, writing)):
            query = BackgroundQuery(XTERM, *fds)
            query.ask()
            assert query.answer() == Answer(None)
        assert not select.select([reading, pair.outside], [], [], 0)[0]
    finally:
        os.close(reading)
        os.close(writing)


@pytest.mark.parametrize("term", ["dumb", "linux", "vt100"])
def test_simple_terminals_are_not_asked(pair: Pair, term: str) -> None:
    query = pair.query({"TERM": term, "COLORFGBG": "15;default;0"})
    query.ask()
    assert query.answer() == Answer("dark")
    assert not select.select([pair.outside], [], [], 0)[0]


@pytest.mark.parametrize(
    ("value", "background"),
    [
        ("15;0", "dark"),
        ("0;15", "light"),
        ("0;default;7", "light"),
        ("12;8", "dark"),
        ("0;x", None),
        ("", None),
    ],
)
def test_colorfgbg(value: str, background: str | None) -> None:
    assert BackgroundQuery({"COLORFGBG": value}).answer() == Answer(background)


@given(st.binary(max_size=200))
def test_any_answer_is_survived(data: bytes) -> None:
    answer = module._to_answer(data, {})
    assert answer.background in ("light", "dark", None)
    assert answer.typed.isprintable()
