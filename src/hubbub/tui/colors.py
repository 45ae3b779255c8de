"""Colours that can be read: of nicks, of what people colour themselves, and of the parts of the conversation.

Owns contrast, the colour of a nick (the same on every machine and in every run) and the Palette. Knows no widget:
TimelineView makes the Palette from its theme. Called by markup.py and layout.py.
"""

from __future__ import annotations

import colorsys
from dataclasses import dataclass, field
from functools import lru_cache
from zlib import crc32

from rich.color import Color
from rich.style import Style

from hubbub.irc.names import fold

Rgb = tuple[int, int, int]

CONTRAST = 4.5
"""WCAG 2.1, 1.4.3: the least for text."""

_STEPS = 20
_HUES = 48
_ANSI_NICKS = ("red", "green", "yellow", "blue", "magenta", "cyan")


def parse(color: str) -> Rgb:
    """From rrggbb."""
    return int(color[0:2], 16), int(color[2:4], 16), int(color[4:6], 16)


def _luminance(color: Rgb) -> float:
    """WCAG 2.1, relative luminance."""
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (component / 255 for component in color)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: Rgb, other: Rgb) -> float:
    """1 (the same) to 21 (black and white)."""
    dark, bright = sorted((_luminance(one), _luminance(other)))
    return (bright + 0.05) / (dark + 0.05)


@lru_cache(4096)
def readable(color: Rgb, background: Rgb) -> Rgb:
    """The colour, made lighter or darker until it can be read on the background."""
    if contrast(color, background) >= CONTRAST:
        return color
    white, black = (255, 255, 255), (0, 0, 0)
    goal = white if contrast(white, background) >= contrast(black, background) else black
    mixed = (_mix(color, goal, step / _STEPS) for step in range(1, _STEPS))
    return next((each for each in mixed if contrast(each, background) >= CONTRAST), goal)


def _mix(color: Rgb, goal: Rgb, share: float) -> Rgb:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(color, goal, strict=True))
    return red, green, blue


@lru_cache(4096)
def nick_rgb(name: str, background: Rgb) -> Rgb:
    """The colour of a nick or account on this background. The same for all spellings of the name."""
    number = crc32(fold(name).encode("utf-8", "replace"))
    hue = number % _HUES / _HUES
    saturation = (0.5, 0.65, 0.85)[number // _HUES % 3]
    red, green, blue = colorsys.hls_to_rgb(hue, 0.55, saturation)
    return readable((round(red * 255), round(green * 255), round(blue * 255)), background)


@dataclass(frozen=True, slots=True, eq=False)
class Palette:
    """How the parts of the conversation are drawn on one background.

    ansi   the terminal's own colours are used and what they look like is unknown
    """

    background: Rgb = (18, 18, 18)
    ansi: bool = False
    time: Style = field(default_factory=lambda: Style(color="#9a9a9a"))
    dim: Style = field(default_factory=lambda: Style(color="#9a9a9a"))
    me: Style = field(default_factory=lambda: Style(bold=True))
    link: Style = field(default_factory=lambda: Style(underline=True))
    room: Style = field(default_factory=lambda: Style(underline=False))
    mention: Style = field(default_factory=lambda: Style(bold=True))
    code: Style = field(default_factory=Style)
    day: Style = field(default_factory=Style)
    new: Style = field(default_factory=lambda: Style(bold=True))
    failed: Style = field(default_factory=lambda: Style(color="#ff6b6b"))
    notice: Style = field(default_factory=Style)
    reaction: Style = field(default_factory=Style)
    own_reaction: Style = field(default_factory=lambda: Style(bold=True, underline=True))

    def nick(self, name: str) -> Style:
        if self.ansi:
            number = crc32(fold(name).encode("utf-8", "replace"))
            return Style(color=_ANSI_NICKS[number % len(_ANSI_NICKS)])
        return _colored(nick_rgb(name, self.background), None)

    def said_in(self, color: Rgb | None, background: Rgb | None) -> Style:
        """What people coloured themselves, so that it can be read; hidden text is shown."""
        if background is None and (color is None or self.ansi):
            return Style.null()
        behind = background or self.background
        black_or_white = (0, 0, 0) if _luminance(behind) > 0.18 else (255, 255, 255)
        return _colored(readable(color or black_or_white, behind), background)


@lru_cache(1024)
def _colored(color: Rgb, background: Rgb | None) -> Style:
    return Style(
        color=Color.from_rgb(*color), bgcolor=Color.from_rgb(*background) if background is not None else None
    )
