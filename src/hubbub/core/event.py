"""Events: what can happen, as immutable facts that change the hub's state when they are applied.

A feature defines a subclass of Event beside the command that proposes it. An event carries ids for the state and
names for the eye, so that it is rendered without looking anybody up, today or from history.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import msgspec

from hubbub.core.ledger import EVENT

if TYPE_CHECKING:
    from hubbub.core.capability import Profile
    from hubbub.core.delivery import Audience
    from hubbub.core.hub import Hub
    from hubbub.core.ledger import Fact
    from hubbub.core.reply import Reply
    from hubbub.core.session import Session


class Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="is"):
    """One thing that happened. Subclasses are found by their class name in the log: renaming one is a migration."""

    keep: ClassVar[bool] = False
    """True: it is history of its topic."""
    standing: str = ""
    """User modes of its author that others are told by tags, as they were then (core.modes.SHOWN_BY_TAGS)."""

    @property
    def kind(self) -> int:
        """Whose history it is: of everybody (MESSAGE), or of those who ask for events too."""
        return EVENT

    def topic(self) -> str:
        """The conversation in the log that it belongs to."""
        return "server"

    def is_kept(self) -> bool:
        """Whether this one is history; the class's `keep` unless an instance knows better."""
        return self.keep

    def apply(self, hub: Hub) -> Audience:
        """Change the state, unconditionally and deterministically; the audience is who learns of it."""
        raise NotImplementedError

    def render(self, to: Profile, fact: Fact) -> str | list[str] | None:
        """The line(s) for a kind of client, without CR LF; None if such clients are not told."""
        raise NotImplementedError

    def follow(self, hub: Hub, reply: Reply) -> None:
        """What each own session of the one who did it is told after the line itself (a joiner's NAMES, say)."""

    def sent(self, hub: Hub) -> None:
        """It goes to the ledger, from this node."""

    def arrived(self, hub: Hub) -> None:
        """It came from this node, and has been applied or could not be stored."""

    def is_shown_to(self, session: Session) -> bool:
        """Whether the session that caused it is sent the line like everybody else (a message: with echo-message)."""
        return True

    def is_to_oneself(self) -> bool:
        """Whether its author is also the one that it is for."""
        return False

    def author(self) -> str:
        """Id of the user who did it; "" for the server."""
        return ""

    def searchable(self) -> tuple[str, str]:
        """The text that search finds it by, and the folded nick it is from; an empty text is never found."""
        return "", ""


_decoder: msgspec.json.Decoder[Any] | None = None
_encoder = msgspec.json.Encoder()


def encode(event: Event) -> bytes:
    """An event as it is written to the log: one JSON object with its class under "is"."""
    return _encoder.encode(event)


def _known(cls: type[Event]) -> list[type[Event]]:
    found = cls.__subclasses__()
    return found + [deeper for sub in found for deeper in _known(sub)]


def decode(body: bytes) -> Event | None:
    """The event in a fact's body, or None if this version of the program doesn't know it (a newer node wrote it)."""
    global _decoder
    if _decoder is None:
        union: Any = None
        for known in _known(Event):
            union = known if union is None else union | known
        _decoder = msgspec.json.Decoder(union)
    try:
        event: Event = _decoder.decode(body)
    except msgspec.DecodeError:
        return None
    return event
