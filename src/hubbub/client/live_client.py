"""`hubbub chat --plain --live`: the line client whose keys go out as they are typed.

Owns the clock of live text and who is told of a key. What may leave is line_live's, what is drawn live_screen's.
Called by line_client.run, and by the server for its own terminal.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from typing import Any

from hubbub.client.completion import completions
from hubbub.client.line_client import LineClient
from hubbub.client.live_mode import LiveMode
from hubbub.client.live_screen import LiveTerminal, View
from hubbub.irc.wire import Message


def live_mode(**options: Any) -> LiveMode:
    """A line mode with live text, for somebody at a keyboard; `options` as LineMode's."""
    return LiveMode(
        now_ms=lambda: time.time_ns() // 1_000_000, new_id=lambda: secrets.token_hex(8), **options
    )


def live_terminal(mode: LiveMode, *, handles_sigint: bool = True) -> LiveTerminal:
    """The terminal for it, which completes what the line mode knows."""

    def complete(before: str) -> tuple[str, list[str]]:
        word, found = completions(before, mode.names_known(), mode.rooms)
        if before == word and word[1:] and word[0] in "/\\" and "live".startswith(word[1:].lower()):
            found.append(f"{word[0]}live ")
        return word, found

    return LiveTerminal(complete, handles_sigint=handles_sigint)


class LiveClient(LineClient):
    """`options`: as LineClient's."""

    def __init__(self, host: str, port: int, mode: LiveMode, screen: LiveTerminal, **options: Any) -> None:
        super().__init__(host, port, mode, screen, **options)
        self._live = mode.live
        self._terminal = screen
        self._timer: asyncio.TimerHandle | None = None
        screen.on_typed = self._typing
        screen.view = lambda: View(self._live.mark(), self._live.growing())
        self._typed_by_key = mode.typing

    async def chat(self) -> int:
        try:
            return await super().chat()
        finally:
            if self._timer is not None:
                self._timer.cancel()

    def _typing(self, text: str, pasted: bool) -> None:
        self._typed_by_key(text, pasted=pasted)
        self._serve()

    def _hear(self, message: Message) -> None:
        super()._hear(message)
        self._terminal.draw()

    async def _flush(self, *, raising: bool = False) -> None:
        await super()._flush(raising=raising)
        self._serve()

    def _serve(self) -> None:
        """Send what is due, draw, and come again when there is more to do."""
        self._live.tick()
        messages = self._live.take()
        if self._connection is not None:
            self._connection.put(messages)
        self._terminal.draw()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        due = self._live.due()
        if due is not None:
            delay = max(due / 1000 - time.time(), 0)
            self._timer = asyncio.get_running_loop().call_later(delay, self._serve)
