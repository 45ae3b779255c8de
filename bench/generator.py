"""The load generator as a process: built from load.c when needed, then told turn by turn what to do.

Owns the compiler call, the cached program and the pipes. Knows nothing of servers but their address.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.scenario import Scenario

SOURCE = Path(__file__).with_name("load.c")
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"

Report = dict[str, Any]


class LoadFailed(RuntimeError):
    """The generator could not do its work; what it said is on standard error."""


def cache_folder() -> Path:
    """Where built programs are kept between runs."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "hubbub-bench"


def build() -> Path:
    """The generator's program, compiled unless this very source has been before."""
    program = cache_folder() / f"load-{hashlib.sha256(SOURCE.read_bytes()).hexdigest()[:16]}"
    if program.exists():
        return program
    program.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=program.parent) as folder:
        fresh = Path(folder) / "load"
        subprocess.run([os.environ.get("CC", "cc"), "-O2", "-o", fresh, SOURCE], check=True)
        fresh.replace(program)
    return program


def nick_prefix(number: int) -> str:
    """Three characters, so that with five digits every nick fits the old limit of nine."""
    return "b" + DIGITS[number // 36 % 36] + DIGITS[number % 36]


def on_core(core: int | None) -> list[str]:
    """The words before a command that keep it on one core."""
    return [] if core is None else ["taskset", "-c", str(core)]


@dataclass(frozen=True, slots=True)
class Generator:
    """A running generator whose clients are connected, registered and joined."""

    process: subprocess.Popen[str]
    setup: Report

    def turn(self, seconds: float) -> Report:
        """One stretch of traffic and what came of it."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"turn {seconds}\n")
        self.process.stdin.flush()
        return _next_report(self.process)


def _next_report(process: subprocess.Popen[str]) -> Report:
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        raise LoadFailed("the load generator gave up")
    report: Report = json.loads(line)
    return report


@contextmanager
def running(scenario: Scenario, host: str, port: int, *, core: int | None, nick: str) -> Iterator[Generator]:
    """A generator set up against one server; its connections end with the block."""
    address = ["--host", host, "--port", str(port)]
    command = [*on_core(core), str(build()), *scenario.generator_options(nick), *address]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield Generator(process, _next_report(process))
    finally:
        process.communicate()
