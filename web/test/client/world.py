"""A whole server for the tests of the browser client, without sockets: tests/hubworld.py, driven over standard input.

One JSON object a line, one answer a line. `new`: a fresh server. `open`: a connection; its number. `exchange`: what
that connection sends, and what has come for it since the last time. `leave`: it breaks.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from hubworld import Client, World


class Driver:
    def __init__(self) -> None:
        self.world = World()
        self.clients: list[Client] = []

    def new(self, settings: dict[str, object]) -> None:
        self.world = World(settings)
        self.clients = []

    def open(self) -> int:
        self.clients.append(self.world.connection())
        return len(self.clients) - 1

    def exchange(self, number: int, lines: list[str]) -> list[str]:
        client = self.clients[number]
        client.send(*lines)
        return client.received()

    def leave(self, number: int) -> None:
        self.clients[number].received()
        self.clients[number].leave()

    def advance(self, seconds: float) -> None:
        self.world.clock.advance(seconds)

    def answer(self, ask: dict[str, Any]) -> dict[str, object]:
        result = getattr(self, ask.pop("do"))(**ask)
        return {"result": result, "now_ms": self.world.clock()}


if __name__ == "__main__":
    driver = Driver()
    for line in sys.stdin:
        print(json.dumps(driver.answer(json.loads(line))), flush=True)
