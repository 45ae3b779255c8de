"""Registration: from a connection to a user with a nick.

Owns the condition under which it is complete (NICK, USER, no CAP negotiation open, password given) and the event
that it ends in. The commands that lead there are features; each calls `try_to_register` when it has done its part.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from hubbub.core.command import Context
from hubbub.core.delivery import NOBODY, Audience
from hubbub.core.event import Event
from hubbub.core.hub import nick_key, nick_put
from hubbub.core.model import User
from hubbub.core.reply import Reply
from hubbub.irc.numerics import ERR_NICKNAMEINUSE

if TYPE_CHECKING:
    from hubbub.core.capability import Profile
    from hubbub.core.hub import Hub
    from hubbub.core.ledger import Fact

WELCOMES: list[Callable[[Reply], None]] = []
"""Called in order when a client has been registered; the first ones send the numerics of the welcome."""

GATES: list[Callable[[Context], bool]] = []
"""Each may answer and return False to keep a client out (a wrong password, a ban, a throttle)."""


class Arrival(Event, frozen=True):
    """Somebody has connected and taken a nick."""

    user: str
    nick: str
    ident: str
    host: str
    realname: str
    at_ms: int
    account: str = ""
    node: str = ""

    def apply(self, hub: Hub) -> Audience:
        user = User(self.user, self.nick, self.ident, self.host, self.realname)
        user.account = self.account
        user.server = self.node
        user.signon_ms = user.last_spoke_ms = self.at_ms
        session = hub.origin
        if session is not None:
            user.sessions.append(session)
            session.user = user
            hub.unregistered.discard(session)
            user.ip, user.peer_address, user.secure = session.ip, session.peer_address, session.secure
        hub.add_user(user)
        return NOBODY

    def render(self, to: Profile, fact: Fact) -> None:
        return None

    def author(self) -> str:
        return self.user

    def follow(self, hub: Hub, reply: Reply) -> None:
        for welcome in WELCOMES:
            welcome(reply)


def try_to_register(ctx: Context) -> None:
    """Propose the arrival if everything that registration needs is there."""
    session = ctx.session
    if session.negotiating or not session.wanted_nick or session.wanted_user is None:
        return
    if not all(gate(ctx) for gate in GATES):
        return
    ident, realname = session.wanted_user
    event = Arrival(
        user=ctx.hub.next_id(),
        nick=session.wanted_nick,
        ident=ident,
        host=session.host,
        realname=realname,
        at_ms=ctx.hub.clock(),
        node=ctx.hub.name,
    )
    nick = session.wanted_nick

    def taken(_reason: str) -> None:
        session.wanted_nick = ""
        ctx.numeric(ERR_NICKNAMEINUSE, nick, "Nickname is already in use")

    ctx.propose(
        event,
        expect=((nick_key(nick), 0),),
        puts=(nick_put(nick, event.user),),
        refused=taken,
    )
