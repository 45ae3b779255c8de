"""Colours can be read, and are the same everywhere."""

from __future__ import annotations

import subprocess
import sys

from hypothesis import given
from hypothesis import strategies as st

from hubbub.tui.colors import CONTRAST, Palette, contrast, nick_rgb, readable
from hubbub.tui.themes import HUBBUB_CONTRAST, HUBBUB_DARK, HUBBUB_LIGHT

part = st.integers(min_value=0, max_value=255)
colors = st.tuples(part, part, part)
GROUNDS = [
    tuple(bytes.fromhex(theme.background.removeprefix("#")))
    for theme in (HUBBUB_DARK, HUBBUB_LIGHT, HUBBUB_CONTRAST)
    if theme.background
]


@given(colors, colors)
def test_any_colour_becomes_readable_on_any_ground(
    color: tuple[int, int, int], ground: tuple[int, int, int]
) -> None:
    assert contrast(readable(color, ground), ground) >= CONTRAST


def test_nicks_can_be_read_on_every_theme() -> None:
    for red, green, blue in GROUNDS:
        for number in range(500):
            ground = (red, green, blue)
            assert contrast(nick_rgb(f"nick{number}", ground), ground) >= CONTRAST


def test_nicks_have_many_colours() -> None:
    assert len({nick_rgb(f"nick{number}", (18, 18, 18)) for number in range(500)}) > 80


def test_a_nick_has_one_colour_however_it_is_written() -> None:
    assert nick_rgb("Alice", (0, 0, 0)) == nick_rgb("aLICE", (0, 0, 0))


def test_the_colour_is_the_same_in_every_run() -> None:
    program = "from hubbub.tui.colors import nick_rgb; print(*nick_rgb('alice', (18, 18, 18)))"
    runs = {
        subprocess.run(
            [sys.executable, "-c", program], env={"PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert runs == {" ".join(map(str, nick_rgb("alice", (18, 18, 18)))).encode() + b"\n"}


def test_hidden_text_is_shown() -> None:
    style = Palette().said_in((0, 0, 0), (0, 0, 0))
    assert style.color is not None
    assert style.color.triplet is not None
    assert contrast(tuple(style.color.triplet), (0, 0, 0)) >= CONTRAST


def test_with_the_terminals_own_colours_nothing_is_guessed() -> None:
    palette = Palette(ansi=True)
    assert palette.nick("alice").color is not None
    assert palette.nick("alice").color.triplet is None
    assert palette.said_in((255, 0, 0), None).color is None
