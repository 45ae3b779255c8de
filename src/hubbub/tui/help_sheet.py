"""F1: all keys and commands, made from the tables themselves, and found by typing a part of what one looks for.

Owns how they are listed. A command that is taken comes back as text for the composer; keys are only to be read.
Opened by app.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar, NamedTuple

from textual.binding import BindingType

from hubbub.tui.cells import clip, width
from hubbub.tui.commands import all_commands
from hubbub.tui.keymap import Context, Key, Keymap, labels
from hubbub.tui.overlay import Picker
from hubbub.tui.row_text import Piece

_COLUMN = 26


class Entry(NamedTuple):
    """A row. `text`: what taking it puts into the composer; `also`: other names, which are found, too."""

    heading: bool
    left: str
    right: str = ""
    text: str = ""
    also: str = ""

    def fits(self, words: Sequence[str]) -> bool:
        seen = f"{self.left} {self.right} {self.also}".casefold()
        return all(word in seen for word in words)


def entries(keymap: Keymap) -> Iterator[Entry]:
    """Everything there is, under headings."""
    for context in Context:
        yield Entry(True, context)
        yield from _keys([key for key in keymap.keys if key.context is context and key.keys])
    subject = ""
    for command in all_commands():
        if command.subject != subject:
            subject = command.subject
            yield Entry(True, f"Commands: {subject.lower()}")
        also = " ".join(f"/{alias}" for alias in command.aliases)
        yield Entry(False, command.usage, command.summary, f"/{command.name} ", also)


def _keys(keys: Sequence[Key]) -> Iterator[Entry]:
    """A row each, but one for the ten that differ in a number."""
    numbered = [key for key in keys if key.call.startswith("go_to_number")]
    for key in keys:
        if key not in numbered:
            yield Entry(False, labels(key), key.help, also=key.name)
        elif key is numbered[0]:
            all_of_them = labels(key) if len(numbered) == 1 else f"{labels(key)} … {labels(numbered[-1])}"
            yield Entry(False, all_of_them, "the first to the tenth conversation", also=key.name)


def matching(found: Sequence[Entry], query: str) -> list[Entry]:
    """Those that have all the words, under the headings that then have something below them."""
    words = query.casefold().split()
    kept: list[Entry] = []
    for entry in found:
        if entry.heading:
            kept = kept[:-1] if kept and kept[-1].heading else kept
            kept.append(entry)
        elif entry.fits(words):
            kept.append(entry)
    return kept[:-1] if kept and kept[-1].heading else kept


class HelpSheet(Picker[str]):
    """Gives the beginning of a command, such as "/topic ", or None."""

    HINT = "type to search · Enter takes a command · Esc closes"
    PLACEHOLDER = "a key, a command, or what you want to do"
    BINDINGS: ClassVar[list[BindingType]] = [("f1", "close", "close")]

    def __init__(self, keymap: Keymap | None = None, query: str = "") -> None:
        super().__init__("Keys and commands", query)
        self._all = list(entries(keymap or Keymap()))
        self._found: list[Entry] = []

    def look_up(self, query: str) -> int:
        self._found = matching(self._all, query)
        return len(self._found)

    def look_again(self, *, chosen: int = 0) -> None:
        super().look_again(chosen=chosen)
        self._past_heading(1)

    def action_step(self, step: int) -> None:
        super().action_step(step)
        self._past_heading(step)

    def action_page(self, direction: int) -> None:
        super().action_page(direction)
        self._past_heading(direction)

    def _past_heading(self, step: int) -> None:
        """Headings are not chosen; there is one at the very top, but never at the end."""
        chosen = self.list.chosen
        if chosen is not None and self._found[chosen].heading:
            self.list.move(step if chosen else 1)
        if chosen == 1 or not chosen:
            self.list.scroll_to(y=0, animate=False)
        self._say_more()

    def _say_more(self) -> None:
        chosen = self.list.chosen
        if chosen is None:
            self.note.say("Nothing here is about that.")
            return
        entry = self._found[chosen]
        also = f"also: {entry.also}" if entry.text and entry.also else ""
        # What the row has no room for.
        is_cut = _COLUMN + 3 + width(entry.right) > self.list.size.width > 0
        self.note.say(entry.right if is_cut else also)

    def take(self, index: int) -> None:
        if self._found[index].text:
            self.dismiss(self._found[index].text)

    def draw(self, index: int, part: int, width_: int) -> list[Piece]:
        entry = self._found[index]
        if entry.heading:
            return [(entry.left, "heading")]
        left = clip(entry.left, max(_COLUMN, width_ - width(entry.right) - 4))
        return [(f" {left}", "strong"), (" " * max(_COLUMN - width(left), 1) + " ", ""), (entry.right, "")]
