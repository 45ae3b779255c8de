"""Several servers in alternating turns, and what the turns say about each other.

A machine's speed drifts within minutes, so servers are compared only with what was measured beside them: all
are alive at once, take turns (A B A B …), and each ratio is formed within one cycle before the median is
taken. The arithmetic here is pure; processes are started by the modules it calls.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Any

from bench.measure import WARM_UP_SECONDS, Cores, Result, Stage, measure, staged, what_was_off
from bench.scenario import Scenario
from bench.servers import Server, all_running, running

# The figures that are compared, by the path to them in a result.
TRAFFIC = (
    "server_cpu_s_per_million",
    "deliveries_per_s",
    "latency_ms.p50",
    "latency_ms.p95",
    "latency_ms.p99",
    "latency_ms.max",
)
STORM = (
    "connections_per_s",
    "server_cpu_us_per_connection",
    "memory_kb_per_connection",
    "latency_ms.p50",
    "latency_ms.p99",
)

Cycle = list[Result]
Show = Callable[[Result], None]


class TurnFailed(RuntimeError):
    """Something was off in a turn, so that nothing may be concluded."""


def figure(result: Result, path: str) -> float | None:
    """The number at a path like "latency_ms.p50", or None."""
    found: Any = result
    for key in path.split("."):
        found = found.get(key) if isinstance(found, dict) else None
    return None if found is None else float(found)


def middle(values: Sequence[float | None]) -> float | None:
    """The median, if there is anything at all."""
    known = [value for value in values if value is not None]
    return round(median(known), 4) if known else None


def paired(cycles: Sequence[Cycle], path: str, one: int, other: int) -> list[float]:
    """`one` divided by `other` within each cycle in which both are known."""
    pairs = [(figure(cycle[one], path), figure(cycle[other], path)) for cycle in cycles]
    return [round(a / b, 4) for a, b in pairs if a is not None and b]


def summarise(cycles: Sequence[Cycle], baseline: int = -1) -> list[Result]:
    """For each server its medians, and its ratios to the server at `baseline` in the same cycles."""
    baseline %= len(cycles[0])
    return [_summary(cycles, at, baseline) for at in range(len(cycles[0]))]


def _summary(cycles: Sequence[Cycle], at: int, baseline: int) -> Result:
    first = cycles[0][at]
    paths = STORM if first["scenario"] == "connect" else TRAFFIC
    summary = {key: first[key] for key in ("server", "scenario", "connections", "senders", "pace")}
    summary["cycles"] = len(cycles)
    summary["median"] = {path: middle([figure(cycle[at], path) for cycle in cycles]) for path in paths}
    summary["against"] = cycles[0][baseline]["server"]
    summary["ratio"] = {path: _spread(paired(cycles, path, at, baseline)) for path in paths}
    summary["cpu_s_outside_turns"] = _total(cycles, at, "cpu_s_outside_turns")
    summary["server_cpu_s"] = _total(cycles, at, "server_cpu_s")
    summary["ok"] = all(cycle[at]["ok"] for cycle in cycles)
    return summary


def _spread(ratios: list[float]) -> dict[str, float] | None:
    return {"median": round(median(ratios), 4), "least": min(ratios), "most": max(ratios)} if ratios else None


def _total(cycles: Sequence[Cycle], at: int, path: str) -> float | None:
    values = [figure(cycle[at], path) for cycle in cycles]
    known = [value for value in values if value is not None]
    return round(sum(known), 4) if known else None


def compare(
    scenario: Scenario,
    servers: list[str | Server],
    *,
    cycles: int,
    seconds: float,
    cores: Cores,
    scratch: Path,
    show: Show,
) -> list[Cycle]:
    """The results of all turns, each shown as soon as it is there."""
    turns = (
        _storms(scenario, servers, cycles, cores, scratch)
        if scenario.kind == "connect"
        else _turns(scenario, servers, cycles, seconds, cores, scratch)
    )
    done: list[Result] = []
    for result in turns:
        show(result)
        if not result["ok"]:
            raise TurnFailed(f"{result['server']}: {what_was_off(result)}")
        done.append(result)
    return [done[at : at + len(servers)] for at in range(0, len(done), len(servers))]


def _turns(
    scenario: Scenario,
    servers: list[str | Server],
    cycles: int,
    seconds: float,
    cores: Cores,
    scratch: Path,
) -> Iterator[Result]:
    """Everybody stays connected to every server; only one server has traffic at a time."""
    with ExitStack() as stack:
        alive = stack.enter_context(all_running(servers, scratch, cores.server))
        stages = [
            stack.enter_context(staged(scenario, one, cores, number)) for number, one in enumerate(alive)
        ]
        yield from (failed for failed in map(_warm_up, stages) if not failed["ok"])
        idle_since = [stage.usage() for stage in stages]
        for cycle in range(1, cycles + 1):
            for at, stage in enumerate(stages):
                start, left = stage.usage(), idle_since[at]
                outside = round(start.cpu_s - left.cpu_s, 4) if start and left else None
                yield {"cycle": cycle, **stage.turn(seconds), "cpu_s_outside_turns": outside}
                idle_since[at] = stage.usage()


def _warm_up(stage: Stage) -> Result:
    return stage.turn(WARM_UP_SECONDS) if stage.generator.setup["ok"] else stage.setup()


def _storms(
    scenario: Scenario, servers: list[str | Server], cycles: int, cores: Cores, scratch: Path
) -> Iterator[Result]:
    """A fresh process for every storm: memory that a server keeps for reuse would look like none at all."""
    for cycle in range(1, cycles + 1):
        for one in servers:
            with running(one, scratch, cores.server) as server:
                yield {"cycle": cycle, **measure(scenario, server, cores, 0)}
