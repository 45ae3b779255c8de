"""Appends to the ledger at argv[1] for ever and prints every position as soon as it is applied."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from pathlib import Path

from hubbub.core.ledger import Entry, Fact, Put
from hubbub.ledger.sqlite import SqliteLedger


class Printer:
    """Keeps forty entries on their way; the n-th kept one says n and puts n under two keys."""

    def __init__(self, ledger: SqliteLedger) -> None:
        self._ledger = ledger
        self._said = 0

    def say(self) -> None:
        self._said += 1
        body = b"%d" % self._said
        self._ledger.append(
            Entry(
                f"#{self._said % 3}",
                body,
                puts=(Put("last", body), Put(f"every {self._said % 7}", body), Put("mine", body, owned=True)),
                text=f"number {self._said}",
            )
        )

    def restore(self, key: str, value: bytes) -> None:
        raise AssertionError("the ledger was not new")

    def refuse(self, ticket: object | None, reason: str) -> None:
        raise AssertionError(reason)

    def apply(self, fact: Fact, ticket: object | None) -> None:
        os.write(1, b"%d %s\n" % (fact.pos, fact.body))
        self.say()

    def cast(self, topic: str, body: bytes) -> None: ...


async def main(path: Path) -> None:
    ledger = SqliteLedger(path, lambda: time.time_ns() // 1_000_000)
    printer = Printer(ledger)
    await ledger.open("here", printer)
    for _ in range(40):
        printer.say()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
