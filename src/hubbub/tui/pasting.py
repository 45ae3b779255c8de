"""What is pasted is text, whatever stands in it: from its first mark to its last it is never read as keys.

Owns how long and how large a paste may be, and the parser that Textual's drivers are given. Knows no widget: who gets
the text cleans it. Called once by app.py, before a terminal is read.

A terminal puts ESC [ 200 ~ before what is pasted and ESC [ 201 ~ behind it. Textual 8.2 looks for key sequences in
between all the same: after an ESC that begins none of them it gives out up to 32 characters as keys pressed, so that
a harmless looking text presses Enter. Here nothing of the paste reaches that code.
Drivers take no parser, but look for theirs by name in their own module; that name is what we change.
"""

from __future__ import annotations

import sys
from collections.abc import Generator
from importlib import import_module
from io import StringIO
from typing import TypeAlias, TypeVar

from textual._parser import ParseEOF, ParseTimeout, Peek1, Read1, TokenCallback
from textual._xterm_parser import BRACKETED_PASTE_END, BRACKETED_PASTE_START, XTermParser
from textual.events import Paste
from textual.message import Message

MOST = 1_000_000
"""Characters of one paste; the rest of it is dropped."""
PATIENCE = 3.0
"""Seconds without a character, after which a paste without an end counts as over, and keys are keys again."""
_START_PATIENCE = 1.0
"""For the rest of the mark before a paste, on a slow line. Nobody types as much of it within ESCDELAY."""
_NOT_TYPED = 3

T = TypeVar("T")
Reading: TypeAlias = Generator[Read1 | Peek1, str, T]


class PasteParser(XTermParser):
    """Textual's parser for all that is not pasted."""

    def parse(self, token_callback: TokenCallback[Message]) -> Reading[None]:
        while (yield from self._read_keys(token_callback)):
            yield from _read_paste(token_callback)

    def _read_keys(self, token_callback: TokenCallback[Message]) -> Reading[bool]:
        """Until something is pasted, which is True, or all has been read."""
        keys = super().parse(token_callback)
        begun = ""
        try:
            wanted = next(keys)
            while True:
                try:
                    character = yield _with_patience(wanted, begun)
                except (ParseTimeout, ParseEOF) as end:
                    begun = ""
                    wanted = keys.throw(end)
                    continue
                begun = _begun(begun + character)
                if begun == BRACKETED_PASTE_START:
                    # What has been heard of the mark goes with this reader of keys; the next one is fresh.
                    keys.close()
                    return True
                wanted = keys.send(character)
        except StopIteration:
            return False


def _begun(heard: str) -> str:
    """As much of its end as may become the mark before a paste."""
    at = heard.rfind("\x1b")
    return heard[at:] if at >= 0 and BRACKETED_PASTE_START.startswith(heard[at:]) else ""


def _with_patience(wanted: Read1 | Peek1, begun: str) -> Read1 | Peek1:
    return Read1(_START_PATIENCE) if len(begun) >= _NOT_TYPED else wanted


def _read_paste(token_callback: TokenCallback[Message]) -> Reading[None]:
    kept = StringIO()
    room = MOST + len(BRACKETED_PASTE_END)
    last = ""
    try:
        while last != BRACKETED_PASTE_END:
            character = yield Read1(PATIENCE)
            last = (last + character)[-len(BRACKETED_PASTE_END) :]
            if room:
                room -= kept.write(character)
    except (ParseTimeout, ParseEOF):
        # It has no end.
        pass
    text = kept.getvalue().removesuffix(BRACKETED_PASTE_END)[:MOST]
    # As Textual does it: some terminals send NUL for what they can't.
    token_callback(Paste(text.replace("\x00", "")))


def install() -> None:
    """Give it to the driver of this system; again does no harm."""
    name = "textual.drivers.win32" if sys.platform == "win32" else "textual.drivers.linux_driver"
    vars(import_module(name))["XTermParser"] = PasteParser
