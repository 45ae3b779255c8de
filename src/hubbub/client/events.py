"""What a Session tells whoever shows the chat: that something changed, and where to look.

The state itself is in Chat; an event carries only what is needed to redraw, to notify, or to say.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from hubbub.client.chat import Conversation
from hubbub.client.lines import Line
from hubbub.client.timeline import Timeline


class Phase(StrEnum):
    """Of the connection. WAITING: for the next attempt. ENDED: nobody wants it any more, or it makes no sense."""

    CONNECTING = "connecting"
    REGISTERING = "registering"
    ONLINE = "online"
    WAITING = "waiting"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class PhaseChanged:
    """`reason`: why it is so, in words for people. `retry_at`: loop time of the next attempt, where WAITING."""

    phase: Phase
    reason: str = ""
    retry_at: float = 0.0


@dataclass(frozen=True, slots=True)
class NameRefused:
    """While coming in: choose another one (Session.take_name). `suggestion` may be free; `reason` is the server's."""

    name: str
    reason: str
    suggestion: str


@dataclass(frozen=True, slots=True)
class LoginRefused:
    """The password is wrong, or there is no such account; we are, or may come in, as a guest."""

    account: str
    reason: str


@dataclass(frozen=True, slots=True)
class Added:
    """A line that wasn't there. `live`: it came just now, so it may be worth a notification."""

    conversation: Conversation
    line: Line
    live: bool = True


@dataclass(frozen=True, slots=True)
class Updated:
    """Edited, redacted, reacted to, arrived or failed."""

    conversation: Conversation
    line: Line


@dataclass(frozen=True, slots=True)
class Loaded:
    """A page of history is in place; `count` new lines (0 at the beginning of everything).

    `timeline`: the conversation's, or a piece of its past.
    """

    conversation: Conversation
    timeline: Timeline
    count: int
    older: bool


@dataclass(frozen=True, slots=True)
class Opened:
    """There is a new conversation. `asked`: because we wanted to (joined), so that it should be shown."""

    conversation: Conversation
    asked: bool


@dataclass(frozen=True, slots=True)
class Closed:
    """We are no longer in that room, or closed the conversation; `reason` for people."""

    conversation: Conversation
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Changed:
    """Topic, members, who is typing, unread count, or name."""

    conversation: Conversation


@dataclass(frozen=True, slots=True)
class LiveChanged:
    """What others are typing there, or who sees what we type (Session.live)."""

    conversation: Conversation


@dataclass(frozen=True, slots=True)
class SelfChanged:
    """Our nick, account, away state, capabilities or ISUPPORT."""


@dataclass(frozen=True, slots=True)
class Told:
    """The server says something to us alone, which belongs into no timeline; `error`: what we asked was refused.

    `conversation`: what it is about, where that is known.
    """

    text: str
    error: bool = False
    conversation: Conversation | None = None


Event = (
    PhaseChanged
    | NameRefused
    | LoginRefused
    | Added
    | Updated
    | Loaded
    | Opened
    | Closed
    | Changed
    | LiveChanged
    | SelfChanged
    | Told
)
