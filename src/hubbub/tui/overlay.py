"""What lies over the conversation: a box with a list to choose from, and perhaps a line to type into.

Owns the box, its keys and the mouse, the same everywhere: ↑ ↓ choose, Enter takes, Esc closes. Knows not what is
chosen. The switcher, the search, the rooms and the menus are made of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Generic, TypeVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.events import Resize
from textual.geometry import Size
from textual.screen import ModalScreen
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Input

from hubbub.tui.paint import PAINT_CSS, STYLES, paint
from hubbub.tui.row_text import Piece, one_line
from hubbub.tui.rows import Rows

Result = TypeVar("Result")

_HIGHEST = 34
"""Rows of a box, on the largest screen."""


class Note(Widget):
    """One row of words."""

    COMPONENT_CLASSES = STYLES
    DEFAULT_CSS = f"""
    Note {{ height: 1; width: 1fr; {PAINT_CSS} }}
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._pieces: list[Piece] = []

    def say(self, text: str, style: str = "muted") -> None:
        self._pieces = [(one_line(text), style)]
        self.refresh()

    @property
    def text(self) -> str:
        return "".join(text for text, _ in self._pieces)

    def render_line(self, y: int) -> Strip:
        return paint(self, self._pieces, self.size.width)


class Overlay(ModalScreen[Result | None], Generic[Result]):
    """Subclasses say what is in the list (`fill`), how it looks (`draw`) and what taking it means (`take`)."""

    LINES = 1
    """Rows of the screen for one entry."""
    AROUND = 3
    """Rows of the box beside the list: its border and the note."""
    HINT = "Enter takes it · Esc closes"
    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape", "close", "close"),
        ("up,ctrl+p", "step(-1)", "up"),
        ("down,ctrl+n", "step(1)", "down"),
        ("pageup", "page(-1)", "a page up"),
        ("pagedown", "page(1)", "a page down"),
        ("enter", "take", "take it"),
    ]
    DEFAULT_CSS = """
    Overlay {
        align: center top;
        background: $background 50%;
    }
    Overlay > #box {
        width: 90%;
        max-width: 96;
        height: auto;
        border: round $primary;
        border-title-style: bold;
        border-subtitle-color: $text-muted;
        background: $surface;
        padding: 0 1;
    }
    Overlay > #box > Rows { height: auto; min-height: 1; }
    """

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = title
        self.list = Rows(self.draw, lines=self.LINES, marks=self.marks, id="list")
        self.note = Note(id="note")

    # -- for subclasses -------------------------------------------------------------------------------------

    def compose(self) -> ComposeResult:
        box = Vertical(id="box")
        box.border_title = Content(one_line(self._title))
        box.border_subtitle = Content(self.HINT)
        with box:
            yield from self.content()

    def content(self) -> ComposeResult:
        yield self.list
        yield self.note

    def draw(self, index: int, part: int, width: int) -> Sequence[Piece]:
        raise NotImplementedError

    def take(self, index: int) -> None:
        raise NotImplementedError

    def marks(self, index: int) -> bool:
        """Whether it belongs to what is chosen."""
        return index == self.list.chosen

    def hint(self, text: str) -> None:
        self.query_one("#box").border_subtitle = Content(text)

    def on_resize(self, event: Resize) -> None:
        self.fit(event.size)

    def fit(self, size: Size) -> None:
        """As high as the list needs, up to most of the screen. The top stays where it is while the list changes."""
        most = min(size.height * 4 // 5, _HIGHEST)
        self.styles.padding = (max((size.height - most) // 2, 0), 0, 0, 0)
        self.list.styles.max_height = max(most - self.AROUND, 1)

    # -- keys and the mouse ---------------------------------------------------------------------------------

    def action_step(self, step: int) -> None:
        self.list.move(step)

    def action_page(self, direction: int) -> None:
        self.list.move_page(direction)

    def action_take(self) -> None:
        if self.list.chosen is not None:
            self.take(self.list.chosen)

    def action_close(self) -> None:
        self.dismiss(None)

    def on_rows_clicked(self, event: Rows.Clicked) -> None:
        event.stop()
        self.list.choose(event.index)
        self.take(event.index)


class Picker(Overlay[Result]):
    """With a line to type into, by which the list is made: `look_up` says how long it is now."""

    AROUND = 5
    PLACEHOLDER = ""
    DEFAULT_CSS = """
    Picker > #box > #query { margin-bottom: 1; }
    """

    def __init__(self, title: str, query: str = "") -> None:
        super().__init__(title)
        self._query = query
        self.query_line = Input(placeholder=self.PLACEHOLDER, compact=True, id="query")

    def content(self) -> ComposeResult:
        # An Input takes a value only where an app is running.
        self.query_line.value = self._query
        yield self.query_line
        yield self.list
        yield self.note

    def look_up(self, query: str) -> int:
        raise NotImplementedError

    def on_mount(self) -> None:
        self.query_line.focus()
        self.look_again()

    def look_again(self, *, chosen: int = 0) -> None:
        self.list.fill(self.look_up(self.query_line.value), chosen)

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self.look_again()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_take()
