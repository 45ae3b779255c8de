"""Sending a file, against servers that break, refuse and lie; nothing here has a socket.

docs/specs/upload.md, https://tus.io/protocols/resumable-upload (1.0.0), soju.im/FILEHOST
"""

from __future__ import annotations

import asyncio
import os
from base64 import b64decode
from pathlib import Path

import pytest

from hubbub.client.http import Address, Answer, Asking, NoAnswer, WrongAddress, read_address
from hubbub.client.registration import Identity
from hubbub.client.session import Session
from hubbub.client.uploading import (
    TRIES,
    Chatting,
    Grant,
    Local,
    Refused,
    Sending,
    ask_grant,
    largest,
    look_at,
    problem_with,
    read_piece,
)
from hubbub.irc.wire import parse

HOME = "http://chat.example:1313"
LINK = f"{HOME}/f/abc/cat.png"
BEARER = {"Authorization": "Bearer t0ken"}


class Host:
    """A file host that takes what comes. `breaks`: after so many bytes of a request, once each."""

    def __init__(self, *breaks: int) -> None:
        self.breaks = list(breaks)
        self.content = bytearray()
        self.length = -1
        self.asked: list[Asking] = []
        self.refusals: dict[str, Answer] = {}
        self.silent = 0

    async def __call__(self, asking: Asking) -> Answer:
        self.asked.append(asking)
        if self.silent:
            self.silent -= 1
            raise NoAnswer("nobody there")
        if asking.method in self.refusals:
            return self.refusals[asking.method]
        return await getattr(self, asking.method.lower())(asking)

    async def post(self, asking: Asking) -> Answer:
        if "Tus-Resumable" not in asking.headers:
            await self.take(asking)
            return Answer(201, {"location": "/f/abc/cat.png"})
        self.length = int(asking.headers["Upload-Length"])
        return Answer(201, {"location": "/files/secret", "tus-resumable": "1.0.0"})

    async def head(self, asking: Asking) -> Answer:
        return Answer(200, self.standing())

    async def patch(self, asking: Asking) -> Answer:
        if int(asking.headers["Upload-Offset"]) != len(self.content):
            return Answer(409, self.standing())
        await self.take(asking)
        return Answer(204, self.standing())

    async def delete(self, asking: Asking) -> Answer:
        return Answer(204, {})

    async def take(self, asking: Asking) -> None:
        assert asking.body is not None
        room = self.breaks.pop(0) if self.breaks else -1
        async for data in asking.body:
            if 0 <= room < len(data):
                self.content += data[:room]
                raise NoAnswer("the connection was lost")
            room -= len(data) if room >= 0 else 0
            self.content += data
            asking.on_sent(len(data))

    def standing(self) -> dict[str, str]:
        done = {"content-location": "/f/abc/cat.png"} if len(self.content) == self.length else {}
        return {"upload-offset": str(len(self.content)), "tus-resumable": "1.0.0", **done}

    def methods(self) -> list[str]:
        return [asking.method for asking in self.asked]


@pytest.fixture
def file(tmp_path: Path) -> Local:
    path = tmp_path / "cat.png"
    path.write_bytes(os.urandom(600_000))
    return look_at(path)


def sending(host: Host, file: Local, *, resumable: bool = True, location: str = "") -> Sending:
    async def grant() -> Grant:
        return Grant([f"{HOME}/files"], BEARER, resumable)

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    pauses: list[float] = []
    return Sending(host, file, grant, location=location, pause=pause)


# -- tus ------------------------------------------------------------------------------------------------------


def test_begins_sends_and_says_where(file: Local) -> None:
    host = Host()
    assert asyncio.run(sending(host, file).run()) == LINK
    assert bytes(host.content) == file.path.read_bytes()
    begin, patch = host.asked
    assert begin.headers["Authorization"] == "Bearer t0ken"
    name = begin.headers["Upload-Metadata"].split(",")[0].removeprefix("filename ")
    assert b64decode(name) == b"cat.png"
    # Who goes on with it needs no token, and so nobody hears it twice.
    assert patch.url == f"{HOME}/files/secret"
    assert "Authorization" not in patch.headers


@pytest.mark.parametrize("breaks", [(0,), (1,), (300_000,), (599_999,), (0, 0, 10, 300_000)])
def test_goes_on_where_the_connection_broke(file: Local, breaks: tuple[int, ...]) -> None:
    host = Host(*breaks)
    assert asyncio.run(sending(host, file).run()) == LINK
    assert bytes(host.content) == file.path.read_bytes()
    assert host.methods().count("POST") == 1


def test_an_answer_that_got_lost_costs_nothing(file: Local) -> None:
    class Deaf(Host):
        async def patch(self, asking: Asking) -> Answer:
            await super().patch(asking)
            raise NoAnswer("the connection was lost")

    host = Deaf()
    assert asyncio.run(sending(host, file).run()) == LINK
    assert bytes(host.content) == file.path.read_bytes()


def test_gives_up_after_a_while_and_can_be_run_again(file: Local) -> None:
    host = Host()
    one = sending(host, file)

    async def story() -> str:
        host.refusals["PATCH"] = Answer(503, {})
        with pytest.raises(NoAnswer):
            await one.run()
        assert host.methods().count("PATCH") == TRIES
        del host.refusals["PATCH"]
        return await one.run()

    assert asyncio.run(story()) == LINK
    assert host.methods().count("POST") == 1


def test_begins_anew_where_nothing_is_left_of_it(file: Local) -> None:
    class Forgetful(Host):
        async def head(self, asking: Asking) -> Answer:
            return Answer(404, {}) if asking.url.endswith("old") else await super().head(asking)

    host = Forgetful()
    assert asyncio.run(sending(host, file, location=f"{HOME}/files/old").run()) == LINK
    assert bytes(host.content) == file.path.read_bytes()


def test_an_empty_file(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    host = Host()
    assert asyncio.run(sending(host, look_at(tmp_path / "empty")).run()) == LINK


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Answer(413, {}, "All files of alice may be 10 MiB."), "All files of alice may be 10 MiB."),
        (Answer(413, {}), "The file is too large for this server."),
        (Answer(507, {}, "<html>full</html>"), "The server has no room for the file."),
        (Answer(401, {}), "You may not send files here; it may help to log in (/login)."),
        (Answer(418, {}), "The server refused the file (418)."),
        (Answer(403, {}, "no\x1b[2Jentry"), None),
    ],
)
def test_why_not(file: Local, answer: Answer, words: str | None) -> None:
    host = Host()
    host.refusals["POST"] = answer
    with pytest.raises(Refused) as refused:
        asyncio.run(sending(host, file).run())
    assert "\x1b" not in str(refused.value)
    assert words is None or str(refused.value) == words


@pytest.mark.parametrize(
    "where", ["", "javascript:alert(1)", "ftp://x/y", "http://", "http://x/a\x1bb", f"http://x/{'a' * 3000}"]
)
def test_a_link_that_is_none(file: Local, where: str) -> None:
    class Liar(Host):
        def standing(self) -> dict[str, str]:
            return {**super().standing(), "content-location": where}

    with pytest.raises(Refused, match="doesn't say where"):
        asyncio.run(sending(Liar(), file).run())


@pytest.mark.parametrize("offset", ["0", "-1", "²", "many", "9" * 30])
def test_a_server_that_never_gets_on_ends(file: Local, offset: str) -> None:
    class Stuck(Host):
        def standing(self) -> dict[str, str]:
            return {"upload-offset": offset}

    with pytest.raises(Refused):
        asyncio.run(sending(Stuck(), file).run())


def test_discard(file: Local) -> None:
    host = Host()
    one = sending(host, file, location=f"{HOME}/files/secret")
    asyncio.run(one.discard())
    assert [(asking.method, asking.url) for asking in host.asked] == [("DELETE", f"{HOME}/files/secret")]


def test_the_second_address_where_the_first_is_none(file: Local) -> None:
    class TwoDoors(Host):
        async def __call__(self, asking: Asking) -> Answer:
            if "lan.example" in asking.url:
                raise NoAnswer("nobody there")
            if "proxy.example" in asking.url:
                return Answer(404, {}, "nginx")
            return await super().__call__(asking)

    async def grant() -> Grant:
        return Grant(
            ["http://lan.example/files", "http://proxy.example/files", f"{HOME}/files"], BEARER, True
        )

    host = TwoDoors()
    assert asyncio.run(Sending(host, file, grant).run()) == LINK
    assert {read_address(asking.url).origin for asking in host.asked} == {HOME}


class Left(Host):
    """Whoever has begun it has left: the last byte is taken, but not from them."""

    def __init__(self, *breaks: int) -> None:
        super().__init__(*breaks)
        self.owner = ""

    def _is_refused(self) -> bool:
        return len(self.content) == self.length and self.owner != "Bearer t0ken"

    async def head(self, asking: Asking) -> Answer:
        self.owner = asking.headers.get("Authorization", self.owner)
        return Answer(403, {}, "You have left.") if self._is_refused() else await super().head(asking)

    async def patch(self, asking: Asking) -> Answer:
        answer = await super().patch(asking)
        return Answer(403, {}, "You have left.") if self._is_refused() else answer


def test_a_guest_who_is_somebody_else_by_now_goes_on(file: Local) -> None:
    host = Left(300_000)
    assert asyncio.run(sending(host, file).run()) == LINK
    assert bytes(host.content) == file.path.read_bytes()
    assert host.methods().count("POST") == 1
    # All of it was there when the program ended.
    host.owner = ""
    assert asyncio.run(sending(host, file, location=f"{HOME}/files/secret").run()) == LINK


def test_a_guest_who_is_not_back_yet_is_waited_for(file: Local) -> None:
    host, tries = Left(), 0

    async def grant() -> Grant:
        nonlocal tries
        tries += 1
        if tries in (2, 3):
            raise Refused("There is no connection.")
        return Grant([f"{HOME}/files"], BEARER, resumable=True)

    async def pause(_seconds: float) -> None:
        pass

    assert asyncio.run(Sending(host, file, grant, pause=pause).run()) == LINK
    assert tries == 4


def test_the_token_goes_to_nobody_else(file: Local) -> None:
    host = Left()
    host.length = file.size
    host.content += file.path.read_bytes()
    with pytest.raises(Refused, match="You have left"):
        asyncio.run(sending(host, file, location="https://elsewhere.example/files/secret").run())
    assert host.owner == ""


# -- FILEHOST -------------------------------------------------------------------------------------------------


def test_in_one_go(file: Local) -> None:
    host = Host()
    assert asyncio.run(sending(host, file, resumable=False).run()) == LINK
    (asking,) = host.asked
    assert asking.headers["Content-Type"] == "image/png"
    assert asking.headers["Content-Disposition"] == "attachment; filename*=UTF-8''cat.png"
    assert bytes(host.content) == file.path.read_bytes()


def test_in_one_go_once_more_after_a_break(file: Local) -> None:
    host = Host(300_000)
    assert asyncio.run(sending(host, file, resumable=False).run()) == LINK
    assert host.methods() == ["POST", "POST"]


def test_not_again_what_has_perhaps_arrived(file: Local) -> None:
    class Deaf(Host):
        async def post(self, asking: Asking) -> Answer:
            await super().post(asking)
            raise NoAnswer("the connection was lost")

    host = Deaf()
    with pytest.raises(NoAnswer):
        asyncio.run(sending(host, file, resumable=False).run())
    assert host.methods() == ["POST"]


# -- the file -------------------------------------------------------------------------------------------------


def test_looks_at_files(tmp_path: Path) -> None:
    for path, words in (
        (tmp_path, "is a folder; only files can be sent"),
        (tmp_path / "none", "There is no file"),
        (Path("/dev/null"), "is no ordinary file"),
        (Path("a\x00b"), "can't be read"),
    ):
        with pytest.raises(Refused, match=words):
            look_at(path)


def test_reads_in_pieces(file: Local) -> None:
    async def story() -> list[bytes]:
        return [data async for data in read_piece(file, 100, 599_000)]

    pieces = asyncio.run(story())
    assert b"".join(pieces) == file.path.read_bytes()[100:599_100]
    assert max(map(len, pieces)) <= 1 << 18


def test_a_file_that_changes_meanwhile(file: Local) -> None:
    os.utime(file.path, ns=(1, 1))
    with pytest.raises(Refused, match="was changed"):
        asyncio.run(sending(Host(), file).run())


def test_a_file_that_goes_meanwhile(file: Local) -> None:
    file.path.unlink()
    with pytest.raises(Refused, match="can't be read"):
        asyncio.run(sending(Host(), file).run())


# -- where to -------------------------------------------------------------------------------------------------


def make_session(capabilities: str = "", tokens: str = "X", password: str = "", by: str = "") -> Session:
    """`by`: the login that the server offers. It says yes to any password, and knows none."""
    capabilities = f"{capabilities} sasl={by}".strip() if by else capabilities
    session = Session(Identity("alice", password=password), now_ms=lambda: 0, nonce=lambda: "n")
    session.connected(safe=True)
    names = " ".join(part.partition("=")[0] for part in capabilities.split())
    for line in (
        f"CAP * LS :labeled-response batch {capabilities}",
        f"CAP * ACK :labeled-response batch {names}",
        *(
            [
                "AUTHENTICATE +",
                "900 * alice!a@h alice :You are alice",
                "903 * :SASL authentication successful",
            ]
            if by
            else []
        ),
        "001 alice :Welcome",
        f"005 alice {tokens} :are supported",
        "376 alice :End",
    ):
        session.received(parse(f":s {line}"))
    session.take_messages()
    return session


def grant_from(session: Session, chatting: Chatting, answer: str = "") -> Grant:
    async def story() -> Grant:
        asking = asyncio.ensure_future(ask_grant(session, "#tea", chatting))
        await asyncio.sleep(0)
        for message in session.take_messages():
            assert (message.command, message.params) == ("UPLOAD", ["#tea"])
            session.received(parse(f"@label={message.tags['label']} :s {answer}"))
        return await asking

    return asyncio.run(story())


HERE = Chatting("chat.example", 1313, encrypted=False)
SAFE = Chatting("chat.example", 6697, encrypted=True)


@pytest.mark.parametrize(
    ("announced", "chatting", "endpoints"),
    [
        # Another name of the very door that the chat came by.
        (
            "http://10.0.0.1:1313/files",
            HERE,
            ["http://chat.example:1313/files", "http://10.0.0.1:1313/files"],
        ),
        ("https://web.example/files", SAFE, ["https://web.example/files", "https://chat.example:6697/files"]),
        ("https://web.example/files", HERE, ["https://web.example/files", "http://chat.example:1313/files"]),
        # Never without encryption where the chat has it.
        ("http://web.example/files", SAFE, ["https://chat.example:6697/files"]),
    ],
)
def test_where_to(announced: str, chatting: Chatting, endpoints: list[str]) -> None:
    session = make_session("hubbub.chat/upload=max-size=1000")
    answer = f"UPLOAD #tea {announced} t0ken 2026-01-31T12:00:00.000Z"
    assert grant_from(session, chatting, answer) == Grant(endpoints, BEARER, resumable=True)


@pytest.mark.parametrize(
    "answer",
    [
        "FAIL UPLOAD INVALID_TARGET #tea :there is nobody of that name",
        "UPLOAD #tea gopher://x/files t0ken 2026",
        "UPLOAD #tea http://x/files",
        "UPLOAD #tea http://x/files t\x01ken 2026",
    ],
)
def test_no_grant(answer: str) -> None:
    with pytest.raises(Refused):
        grant_from(make_session("hubbub.chat/upload=max-size=1000"), HERE, answer)


def test_by_the_name_and_password_of_the_login() -> None:
    session = make_session(tokens="soju.im/FILEHOST=https://up.example/", password="pässword", by="PLAIN")
    grant = grant_from(session, SAFE)
    assert grant.endpoints == ["https://up.example/"]
    assert not grant.resumable
    assert b64decode(grant.headers["Authorization"].removeprefix("Basic ")).decode() == "alice:pässword"


def test_no_password_for_who_has_not_shown_to_know_it() -> None:
    """A server that failed at SCRAM, or was not asked: whatever it says of accounts, and wherever files are to go."""
    for address in ("https://up.example/", f"https://{SAFE.host}/"):
        session = make_session(tokens=f"soju.im/FILEHOST={address}", password="pw", by="SCRAM-SHA-256")
        assert grant_from(session, SAFE).headers == {}


def test_no_password_without_encryption() -> None:
    session = make_session(tokens="soju.im/FILEHOST=http://up.example/", password="pw", by="PLAIN")
    assert grant_from(session, HERE).headers == {}
    with pytest.raises(Refused, match="without encryption"):
        grant_from(session, SAFE)
    session.chat.tokens["soju.im/FILEHOST"] = "http://127.0.0.1:8080/"
    assert "Authorization" in grant_from(session, HERE).headers


def test_what_is_known_to_be_in_the_way() -> None:
    session = make_session("hubbub.chat/upload=max-size=1048576")
    assert largest(session) == 1 << 20
    assert problem_with(session, 1 << 20) == ""
    assert problem_with(session, 3 << 20) == "The file has 3.0 MiB; this server takes at most 1.0 MiB."
    assert problem_with(make_session("hubbub.chat/upload"), 1) == "This server takes no files."
    assert "FILEHOST" in problem_with(make_session(), 1)
    assert problem_with(make_session(tokens="soju.im/FILEHOST=https://x/"), 1 << 40) == ""


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("http://a/b?c=d", Address(False, "a", 80, "/b?c=d")),
        ("https://a:1", Address(True, "a", 1, "/")),
        ("http://[::1]:13/x y".replace(" ", "%20"), Address(False, "::1", 13, "/x%20y")),
        ("https://bücher.example/ü", Address(True, "xn--bcher-kva.example", 443, "/%C3%BC")),
    ],
)
def test_addresses(url: str, address: Address) -> None:
    assert read_address(url) == address
    assert read_address(address.origin + address.path) == address


@pytest.mark.parametrize(
    "url",
    [
        "",
        "a",
        "ftp://a/",
        "http://",
        "http://u:p@a/",
        "http://a:x/",
        "http://a:99999/",
        "http://a/\r\nX: y",
        "http://[a",
    ],
)
def test_no_addresses(url: str) -> None:
    with pytest.raises(WrongAddress):
        read_address(url)
