"""Files in the terminal client, at a real server: /upload, /files, /get and links into rooms.

docs/specs/upload.md, docs/specs/invite-link.md, soju.im/FILEHOST
"""

from __future__ import annotations

import asyncio
import os
import re
import socket
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from chatting import Chatter, chatting, heard, play
from hubbub.client.http import Asking, HttpClient, NoAnswer
from hubbub.client.settings import Settings
from serving import Connection, RunningServer

MIB = 1 << 20


class Relay:
    """A wire to the server that can be cut and held. `cuts`: of each PATCH, after so many bytes of it.

    `flows`: while it isn't set, no PATCH gets further than `held_at` bytes.
    """

    def __init__(self, target: int) -> None:
        self.target = target
        self.cuts: list[int] = []
        self.held_at = 1 << 40
        self.flows = asyncio.Event()
        self.requests: list[bytes] = []
        self._tasks: set[asyncio.Task[None]] = set()

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            await self._relay(reader, writer)
        except OSError:
            pass
        finally:
            writer.transport.abort()

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.target)
        back = asyncio.create_task(self._back(far_reader, writer))
        try:
            await self._forth(reader, far_writer)
        finally:
            far_writer.transport.abort()
            back.cancel()

    async def _forth(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        data = await reader.read(65_536)
        self.requests.append(data.split(b" ")[0])
        is_piece = data.startswith(b"PATCH")
        cut = self.cuts.pop(0) if is_piece and self.cuts else -1
        passed = 0
        while data:
            passed += len(data)
            if 0 <= cut < passed:
                return
            if is_piece and passed > self.held_at:
                await self.flows.wait()
            writer.write(data)
            await writer.drain()
            data = await reader.read(65_536)

    async def _back(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(65_536):
                writer.write(data)
                await writer.drain()
            writer.close()

    async def end(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


@asynccontextmanager
async def relayed(tmp_path: Path) -> AsyncIterator[tuple[Relay, int, RunningServer]]:
    """A server behind a relay, and the port of that."""
    taken = socket.create_server(("127.0.0.1", 0))
    port = taken.getsockname()[1]
    settings = {"files.max_size": 64, "web.url": f"http://127.0.0.1:{port}"}
    server = await asyncio.to_thread(RunningServer, tmp_path / "server", settings)
    relay = Relay(server.port)
    listening = await asyncio.start_server(relay.connected, sock=taken)
    try:
        yield relay, port, server
    finally:
        listening.close()
        await relay.end()
        await asyncio.to_thread(server.kill)
        assert server.process.stdout is not None
        server.process.stdout.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    settings = {"files.max_size": 2, "files.quota": 500}
    with RunningServer(tmp_path_factory.mktemp("server"), settings) as running:
        yield running


async def idle(chatter: Chatter) -> None:
    await chatter.until(lambda: not chatter.app.transfers)


async def link_in(listener: Connection, room: str) -> str:
    said = (await heard(listener, rf"PRIVMSG {room} :.*http"))[-1]
    return said.rpartition(" ")[2].removeprefix(":")


# -- there and back -------------------------------------------------------------------------------------------


def test_a_file_and_its_link(server: RunningServer, tmp_path: Path) -> None:
    async def story() -> None:
        await asyncio.to_thread((tmp_path / "my cat.txt").write_text, "miau")
        with server.irc("bob", "#tea") as bob:
            async with chatting(server, tmp_path, "alice", "#tea") as alice:
                await alice.types(f"/upload {tmp_path}/my cat.txt look at this")
                said = (await heard(bob, r"PRIVMSG #tea :look at this http"))[-1]
                assert said.endswith("/my%20cat.txt"), said
                await alice.types("/files")
                await alice.shows(r"1  alice  \d\d:\d\d  4 bytes  my cat.txt")
                for name in ("my cat.txt", "my cat (2).txt"):
                    await alice.types(f"/get 1 {tmp_path}/got")
                    await alice.shows("The file is in")
                    await alice.until((tmp_path / "got" / name).exists)
                    await idle(alice)
                assert await asyncio.to_thread((tmp_path / "got" / "my cat (2).txt").read_text) == "miau"

    play(story)


def test_it_goes_to_where_it_was_typed(server: RunningServer, tmp_path: Path) -> None:
    async def story() -> None:
        await asyncio.to_thread((tmp_path / "cat.txt").write_text, "miau")
        with server.irc("bobby", "#here", "#there") as bob:
            async with chatting(server, tmp_path, "alina", "#here", "#there") as alice:
                await alice.types(f"/upload {tmp_path}/cat.txt")
                alice.app.show_window(alice.window("#there"))
                assert (await link_in(bob, "#here")).endswith("/cat.txt")

    play(story)


def test_by_tls_with_the_certificate_that_the_chat_has_met(server: RunningServer, tmp_path: Path) -> None:
    """The server's own certificate, which nobody vouches for, is good for its files as for the chat."""

    async def story() -> None:
        await asyncio.to_thread((tmp_path / "cat.txt").write_text, "miau")
        settings = Settings.load(tmp_path / "tls.toml")
        settings.server("127.0.0.1", server.port).tls = True
        with server.irc("bea", "#tls", caps="message-tags") as bea:
            async with chatting(server, tmp_path, "anna", "#tls", settings=settings) as anna:
                assert anna.network.encrypted
                await anna.types(f"/upload {tmp_path}/cat.txt")
                await link_in(bea, "#tls")
                await anna.types("/files")
                await anna.shows("cat.txt$|cat.txt ")
                await anna.types(f"/get 1 {tmp_path}/tls")
                await anna.until((tmp_path / "tls" / "cat.txt").exists)
                await idle(anna)

        stranger = HttpClient()
        with pytest.raises(NoAnswer, match="can't be trusted") as refused:
            await stranger(Asking("GET", f"https://127.0.0.1:{server.port}/"))
        assert refused.value.is_final
        # Nothing new was learned about who may be believed.
        assert len(settings.servers) == 1

    play(story)


# -- what goes wrong ------------------------------------------------------------------------------------------


def test_says_what_is_wrong(server: RunningServer, tmp_path: Path) -> None:
    async def story() -> None:
        await asyncio.to_thread((tmp_path / "big").write_bytes, bytes(3 * MIB))
        async with chatting(server, tmp_path, "ada", "#wrong", size=(150, 40)) as ada:
            for typed, words in (
                (f"/upload {tmp_path}/none", "There is no file"),
                (f"/upload {tmp_path}", r"is a folder;"),
                (f"/upload {tmp_path}/big", r"The file has 3\.0 MiB; this server takes at most 2\.0 MiB"),
                ("/upload", "A picture can't be pasted: there is no display"),
                ("/upload ~nobody-of-that-name/x", "There is no file"),
                ("/upload cancel", "No file is on its way here"),
                ("/files", "Nobody gave a file here yet"),
                ("/get 1", "There is no file 1 here"),
            ):
                await ada.types(typed)
                await ada.shows(words)
            await idle(ada)

    play(story)


def test_pastes_the_picture_in_the_clipboard(server: RunningServer, tmp_path: Path) -> None:
    async def story() -> None:
        await asyncio.to_thread(make_clipboard, tmp_path)
        environ = {"WAYLAND_DISPLAY": "w0", "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}"}
        with server.irc("paul", "#paste") as paul:
            async with chatting(server, tmp_path, "pia", "#paste", environ=environ) as pia:
                await pia.types("/upload")
                assert re.search(r"/pasted-\d{8}-\d{6}\.png$", await link_in(paul, "#paste"))
                await idle(pia)

    play(story)


def make_clipboard(folder: Path) -> None:
    from PIL import Image

    (folder / "bin").mkdir()
    Image.new("RGB", (8, 8), "red").save(folder / "clip.png")
    program = folder / "bin" / "wl-paste"
    program.write_text(f"#!/bin/sh\nexec cat '{folder}/clip.png'\n")
    program.chmod(0o755)


def test_no_file_is_taken(tmp_path: Path) -> None:
    async def story() -> None:
        server = await asyncio.to_thread(RunningServer, tmp_path / "server", {"files.enabled": False})
        with server:
            async with chatting(server, tmp_path, "ann", "#tea") as ann:
                await ann.types("/upload x")
                await ann.shows("This server takes no files")

    play(story)


# -- a connection that breaks ---------------------------------------------------------------------------------


def test_goes_on_after_the_connection_broke(tmp_path: Path) -> None:
    async def story() -> None:
        content = os.urandom(3 * MIB)
        await asyncio.to_thread((tmp_path / "film").write_bytes, content)
        async with relayed(tmp_path) as (relay, port, server):
            relay.cuts = [MIB, 200_000]
            with server.irc("bob", "#tea") as bob:
                async with chatting(port, tmp_path, "alice", "#tea") as alice:
                    await alice.types(f"/upload {tmp_path}/film")
                    assert (await link_in(bob, "#tea")).endswith("/film")
                    assert relay.requests.count(b"PATCH") == 3
                    assert relay.requests.count(b"POST") == 1
                    await alice.types("/files")
                    await alice.shows("film")
                    await alice.types(f"/get 1 {tmp_path}/got")
                    await alice.shows("The file is in")
                    assert await asyncio.to_thread((tmp_path / "got/film").read_bytes) == content

    play(story)


def test_progress_and_cancelling(tmp_path: Path) -> None:
    async def story() -> None:
        with (tmp_path / "film").open("wb") as film:
            film.truncate(20 * MIB)
        async with relayed(tmp_path) as (relay, port, _server):
            relay.held_at = 4 * MIB
            async with chatting(port, tmp_path, "alice", "#tea") as alice:
                for cancel in ("typed", "keys"):
                    await alice.types(f"/upload {tmp_path}/film")
                    await alice.shows(r"↑ film  \d+ % of 20 MiB.* #tea")
                    await alice.until(lambda: alice.app.transfers[0].done > 4 * MIB)
                    if cancel == "typed":
                        await alice.types("/upload cancel")
                    else:
                        await alice.press("escape")
                        await alice.shows("Esc once more cancels film")
                        await alice.press("escape")
                    await idle(alice)
                    await alice.shows("film was cancelled")
                    await alice.hides("↑ film")
                    # The server hears of it, too.
                    await alice.until(lambda: b"DELETE" in relay.requests)
                    relay.requests.clear()
                    await alice.types("/clear")

    play(story)


def test_a_large_file_takes_little_memory(tmp_path: Path) -> None:
    async def story() -> None:
        with (tmp_path / "film").open("wb") as film:
            film.truncate(60 * MIB)
        async with relayed(tmp_path) as (_relay, port, server):
            with server.irc("bob", "#tea") as bob:
                async with chatting(port, tmp_path, "alice", "#tea") as alice:
                    before = await asyncio.to_thread(memory)
                    await alice.types(f"/upload {tmp_path}/film")
                    await link_in(bob, "#tea")
                    await alice.types("/files")
                    await alice.shows("60 MiB")
                    await alice.types(f"/get 1 {tmp_path}/got")
                    await alice.shows("The file is in")
                    assert (tmp_path / "got" / "film").stat().st_size == 60 * MIB
                    assert await asyncio.to_thread(memory) - before < 30 * MIB

    play(story)


def memory() -> int:
    """Bytes that this process has had in use at most."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found
    return int(found[1]) * 1024


Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def hosted(handler: Handler) -> AsyncIterator[int]:
    """The port of a web server that answers so; at the end nothing of it is left open."""
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            await handler(reader, writer)
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield listening.sockets[0].getsockname()[1]
    finally:
        listening.close()
        await asyncio.gather(*tasks, return_exceptions=True)


def test_a_half_download_leaves_nothing(tmp_path: Path) -> None:
    async def liar(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")

    async def story() -> None:
        from hubbub.client.downloading import Download

        async with hosted(liar) as port:
            with pytest.raises(NoAnswer):
                await Download(HttpClient(), f"http://127.0.0.1:{port}/cat.png", tmp_path / "got").run()
            assert list((tmp_path / "got").iterdir()) == []

    play(story)


def test_an_answer_before_all_is_sent(tmp_path: Path) -> None:
    """A server says that a file is too large while it still comes, and hangs up."""

    async def refuses(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 413 Too large\r\nContent-Length: 5\r\n\r\nlarge")
        await writer.drain()
        await reader.read()

    async def zeros() -> AsyncGenerator[bytes, None]:
        while True:
            yield bytes(65_536)

    async def story() -> None:
        async with hosted(refuses) as port:
            asking = Asking("POST", f"http://127.0.0.1:{port}/", body=zeros(), length=1 << 40)
            answer = await HttpClient()(asking)
            assert (answer.status, answer.text) == (413, "large")

    play(story)


def test_a_silent_server_is_given_up(tmp_path: Path) -> None:
    async def says_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async def story() -> None:
        async with hosted(says_nothing) as port:
            with pytest.raises(NoAnswer, match="silent"):
                await HttpClient(patience=0.2)(Asking("GET", f"http://127.0.0.1:{port}/"))

    play(story)


# -- links into rooms -----------------------------------------------------------------------------------------


def test_a_link_into_the_room(server: RunningServer, tmp_path: Path) -> None:
    async def story() -> None:
        async with chatting(server, tmp_path, "olga", "#door", size=(120, 45)) as olga:
            await olga.types("/mode +i")
            await olga.shows("by invitation only")
            await olga.types("/invite link 5 2d")
            screen = await olga.shows(r"Whoever opens this comes into #door, for 5 people, until ")
            assert "█" in screen
            token = re.search(r"/i/([a-z2-7]{26})", screen)
            assert token is not None
            await olga.press("escape")
            await olga.shows(r"A link into #door, for 5 people, until ")
            guest = await asyncio.to_thread(server.irc, "guest")
            guest.send(f"JOIN #door {token[1]}")
            await heard(guest, " 366 ")
            guest.close()
            await olga.types("/invite link many")
            await olga.shows("Say 30m, 2h, 7d, 4w or never")

    play(story)


@pytest.mark.parametrize("size", [(60, 16), (120, 45)])
def test_the_code_is_shown_where_it_fits_as_a_whole(
    server: RunningServer, tmp_path: Path, size: tuple[int, int]
) -> None:
    async def story() -> None:
        async with chatting(server, tmp_path, f"otto{size[0]}", f"#qr{size[0]}", size=size) as otto:
            await otto.types("/invite")
            await otto.shows("copies the link")
            screen = await otto.shows("/i/")
            assert ("█▀▀▀▀▀█" in screen) is (size[0] > 100)

    play(story)
