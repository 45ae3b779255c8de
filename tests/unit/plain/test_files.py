"""The list of a room's files, for who reads lines: /files asks FILES, and the answer is words."""

from __future__ import annotations

import pytest

from hubbub.irc.wire import parse
from hubbub.plain.shown import shown, to_size


def test_a_file_is_a_line_with_its_link() -> None:
    line = shown(
        parse(
            ":test.example NOTE FILES FILE #tea 52431 alice 2026-01-31T12:00:00.000Z http://h/f/0a/cat.png :cat.png"
        )
    )
    assert line is not None
    assert line.startswith("  cat.png  51 KiB  alice  2026-0")
    assert line.endswith("  http://h/f/0a/cat.png")


@pytest.mark.parametrize(
    ("message", "line"),
    [
        (":test.example NOTE FILES END #tea 2 :2 files", "2 files in #tea."),
        (":test.example NOTE FILES END #tea 0 :No files", "No files in #tea."),
        (":test.example NOTE ROOM REGISTERED #tea :It is yours", "Note: It is yours"),
    ],
)
def test_the_end_says_how_many(message: str, line: str) -> None:
    assert shown(parse(message)) == line


@pytest.mark.parametrize(
    ("size", "words"),
    [
        ("0", "0 bytes"),
        ("1023", "1023 bytes"),
        ("1024", "1.0 KiB"),
        ("20480", "20 KiB"),
        ("3355443", "3.2 MiB"),
        (str(5 << 30), "5.0 GiB"),
        ("x", "0 bytes"),
    ],
)
def test_sizes(size: str, words: str) -> None:
    assert to_size(size) == words
