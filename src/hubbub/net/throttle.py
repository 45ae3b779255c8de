"""The throttle: how often one address may connect, and how many connections there may be.

Of IPv6 the /64 counts as one address.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING

from hubbub.core.attempts import network_of

if TYPE_CHECKING:
    from hubbub.config import Settings

REMEMBERED = 100_000
"""Addresses whose last connections are remembered."""


class Throttle:
    """Decides about connections by address and time; `clock` gives seconds."""

    def __init__(self, settings: Settings, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._recent: dict[str, deque[float]] = {}
        self.take(settings)

    def take(self, settings: Settings) -> None:
        """Go by new settings from now on."""
        self._limits = settings.limits
        self._settings = settings.throttle
        self._exempt = [ip_network(network) for network in settings.throttle.exempt]
        self._recent.clear()

    def refusal(self, ip: str, connections: int, per_address: Mapping[str, int]) -> str | None:
        """Why a new connection is not taken, or None."""
        if connections >= self._limits.connections:
            return "The server is full; try again later"
        most = self._limits.connections_per_address
        if most and per_address.get(network_of(ip), 0) >= most:
            return "Too many connections from your address"
        if self._settings.enabled and not self._is_exempt(ip) and self._too_often(ip):
            return "You connect too often; try again in a minute"
        return None

    def _is_exempt(self, ip: str) -> bool:
        address = ip_address(ip)
        return any(address in network for network in self._exempt)

    def _too_often(self, ip: str) -> bool:
        now = self._clock()
        times = self._recent.setdefault(network_of(ip), deque(maxlen=self._settings.connections))
        if len(times) == self._settings.connections and now - times[0] < self._settings.seconds:
            return True
        times.append(now)
        if len(self._recent) > REMEMBERED:
            del self._recent[next(iter(self._recent))]
        return False
