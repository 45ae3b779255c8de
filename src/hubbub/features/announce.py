"""Announcements: what the server itself says to everyone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hubbub.core.delivery import Audience, audience_of
from hubbub.core.event import Event

if TYPE_CHECKING:
    from hubbub.core.capability import Profile
    from hubbub.core.hub import Hub
    from hubbub.core.ledger import Fact


def announce(hub: Hub, text: str) -> None:
    """Tell everybody on the network, as from the server."""
    hub.propose(Announced(server=hub.name, text=text))


class Announced(Event, frozen=True):
    """The server has said something to everyone."""

    keep = True
    server: str
    text: str

    def apply(self, hub: Hub) -> Audience:
        return audience_of(session for session in hub.sessions if session.user is not None)

    def render(self, to: Profile, fact: Fact) -> str:
        return f"{to.tag_prefix(self, fact)}:{self.server} NOTICE * :{self.text}"
