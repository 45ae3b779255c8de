"""F1: all keys and commands, made from the tables themselves, and found by typing a part of what one looks for.

Owns how they are listed. A command that is taken comes back as text for the composer; keys are only to be read.
Opened by app.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar, NamedTuple

from textual.binding import BindingType
from textual.events import Resize
from textual.widgets import Input

from hubbub.tui.cells import width, wrap
from hubbub.tui.commands import all_commands
from hubbub.tui.keymap import Context, Key, Keymap, labels
from hubbub.tui.overlay import Picker
from hubbub.tui.row_text import Piece
from hubbub.tui.timeline_view import TimelineView

_COLUMN, _NARROW_COLUMN = 26, 14
_NARROW = 66
"""Below so many cells the column of the keys is narrow."""

_SIGNS = "What the signs mean"
_MEANINGS = (
    ("•", "beside a name in the list: is here now"),
    ("3, 1@", "beside a name in the list: unread messages, and how many of them mention you"),
    ("(#room)", "you are not in this room"),
    ("✎", "you have begun to write something there"),
    ("@", "before a name: an operator of the room"),
    ("+", "before a name: has a voice, where only some may speak"),
    ("»", "before a message: it mentions you"),
    ("…", "before a message: on its way; beside a name: is writing"),
    ("!", "before a message: it was not sent; Enter on it sends it again"),
    ("↪", "above a message: what it answers"),
    ("[👍 1]", "a reaction of your own; 👍 1 is one of others"),
)
_ORDER = (Context.COMPOSER, Context.WINDOW, Context.MESSAGES, Context.OVERLAY, Context.EVERYWHERE)
"""What one needs first comes first."""

_FILLING = """
a am an and are at be can do does for from get how i in is it me my of on or so such the this to what where with you
your
"""
_FILLERS = frozenset(_FILLING.split())
"""Words of questions that say nothing about what is looked for."""


class Entry(NamedTuple):
    """A row. `text`: what taking it puts into the composer; `also`: other names, which are found, too."""

    heading: bool
    left: str
    right: str = ""
    text: str = ""
    also: str = ""

    def fits(self, words: Sequence[str]) -> int:
        """How many of the words are in it."""
        seen = f"{self.left} {self.right} {self.also}".casefold()
        return sum(word in seen for word in words)


def entries(keymap: Keymap) -> Iterator[Entry]:
    """Everything there is, under headings."""
    yield Entry(True, _SIGNS)
    yield from (Entry(False, sign, meaning) for sign, meaning in _MEANINGS)
    for context in _ORDER:
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
    """Those that have the most of the words, under the headings that then have something below them."""
    words = _telling(query)
    most = max((entry.fits(words) for entry in found if not entry.heading), default=0)
    if words and not most:
        return []
    kept: list[Entry] = []
    for entry in found:
        if entry.heading:
            kept = kept[:-1] if kept and kept[-1].heading else kept
            kept.append(entry)
        elif entry.fits(words) == most:
            kept.append(entry)
    return kept[:-1] if kept and kept[-1].heading else kept


def _telling(query: str) -> list[str]:
    """The words of it that say something: of "how do I leave a room?" leave and room."""
    words = [bare for word in query.casefold().split() if (bare := word.rstrip("?!.,;") or word)]
    return [word for word in words if word not in _FILLERS] or words


class _Row(NamedTuple):
    """A row of the screen. `entry`: which one it belongs to."""

    entry: int
    pieces: list[Piece]


def _laid_out(found: Sequence[Entry], cells: int) -> list[_Row]:
    return [_Row(at, row) for at, entry in enumerate(found) for row in _rows_of(entry, cells)]


def _rows_of(entry: Entry, cells: int) -> list[list[Piece]]:
    """Nothing is cut: what is too long for its column goes on below."""
    if entry.heading:
        return [[(entry.left, "heading")]]
    column = _COLUMN if cells >= _NARROW else _NARROW_COLUMN
    room = max(cells - column - 2, 8)
    left = width(entry.left)
    if column < left <= cells - width(entry.right) - 4:
        return [[(f" {entry.left}  ", "strong"), (entry.right, "")]]
    rights = [entry.right[start:end] for start, end in wrap(entry.right, room)]
    if left <= column:
        first: list[Piece] = [(f" {entry.left}", "strong"), (" " * (column - left + 1), ""), (rights[0], "")]
        return [first, *([(" " * (column + 2), ""), (right, "")] for right in rights[1:])]
    lefts = [entry.left[start:end] for start, end in wrap(entry.left, max(cells - 2, 8))]
    return [
        *([(f" {one}", "strong")] for one in lefts),
        *([(" " * (column + 2), ""), (right, "")] for right in rights),
    ]


class HelpSheet(Picker[str]):
    """Gives the beginning of a command, such as "/topic ", or None."""

    HINT = "type to search · Enter takes a command · Esc closes"
    PLACEHOLDER = "a key, a command, or what you want to do"
    BINDINGS: ClassVar[list[BindingType]] = [("f1", "close", "close")]

    def __init__(
        self, keymap: Keymap | None = None, query: str = "", *, start: Context | None = None
    ) -> None:
        """`start`: whose keys are shown first; else those of a message, where one is focused below."""
        super().__init__("Keys and commands", query)
        self._all = list(entries(keymap or Keymap()))
        self._found: list[Entry] = []
        self._rows: list[_Row] = []
        self._start = start

    # -- what is shown --------------------------------------------------------------------------------------

    @property
    def chosen(self) -> Entry | None:
        return self._found[self._rows[self.list.chosen].entry] if self.list.chosen is not None else None

    def look_up(self, query: str) -> int:
        self._found = matching(self._all, query)
        self._rows = _laid_out(self._found, self._cells())
        return len(self._rows)

    def _cells(self) -> int:
        # Beside the mark of what is chosen, and a bar to scroll by, whether or not it is there.
        return max(self.list.size.width - 2, 20) if self.list.size.width else _NARROW

    def look_again(self, *, chosen: int = 0) -> None:
        super().look_again(chosen=chosen)
        self._choose_entry(self._entry_chosen(), 1)

    def on_mount(self) -> None:
        if self._start is None and self._is_on_message():
            self._start = Context.MESSAGES
        # How wide it is, is known after that.
        self.call_after_refresh(self._lay_out_again)

    def _is_on_message(self) -> bool:
        below = self.app.screen_stack[-2].focused if len(self.app.screen_stack) > 1 else None
        return isinstance(below, TimelineView) and below.focused is not None

    def _go_to_start(self) -> None:
        """The section that is asked for stands at the top, until somebody goes elsewhere."""
        headings = [at for at, entry in enumerate(self._found) if entry.heading and entry.left == self._start]
        for heading in headings:
            self._choose_entry(heading, 1)
            at = next(at for at, row in enumerate(self._rows) if row.entry == heading)
            self.list.scroll_to(y=at, animate=False, immediate=True, force=True)

    def on_resize(self, event: Resize) -> None:
        self.call_after_refresh(self._lay_out_again)

    def _lay_out_again(self) -> None:
        entry = self._entry_chosen()
        self._rows = _laid_out(self._found, self._cells())
        self.list.fill(len(self._rows))
        self._choose_entry(entry, 1)
        self._go_to_start()

    def on_input_changed(self, event: Input.Changed) -> None:
        self._start = None
        super().on_input_changed(event)

    # -- choosing -------------------------------------------------------------------------------------------

    def _entry_chosen(self) -> int:
        return self._rows[self.list.chosen].entry if self.list.chosen is not None else 0

    def action_step(self, step: int) -> None:
        self._start = None
        self._choose_entry(self._entry_chosen() + step, step)

    def action_page(self, direction: int) -> None:
        self._start = None
        super().action_page(direction)
        self._choose_entry(self._entry_chosen(), direction)

    def _choose_entry(self, entry: int, step: int) -> None:
        """Headings are not chosen; there is one at the very top, but never at the end."""
        if self._rows:
            entry = min(max(entry, 0), len(self._found) - 1)
            if self._found[entry].heading:
                entry += step if entry else 1
            own = [at for at, row in enumerate(self._rows) if row.entry == entry]
            self.list.choose(own[0])
            self.list.reveal_lines(own[0] if entry > 1 else 0, own[-1] + 1)
            self.list.refresh()
        self._say_more()

    def marks(self, index: int) -> bool:
        return bool(self._rows) and self._rows[index].entry == self._entry_chosen()

    def _say_more(self) -> None:
        entry = self.chosen
        if entry is None:
            self.note.say("Nothing here is about that. Try another word.", "mention")
        else:
            self.note.say(f"also: {entry.also}" if entry.text and entry.also else "")

    def take(self, index: int) -> None:
        entry = self._found[self._rows[index].entry]
        if entry.text:
            self.dismiss(entry.text)

    def draw(self, index: int, part: int, width_: int) -> list[Piece]:
        return self._rows[index].pieces
