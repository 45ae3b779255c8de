"""Files on their way, as rows above the input: which, how far, how fast.

Owns these words and when there is anything to see. Knows no network: transfers.py says how far a file is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget
from textual.worker import Worker

from hubbub.plain.shown import to_size
from hubbub.tui.paint import PAINT_CSS, STYLES, paint
from hubbub.tui.row_text import Piece, one_line, spread
from hubbub.tui.windows import Window

_ROWS = 3
_SPEED_OVER = 1.0
"""Seconds over which the speed is measured."""


@dataclass(slots=True, eq=False)
class Transfer:
    """`size` 0: not known. `way`: ↑ or ↓."""

    way: str
    name: str
    window: Window
    size: int = 0
    done: int = 0
    speed: float = 0.0
    waits: bool = False
    is_cancelled: bool = False
    worker: Worker[None] | None = None
    _since: float = field(default=0.0, repr=False)
    _before: int = field(default=-1, repr=False)

    def at(self, done: int, now: float) -> None:
        """So many bytes are there by now (seconds of a clock that never goes back)."""
        self.done = done
        if self._before < 0 or done < self._before:
            self._since, self._before = now, done
        elif now - self._since >= _SPEED_OVER:
            self.speed = (done - self._before) / (now - self._since)
            self._since, self._before = now, done


def transfer_words(transfer: Transfer) -> str:
    """How far it is, and how fast."""
    done = to_size(str(transfer.done))
    if not transfer.size:
        return f"{done}{_speed(transfer)}"
    percent = min(100 * transfer.done // transfer.size, 100)
    return f"{percent} % of {to_size(str(transfer.size))}{_speed(transfer)}"


def _speed(transfer: Transfer) -> str:
    if transfer.waits:
        return ", waiting for the server"
    return f", {to_size(str(int(transfer.speed)))}/s" if transfer.speed else ""


class TransferRows(Widget):
    """A row for each, while there are any."""

    COMPONENT_CLASSES = STYLES
    ALLOW_SELECT = False
    DEFAULT_CSS = f"""
    TransferRows {{ height: auto; width: 1fr; display: none; {PAINT_CSS} &.-busy {{ display: block; }} }}
    """

    def __init__(self, transfers: Sequence[Transfer], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._transfers = transfers

    def update_rows(self) -> None:
        """Some have begun or ended."""
        self.set_class(bool(self._transfers), "-busy")
        self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return min(len(self._transfers), _ROWS)

    def render_line(self, y: int) -> Strip:
        if y >= len(self._transfers):
            return paint(self, [], self.size.width)
        one = self._transfers[y]
        more = len(self._transfers) - _ROWS if y == _ROWS - 1 else 0
        left: list[Piece] = [
            (f"{one.way} ", "good"),
            (one_line(f"{one.name}  "), ""),
            (transfer_words(one), "muted"),
        ]
        where = f"and {more} more" if more > 0 else one_line(one.window.conversation.name)
        width = max(self.size.width - 2, 1)
        return paint(self, [(" ", ""), *spread(left, [(where, "muted")], width)], self.size.width)
