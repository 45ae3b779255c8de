"""The server's own terminal under `hubbub serve --live`: the operator talks there, letter by letter.

It is the line client against the server's own port, in the same process, in place of the console's prompt; the log
scrolls above it as ever. Leaving it stops the server. Where it can't come in, the console is there as usual.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from prompt_toolkit.utils import is_dumb_terminal

from hubbub.client.connection import Connection, Unreachable
from hubbub.client.line_client import INTERRUPTED, OK
from hubbub.client.live_client import LiveClient, live_mode, live_terminal
from hubbub.client.login_name import login_name
from hubbub.console import Console
from hubbub.net.addresses import is_any

if TYPE_CHECKING:
    from hubbub.net.door import Door
    from hubbub.server import Server

_TALKS_IRC = ("auto", "irc")


class LiveConsole(Console):
    """As Console."""

    async def run(self, server: Server) -> None:
        self.server, self.hub = server, server.hub
        doors = [door for door in server.doors if door.listen.kind in _TALKS_IRC]
        # Where nothing can be drawn anew, nobody would see that letters leave the screen.
        code = await self._talk(doors[0]) if doors and not is_dumb_terminal() else None
        if code == INTERRUPTED:
            server.interrupt()
        elif server.is_stopping:
            return
        elif code == OK:
            server.stop("The server is stopping")
        else:
            self.show("You can't talk here; this is the console.")
            await super().run(server)

    async def _talk(self, door: Door) -> int | None:
        """Until the operator leaves; None: there is no way in."""
        self.show("Type to talk, letter by letter. /quit stops the server, /help says the rest.")
        mode = live_mode(name=login_name(), asks=True, confirms=True, remembers_people=True)
        terminal = live_terminal(mode, handles_sigint=False)
        host = door.listen.host
        client = _Operator(
            self.server,
            ("::1" if ":" in host else "127.0.0.1") if is_any(host) else host,
            door.port,
            mode,
            terminal,
        )
        with terminal.open():
            try:
                return await client.chat()
            except Unreachable as unreachable:
                self.show(str(unreachable))
                return None


class _Operator(LiveClient):
    """On the server's own loop; doesn't come back to a server that stops."""

    def __init__(self, server: Server, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._server = server

    async def _connect(self) -> Connection:
        # By hand: uvloop, which the server may run on, can't do all that a way through the network asks for.
        try:
            return Connection(*await asyncio.open_connection(self._host, self._port))
        except OSError as error:
            raise Unreachable(f"The server's own port can't be reached: {error}.") from error

    async def _come_back(self, reason: str) -> bool:
        if self._server.is_stopping:
            # Whoever drains the server ends this.
            await asyncio.Event().wait()
        return await super()._come_back(reason)
