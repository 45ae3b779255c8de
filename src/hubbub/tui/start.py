"""Where the chat is to begin: what the command line says, completed by what the settings know.

Pure. Called by app.py.
"""

from __future__ import annotations

from typing import NamedTuple

from hubbub.client.address import DEFAULT_PORT, TLS_PORT
from hubbub.client.settings import Settings


class Start(NamedTuple):
    """What the command line says. `host` "": look for a server. `tls` None: as the server can.

    `is_given`: somebody named the server, rather than that it was the last one.
    """

    host: str = ""
    port: int = DEFAULT_PORT
    name: str = ""
    account: str = ""
    tls: bool | None = None
    rooms: tuple[str, ...] = ()
    is_given: bool = False


def complete(settings: Settings, start: Start) -> Start:
    """With what is known of that server: its own name in the settings, and ours there."""
    start = start._replace(is_given=bool(start.host))
    server = settings.named(start.host or settings.last)
    port = start.port or (TLS_PORT if start.tls and not server else DEFAULT_PORT)
    known = settings.at(start.host, port) if start.host and server is None else []
    server = server or (known[0] if known else None)
    if server is None:
        return start._replace(port=port)
    return start._replace(
        host=server.host,
        port=server.port,
        name=start.name or server.name or start.account or server.account,
        account=start.account or server.account,
    )
