"""What an operator may measure, in Prometheus' text format: numbers of things, and nothing about anybody.

Collected when asked for, from what the network and the hub have anyway; nothing is counted for this alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from hmac import compare_digest
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.exceptions import HTTPException
from starlette.responses import Response

from hubbub.net.addresses import is_loopback
from hubbub.net.web.headers import peer_of

if TYPE_CHECKING:
    from starlette.requests import Request

    from hubbub.net.network import Network

KIND = "text/plain; version=0.0.4; charset=utf-8"
SAID = ("PRIVMSG", "NOTICE")
END_OF_TIME = 1 << 62
FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip", "via")


class Metrics(Collector):
    """The figures of one network."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self._position = 0
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(self)
        ProcessCollector(registry=self._registry)

    def describe(self) -> list[Metric]:
        return []

    async def answer(self, request: Request) -> Response:
        """GET /metrics"""
        if not self._is_allowed(request):
            raise HTTPException(403, "The metrics are for this machine, or for who has web.metrics_token.\n")
        self._position = await self.network.hub.ledger.locate(END_OF_TIME) - 1
        return Response(generate_latest(self._registry), media_type=None, headers={"Content-Type": KIND})

    def _is_allowed(self, request: Request) -> bool:
        token = self.network.settings.web.metrics_token
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        if token and scheme.lower() == "bearer" and compare_digest(given.strip().encode(), token.encode()):
            return True
        # A proxy on this machine is not this machine, whether we know of it or not.
        through_proxy = any(name in request.headers for name in FORWARDED)
        return is_loopback(peer_of(request.scope).origin.ip) and not through_proxy

    def collect(self) -> Iterator[Metric]:
        hub = self.network.hub
        yield from self._connections()
        yield GaugeMetricFamily("hubbub_users", "People who are here.", len(hub.users))
        yield GaugeMetricFamily("hubbub_rooms", "Rooms that somebody is in.", hub.rooms_in_use)
        said = sum(hub.uses[verb] for verb in SAID)
        yield CounterMetricFamily("hubbub_messages", "PRIVMSG and NOTICE given by clients.", said)
        commands = CounterMetricFamily("hubbub_commands", "Commands given by clients.", labels=["command"])
        for verb, count in sorted(hub.uses.items()):
            commands.add_metric([verb], count)
        yield commands
        position = "Last position in the log: it grows with each fact that is kept."
        yield GaugeMetricFamily("hubbub_log_position", position, self._position)
        uptime = (hub.clock() - hub.started_ms) / 1000
        yield GaugeMetricFamily("hubbub_uptime_seconds", "Since the server was started.", uptime)

    def _connections(self) -> Iterator[Metric]:
        network = self.network
        kinds = Counter(dict.fromkeys(("irc", "plain", "websocket", "http"), 0))
        waiting = longest = 0
        for connection in network.connections:
            kinds[connection.kind] += 1
            waiting += connection.waiting
            longest = max(longest, connection.waiting)
        connected = GaugeMetricFamily("hubbub_connections", "Connections at the moment.", labels=["kind"])
        for kind, number in kinds.items():
            connected.add_metric([kind], number)
        yield connected
        yield GaugeMetricFamily("hubbub_send_queue_bytes", "Bytes that clients have not taken yet.", waiting)
        yield GaugeMetricFamily(
            "hubbub_send_queue_longest_bytes", "Of these, the most of one client.", longest
        )
        cut_off = network.cut_off
        yield CounterMetricFamily("hubbub_cut_off", "Clients cut off for reading too slowly.", cut_off)
