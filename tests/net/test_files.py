"""Files by HTTP, at a real server: curl, FILEHOST and tus; broken connections, kill -9, full disks.

docs/specs/upload.md, soju.im/FILEHOST, https://tus.io/protocols/resumable-upload (1.0.0)
"""

from __future__ import annotations

import hashlib
import http.client
import io
import json
import re
import shutil
import socket
import ssl
import subprocess
from base64 import b64encode
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from PIL import Image

from serving import Connection, RunningServer, Serve, start

CAPS = "hubbub.chat/upload message-tags echo-message draft/message-redaction"
PIECES = "application/offset+octet-stream"
MIB = 1 << 20
PASSWORD = "correct-horse-7"


class Answer:
    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    def __getitem__(self, name: str) -> str:
        value = self.headers[name]
        assert value is not None, f"no {name} in:\n{self.headers}"
        return str(value)


def ask(
    server: RunningServer,
    method: str,
    path: str,
    body: bytes | Iterator[bytes] | None = None,
    *,
    secure: bool = False,
    **headers: str,
) -> Answer:
    """One request; an underscore in a header's name is a hyphen."""
    if secure:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        link: http.client.HTTPConnection = http.client.HTTPSConnection(
            "127.0.0.1", server.port, timeout=20, context=context
        )
    else:
        link = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    try:
        link.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        return Answer(link.getresponse())
    finally:
        link.close()


def path_of(link: str) -> str:
    return urlsplit(link).path


def token(client: Connection, target: str = "*") -> str:
    client.send(f"UPLOAD {target}")
    return client.waits_for(" UPLOAD ").split(" ")[4]


def bearer(client: Connection, target: str = "*") -> str:
    return f"Bearer {token(client, target)}"


def basic(name: str, password: str) -> str:
    return f"Basic {b64encode(f'{name}:{password}'.encode()).decode()}"


def contents(tmp_path: Path) -> list[str]:
    """Digests of all that is stored."""
    folder = tmp_path / "data" / "files"
    return sorted(path.parent.name + path.name for path in folder.glob("??/*") if path.is_file())


def left_over(tmp_path: Path) -> list[Path]:
    return list((tmp_path / "data" / "files" / "unfinished").iterdir())


@pytest.fixture
def server(serve: Serve) -> RunningServer:
    return serve({"files.max_size": 100})


@pytest.fixture
def alice(server: RunningServer) -> Iterator[Connection]:
    with server.irc("alice", "#tea", caps=CAPS) as client:
        client.send(f"REGISTER alice * {PASSWORD}")
        client.until("REGISTER SUCCESS")
        yield client


def tus(server: RunningServer, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
    answer = ask(server, method, path, body, **({"Tus_Resumable": "1.0.0"} | headers))
    assert answer["Tus-Resumable"] == "1.0.0"
    return answer


def create(server: RunningServer, who: str, length: int, **headers: str) -> str:
    """Address of a new upload."""
    answer = tus(server, "POST", "/files", b"", Authorization=who, Upload_Length=str(length), **headers)
    assert answer.status == 201, answer.body
    return "/" + answer["Location"]


def add(server: RunningServer, upload: str, offset: int, data: bytes, **headers: str) -> Answer:
    return tus(server, "PATCH", upload, data, Content_Type=PIECES, Upload_Offset=str(offset), **headers)


# -- FILEHOST, and curl --------------------------------------------------------------------------------------


def test_a_file_goes_up_and_comes_down(server: RunningServer, alice: Connection, tmp_path: Path) -> None:
    sent = ask(
        server,
        "POST",
        "/files",
        b"one, two",
        Authorization=bearer(alice),
        Content_Type="text/plain",
        Content_Disposition="attachment; filename*=UTF-8''%E2%82%AC%20rates.txt",
    )
    assert sent.status == 201
    link = sent["Location"]
    assert re.fullmatch(rf"http://127\.0\.0\.1:{server.port}/f/[0-9a-z]{{26}}/%E2%82%AC%20rates\.txt", link)
    assert sent.body.decode().strip() == link
    got = ask(server, "GET", path_of(link))
    assert (got.status, got.body) == (200, b"one, two")
    assert got["Content-Type"] == "text/plain; charset=utf-8"
    assert got["Content-Disposition"] == "inline; filename*=UTF-8''%E2%82%AC%20rates.txt"
    assert got["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in got["Content-Security-Policy"]
    assert got["ETag"] == f'"{hashlib.sha256(b"one, two").hexdigest()}"'
    assert got["Access-Control-Allow-Origin"] == "*"
    assert got.headers["Set-Cookie"] is None
    head = ask(server, "HEAD", path_of(link))
    assert (head.status, head["Content-Length"], head.body) == (200, "8", b"")
    part = ask(server, "GET", path_of(link), Range="bytes=5-")
    assert (part.status, part.body, part["Content-Range"]) == (206, b"two", "bytes 5-7/8")
    assert ask(server, "GET", path_of(link), Range="bytes=99-").status == 416
    assert ask(server, "GET", path_of(link), If_None_Match=got["ETag"]).status == 304
    assert ask(server, "GET", path_of(link).replace("/f/", "/f/x")).status == 404
    assert ask(server, "GET", "/".join(path_of(link).split("/")[:3])).body == b"one, two"
    assert json.loads(ask(server, "GET", "/".join([*path_of(link).split("/")[:3], "info"])).body) == {
        "name": "€ rates.txt",
        "size": 8,
        "type": "text/plain",
        "thumb": False,
    }
    assert left_over(tmp_path) == []


def test_what_a_browser_would_run_is_downloaded(server: RunningServer, alice: Connection) -> None:
    for name, kind in (("a.html", "text/html"), ("a.svg", "image/svg+xml"), ("a.js", "text/javascript")):
        sent = ask(
            server,
            "POST",
            "/files",
            b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
            Authorization=bearer(alice),
            Content_Type=kind,
            Content_Disposition=f'attachment; filename="{name}"',
        )
        got = ask(server, "GET", path_of(sent["Location"]))
        assert got["Content-Type"] == "application/octet-stream"
        assert got["Content-Disposition"].startswith("attachment;")


def test_options_say_what_is_taken(server: RunningServer) -> None:
    for path in ("/files", "/files/anything"):
        answer = ask(server, "OPTIONS", path, Origin="https://elsewhere.example")
        assert answer.status == 204
        assert answer["Accept-Post"] == "*/*"
        assert answer["Tus-Version"] == "1.0.0"
        assert answer["Tus-Extension"] == "creation,creation-with-upload,expiration,termination,checksum"
        assert answer["Tus-Max-Size"] == str(100 * MIB)
        assert answer["Tus-Checksum-Algorithm"] == "sha1,sha256"
        assert answer["Access-Control-Allow-Origin"] == "*"
        assert "Authorization" in answer["Access-Control-Allow-Headers"]
        assert "PATCH" in answer["Access-Control-Allow-Methods"]


@pytest.mark.skipif(not shutil.which("curl"), reason="there is no curl")
def test_curl(server: RunningServer, alice: Connection, tmp_path: Path) -> None:
    file = tmp_path / "notes.bin"
    file.write_bytes(bytes(range(256)) * 16_384)
    url = f"http://127.0.0.1:{server.port}/files/"

    def curl(*arguments: str) -> str:
        return subprocess.run(["curl", "-sS", *arguments], check=True, capture_output=True, text=True).stdout

    link = curl("-T", str(file), "-u", f"alice:{PASSWORD}", url).strip()
    assert link.endswith("/notes.bin")
    assert hashlib.sha256(file.read_bytes()).hexdigest() in contents(tmp_path)
    # A token does in the place of a password; without a length known beforehand, too.
    other = curl(
        "-X",
        "POST",
        "-H",
        "Transfer-Encoding: chunked",
        "-u",
        f":{token(alice)}",
        "--data-binary",
        f"@{file}",
        url,
    ).strip()
    assert len(contents(tmp_path)) == 1
    copy = tmp_path / "copy"
    curl("-o", str(copy), other)
    assert copy.read_bytes() == file.read_bytes()
    refused = curl("-w", "%{http_code}", "-F", f"file=@{file}", "-u", f"alice:{PASSWORD}", url)
    assert refused.endswith("415")
    assert "--data-binary" in refused


def test_by_tls_the_link_is_https(server: RunningServer) -> None:
    client = server.connect().encrypt()
    client.send(f"CAP REQ :{CAPS}", "CAP END", "NICK carol", "USER c 0 * :c")
    assert f"soju.im/FILEHOST=https://127.0.0.1:{server.port}/files " in client.waits_for("FILEHOST")
    sent = ask(server, "POST", "/files", b"x", secure=True, Authorization=bearer(client))
    assert sent["Location"].startswith(f"https://127.0.0.1:{server.port}/f/")
    assert ask(server, "GET", path_of(sent["Location"]), secure=True).body == b"x"
    client.close()


def test_who_is_let_in(server: RunningServer, alice: Connection, tmp_path: Path) -> None:
    nobody = ask(server, "POST", "/files", b"x")
    assert nobody.status == 401
    assert nobody["WWW-Authenticate"].startswith("Basic ")
    for wrong in ("Bearer nonsense", "Basic !!!", "Basic bm9jb2xvbg==", "Digest x", basic("alice", "wrong")):
        assert ask(server, "POST", "/files", b"x", Authorization=wrong).status == 401
    assert ask(server, "POST", "/files", b"x", Authorization=basic("alice", PASSWORD)).status == 201
    assert len(contents(tmp_path)) == 1


def test_wrong_passwords_are_no_more_than_so_many(serve: Serve) -> None:
    server = serve({"accounts.tries": 2})
    answers = [ask(server, "POST", "/files", b"x", Authorization=basic("bob", "wrong")) for _ in range(3)]
    assert [answer.status for answer in answers] == [401, 401, 429]
    assert int(answers[-1]["Retry-After"]) > 0


def test_a_token_ends_with_its_user(server: RunningServer) -> None:
    with server.irc("bob", caps=CAPS) as bob:
        good = bearer(bob)
        assert ask(server, "POST", "/files", b"x", Authorization=good).status == 201
        bob.send("QUIT")
        bob.to_end()
    assert ask(server, "POST", "/files", b"x", Authorization=good).status == 401


def test_too_large_is_said_at_once(serve: Serve, tmp_path: Path) -> None:
    server = serve({"files.max_size": 1, "files.quota": 2})
    with server.irc("bob", caps=CAPS) as bob:
        good = bearer(bob)

        def chunks() -> Iterator[bytes]:
            yield from (bytes(65_536) for _ in range(17))

        assert ask(server, "POST", "/files", bytes(MIB + 1), Authorization=good).status == 413
        endless = ask(server, "POST", "/files", chunks(), Authorization=good)
        assert endless.status == 413
        assert b"1.0 MiB" in endless.body
        assert contents(tmp_path) == left_over(tmp_path) == []
        for _ in range(2):
            assert ask(server, "POST", "/files", bytes(MIB - 10), Authorization=good).status == 201
        over = ask(server, "POST", "/files", bytes(1000), Authorization=good)
        assert over.status == 413
        assert b"take some messages with files back" in over.body


def test_a_file_that_breaks_off_leaves_nothing(
    server: RunningServer, alice: Connection, tmp_path: Path
) -> None:
    good = bearer(alice)
    with socket.create_connection(("127.0.0.1", server.port)) as link:
        link.sendall(
            f"POST /files HTTP/1.1\r\nHost: x\r\nAuthorization: {good}\r\nContent-Length: 5000000\r\n\r\n".encode()
            + bytes(3_000_000)
        )
        wait_until(lambda: any(path.stat().st_size for path in left_over(tmp_path)), alice)
    wait_until(lambda: not left_over(tmp_path), alice)
    assert contents(tmp_path) == []


def wait_until(holds: Callable[[], bool], fence: Connection) -> None:
    """Asks the server for a sign of life between looking, which is how long it takes and no longer."""
    for number in range(20_000):
        if holds():
            return
        fence.so_far(f"fence{number}")
    raise AssertionError("it didn't happen")


# -- in the room ---------------------------------------------------------------------------------------------


def test_files_of_a_room_are_listed_also_in_the_line_mode(server: RunningServer, alice: Connection) -> None:
    sent = ask(
        server,
        "POST",
        "/files",
        bytes(2048),
        Authorization=bearer(alice, "#tea"),
        Content_Disposition='attachment; filename="tea.bin"',
    )
    alice.send("FILES #tea")
    line = alice.waits_for(" NOTE FILES FILE ")
    assert re.search(rf" FILE #tea 2048 alice \S+Z {re.escape(sent['Location'])} :tea\.bin$", line)
    person = server.plain("bob", room="#tea")
    person.send("\\files")
    assert re.fullmatch(
        rf"  tea\.bin  2\.0 KiB  alice  \d{{4}}-\d\d-\d\d \d\d:\d\d  {re.escape(sent['Location'])}",
        person.waits_for("tea.bin"),
    )
    assert person.line() == "1 file in #tea."
    person.close()


def test_taking_the_message_back_deletes_the_file(
    server: RunningServer, alice: Connection, tmp_path: Path
) -> None:
    sent = ask(server, "POST", "/files", b"regret", Authorization=basic("alice", PASSWORD))
    alice.send(f"PRIVMSG #tea :see {sent['Location']}")
    msgid = re.search(r"msgid=(\w+)", alice.waits_for(" PRIVMSG "))
    assert msgid
    alice.send(f"REDACT #tea {msgid[1]}")
    alice.until(" REDACT ")
    wait_until(lambda: not contents(tmp_path), alice)
    assert ask(server, "GET", path_of(sent["Location"])).status == 404


def test_an_image_is_cleaned_and_has_a_small_one(
    server: RunningServer, alice: Connection, tmp_path: Path
) -> None:
    exif = Image.Exif()
    exif[0x010E], exif[0x0112] = "geheimer Ort", 6
    exif.get_ifd(0x8825)[2] = (52.0, 31.0, 12.0)
    output = io.BytesIO()
    Image.new("RGB", (1200, 900), (200, 10, 10)).save(output, "JPEG", exif=exif)
    assert b"geheimer Ort" in output.getvalue()
    sent = ask(
        server, "POST", "/files", output.getvalue(), Authorization=bearer(alice), Content_Type="image/jpeg"
    )
    folder = "/".join(path_of(sent["Location"]).split("/")[:3])
    got = ask(server, "GET", folder)
    assert got["Content-Type"] == "image/jpeg"
    assert got["Content-Disposition"].startswith("inline")
    assert b"geheimer Ort" not in got.body
    with Image.open(io.BytesIO(got.body)) as image:
        assert image.size == (900, 1200)
        assert dict(image.getexif()) == {}
    small = ask(server, "GET", f"{folder}/thumb")
    assert small["Content-Type"] == "image/webp"
    with Image.open(io.BytesIO(small.body)) as image:
        assert image.size == (360, 480)
    about = json.loads(ask(server, "GET", f"{folder}/info").body)
    assert (about["width"], about["height"], about["thumb"]) == (900, 1200, True)
    # What is stored is what was cleaned, and nothing else.
    stored = [
        (tmp_path / "data/files" / digest[:2] / digest[2:]).read_bytes() for digest in contents(tmp_path)
    ]
    assert len(stored) == 2
    assert not any(b"geheimer Ort" in data for data in stored)
    assert left_over(tmp_path) == []


# -- tus -----------------------------------------------------------------------------------------------------


def test_tus_in_pieces(server: RunningServer, alice: Connection, tmp_path: Path) -> None:
    metadata = (
        f"filename {b64encode('grüße.txt'.encode()).decode()},filetype {b64encode(b'text/plain').decode()}"
    )
    upload = create(server, bearer(alice, "#tea"), 10, Upload_Metadata=metadata)
    first = add(server, upload, 0, b"hello")
    assert (first.status, first["Upload-Offset"]) == (204, "5")
    assert first["Upload-Expires"].endswith("GMT")
    head = tus(server, "HEAD", upload)
    assert (head.status, head["Upload-Offset"], head["Upload-Length"]) == (200, "5", "10")
    assert head["Upload-Metadata"] == metadata
    assert head["Cache-Control"] == "no-store"
    assert head.headers["Content-Location"] is None
    last = add(server, upload, 5, b"world")
    assert (last.status, last["Upload-Offset"]) == (204, "10")
    link = last["Content-Location"]
    assert link.endswith("/gr%C3%BC%C3%9Fe.txt")
    assert ask(server, "GET", path_of(link)).body == b"helloworld"
    # Whoever lost that answer asks again.
    again = tus(server, "HEAD", upload)
    assert (again["Upload-Offset"], again["Content-Location"]) == ("10", link)
    alice.send("FILES #tea")
    assert "grüße.txt" in alice.waits_for(" NOTE FILES FILE ")
    # Termination, also of what is complete.
    assert tus(server, "DELETE", upload).status == 204
    assert tus(server, "HEAD", upload).status == 404
    wait_until(lambda: not contents(tmp_path), alice)
    assert ask(server, "GET", path_of(link)).status == 404
    assert left_over(tmp_path) == []


def test_tus_refusals(server: RunningServer, alice: Connection) -> None:
    good = bearer(alice)
    old = ask(server, "POST", "/files", b"", Tus_Resumable="0.2.2", Upload_Length="5", Authorization=good)
    assert (old.status, old["Tus-Version"]) == (412, "1.0.0")
    for headers in ({}, {"Upload_Length": "-1"}, {"Upload_Length": "x"}, {"Upload_Defer_Length": "1"}):
        assert tus(server, "POST", "/files", b"", Authorization=good, **headers).status == 400
    bad = {"Upload_Length": "5", "Upload_Metadata": "filename ***"}
    assert tus(server, "POST", "/files", b"", Authorization=good, **bad).status == 400
    large = tus(server, "POST", "/files", b"", Authorization=good, Upload_Length=str(100 * MIB + 1))
    assert large.status == 413
    assert tus(server, "POST", "/files", b"", Upload_Length="5").status == 401
    upload = create(server, good, 10)
    assert ask(server, "HEAD", upload).status == 412
    assert tus(server, "PATCH", upload, b"x", Upload_Offset="0").status == 415
    assert tus(server, "PATCH", upload, b"x", Content_Type=PIECES).status == 400
    elsewhere = add(server, upload, 3, b"x")
    assert (elsewhere.status, elsewhere["Upload-Offset"]) == (409, "0")
    assert add(server, upload, 0, bytes(11)).status == 413
    assert tus(server, "HEAD", upload)["Upload-Offset"] == "0"
    assert add(server, "/files/nothing", 0, b"x").status == 404
    overridden = tus(
        server,
        "POST",
        upload,
        b"12345",
        X_HTTP_Method_Override="PATCH",
        Content_Type=PIECES,
        Upload_Offset="0",
    )
    assert overridden["Upload-Offset"] == "5"


def test_tus_checksums(server: RunningServer, alice: Connection) -> None:
    upload = create(server, bearer(alice), 10)
    for algorithm in ("sha1", "sha256"):
        wrong = f"{algorithm} {b64encode(hashlib.new(algorithm, b'other').digest()).decode()}"
        assert add(server, upload, 0, b"hello", Upload_Checksum=wrong).status == 460
        assert tus(server, "HEAD", upload)["Upload-Offset"] == "0"
    assert add(server, upload, 0, b"hello", Upload_Checksum="crc32 AAAA").status == 400
    right = f"sha1 {b64encode(hashlib.sha1(b'hello').digest()).decode()}"
    assert add(server, upload, 0, b"hello", Upload_Checksum=right)["Upload-Offset"] == "5"
    done = add(server, upload, 5, b"world")
    assert ask(server, "GET", path_of(done["Content-Location"])).body == b"helloworld"


def test_tus_creation_with_upload_and_empty_files(server: RunningServer, alice: Connection) -> None:
    good = bearer(alice)
    whole = tus(
        server, "POST", "/files", b"hello", Authorization=good, Upload_Length="5", Content_Type=PIECES
    )
    assert (whole.status, whole["Upload-Offset"]) == (201, "5")
    assert ask(server, "GET", path_of(whole["Content-Location"])).body == b"hello"
    empty = tus(server, "POST", "/files", b"", Authorization=good, Upload_Length="0")
    assert empty.status == 201
    assert ask(server, "GET", path_of(empty["Content-Location"])).body == b""


def test_whoever_comes_back_takes_the_upload_over(
    server: RunningServer, alice: Connection, tmp_path: Path
) -> None:
    """The first connection has died without saying so."""
    upload = create(server, bearer(alice), 3 * MIB)
    with socket.create_connection(("127.0.0.1", server.port)) as dead:
        head = f"PATCH {upload} HTTP/1.1\r\nHost: x\r\nTus-Resumable: 1.0.0\r\nContent-Type: {PIECES}\r\n"
        dead.sendall(f"{head}Upload-Offset: 0\r\nContent-Length: {3 * MIB}\r\n\r\n".encode() + bytes(2 * MIB))
        wait_until(lambda: any(path.stat().st_size >= MIB for path in left_over(tmp_path)), alice)
        offset = int(tus(server, "HEAD", upload)["Upload-Offset"])
        assert MIB <= offset <= 2 * MIB
        done = add(server, upload, offset, bytes(3 * MIB - offset))
        assert done["Upload-Offset"] == str(3 * MIB)
    got = ask(server, "HEAD", path_of(done["Content-Location"]))
    assert got["ETag"] == f'"{hashlib.sha256(bytes(3 * MIB)).hexdigest()}"'


def test_a_guest_who_comes_back_goes_on_as_somebody_else(server: RunningServer, tmp_path: Path) -> None:
    with server.irc("bob", "#tea", caps=CAPS) as bob:
        with server.irc("zoe", "#tea", caps=CAPS) as zoe:
            upload = create(server, bearer(zoe, "#tea"), 10)
            add(server, upload, 0, b"hello")
        bob.waits_for(r"^:zoe!\S+ QUIT")
        # Its address alone is enough for the bytes, but nobody is there to whom the file would belong.
        refused = add(server, upload, 5, b"world")
        assert refused.status == 403
        assert b"come back" in refused.body
        assert contents(tmp_path) == []
        with server.irc("zoe", "#tea", caps=CAPS) as again:
            assert tus(server, "HEAD", upload, Authorization="Bearer nonsense").status == 401
            assert tus(server, "HEAD", upload).status == 403
            head = tus(server, "HEAD", upload, Authorization=bearer(again, "#tea"))
            assert (head.status, head["Upload-Offset"]) == (200, "10")
            link = head["Content-Location"]
            assert ask(server, "GET", path_of(link)).body == b"helloworld"
            again.send(f"PRIVMSG #tea :{link}")
            msgid = re.search(r"msgid=([^;\s]+)", again.waits_for(r" PRIVMSG #tea "))
            assert msgid is not None
            again.send(f"REDACT #tea {msgid[1]}")
            again.until(" REDACT ")
            wait_until(lambda: not contents(tmp_path), again)


def test_who_takes_an_upload_over_has_its_bytes_counted(serve: Serve) -> None:
    server = serve({"files.max_size": 2, "files.quota": 2})
    with server.irc("bob", "#tea", caps=CAPS) as bob, server.irc("eve", "#tea", caps=CAPS) as eve:
        own = create(server, bearer(eve, "#tea"), MIB)
        upload = create(server, bearer(bob, "#tea"), 3 * MIB // 2)
        refused = tus(server, "HEAD", upload, Authorization=bearer(eve, "#tea"))
        assert refused.status == 413
        # It is whose it was, and counts as theirs.
        assert (
            tus(server, "POST", "/files", b"", Authorization=bearer(bob), Upload_Length=str(MIB)).status
            == 413
        )
        assert tus(server, "DELETE", own).status == 204
        assert tus(server, "HEAD", upload, Authorization=bearer(eve, "#tea")).status == 200
        assert (
            tus(server, "POST", "/files", b"", Authorization=bearer(eve), Upload_Length=str(MIB)).status
            == 413
        )
        assert (
            tus(server, "POST", "/files", b"", Authorization=bearer(bob), Upload_Length=str(MIB)).status
            == 201
        )


def test_a_file_that_a_guest_left_behind_counts_for_who_takes_it(serve: Serve) -> None:
    server = serve({"files.max_size": 2, "files.quota": 2})
    with server.irc("eve", "#tea", caps=CAPS) as eve:
        with server.irc("bob", "#tea", caps=CAPS) as bob:
            upload = create(server, bearer(bob, "#tea"), 3 * MIB // 2)
            assert add(server, upload, 0, bytes(3 * MIB // 2)).status == 204
        eve.waits_for(r"^:bob!\S+ QUIT")
        own = create(server, bearer(eve), MIB)
        refused = tus(server, "HEAD", upload, Authorization=bearer(eve, "#tea"))
        assert refused.status == 413
        assert tus(server, "DELETE", own).status == 204
        assert tus(server, "HEAD", upload, Authorization=bearer(eve, "#tea")).status == 200
        assert (
            tus(server, "POST", "/files", b"", Authorization=bearer(eve), Upload_Length=str(MIB)).status
            == 413
        )


def test_no_token_for_a_room_that_one_has_left_takes_an_upload_over(server: RunningServer) -> None:
    with server.irc("bob", "#tea", caps=CAPS) as bob, server.irc("eve", "#tea", caps=CAPS) as eve:
        upload = create(server, bearer(bob, "#tea"), 4)
        stale = bearer(eve, "#tea")
        eve.send("PART #tea")
        eve.until(" PART ")
        assert tus(server, "HEAD", upload, Authorization=stale).status == 401
        done = add(server, upload, 0, b"mine")
        assert done.status == 204
        bob.send(f"PRIVMSG #tea :{done['Content-Location']}", "FILES #tea")
        assert " bob " in bob.waits_for(" NOTE FILES FILE ")


def test_an_upload_goes_on_after_kill_9(serve: Serve, tmp_path: Path) -> None:
    data = bytes(range(256)) * (20 * MIB // 256)
    server = serve({})
    with server.irc("alice", caps=CAPS) as alice:
        alice.send(f"REGISTER alice * {PASSWORD}")
        alice.until("REGISTER SUCCESS")
        upload = create(server, bearer(alice), len(data))
        with socket.create_connection(("127.0.0.1", server.port)) as link:
            head = f"PATCH {upload} HTTP/1.1\r\nHost: x\r\nTus-Resumable: 1.0.0\r\nContent-Type: {PIECES}\r\n"
            link.sendall(f"{head}Upload-Offset: 0\r\nContent-Length: {len(data)}\r\n\r\n".encode())
            link.sendall(data[: 8 * MIB])
            wait_until(lambda: any(path.stat().st_size >= 4 * MIB for path in left_over(tmp_path)), alice)
            server.kill()
    (tmp_path / "data/files/ab").mkdir(exist_ok=True)
    (tmp_path / "data/files/ab" / ("c" * 62)).write_bytes(b"nobody wants this")
    server = serve({})
    assert contents(tmp_path) == []
    offset = int(tus(server, "HEAD", upload)["Upload-Offset"])
    assert 4 * MIB <= offset < len(data)
    done = add(server, upload, offset, data[offset:])
    assert done.status == 204
    assert ask(server, "GET", path_of(done["Content-Location"])).body == data
    assert contents(tmp_path) == [hashlib.sha256(data).hexdigest()]
    server.stop()
    server = serve({})
    assert ask(server, "GET", path_of(done["Content-Location"])).body == data
    assert tus(server, "HEAD", upload)["Content-Location"].endswith(path_of(done["Content-Location"]))


# -- the disk, and memory ------------------------------------------------------------------------------------


def test_a_large_file_costs_no_memory(server: RunningServer, alice: Connection, tmp_path: Path) -> None:
    good, size = bearer(alice), 64
    ask(server, "POST", "/files", bytes(3 * MIB), Authorization=good)
    before = most = server.memory()

    def pieces() -> Iterator[bytes]:
        nonlocal most
        for number in range(size):
            yield bytes([number]) * MIB
            most = max(most, server.memory())

    sent = ask(server, "POST", "/files", pieces(), Authorization=good, Content_Length=str(size * MIB))
    assert sent.status == 201
    assert most - before < 16 * MIB
    link = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    link.request("GET", path_of(sent["Location"]))
    response, got = link.getresponse(), 0
    while data := response.read(MIB):
        got += len(data)
        most = max(most, server.memory())
    link.close()
    assert got == size * MIB
    assert most - before < 16 * MIB


def test_a_full_disk_is_said_and_leaves_nothing(serve: Serve, tmp_path: Path) -> None:
    """The disk is a small one in memory."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(disk)], check=False).returncode:
        pytest.skip("only root can make a disk")
    try:
        server = serve({"files.folder": str(disk)})
        with server.irc("bob", caps=CAPS) as bob:
            good = bearer(bob)
            assert ask(server, "POST", "/files", bytes(4 * MIB), Authorization=good).status == 201
            # Told beforehand, when it is known how much it will be …
            told = ask(server, "POST", "/files", bytes(14 * MIB), Authorization=good)
            assert told.status == 507
            assert b"disk is full" in told.body

            # … or when it is too much, else.
            def pieces() -> Iterator[bytes]:
                yield from (bytes(MIB) for _ in range(14))

            found = ask(server, "POST", "/files", pieces(), Authorization=good)
            assert found.status == 507
            upload = create(server, good, 10 * MIB)
            (disk / "filler").write_bytes(bytes(9 * MIB))
            assert add(server, upload, 0, bytes(10 * MIB)).status == 507
            assert tus(server, "HEAD", upload).status == 404
            (disk / "filler").unlink()
            assert list((disk / "unfinished").iterdir()) == []
            assert len(list(disk.glob("??/*"))) == 1
            # It goes on as if nothing had happened.
            assert ask(server, "POST", "/files", bytes(2 * MIB), Authorization=good).status == 201
        server.stop()
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=False)


def test_a_folder_that_can_not_be_used_is_said_at_start(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    process, _ = start(tmp_path / "server", {"files.folder": str(tmp_path / "file")}, [{"port": 0}])
    said, _ = process.communicate(timeout=20)
    assert process.returncode == 69
    assert re.search(rb"can't keep files in .*; see files\.folder", said)
