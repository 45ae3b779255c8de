"""The data folder: made for its owner only, and held by one server at a time.

The lock is the operating system's, so it is gone with the process however that ends; the file stays.
Called by the server before anything in the folder is touched.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from hubbub.core.ledger import LedgerError

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

LOCK = "lock"
FAR = 1 << 30
"""Windows locks bytes, and nobody else can read those; one far behind the process number, then."""


class FolderLock:
    """Holds the folder until closed, or until the end of a `with`."""

    def __init__(self, file: int) -> None:
        self._file = file

    def close(self) -> None:
        """Let go; harmless the second time."""
        if self._file >= 0:
            os.close(self._file)
        self._file = -1

    def __enter__(self) -> FolderLock:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def lock_folder(path: Path) -> FolderLock:
    """Make the folder if need be and hold it; a LedgerError says who else does."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = os.open(path / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise LedgerError(f"Can't use {path} as the data folder: {error.strerror}.") from error
    if not _take(file):
        holder = os.read(file, 20).decode("ascii", "replace").strip() or "unknown"
        os.close(file)
        raise LedgerError(
            f"{path} is in use by another hubbub server (pid {holder}); "
            "stop it or choose another folder with --data."
        )
    os.ftruncate(file, 0)
    os.write(file, f"{os.getpid()}\n".encode())
    return FolderLock(file)


def _take(file: int) -> bool:
    with suppress(OSError):
        if sys.platform == "win32":
            os.lseek(file, FAR, os.SEEK_SET)
            try:
                msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
            finally:
                os.lseek(file, 0, os.SEEK_SET)
        else:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    return False
