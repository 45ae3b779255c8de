"""The line mode with live text: a LineMode that is told of each key, too.

Owns what the two have to say to each other: the capability, `/live`, and the nonce that a line takes along when it is
said. Without I/O, as both are. Driven by live_client.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hubbub.client.line_live import HELP, LineLive
from hubbub.client.live import NONCE
from hubbub.irc.wire import Message
from hubbub.plain.mode import LineMode
from hubbub.plain.typed import Do, clean, read


class LiveMode(LineMode):
    """The line mode with live text. `typing` is told of each key, `typed` of each line, as ever."""

    def __init__(self, *, now_ms: Callable[[], int], new_id: Callable[[], str], **options: Any) -> None:
        super().__init__(**options)
        self.live = LineLive(self, now_ms=now_ms, new_id=new_id)
        self._nonce: tuple[str, str] | None = None
        """Room and nonce of what has just been entered."""

    def typing(self, text: str, *, pasted: bool = False) -> None:
        """What stands in the input now; answers to questions are nobody's business."""
        self.live.typed("" if self.asking else text, pasted=pasted)

    def typed(self, line: str) -> None:
        text = clean(line)
        room, nonce = self.room, self.live.entered("" if self.asking else text)
        command = _live_command(text)
        if command is not None and not self.asking:
            if self.landed:
                self.live.command(command)
            else:
                self.refuse("Not now: /live needs a connection.")
            return
        self._nonce = (room, nonce) if nonce else None
        was_asking = self.asking
        super().typed(line)
        if not was_asking and read(text) == Do("help", ""):
            self.show(HELP)
        self.live.follow()

    def received(self, message: Message) -> None:
        if not self.live.received(message):
            super().received(message)
        self.live.follow()

    def take_commands(self) -> list[Message]:
        commands = super().take_commands()
        nonce, self._nonce = self._nonce, None
        for message in commands:
            self.live.ask_for(message)
            if nonce is not None and message.command == "PRIVMSG" and message.params[:1] == [nonce[0]]:
                message.tags[NONCE] = nonce[1]
                nonce = None
        return [*self.live.take(), *commands]

    def disconnected(self) -> None:
        self.live.lost()
        super().disconnected()


def _live_command(text: str) -> str | None:
    """What stands behind /live; None: it is another line."""
    word, _, rest = text[1:].partition(" ")
    return rest if text[:1] in ("/", "\\") and word.lower() == "live" else None
