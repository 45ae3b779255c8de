"""What large files cost the server: memory and time, up and down, by POST and by tus in pieces.

    python -m bench.files [--size 2048] [--folder DIR]

A server of its own is started with a data folder in DIR (default: a temporary one). The bytes come from a generator
and go nowhere, so this process needs no memory or disk for them. One line of JSON for each way: MiB a second, CPU
seconds of the server for each GiB, and by how many MiB its memory (RSS) has grown at most. Linux only.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

MIB = 1 << 20
PIECE = 64 * MIB
TICKS = os.sysconf("SC_CLK_TCK")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.files", description=__doc__.splitlines()[0])
    parser.add_argument("--size", type=int, default=2048, help="MiB (default: 2048)")
    parser.add_argument("--folder", type=Path, help="where the data folder is made")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        server = subprocess.Popen(
            [sys.executable, "-m", "hubbub", "serve", "--port", "0", "--data", folder],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            run(server, options.size)
        finally:
            server.terminate()
            server.wait(20)
    return 0


def run(server: subprocess.Popen[str], size: int) -> None:
    assert server.stdout is not None
    port = next(
        int(found[1]) for line in server.stdout if (found := re.search(r"http://127\.0\.0\.1:(\d+)/", line))
    )
    with socket.create_connection(("127.0.0.1", port)) as link:
        token = _token(link)
        link_to_file = [""]

        def post() -> None:
            answer = _ask(port, "POST", "/files", _bytes(size, 1), token, {"Content-Length": str(size * MIB)})
            assert answer.status == 201, answer.read()
            link_to_file[0] = answer.headers["Location"]

        def tus() -> None:
            answer = _ask(port, "POST", "/files", b"", token, {"Upload-Length": str(size * MIB)} | _TUS)
            assert answer.status == 201, answer.read()
            for offset in range(0, size * MIB, PIECE):
                much = min(PIECE, size * MIB - offset)
                headers = {"Upload-Offset": str(offset), "Content-Length": str(much)} | _TUS
                sent = _ask(
                    port, "PATCH", "/" + answer.headers["Location"], _bytes(much // MIB, 2), "", headers
                )
                assert sent.status == 204, sent.read()

        def get() -> None:
            answer = _ask(port, "GET", urlsplit(link_to_file[0]).path, None, "", {})
            while answer.read(MIB):
                pass

        _ask(port, "POST", "/files", bytes(3 * MIB), token, {}).read()
        for name, way in (("post", post), ("tus", tus), ("get", get)):
            print(json.dumps({"way": name, "MiB": size} | measured(server.pid, size, way)), flush=True)


_TUS = {"Tus-Resumable": "1.0.0", "Content-Type": "application/offset+octet-stream"}


def measured(pid: int, size: int, way: Callable[[], None]) -> dict[str, float]:
    """Runs it; the kernel remembers the most memory since it was told to forget."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")
    before, cpu, start = _memory(pid, "VmRSS"), _cpu(pid), time.monotonic()
    way()
    seconds = time.monotonic() - start
    return {
        "MiB_per_second": round(size / seconds, 1),
        "cpu_seconds_per_GiB": round((_cpu(pid) - cpu) * 1024 / size, 2),
        "memory_before_MiB": round(before / MIB, 1),
        "memory_grown_MiB": round((_memory(pid, "VmHWM") - before) / MIB, 1),
    }


def _memory(pid: int, name: str) -> int:
    found = re.search(rf"{name}:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    assert found
    return int(found[1]) * 1024


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _bytes(size: int, seed: int) -> Iterator[bytes]:
    data = bytes(range(256)) * (MIB // 256)
    for number in range(size):
        yield (number * 7 + seed).to_bytes(8, "big") + data[8:]


def _token(link: socket.socket) -> str:
    link.sendall(b"CAP REQ :hubbub.chat/upload\r\nCAP END\r\nNICK bench\r\nUSER b 0 * :b\r\nUPLOAD *\r\n")
    for line in link.makefile():
        if " UPLOAD " in line:
            return line.split()[4]
    raise SystemExit("the server has gone")


def _ask(
    port: int,
    method: str,
    path: str,
    body: bytes | Iterator[bytes] | None,
    token: str,
    headers: dict[str, str],
) -> http.client.HTTPResponse:
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    known = {"Authorization": f"Bearer {token}"} if token else {}
    link.request(method, path, body, known | headers)
    return link.getresponse()


if __name__ == "__main__":
    sys.exit(main())
