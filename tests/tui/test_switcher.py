"""Ctrl+K."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot

from hubbub.client.chat import Chat
from hubbub.tui.switcher import Switcher, offers
from hubbub.tui.windows import Windows
from tui.showing import Shown, rows, show, until


def make(*names: str) -> Windows:
    windows, chat = Windows(), Chat(nick="alice")
    for name in names:
        windows.show(windows.add("home", chat.open(name)))
    return windows


def names_of(switcher: Switcher) -> list[str]:
    return [entry if isinstance(entry, str) else entry.conversation.name for entry in switcher._found]


def test_it_begins_with_the_recent_ones_and_enter_goes_to_the_one_before() -> None:
    windows = make("#a", "#b", "#c")
    switcher = Switcher(windows)

    async def steps(app: Shown, pilot: Pilot[None]) -> None:
        assert names_of(switcher) == ["#b", "#a", "#c"]
        await pilot.press("enter")
        assert app.answers == [windows.find("home", "#b")]

    show(switcher, steps)


def test_letters_filter_and_the_keys_choose() -> None:
    windows = make("#tea", "#teapot", "#coffee", "#steam")
    switcher = Switcher(windows)

    async def steps(app: Shown, pilot: Pilot[None]) -> None:
        await pilot.press("t", "e", "a")
        assert names_of(switcher) == ["#tea", "#teapot", "#steam"]
        await pilot.press("down", "ctrl+n", "ctrl+n", "ctrl+p", "up", "down", "enter")
        assert app.answers == [windows.find("home", "#teapot")]

    show(switcher, steps)


def test_escape_returns_nothing() -> None:
    async def steps(app: Shown, pilot: Pilot[None]) -> None:
        await pilot.press("x", "escape")
        assert app.answers == [None]

    show(Switcher(make("#a")), steps)


def test_what_is_not_there_can_be_joined_or_written_to() -> None:
    switcher = Switcher(make("#a"))

    async def steps(app: Shown, pilot: Pilot[None]) -> None:
        await pilot.press(*"zoe")
        assert [row.strip("│▌ ") for row in rows(app)[4:6]] == ["join #zoe", "write to zoe"]
        await pilot.press("down", "enter")
        assert app.answers == ["zoe"]

    show(switcher, steps)


@pytest.mark.parametrize(
    ("query", "offered"),
    [("tea", ["#tea", "tea"]), ("#tea", ["#tea"]), ("two words", []), ("", []), ("9lives", ["#9lives"])],
)
def test_only_what_can_be_a_name_is_offered(query: str, offered: list[str]) -> None:
    assert offers(query) == offered


def test_the_box_is_as_high_as_it_must_be() -> None:
    switcher = Switcher(make("#a", "#b", "#c", "#d", "#ab"))

    async def steps(app: Shown, pilot: Pilot[None]) -> None:
        box = switcher.query_one("#box")
        top = box.region.y
        assert box.region.height == 5 + switcher.AROUND
        await pilot.press("a")
        await until(pilot, lambda: box.region.height == 2 + switcher.AROUND)
        assert box.region.y == top

    show(switcher, steps, size=(80, 40))


def test_a_long_list_is_scrolled_in_its_box() -> None:
    switcher = Switcher(make(*(f"#r{number:02}" for number in range(60))))

    async def steps(app: Shown, pilot: Pilot[None]) -> None:
        box = switcher.query_one("#box")
        assert box.region.height == 16
        for _ in range(70):
            await pilot.press("down")
        assert any("▌#r59" in row for row in rows(app))
        assert box.region.bottom <= 20

    show(switcher, steps, size=(80, 20))


def test_a_click_goes_there() -> None:
    windows = make("#a", "#b", "#c")
    switcher = Switcher(windows)

    async def steps(app: Shown, pilot: Pilot[None]) -> None:
        await pilot.click(switcher.list, offset=(4, 1))
        await until(pilot, lambda: app.answers == [windows.find("home", "#a")])

    show(switcher, steps)


def test_counts_and_networks_stand_at_the_right() -> None:
    windows = make("#a", "#b")
    windows.add("far", Chat().open("#far"))
    mentioned = windows.find("home", "#a")
    assert mentioned is not None
    mentioned.conversation.unread, mentioned.conversation.mentions = 7, 1

    async def steps(app: Shown, pilot: Pilot[None]) -> None:
        shown = [" ".join(row.strip("│▌ ").split()) for row in rows(app)[4:7]]
        assert shown == ["#a 1@ 7 Home", "#far Far", "#b here Home"]

    show(Switcher(windows, {"home": "Home", "far": "Far"}), steps)
