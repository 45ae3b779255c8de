"""How fast the terminal client is: `hubbub chat` in a pty, against a real server.

    python -m bench.chat [--starts 7] [--keys 200] [--rate 200] [--lines 100000] [--json]

start       from starting the process to the first text on the screen, and until one can write in a room
key         from writing a letter into the pty to the bytes that show it, with nothing else going on, and while
            another room, in which the client is as well, gets --rate messages a second
scrollback  the same, and the memory, with --few and with --lines lines in the room that is shown

Each letter that is typed is another one, of alphabets that nothing else on the screen uses, so it is found in what
the program writes without knowing how the screen is drawn. The first start counts as any other: files
are in the page cache, so a machine that was just switched on takes longer (`--drop-caches`, as root, shows how much).
Linux only. The exit status is 0 if everything could be measured; whether it is fast enough is for people to say.
"""

from __future__ import annotations

import argparse
import json
import os
import pty
import random
import re
import select
import signal
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from fcntl import ioctl
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from bench.report import table
from bench.servers import HOST, NotStarted, running
from bench.usage import read_usage

QUIET, BUSY = "#quiet", "#busy"
NAME = "bencher"
COLUMNS, ROWS = 110, 32
PATIENCE = 30.0
BETWEEN_KEYS = 0.08
"""Seconds, and up to as many more by chance, so that keys don't fall in step with anything."""
LETTER_PATIENCE = 5.0
BURST = 500

_SEQUENCE = re.compile(
    rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|P[^\x1b]*\x1b\\|.)", re.DOTALL
)
_LETTERS = [
    letter
    for letter in map(chr, range(0x100, 0x2000))
    if letter.isalpha()
    and unicodedata.east_asian_width(letter) == "N"
    and not unicodedata.decomposition(letter)
]

Result = dict[str, Any]


class Failed(RuntimeError):
    """Something could not be measured."""


class Client:
    """`hubbub chat` on a terminal of its own. Whoever waits for something reads all that it writes."""

    def __init__(self, port: int, folder: Path) -> None:
        self.terminal, inside = pty.openpty()
        ioctl(inside, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        self.started = time.perf_counter()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "hubbub", "chat", f"{HOST}:{port}", "--name", NAME],
            stdin=inside,
            stdout=inside,
            stderr=inside,
            env=_environment(folder),
            start_new_session=True,
            preexec_fn=lambda: ioctl(0, termios.TIOCSCTTY, 0),
        )
        os.close(inside)
        self.output = b""
        self._letters = iter(_LETTERS)

    # -- reading

    def read(self, seconds: float) -> bytes:
        """What comes within this time, if anything does."""
        if not select.select([self.terminal], [], [], max(seconds, 0))[0]:
            return b""
        try:
            data = os.read(self.terminal, 1 << 20)
        except OSError:
            raise Failed(f"the client ended:\n{self.screen_text()[-2000:]}") from None
        self.output = (self.output + data)[-(1 << 20) :]
        return data

    def screen_text(self) -> str:
        """All that was written lately, without the sequences; places on the screen are lost."""
        return _SEQUENCE.sub(b" ", self.output).decode("utf-8", "replace")

    def until(self, pattern: str, seconds: float = PATIENCE) -> float:
        """When it was shown; what was shown before counts as well."""
        deadline = time.perf_counter() + seconds
        while not re.search(pattern, self.screen_text()):
            if time.perf_counter() > deadline:
                raise Failed(f"{pattern!r} was never shown, but:\n{self.screen_text()[-2000:]}")
            self.read(0.05)
        return time.perf_counter()

    def settle(self, seconds: float = 0.5) -> None:
        """Until it has been silent for so long, or nearly."""
        deadline = time.perf_counter() + PATIENCE
        while self.read(seconds) and time.perf_counter() < deadline:
            pass

    def wait(self, seconds: float) -> None:
        """Read on, whatever comes."""
        deadline = time.perf_counter() + seconds
        while (left := deadline - time.perf_counter()) > 0:
            self.read(left)

    # -- typing

    def press(self, keys: str) -> None:
        os.write(self.terminal, keys.encode())

    def enter(self, line: str) -> None:
        self.press(line)
        self.settle(0.2)
        self.press("\r")

    def key(self) -> float:
        """Seconds from a letter's being typed to its being written on the screen."""
        letter = next(self._letters).encode()
        start = time.perf_counter()
        os.write(self.terminal, letter)
        seen = b""
        while letter not in seen:
            seen = seen[-8:] + self.read(LETTER_PATIENCE)
            if time.perf_counter() - start > LETTER_PATIENCE:
                raise Failed(f"the letter {letter.decode()} was not shown:\n{self.screen_text()[-2000:]}")
        return time.perf_counter() - start

    def keys(self, count: int) -> list[float]:
        chance = random.Random(count)
        took = []
        for number in range(count):
            if number % 40 == 39:
                self.press("\x15")  # Ctrl+U: an input of one line is what people have
            self.wait(BETWEEN_KEYS * (1 + chance.random()))
            took.append(self.key())
        self.press("\x15")
        return took

    # -- the end

    @property
    def memory_mb(self) -> float:
        return round(read_usage(self.process.pid).memory_kb / 1024, 1)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self._drain()
        os.close(self.terminal)
        self.process.kill()
        self.process.wait()

    def _drain(self) -> None:
        """A client whose terminal takes nothing could not end."""
        deadline = time.perf_counter() + 5
        try:
            while self.process.poll() is None and time.perf_counter() < deadline:
                self.read(0.05)
        except Failed:
            self.process.wait(5)


def _environment(folder: Path) -> dict[str, str]:
    """Nothing of whoever runs this: an empty home, a plain terminal, true colours."""
    kept = {key: value for key, value in os.environ.items() if key in ("PATH", "PYTHONPATH", "VIRTUAL_ENV")}
    folders = {
        f"XDG_{kind}_HOME": str(folder / kind.lower()) for kind in ("CONFIG", "STATE", "DATA", "CACHE")
    }
    terminal = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LC_ALL": "C.UTF-8"}
    return {**kept, **folders, **terminal, "HOME": str(folder)}


class Talker:
    """Somebody else in a room, over a plain socket."""

    def __init__(self, port: int, nick: str, room: str) -> None:
        self._room = room
        self._socket = socket.create_connection((HOST, port), PATIENCE)
        self._lines = self._socket.makefile("rb")
        self._send(f"NICK {nick}\r\nUSER {nick} 0 * :{nick}\r\nJOIN {room}")
        self._until(b" 366 ")

    def _send(self, text: str) -> None:
        self._socket.sendall(f"{text}\r\n".encode())

    def _until(self, wanted: bytes) -> None:
        for line in self._lines:
            if wanted in line:
                return
        raise Failed("the server closed a talker's connection")

    def say(self, *texts: str) -> None:
        self._send("\r\n".join(f"PRIVMSG {self._room} :{text}" for text in texts))

    def fence(self) -> None:
        """Until the server has taken all of it."""
        self._send("PING fence")
        self._until(b"PONG")

    def close(self) -> None:
        self._lines.close()
        self._socket.close()

    @contextmanager
    def talking(self, rate: float) -> Iterator[None]:
        """So many messages a second as long as the block runs, each at its own time."""
        stop = threading.Event()
        thread = threading.Thread(target=self._talk, args=(rate, stop))
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()

    def _talk(self, rate: float, stop: threading.Event) -> None:
        start, number = time.perf_counter(), 0
        while not stop.wait(max(start + number / rate - time.perf_counter(), 0)):
            self.say(f"message {number} of somebody who has a lot to say in another room")
            number += 1


# -- what is measured ---------------------------------------------------------------------------------------


def measure_starts(port: int, scratch: Path, count: int, drop_caches: bool) -> Result:
    paints, entries = [], []
    for number in range(count):
        if drop_caches:
            os.sync()
            Path("/proc/sys/vm/drop_caches").write_text("3")
        with Client(port, scratch / f"start-{number}") as client:
            client.until(r"\S")
            paints.append(time.perf_counter() - client.started)
            entries.append(client.until(rf"{NAME}\b") - client.started)
    return {"first paint": _times(paints), "in the chat": _times(entries)}


def measure_keys(port: int, scratch: Path, count: int, rate: float) -> Result:
    with Client(port, scratch / "keys") as client:
        _enter_rooms(client, BUSY, QUIET)
        talker = Talker(port, "talker", BUSY)
        idle = client.keys(count)
        with talker.talking(rate):
            client.wait(1)
            busy = client.keys(count)
        talker.close()
        return {"idle": _times(idle), f"{rate:g} messages/s in another room": _times(busy)}


def measure_scrollback(port: int, scratch: Path, count: int, lines: int) -> Result:
    with Client(port, scratch / f"lines-{lines}") as client:
        room = f"#lines{lines}"
        _enter_rooms(client, room)
        before = client.memory_mb
        talker = Talker(port, f"writer{lines}", room)
        start = time.perf_counter()
        _fill(client, talker, lines)
        took = time.perf_counter() - start
        client.settle()
        keys = client.keys(count)
        talker.close()
        return {
            "lines": lines,
            "keys": _times(keys),
            "memory_mb": client.memory_mb,
            "grown_mb": round(client.memory_mb - before, 1),
            "lines_per_s": round(lines / took),
        }


def _enter_rooms(client: Client, *rooms: str) -> None:
    client.until(rf"{NAME}\b")
    client.settle()
    for room in rooms:
        client.enter(f"/join {room}")
        client.settle()
    client.until(rooms[-1])


def _fill(client: Client, talker: Talker, lines: int) -> None:
    """In bursts, each of which must be on the screen before the next: nobody is to be cut off for being slow."""
    for first in range(0, lines, BURST):
        count = min(BURST, lines - first)
        talker.say(
            *(f"line {first + number} and some words more, as people write" for number in range(count - 1))
        )
        mark = f"mark{first + count}"
        talker.say(mark)
        client.until(rf"{mark}\b")


def _times(seconds: Sequence[float]) -> dict[str, float]:
    """In milliseconds."""
    ordered = sorted(second * 1000 for second in seconds)
    p95 = ordered[min(int(len(ordered) * 0.95), len(ordered) - 1)]
    return {"p50": round(statistics.median(ordered), 1), "p95": round(p95, 1), "max": round(ordered[-1], 1)}


def _rows(result: Result) -> list[list[str]]:
    rows = [["", "p50 ms", "p95 ms", "max ms", "memory MB", "grown by MB"]]
    for part, times in [*result["start"].items(), *result["key"].items()]:
        rows.append([part, *_shown(times), "", ""])
    for one in result["scrollback"]:
        memory = [f"{one['memory_mb']:g}", f"{one['grown_mb']:g}"]
        rows.append([f"key with {one['lines']:,} lines", *_shown(one["keys"]), *memory])
    few, many = result["scrollback"]
    ratios = [f"{many['keys'][name] / few['keys'][name]:.2f}" for name in ("p50", "p95", "max")]
    return [*rows, ["ratio", *ratios, f"{many['memory_mb'] / few['memory_mb']:.2f}", ""]]


def _shown(times: dict[str, float]) -> list[str]:
    return [f"{times[name]:.1f}" for name in ("p50", "p95", "max")]


def main(words: Sequence[str] | None = None) -> int:
    options = _options(words)
    with (
        tempfile.TemporaryDirectory(prefix="bench-chat-") as name,
        running("hubbub", Path(name), None) as server,
    ):
        scratch = Path(name)
        try:
            result = {
                "start": measure_starts(server.port, scratch, options.starts, options.drop_caches),
                "key": measure_keys(server.port, scratch, options.keys, options.rate),
                "scrollback": [
                    measure_scrollback(server.port, scratch, options.keys, lines)
                    for lines in (options.few, options.lines)
                ],
            }
        except (Failed, NotStarted, OSError) as error:
            print(f"bench: {error}", file=sys.stderr)
            return 2
    if options.json:
        print(json.dumps(result))
    print(table(_rows(result)), file=sys.stderr)
    return 0


def _options(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench.chat",
        description="Measure the terminal client: its start, its keys, its scrollback.",
    )
    add = parser.add_argument
    add("--starts", type=int, default=7, metavar="N", help="how often it is started (%(default)s)")
    add("--keys", type=int, default=200, metavar="N", help="letters typed for each figure (%(default)s)")
    add("--rate", type=float, default=200, metavar="R", help="messages a second elsewhere (%(default)s)")
    add("--few", type=int, default=1_000, metavar="N", help="lines to compare with (%(default)s)")
    add("--lines", type=int, default=100_000, metavar="N", help="lines of scrollback (%(default)s)")
    add("--drop-caches", action="store_true", help="start from the disk (root)")
    add("--json", action="store_true", help="also one line of JSON on standard output")
    return parser.parse_args(words)


if __name__ == "__main__":
    sys.exit(main())
