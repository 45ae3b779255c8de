"""A whole server without sockets: the hub, all features, a ledger in memory, a clock that the test moves.

Clients are used as a network would use them: lines go in, lines come out. Whatever a line causes has happened
when `send` returns, because the memory ledger applies at once and no handler then waits for anything.

    world = World()
    alice, bob = world.client("alice"), world.client("bob", caps="message-tags")
    alice.send("PRIVMSG bob :hi")
    assert bob.received() == [":alice!~alice@127.0.0.1 PRIVMSG bob :hi"]
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, NamedTuple

import hubbub.features  # noqa: F401  # loading them fills the registries of commands and capabilities
from hubbub.config import Settings, load
from hubbub.core.hub import Hub
from hubbub.core.ledger import Ledger
from hubbub.core.session import Session
from hubbub.ledger.memory import MemoryLedger

START_MS = 1_700_000_000_000
SERVER = "test.example"
DEFAULTS: dict[str, object] = {"server.name": SERVER, "rooms.default": ""}


class Timer(NamedTuple):
    """Something that is to be done at a time."""

    due_ms: int
    act: Callable[[], None]


class Clock:
    """Time that passes only when a test says so."""

    def __init__(self) -> None:
        self.now_ms = START_MS
        self.timers: list[Timer] = []

    def __call__(self) -> int:
        return self.now_ms

    def advance(self, seconds: float) -> None:
        """Let time pass; what is due meanwhile is done at its moment."""
        end = self.now_ms + int(seconds * 1000)
        while self.timers and self.timers[0].due_ms <= end:
            timer = self.timers.pop(0)
            self.now_ms = max(self.now_ms, timer.due_ms)
            timer.act()
        self.now_ms = end

    def later(self, seconds: float, act: Callable[[], None]) -> None:
        """As Hub.later."""
        self.timers.append(Timer(self.now_ms + int(seconds * 1000), act))
        self.timers.sort(key=lambda timer: timer.due_ms)


class Client:
    """One connection; it is also the Link that the session holds on to."""

    def __init__(self, hub: Hub, ip: str, port: int, secure: bool) -> None:
        self.closed = False
        address = f"[{ip}]:{port}" if ":" in ip else f"{ip}:{port}"
        self.session = Session(hub, self, ip=ip, peer_address=address, secure=secure)
        hub.connect(self.session)

    def send(self, *lines: str) -> None:
        """Say one or more lines, without their line ends."""
        for line in lines:
            self.send_bytes(line.encode())

    def send_bytes(self, line: bytes) -> None:
        assert not self.session.busy, "something before this line is still under way"
        self.session.receive(line)

    def received(self) -> list[str]:
        """The lines that have come since the last time, without their line ends."""
        lines = b"".join(self.session.out).decode().split("\r\n")
        self.session.out.clear()
        assert lines.pop() == "", "a line has no end"
        return lines

    def asks(self, *lines: str) -> list[str]:
        """What comes back to these lines and nothing from before."""
        self.received()
        self.send(*lines)
        return self.received()

    def leave(self, reason: str = "Connection lost") -> None:
        """The connection breaks."""
        self.session.hub.disconnect(self.session, reason)

    # -- as a Link

    def flush(self) -> None:
        """Nothing to do: what is queued stays until the test reads it."""

    def resume(self) -> None:
        """Nothing to do: what the test sends next isn't held back anywhere."""

    def close(self) -> None:
        self.closed = True


class World:
    """A server and its clients. Settings are named as on the command line: World({"limits.monitor": 2})."""

    def __init__(
        self,
        settings: dict[str, object] | None = None,
        *,
        ledger: Callable[[Clock], Ledger] = MemoryLedger,
        **hub_options: Any,
    ) -> None:
        self.settings: Settings = load(None, {}, DEFAULTS | (settings or {}))
        self.clock = Clock()
        self.ledger = ledger(self.clock)
        self._hub_options = hub_options
        self._ports = 50_000
        self.hub = self._opened()

    def client(
        self,
        nick: str,
        *,
        caps: str = "",
        ip: str = "127.0.0.1",
        secure: bool = False,
        realname: str = "",
        rooms: str = "",
    ) -> Client:
        """Somebody who has arrived, with these capabilities, in these rooms; the welcome is read already."""
        client = self.connection(ip=ip, secure=secure)
        if caps:
            client.send("CAP LS 302", f"CAP REQ :{caps}")
        client.send(f"NICK {nick}", f"USER {nick} 0 * :{realname or nick}", *(["CAP END"] if caps else []))
        assert client.session.user is not None, client.received()
        if rooms:
            client.send(f"JOIN {rooms}")
        client.received()
        return client

    def connection(self, *, ip: str = "127.0.0.1", secure: bool = False) -> Client:
        """A connection that has said nothing yet."""
        self._ports += 1
        return Client(self.hub, ip, self._ports, secure)

    def restart(self) -> None:
        """Stop the server with everybody on it and start it again on the same ledger."""
        self.hub = self._opened()

    def _opened(self) -> Hub:
        hub = Hub(
            self.settings, self.ledger, self.clock, wake=lambda: None, spawn=run_to_end, **self._hub_options
        )
        self.clock.timers.clear()
        hub.later = self.clock.later
        run_to_end(hub.open())
        return hub


def run_to_end(coroutine: Coroutine[Any, Any, None]) -> None:
    """Run a coroutine that never really waits."""
    try:
        coroutine.send(None)
    except StopIteration:
        return
    coroutine.close()
    raise AssertionError("a coroutine waits for something that this world doesn't have")


def commands_of(lines: list[str]) -> list[str]:
    """The command or numeric of each line: what an answer is made of, at a glance."""
    words = ([word for word in line.split(" ") if not word.startswith(("@", ":"))] for line in lines)
    return [found[0] for found in words]
