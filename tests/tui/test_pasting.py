"""What a terminal sends for a paste, through the parser that the driver has, however the bytes come."""

from __future__ import annotations

import asyncio
import os
import pty
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import _parser, events
from textual.message import Message
from textual.widgets import Input

from hubbub.client.settings import Settings
from hubbub.tui import pasting
from hubbub.tui.app import ChatApp, Start
from hubbub.tui.pasting import MOST, PATIENCE, PasteParser

START, END = "\x1b[200~", "\x1b[201~"
HARMLESS = "harmless\x1b]0;\rdone"


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(_parser, "get_time", clock)
    return clock


def told(messages: Iterable[Message]) -> list[str]:
    """Keys by their names, pastes in brackets."""
    return list(_told(messages))


def _told(messages: Iterable[Message]) -> Iterator[str]:
    for message in messages:
        if isinstance(message, events.Paste):
            yield f"[{message.text}]"
        else:
            yield message.key if isinstance(message, events.Key) else type(message).__name__


def read(*chunks: str) -> list[str]:
    parser = PasteParser()
    return told(message for chunk in [*filter(None, chunks), ""] for message in parser.feed(chunk))


# -- a paste is one paste -----------------------------------------------------------------------------------


def test_an_escape_in_what_is_pasted_presses_no_key() -> None:
    assert read(START + HARMLESS + END) == [f"[{HARMLESS}]"]


def test_keys_before_and_after_are_keys() -> None:
    assert read(f"a\x1b[A{START}{HARMLESS}{END}\rb") == ["a", "up", f"[{HARMLESS}]", "enter", "b"]


def test_two_pastes_are_two() -> None:
    assert read(f"{START}a{END}{START}{END}{START}b{END}") == ["[a]", "[]", "[b]"]


def test_a_mark_within_is_text() -> None:
    assert read(f"{START}a{START}\r{END}x") == [f"[a{START}\r]", "x"]


def test_the_end_of_a_paste_alone_is_nothing() -> None:
    assert read(f"a{END}b") == ["a", "b"]


pieces = st.lists(
    st.sampled_from(
        [
            "\x1b",
            "\x1b[20",
            "\x1b[2",
            "\x1b]0;",
            "\r",
            "\n",
            "\t",
            "[",
            "0",
            "1",
            "~",
            "\x1b[A",
            "é",
            "x",
            START,
        ]
    )
)
texts = pieces.map("".join).filter(lambda text: END not in text + END[:-1])
keys = st.lists(st.sampled_from(["x", "\r", "\x1b[A", "\x1bOP", "\x1b[2~", "\x1b[20~", "\x1b[97;5u"])).map(
    "".join
)


@given(before=keys, text=texts, after=keys, data=st.data())
def test_wherever_the_bytes_are_split(before: str, text: str, after: str, data: st.DataObject) -> None:
    sent = before + START + text + END + after
    cuts = sorted(data.draw(st.sets(st.integers(1, max(len(sent) - 1, 1)), max_size=20)))
    chunks = [sent[left:right] for left, right in zip([0, *cuts], [*cuts, len(sent)], strict=True)]
    assert read(*chunks) == [*read(before), f"[{text}]", *read(after)]


@given(text=texts)
def test_character_by_character(text: str) -> None:
    assert read(*(START + text + END)) == [f"[{text}]"]


@given(sent=st.lists(st.sampled_from(["x", "\x1b", "[", "2", "0", "~", "\r", "\x1b[A", END])).map("".join))
def test_what_is_no_paste_is_read_as_ever(sent: str) -> None:
    ours, textual = PasteParser(), pasting.XTermParser()
    assert told(ours.feed(sent or "x")) == told(textual.feed(sent or "x"))


# -- bounds -------------------------------------------------------------------------------------------------


def test_a_huge_paste_is_cut_and_still_one() -> None:
    (text,) = read(START, "y" * (MOST + 50), "\x1b]0;\r", END)
    assert text == f"[{'y' * MOST}]"


@pytest.mark.parametrize("over", [-6, -1, 0, 1, 5, 6, 7])
def test_about_as_large_as_may_be(over: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pasting, "MOST", 100)
    assert read(START + "y" * (100 + over) + END) == [f"[{'y' * min(100, 100 + over)}]"]


def test_a_paste_without_an_end_is_over_after_a_while(clock: Clock) -> None:
    parser = PasteParser()
    assert told(parser.feed(START + "lost\r")) == []
    clock.now += PATIENCE - 0.1
    assert told(parser.tick()) == []
    assert told(parser.feed("more")) == []
    clock.now += PATIENCE
    assert told(parser.tick()) == ["[lost\rmore]"]
    assert told(parser.feed("x\r\x1b[A")) == ["x", "enter", "up"]


def test_a_mark_that_comes_slowly_is_a_mark(clock: Clock) -> None:
    parser = PasteParser()
    found = []
    for chunk in ("\x1b[2", "00", "~rm -rf\r", "\x1b[20", "1~"):
        found += told(parser.feed(chunk))
        clock.now += 0.5
        found += told(parser.tick())
    assert found == ["[rm -rf\r]"]


def test_the_escape_key_is_as_quick_as_ever(clock: Clock) -> None:
    parser = PasteParser()
    assert told(parser.feed("\x1b")) == []
    clock.now += 0.11
    assert told(parser.tick()) == ["escape"]


def test_half_a_mark_is_given_up(clock: Clock) -> None:
    parser = PasteParser()
    assert told(parser.feed("\x1b[20")) == []
    clock.now += 1.1
    assert told(parser.tick())
    assert told(parser.feed("x")) == ["x"]


def test_the_end_of_all_input_ends_a_paste() -> None:
    assert read(START + "a\x1b") == ["[a\x1b]"]


# -- in a terminal ------------------------------------------------------------------------------------------

PROGRAM = """
import sys
from textual.app import App
from hubbub.client.settings import Settings
from hubbub.tui import pasting
from hubbub.tui.app import ChatApp, Start

class Listening(App):
    def on_paste(self, event): self.exit(["paste", event.text])
    def on_key(self, event): self.exit(["key", event.key])

pasting.install()
pasting.install()
print(Listening().run(), file=open(sys.argv[1], "w"))
"""


def test_the_driver_of_this_system_reads_with_it(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    found = tmp_path / "found"
    program = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(found)],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=os.environ | {"TERM": "xterm-256color"},
    )
    os.close(theirs)
    try:
        _read_until(ours, b"\x1b[?2004h")
        os.write(ours, (START + HARMLESS + END).encode())
        _read_until(ours, b"\x1b[?2004l")
        _read_to_end(ours)
        assert program.wait(10) == 0
    finally:
        program.kill()
        program.wait()
        os.close(ours)
    assert found.read_text() == f"{['paste', HARMLESS]}\n"


def test_no_input_takes_an_escape_sequence(tmp_path: Path) -> None:
    async def paste() -> str:
        start = Start("127.0.0.1", 1, "alice")
        app = ChatApp(Settings.load(tmp_path / "chat.toml"), start=start, environ={})
        async with app.run_test() as pilot:
            question = Input()
            await app.screen.mount(question)
            question.focus()
            app.post_message(events.Paste("a\x1b]2;b\x07c\x1b[31md"))
            await pilot.pause()
            return question.value

    assert asyncio.run(paste()) == "acd"


def _read_until(terminal: int, awaited: bytes) -> None:
    seen = b""
    while awaited not in seen:
        seen += os.read(terminal, 65536)


def _read_to_end(terminal: int) -> None:
    while True:
        try:
            if not os.read(terminal, 65536):
                return
        except OSError:
            return
