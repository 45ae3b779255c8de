"""What to put a server through: a scenario and its numbers.

Owns the translation into the load generator's options. Knows no server and measures nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

KINDS = ("fanout", "direct", "connect")
# The usual range of local ports holds 28,000; one source address per 20,000 connections leaves room.
PER_SOURCE = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One kind of traffic; `rate` 0 means flat out, otherwise messages a second over all senders."""

    kind: str
    connections: int
    senders: int = 10
    window: int = 16
    burst: int = 1
    rate: float = 0
    size: int = 100
    storm: int = 64
    stall: float = 5
    caps: str = ""
    password: str = ""
    channel: str = "#bench"
    websocket: bool = False

    @property
    def pace(self) -> str:
        """How the messages are sent, in words."""
        if self.kind == "connect":
            return f"{self.storm} at a time"
        if self.rate:
            return f"{self.rate:g}/s"
        return f"window {self.window}"

    def generator_options(self, nick: str) -> list[str]:
        """The words after the program's name; `nick` begins every client's nick."""
        options = {
            "connections": self.connections,
            "senders": min(self.senders, self.connections),
            "window": self.window,
            "burst": self.burst,
            "rate": self.rate,
            "size": self.size,
            "storm": self.storm,
            "stall": self.stall,
            "caps": self.caps,
            "password": self.password,
            "nick": nick,
            "channel": self.channel,
            "websocket": int(self.websocket),
            "sources": -(-self.connections // PER_SOURCE),
        }
        return [self.kind, *(word for name, value in options.items() for word in (f"--{name}", str(value)))]
