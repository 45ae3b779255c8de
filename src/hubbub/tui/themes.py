"""The colours: four themes, and which of them suits this terminal.

Owns the palettes, and what TERM, NO_COLOR and the locale mean for them. Every colour that text is written in
has a contrast of 4.5:1 at least on every ground it may stand on; a test computes it. Called by app.py at the start
and by the theme setting.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping

from textual.theme import Theme

DARK, LIGHT, CONTRAST, ANSI = "hubbub-dark", "hubbub-light", "hubbub-contrast", "ansi"
SHORT = {"dark": DARK, "light": LIGHT, "contrast": CONTRAST, "ansi": ANSI}
"""What people write for them; "auto" leaves the choice to the terminal."""

# Textual fades secondary text until it can't be read everywhere; so all of it is named here.

HUBBUB_DARK = Theme(
    name=DARK,
    dark=True,
    foreground="#d8dde6",
    background="#14171c",
    surface="#1a1e25",
    panel="#222730",
    primary="#82aaff",
    secondary="#a3b4cf",
    accent="#f2ae6b",
    warning="#e6bb55",
    error="#ff8a85",
    success="#86cf94",
    variables={
        "text-muted": "#a7b0bf",
        "text-disabled": "#98a1b0",
        "foreground-muted": "#a7b0bf",
        "foreground-disabled": "#98a1b0",
        "text-primary": "#9dbcff",
        "text-secondary": "#b4c2d9",
        "text-accent": "#f5bd87",
        "text-warning": "#ecca78",
        "text-error": "#ffa29e",
        "text-success": "#9fdcab",
        "button-color-foreground": "#10131a",
        "link-color": "#d8dde6",
        "link-color-hover": "#ffffff",
        "block-cursor-foreground": "#10131a",
        "block-cursor-blurred-background": "#2d3644",
        "block-hover-background": "#262c37",
        "input-selection-background": "#34507f",
        "screen-selection-background": "#34507f",
        "screen-selection-foreground": "#ffffff",
        "link-background-hover": "#34507f",
        "border": "#5f7fc4",
        "border-blurred": "#333a46",
        "scrollbar": "#3a4250",
        "scrollbar-hover": "#525d70",
        "scrollbar-active": "#82aaff",
        "scrollbar-background": "#14171c",
        "footer-key-foreground": "#f2ae6b",
    },
)

HUBBUB_LIGHT = Theme(
    name=LIGHT,
    dark=False,
    foreground="#22262e",
    background="#fbfaf8",
    surface="#f4f2ee",
    panel="#eae7e1",
    primary="#1d5bb8",
    secondary="#46536a",
    accent="#8f4500",
    warning="#735000",
    error="#ad231c",
    success="#1a6331",
    variables={
        "text-muted": "#545b67",
        "text-disabled": "#5e6571",
        "foreground-muted": "#545b67",
        "foreground-disabled": "#5e6571",
        "text-primary": "#174c9c",
        "text-secondary": "#3c485d",
        "text-accent": "#7d3c00",
        "text-warning": "#644600",
        "text-error": "#991e18",
        "text-success": "#16552a",
        "button-color-foreground": "#ffffff",
        "link-color": "#22262e",
        "link-color-hover": "#16181d",
        "block-cursor-foreground": "#ffffff",
        "block-cursor-blurred-background": "#d9e2f1",
        "block-hover-background": "#e3e6ec",
        "input-selection-background": "#b9d0f4",
        "screen-selection-background": "#b9d0f4",
        "screen-selection-foreground": "#16181d",
        "link-background-hover": "#b9d0f4",
        "border": "#6d93d1",
        "border-blurred": "#d5d1c9",
        "scrollbar": "#c9c5bd",
        "scrollbar-hover": "#aaa69e",
        "scrollbar-active": "#1d5bb8",
        "scrollbar-background": "#fbfaf8",
        "footer-key-foreground": "#8f4500",
    },
)

HUBBUB_CONTRAST = Theme(
    name=CONTRAST,
    dark=True,
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#101010",
    primary="#7fd7ff",
    secondary="#e0e0e0",
    accent="#ffd75f",
    warning="#ffd700",
    error="#ffb3b3",
    success="#8dff8d",
    variables={
        "text-muted": "#e4e4e4",
        "text-disabled": "#d4d4d4",
        "foreground-muted": "#e4e4e4",
        "foreground-disabled": "#d4d4d4",
        "text-primary": "#7fd7ff",
        "text-secondary": "#e0e0e0",
        "text-accent": "#ffd75f",
        "text-warning": "#ffd700",
        "text-error": "#ffb3b3",
        "text-success": "#8dff8d",
        "button-color-foreground": "#000000",
        "block-cursor-foreground": "#000000",
        "block-cursor-background": "#ffd75f",
        "block-cursor-blurred-background": "#303030",
        "block-hover-background": "#262626",
        "input-selection-background": "#004a75",
        "screen-selection-background": "#004a75",
        "screen-selection-foreground": "#ffffff",
        "link-background-hover": "#004a75",
        "link-color": "#ffffff",
        "link-color-hover": "#ffffff",
        "border": "#ffffff",
        "border-blurred": "#8a8a8a",
        "scrollbar": "#8a8a8a",
        "scrollbar-hover": "#c6c6c6",
        "scrollbar-active": "#ffffff",
        "scrollbar-background": "#000000",
    },
)

# The terminal's own colours: whoever chose them can read them. What is selected is turned round, so that it is seen
# without any colour too.
TERMINAL_COLOURS = Theme(
    name=ANSI,
    ansi=True,
    foreground="ansi_default",
    background="ansi_default",
    surface="ansi_default",
    panel="ansi_default",
    boost="ansi_default",
    primary="ansi_cyan",
    secondary="ansi_default",
    accent="ansi_yellow",
    warning="ansi_yellow",
    error="ansi_red",
    success="ansi_green",
    variables={
        "ansi-background": "ansi_default",
        "ansi-foreground": "ansi_default",
        "text-muted": "ansi_default",
        "text-disabled": "ansi_default",
        "foreground-muted": "ansi_default",
        "foreground-disabled": "ansi_default",
        "block-cursor-foreground": "ansi_default",
        "block-cursor-background": "ansi_default",
        "block-cursor-text-style": "bold reverse",
        "block-cursor-blurred-text-style": "bold",
        "input-selection-foreground": "ansi_black",
        "input-selection-background": "ansi_cyan",
        "screen-selection-foreground": "ansi_black",
        "screen-selection-background": "ansi_cyan",
        "link-color": "ansi_default",
        "link-color-hover": "ansi_default",
        "link-background-hover": "ansi_default",
        "link-style-hover": "bold reverse",
        "border": "ansi_default",
        "border-blurred": "ansi_default",
        "footer-key-foreground": "ansi_default",
        "scrollbar": "ansi_default",
        "scrollbar-hover": "ansi_default",
        "scrollbar-active": "ansi_cyan",
        "scrollbar-background": "ansi_default",
        "scrollbar-background-hover": "ansi_default",
        "scrollbar-background-active": "ansi_default",
    },
)

THEMES = (HUBBUB_DARK, HUBBUB_LIGHT, HUBBUB_CONTRAST, TERMINAL_COLOURS)
NAMES = tuple(theme.name for theme in THEMES)

_OLD_TERMINAL = re.compile(r"vt\d")
_FEW_COLOURS = ("linux", "vt", "ansi", "dumb", "cons25", "unknown")


def choose(setting: str, probed: str | None, environ: Mapping[str, str], *, flag: str = "") -> str:
    """The name of a theme: --theme beats the setting, that what the terminal said, and that dark.

    `probed`: "light", "dark" or None. What isn't the name of a theme counts as "auto".
    """
    for wish in (flag, setting):
        name = SHORT.get(wish.strip().lower(), wish.strip().lower())
        if name in NAMES:
            return name
    if environ.get("NO_COLOR") is not None or environ.get("TERM", "").startswith(_FEW_COLOURS):
        return ANSI
    return LIGHT if probed == "light" else DARK


def is_known(wish: str) -> bool:
    """Whether it is the name of a theme, or "auto"."""
    name = wish.strip().lower()
    return name in ("", "auto", *SHORT, *NAMES)


def ascii_only(environ: Mapping[str, str]) -> bool:
    """Whether borders and signs must do with ASCII: by the locale, as every other program reads it."""
    return _OLD_TERMINAL.match(environ.get("TERM", "")) is not None or encoding(environ) != "utf-8"


def encoding(environ: Mapping[str, str]) -> str:
    """What the terminal takes letters in, as a codec's name; UTF-8 where nobody says."""
    chosen = environ.get("LC_ALL") or environ.get("LC_CTYPE") or environ.get("LANG") or "C.UTF-8"
    # Python itself puts LC_CTYPE in the place of a C locale (PEP 538); the terminal hasn't changed by that.
    if not environ.get("LC_ALL") and chosen in ("C.UTF-8", "C.utf8", "UTF-8") and environ.get("LANG"):
        chosen = environ["LANG"]
    if chosen.lower().replace("-", "").endswith("utf8"):
        return "utf-8"
    try:
        return codecs.lookup(chosen.rpartition(".")[2].partition("@")[0]).name if "." in chosen else "ascii"
    except LookupError:
        return "ascii"
