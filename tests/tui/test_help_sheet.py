"""The help sheet: everything is in it, it is found by typing, and it goes away."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from textual.app import App
from textual.pilot import Pilot

from hubbub.tui import themes
from hubbub.tui.commands import all_commands
from hubbub.tui.help_sheet import Entry, HelpSheet, entries, matching
from hubbub.tui.keymap import KEYS, Keymap, read_keys


class Window(App[None]):
    """Somewhere to open the sheet over."""

    def __init__(self) -> None:
        super().__init__()
        self.closed: list[str | None] = []
        for one in themes.THEMES:
            self.register_theme(one)
        self.theme = themes.DARK

    def on_mount(self) -> None:
        self.push_screen(HelpSheet(), self.closed.append)


def with_sheet(do: Callable[[Window, HelpSheet, Pilot[None]], Awaitable[None]]) -> Window:
    async def open_it() -> Window:
        app = Window()
        async with app.run_test(size=(100, 30)) as pilot:
            await pilot.pause()
            sheet = app.screen
            assert isinstance(sheet, HelpSheet)
            await do(app, sheet, pilot)
        return app

    return asyncio.run(open_it())


def chosen(sheet: HelpSheet) -> Entry:
    assert sheet.list.chosen is not None
    return sheet._found[sheet.list.chosen]


def test_all_keys_and_commands_are_in_it() -> None:
    listed = list(entries(Keymap()))
    assert {entry.text for entry in listed if entry.text} == {
        f"/{command.name} " for command in all_commands()
    }
    assert {entry.also for entry in listed} >= {
        key.name for key in KEYS if not key.call.startswith("go_to_number")
    }
    assert "Alt+1 … Alt+0" in [entry.left for entry in listed]
    headings = [entry.left for entry in listed if entry.heading]
    assert len(headings) == len(set(headings))
    assert headings[0] == "Everywhere"


def test_the_keys_are_those_of_the_settings() -> None:
    listed = list(entries(read_keys({"next_activity": "ctrl+g", "toggle_mouse": ""})))
    assert any(entry.left == "Ctrl+G" for entry in listed)
    assert not any(entry.also == "toggle_mouse" for entry in listed)


@pytest.mark.parametrize(
    ("query", "left"),
    [("topic", "/topic [text]"), ("alt+a", "Alt+A"), ("EDITOR own", "/editor"), ("/w", "/msg name text")],
)
def test_finding(query: str, left: str) -> None:
    found = matching(list(entries(Keymap())), query)
    assert left in [entry.left for entry in found]
    assert len(found) < 30


def test_headings_stand_only_above_something() -> None:
    found = matching(list(entries(Keymap())), "topic")
    for above, below in zip(found, [*found[1:], None], strict=True):
        assert not above.heading or (below is not None and not below.heading)
    assert matching(list(entries(Keymap())), "no such thing at all") == []


def test_typing_searches_and_enter_takes_a_command() -> None:
    async def do(app: Window, sheet: HelpSheet, pilot: Pilot[None]) -> None:
        await pilot.press(*"topic", "enter")

    assert with_sheet(do).closed == ["/topic "]


@pytest.mark.parametrize("key", ["escape", "f1"])
def test_it_closes(key: str) -> None:
    async def do(app: Window, sheet: HelpSheet, pilot: Pilot[None]) -> None:
        await pilot.press(key)

    assert with_sheet(do).closed == [None]


def test_headings_are_passed_over() -> None:
    async def do(app: Window, sheet: HelpSheet, pilot: Pilot[None]) -> None:
        assert not chosen(sheet).heading
        await pilot.press("down")
        assert not chosen(sheet).heading
        for step in [1] * 200 + [-1] * 200:
            sheet.action_step(step)
            assert not chosen(sheet).heading
            if sheet.list.chosen == len(sheet._found) - 1:
                assert chosen(sheet).text == "/uptime "
        await pilot.pause()
        assert sheet.list.scroll_offset.y == 0

    with_sheet(do)


def test_a_key_is_only_to_be_read() -> None:
    async def do(app: Window, sheet: HelpSheet, pilot: Pilot[None]) -> None:
        await pilot.press("enter")
        assert app.screen is sheet

    assert with_sheet(do).closed == []
