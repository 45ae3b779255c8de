"""The line mode on the wire: a person with nc or telnet, and a translator between them and an IRC session.

What the person types goes to a LineMode, whose IRC commands go to the session like any client's; what the session
queues goes back through the LineMode and comes out as lines of text.
"""

from __future__ import annotations

from collections import deque
from datetime import datetime
from typing import TYPE_CHECKING

from hubbub.irc.names import fold
from hubbub.irc.wire import BadLine, Message, parse
from hubbub.net.peer import Peer
from hubbub.plain.mode import LineMode

if TYPE_CHECKING:
    import asyncio

    from hubbub.net.door import Origin
    from hubbub.net.network import Network


class LinePeer(Peer):
    """A connection that speaks lines."""

    __slots__ = ("_commands", "_mode")

    kind = "plain"

    def __init__(self, network: Network, origin: Origin) -> None:
        super().__init__(network, origin)
        settings = network.settings
        self._commands: deque[Message] = deque()
        self._mode = LineMode(
            network=settings.server.network,
            greeting_lines=settings.rooms.greeting_lines,
            asks_password=bool(settings.server.password),
            taken=lambda name: fold(name) in network.hub.users,
            today=lambda: datetime.fromtimestamp(network.hub.clock() / 1000).date(),
        )

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._mode.start()
        self._take_commands()
        self.network.hub.outbox.mark(self.session)
        self._work()

    def _may_go_on(self) -> bool:
        if self._commands:
            return not self.session.busy and self.session.leaving is None
        return super()._may_go_on()

    def _next(self) -> None:
        if self._commands:
            self.session.take(self._commands.popleft())
        else:
            self._typed(self._lines.popleft())
        if self._mode.wants_to_leave and not self._commands:
            self.network.hub.disconnect(self.session, "Quit")

    def _typed(self, line: bytes) -> None:
        text = line.decode("utf-8", "replace")
        self._mode.typed(text.removesuffix("\r"))
        self._take_commands()
        self.network.hub.outbox.mark(self.session)

    def _take_commands(self) -> None:
        self._commands.extend(self._mode.take_commands())

    @property
    def _has_work(self) -> bool:
        return bool(self._commands or self._lines)

    def take_output(self) -> bytes:
        """What the session has queued, as the person reads it."""
        out = self.session.out
        lines = b"".join(out).decode().split("\r\n") if out else []
        out.clear()
        for line in lines:
            if line:
                self._mode.received(_parsed(line))
        self._take_commands()
        if self._commands and not self._closing:
            self.resume()
        shown = self._mode.take_text()
        return "".join([f"{text}\r\n" for text in shown]).encode()


def _parsed(line: str) -> Message:
    try:
        return parse(line)
    except BadLine:
        return Message("ERROR", [line])
