"""Tries at passwords: how many one account, or one address, is allowed; and where a password may be sent at all.

A try is counted before the password is looked at, which takes a while: otherwise many connections could try at the
same moment. A right one is taken back.
"""

from __future__ import annotations

from collections import deque
from ipaddress import IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING

from hubbub.irc.names import skeleton

if TYPE_CHECKING:
    from hubbub.core.hub import Hub
    from hubbub.core.session import Session

REMEMBERED = 10_000
"""Accounts and addresses whose tries are counted."""
LONGEST_NAME = 64
"""Characters of a name that are told apart; no account's is longer."""
REGISTRATIONS = 100
"""Accounts that may be made from one address in the time of accounts.tries_seconds: a class behind one router."""


class Attempts:
    """Times of what was tried: by account name, and by address."""

    def __init__(self) -> None:
        self.times: dict[str, deque[int]] = {}


def may_send_password(session: Session) -> bool:
    """Passwords travel encrypted, or not further than this machine and its private networks."""
    hub = session.hub
    return session.secure or hub.is_local(session.ip) or hub.settings.accounts.plaintext_passwords


def try_password(session: Session, name: str) -> bool:
    """Count a try at somebody's password; False if it is one too many."""
    most = session.hub.settings.accounts.tries
    return _count(session.hub, _counters(session, name), most)


def was_right(session: Session, name: str) -> None:
    """The last try has succeeded and doesn't count."""
    known = session.hub.part(Attempts).times
    for counter in _counters(session, name):
        times = known.get(counter)
        if times:
            times.pop()


def try_to_make_account(session: Session) -> bool:
    """Count an account made from an address; False if it is one too many."""
    return _count(session.hub, (f"made {_network(session.ip)}",), REGISTRATIONS)


def _counters(session: Session, name: str) -> tuple[str, str]:
    return f"account {skeleton(name[:LONGEST_NAME])}", f"address {_network(session.ip)}"


def _network(ip: str) -> str:
    """Whoever has one IPv6 address has the 2^64 around it."""
    try:
        address = ip_address(ip)
    except ValueError:
        return ip
    return str(ip_network((address, 64), strict=False)) if isinstance(address, IPv6Address) else ip


def _count(hub: Hub, counters: tuple[str, ...], most: int) -> bool:
    known = hub.part(Attempts).times
    oldest = hub.clock() - int(hub.settings.accounts.tries_seconds * 1000)
    for counter in counters:
        times = known.get(counter)
        while times and times[0] < oldest:
            times.popleft()
        if times and len(times) >= most:
            return False
    for counter in counters:
        known.setdefault(counter, deque()).append(hub.clock())
        if len(known) > REMEMBERED:
            del known[next(iter(known))]
    return True
