"""A handler that writes down what a ledger tells it, and a clock that stands still until it is set."""

from __future__ import annotations

from collections.abc import Callable

from hubbub.core.ledger import Fact

NODE = "here"


class Clock:
    def __init__(self, now: int = 1_000_000) -> None:
        self.now = now

    def __call__(self) -> int:
        return self.now


class Recorder:
    def __init__(self) -> None:
        self.restored: dict[str, bytes] = {}
        self.told: list[tuple[object, Fact | str]] = []
        """Tickets with what became of their entries: a fact, or why not."""
        self.casts: list[tuple[str, bytes]] = []
        self.on_apply: Callable[[Fact], None] = lambda fact: None

    @property
    def facts(self) -> list[Fact]:
        return [what for _, what in self.told if isinstance(what, Fact)]

    @property
    def tickets(self) -> list[object]:
        return [ticket for ticket, _ in self.told]

    def restore(self, key: str, value: bytes) -> None:
        assert key not in self.restored
        self.restored[key] = value

    def apply(self, fact: Fact, ticket: object | None) -> None:
        self.told.append((ticket, fact))
        self.on_apply(fact)

    def refuse(self, ticket: object | None, reason: str) -> None:
        self.told.append((ticket, reason))

    def cast(self, topic: str, body: bytes) -> None:
        self.casts.append((topic, body))
