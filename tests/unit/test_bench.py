"""The benchmark's arithmetic: what is made of the load generator's reports, and how servers are compared."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

# The benchmark lies beside the package, not in it.
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bench.compare import paired, summarise
from bench.measure import traffic_fields, what_was_off
from bench.report import summary_table
from bench.scenario import Scenario
from bench.servers import Server, parse_server
from bench.usage import TICKS, Usage, family, parse_stat

LATENCY = {"p50": 1.0, "p95": 2.0, "p99": 3.0, "max": 4.0}


def turn(server: str, cpu: float | None, rate: float = 1000.0, ok: bool = True) -> dict[str, Any]:
    return {
        "server": server,
        "scenario": "fanout",
        "connections": 100,
        "senders": 10,
        "pace": "window 16",
        "server_cpu_s_per_million": cpu,
        "server_cpu_s": cpu,
        "deliveries_per_s": rate,
        "latency_ms": LATENCY,
        "cpu_s_outside_turns": 0.25,
        "ok": ok,
    }


def report(**counts: int) -> dict[str, Any]:
    clean = dict.fromkeys(("lost", "extra", "duplicate", "misordered", "corrupt", "errors", "disconnects"), 0)
    sums = {"messages": 10, "expected": 1000, "delivered": 1000, "bytes": 140_000, "reads": 100}
    times = {"wall_s": 2.0, "generator_cpu_s": 0.5, "late_max_ms": 0.1, "latency_ms": LATENCY}
    return {**clean, **sums, **times, **counts}


def test_ratios_are_formed_within_each_cycle_before_the_median() -> None:
    # The machine gets three times slower meanwhile; "ours" always takes half. Medians alone would say 1/3.
    cycles = [
        [turn("ours", 1.0), turn("theirs", 2.0)],
        [turn("ours", 1.0), turn("theirs", 2.0)],
        [turn("ours", 3.0), turn("theirs", 6.0)],
    ]
    ours, theirs = summarise(cycles)
    assert ours["ratio"]["server_cpu_s_per_million"] == {"median": 0.5, "least": 0.5, "most": 0.5}
    assert theirs["ratio"]["server_cpu_s_per_million"]["median"] == 1.0
    assert ours["median"]["server_cpu_s_per_million"] == 1.0
    assert ours["against"] == "theirs"
    assert ours["cpu_s_outside_turns"] == 0.75


def test_a_drift_that_hides_in_medians_shows_in_pairs() -> None:
    cycles = [
        [turn("a", 1.0), turn("b", 2.0)],
        [turn("a", 4.0), turn("b", 2.0)],
        [turn("a", 9.0), turn("b", 3.0)],
    ]
    assert paired(cycles, "server_cpu_s_per_million", 0, 1) == [0.5, 2.0, 3.0]
    assert summarise(cycles)[0]["ratio"]["server_cpu_s_per_million"] == {
        "median": 2.0,
        "least": 0.5,
        "most": 3.0,
    }


def test_the_baseline_may_be_any_server() -> None:
    cycles = [[turn("a", 1.0), turn("b", 2.0), turn("c", 4.0)]]
    assert [each["ratio"]["server_cpu_s_per_million"]["median"] for each in summarise(cycles, 1)] == [
        0.5,
        1.0,
        2.0,
    ]
    assert "ratio to b" in summary_table(summarise(cycles, 1))


def test_unknown_figures_stay_unknown() -> None:
    cycles = [[turn("ours", None), turn("theirs", 2.0)]]
    ours, _ = summarise(cycles)
    assert ours["median"]["server_cpu_s_per_million"] is None
    assert ours["ratio"]["server_cpu_s_per_million"] is None
    assert ours["ratio"]["deliveries_per_s"]["median"] == 1.0


def test_one_failed_turn_spoils_the_summary() -> None:
    cycles = [[turn("a", 1.0), turn("b", 1.0)], [turn("a", 1.0, ok=False), turn("b", 1.0)]]
    assert [each["ok"] for each in summarise(cycles)] == [False, True]


def test_a_turn_is_joined_with_what_the_server_used() -> None:
    fields = traffic_fields(report(), Usage(cpu_s=0.01, memory_kb=0, softirq_s=0.0))
    assert fields["server_cpu_s_per_million"] == pytest.approx(10)
    assert fields["deliveries_per_s"] == 500
    assert fields["deliveries_per_read"] == 10
    assert fields["server_busy"] == 0.005
    assert fields["generator_busy"] == 0.25


def test_without_a_process_its_use_is_not_invented() -> None:
    fields = traffic_fields(report(), None)
    assert fields["server_cpu_s_per_million"] is None
    assert fields["server_busy"] is None


def test_what_was_off_is_named() -> None:
    fields = traffic_fields(report(lost=2, misordered=1), None)
    assert what_was_off({**fields, "ok": False}) == "2 lost, 1 misordered"
    assert what_was_off({**traffic_fields(report(), None), "ok": True}) == ""


def test_above_the_port_range_several_source_addresses_are_used() -> None:
    def sources(connections: int) -> str:
        words = Scenario(kind="connect", connections=connections).generator_options("b00")
        return words[words.index("--sources") + 1]

    assert [sources(1), sources(20_000), sources(20_001), sources(60_000)] == ["1", "1", "2", "3"]


def test_a_server_is_a_known_name_or_an_address() -> None:
    assert parse_server("inspircd") == "inspircd"
    assert parse_server("mine=127.0.0.1:6667@42") == Server("mine", "127.0.0.1", 6667, 42)
    assert parse_server("mine=:6667") == Server("mine", "127.0.0.1", 6667, None)
    with pytest.raises(ValueError, match="none of hubbub"):
        parse_server("unheard-of")


def test_descendants_belong_to_the_server() -> None:
    assert family(1, {1: 0, 2: 1, 3: 2, 4: 9, 9: 0}) == {1, 2, 3}


def test_a_process_name_may_hold_brackets_and_spaces() -> None:
    rest = "S 7 0 0 0 0 0 0 0 0 0 200 100 0 0 20 0 1 0 0 0 5"
    stat = parse_stat(f"42 (a) b (c) {rest}")
    assert stat.parent == 7
    assert stat.cpu_s == pytest.approx(300 / TICKS)
    assert stat.memory_kb > 0
