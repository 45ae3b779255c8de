"""Login tokens with a real server: restarts, kill -9, and what is on the disk."""

from __future__ import annotations

import subprocess
import sys
from base64 import b64encode
from http.client import HTTPConnection
from pathlib import Path

import pytest

from serving import Connection, RunningServer, Serve

CAP = "hubbub.chat/login-token"


def made(client: Connection) -> str:
    client.send("LOGINTOKEN NEW :Desk")
    return client.waits_for(" CREATED ").split(" ")[-1]


def logs_in(server: RunningServer, token: str) -> bool:
    with server.connect() as client:
        client.send(
            "CAP LS 302", "NICK phone", "USER phone 0 * :phone", "CAP REQ :sasl", "AUTHENTICATE PLAIN"
        )
        client.waits_for(r"AUTHENTICATE \+")
        client.send("AUTHENTICATE " + b64encode(f"\0alice\0{token}".encode()).decode())
        return " 903 " in client.waits_for(r" 90[34] ")


def sends_file(server: RunningServer, token: str) -> int:
    """The status that a file is answered with."""
    connection = HTTPConnection("127.0.0.1", server.port, timeout=10)
    proof = "Basic " + b64encode(f"alice:{token}".encode()).decode()
    connection.request(
        "POST",
        "/files",
        b"words",
        {"Authorization": proof, "Content-Disposition": 'attachment; filename="x.txt"'},
    )
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


def run_user(data: Path, *arguments: str) -> str:
    return subprocess.run(
        [sys.executable, "-m", "hubbub", "user", *arguments, "--data", str(data)],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    ).stdout


def test_files_are_taken_by_it_and_an_export_has_the_device(serve: Serve, tmp_path: Path) -> None:
    server = serve()
    with server.irc("alice", caps=CAP) as alice:
        alice.send("REGISTER * * open-sesame")
        alice.waits_for(" REGISTER SUCCESS ")
        token = made(alice)
        assert sends_file(server, token) == 201
        export = run_user(tmp_path / "data", "export", "alice")
        assert '"devices":[{"name":"Desk","logged_in":"' in export
        assert token not in export
        assert sends_file(server, token[:-1] + "_") == 401
        alice.send("LOGINTOKEN REVOKE *")
        alice.waits_for(" REVOKED ")
        assert sends_file(server, token) == 401


@pytest.mark.parametrize("is_killed", [False, True])
def test_tokens_outlive_the_server_but_nothing_that_works_is_on_the_disk(
    serve: Serve, tmp_path: Path, is_killed: bool
) -> None:
    first, data = RunningServer(tmp_path), tmp_path / "data"
    with first.irc("alice", caps=f"sasl {CAP}") as alice:
        alice.send("REGISTER * * open-sesame")
        alice.waits_for(" REGISTER SUCCESS ")
        revoked = made(alice)
        alice.send("LOGINTOKEN REVOKE *")
        alice.waits_for(" REVOKED ")
        kept = made(alice)
        assert logs_in(first, kept)
        if is_killed:
            first.kill()
        else:
            first.stop()
    assert first.process.stdout is not None
    first.process.stdout.close()
    on_disk = b"".join(path.read_bytes() for path in data.rglob("*") if path.is_file())
    logged = "\n".join(first.log())
    for token in (kept, revoked):
        assert token.encode() not in on_disk
        assert token not in logged

    again = serve()
    assert logs_in(again, kept)
    assert not logs_in(again, revoked)
    with again.irc("bob", caps=CAP) as bob:
        bob.send("NS IDENTIFY alice open-sesame")
        bob.waits_for(" 900 ")
        bob.send("NS SESSIONS LOGOUT OTHERS")
        bob.waits_for("devices logged out: 1")
    assert not logs_in(again, kept)
