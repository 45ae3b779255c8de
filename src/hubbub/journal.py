"""The journal: what happens, in lines for whoever runs the server.

Connections and errors come from the parts' own loggers; joins, leaves and messages from the events that the hub
applies. The text of messages is shown only if that was asked for.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable

from hubbub.core.event import Event
from hubbub.core.hub import Hub, Quit
from hubbub.core.login import DeviceJoined, LoggedIn
from hubbub.core.nicks import NickChanged
from hubbub.core.registration import Arrival
from hubbub.core.said import DirectMessage, RoomMessage
from hubbub.features.join import Joined, Parted
from hubbub.features.kick import Kicked
from hubbub.irc.text import printable

log = logging.getLogger("hubbub.chat")


def nick_of(source: str) -> str:
    return source.partition("!")[0]


def start_log(
    hub: Hub, *, show_messages: bool, messages: bool = False, to: logging.Handler | None = None
) -> None:
    """Write the journal to a handler (stderr by default). `messages`: a line for each message, without its text."""
    handler = to or logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%H:%M:%S"))
    root = logging.getLogger("hubbub")
    root.handlers = [handler]
    root.setLevel(logging.INFO)
    root.propagate = False
    hub.notices.update(_people())
    if messages or show_messages:
        hub.notices.update(_messages(show_messages))


def _people() -> dict[type[Event], Callable[[Event], None]]:
    return {
        Arrival: _noting(lambda event: f"{event.nick} is here from {event.host}"),
        NickChanged: _noting(lambda event: f"{nick_of(event.source)} is now called {event.nick}"),
        Joined: _noting(lambda event: f"{nick_of(event.source)} joined {event.name}"),
        Parted: _noting(lambda event: f"{nick_of(event.source)} left {event.name}"),
        Kicked: _noting(lambda event: f"{nick_of(event.source)} kicked {event.nick} from {event.name}"),
        LoggedIn: _noting(lambda event: f"{nick_of(event.source)} logged in as {event.account}"),
        DeviceJoined: _noting(lambda event: f"{event.nick} connected one more device"),
        Quit: _noting(lambda event: f"{nick_of(event.source)} is gone{_because(event.reason)}"),
    }


def _because(reason: str) -> str:
    text = reason.removeprefix("Quit: ")
    return f" ({text})" if text else ""


def _messages(show: bool) -> dict[type[Event], Callable[[Event], None]]:
    def text(event: RoomMessage | DirectMessage) -> str | None:
        if event.verb == "TAGMSG":
            return None
        to = event.target if isinstance(event, RoomMessage) else "somebody"
        return f"{nick_of(event.source)} → {to}" + (f": {event.text}" if show else "")

    return {RoomMessage: _noting(text), DirectMessage: _noting(text)}


def _noting(describe: Callable[..., str | None]) -> Callable[[Event], None]:
    def note(event: Event) -> None:
        line = describe(event)
        if line is not None:
            log.info("%s", printable(line))

    return note
