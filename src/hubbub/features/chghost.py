"""CHGHOST: the user name or host that others see has changed.  https://ircv3.net/specs/extensions/chghost

Clients without the capability are told nothing: they see the new host with the next thing that is said.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hubbub.core.capability import capability
from hubbub.core.event import Event

if TYPE_CHECKING:
    from hubbub.core.capability import Profile
    from hubbub.core.delivery import Audience
    from hubbub.core.hub import Hub
    from hubbub.core.ledger import Fact

CHGHOST = capability("chghost")


class HostChanged(Event, frozen=True):
    """Somebody is seen with another user name or host now; `source` is the old one."""

    user: str
    source: str
    ident: str
    host: str
    account: str = ""

    def apply(self, hub: Hub) -> Audience:
        user = hub.users_by_id.get(self.user)
        if user is None:
            return {}
        user.user, user.host = self.ident, self.host
        return hub.audience_watching(user)

    def render(self, to: Profile, fact: Fact) -> str | None:
        if CHGHOST not in to:
            return None
        return f"{to.tag_prefix(self, fact)}:{self.source} CHGHOST {self.ident} {self.host}"
