"""Uploads under way: the bytes that have come so far, and what has been said of them, as they survive a crash.

<folder>/unfinished/<id>.part holds the bytes and <id>.json the rest; what has no .json can't be gone on with and goes
at start. The digest is made while the bytes come; after a restart, or once bytes were taken back, from the disk.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from hubbub.files.store import finding_room

PIECE = 1 << 20


class Announced(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of an upload beforehand. `length` -1: it ends when it ends."""

    id: str
    owner: str
    by: str
    topic: str
    name: str
    type: str
    length: int
    at_ms: int
    metadata: str = ""
    """As the client has given it (tus, Upload-Metadata)."""
    file: str = ""
    """Id of the file that it has become."""


class Unfinished:
    """One upload. Its calls come one after another, from whichever thread."""

    def __init__(self, folder: Path, announced: Announced, offset: int = 0) -> None:
        self.announced = announced
        self.offset = offset
        self._folder = folder
        self._output: BinaryIO | None = None
        self._digest: Any = hashlib.sha256() if not offset else None

    @property
    def path(self) -> Path:
        return self._folder / f"{self.announced.id}.part"

    @property
    def is_complete(self) -> bool:
        return self.offset == self.announced.length

    def begin(self, *, resumable: bool) -> None:
        with finding_room():
            self.path.touch(exist_ok=False)
            if resumable:
                self.remember(self.announced)

    def remember(self, announced: Announced) -> None:
        """Write down what is known of it from now on."""
        self.announced = announced
        kept = self._folder / f"{announced.id}.json"
        new = kept.with_suffix(".new")
        with finding_room():
            new.write_bytes(msgspec.json.encode(announced))
            new.replace(kept)

    def write(self, data: bytes | bytearray) -> None:
        """Add bytes. They are there for whoever asks after a crash of this process."""
        with finding_room():
            if self._output is None:
                self._output = self.path.open("r+b", buffering=0)
                self._output.seek(self.offset)
            view = memoryview(data)
            while view:
                written = self._output.write(view) or 0
                self.offset += written
                if self._digest is not None:
                    self._digest.update(view[:written])
                view = view[written:]

    def take_back(self, offset: int) -> None:
        """Forget all that came after an offset."""
        self.pause()
        os.truncate(self.path, offset)
        self.offset = offset
        self._digest = None

    def pause(self) -> None:
        """Nothing more comes for now."""
        if self._output is not None:
            self._output.close()
            self._output = None

    def digest(self) -> str:
        """SHA-256 of all that has come, in hexadecimal."""
        self.pause()
        if self._digest is None:
            self._digest = digest_of(self.path)
        return str(self._digest.hexdigest())

    def drop(self) -> None:
        """It is over: with nothing to show for it, or stored elsewhere."""
        self.pause()
        for path in (self.path, self._folder / f"{self.announced.id}.json"):
            with suppress(FileNotFoundError):
                path.unlink()


def digest_of(path: Path) -> Any:
    """hashlib's object for a whole file."""
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256")


def restore(folder: Path, oldest_ms: int) -> Iterator[Unfinished]:
    """What can be gone on with; all else in the folder is deleted."""
    known: set[Path] = set()
    for path in list(folder.glob("*.json")):
        found = _read(folder, path)
        if found is not None and found.announced.at_ms >= oldest_ms:
            known |= {path, found.path}
            yield found
    for path in list(folder.iterdir()):
        if path not in known:
            path.unlink()


def _read(folder: Path, path: Path) -> Unfinished | None:
    try:
        announced = msgspec.json.decode(path.read_bytes(), type=Announced)
        if announced.id != path.stem:
            return None
        if announced.file:
            return Unfinished(folder, announced, announced.length)
        found = Unfinished(folder, announced, (folder / f"{announced.id}.part").stat().st_size)
    except (OSError, msgspec.DecodeError):
        return None
    return found if found.offset <= announced.length else None
