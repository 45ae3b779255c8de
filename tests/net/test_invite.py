"""Invite links with a real server: `hubbub invite`, what the page asks, restarts and kill -9."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from contextlib import ExitStack
from http.client import HTTPConnection
from pathlib import Path

import pytest

from serving import Connection, RunningServer, Serve

CAP = "hubbub.chat/invite-link"


def invite(data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "hubbub", "invite", *arguments, "--data", str(data)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env={name: value for name, value in os.environ.items() if not name.startswith("HUBBUB_")},
        timeout=60,
        check=False,
    )


def made(data: Path, *arguments: str) -> tuple[str, str]:
    """The address and the token of a new link."""
    done = invite(data, *arguments)
    assert done.returncode == 0, done.stderr
    url = done.stdout.splitlines()[0]
    return url, url.rpartition("/")[2]


def fails(data: Path, *arguments: str, code: int = 1) -> str:
    done = invite(data, *arguments)
    assert (done.returncode, done.stdout) == (code, "")
    return done.stderr


def get(server: RunningServer, path: str, host: str = "") -> tuple[int, dict[str, str], bytes]:
    connection = HTTPConnection("127.0.0.1", server.port, timeout=10)
    try:
        connection.request("GET", path, headers={"Host": host} if host else {})
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        connection.close()


def enters(client: Connection, room: str, key: str) -> bool:
    client.send(f"JOIN {room} {key}")
    return " JOIN " in client.waits_for(r" JOIN | 47\d ")


# -- the command line ----------------------------------------------------------------------------------------


def test_a_link_is_made_shown_used_and_revoked(serve: Serve, tmp_path: Path) -> None:
    server, data = serve(), tmp_path / "data"
    done = invite(data, "--room", "tea", "--uses", "2", "--expires", "2h")
    (url,) = done.stdout.splitlines()
    assert url.startswith(f"http://127.0.0.1:{server.port}/i/")
    token = url.rpartition("/")[2]
    leads, only_here, revoke = done.stderr.splitlines()
    assert leads.startswith("It leads 2 people into #tea of hubbub, until 20")
    assert only_here.startswith("It works on this machine only")
    handle = revoke.rpartition(" ")[2]
    assert revoke == f"To revoke it: hubbub invite revoke {handle}"

    with server.irc("alice", "#tea") as alice, server.irc("bob") as bob, server.irc("carol") as carol:
        alice.send("MODE #tea +i")
        alice.waits_for(" MODE #tea ")
        assert enters(bob, "#tea", token)
        (listed,) = invite(data, "list", "--room", "#tea").stdout.splitlines()
        assert listed.startswith(f"{handle}  #tea  until 20")
        assert listed.endswith("  used 1 of 2 times  by hubbub invite")
        (described,) = invite(data, "--room", "tea", "list", "--json").stdout.splitlines()
        assert json.loads(described)["used"] == 1
        assert invite(data, "revoke", url).stdout.startswith(f"The link {handle} into #tea is revoked.")
        assert not enters(carol, "#tea", token)
    assert invite(data, "list").stdout == ""
    assert fails(data, "revoke", handle).startswith("hubbub: there is no such link")
    server.stop()
    assert token not in "\n".join(server.log())


def test_a_terminal_is_shown_a_qr_code(serve: Serve, tmp_path: Path) -> None:
    serve({"rooms.default": "#lobby"})
    process, terminal = pty.fork()
    if process == 0:
        arguments = ["-m", "hubbub", "invite", "--data", str(tmp_path / "data")]
        os.execv(sys.executable, [sys.executable, *arguments])
    shown = b""
    try:
        while data := os.read(terminal, 4096):
            shown += data
    except OSError:
        pass  # Linux tells so that the other side of a terminal has gone.
    assert os.waitpid(process, 0)[1] == 0
    os.close(terminal)
    text = shown.decode()
    assert "█" in text
    assert "It leads whoever has it into #lobby of hubbub, until 20" in text


def test_every_address_that_others_reach_and_the_one_that_was_set_first(serve: Serve, tmp_path: Path) -> None:
    server = serve({"web.url": "https://chat.example.org"}, listen=[{"host": "0.0.0.0", "port": 0}])
    urls = invite(tmp_path / "data", "--room", "tea").stdout.splitlines()
    assert urls[0].startswith("https://chat.example.org/i/")
    assert len({url.rpartition("/")[2] for url in urls}) == 1
    assert not any("127.0.0.1" in url for url in urls)
    assert all(url.startswith("http://") and f":{server.port}/i/" in url for url in urls[1:])


def test_without_a_page_the_token_is_a_key(serve: Serve, tmp_path: Path) -> None:
    serve(listen=[{"port": 0, "kind": "irc"}])
    done = invite(tmp_path / "data", "--room", "tea")
    assert f"/join #tea {done.stdout.strip()}" in done.stderr


def test_what_can_not_be_had(serve: Serve, tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert "no server runs on" in fails(data, code=69)
    assert not data.exists()
    serve()
    assert "name one with --room" in fails(data)
    assert "can't be the name of a room" in fails(data, "--room", "a b")
    for asked in (["--room", ""], ["--room", " "], ["list", "--room", ""]):
        assert "say which room, such as #tea" in fails(data, *asked, code=2)
    for mistake in (["--uses", "0"], ["--uses", "many"], ["--expires", "soon"], ["revoke"]):
        assert fails(data, *mistake, code=2).startswith("usage: hubbub invite")


def test_no_more_people_come_at_once_than_a_link_is_for(serve: Serve, tmp_path: Path) -> None:
    server = serve()
    with ExitStack() as here:
        alice = here.enter_context(server.irc("alice", "#tea"))
        _, token = made(tmp_path / "data", "--room", "tea", "--uses", "5")
        alice.send("MODE #tea +i")
        alice.waits_for(" MODE #tea ")
        guests = [here.enter_context(server.irc(f"guest{number}")) for number in range(20)]
        for guest in guests:
            guest.send(f"JOIN #tea {token}")
        answers = [guest.waits_for(r":guest\d+!\S+ JOIN | 473 ") for guest in guests]
        mine = [f":guest{number}!" for number in range(20)]
        entered = sum(" 473 " not in answer for answer in answers)
        assert all(
            " 473 " in answer or source in answer for answer, source in zip(answers, mine, strict=True)
        )
        assert entered == 5


# -- what lasts ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_killed", [False, True])
def test_links_outlive_the_server_but_nothing_that_works_is_on_the_disk(
    serve: Serve, tmp_path: Path, is_killed: bool
) -> None:
    first, data = RunningServer(tmp_path), tmp_path / "data"
    with first.irc("alice", "#tea", caps=CAP) as alice, first.irc("bob") as bob:
        _, once = made(data, "--room", "tea", "--uses", "1")
        alice.send("MODE #tea +i", "INVITELINK #tea * never")
        endless = alice.waits_for(" CREATED ").split(" ")[7]
        _, gone = made(data, "--room", "tea")
        invite(data, "revoke", gone)
        assert enters(bob, "#tea", once)
        # Before they leave: a room for the invited that is left by all is forgotten, and its links end.
        if is_killed:
            first.kill()
        else:
            first.stop()
    assert first.process.stdout is not None
    first.process.stdout.close()
    on_disk = b"".join(path.read_bytes() for path in data.rglob("*") if path.is_file())
    logged = "\n".join(first.log())
    for token in (once, endless, gone):
        assert token.encode() not in on_disk
        assert token not in logged

    with serve().irc("carol") as carol:
        assert not enters(carol, "#tea", once)
        assert not enters(carol, "#tea", gone)
        assert enters(carol, "#tea", endless)


def test_the_operators_link_stands_in_for_the_password(serve: Serve, tmp_path: Path) -> None:
    server = serve({"server.password": "open sesame"})
    _, token = made(tmp_path / "data", "--room", "tea")
    with server.connect() as bob, server.connect() as carol:
        bob.send(f"PASS {token}", "NICK bob", "USER bob 0 * :bob")
        bob.until(" (?:376|422) ")
        carol.send("PASS wrong", "NICK carol", "USER carol 0 * :carol")
        assert " 464 " in carol.to_end()[0]


# -- what the page asks --------------------------------------------------------------------------------------


def test_a_good_token_tells_where_it_leads(serve: Serve, tmp_path: Path) -> None:
    server = serve({"server.password": "open sesame", "accounts.guests": "rooms"})
    with server.connect() as alice:
        alice.send("PASS :open sesame", f"CAP REQ :{CAP}", "CAP END", "NICK alice", "USER alice 0 * :alice")
        alice.until(" (?:376|422) ")
        alice.send("NS REGISTER open-sesame")
        alice.waits_for(" 900 ")
        alice.send("JOIN #tea", "MODE #tea +s", "TOPIC #tea :Oolong", "INVITELINK #tea * 1h")
        of_member = alice.waits_for(" CREATED ").split(" ")[7]
        _, of_operator = made(tmp_path / "data", "--room", "tea", "--expires", "never")
        status, headers, body = get(server, f"/i/{of_member}/info")
        told = json.loads(body)
        assert (status, headers["content-type"], headers["cache-control"]) == (
            200,
            "application/json",
            "no-store",
        )
        assert told.pop("expires").startswith("20")
        assert told == {
            "valid": True,
            "network": "hubbub",
            "room": "#tea",
            "topic": "Oolong",
            "members": 1,
            "admits": False,
            "password": True,
            "account": True,
        }
        told = json.loads(get(server, f"/i/{of_operator}/info")[2])
        assert (told["admits"], told["password"], told["expires"]) == (True, False, None)


def test_other_tokens_tell_nothing_and_are_not_tried_for_long(serve: Serve, tmp_path: Path) -> None:
    server = serve()
    _, good = made(tmp_path / "data", "--room", "tea")
    _, revoked = made(tmp_path / "data", "--room", "tea")
    invite(tmp_path / "data", "revoke", revoked)
    for token in (revoked, "a" * 26, "no", "%00", "a" * 1000):
        status, _, body = get(server, f"/i/{token}/info")
        assert (status, json.loads(body)) == (404, {"valid": False, "network": "hubbub"})
        assert get(server, f"/i/{token}.svg")[0] == 404
    assert get(server, f"/i/{good}/info")[0] == 200
    for _ in range(20):
        get(server, f"/i/{revoked}/info")
    status, headers, _ = get(server, f"/i/{good}/info")
    assert (status, headers["retry-after"]) == (429, "60")
    assert get(server, f"/i/{good}")[0] == 200


def test_the_qr_code_is_of_the_link_at_the_host_that_was_asked(serve: Serve, tmp_path: Path) -> None:
    import segno

    server = serve()
    _, token = made(tmp_path / "data", "--room", "tea")
    for host in ("192.0.2.1:1313", "[2001:db8::1]:80", "chat.example.org"):
        status, headers, body = get(server, f"/i/{token}.svg", host)
        assert (status, headers["content-type"]) == (200, "image/svg+xml")
        path = segno.make(f"http://{host}/i/{token}", micro=False).svg_inline(border=4, dark="#000")
        drawn = path.partition(' d="')[2].partition('"')[0]
        assert drawn.encode() in body
    assert get(server, f"/i/{token}.svg", "a b")[0] == 400
