"""A small IRC server that does one thing wrong now and then and keeps count of it: proof of our counting.

Owns the faults. It speaks just enough IRC for the load generator; check() makes sure that the
generator's report has every fault, no more and no less.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bench.generator import Report, running
from bench.scenario import Scenario
from bench.servers import HOST

# Every so manieth delivery, and not too near the end: a line held back needs a next one to follow.
EVERY, MOST = 61, 5
SECONDS = 1
SCENARIOS = (
    Scenario(kind="fanout", connections=20, senders=5, rate=400, stall=0.5),
    Scenario(kind="direct", connections=20, rate=400, stall=0.5),
    Scenario(kind="direct", connections=20, window=4, stall=0.5),
)
# Numbers that no fault-free run may show.
WRONG = ("lost", "extra", "duplicate", "misordered", "corrupt")

Fault = Callable[["Faulty", "Client", bytes], None]


class CountedWrong(AssertionError):
    """The generator's counts are not what really happened."""


class Client:
    """One connection of the generator."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self.writer = writer
        self.nick = b""
        self.held: dict[bytes, bytes] = {}

    def deliver(self, line: bytes) -> None:
        """Sends the line, and after it the one from the same sender that was held back."""
        self.writer.write(line + self.held.pop(sender_of(line), b""))


def sender_of(line: bytes) -> bytes:
    """The nick in ":nick!user@host"."""
    return line[1:].partition(b"!")[0]


class Faulty:
    """The server: everybody who joins is in the same channel."""

    def __init__(self, fault: Fault | None) -> None:
        self.fault, self.faults, self.deliveries = fault, 0, 0
        self.clients: dict[bytes, Client] = {}
        self.port = 0

    async def serve(self, ready: threading.Event, stop: asyncio.Event) -> None:
        """Until told to stop."""
        server = await asyncio.start_server(self._talk, HOST, 0)
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        await stop.wait()
        server.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        client = Client(writer)
        try:
            while line := await reader.readline():
                self._obey(client, line)
        except ConnectionError:
            pass
        finally:
            writer.close()

    def _obey(self, client: Client, line: bytes) -> None:
        verb, _, rest = line.rstrip().partition(b" ")
        if verb == b"NICK":
            client.nick = rest
            self.clients[rest] = client
        elif verb == b"USER":
            client.writer.write(b":s 001 x :hi\r\n:s 422 x :no motd\r\n")
        elif verb == b"JOIN":
            client.writer.write(b":s 366 x %b :end\r\n" % rest)
        elif verb == b"PRIVMSG":
            self._pass_on(client, rest.partition(b" ")[0], line)

    def _pass_on(self, sender: Client, target: bytes, line: bytes) -> None:
        everybody = [self.clients[target]] if target in self.clients else list(self.clients.values())
        for client in everybody:
            if client is not sender:
                self._deliver(client, b":%b!u@h %b" % (sender.nick, line))

    def _deliver(self, client: Client, line: bytes) -> None:
        self.deliveries += 1
        if self.fault is None or self.deliveries % EVERY or self.faults == MOST:
            return client.deliver(line)
        self.faults += 1
        return self.fault(self, client, line)


def drop(_server: Faulty, _client: Client, _line: bytes) -> None:
    """Never comes."""


def repeat(_server: Faulty, client: Client, line: bytes) -> None:
    """Comes twice."""
    client.deliver(line + line)


def swap(_server: Faulty, client: Client, line: bytes) -> None:
    """Comes after the next one of its sender; there is no order between senders to keep."""
    client.held[sender_of(line)] = line


def alter(_server: Faulty, client: Client, line: bytes) -> None:
    """Comes with another letter in it; so the message itself is lost."""
    client.deliver(line[:-9] + b"?" + line[-8:])


def stray(server: Faulty, client: Client, line: bytes) -> None:
    """Comes to its sender as well, who has not asked for it."""
    client.deliver(line)
    server.clients[sender_of(line)].writer.write(line)


EXPECTED: dict[Fault | None, tuple[str, ...]] = {
    None: (),
    drop: ("lost",),
    repeat: ("duplicate",),
    alter: ("lost", "corrupt"),
    stray: ("extra",),
    swap: ("misordered",),
}


@contextmanager
def serving(fault: Fault | None) -> Iterator[Faulty]:
    """The server on a thread of its own."""
    faulty, ready = Faulty(fault), threading.Event()
    loop, stop = asyncio.new_event_loop(), asyncio.Event()
    thread = threading.Thread(target=loop.run_until_complete, args=[faulty.serve(ready, stop)])
    thread.start()
    ready.wait()
    try:
        yield faulty
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()


def one_turn(scenario: Scenario, fault: Fault | None) -> tuple[Report, int]:
    """The generator's report, and how many faults there really were."""
    with (
        serving(fault) as faulty,
        running(scenario, HOST, faulty.port, core=None, nick="bad") as clients,
    ):
        return clients.turn(SECONDS), faulty.faults


def check() -> Iterator[str]:
    """A line for each fault; CountedWrong where the counts differ."""
    for scenario in SCENARIOS:
        for fault, names in EXPECTED.items():
            report, faults = one_turn(scenario, fault)
            expected = {name: faults if name in names else 0 for name in WRONG}
            found = {name: report[name] for name in WRONG}
            name = fault.__name__ if fault else "no fault"
            line = f"{scenario.kind}, {scenario.pace}, {name}: {faults} in {report['expected']} deliveries"
            if found != expected or report["ok"] == bool(faults) or bool(faults) != bool(fault):
                raise CountedWrong(f"{line}: expected {expected}, found {found}")
            yield f"{line}: counted right"
