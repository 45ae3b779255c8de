"""Taking a file from the web into a folder: under a safe name, and never over another file.

Owns where it is put. Knows no screen and no chat; how a request is made is given (http.Http). Called by the terminal
client. What comes is written as it comes: nothing holds a whole file.
"""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Callable, Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote, urljoin, urlsplit

from platformdirs import user_downloads_path

from hubbub.client.http import Answer, Asking, Http, WrongAddress
from hubbub.irc.text import plain

_MOST_REDIRECTS = 3
_REDIRECTS = (301, 302, 303, 307, 308)
_LONGEST_NAME = 120
"""Bytes, without the number that tells files of one name apart."""
_UNSAFE = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)
"""Names of devices on Windows, whatever stands behind the dot."""
_FALLBACK = "file"


class Failed(Exception):
    """There is no file, and the sentence says why."""


def safe_name(name: str) -> str:
    """A name that others chose, as one in a folder: no path, nothing hidden, nothing that can't be seen."""
    name = _UNSAFE.sub("_", plain(name).replace("\n", " ")).strip(". ")
    name = f"_{name}" if _RESERVED.match(name) else name
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending) > 12:
        stem, dot, ending = name, "", ""
    room = _LONGEST_NAME - len((dot + ending).encode())
    stem = stem.encode("utf-8", "ignore")[:room].decode("utf-8", "ignore").strip()
    return f"{stem}{dot}{ending}" if stem else _FALLBACK


def name_in(url: str) -> str:
    return safe_name(unquote(urlsplit(url).path.rpartition("/")[2], errors="replace"))


def downloads_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """Where people look for what they have downloaded."""
    named = environ.get("XDG_DOWNLOAD_DIR", "")
    return Path(named).expanduser() if named else user_downloads_path()


class Download:
    """`folder`: made if it is missing. `on_progress`: bytes so far, and all of them (0: not known)."""

    def __init__(
        self,
        http: Http,
        url: str,
        folder: Path,
        name: str = "",
        *,
        on_progress: Callable[[int, int], None] = lambda came, size: None,
    ) -> None:
        self._http = http
        self._url = url
        self._folder = folder
        self._name = safe_name(name) if name else name_in(url)
        self._on_progress = on_progress

    async def run(self) -> Path:
        """Where it is. Raises Failed and NoAnswer; nothing is left behind then."""
        file, path = await asyncio.to_thread(self._create)
        try:
            with file:
                await self._fetch(file)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return path

    def _create(self) -> tuple[BinaryIO, Path]:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            for path in _paths(self._folder, self._name):
                try:
                    return path.open("xb"), path
                except FileExistsError:
                    continue
        except OSError as error:
            raise Failed(f"Nothing can be written to {self._folder}: {error.strerror}.") from error
        raise Failed(f"There are too many files called {self._name} in {self._folder}.")

    async def _fetch(self, file: BinaryIO) -> None:
        url = self._url
        for _ in range(_MOST_REDIRECTS + 1):
            answer = await self._ask(url, file)
            if answer.status not in _REDIRECTS:
                _check(answer)
                return
            url = _redirected(url, answer)
        raise Failed("The link leads from one place to the next without end.")

    async def _ask(self, url: str, file: BinaryIO) -> Answer:
        came = size = 0

        def begun(answer: Answer) -> None:
            nonlocal size
            length = answer.headers.get("content-length", "")
            size = int(length) if length.isascii() and length.isdigit() and len(length) < 19 else 0

        async def keep(data: bytes) -> None:
            nonlocal came
            try:
                await asyncio.to_thread(file.write, data)
            except OSError as error:
                # Not to be taken for one of the connection.
                raise Failed(f"The file could not be written: {error.strerror}.") from error
            came += len(data)
            self._on_progress(came, size)

        try:
            return await self._http(Asking("GET", url, on_head=begun, sink=keep))
        except WrongAddress as error:
            raise Failed("That is no link to a file.") from error


def _check(answer: Answer) -> None:
    if answer.status in (404, 410):
        raise Failed("The file is not there any more.")
    if answer.status != 200:
        raise Failed(f"The server doesn't give the file away ({answer.status}).")


def _paths(folder: Path, name: str) -> Iterator[Path]:
    """The name, and then the same with numbers."""
    path = folder / name
    yield path
    for number in count(2):
        if number == 1_000:
            return
        yield path.with_name(f"{path.stem} ({number}){path.suffix}")


def _redirected(url: str, answer: Answer) -> str:
    target = urljoin(url, answer.headers.get("location", ""))
    if url.startswith("https:") and not target.startswith("https:"):
        raise Failed("The link leads to a place without encryption.")
    return target
