"""Taking files: from bytes that come in to a fact, with the disk beside the loop.

Owns the uploads under way on this node, and what may go on at once. Speaks no HTTP: uploads.py does, and gives bytes.
One at a time adds to an upload; whoever comes back for one takes it over from a connection that has died unnoticed.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeVar

from msgspec.structs import replace

from hubbub.core.accounts import accounts
from hubbub.core.files import MIB, File, clean_name, deleting, files, give, new_id
from hubbub.core.uploading import Grants, TooMuch, Uploader, check_room_for, is_known, store
from hubbub.files.containers import Damaged
from hubbub.files.images import NO_PICTURE, Picture, cleaned, look_at
from hubbub.files.kinds import ANYTHING, IMAGES, file_type, image_type
from hubbub.files.store import DiskFull, Store
from hubbub.files.unfinished import PIECE, Announced, Unfinished, digest_of, restore
from hubbub.net.web.file_login import Allowance, Answer, Pace

if TYPE_CHECKING:
    from hubbub.core.hub import Hub

log = logging.getLogger("hubbub.net")

THREADS = 4
IDLE = 60.0
"""Seconds without a byte after which an upload is left alone."""
PICTURE = 20.0
"""Seconds for the small picture of an image."""
FACT = 30.0
"""Seconds until what was proposed must have happened."""
DAY_MS = 86_400_000
HOUR = 3600.0
UNFINISHED = 2000
UNFINISHED_OF_ONE = 20
UNFINISHED_OF_NETWORK = 200
"""By all guests of one network; without it they could take all that there may be."""
BY_PERSON, BY_NETWORK, MINUTE = 60, 300, 60
"""Uploads that may be begun in a minute: a class lives behind one address."""
GUESTS = 4
"""What all guests of one network may send in a day, as a multiple of files.quota: a new name is soon found."""
GIF = "image/gif"
LEFT = "You have left meanwhile, so the file was not stored; come back, and go on with a new token."

Result = TypeVar("Result")


class Body(Protocol):
    """What a client sends."""

    @property
    def ended(self) -> bool: ...

    async def next(self) -> bytes | None:
        """Some more; None at its end, and when the client is gone (then `ended` is False)."""


class Content(NamedTuple):
    """What is to be stored, and where it lies now."""

    path: Path
    digest: str
    size: int
    type: str


class Taking:
    """An upload, and what is going on with it at the moment."""

    def __init__(self, upload: Unfinished, now_ms: int, *, resumable: bool = True) -> None:
        self.upload = upload
        self.resumable = resumable
        self.lock = asyncio.Lock()
        self.touched_ms = now_ms
        self.reserved = 0
        self.is_over = False
        self.network = ""
        """For a guest's: the network that they came from, which has a limit for all of its guests."""
        self._patience: asyncio.Timeout | None = None
        self._waiting = 0
        """Those who would go on with it; the last one to come does."""

    @property
    def expires_ms(self) -> int:
        return self.touched_ms + DAY_MS

    async def take_over(self) -> None:
        """Become the one that adds to it; `lock` is held afterwards."""
        if self._patience is not None and not self._patience.expired():
            self._patience.reschedule(0)
        self._waiting += 1
        try:
            await self.lock.acquire()
        finally:
            self._waiting -= 1

    async def next(self, body: Body) -> bytes | None:
        """Some more of its bytes; None if there are none, or if somebody else wants to go on with it."""
        if self._waiting:
            return None
        try:
            async with asyncio.timeout(IDLE) as self._patience:
                return await body.next()
        except TimeoutError:
            return None
        finally:
            self._patience = None


class FileHost:
    """The files of one server. `open` before anything else."""

    def __init__(self, hub: Hub, folder: Path) -> None:
        self.hub = hub
        self.store = Store(folder, lambda digest: bool(files(hub).uses.get(digest)))
        self.unfinished = folder / "unfinished"
        self.takings: dict[str, Taking] = {}
        self.by_person = Pace(hub.clock, BY_PERSON, MINUTE)
        self.by_network = Pace(hub.clock, BY_NETWORK, MINUTE)
        self.of_guests = Allowance(hub.clock, DAY_MS)
        self._is_closed = False
        self._threads = ThreadPoolExecutor(THREADS, "files")
        self._pictures = ThreadPoolExecutor(1, "pictures")

    async def open(self) -> None:
        """Take up what is there, and delete what nobody wants."""
        files(self.hub).dropped = self._drop
        for upload in await self._beside(self._read):
            taking = Taking(upload, max(upload.announced.at_ms, self.hub.clock() - DAY_MS + 1))
            self.takings[upload.announced.id] = taking
            if not upload.announced.file:
                self._reserve(taking, upload.announced.length)
        self.hub.later(HOUR, self._sweep)

    def close(self) -> None:
        self._is_closed = True
        # What goes from now on is swept at the next start.
        files(self.hub).dropped = lambda _digest: None
        self._threads.shutdown(wait=True)
        self._pictures.shutdown(wait=False, cancel_futures=True)

    def _read(self) -> list[Unfinished]:
        self.unfinished.mkdir(parents=True, exist_ok=True)
        swept = self.store.sweep()
        if swept:
            log.info("deleted contents=%d that nothing refers to", swept)
        return list(restore(self.unfinished, self.hub.clock() - DAY_MS))

    def _drop(self, digest: str) -> None:
        self._threads.submit(self.store.discard, digest)

    def _sweep(self) -> None:
        if self.hub.closing:
            return
        for taking in list(self.takings.values()):
            if taking.expires_ms < self.hub.clock() and not taking.lock.locked():
                self.hub.spawn(self.drop(taking))
        self.hub.later(HOUR, self._sweep)

    async def _beside(self, work: Callable[..., Result], *args: object) -> Result:
        """Run what blocks in a thread, to its end: also if nobody waits for it any more."""
        if self._is_closed:
            raise Answer(503, "The server is stopping; try again in a moment.")
        future = asyncio.get_running_loop().run_in_executor(self._threads, work, *args)
        try:
            return await asyncio.shield(future)
        except asyncio.CancelledError:
            await asyncio.wait([future])
            raise

    async def look(self, work: Callable[[], Result]) -> Result:
        """Ask the disk something."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    # -- beginning ------------------------------------------------------------------------------------------

    async def begin(
        self,
        who: Uploader,
        name: str,
        type: str,
        length: int,
        *,
        network: str,
        metadata: str = "",
        resumable: bool = False,
    ) -> Taking:
        """Make room for an upload. Raises Answer, TooMuch or DiskFull."""
        if not self.hub.settings.files.enabled:
            raise Answer(403, "This server takes no files.")
        self._check_number(who, network)
        check_room_for(self.hub, who.id, max(length, 0), max(length, 0))
        announced = Announced(
            id=new_id(),
            owner=who.id,
            by=who.nick,
            topic=who.topic,
            name=clean_name(name),
            type=type,
            length=length,
            at_ms=self.hub.clock(),
            metadata=metadata,
        )
        taking = Taking(Unfinished(self.unfinished, announced), announced.at_ms, resumable=resumable)
        taking.network = network if who.id not in accounts(self.hub).by_id else ""
        self.takings[announced.id] = taking
        try:
            self._reserve(taking, max(length, 0))
            await self._beside(self.store.check_room, max(length, 0))
            await self._beside(lambda: taking.upload.begin(resumable=resumable))
        except BaseException:
            await self.drop(taking)
            raise
        return taking

    def _check_number(self, who: Uploader, network: str) -> None:
        open_ = [each for each in self.takings.values() if not each.upload.announced.file]
        of_one = sum(each.upload.announced.owner == who.id for each in open_)
        is_guest = who.id not in accounts(self.hub).by_id
        of_network = sum(each.network == network for each in open_) if is_guest else 0
        if of_one >= UNFINISHED_OF_ONE or of_network >= UNFINISHED_OF_NETWORK or len(open_) >= UNFINISHED:
            raise Answer(429, "Too many uploads are unfinished; finish some of them, or end them.")

    def _reserve(self, taking: Taking, size: int) -> None:
        most = GUESTS * self.hub.settings.files.quota * MIB
        if taking.network and not self.of_guests.take(taking.network, size, most):
            raise TooMuch("Guests at your address have sent a lot today; log in to send more.")
        taking.reserved += size
        self.hub.part(Grants).under_way[taking.upload.announced.owner] += size

    def _release(self, taking: Taking) -> None:
        under_way, owner = self.hub.part(Grants).under_way, taking.upload.announced.owner
        under_way[owner] -= taking.reserved
        taking.reserved = 0
        if under_way[owner] <= 0:
            del under_way[owner]

    async def drop(self, taking: Taking) -> None:
        """It is over; nothing of it is left."""
        taking.is_over = True
        self.takings.pop(taking.upload.announced.id, None)
        self._release(taking)
        await self._beside(taking.upload.drop)

    async def hand_over(self, taking: Taking, who: Uploader, network: str) -> None:
        """It is theirs from now on who know its address and have a token.

        A guest who comes back is somebody else, and goes on with it as that. What holds for one who begins it holds for
        them: raises Answer or TooMuch, and then it stays whose it was.
        """
        announced = taking.upload.announced
        if who.id == announced.owner and who.topic in ("", announced.topic):
            return
        if announced.file:
            await self._give(announced.file, who)
            return
        self._check_own(taking, who, network)
        announced = replace(announced, owner=who.id, by=who.nick, topic=who.topic)
        await self._beside(taking.upload.remember, announced)

    def _check_own(self, taking: Taking, who: Uploader, network: str) -> None:
        """Count its bytes as somebody else's. Nothing is waited for, so no other upload can come between."""
        announced, size = taking.upload.announced, taking.reserved
        if who.id == announced.owner:
            return
        self._check_number(who, network)
        self._release(taking)
        under_way = self.hub.part(Grants).under_way
        try:
            check_room_for(self.hub, who.id, announced.length, announced.length)
            self._charge(taking, who, network, size)
        except TooMuch:
            under_way[announced.owner] += size
            raise
        finally:
            taking.reserved = size
        under_way[who.id] += size

    def _charge(self, taking: Taking, who: Uploader, network: str, size: int) -> None:
        """Of the guests of a network; it has been charged where it was begun from there."""
        is_guest = who.id not in accounts(self.hub).by_id
        if is_guest and network != taking.network:
            most = GUESTS * self.hub.settings.files.quota * MIB
            if not self.of_guests.take(network, size, most):
                raise TooMuch("Guests at your address have sent a lot today; log in to send more.")
        taking.network = network if is_guest else ""

    async def _give(self, id: str, who: Uploader) -> None:
        """It has become a file before its guest could say so, and the guest is somebody else by now. Raises TooMuch."""
        file = files(self.hub).by_id.get(id)
        if file is None or is_known(self.hub, file.owner):
            return
        check_room_for(self.hub, who.id, file.size, file.size)
        under_way = self.hub.part(Grants).under_way
        under_way[who.id] += file.size
        happened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        give(
            self.hub, file, who.id, who.topic, lambda: None if happened.done() else happened.set_result(None)
        )
        try:
            await asyncio.wait_for(happened, FACT)
        except TimeoutError:
            raise Answer(503, "The file could not be given to you; try again later.") from None
        finally:
            under_way[who.id] -= file.size
            if under_way[who.id] <= 0:
                del under_way[who.id]

    # -- bytes ----------------------------------------------------------------------------------------------

    async def receive(self, taking: Taking, body: Body) -> None:
        """Add what comes, as far as it comes. Raises TooMuch or DiskFull; of a full disk nothing is left."""
        try:
            await self._receive(taking, body)
        except DiskFull:
            await self.drop(taking)
            raise
        finally:
            taking.touched_ms = self.hub.clock()
            await self._beside(taking.upload.pause)

    async def _receive(self, taking: Taking, body: Body) -> None:
        data = bytearray()
        while (more := await taking.next(body)) is not None:
            data += more
            if len(data) >= PIECE:
                await self._add(taking, data)
                data = bytearray()
        if data:
            await self._add(taking, data)

    async def _add(self, taking: Taking, data: bytearray) -> None:
        upload = taking.upload
        length, size = upload.announced.length, upload.offset + len(data)
        if length >= 0 and size > length:
            raise TooMuch("That is more than was announced.")
        if length < 0:
            check_room_for(self.hub, upload.announced.owner, size, len(data))
            self._reserve(taking, len(data))
        await self._beside(self._write, upload, data)

    def _write(self, upload: Unfinished, data: bytearray) -> None:
        self.store.check_room(len(data))
        upload.write(data)

    async def take_back(self, taking: Taking, offset: int) -> None:
        await self._beside(taking.upload.take_back, offset)

    # -- the end --------------------------------------------------------------------------------------------

    async def finish(self, taking: Taking) -> File:
        """All bytes are there: make it a file. Raises Answer or DiskFull."""
        known = files(self.hub).by_id.get(taking.upload.announced.file)
        if known is not None:
            return known
        if not is_known(self.hub, taking.upload.announced.owner):
            # Its bytes stay for a day, for whoever comes back for them.
            raise Answer(403, LEFT)
        try:
            content = await self._beside(self._prepare, taking.upload)
            return await self._finish(taking, content)
        except DiskFull:
            await self.drop(taking)
            raise

    def _prepare(self, upload: Unfinished) -> Content:
        """In a thread: its type, and its digest once it has been cleaned."""
        upload.pause()
        with upload.path.open("rb") as source:
            head = source.read(12)
        type = file_type(head, upload.announced.type, upload.announced.name)
        clean = upload.path.with_suffix(".clean")
        if type in IMAGES and type != GIF:
            try:
                cleaned(type, upload.path, clean)
            except Damaged:
                clean.unlink(missing_ok=True)
                type = ANYTHING
            except DiskFull:
                clean.unlink(missing_ok=True)
                raise
            else:
                return Content(clean, digest_of(clean).hexdigest(), clean.stat().st_size, image_type(head))
        return Content(upload.path, upload.digest(), upload.offset, type)

    async def _finish(self, taking: Taking, content: Content) -> File:
        announced = taking.upload.announced
        picture = await self._look_at(content)
        small = ""
        if picture.small:
            small = await self._beside(self._keep_small, taking.upload, picture.small)
        try:
            await self._beside(self.store.adopt, content.path, content.digest)
            try:
                file = File(
                    id=new_id(),
                    digest=content.digest,
                    name=announced.name,
                    size=content.size,
                    type=content.type,
                    owner=announced.owner,
                    by=announced.by,
                    at_ms=self.hub.clock(),
                    topic=announced.topic,
                    width=picture.width,
                    height=picture.height,
                    thumb=small,
                )
                await self._become(file)
            except Answer:
                if content.path == taking.upload.path:
                    await self._beside(self.store.give_back, content.digest, content.path)
                raise
            finally:
                await self._beside(self.store.release, content.digest)
        finally:
            if small:
                await self._beside(self.store.release, small)
        self._release(taking)
        if taking.resumable:
            await self._beside(self._done, taking.upload, file.id)
        return file

    async def _look_at(self, content: Content) -> Picture:
        if content.type not in IMAGES:
            return NO_PICTURE
        loop = asyncio.get_running_loop()
        future = loop.run_in_executor(self._pictures, look_at, content.type, content.path)
        try:
            return await asyncio.wait_for(asyncio.shield(future), PICTURE)
        except TimeoutError:
            log.warning("an image took too long: it has no small picture")
            return NO_PICTURE

    def _keep_small(self, upload: Unfinished, small: bytes) -> str:
        path = upload.path.with_suffix(".small")
        path.write_bytes(small)
        digest = str(digest_of(path).hexdigest())
        self.store.adopt(path, digest)
        return digest

    async def _become(self, file: File) -> None:
        """Propose the fact and wait until it has happened."""
        happened: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

        def done(is_there: bool) -> None:
            if not happened.done():
                happened.set_result(is_there)

        store(self.hub, file, done)
        try:
            is_there = await asyncio.wait_for(happened, FACT)
        except TimeoutError:
            raise Answer(503, "The file could not be stored; try again later.") from None
        if not is_there:
            raise Answer(403, LEFT)

    def _done(self, upload: Unfinished, file: str) -> None:
        """Whoever lost the last answer is told for a day what has become of it."""
        upload.remember(replace(upload.announced, file=file))
        upload.path.unlink(missing_ok=True)

    async def end(self, taking: Taking) -> None:
        """Its owner wants it gone, also if it has become a file."""
        file = files(self.hub).by_id.get(taking.upload.announced.file)
        if file is not None:
            event, puts = deleting([file.id])
            self.hub.propose(event, puts=puts)
        await self.drop(taking)
