"""Uploads between bytes and fact, where somebody leaves at the worst moment."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from hubbub.core.files import files
from hubbub.core.uploading import Uploader
from hubbub.net.web.file_login import Answer
from hubbub.net.web.filehost import UNFINISHED, UNFINISHED_OF_NETWORK, UNFINISHED_OF_ONE, FileHost, Taking
from hubworld import Client, World

NETWORK = "192.0.2.0"


class Bytes:
    """All at once."""

    def __init__(self, data: bytes) -> None:
        self.ended = False
        self._data = data

    async def next(self) -> bytes | None:
        if self.ended:
            return None
        self.ended = True
        return self._data


def uploader(client: Client) -> Uploader:
    user = client.session.user
    assert user is not None
    return Uploader(user.id, user.nick)


async def complete(host: FileHost, who: Uploader, data: bytes) -> Taking:
    taking = await host.begin(who, "notes.txt", "text/plain", len(data), network=NETWORK, resumable=True)
    await host.receive(taking, Bytes(data))
    return taking


@pytest.mark.parametrize("others", [False, True])
def test_who_leaves_while_it_becomes_a_file_loses_no_byte(tmp_path: Path, others: bool) -> None:
    """`others`: somebody has sent the same content."""
    world = World()
    data = b"two thousand millions of them" * 10_000

    async def story() -> None:
        host = FileHost(world.hub, tmp_path)
        await host.open()
        try:
            if others:
                await host.finish(await complete(host, uploader(world.client("bob")), data))
            zoe = world.client("zoe")
            taking = await complete(host, uploader(zoe), data)
            finishing = asyncio.ensure_future(host.finish(taking))
            # Now a thread looks at the content.
            await asyncio.sleep(0)
            zoe.leave()
            with pytest.raises(Answer, match="come back, and go on"):
                await finishing
            again = uploader(world.client("zoe"))
            await host.hand_over(taking, again, NETWORK)
            file = await host.finish(taking)
            assert file.owner == again.id
            with host.store.path(file.digest).open("rb") as kept:
                assert kept.read() == data
            assert len(files(world.hub).by_id) == 1 + others
        finally:
            host.close()

    asyncio.run(story())
    left = [path for path in tmp_path.glob("*/*") if path.suffix != ".json"]
    assert len(left) == 1


def test_guests_of_one_network_leave_room_for_others(tmp_path: Path) -> None:
    """A name is soon changed; what each guest may leave unfinished must not be all that there may be."""
    world = World()

    async def begun(host: FileHost, who: Uploader, network: str) -> None:
        await host.begin(who, "notes.txt", "text/plain", 1, network=network, resumable=True)

    async def fill(host: FileHost) -> int:
        for count in range(UNFINISHED):
            who = Uploader(f"guest-{count // UNFINISHED_OF_ONE}", "zoe")
            try:
                await begun(host, who, NETWORK)
            except Answer:
                return count
        return UNFINISHED

    async def story() -> None:
        host = FileHost(world.hub, tmp_path)
        await host.open()
        try:
            assert await fill(host) == UNFINISHED_OF_NETWORK
            with pytest.raises(Answer, match="unfinished"):
                await begun(host, uploader(world.client("eve")), NETWORK)
            await begun(host, uploader(world.client("bob")), "198.51.100.0")
            alice = world.client("alice")
            alice.asks("NS REGISTER open-sesame")
            await begun(host, uploader(alice), NETWORK)
        finally:
            host.close()

    asyncio.run(story())
