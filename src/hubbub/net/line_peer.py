"""The line mode on the wire: a person with nc or telnet, and a translator between them and an IRC session.

What the person types goes to a LineMode, whose IRC commands go to the session like any client's; what the session
queues goes back through the LineMode and comes out as lines of text.
"""

from __future__ import annotations

import socket
from collections import deque
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING

from hubbub.irc.names import fold
from hubbub.irc.wire import BadLine, Message, parse
from hubbub.net.peer import Peer
from hubbub.plain.mode import LineMode
from hubbub.plain.typed import LONGEST

if TYPE_CHECKING:
    import asyncio

    from hubbub.net.door import Origin
    from hubbub.net.network import Network


class LinePeer(Peer):
    """A connection that speaks lines."""

    __slots__ = ("_commands", "_finished", "_mode")

    kind = "plain"
    writes_directly = False

    def __init__(self, network: Network, origin: Origin) -> None:
        super().__init__(network, origin)
        settings = network.settings
        self._commands: deque[Message] = deque()
        self._finished = False
        self._mode = LineMode(
            network=settings.server.network,
            greeting_lines=settings.rooms.greeting_lines,
            asks_password=bool(settings.server.password),
            taken=lambda name: fold(name) in network.hub.users,
            today=lambda: datetime.fromtimestamp(network.hub.clock() / 1000).date(),
        )

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._watch_the_wire()
        self._mode.start()
        self._take_commands()
        self.network.hub.outbox.mark(self.session)
        self._work()

    def _watch_the_wire(self) -> None:
        """Nobody with nc can answer a PING: whether they are still there is for the system to find out."""
        time = self.network.settings.time
        with suppress(OSError):
            for name, value in (
                ("TCP_KEEPIDLE", time.ping_interval),
                ("TCP_KEEPINTVL", time.ping_timeout / 4),
            ):
                if hasattr(socket, name):
                    self.origin.socket.setsockopt(
                        socket.IPPROTO_TCP, getattr(socket, name), max(1, min(int(value), 32_767))
                    )

    def _check_silence(self, silence: float) -> None:
        """Somebody who only reads stays."""

    def eof_received(self) -> bool:
        """Input from a file may lack the last line's end."""
        if self._tail and not self._discarding:
            self._lines.append(self._tail)
        self._tail = b""
        return super().eof_received()

    def _heard_out(self) -> None:
        """Nothing more will be typed: what waits until the person is in is still said, then they leave."""
        if self._mode.asking:
            super()._heard_out()
        elif not self._finished:
            self._finished = True
            self._mode.typed_end()
            self._take_commands()
            self.network.hub.outbox.mark(self.session)
            self.resume()

    def _longest(self) -> int:
        # What is typed may be said in several lines of IRC.
        return LONGEST

    def _may_go_on(self) -> bool:
        if self._lines and not self._commands and self.session.out:
            # A line is read in the light of what the ones before it have brought about: "/join #tea", then words.
            self.flush()
        if self._commands:
            return not self.session.busy and self.session.leaving is None
        return self.session.idle and super()._may_go_on()

    def _next(self) -> None:
        if self._commands:
            self.session.take(self._commands.popleft())
        else:
            line = self._lines.popleft()
            if self.session.user is None and self._is_a_browser(line):
                return
            self._typed(line)

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

    def flush(self) -> None:
        """What the session has queued, as the person reads it (Link)."""
        out = self.session.out
        lines = b"".join(out).decode().split("\r\n") if out else []
        out.clear()
        for line in lines:
            if line:
                self._mode.received(_parsed(line))
        self._take_commands()
        if (self._commands or self._eof) and not self._closing:
            self.resume()
        self.write("".join([f"{text}\r\n" for text in self._mode.take_text()]).encode())


def _parsed(line: str) -> Message:
    try:
        return parse(line)
    except BadLine:
        return Message("ERROR", [line])
