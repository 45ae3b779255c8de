"""Changes of an account that exists: what each needs in the ledger, and what becomes of its connections.

Called by the features that let owners change their account, and by the operator's `hubbub user`. Each change expects
the account to be as it was when the change was worked out; whoever is second is refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from hubbub.core.accounts import (
    CHANGES,
    FORGETTING,
    AccountChanged,
    AccountDeleted,
    account_key,
    account_put,
    accounts,
    belongings_puts,
    relying_puts,
    talk_put,
)
from hubbub.core.hub import ARRIVALS, presence_key
from hubbub.core.ledger import Put
from hubbub.core.login import DEVICES, LOGINS

if TYPE_CHECKING:
    from hubbub.core.accounts import Account
    from hubbub.core.event import Event
    from hubbub.core.hub import Hub
    from hubbub.core.model import User
    from hubbub.core.session import Session

SUSPENDED = "Your account has been suspended"
DELETED = "Your account has been deleted"


class Change(NamedTuple):
    """An event with all that it brings along to the ledger."""

    event: Event
    expect: tuple[tuple[str, int], ...]
    puts: tuple[Put, ...]


def making(account: Account) -> Change:
    """A new account; refused if its name is registered."""
    return Change(AccountChanged(account=account), ((account_key(account.name), 0),), (account_put(account),))


def changing(hub: Hub, before: Account, after: Account) -> Change:
    """Other secrets, certificates or standing. A certificate is one account's only."""
    new = [each for each in after.fingerprints if each not in before.fingerprints]
    gone = [each for each in before.fingerprints if each not in after.fingerprints]
    puts = [account_put(after), *(_certificate_put(each, after.id) for each in new)]
    puts += [_certificate_put(each, None) for each in gone]
    if after.suspended:
        # A login that is under way has to look again.
        puts.append(Put(presence_key(after.id), b"", owned=True))
    expect = [_as_it_is(hub, before), *((_certificate_key(each), 0) for each in new)]
    puts += relying_puts(hub, before, after)
    return Change(AccountChanged(account=after), tuple(expect), tuple(puts))


def suspending(hub: Hub, account: Account, suspended: bool) -> Change:
    """Keep an account out from now on, or let it in again."""
    return changing(hub, account, replace(account, suspended=suspended))


def deleting(hub: Hub, account: Account) -> Change:
    """The account goes with everything that was kept for it. What it has said stays."""
    talks = accounts(hub).correspondents.get(account.id, ())
    gone = [account_key(account.name), *(talk_put(account.id, topic, "").key for topic in talks)]
    gone += [_certificate_key(each) for each in account.fingerprints]
    puts = (*(Put(key, None) for key in gone), *belongings_puts(hub, account.id))
    return Change(AccountDeleted(id=account.id), (_as_it_is(hub, account),), puts)


def _as_it_is(hub: Hub, account: Account) -> tuple[str, int]:
    key = account_key(account.name)
    return key, hub.ledger.version(key)


def _certificate_key(fingerprint: str) -> str:
    return f"certificate/{fingerprint}"


def _certificate_put(fingerprint: str, account_id: str | None) -> Put:
    return Put(_certificate_key(fingerprint), account_id.encode() if account_id else None)


# -- consequences --------------------------------------------------------------------------------------------


def end_session(session: Session, reason: str) -> None:
    """Disconnect a connection of an account, with the reason."""
    if session.leaving is None:
        session.send(f"ERROR :Closing link: {session.host} ({reason})")
        session.hub.disconnect(session, reason)


def _end_all(hub: Hub, account_id: str, reason: str) -> None:
    """Those that have logged in, also if they have not arrived yet."""
    for session in list(hub.sessions):
        if session.account is not None and session.account.id == account_id:
            end_session(session, reason)


@CHANGES.append
def _has_changed(hub: Hub, account: Account) -> None:
    user = hub.users_by_id.get(account.id)
    for session in user.sessions if user is not None and user.account else ():
        session.account = account
    if account.suspended:
        _end_all(hub, account.id, SUSPENDED)


@FORGETTING.append
def _is_gone(hub: Hub, account_id: str) -> None:
    _end_all(hub, account_id, DELETED)


@LOGINS.append
def _has_logged_in(hub: Hub, user: User, _before: str) -> None:
    for session in list(user.sessions):
        _check(session)


@ARRIVALS.append
def _has_arrived(hub: Hub, user: User, _nick: str) -> None:
    for session in list(user.sessions):
        _check(session)


@DEVICES.append
def _has_joined(_hub: Hub, session: Session) -> None:
    _check(session)


def _check(session: Session) -> None:
    """A login that was on its way while the account was suspended or deleted ends here."""
    user = session.user
    if user is None or not user.account:
        return
    account = accounts(session.hub).by_id.get(user.id)
    if account is None or account.suspended:
        end_session(session, DELETED if account is None else SUSPENDED)
