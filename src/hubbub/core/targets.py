"""Finding what a client names: a person by nick or by the address of its connection, a server by mask."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from hubbub.core.accounts import accounts
from hubbub.core.policy import may_see_address
from hubbub.core.refusal import Refused
from hubbub.core.reply import middle
from hubbub.irc.masks import matches
from hubbub.irc.names import fold, skeleton
from hubbub.irc.numerics import ERR_NOSUCHSERVER

if TYPE_CHECKING:
    from hubbub.core.hub import Hub
    from hubbub.core.model import User
    from hubbub.core.session import Session


class Addressee(NamedTuple):
    """Whom a direct message is for: also the owner of an account who isn't connected at the moment."""

    id: str
    nick: str
    away: str


OFFLINE = "is not connected; your message waits for them"


def find_addressee(hub: Hub, asker: Session, target: str) -> Addressee | None:
    """The person of a nick or peer address, or else the account of a name; None if nobody is meant."""
    user = find_person(hub, asker, target)
    if user is not None:
        return Addressee(user.id, user.nick, user.away)
    account = accounts(hub).by_name.get(skeleton(target))
    if account is None or fold(account.name) != fold(target):
        return None
    here = hub.users_by_id.get(account.id)
    if here is not None:
        return Addressee(here.id, here.nick, here.away)
    return Addressee(account.id, account.name, OFFLINE)


def find_person(hub: Hub, asker: Session, target: str) -> User | None:
    """The user of a nick, or of a peer address ("192.0.2.7:50412") that the asker may see; None if nobody is."""
    user = hub.users.get(fold(target))
    if user is not None or ":" not in target:
        return user
    session = hub.sessions_by_address.get(target)
    if session is None or session.user is None or not may_see_address(hub, asker, session.user):
        return None
    return session.user


def check_server(hub: Hub, target: str) -> None:
    """A query's target must be this server: nothing, a mask of its name, or a nick (Modern IRC, ADMIN)."""
    if target and not matches(target, hub.name) and fold(target) not in hub.users:
        raise Refused(ERR_NOSUCHSERVER, middle(target), "No such server")
