"""Tries at passwords: how many one account, or one address, is allowed; and where a password may be sent at all.

Wrong ones count, by address, and by account and address, so that nobody keeps owners out from elsewhere. What is still
being looked at, which takes a while, is counted apart: many may come in at once, but not try without end.
"""

from __future__ import annotations

from collections import deque
from ipaddress import IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING, NamedTuple, Protocol

from hubbub.irc.names import skeleton

if TYPE_CHECKING:
    from hubbub.core.hub import Hub

REMEMBERED = 10_000
"""Accounts and addresses whose tries are counted."""
LONGEST_NAME = 64
"""Characters of a name that are told apart; no account's is longer."""
REGISTRATIONS = 100
"""Accounts that may be made from one address in the time of accounts.tries_seconds: a class behind one router."""


UNDER_WAY = 20
"""Tries from one address that are looked at at once, as a multiple of accounts.tries: many live behind one router …"""
OWN_UNDER_WAY = 5
"""… and those at one account from one address: all devices of its owner."""
EVERYWHERE = 100
"""Wrong tries at one account from all addresses, as a multiple of accounts.tries."""


class Counter(NamedTuple):
    """What tries are counted by, and the multiples of accounts.tries that may be wrong, and under way."""

    name: str
    wrong: int
    under_way: int


class Caller(Protocol):
    """Who tries: a session, or whoever sends a request by HTTP."""

    @property
    def hub(self) -> Hub: ...
    @property
    def ip(self) -> str: ...
    @property
    def secure(self) -> bool: ...


class Attempts:
    """Times of what was tried."""

    def __init__(self) -> None:
        self.times: dict[str, deque[int]] = {}
        """Of what has come to nothing, by account and address."""
        self.under_way: dict[str, deque[int]] = {}
        """Of what is being looked at, or was given up in the middle."""


def may_send_password(session: Caller) -> bool:
    """Passwords travel encrypted, or not further than this machine and its private networks."""
    hub = session.hub
    return session.secure or hub.is_local(session.ip) or hub.settings.accounts.plaintext_passwords


def try_password(session: Caller, name: str) -> bool:
    """Begin a try at somebody's password; False if it is one too many. `was_right` or `was_wrong` ends it."""
    hub, most, counters = session.hub, session.hub.settings.accounts.tries, _counters(session, name)
    known = hub.part(Attempts)
    for counter, wrong, under_way in counters:
        if _number(hub, known.times, counter) >= most * wrong:
            return False
        if _number(hub, known.under_way, counter) >= most * under_way:
            return False
    _add(hub, known.under_way, counters)
    return True


def was_right(session: Caller, name: str) -> None:
    """A try that was begun has succeeded."""
    _end(session.hub.part(Attempts), _counters(session, name))


def was_wrong(session: Caller, name: str) -> None:
    """A try that was begun has come to nothing."""
    counters, known = _counters(session, name), session.hub.part(Attempts)
    _end(known, counters)
    _add(session.hub, known.times, counters)


def try_to_make_account(session: Caller) -> bool:
    """Count an account made from an address; False if it is one too many."""
    hub, known = session.hub, session.hub.part(Attempts).times
    counter = Counter(f"made {network_of(session.ip)}", 1, 1)
    if _number(hub, known, counter.name) >= REGISTRATIONS:
        return False
    _add(hub, known, (counter,))
    return True


def _counters(session: Caller, name: str) -> tuple[Counter, ...]:
    account, network = skeleton(name[:LONGEST_NAME]), network_of(session.ip)
    return (
        Counter(f"account {account} {network}", 1, OWN_UNDER_WAY),
        Counter(f"address {network}", 1, UNDER_WAY),
        Counter(f"account {account}", EVERYWHERE, EVERYWHERE),
    )


def network_of(ip: str) -> str:
    """Whoever has one IPv6 address has the 2^64 around it."""
    try:
        address = ip_address(ip)
    except ValueError:
        return ip
    return str(ip_network((address, 64), strict=False)) if isinstance(address, IPv6Address) else ip


def _number(hub: Hub, known: dict[str, deque[int]], counter: str) -> int:
    """How many there were within the time that counts."""
    times = known.get(counter)
    oldest = hub.clock() - int(hub.settings.accounts.tries_seconds * 1000)
    while times and times[0] < oldest:
        times.popleft()
    return len(times) if times else 0


def _add(hub: Hub, known: dict[str, deque[int]], counters: tuple[Counter, ...]) -> None:
    for counter in counters:
        known.setdefault(counter.name, deque()).append(hub.clock())
        if len(known) > REMEMBERED:
            del known[next(iter(known))]


def _end(known: Attempts, counters: tuple[Counter, ...]) -> None:
    for counter in counters:
        times = known.under_way.get(counter.name)
        if times:
            times.pop()
        if not times:
            known.under_way.pop(counter.name, None)
