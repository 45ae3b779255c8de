"""One row of a panel as Textual draws it: pieces of text with the names of their styles become a Strip.

Owns the names of the styles that panels and lists use, and their colours in terms of the theme. Nothing relies on a
colour alone: what matters has a sign or a weight too. Called by the render_line of every widget that has
`COMPONENT_CLASSES = STYLES` and PAINT_CSS among its rules.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from hubbub.tui.cells import clip, width
from hubbub.tui.row_text import Piece

_RULES = {
    "muted": "color: $text-muted;",
    "strong": "text-style: bold;",
    "heading": "color: $text-primary; text-style: bold;",
    "mention": "color: $text-warning; text-style: bold;",
    "good": "color: $text-success;",
    "bad": "color: $text-error; text-style: bold;",
    "match": "color: $text-warning; text-style: bold underline;",
    "chosen": "background: $block-cursor-blurred-background;",
}
STYLES = {f"paint--{name}" for name in _RULES}
PAINT_CSS = "".join(f"& > .paint--{name} {{ {rule} }}\n" for name, rule in _RULES.items())


def paint(widget: Widget, pieces: Iterable[Piece], cells: int, ground: str = "") -> Strip:
    """Exactly so many cells. `ground`: the style whose background the whole row has."""
    under = _style(widget, ground)
    segments = []
    for text, name in pieces:
        text = clip(text, cells)
        if text:
            segments.append(Segment(text, _over(under, _style(widget, name)) if name else under))
        cells -= width(text)
    segments.append(Segment(" " * cells, under))
    return Strip(segments).simplify()


def _style(widget: Widget, name: str) -> Style:
    return widget.get_component_rich_style(f"paint--{name}") if name else widget.rich_style


@lru_cache(512)
def _over(under: Style, style: Style) -> Style:
    """The letters of one style on the background of another."""
    return under + Style(color=style.color, bold=style.bold, underline=style.underline)
