"""What a server has used so far: processor time and memory of a process, its threads and descendants.

Owns the reading of /proc. Knows nothing of IRC. Linux only.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

PROC = Path("/proc")
TICKS = os.sysconf("SC_CLK_TCK")
PAGE_KB = os.sysconf("SC_PAGE_SIZE") // 1024


class Usage(NamedTuple):
    """Seconds of processor time (user and system) and resident memory; `softirq_s` see softirq_seconds()."""

    cpu_s: float
    memory_kb: int
    softirq_s: float

    def since(self, before: Usage) -> Usage:
        """What was used in between."""
        cpu, softirq = self.cpu_s - before.cpu_s, self.softirq_s - before.softirq_s
        return Usage(cpu, self.memory_kb - before.memory_kb, softirq)


class Stat(NamedTuple):
    """The fields of /proc/PID/stat that matter here."""

    parent: int
    cpu_s: float
    memory_kb: int


def parse_stat(text: str) -> Stat:
    """The name in brackets may hold anything, so everything counts from the last bracket."""
    fields = text.rpartition(")")[2].split()
    return Stat(int(fields[1]), (int(fields[11]) + int(fields[12])) / TICKS, int(fields[21]) * PAGE_KB)


def family(pid: int, parents: dict[int, int]) -> set[int]:
    """The process and all its descendants, given everybody's parent."""
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def read_usage(pid: int, core: int | None = None) -> Usage:
    """What the process and its descendants have used up to now."""
    stats = _all_stats()
    members = family(pid, {one: stat.parent for one, stat in stats.items()}) & stats.keys()
    cpu = sum(_cpu_seconds(one, stats[one]) for one in members)
    return Usage(cpu, sum(stats[one].memory_kb for one in members), softirq_seconds(core))


def softirq_seconds(core: int | None) -> float:
    """Time of the core's kernel thread for network work: deliveries over loopback may spill into it."""
    if core is None:
        return 0.0
    for comm in PROC.glob("[0-9]*/comm"):
        if _text(comm).strip() == f"ksoftirqd/{core}":
            return _scheduled(comm.with_name("schedstat")) or 0.0
    return 0.0


def _all_stats() -> dict[int, Stat]:
    texts = {int(path.parent.name): _text(path) for path in PROC.glob("[0-9]*/stat")}
    return {pid: parse_stat(text) for pid, text in texts.items() if text}


def _cpu_seconds(pid: int, stat: Stat) -> float:
    """From the scheduler in nanoseconds; where the kernel keeps none, in the ticks of `stat`."""
    threads = [_scheduled(path) for path in PROC.glob(f"{pid}/task/[0-9]*/schedstat")]
    seconds = sum(one for one in threads if one is not None)
    return seconds or stat.cpu_s


def _scheduled(path: Path) -> float | None:
    fields = _text(path).split()
    return int(fields[0]) / 1e9 if fields else None


def _text(path: Path) -> str:
    """Empty if the process has gone meanwhile."""
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""
