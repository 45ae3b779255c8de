"""The app on a real terminal, which is whole again afterwards, however it ends.

Owns the order at the end: the terminal is restored, then what went wrong is told, then the last words. Called by
app.run.
"""

from __future__ import annotations

import asyncio
import gc
from functools import partial
from typing import TYPE_CHECKING, Any

from hubbub.tui import terminal

if TYPE_CHECKING:
    from hubbub.tui.app import ChatApp

_OK, _FAILED = 0, 1


def run_on_terminal(app: ChatApp) -> int:
    with terminal.restored() as found:
        try:
            code = asyncio.run(_run(app, found))
        except Exception as error:  # noqa: BLE001 - whatever it is, the terminal is made whole before it is told
            found.restore()
            terminal.print_crash(error)
            code = _FAILED
        finally:
            app.close_memories()
    if app.last_words:
        terminal.say_last(app.last_words)
    return code


async def _run(app: ChatApp, found: terminal.Found) -> int:
    # What was imported stays for ever: looking through it again and again costs pauses that one feels while typing.
    gc.collect()
    gc.freeze()
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(partial(_crash, app))
    with terminal.ended_by_signals(found, loop, lambda code: app.leave("", code)):
        result = await app.run_async()
    if app._exception is not None:
        raise app._exception
    return _OK if result is None else result


def _crash(app: ChatApp, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """A callback has failed: that ends the program as a failing key does. What else asyncio reports is no crash."""
    error = context.get("exception")
    if "handle" in context and isinstance(error, Exception):
        app._handle_exception(error)
