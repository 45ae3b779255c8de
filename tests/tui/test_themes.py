"""The themes can be read, and the right one is chosen."""

from __future__ import annotations

import asyncio
from itertools import product

import pytest
from textual.app import App, ComposeResult
from textual.color import Color
from textual.theme import Theme
from textual.widgets import Button, Input, OptionList, Static

from hubbub.tui.themes import ANSI, CONTRAST, DARK, LIGHT, NAMES, TERMINAL_COLOURS, THEMES, ascii_only, choose

ENOUGH = 4.5
"""WCAG 2.1, 1.4.3, for ordinary text."""
ENOUGH_IN_CONTRAST = 7.0
TRUE_COLOURS = [theme for theme in THEMES if not theme.ansi]
GROUNDS = ("background", "surface", "panel", "block-hover-background", "block-cursor-blurred-background")
TEXTS = (
    "foreground", "text", "text-muted", "text-disabled", "foreground-muted", "foreground-disabled",
    "primary", "secondary", "accent", "warning", "error", "success",
    "text-primary", "text-secondary", "text-accent", "text-warning", "text-error", "text-success",
    "link-color", "footer-key-foreground", "footer-foreground", "markdown-h1-color", "markdown-h6-color",
)  # fmt: skip
PAIRS = (
    ("block-cursor-foreground", "block-cursor-background"),
    ("block-cursor-blurred-foreground", "block-cursor-blurred-background"),
    ("input-cursor-foreground", "input-cursor-background"),
    ("input-selection-foreground", "input-selection-background"),
    ("screen-selection-foreground", "screen-selection-background"),
    ("link-color-hover", "link-background-hover"),
    ("button-color-foreground", "primary"),
    ("button-color-foreground", "error"),
    ("button-color-foreground", "success"),
    ("button-color-foreground", "warning"),
    ("footer-foreground", "footer-background"),
)


def luminance(color: Color) -> float:
    """WCAG 2.1, relative luminance."""
    red, green, blue = (
        channel / 12.92 if channel <= 0.03928 else ((channel + 0.055) / 1.055) ** 2.4
        for channel in color.normalized
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(text: str, ground: str, below: str) -> float:
    """As Textual draws it: see-through colours are mixed with what is below, "auto" is black or white."""
    back = Color.parse(below) + Color.parse(ground)
    automatic, _, percent = text.partition(" ")
    if automatic == "auto":
        drawn = back + back.get_contrast_text(int(percent.rstrip("%")) / 100)
    else:
        drawn = back + Color.parse(text)
    dark, light = sorted((luminance(drawn), luminance(back)))
    return (light + 0.05) / (dark + 0.05)


def colours(theme: Theme) -> dict[str, str]:
    return theme.to_color_system().generate()


@pytest.mark.parametrize("theme", TRUE_COLOURS, ids=lambda theme: theme.name)
@pytest.mark.parametrize(("text", "ground"), [*product(TEXTS, GROUNDS), *PAIRS])
def test_all_text_can_be_read(theme: Theme, text: str, ground: str) -> None:
    made = colours(theme)
    enough = ENOUGH_IN_CONTRAST if theme.name == CONTRAST else ENOUGH
    assert contrast(made[text], made[ground], made["background"]) >= enough


@pytest.mark.parametrize("text", ["foreground", "text", "text-muted"])
def test_the_contrast_theme_is_black_and_white(text: str) -> None:
    made = colours(next(theme for theme in THEMES if theme.name == CONTRAST))
    assert contrast(made[text], made["background"], "#000000") >= 15


@pytest.mark.parametrize("text", [*TEXTS, *GROUNDS, *(name for pair in PAIRS for name in pair)])
def test_the_terminal_s_own_colours_are_nothing_else(text: str) -> None:
    value = colours(TERMINAL_COLOURS)[text]
    assert value.startswith("ansi_") or value == "transparent"


def test_what_is_selected_shows_without_colour() -> None:
    assert "reverse" in colours(TERMINAL_COLOURS)["block-cursor-text-style"]


class Demo(App[None]):
    def __init__(self, theme: str) -> None:
        super().__init__()
        for each in THEMES:
            self.register_theme(each)
        self.theme = theme

    def compose(self) -> ComposeResult:
        yield Static("[$text-muted]some[/] [$accent]text[/]")
        yield Input("typed")
        yield OptionList("one", "two")
        yield Button("Press", variant="primary")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("no_color", [False, True])
def test_textual_draws_with_each(name: str, no_color: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if no_color:
        monkeypatch.setenv("NO_COLOR", "1")

    async def draw() -> str:
        app = Demo(name)
        async with app.run_test(size=(40, 12)) as pilot:
            await pilot.press("tab", "down")
            return app.export_screenshot()

    assert "Press" in asyncio.run(draw())


# -- choosing -----------------------------------------------------------------------------------------------

XTERM = {"TERM": "xterm-256color"}


@pytest.mark.parametrize(
    ("flag", "setting", "probed", "environ", "name"),
    [
        ("light", "dark", "dark", XTERM, LIGHT),
        ("", "light", "dark", XTERM, LIGHT),
        ("", "auto", "light", XTERM, LIGHT),
        ("", "auto", "dark", XTERM, DARK),
        ("", "", None, XTERM, DARK),
        ("auto", "light", None, XTERM, LIGHT),
        ("Hubbub-Contrast", "", None, XTERM, CONTRAST),
        ("no-such-theme", "", "light", XTERM, LIGHT),
        ("", "auto", "light", {**XTERM, "NO_COLOR": ""}, ANSI),
        ("", "dark", None, {**XTERM, "NO_COLOR": "1"}, DARK),
        ("", "auto", None, {"TERM": "linux"}, ANSI),
        ("", "auto", None, {"TERM": "vt100"}, ANSI),
        ("", "auto", None, {}, DARK),
    ],
)
def test_the_choice(flag: str, setting: str, probed: str | None, environ: dict[str, str], name: str) -> None:
    assert choose(setting, probed, environ, flag=flag) == name


@pytest.mark.parametrize(
    ("environ", "wanted"),
    [
        ({}, False),
        ({"LANG": "en_GB.UTF-8"}, False),
        ({"LANG": "de_DE.utf8"}, False),
        ({"LANG": "C"}, True),
        ({"LANG": "C", "LC_CTYPE": "C.UTF-8"}, True),
        ({"LC_CTYPE": "C.UTF-8"}, False),
        ({"LANG": "C", "LC_CTYPE": "en_GB.UTF-8"}, False),
        ({"LANG": "en_GB.UTF-8", "LC_ALL": "POSIX"}, True),
        ({"LANG": "C", "LC_ALL": "C.UTF-8"}, False),
        ({"LANG": "de_DE.ISO-8859-1"}, True),
        ({"LANG": "en_GB.UTF-8", "TERM": "vt100"}, True),
        ({"LANG": "en_GB.UTF-8", "TERM": "linux"}, False),
        ({"LANG": "en_GB.UTF-8", "TERM": "vte-256color"}, False),
        ({"LANG": "xx_YY.no-such-thing"}, True),
    ],
)
def test_ascii_only(environ: dict[str, str], wanted: bool) -> None:
    assert ascii_only(environ) is wanted
