"""A link into a room, to be copied, and as a code that a telephone reads.

Owns how it looks. Whoever opens it has asked the server for the link.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import segno
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.events import Resize
from textual.screen import ModalScreen
from textual.widgets import Static

from hubbub.tui.row_text import one_line

_QUIET = 2
"""Light cells around the code; readers need some."""
_BESIDE = (8, 8)
"""Columns and rows of the screen that the box, the link and the words need."""
_HALVES = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}


def qr_rows(text: str) -> list[str]:
    """Two rows of the code in one of the screen; to be painted dark on light."""
    matrix = [
        [bool(cell) for cell in row]
        for row in segno.make(text, micro=False, error="l").matrix_iter(border=_QUIET)
    ]
    if len(matrix) % 2:
        matrix.append([False] * len(matrix[0]))
    return [
        "".join(_HALVES[pair] for pair in zip(*matrix[y : y + 2], strict=True))
        for y in range(0, len(matrix), 2)
    ]


class Invitation(ModalScreen[str | None]):
    """Gives the link where it is to be copied, else None. `about`: for how many, and how long."""

    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape,enter,q", "close", "close"),
        ("c,y", "copy", "copy the link"),
    ]
    DEFAULT_CSS = """
    Invitation { align: center middle; background: $background 50%; }
    Invitation > #box {
        width: auto; max-width: 90%; height: auto;
        border: round $primary; border-subtitle-color: $text-muted; background: $surface; padding: 0 1;
    }
    Invitation #about, Invitation #link { width: auto; height: auto; }
    Invitation #qr { width: auto; height: auto; margin: 1 0; }
    """

    def __init__(self, room: str, link: str, about: str, *, with_qr: bool = True) -> None:
        super().__init__()
        self._link = link
        self._code: Sequence[str] = qr_rows(link) if with_qr else ()
        self._about = one_line(f"Whoever opens this comes into {room}, {about}.")
        self.code = Static(Text("\n".join(self._code), style="#000000 on #ffffff", no_wrap=True), id="qr")

    def compose(self) -> ComposeResult:
        box = Vertical(id="box")
        box.border_subtitle = "c copies the link · Esc closes"
        with box:
            yield Static(self._about, id="about", markup=False)
            yield self.code
            yield Static(one_line(self._link), id="link", markup=False)

    def on_resize(self, event: Resize) -> None:
        """Only a whole code can be read."""
        columns, rows = event.size.width - _BESIDE[0], event.size.height - _BESIDE[1]
        self.code.display = bool(self._code) and len(self._code[0]) <= columns and len(self._code) <= rows

    def action_close(self) -> None:
        self.dismiss(None)

    def action_copy(self) -> None:
        self.dismiss(self._link)
