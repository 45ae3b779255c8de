"""The control socket: how `hubbub user` reaches the server that runs on a data folder.

A Unix socket in that folder, which only its owner can open. One request is one line of JSON; the answer is lines of
JSON, of which the last says how it ended. Owns both ends, and knows nothing of what is asked.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

log = logging.getLogger("hubbub.control")

NAME = "control.sock"
LONGEST = 65_536
"""Bytes of a request."""
PATIENCE = 10.0
"""Seconds that a request may take to arrive."""


class Broken(Exception):
    """The other end has gone, or says what can't be understood."""


class Answer(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line of an answer: a line to print, or (the last) the end, with an error if there was one."""

    line: str | None = None
    error: str | None = None
    end: bool = False


Answering = Callable[[bytes], AsyncIterator[str]]


class Control:
    """The server's end."""

    def __init__(
        self,
        folder: Path,
        answering: Answering,
        failures: tuple[type[Exception], ...],
        spawn: Callable[[Coroutine[Any, Any, None]], None],
    ) -> None:
        self._path = folder / NAME
        self._answering = answering
        self._failures = failures
        """What `answering` raises with a sentence for the operator."""
        self._spawn = spawn
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        """Listen, where there are such sockets. Call while the folder is held: what is there is nobody's."""
        if not hasattr(socket, "AF_UNIX"):
            return
        listening = socket.socket(socket.AF_UNIX)
        mask = os.umask(0o177)
        try:
            self._path.unlink(missing_ok=True)
            listening.bind(str(self._path))
        except OSError as error:
            log.warning("`hubbub user` can't reach this server: %s", error)
            listening.close()
            return
        finally:
            os.umask(mask)
        listening.setblocking(False)
        self._server = await asyncio.start_unix_server(self._accept, sock=listening, limit=LONGEST)

    def close(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
            self._path.unlink(missing_ok=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._spawn(self._serve(reader, writer))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with suppress(ConnectionError, ValueError, asyncio.TimeoutError):
                request = await asyncio.wait_for(reader.readline(), PATIENCE)
                await self._answer(request, writer)
        finally:
            writer.close()

    async def _answer(self, request: bytes, writer: asyncio.StreamWriter) -> None:
        last = Answer(end=True)
        try:
            async for line in self._answering(request):
                await _send(writer, Answer(line=line))
        except self._failures as failure:
            last = Answer(error=str(failure), end=True)
        await _send(writer, last)


async def _send(writer: asyncio.StreamWriter, answer: Answer) -> None:
    writer.write(msgspec.json.encode(answer) + b"\n")
    await writer.drain()


def reach(folder: Path) -> socket.socket | None:
    """The operator's end: a connection to the server that runs on a folder, or None if none can be reached."""
    if not hasattr(socket, "AF_UNIX"):
        return None
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.connect(str(folder / NAME))
    except OSError:
        connection.close()
        return None
    return connection


def ask(connection: socket.socket, request: bytes) -> Iterator[Answer]:
    """Send a request; gives the lines of its answer, the last included."""
    with connection, connection.makefile("rb") as lines:
        try:
            connection.sendall(request + b"\n")
            for line in lines:
                answer = msgspec.json.decode(line, type=Answer)
                yield answer
                if answer.end:
                    return
        except (OSError, msgspec.DecodeError) as error:
            raise Broken(f"the server can't be understood: {error}") from error
    raise Broken("the server has broken off")
