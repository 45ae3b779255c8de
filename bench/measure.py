"""One scenario against one server: what the generator counted joined with what the server used.

Owns the meaning of every field of a result. Starts no server; called by the command line and by compare.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from bench import generator
from bench.generator import Generator, Report
from bench.scenario import Scenario
from bench.servers import Server
from bench.usage import Usage, read_usage

WARM_UP_SECONDS = 0.5
COUNTS = (
    "messages",
    "expected",
    "delivered",
    "lost",
    "extra",
    "duplicate",
    "misordered",
    "corrupt",
    "errors",
    "disconnects",
)

# Of these there must be none.
OFF = COUNTS[COUNTS.index("lost") :]

Result = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Cores:
    """Where to keep the servers and the generators; None leaves it to the kernel."""

    server: int | None = None
    generator: int | None = None


@dataclass(frozen=True, slots=True)
class Stage:
    """A server with the generator's clients on it, ready for turns."""

    server: Server
    scenario: Scenario
    cores: Cores
    generator: Generator
    before: Usage | None
    after: Usage | None

    def usage(self) -> Usage | None:
        """What the server has used so far, if it can be known."""
        return _usage(self.server, self.cores)

    def turn(self, seconds: float) -> Result:
        """One stretch of traffic."""
        before = self.usage()
        report = self.generator.turn(seconds)
        used = _difference(self.usage(), before)
        return {**self.head(), **traffic_fields(report, used), **self.memory(), "ok": report["ok"]}

    def setup(self) -> Result:
        """The connection storm, and what idle connections cost."""
        report, used = self.generator.setup, _difference(self.after, self.before)
        return {**self.head(), **setup_fields(report, used), **self.memory(), "ok": report["ok"]}

    def head(self) -> Result:
        """What was asked for."""
        scenario = self.scenario
        return {
            "server": self.server.name,
            "scenario": scenario.kind,
            "connections": scenario.connections,
            "senders": senders(scenario),
            "pace": scenario.pace,
            "payload_bytes": scenario.size,
        }

    def memory(self) -> Result:
        """Resident memory, and its growth by the connections while they are idle."""
        now, grown = self.usage(), _difference(self.after, self.before)
        return {
            "memory_kb": now and now.memory_kb,
            "memory_kb_per_connection": grown and round(grown.memory_kb / self.scenario.connections, 2),
        }


def senders(scenario: Scenario) -> int:
    """How many clients send; of a pair, both."""
    if scenario.kind == "direct":
        return scenario.connections
    return min(scenario.senders, scenario.connections) if scenario.kind == "fanout" else 0


def setup_fields(report: Report, used: Usage | None) -> Result:
    """What the storm says; `used` is the server's share of it."""
    return {
        "registered": report["registered"],
        "errors": report["errors"],
        "disconnects": report["disconnects"],
        "wall_s": report["wall_s"],
        "connections_per_s": report["connections_per_s"],
        "latency_ms": report["latency_ms"],
        "server_cpu_us_per_connection": used and _per_million(used.cpu_s, report["registered"]),
        "server_busy": used and _share(used.cpu_s, report["wall_s"]),
        "generator_busy": _share(report["generator_cpu_s"], report["wall_s"]),
    }


def traffic_fields(report: Report, used: Usage | None) -> Result:
    """What a turn says; `used` is what the server used meanwhile."""
    wall, delivered = report["wall_s"], report["delivered"]
    return {
        **{name: report[name] for name in COUNTS},
        "wall_s": wall,
        "deliveries_per_s": round(delivered / wall, 1),
        "latency_ms": report["latency_ms"],
        "late_max_ms": report["late_max_ms"],
        "deliveries_per_read": round(delivered / max(1, report["reads"]), 2),
        "bytes_per_delivery": round(report["bytes"] / max(1, delivered), 1),
        "server_cpu_s": used and round(used.cpu_s, 4),
        "softirq_s": used and round(used.softirq_s, 4),
        "server_cpu_s_per_million": used and _per_million(used.cpu_s, delivered),
        "server_busy": used and _share(used.cpu_s, wall),
        "generator_busy": _share(report["generator_cpu_s"], wall),
    }


def what_was_off(result: Result) -> str:
    """In words; empty if nothing was."""
    wrong = [f"{result[name]} {name}" for name in OFF if result.get(name)]
    return ", ".join(wrong) or ("" if result["ok"] else "not everybody got in, with what was asked for")


@contextmanager
def staged(scenario: Scenario, server: Server, cores: Cores, number: int = 0) -> Iterator[Stage]:
    """The scenario's clients on the server; `number` keeps the nicks of several stages apart."""
    before, nick = _usage(server, cores), generator.nick_prefix(number)
    with generator.running(scenario, server.host, server.port, core=cores.generator, nick=nick) as clients:
        yield Stage(server, scenario, cores, clients, before, _usage(server, cores))


def measure(scenario: Scenario, server: Server, cores: Cores, seconds: float, number: int = 0) -> Result:
    """One result, from connecting to closing."""
    with staged(scenario, server, cores, number) as stage:
        if scenario.kind == "connect" or not stage.generator.setup["ok"]:
            return stage.setup()
        warm_up = stage.turn(WARM_UP_SECONDS)
        return stage.turn(seconds) if warm_up["ok"] else warm_up


def _usage(server: Server, cores: Cores) -> Usage | None:
    return None if server.pid is None else read_usage(server.pid, cores.server)


def _difference(now: Usage | None, before: Usage | None) -> Usage | None:
    return now.since(before) if now and before else None


def _per_million(seconds: float, count: int) -> float:
    return round(seconds * 1e6 / max(1, count), 4)


def _share(seconds: float, wall: float) -> float:
    return round(seconds / wall, 3) if wall else 0.0
