"""A list of which only the rows that are seen are drawn, with one that is chosen: what all lists here are made of.

Owns the choice, scrolling and the mouse. Knows not what the rows mean: whoever shows them draws them, piece by
piece, when they are seen. So a list of 5,000 costs what one of 20 does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.events import Click, Resize
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.timer import Timer

from hubbub.tui.paint import PAINT_CSS, STYLES, paint
from hubbub.tui.row_text import Piece

Draw = Callable[[int, int, int], Sequence[Piece]]
"""Index of the entry, which of its lines, and how many cells there are → what stands there."""

MARK = "▌"
"""Stands before the chosen entry, for who sees no colours."""


class Rows(ScrollView, can_focus=False):
    """`chosen`: index of the entry that is marked, or None."""

    COMPONENT_CLASSES = STYLES
    ALLOW_SELECT = False
    FOCUS_ON_CLICK = False
    DEFAULT_CSS = f"""
    Rows {{
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-size-vertical: 1;
        {PAINT_CSS}
    }}
    """

    class Clicked(Message):
        """The mouse points at an entry."""

        def __init__(self, rows: Rows, index: int) -> None:
            super().__init__()
            self.rows = rows
            self.index = index

        @property
        def control(self) -> Rows:
            return self.rows

    def __init__(
        self,
        draw: Draw,
        *,
        lines: int = 1,
        marks: Callable[[int], bool] | None = None,
        id: str | None = None,
    ) -> None:
        """`lines`: of the screen for each entry. `marks`: where more than the chosen one is marked."""
        super().__init__(id=id)
        self._marks = marks or (lambda index: index == self.chosen)
        self._draw = draw
        self._lines = lines
        self.count = 0
        self.chosen: int | None = None

    # -- what is shown --------------------------------------------------------------------------------------

    def fill(self, count: int, chosen: int | None = None) -> None:
        """So many entries now; everything is drawn anew."""
        self.count = count
        self.virtual_size = Size(1, count * self._lines)
        self.chosen = self._within(chosen)
        self.refresh()
        self.reveal()

    def choose(self, index: int | None) -> None:
        before, self.chosen = self.chosen, self._within(index)
        if before != self.chosen:
            self.redraw(before)
            self.redraw(self.chosen)
        self.reveal()

    def move(self, step: int) -> None:
        """To another entry; it ends at the ends."""
        self.choose((self.chosen or 0) + step)

    def move_page(self, direction: int) -> None:
        self.move(direction * max(self.size.height // self._lines - 1, 1))

    def redraw(self, index: int | None) -> None:
        """This entry looks different now."""
        if index is not None:
            self.refresh_lines(index * self._lines, self._lines)

    def reveal(self) -> None:
        """Scroll, if the chosen entry isn't seen."""
        if self.chosen is not None:
            self.reveal_lines(self.chosen * self._lines, (self.chosen + 1) * self._lines)

    def reveal_lines(self, top: int, bottom: int) -> None:
        height = self.scrollable_content_region.height
        at = self.scroll_offset.y
        wanted = min(top, max(at, bottom - height))
        if height and wanted != at:
            self.scroll_to(y=wanted, animate=False, immediate=True, force=True)

    def _within(self, index: int | None) -> int | None:
        return None if index is None or not self.count else min(max(index, 0), self.count - 1)

    # -- Textual --------------------------------------------------------------------------------------------

    def render_line(self, y: int) -> Strip:
        width = self.scrollable_content_region.width
        index, part = divmod(y + self.scroll_offset.y, self._lines)
        if not 0 <= index < self.count:
            return Strip.blank(width, self.rich_style)
        is_chosen = self._marks(index)
        margin = (MARK if is_chosen else " ", "heading" if is_chosen else "")
        pieces = [margin, *self._draw(index, part, width - 1)]
        return paint(self, pieces, width, "chosen" if is_chosen else "")

    def on_resize(self, event: Resize) -> None:
        self.reveal()

    def on_click(self, event: Click) -> None:
        offset = event.get_content_offset(self)
        if offset is None:
            return
        index = (offset.y + self.scroll_offset.y) // self._lines
        if 0 <= index < self.count:
            event.stop()
            self.post_message(self.Clicked(self, index))


class Panel(Rows):
    """Rows that show how things are: told of a change as often as anybody likes, they look a moment later, once."""

    PAUSE: ClassVar[float] = 0.05
    """Seconds from the first change that was told until it is looked at."""

    def __init__(self, draw: Draw, *, id: str | None = None) -> None:
        super().__init__(draw, id=id)
        self._due: Timer | None = None

    def look(self) -> None:
        """For subclasses: show how things are."""
        raise NotImplementedError

    def update_soon(self) -> None:
        """Something may have changed."""
        if self._due is None and self.is_attached:
            self._due = self.set_timer(self.PAUSE, self.update_now)

    def update_now(self) -> None:
        if self._due is not None:
            self._due.stop()
            self._due = None
        self.look()

    def on_mount(self) -> None:
        self.update_now()
