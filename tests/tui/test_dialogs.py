"""Small questions."""

from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot
from textual.screen import Screen

from hubbub.tui.dialogs import Ask, Confirm, Entry, Menu, PickEmoji, person_entries
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


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("heart", "❤️"),
        (":heart:", "❤️"),
        ("rocke", "🚀"),
        ("🎉", "🎉"),
        ("", "👍"),
        ("xyzzy", None),
        ("two words", None),
    ],
)
def test_an_emoji_is_picked_by_its_name(typed: str, answer: str | None) -> None:
    async def steps(app: Shown, pilot: Pilot[None]) -> None:
        picker.query_line.value = typed
        await pilot.pause()
        if answer is None:
            assert any("There is no emoji" in row for row in rows(app))
        await pilot.press("enter")
        assert app.answers == ([answer] if answer else [])

    picker = PickEmoji()
    show(picker, steps)


def test_the_emoji_that_fit_are_listed_and_chosen_from() -> None:
    async def steps(app: Shown, pilot: Pilot[None]) -> None:
        await pilot.press(*"thumbs")
        await pilot.pause()
        assert [row.strip("│▌ ") for row in rows(app)[4:6]] == ["👍 thumbsup", "👎 thumbsdown"]
        await pilot.press("down", "enter")
        assert app.answers == ["👎"]

    show(PickEmoji(), steps)


def test_a_click_takes() -> None:
    menu = Menu("bob", MENU)

    async def steps(app: Shown, pilot: Pilot[None]) -> None:
        await pilot.click(menu.list, offset=(5, 1))
        assert app.answers == ["ignore"]

    show(menu, steps)
