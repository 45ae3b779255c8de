"""A box in which people write, on a screen of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, ClassVar

from textual import events
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.message import Message
from textual.pilot import Pilot

from hubbub.tui.completion import Argument
from hubbub.tui.composer import Composer


class People:
    """What there is to complete."""

    channel_types = "#"

    def speakers(self) -> list[tuple[str, int]]:
        return [("alice", 1), ("Albert", 2), ("bob", 0)]

    def nicks(self) -> list[str]:
        return ["zoe"]

    def rooms(self) -> list[str]:
        return ["#tea"]

    def commands(self) -> dict[str, Argument]:
        return {"join": Argument.ROOM}

    def files(self, directory: str) -> list[tuple[str, bool]]:
        return []


class Desk(App[None]):
    """An app with nothing but the box; takes whatever is submitted, except "no"."""

    CSS = "Composer { dock: bottom; }"
    BINDINGS: ClassVar = [Binding(key, f"note('{key}')") for key in ("ctrl+k", "ctrl+c", "pageup", "escape")]
    ENABLE_COMMAND_PALETTE = False

    def __init__(self, **options: Any) -> None:
        super().__init__()
        self.now = 0.0
        options.setdefault("sources", People())
        self.box = Composer(clock=lambda: self.now, **options)
        self.posted: list[Message] = []
        self.keys: list[str] = []
        self.answers = True

    def compose(self) -> ComposeResult:
        yield self.box

    def on_mount(self) -> None:
        self.box.focus()

    def action_note(self, key: str) -> None:
        self.keys.append(key)

    def on_composer_submitted(self, message: Composer.Submitted) -> None:
        self.posted.append(message)
        if not self.answers:
            return
        if message.text == "no":
            self.box.refuse()
        else:
            self.box.accept()

    def _note(self, message: Message) -> None:
        self.posted.append(message)

    on_composer_edit_last = on_composer_cancelled = on_composer_typing = _note
    on_composer_completing = on_composer_refused = on_composer_draft_changed = _note

    def of(self, kind: type[Message]) -> list[Any]:
        return [message for message in self.posted if isinstance(message, kind)]

    @property
    def sent(self) -> list[str]:
        return [message.text for message in self.of(Composer.Submitted)]

    def screen_rows(self) -> list[str]:
        return [self.box.render_line(y).text.rstrip() for y in range(self.box.size.height)]


def tried(
    test: Callable[[Desk, Pilot[None]], Awaitable[None]], *, size: tuple[int, int] = (40, 15), **options: Any
) -> None:
    async def run() -> None:
        desk = Desk(**options)
        async with desk.run_test(size=size) as pilot:
            await test(desk, pilot)

    asyncio.run(run())


async def typed(pilot: Pilot[None], text: str) -> None:
    for letter in text:
        pilot.app.post_message(events.Key(_KEYS.get(letter, letter), letter))
    await pilot.pause()


_KEYS = {" ": "space", "\r": "enter", ":": "colon", "/": "slash", "\u200d": "zero_width_joiner"}


async def paste(pilot: Pilot[None], text: str) -> None:
    pilot.app.post_message(events.Paste(text))
    await pilot.pause()
