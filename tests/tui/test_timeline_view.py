"""The conversation in a running Textual app: what is on the screen, and what the widget says to its owner."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC

import pytest
from textual.app import App, ComposeResult
from textual.message import Message
from textual.pilot import Pilot

from hubbub.client.chat import Chat
from hubbub.client.lines import Delivery, Kind, Line
from hubbub.client.timeline import Timeline
from hubbub.tui import layout, viewport
from hubbub.tui.themes import NAMES, THEMES
from hubbub.tui.timeline_view import TimelineView

NOON = 1_795_176_000_000
MANY = 100_000


class Window(App[None]):
    """A TimelineView alone; keeps what it says."""

    def __init__(self, timeline: Timeline, *, at: Line | None = None, divider: Line | None = None) -> None:
        super().__init__()
        self.timeline = timeline
        self.at = at
        self.divider = divider
        self.view = TimelineView(zone=UTC)
        self.said: list[Message] = []
        self.shown = Chat(nick="dave")
        self.shown.person("alice")

    def compose(self) -> ComposeResult:
        yield self.view

    def on_mount(self) -> None:
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = NAMES[0]
        self.view.show(self.timeline, at=self.at, divider=self.divider, chat=self.shown)

    def of(self, kind: type[Message]) -> list[Message]:
        """Each once, although it is seen again on its way up."""
        return [
            message
            for message in {id(each): each for each in self.said}.values()
            if isinstance(message, kind)
        ]

    def screen_text(self) -> list[str]:
        """Without the last column, in which the scrollbar stands."""
        rows = map(self.view.render_line, range(self.view.size.height))
        return ["".join(segment.text for segment in row)[:-1].rstrip() for row in rows]


def said(number: int, text: str = "", nick: str = "alice", **more: object) -> Line:
    return Line(Kind.MESSAGE, NOON + number * 10, nick, text or f"line {number}", msgid=f"m{number}", **more)


def a_timeline(count: int = 100) -> Timeline:
    timeline = Timeline()
    timeline.merge([said(number, nick="alice" if number % 3 else "bob") for number in range(count)])
    return timeline


def run(
    window: Window, script: Callable[[Pilot[None]], Awaitable[None]], size: tuple[int, int] = (100, 30)
) -> None:
    async def main() -> None:
        async with window.run_test(size=size, message_hook=window.said.append) as pilot:
            await pilot.pause()
            await script(pilot)

    asyncio.run(main())


@pytest.fixture(scope="module")
def many() -> Timeline:
    return a_timeline(MANY)


# -- 100,000 lines ----------------------------------------------------------------------------------------------


def test_only_what_is_seen_is_laid_out(many: Timeline, monkeypatch: pytest.MonkeyPatch) -> None:
    laid_out: list[object] = []
    original = layout.lay_out

    def counted(block: object, *others: object) -> object:
        laid_out.append(block)
        return original(block, *others)

    monkeypatch.setattr(viewport, "lay_out", counted)
    window = Window(many)

    async def script(pilot: Pilot[None]) -> None:
        view = window.view
        assert window.screen_text()[-1].endswith(f"line {MANY - 1}")
        view.page_up()
        await pilot.pause()
        view.to_top()
        await pilot.pause()
        assert window.screen_text()[1].endswith("line 0")
        view.go_to(many.lines[MANY // 2])
        await pilot.pause()
        assert many.lines[MANY // 2] in view.visible_lines
        view.to_bottom()
        await pilot.pause()
        assert view.following
        assert len(laid_out) < 400

    run(window, script)


# -- staying where one reads ------------------------------------------------------------------------------------


def test_new_lines_don_t_move_what_is_read() -> None:
    window = Window(a_timeline())

    async def script(pilot: Pilot[None]) -> None:
        view = window.view
        view.page_up()
        before = window.screen_text()[:-1]
        for number in range(100, 150):
            window.timeline.append(said(number))
        view.refresh_lines()
        await pilot.pause()
        after = window.screen_text()
        assert after[:-1] == before
        assert after[-1].strip() == "↓ 50 new"
        assert view.unseen == 50
        await pilot.click(view, offset=(3, 29))
        assert view.following

    run(window, script)


def test_the_view_opens_at_the_first_unread() -> None:
    timeline = a_timeline()
    first = timeline.lines[40]
    window = Window(timeline, at=first, divider=first)

    async def script(pilot: Pilot[None]) -> None:
        rows = window.screen_text()
        assert rows[9].strip("─ ") == "new"
        assert rows[10].endswith("line 40")
        assert not window.view.following
        window.view.divider = None
        await pilot.pause()
        assert not any("─" in row for row in window.screen_text())

    run(window, script)


def test_positions_are_kept() -> None:
    window = Window(a_timeline())

    async def script(pilot: Pilot[None]) -> None:
        view = window.view
        assert view.position() is None
        view.scroll_rows(-40)
        before, position = window.screen_text(), view.position()
        view.to_bottom()
        await pilot.pause()
        assert view.restore(position)
        assert window.screen_text() == before
        assert view.restore(None)
        assert view.following

    run(window, script)


def test_a_storm_of_sizes_leaves_no_garbage() -> None:
    window = Window(a_timeline())

    async def script(pilot: Pilot[None]) -> None:
        before = window.screen_text()
        for step in range(20):
            await pilot.resize_terminal(20 + step * 7, 4 + step)
        await pilot.resize_terminal(100, 30)
        await pilot.pause()
        assert window.screen_text() == before

    run(window, script)


# -- what it says -----------------------------------------------------------------------------------------------


def test_it_asks_for_more_once() -> None:
    window = Window(a_timeline())

    async def script(pilot: Pilot[None]) -> None:
        view = window.view
        assert not window.of(TimelineView.NeedOlder)
        for _ in range(10):
            view.page_up()
            await pilot.pause()
        asked = len(window.of(TimelineView.NeedOlder))
        assert asked >= 1
        for _ in range(5):
            view.refresh_lines()
            await pilot.pause()
        assert len(window.of(TimelineView.NeedOlder)) == asked
        window.timeline.at_start = True
        view.page_up()
        await pilot.pause()
        assert len(window.of(TimelineView.NeedOlder)) == asked
        assert [message.following for message in window.of(TimelineView.Followed)] == [False]

    run(window, script)


def test_the_mouse() -> None:
    timeline = Timeline()
    long = said(5, "\n".join(map(str, range(40))))
    for each in (
        said(0, "first"),
        *(said(number) for number in range(1, 5)),
        long,
        said(6, "https://example.org and #tea, alice", "bob", reply_to="m0", reactions={"👍": ["x"]}),
    ):
        timeline.append(each)
    last = timeline.lines[-1]
    window = Window(timeline)

    async def script(pilot: Pilot[None]) -> None:
        view = window.view
        rows = window.screen_text()

        async def click(words: str) -> None:
            rows = window.screen_text()
            y = max(at for at, row in enumerate(rows) if words in row)
            await pilot.click(view, offset=(rows[y].rindex(words) + 1, y))
            await pilot.pause()

        await click("https://example.org")
        await click("#tea")
        await click("alice")
        await click("👍")
        await click(" and ")
        assert window.of(TimelineView.LinkClicked)[0].url == "https://example.org"
        assert window.of(TimelineView.RoomClicked)[0].name == "#tea"
        assert window.of(TimelineView.NickClicked)[0].nick == "alice"
        assert window.of(TimelineView.ReactionClicked)[0].emoji == "👍"
        assert window.of(TimelineView.LineClicked)[0].line is last
        await click("more lines]")
        assert window.of(TimelineView.FoldToggled)[0].expanded
        assert window.screen_text() != rows
        view.to_bottom()
        await pilot.pause()
        await click("[show less]")
        assert window.screen_text()[1:] == rows[1:]
        await click("↪ alice")
        assert timeline.lines[0] in view.visible_lines

    run(window, script)


def test_focus_walks_over_messages() -> None:
    timeline = a_timeline(50)
    timeline.append(Line(Kind.TOPIC, NOON + 1000, "alice", "tea"))
    window = Window(timeline)

    async def script(pilot: Pilot[None]) -> None:
        view = window.view
        assert view.focus_next() is not None
        view.clear_focus()
        assert view.focus_previous() is timeline.lines[49]
        assert view.focus_previous() is timeline.lines[48]
        assert view.focused is timeline.lines[48]
        y = next(at for at, row in enumerate(window.screen_text()) if row.endswith("line 48"))
        plain = {segment.style.bgcolor for segment in view.render_line(y - 1) if segment.style}
        marked = {segment.style.bgcolor for segment in view.render_line(y) if segment.style}
        assert marked - plain
        view.clear_focus()
        assert view.focused is None
        await pilot.pause()

    run(window, script)


def test_live_text_stands_at_the_end() -> None:
    window = Window(a_timeline())

    async def script(pilot: Pilot[None]) -> None:
        window.view.live_lines = [("bob", "I am jus")]
        await pilot.pause()
        rows = window.screen_text()
        assert rows[-1] == "     ~  bob  I am jus"
        assert rows[-2].endswith("line 99")
        window.view.live_lines = []
        assert window.screen_text()[-1].endswith("line 99")

    run(window, script)


def test_what_changes_is_drawn_anew() -> None:
    window = Window(a_timeline())

    async def script(pilot: Pilot[None]) -> None:
        line = window.timeline.lines[-1]
        line.text, line.edited_ms, line.delivery = "changed", 1, Delivery.FAILED
        window.timeline.touch(line)
        window.view.refresh_lines()
        await pilot.pause()
        rows = window.screen_text()
        assert rows[-2].endswith("changed (edited)")
        assert rows[-1].endswith("Enter on it: send again")

    run(window, script)


@pytest.mark.parametrize("theme", NAMES)
def test_every_theme(theme: str) -> None:
    window = Window(a_timeline())

    async def script(pilot: Pilot[None]) -> None:
        before = window.screen_text()
        window.theme = theme
        await pilot.pause()
        assert window.screen_text() == before

    run(window, script)


@pytest.mark.parametrize("size", [(1, 1), (2, 2), (5, 3), (12, 5), (60, 15), (200, 60)])
def test_every_size(size: tuple[int, int]) -> None:
    timeline = a_timeline(20)
    timeline.append(said(21, "日本語 👩‍🚀 é العربية " * 20))
    window = Window(timeline)

    async def script(pilot: Pilot[None]) -> None:
        width, height = size
        for y in range(height):
            assert window.view.render_line(y).cell_length == width

    run(window, script, size)


def test_hostile_lines_leave_the_terminal_alone() -> None:
    timeline = Timeline()
    timeline.append(
        said(0, "\x1b]0;owned\x07\x1b[2J\u202e" + "Z" + "\u0335" * 5000 + "\u200b" * 5000, "ev\x1b[31mil")
    )
    window = Window(timeline)

    async def script(pilot: Pilot[None]) -> None:
        drawn = "".join(window.screen_text())
        assert "\x1b" not in drawn
        assert "\u202e" not in drawn
        assert drawn.count("\u0335") == 8
        assert "\u200b" not in drawn

    run(window, script)
