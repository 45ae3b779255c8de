"""Ready only when the ledger takes an entry and gives it back."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import cast

import pytest

from hubbub.core.ledger import Entry
from hubbub.net.network import Network
from hubbub.net.web import readiness
from hubbub.net.web.readiness import Readiness


class Ledger:
    """Works, refuses, or hangs."""

    def __init__(self, how: str) -> None:
        self.how = how
        self.entries: list[Entry] = []

    def version(self, _key: str) -> int:
        return len(self.entries) if self.how == "works" else 0

    def append(self, entry: Entry) -> None:
        self.entries.append(entry)

    async def flush(self) -> None:
        if self.how == "hangs":
            await asyncio.Event().wait()


def made(how: str) -> tuple[Readiness, Ledger, SimpleNamespace]:
    ledger = Ledger(how)
    loop = SimpleNamespace(time=lambda: 1000.0)
    network = SimpleNamespace(loop=loop, hub=SimpleNamespace(ledger=ledger, closing=False))
    return Readiness(cast(Network, network)), ledger, network


@pytest.mark.parametrize(("how", "ready"), [("works", True), ("refuses", False), ("hangs", False)])
def test_it_is_ready_if_it_can_write(how: str, ready: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "PATIENCE", 0.01)
    assert asyncio.run(made(how)[0].is_ready()) is ready


def test_it_leaves_nothing_in_the_history() -> None:
    trial, ledger, _ = made("works")
    asyncio.run(trial.is_ready())
    assert not ledger.entries[0].keep


def test_many_who_ask_cost_one_try() -> None:
    trial, ledger, network = made("works")

    async def asked() -> list[bool]:
        return await asyncio.gather(*(trial.is_ready() for _ in range(50)))

    assert all(asyncio.run(asked()))
    assert len(ledger.entries) == 1
    network.loop.time = lambda: 1000.0 + readiness.HOLDS
    asyncio.run(trial.is_ready())
    assert len(ledger.entries) == 2


def test_it_is_not_ready_while_it_stops() -> None:
    trial, _, network = made("works")
    assert asyncio.run(trial.is_ready())
    network.hub.closing = True
    assert not asyncio.run(trial.is_ready())
