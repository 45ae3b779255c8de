"""One line of a conversation as the client remembers it: what was said or happened, and what became of it since.

Owns what a line is. Knows no wire format and no screen. Lines are made by reducer.py and outbox.py, kept in
order by timeline.py, and shown by the clients.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

NONCE_TAG = "+hubbub.chat/nonce"
"""A client-only tag with what the sender's client calls a message, until and after the server gave it an id."""


class Kind(StrEnum):
    """What happened. The first three are what people said; the others are what they did, or the server's word."""

    MESSAGE = "message"
    ACTION = "action"
    NOTICE = "notice"
    JOIN = "join"
    PART = "part"
    QUIT = "quit"
    KICK = "kick"
    NICK = "nick"
    TOPIC = "topic"
    MODE = "mode"
    RENAME = "rename"
    INVITE = "invite"
    INFO = "info"
    ERROR = "error"

    @property
    def is_said(self) -> bool:
        return self in _SAID

    @property
    def is_coming_or_going(self) -> bool:
        """What clients fold together when nobody spoke meanwhile."""
        return self in _COMING_OR_GOING


_SAID = frozenset({Kind.MESSAGE, Kind.ACTION, Kind.NOTICE})
_COMING_OR_GOING = frozenset({Kind.JOIN, Kind.PART, Kind.QUIT, Kind.NICK})


class Delivery(StrEnum):
    """How far a line of our own has come. Lines of others are ARRIVED."""

    PENDING = "pending"
    ARRIVED = "arrived"
    FAILED = "failed"


@dataclass(slots=True, eq=False)
class Line:
    """`time_ms`: milliseconds since 1970. `text` may hold line breaks and IRC formatting codes, and is hostile.

    nick     who said or did it; "" for the server
    target   whom it was done to: who was kicked, the new nick, the old name of a room
    text     what was said; a reason, a topic, a mode change
    msgid    "" where the server gives none, and while it is on its way
    nonce    made by the client that sent it, so that it finds it again after a lost connection
    reactions  by emoji, who reacted, in order
    replaced   earlier texts, oldest first, where we saw them
    failure  why a FAILED line was not sent
    version  grows with every change, so that a drawn copy knows that it is stale
    """

    kind: Kind
    time_ms: int
    nick: str = ""
    text: str = ""
    target: str = ""
    account: str = ""
    msgid: str = ""
    nonce: str = ""
    reply_to: str = ""
    mine: bool = False
    mentions_me: bool = False
    bot: bool = False
    private: bool = False
    """A direct message, also where it is shown in a room (+channel-context)."""
    delivery: Delivery = Delivery.ARRIVED
    failure: str = ""
    redacted: bool = False
    redacted_by: str = ""
    redaction_reason: str = ""
    edited_ms: int = 0
    replaced: list[str] = field(default_factory=list)
    reactions: dict[str, list[str]] = field(default_factory=dict)
    version: int = 0
    place: tuple[int, int] = (0, 0)
    """Where it stands in its timeline; set by the timeline, unique there."""

    @property
    def counts_as_unread(self) -> bool:
        return self.kind.is_said and not self.mine and not self.redacted and self.delivery is Delivery.ARRIVED
