"""For tests of panels: an app around one widget or screen, what stands on the screen, and what is told to the app."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from textual.app import App, ComposeResult
from textual.message import Message
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widget import Widget

SECONDS = 10.0


class Shown(App[None]):
    """`heard`: the project's own messages, in order; `answers`: what the screen was closed with."""

    ENABLE_COMMAND_PALETTE = False
    AUTO_FOCUS = None

    def __init__(self, content: Widget | Screen[Any]) -> None:
        super().__init__()
        self._content = content
        self.heard: list[Any] = []
        self.answers: list[Any] = []

    def compose(self) -> ComposeResult:
        if not isinstance(self._content, Screen):
            yield self._content

    def on_mount(self) -> None:
        if isinstance(self._content, Screen):
            self.push_screen(self._content, self.answers.append)

    def hear(self, message: Message) -> None:
        is_ours = type(message).__module__.startswith("hubbub.")
        if is_ours and not any(message is heard for heard in self.heard):
            self.heard.append(message)


def show(
    content: Widget | Screen[Any],
    steps: Callable[[Shown, Pilot[None]], Awaitable[None]],
    size: tuple[int, int] = (60, 15),
) -> None:
    async def run() -> None:
        app = Shown(content)
        async with app.run_test(size=size, message_hook=app.hear) as pilot:
            await pilot.pause()
            await steps(app, pilot)

    asyncio.run(run())


def rows(app: App[Any], widget: Widget | None = None) -> list[str]:
    """What stands there, row by row, without the spaces at the ends."""
    screen = app.screen
    region = widget.region if widget is not None else screen.region
    strips = screen._compositor.render_strips()[region.y : region.bottom]
    return [strip.crop(region.x, region.right).text.rstrip() for strip in strips]


async def until(pilot: Pilot[None], is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(SECONDS):
        while not is_so():
            await pilot.pause(0.01)
