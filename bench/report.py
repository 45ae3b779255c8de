"""Results for people: plain tables. For programs a result is one line of JSON, as it is."""

from __future__ import annotations

import json
from collections.abc import Sequence

from bench.compare import STORM, TRAFFIC, figure
from bench.measure import Result, what_was_off

TURN = (
    ("server", "server"),
    ("delivered", "delivered"),
    ("deliveries/s", "deliveries_per_s"),
    ("cpu s/M", "server_cpu_s_per_million"),
    ("p50 ms", "latency_ms.p50"),
    ("p95 ms", "latency_ms.p95"),
    ("p99 ms", "latency_ms.p99"),
    ("max ms", "latency_ms.max"),
    ("server busy", "server_busy"),
    ("gen. busy", "generator_busy"),
    ("KiB/conn", "memory_kb_per_connection"),
    ("off", ""),
)
CONNECT = (
    ("server", "server"),
    ("registered", "registered"),
    ("conn./s", "connections_per_s"),
    ("cpu us/conn", "server_cpu_us_per_connection"),
    ("p50 ms", "latency_ms.p50"),
    ("p99 ms", "latency_ms.p99"),
    ("max ms", "latency_ms.max"),
    ("server busy", "server_busy"),
    ("gen. busy", "generator_busy"),
    ("KiB/conn", "memory_kb_per_connection"),
    ("off", ""),
)


def json_line(result: Result) -> str:
    """One result, one line."""
    return json.dumps(result, ensure_ascii=False)


def title(result: Result) -> str:
    """What was done, in words."""
    return f"{result['scenario']}, {result['connections']} connections, {result['pace']}"


def result_table(results: Sequence[Result]) -> str:
    """Results of the same scenario, a row each."""
    columns = CONNECT if results[0]["scenario"] == "connect" else TURN
    rows = [[_cell(result, path) for _, path in columns] for result in results]
    return table([[name for name, _ in columns], *rows])


def summary_table(summaries: Sequence[Result]) -> str:
    """Medians, and below them the paired ratios with their least and most."""
    paths = STORM if summaries[0]["scenario"] == "connect" else TRAFFIC
    rows = [["median", *paths]]
    rows += [[each["server"], *(_number(each["median"][path]) for path in paths)] for each in summaries]
    rows.append([f"ratio to {summaries[0]['against']}", *("" for _ in paths)])
    others = [each for each in summaries if each["server"] != each["against"]]
    rows += [[each["server"], *(_ratio(each["ratio"][path]) for path in paths)] for each in others]
    return table(rows)


def table(rows: Sequence[Sequence[str]]) -> str:
    """Columns as wide as they need to be, the first to the left and the others to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(_row(row, widths) for row in rows)


def _row(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = [
        row[0].ljust(widths[0]),
        *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)),
    ]
    return "  ".join(cells).rstrip()


def _cell(result: Result, path: str) -> str:
    if not path:
        return what_was_off(result) or "nothing"
    return str(result[path]) if path == "server" else _number(figure(result, path))


def _number(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:,.0f}" if value >= 1000 or value == int(value) else f"{value:.3g}"


def _ratio(spread: dict[str, float] | None) -> str:
    if spread is None:
        return "–"
    return f"{spread['median']:.2f} ({spread['least']:.2f}–{spread['most']:.2f})"
