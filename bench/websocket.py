"""What a delivery costs over WebSocket, beside the same over plain TCP: `python -m bench.websocket --members 500`.

One hubbub, two rooms, two generators: the turns alternate within one process, so that nothing differs but the way to
the clients. The ratio of each cycle is of two turns side by side, as everywhere here.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from bench.compare import Cycle, TurnFailed, summarise
from bench.measure import WARM_UP_SECONDS, Cores, Stage, staged, what_was_off
from bench.report import json_line, result_table, summary_table, title
from bench.scenario import Scenario
from bench.servers import Server, running

WAYS = ("websocket", "tcp")
"""The ratio is the first to the second."""


def main(words: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(words)
    scenario = Scenario(
        kind="fanout", connections=options.members, senders=options.senders, rate=options.rate
    )
    cores = Cores(*(None if core < 0 else core for core in (options.server_core, options.generator_core)))
    with tempfile.TemporaryDirectory(prefix="bench-", dir=options.scratch) as scratch:
        cycles = compare_ways(scenario, cores, Path(scratch), options.cycles, options.seconds)
    results = [result for cycle in cycles for result in cycle]
    summaries = summarise(cycles)
    for each in [*results, *summaries]:
        print(json_line(each), flush=True)
    print(f"{title(results[0])}\n{result_table(results)}\n\n{summary_table(summaries)}", file=sys.stderr)
    return 0


def compare_ways(scenario: Scenario, cores: Cores, scratch: Path, cycles: int, seconds: float) -> list[Cycle]:
    """A turn of each way in every cycle; raises TurnFailed if anything is lost, doubled or altered."""
    with ExitStack() as stack:
        server = stack.enter_context(running("hubbub", scratch, cores.server))
        stages = [
            stack.enter_context(staged(_by(way, scenario), _called(way, server), cores, number))
            for number, way in enumerate(WAYS)
        ]
        for stage in stages:
            if not stage.generator.setup["ok"]:
                raise TurnFailed(f"{stage.server.name}: not everybody got in")
            _turn(stage, WARM_UP_SECONDS)
        return [[_turn(stage, seconds) for stage in stages] for _ in range(cycles)]


def _by(way: str, scenario: Scenario) -> Scenario:
    return replace(scenario, websocket=way == "websocket", channel=f"#{way}")


def _called(way: str, server: Server) -> Server:
    return replace(server, name=way)


def _turn(stage: Stage, seconds: float) -> dict[str, object]:
    result = stage.turn(seconds)
    if not result["ok"]:
        raise TurnFailed(f"{result['server']}: {what_was_off(result)}")
    return result


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench.websocket", description=(__doc__ or "").split(":")[0]
    )
    add = parser.add_argument
    add("--members", type=int, default=500, metavar="N", help="how many in each room (%(default)s)")
    add("--senders", type=int, default=10, metavar="N", help="members who send (%(default)s)")
    add("--rate", type=float, default=0, metavar="R", help="messages a second instead of flat out")
    add("--cycles", type=int, default=5, metavar="N", help="turns of each way (%(default)s)")
    add("--seconds", type=float, default=3, metavar="S", help="length of a turn (%(default)s)")
    add("--server-core", type=int, default=0, metavar="K", help="core of the server; -1: any")
    add("--generator-core", type=int, default=1, metavar="K", help="core of the generators; -1: any")
    add("--scratch", type=Path, metavar="DIR", help="where the server keeps its data")
    return parser


if __name__ == "__main__":
    sys.exit(main())
