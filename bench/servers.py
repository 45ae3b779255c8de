"""The servers to measure: their settings for a load test, and their processes.

Owns starting and ending them in a scratch folder. Every limit against floods is off and every queue large,
so that what is measured is the server's work and not its patience.
"""

from __future__ import annotations

import os
import resource
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

from bench.generator import on_core

HOST = "127.0.0.1"
START_SECONDS = 15
STOP_SECONDS = 10
SEND_QUEUE = 64 << 20

HUBBUB = """\
data = "{folder}/data"
[server]
name = "hubbub.load.test"
[[listen]]
host = "{host}"
port = {port}
[rooms]
default = ""
[limits]
send_queue = {send_queue}
connections = 200000
[flood]
enabled = false
[throttle]
enabled = false
[time]
ping_interval = 600
"""

INSPIRCD = """\
<server name="inspircd.load.test" description="load test" network="Load">
<admin name="x" nick="x" email="none@load.test">
<bind address="{host}" port="{port}" type="clients">
<power diepass="unused-in-tests" restartpass="unused-in-tests">
<connect name="load" allow="*" timeout="60" pingfreq="600"
         fakelag="on" threshold="4000000" commandrate="1000000000"
         hardsendq="{send_queue}" softsendq="{send_queue}" recvq="65536"
         localmax="200000" globalmax="200000" limit="200000" maxconnwarn="no"
         useident="no" resolvehostnames="no" maxchans="1000">
<dns server="127.0.0.1" timeout="1">
<performance quietbursts="yes" softlimit="200000" somaxconn="4096" netbuffersize="10240">
<log method="file" type="* -USERINPUT -USEROUTPUT" level="default" target="{folder}/inspircd.log">
"""

NGIRCD = """\
[Global]
    Name = ngircd.load.test
    Info = load test
    AdminEMail = none@load.test
    Listen = {host}
    Ports = {port}
    MotdPhrase =
[Limits]
    MaxConnections = 0
    MaxConnectionsIP = 0
    MaxJoins = 0
    MaxNickLength = 30
    MaxPenaltyTime = 0
    PingTimeout = 600
    PongTimeout = 60
[Options]
    DNS = no
    Ident = no
    PAM = no
"""


class NotStarted(RuntimeError):
    """A server did not come up."""


@dataclass(frozen=True, slots=True)
class Server:
    """Something that speaks IRC at an address; without `pid` its use of the machine is not known."""

    name: str
    host: str
    port: int
    pid: int | None = None


def _hubbub_command(config: Path) -> list[str]:
    return [sys.executable, "-m", "hubbub", "serve", "--config", str(config)]


def _inspircd_command(config: Path) -> list[str]:
    command = [_program("inspircd"), "--nofork", "--nopid", "--config", str(config)]
    return command if os.getuid() else [*command, "--runasroot"]


def _ngircd_command(config: Path) -> list[str]:
    return [_program("ngircd"), "-n", "-f", str(config)]


# Name: the template of its settings, and the command that runs it with them.
KNOWN: dict[str, tuple[str, Callable[[Path], list[str]]]] = {
    "hubbub": (HUBBUB, _hubbub_command),
    "inspircd": (INSPIRCD, _inspircd_command),
    "ngircd": (NGIRCD, _ngircd_command),
}


def parse_server(text: str) -> str | Server:
    """A name from KNOWN, or NAME=HOST:PORT[@PID] for a server that already runs."""
    name, equals, address = text.partition("=")
    if not equals:
        if name not in KNOWN:
            raise ValueError(f"{name!r} is none of {', '.join(KNOWN)}, and not NAME=HOST:PORT[@PID]")
        return name
    address, _, pid = address.partition("@")
    host, _, port = address.rpartition(":")
    return Server(name, host or HOST, int(port), int(pid) if pid else None)


@contextmanager
def running(wanted: str | Server, scratch: Path, core: int | None) -> Iterator[Server]:
    """The server, started for the length of the block if it is one of ours to start."""
    if isinstance(wanted, Server):
        yield wanted
        return
    folder = scratch / wanted
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    port = _free_port()
    process = _start(wanted, folder, port, core)
    try:
        _wait_for(wanted, process, port, folder / "output")
        if wanted == "hubbub":
            # What it loads for HTTP right after its start is not to be counted as growth.
            urlopen(f"http://{HOST}:{port}/healthz").close()
        yield Server(wanted, HOST, port, process.pid)
    finally:
        _stop(process)


@contextmanager
def all_running(wanted: list[str | Server], scratch: Path, core: int | None) -> Iterator[list[Server]]:
    """All of them, alive at once."""
    with ExitStack() as stack:
        yield [stack.enter_context(running(one, scratch, core)) for one in wanted]


def _start(name: str, folder: Path, port: int, core: int | None) -> subprocess.Popen[bytes]:
    template, command = KNOWN[name]
    config = folder / "config"
    config.write_text(template.format(host=HOST, port=port, folder=folder, send_queue=SEND_QUEUE))
    _raise_file_limit()
    # A setting in the environment would beat the one in the file.
    environment = {key: value for key, value in os.environ.items() if not key.startswith("HUBBUB_")}
    with (folder / "output").open("wb") as output:
        return subprocess.Popen(
            [*on_core(core), *command(config)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment,
        )


def _wait_for(name: str, process: subprocess.Popen[bytes], port: int, output: Path) -> None:
    give_up = time.monotonic() + START_SECONDS
    while not _answers(port):
        if process.poll() is not None or time.monotonic() > give_up:
            last = output.read_text(errors="replace").strip().splitlines()[-3:]
            raise NotStarted("\n".join([f"{name} did not start", *last]))
        # Not one of these servers says when it is ready.
        time.sleep(0.02)


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _program(name: str) -> str:
    """Debian keeps servers where an ordinary user's PATH does not look."""
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")
    if not found:
        raise NotStarted(f"{name} is not installed")
    return found


def _raise_file_limit() -> None:
    """Children inherit it; 10,000 connections need it."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
