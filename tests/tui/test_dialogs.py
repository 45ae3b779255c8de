"""Small questions."""

from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot
from textual.screen import Screen

from hubbub.tui.dialogs import Ask, Confirm, Entry, Menu, person_entries
from tui.showing import Shown, rows, show

MENU = [Entry("Write", "query", "w"), Entry("Ignore", "ignore", "i"), Entry("Nothing", "nothing")]


@pytest.mark.parametrize(
    ("screen", "keys", "answer"),
    [
        (lambda: Ask("Why?"), ["a", "b", "enter"], "ab"),
        (lambda: Ask("Why?", value="so"), ["enter"], "so"),
        (lambda: Ask("Why?"), ["a", "escape"], None),
        (lambda: Ask("Why?"), ["enter"], ""),
        (lambda: Confirm("Sure?"), ["enter"], False),
        (lambda: Confirm("Sure?"), ["y"], True),
        (lambda: Confirm("Sure?"), ["n"], False),
        (lambda: Confirm("Sure?"), ["escape"], False),
        (lambda: Confirm("Sure?"), ["down", "enter"], True),
        (lambda: Menu("bob", MENU), ["i"], "ignore"),
        (lambda: Menu("bob", MENU), ["down", "down", "down", "enter"], "nothing"),
        (lambda: Menu("bob", MENU), ["x", "escape"], None),
    ],
)
def test_keys_answer(screen: Any, keys: list[str], answer: object) -> None:
    async def steps(app: Shown, pilot: Pilot[None]) -> None:
        await pilot.press(*keys)
        assert app.answers == [answer]

    opened: Screen[Any] = screen()
    show(opened, steps)


def test_a_secret_is_not_shown() -> None:
    async def steps(app: Shown, pilot: Pilot[None]) -> None:
        await pilot.press(*"hunter")
        text = "".join(rows(app))
        assert "hunter" not in text
        assert "••••••" in text

    show(Ask("Password?", True), steps)


def test_what_others_wrote_is_no_markup() -> None:
    async def steps(app: Shown, pilot: Pilot[None]) -> None:
        text = "".join(rows(app))
        for part in ("[red]x", "Write to [red]x", "real name: [b]\\[/nope]", "away [31m"):
            assert part in text
        assert "\x1b" not in text

    about = ["real name: [b]\\[/nope]", "away \x1b[31m"]
    show(Menu("[red]x", person_entries("[red]x"), about), steps)


def test_what_can_be_done_about_somebody() -> None:
    assert [entry.value for entry in person_entries("bob")] == ["query", "mention", "ignore"]
    able = person_entries("bob", ignored=True, operator=True)
    assert [entry.value for entry in able] == ["query", "mention", "unignore", "op", "kick"]


def test_a_click_takes() -> None:
    menu = Menu("bob", MENU)

    async def steps(app: Shown, pilot: Pilot[None]) -> None:
        await pilot.click(menu.list, offset=(5, 1))
        assert app.answers == ["ignore"]

    show(menu, steps)
