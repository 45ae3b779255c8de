"""The help sheet: everything is in it, it is found by typing, and it goes away."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from hubbub.client.lines import Kind, Line
from hubbub.tui import themes
from hubbub.tui.cells import width
from hubbub.tui.commands import all_commands
from hubbub.tui.help_sheet import Entry, HelpSheet, entries, matching
from hubbub.tui.keymap import KEYS, Context, Keymap, read_keys
from hubbub.tui.rows import Rows
from hubbub.tui.timeline_view import TimelineView
from tui.showing import rows


class Window(App[None]):
    """Somewhere to open the sheet over."""

    def __init__(self, sheet: HelpSheet | None = None) -> None:
        super().__init__()
        self._sheet = sheet or HelpSheet()
        self.closed: list[str | None] = []
        for one in themes.THEMES:
            self.register_theme(one)
        self.theme = themes.DARK

    def on_mount(self) -> None:
        self.push_screen(self._sheet, self.closed.append)


def with_sheet(
    do: Callable[[Window, HelpSheet, Pilot[None]], Awaitable[None]], size: tuple[int, int] = (100, 30)
) -> Window:
    async def open_it() -> Window:
        app = Window()
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            await pilot.pause()
            sheet = app.screen
            assert isinstance(sheet, HelpSheet)
            await do(app, sheet, pilot)
        return app

    return asyncio.run(open_it())


def chosen(sheet: HelpSheet) -> Entry:
    assert sheet.chosen is not None
    return sheet.chosen


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
    keys = headings[: len(Context) + 1]
    assert keys[:4] == ["What the signs mean", Context.COMPOSER, Context.WINDOW, Context.MESSAGES]
    assert keys[-1] == Context.EVERYWHERE


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
    assert matching(list(entries(Keymap())), "xyzzy plugh") == []


@pytest.mark.parametrize(
    ("query", "left"),
    [
        ("how do i leave a room?", "/part [#room] [reason]"),
        ("make somebody an operator xyzzy", "/op name …"),
        ("where do I change my name", "/nick name"),
        ("✎", "✎"),
    ],
)
def test_a_question_finds_by_the_words_that_say_something(query: str, left: str) -> None:
    found = matching(list(entries(Keymap())), query)
    assert left in [entry.left for entry in found]
    assert len(found) < 12


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
            if chosen(sheet) is sheet._found[-1]:
                assert chosen(sheet).text == "/uptime "
        await pilot.pause()
        assert sheet.list.scroll_offset.y == 0

    with_sheet(do)


def test_a_search_that_finds_nothing_says_so() -> None:
    async def do(app: Window, sheet: HelpSheet, pilot: Pilot[None]) -> None:
        await pilot.press(*"xyzzy")
        assert any("Nothing here is about that." in row for row in rows(app))

    with_sheet(do)


@pytest.mark.parametrize("size", [(60, 24), (40, 24), (100, 30), (200, 50)])
def test_nothing_is_cut(size: tuple[int, int]) -> None:
    async def do(app: Window, sheet: HelpSheet, pilot: Pilot[None]) -> None:
        cells = sheet.list.scrollable_content_region.width - 1
        shown: dict[int, str] = {}
        for row in sheet._rows:
            text = "".join(text for text, _ in row.pieces)
            assert width(text) <= cells
            shown[row.entry] = shown.get(row.entry, "") + text + " "
        for at, entry in enumerate(sheet._found):
            assert "".join(f"{entry.left}{entry.right}".split()) == "".join(shown[at].split())

    with_sheet(do, size)


def test_an_entry_of_several_rows_is_one() -> None:
    async def do(app: Window, sheet: HelpSheet, pilot: Pilot[None]) -> None:
        await pilot.press(*"sessions logout")
        entry = chosen(sheet)
        assert entry.text == "/sessions "
        marked = [row for at, row in enumerate(sheet._rows) if sheet.marks(at)]
        assert len(marked) > 1
        sheet.on_rows_clicked(Rows.Clicked(sheet.list, len(sheet._rows) - 1))

    assert with_sheet(do, (60, 24)).closed == ["/sessions "]


def test_it_can_begin_with_the_keys_of_a_message() -> None:
    async def run() -> None:
        app = Window(HelpSheet(start=Context.MESSAGES))
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.pause()
            await pilot.pause()
            sheet = app.screen
            assert isinstance(sheet, HelpSheet)
            assert chosen(sheet).also == "message_up"
            assert Context.MESSAGES in rows(app, sheet.list)[0]

    asyncio.run(run())


def test_on_a_message_it_begins_with_its_keys() -> None:
    async def run() -> None:
        app = OnMessage()
        async with app.run_test(size=(80, 24)) as pilot:
            app.view.focused_here = True
            app.push_screen(HelpSheet())
            await pilot.pause()
            await pilot.pause()
            sheet = app.screen
            assert isinstance(sheet, HelpSheet)
            assert chosen(sheet).also == "message_up"

    asyncio.run(run())


class OneMessage(TimelineView):
    focused_here = False

    @property
    def focused(self) -> Line | None:
        return Line(Kind.MESSAGE, 0, "bob", "hi") if self.focused_here else None


class OnMessage(App[None]):
    def compose(self) -> ComposeResult:
        self.view = OneMessage()
        self.view.can_focus = True
        yield self.view

    def on_mount(self) -> None:
        self.view.focus()


def test_a_key_is_only_to_be_read() -> None:
    async def do(app: Window, sheet: HelpSheet, pilot: Pilot[None]) -> None:
        await pilot.press("enter")
        assert app.screen is sheet

    assert with_sheet(do).closed == []
