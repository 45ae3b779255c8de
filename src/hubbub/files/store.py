"""Contents on the disk, each once, under the SHA-256 of its bytes: <folder>/ab/cdef….

Owns the folder, the room that must stay free on its disk, and the moment at which a content may go: not while it is
wanted, nor while somebody is about to want it (`adopt` … `release`). What wants contents is known elsewhere, by the
function `is_wanted`. Called in threads by net.web.uploads.
"""

from __future__ import annotations

import errno
import os
import shutil
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

LEAST_FREE = 1 << 30
FREE_SHARE = 20
"""What must stay free: LEAST_FREE, or on a small disk its twentieth part. The chat itself is on it, too."""
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class DiskFull(Exception):
    """There is no room on the disk."""


@contextmanager
def finding_room() -> Iterator[None]:
    """Says what the system says when a disk is full in our words."""
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise DiskFull from error
        raise


class Store:
    """See above."""

    def __init__(self, folder: Path, is_wanted: Callable[[str], bool]) -> None:
        self.folder = folder
        self._is_wanted = is_wanted
        self._expected: Counter[str] = Counter()
        self._lock = threading.Lock()

    def path(self, digest: str) -> Path:
        return self.folder / digest[:2] / digest[2:]

    def check_room(self, size: int) -> None:
        """Raise DiskFull if so many bytes more would leave too little."""
        usage = shutil.disk_usage(self.folder)
        if usage.free - size < min(LEAST_FREE, usage.total // FREE_SHARE):
            raise DiskFull

    def adopt(self, source: Path, digest: str) -> None:
        """Take a content over, durably. It stays until `release`, and afterwards as long as it is wanted."""
        target = self.path(digest)
        with self._lock:
            self._expected[digest] += 1
        try:
            with finding_room():
                _fsync(source, os.O_RDWR)
                target.parent.mkdir(exist_ok=True)
                if target.exists():
                    source.unlink()
                else:
                    source.replace(target)
                for folder in (target.parent, self.folder) if sys.platform != "win32" else ():
                    _fsync(folder, os.O_RDONLY)
        except BaseException:
            self.release(digest)
            raise

    def give_back(self, digest: str, source: Path) -> None:
        """What was adopted has come to nothing: its content is where it was before. `release` it all the same."""
        with self._lock:
            if self._expected[digest] == 1 and not self._is_wanted(digest):
                self.path(digest).replace(source)
                return
        # Others have the same content.
        with finding_room():
            shutil.copyfile(self.path(digest), source)

    def release(self, digest: str) -> None:
        """Whoever adopted it has made up their mind."""
        with self._lock:
            self._expected[digest] -= 1
            if self._expected[digest] <= 0:
                del self._expected[digest]
        self.discard(digest)

    def discard(self, digest: str) -> None:
        """Delete a content unless somebody wants it."""
        with self._lock:
            if digest not in self._expected and not self._is_wanted(digest):
                with suppress(FileNotFoundError):
                    self.path(digest).unlink()

    def sweep(self) -> int:
        """Delete what nobody wants: left behind by a crash. The number of contents that were."""
        unwanted = [digest for digest in self._all() if not self._is_wanted(digest)]
        for digest in unwanted:
            self.discard(digest)
        return len(unwanted)

    def _all(self) -> Iterator[str]:
        for folder in self.folder.iterdir():
            if len(folder.name) == 2 and folder.is_dir():
                yield from (folder.name + entry.name for entry in folder.iterdir())


def _fsync(path: Path, how: int) -> None:
    handle = os.open(path, how)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
