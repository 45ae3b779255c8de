"""Live text: `python -m bench.live --members 200 --typing 50`. What it costs, and how late the letters are.

One hubbub and one room; everybody shares with everybody. In each cycle come two turns side by side: the letters of all
who type as live text (one update per key, as a client sends them), and the same people only saying `+typing` every
3 seconds, as without live text. Every update must arrive at everybody else exactly once and in order.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.measure import Cores
from bench.servers import Server, running
from bench.usage import read_usage

ROOM = "#room"
SETTLE_SECONDS = 1.0
TYPING_SECONDS = 3.0


@dataclass
class Turn:
    """What one turn came to. Latencies in milliseconds."""

    kind: str
    sent: int = 0
    expected: int = 0
    arrived: int = 0
    wrong: int = 0
    seconds: float = 0.0
    cpu_s: float = 0.0
    latencies: list[float] = field(default_factory=list)

    def summary(self) -> dict[str, object]:
        taken = sorted(self.latencies) or [0.0]
        return {
            "turn": self.kind,
            "updates": self.sent,
            "expected": self.expected,
            "arrived": self.arrived,
            "wrong": self.wrong,
            "ok": self.arrived == self.expected and not self.wrong,
            "server_busy": round(self.cpu_s / self.seconds, 4),
            "cpu_us_per_delivery": round(self.cpu_s / max(self.arrived, 1) * 1e6, 2),
            "deliveries_per_s": round(self.arrived / self.seconds),
            "p50_ms": round(taken[len(taken) // 2], 1),
            "p99_ms": round(taken[len(taken) * 99 // 100], 1),
            "max_ms": round(taken[-1], 1),
        }


class Member(asyncio.Protocol):
    """Somebody in the room, who may type."""

    def __init__(self, number: int, turn: list[Turn], sent_at: dict[str, float]) -> None:
        self.nick = f"m{number}"
        self.ready = asyncio.get_running_loop().create_future()
        self._turn = turn
        self._sent_at = sent_at
        self._tail = b""
        self._known: dict[bytes, int] = {}
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.say(
            "CAP LS 302",
            "CAP REQ :message-tags hubbub.chat/live",
            f"NICK {self.nick}",
            f"USER {self.nick} 0 * :x",
        )
        self.say("CAP END", f"JOIN {ROOM}", f"LIVE ON {ROOM}")

    def say(self, *lines: str) -> None:
        self.transport.write("".join(f"{line}\r\n" for line in lines).encode())

    def data_received(self, data: bytes) -> None:
        *lines, self._tail = (self._tail + data).split(b"\r\n")
        now = time.perf_counter()
        for line in lines:
            if line.startswith(b"@+hubbub.chat/live="):
                self._take(line[19 : line.index(b" ")], now)
            elif line.startswith(b"@+typing"):
                self._turn[0].arrived += 1
            elif b" LIVE ON " in line and not self.ready.done():
                self.ready.set_result(None)
            elif b" FAIL " in line:
                self._turn[0].wrong += 1
            elif line.startswith(b"PING"):
                self.say(line.decode().replace("PING", "PONG", 1))

    def _take(self, value: bytes, now: float) -> None:
        turn = self._turn[0]
        id, seq = value.split(b"/", 2)[:2]
        if int(seq) != self._known.get(id, -1) + 1:
            turn.wrong += 1
        self._known[id] = int(seq)
        turn.arrived += 1
        turn.latencies.append((now - self._sent_at[f"{id.decode()}/{seq.decode()}"]) * 1000)


async def _type(
    member: Member, line: str, keys_per_s: float, until: float, sent_at: dict[str, float], turn: Turn
) -> None:
    """One update per key: at 8 keys a second that is what a client's batches of 100 ms come to."""
    seq, due = 0, time.perf_counter() + hash(line) % 1000 / 1000 / keys_per_s
    while due < until:
        await asyncio.sleep(max(due - time.perf_counter(), 0))
        sent_at[f"{line}/{seq}"] = time.perf_counter()
        member.say(f"@+hubbub.chat/live={line}/{seq}/{'e' if seq else 'n'}+{seq},1,x TAGMSG {ROOM}")
        turn.sent += 1
        seq += 1
        due += 1 / keys_per_s


async def _say_typing(member: Member, line: str, until: float, turn: Turn) -> None:
    due = time.perf_counter() + hash(line) % 1000 / 1000 * TYPING_SECONDS
    while due < until:
        await asyncio.sleep(max(due - time.perf_counter(), 0))
        member.say(f"@+typing=active TAGMSG {ROOM}")
        turn.sent += 1
        due += TYPING_SECONDS


async def _run(server: Server, options: argparse.Namespace) -> list[dict[str, object]]:
    loop = asyncio.get_running_loop()
    turns = [Turn("warm-up")]
    sent_at: dict[str, float] = {}
    members: list[Member] = []
    for number in range(options.members):
        _, member = await loop.create_connection(
            lambda number=number: Member(number, turns, sent_at), server.host, server.port
        )
        members.append(member)
        if not number:
            member.say(f"MODE {ROOM} +L", f"LIVE ON {ROOM}")
        await asyncio.wait_for(member.ready, 10)
    assert server.pid is not None
    results = []
    for cycle in range(options.cycles):
        for kind in ("live", "typing"):
            turns[0] = turn = Turn(kind)
            begun, before = time.perf_counter(), read_usage(server.pid).cpu_s
            until = begun + options.seconds
            await asyncio.gather(
                *(
                    _type(member, f"l{cycle}-{member.nick}", options.keys, until, sent_at, turn)
                    if kind == "live"
                    else _say_typing(member, f"t{cycle}-{member.nick}", until, turn)
                    for member in members[: options.typing]
                )
            )
            turn.seconds = time.perf_counter() - begun
            turn.cpu_s = read_usage(server.pid).cpu_s - before
            turn.expected = turn.sent * (options.members - 1)
            # The last of them are on their way; what comes later than that is late indeed.
            await asyncio.sleep(SETTLE_SECONDS)
            results.append(turn.summary())
            print(json.dumps(results[-1]), flush=True)
    for member in members:
        member.transport.close()
    return results


def main(words: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(words)
    cores = Cores(*(None if core < 0 else core for core in (options.server_core, options.generator_core)))
    with (
        tempfile.TemporaryDirectory(prefix="bench-") as scratch,
        running("hubbub", Path(scratch), cores.server) as server,
    ):
        if cores.generator is not None:
            os.sched_setaffinity(0, {cores.generator})
        results = asyncio.run(_run(server, options))
    for kind in ("live", "typing"):
        busy = [float(str(one["server_busy"])) for one in results if one["turn"] == kind]
        print(f"{kind}: server busy {statistics.median(busy):.1%} of a core", file=sys.stderr)
    return 0 if all(one["ok"] for one in results) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.live", description=(__doc__ or "").split(":")[0])
    add = parser.add_argument
    add("--members", type=int, default=200, metavar="N", help="how many are in the room (%(default)s)")
    add("--typing", type=int, default=50, metavar="N", help="how many of them type (%(default)s)")
    add("--keys", type=float, default=8, metavar="R", help="keys a second of each (%(default)s)")
    add("--cycles", type=int, default=3, metavar="N", help="turns of each kind (%(default)s)")
    add("--seconds", type=float, default=10, metavar="S", help="length of a turn (%(default)s)")
    add("--server-core", type=int, default=0, metavar="K", help="core of the server; -1: any")
    add("--generator-core", type=int, default=1, metavar="K", help="core of the generator; -1: any")
    return parser


if __name__ == "__main__":
    sys.exit(main())
