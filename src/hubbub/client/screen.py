"""Where the line client reads and writes: a terminal, or pipes and files.

Owns stdin and stdout while the chat runs. Knows nothing of the chat but what Tab completes. Called by
line_client.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Protocol, TextIO

if TYPE_CHECKING:
    from prompt_toolkit import PromptSession
    from prompt_toolkit.completion import Completer

Completions = Callable[[str], tuple[str, list[str]]]

_CHUNK = 65_536
_LONGEST = 65_536
"""Bytes of a typed line that are kept; the line mode refuses shorter ones already."""


class Interrupted(Exception):
    """Ctrl+C."""


class Screen(Protocol):
    asks: bool
    """Whether somebody sits there."""

    def open(self) -> AbstractContextManager[object]: ...
    def lines(self) -> AsyncIterator[str]: ...
    def show(self, lines: Iterable[str]) -> None: ...


class Pipe:
    """stdin and stdout that are no terminal. A thread reads, since a file can't be waited for."""

    asks = False

    def __init__(self, source: TextIO, sink: TextIO) -> None:
        self._source = source
        self._sink = sink

    def open(self) -> AbstractContextManager[object]:
        return nullcontext()

    def show(self, lines: Iterable[str]) -> None:
        text = "".join(f"{line}\n" for line in lines)
        if not text:
            return
        encoding = self._sink.encoding or "utf-8"
        self._sink.write(text.encode(encoding, "replace").decode(encoding))
        self._sink.flush()

    async def lines(self) -> AsyncIterator[str]:
        queue: asyncio.Queue[bytes | None] = asyncio.Queue(16)
        loop = asyncio.get_running_loop()
        # Not the loop's executor: leaving must not wait for a read that never returns.
        threading.Thread(target=self._read, args=(loop, queue), daemon=True).start()
        while (line := await queue.get()) is not None:
            yield line.decode("utf-8", "replace")

    def _read(self, loop: asyncio.AbstractEventLoop, queue: asyncio.Queue[bytes | None]) -> None:
        # os.read, since a thread that holds the lock of sys.stdin stops the interpreter from ending.
        rest = b""
        while data := _read_some(self._source.fileno()):
            *lines, rest = (rest + data).split(b"\n")
            rest = rest[:_LONGEST]
            for line in lines:
                if not _put(loop, queue, line[:_LONGEST]):
                    return
        if rest:
            _put(loop, queue, rest)
        _put(loop, queue, None)


def _read_some(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, _CHUNK)
    except OSError:
        return b""


def _put(loop: asyncio.AbstractEventLoop, queue: asyncio.Queue[bytes | None], line: bytes | None) -> bool:
    """Waits while the queue is full; False: nobody reads it any more."""
    waiting = queue.put(line)
    try:
        asyncio.run_coroutine_threadsafe(waiting, loop).result()
    except (RuntimeError, asyncio.CancelledError):
        waiting.close()
        return False
    return True


class Terminal:
    """A prompt that stays whole while lines come in above it."""

    asks = True

    def __init__(self, complete: Completions) -> None:
        from prompt_toolkit import PromptSession
        from prompt_toolkit.history import InMemoryHistory
        from prompt_toolkit.shortcuts import CompleteStyle

        self._session: PromptSession[str] = PromptSession(
            history=InMemoryHistory(),
            completer=_completer(complete),
            complete_while_typing=False,
            complete_style=CompleteStyle.READLINE_LIKE,
            reserve_space_for_menu=0,
        )

    def open(self) -> AbstractContextManager[object]:
        from prompt_toolkit.patch_stdout import patch_stdout

        return patch_stdout()

    def show(self, lines: Iterable[str]) -> None:
        text = "\n".join(lines)
        if text:
            print(text, flush=True)

    async def lines(self) -> AsyncIterator[str]:
        while True:
            try:
                text = await self._session.prompt_async("> ")
            except EOFError:
                return
            except KeyboardInterrupt:
                raise Interrupted from None
            # Pasted, there may be several.
            for line in text.split("\n"):
                yield line


def _completer(complete: Completions) -> Completer:
    from prompt_toolkit.completion import CompleteEvent, Completer, Completion
    from prompt_toolkit.document import Document

    class Words(Completer):
        def get_completions(self, document: Document, event: CompleteEvent) -> Iterable[Completion]:
            word, found = complete(document.text_before_cursor)
            return [Completion(text, start_position=-len(word)) for text in found]

    return Words()
