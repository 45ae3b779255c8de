"""`hubbub user` at the terminal: asks for what is needed, and has it done.

By the server that runs on the data folder, or, if none does, here and now on the folder itself. Called by cli.
"""

from __future__ import annotations

import asyncio
import sys
from getpass import getpass
from pathlib import Path

import msgspec

import hubbub.features
from hubbub.config import Settings, data_folder
from hubbub.control import Broken, ask, reach
from hubbub.core.hub import Hub
from hubbub.core.ledger import LedgerError
from hubbub.ledger.folder import lock_folder
from hubbub.ledger.sqlite import SqliteLedger
from hubbub.server import now_ms
from hubbub.user_commands import Impossible, Request, carry_out

assert hubbub.features  # imported for its effect: without it, facts couldn't be read

WITH_PASSWORD = frozenset({"add", "passwd"})
MAKING = frozenset({"add", "invite"})
"""What also makes sense before a server has run for the first time."""


def run(settings: Settings, action: str, name: str) -> None:
    """Do it; raises Impossible with the reason why it can't be done."""
    if action == "delete" and not _is_sure(name):
        raise Impossible("nothing was deleted")
    password = _ask_password(name) if action in WITH_PASSWORD else ""
    request = Request(action, name, password)
    folder = data_folder(settings)
    connection = reach(folder)
    if connection is None:
        asyncio.run(_do_here(settings, folder, request))
        return
    try:
        for answer in ask(connection, msgspec.json.encode(request)):
            if answer.error is not None:
                raise Impossible(answer.error)
            if answer.line is not None:
                print(answer.line)
    except Broken as problem:
        raise Impossible(str(problem)) from None


def _is_sure(name: str) -> bool:
    return (
        not sys.stdin.isatty() or input(f"Delete the account {name} for good? [y/N] ").strip().lower() == "y"
    )


def _ask_password(name: str) -> str:
    """Twice from a terminal, or the first line of what is piped in; never from the command line, which others see."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass(f"Password for {name}: ")
    if getpass("Once more: ") != password:
        raise Impossible("these were two different passwords")
    return password


async def _do_here(settings: Settings, folder: Path, request: Request) -> None:
    if request.action not in MAKING and not (folder / "ledger.db").is_file():
        raise Impossible(f"{folder} holds no server's data; name its folder with --data")
    try:
        with lock_folder(folder):
            await _do_with(settings, SqliteLedger(folder / "ledger.db", now_ms), request)
    except LedgerError as problem:
        why = str(problem)
        if sys.platform == "win32":
            why += " On Windows `hubbub user` works while the server is stopped."
        raise Impossible(why) from None


async def _do_with(settings: Settings, ledger: SqliteLedger, request: Request) -> None:
    hub = Hub(settings, ledger, now_ms, wake=lambda: None, spawn=lambda work: work.close())
    hub.in_thread = asyncio.to_thread
    await hub.open()
    try:
        async for line in carry_out(hub, request):
            print(line)
    finally:
        await ledger.close()
