"""`hubbub user`, beside a running server and without one."""

from __future__ import annotations

import json
import os
import pty
import re
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from hubbub.control import NAME
from serving import RunningServer, Serve

PASSWORD = "open-sesame"


def user(data: Path, *arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "hubbub", "user", *arguments, "--data", str(data)],
        input=given,
        capture_output=True,
        text=True,
        env={name: value for name, value in os.environ.items() if not name.startswith("HUBBUB_")},
        timeout=60,
        check=False,
    )


def does(data: Path, *arguments: str, given: str = "") -> list[str]:
    done = user(data, *arguments, given=given)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


def fails(data: Path, *arguments: str, given: str = "") -> str:
    done = user(data, *arguments, given=given)
    assert (done.returncode, done.stdout) == (1, "")
    return done.stderr.removeprefix("hubbub: ").removesuffix("\n")


def identifies(server: RunningServer, nick: str, password: str) -> str:
    """NickServ's last word on it."""
    with server.irc(nick) as client:
        client.send(f"NS IDENTIFY alice :{password}")
        return client.waits_for(" NOTICE ").partition(" :")[2]


def live_through(data: Path) -> None:
    """Everything but what needs somebody to be there."""
    assert does(data, "add", "alice", given=f"{PASSWORD}\n") == ["alice has an account now."]
    assert fails(data, "add", "ALICE", given=f"{PASSWORD}\n") == "alice is registered already"
    assert fails(data, "add", "#tea", given=f"{PASSWORD}\n") == "'#tea' can't be the name of an account"
    assert "can't be the name" in fails(data, "add", "NickServ", given=f"{PASSWORD}\n")
    assert "take another" in fails(data, "add", "bob", given="\n")
    assert fails(data, "passwd", "bob", given="x\n") == "there is no account 'bob'"
    (line,) = does(data, "list")
    assert re.fullmatch(r"alice  since 20\S+", line)
    assert does(data, "passwd", "alice", given="another sesame\n") == ["alice has a new password."]
    assert does(data, "suspend", "alice")[0].startswith("alice is suspended")
    assert does(data, "list")[0].endswith("  suspended")
    assert does(data, "unsuspend", "alice") == ["alice may log in again."]
    (first,) = map(json.loads, does(data, "export", "alice"))
    assert first["account"]["name"] == "alice"
    assert "argon2" not in json.dumps(first)
    assert does(data, "delete", "alice") == [
        "The account alice is deleted, and its name is free. What it has said stays."
    ]
    assert does(data, "list") == []


def test_without_a_server(tmp_path: Path) -> None:
    live_through(tmp_path / "data")


def test_beside_a_running_server(serve: Serve, tmp_path: Path) -> None:
    server = serve()
    live_through(tmp_path / "data")
    server.stop()
    assert PASSWORD not in "\n".join(server.log())


def test_what_was_made_without_a_server_is_there_with_one(serve: Serve, tmp_path: Path) -> None:
    data = tmp_path / "data"
    does(data, "add", "alice", given=f"{PASSWORD}\n")
    assert identifies(serve(), "guest", PASSWORD) == "You are logged in as alice"


def test_a_suspended_account_is_disconnected(serve: Serve, tmp_path: Path) -> None:
    server, data = serve(), tmp_path / "data"
    with server.irc("alice", "#tea") as alice:
        alice.send(f"NS REGISTER {PASSWORD}")
        alice.waits_for(" 900 ")
        assert does(data, "list")[0].endswith("  here, connections: 1")
        does(data, "suspend", "alice")
        assert alice.to_end()[-1] == "ERROR :Closing link: 127.0.0.1 (Your account has been suspended)"
    assert "suspended" in identifies(server, "guest", PASSWORD)
    does(data, "unsuspend", "alice")
    does(data, "passwd", "alice", given="another\n")
    assert identifies(server, "guest", PASSWORD) == "The name or the password is wrong"
    assert identifies(server, "guest", "another") == "You are logged in as alice"


def test_an_export_has_all_that_somebody_said_and_nothing_of_others(serve: Serve, tmp_path: Path) -> None:
    server, data = serve(), tmp_path / "data"
    with server.irc("alice", "#tea") as alice, server.irc("bob", "#tea") as bob:
        alice.send(f"NS REGISTER {PASSWORD}")
        alice.waits_for(" 900 ")
        alice.send(*(f"PRIVMSG #tea :number {number}" for number in range(600)), "NOTICE bob :for you")
        bob.waits_for(":for you")
        bob.send("PRIVMSG #tea :mine", "PRIVMSG alice :mine too")
        alice.waits_for(":mine too")
        first, *messages = map(json.loads, does(data, "export", "alice"))
    assert first["account"]["talked_with"] == ["bob"]
    said = [each["message"] for each in messages]
    assert [(each["to"], each["text"]) for each in said[:600]] == [
        ("#tea", f"number {n}") for n in range(600)
    ]
    assert [(each["kind"], each["to"], each["text"]) for each in said[600:]] == [("NOTICE", "bob", "for you")]


def test_an_invitation_is_good_for_one_registration(serve: Serve, tmp_path: Path) -> None:
    server = serve({"accounts.registration": "invitation"})
    code = does(tmp_path / "data", "invite", "Alice")[0]
    with server.irc("alice") as alice, server.irc("bob") as bob:
        alice.send(f"NS REGISTER {PASSWORD} {code}")
        alice.waits_for(" 900 ")
        bob.send(f"NS REGISTER {PASSWORD} {code}")
        assert "invitation code" in bob.waits_for(" NOTICE ")


def test_the_socket_is_its_owners_and_goes_with_the_server(serve: Serve, tmp_path: Path) -> None:
    path = tmp_path / "data" / NAME
    with RunningServer(tmp_path):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not path.exists()
    killed = RunningServer(tmp_path)
    killed.kill()
    killed.process.stdout.close()
    assert path.exists()
    assert does(tmp_path / "data", "list") == []
    serve()
    assert does(tmp_path / "data", "list") == []


@pytest.mark.parametrize(
    "said", [b"\n", b"what\n", b'{"action":"fly"}\n', b"x" * 100_000, b'{"action":"list"}']
)
def test_nothing_said_to_the_socket_hurts_the_server(serve: Serve, tmp_path: Path, said: bytes) -> None:
    server = serve()
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(10)
        connection.connect(str(tmp_path / "data" / NAME))
        try:
            connection.sendall(said)
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(1000):
                pass
        except ConnectionError:
            pass
    assert does(tmp_path / "data", "list") == []
    server.stop()


def test_a_folder_that_holds_nothing_is_named(tmp_path: Path) -> None:
    assert fails(tmp_path / "data", "list").startswith(f"{tmp_path / 'data'} holds no server's data")
    assert not (tmp_path / "data").exists()


def test_a_terminal_is_asked_twice_and_shows_nothing(tmp_path: Path) -> None:
    process, terminal = pty.fork()
    if process == 0:
        arguments = ["-m", "hubbub", "user", "add", "alice", "--data", str(tmp_path / "data")]
        os.execv(sys.executable, [sys.executable, *arguments])
    shown = b""
    for prompt in (b"Password for alice: ", b"Once more: "):
        while not shown.endswith(prompt):
            shown += os.read(terminal, 1000)
        os.write(terminal, b"open-sesame\n")
    try:
        while data := os.read(terminal, 1000):
            shown += data
    except OSError:
        pass  # Linux tells so that the other side of a terminal has gone.
    assert os.waitpid(process, 0)[1] == 0
    os.close(terminal)
    assert b"alice has an account now." in shown
    assert b"sesame" not in shown
