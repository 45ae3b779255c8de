"""The command line: `python -m bench fanout|direct|connect|compare`. JSON lines go to standard output, tables
for people to standard error; the exit status is 0 only if everything arrived exactly as it should.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench.compare import TurnFailed, compare, summarise
from bench.faulty import CountedWrong, check
from bench.generator import LoadFailed
from bench.measure import Cores, Result, measure
from bench.report import json_line, result_table, summary_table, title
from bench.scenario import KINDS, Scenario
from bench.servers import HOST, NotStarted, Server, parse_server

PURPOSE = {
    "fanout": "one channel: every message goes to all other members",
    "direct": "pairs of clients that write to each other",
    "connect": "a storm of connections, and the memory that idle ones take",
}
CONNECTIONS = {"fanout": 100, "direct": 50, "connect": 10_000}
STORM = {"fanout": 64, "direct": 64, "connect": 1000}


def main(words: Sequence[str] | None = None) -> int:
    """Exit status 0: nothing was off; 1: something was; 2: it could not be measured."""
    arguments = _parser().parse_args(words)
    try:
        return int(arguments.run(arguments))
    except (TurnFailed, CountedWrong) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    except (LoadFailed, NotStarted, OSError, subprocess.CalledProcessError) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench", description="Measure IRC servers, hubbub or others."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for kind in KINDS:
        one = commands.add_parser(kind, help=PURPOSE[kind])
        _add_scenario_options(one, kind)
        _add_address_options(one)
        one.set_defaults(run=_run_one, kind=kind)
    several = commands.add_parser("compare", help="several servers in alternating turns")
    kinds = several.add_subparsers(required=True, metavar="SCENARIO", dest="kind")
    for kind in KINDS:
        one = kinds.add_parser(kind, help=PURPOSE[kind])
        _add_scenario_options(one, kind)
        _add_compare_options(one)
        one.set_defaults(run=_run_compare, kind=kind)
    own = commands.add_parser("check", help="prove on a faulty server that nothing escapes the counting")
    own.set_defaults(run=_run_check)
    return parser


def _add_scenario_options(parser: argparse.ArgumentParser, kind: str) -> None:
    name = {"fanout": "--members", "direct": "--pairs", "connect": "--connections"}[kind]
    add = parser.add_argument
    add(name, dest="count", type=int, metavar="N", default=CONNECTIONS[kind], help="how many (%(default)s)")
    add("--caps", default="", help="capabilities to request, such as 'message-tags server-time'")
    add("--password", default="", help="the server's connection password")
    add(
        "--storm",
        type=int,
        default=STORM[kind],
        metavar="N",
        help="connections registering at once (%(default)s)",
    )
    _, second = _usual_cores()
    add("--generator-core", type=int, default=second, metavar="K", help="core of the generator; -1: any")
    if kind == "connect":
        return
    if kind == "fanout":
        add("--senders", type=int, default=10, metavar="N", help="members who send (%(default)s)")
    add("--window", type=int, default=16, metavar="W", help="messages a sender has under way (%(default)s)")
    add(
        "--burst",
        type=int,
        default=1,
        metavar="N",
        help="refill the window by at least N at once (%(default)s)",
    )
    add("--rate", type=float, default=0, metavar="R", help="messages a second over all senders instead")
    add(
        "--size", type=int, default=100, metavar="BYTES", help="length of the text of a message (%(default)s)"
    )
    add("--seconds", type=float, default=3, metavar="S", help="length of a turn (%(default)s)")


def _add_address_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--host", default=HOST, help="an address in 127.0.0.0/8 (%(default)s)")
    add("--port", type=int, required=True)
    add("--server-pid", type=int, metavar="PID", help="the server's process, for its CPU and memory")
    add("--server-core", type=int, default=-1, metavar="K", help="the core it is kept on, for softirq_s")
    add("--name", default="server", help="what to call it in the result")


def _add_compare_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    help = "hubbub, inspircd, ngircd (started here) or NAME=HOST:PORT[@PID]; give it twice or more"
    add(
        "--server",
        dest="servers",
        action="append",
        required=True,
        type=_server,
        metavar="SERVER",
        help=help,
    )
    add("--cycles", type=int, default=5, metavar="N", help="turns of each server (%(default)s)")
    add("--against", metavar="NAME", help="the server that ratios are formed to; the last one unless told")
    add(
        "--scratch",
        type=Path,
        metavar="DIR",
        help="where servers keep their data; a temporary folder unless told",
    )
    first, _ = _usual_cores()
    add(
        "--server-core",
        type=int,
        default=first,
        metavar="K",
        help="core of the servers started here; -1: any",
    )


def _server(text: str) -> str | Server:
    try:
        return parse_server(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _usual_cores() -> tuple[int, int]:
    """The first two that we may use; no choice without a second one."""
    usable = sorted(os.sched_getaffinity(0))
    return (usable[0], usable[1]) if len(usable) > 1 else (-1, -1)


def _scenario(arguments: argparse.Namespace) -> Scenario:
    given = {name: getattr(arguments, name) for name in Scenario.__slots__ if hasattr(arguments, name)}
    connections = arguments.count * 2 if arguments.kind == "direct" else arguments.count
    return Scenario(connections=connections, **given)


def _cores(arguments: argparse.Namespace) -> Cores:
    server, generator = arguments.server_core, arguments.generator_core
    return Cores(server if server >= 0 else None, generator if generator >= 0 else None)


def _run_one(arguments: argparse.Namespace) -> int:
    server = Server(arguments.name, arguments.host, arguments.port, arguments.server_pid)
    seconds = getattr(arguments, "seconds", 0)
    result = measure(_scenario(arguments), server, _cores(arguments), seconds)
    print(json_line(result), flush=True)
    print(f"{title(result)}\n{result_table([result])}", file=sys.stderr)
    return 0 if result["ok"] else 1


def _run_compare(arguments: argparse.Namespace) -> int:
    names = [one if isinstance(one, str) else one.name for one in arguments.servers]
    baseline = names.index(arguments.against) if arguments.against else len(names) - 1
    with tempfile.TemporaryDirectory(prefix="bench-", dir=arguments.scratch) as scratch:
        cycles = compare(
            _scenario(arguments),
            arguments.servers,
            cycles=arguments.cycles,
            seconds=getattr(arguments, "seconds", 0),
            cores=_cores(arguments),
            scratch=Path(scratch),
            show=_show,
        )
    summaries = summarise(cycles, baseline)
    for summary in summaries:
        _show(summary)
    results = [result for cycle in cycles for result in cycle]
    print(f"{title(results[0])}\n{result_table(results)}\n\n{summary_table(summaries)}", file=sys.stderr)
    return 0


def _run_check(_arguments: argparse.Namespace) -> int:
    for line in check():
        print(line, flush=True)
    return 0


def _show(result: Result) -> None:
    print(json_line(result), flush=True)


if __name__ == "__main__":
    sys.exit(main())
