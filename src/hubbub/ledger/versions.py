"""Versions of the keys of the key–value state, and whether an entry's expectations hold.

Knows neither values nor storage: only which version a key is at and whether the key outlives this run.
Both adapters judge with it, so that they can't differ.
"""

from __future__ import annotations

from collections.abc import Iterable

from hubbub.core.ledger import Entry, Put

ABSENT = 0
CHANGED = -1
"""Version of a key put by an entry that is not applied yet: nobody can have seen it, or expect it."""


class Versions:
    """The versions as of the last fact applied."""

    __slots__ = ("_last", "_now", "_stored")

    def __init__(self) -> None:
        self._now: dict[str, int] = {}
        self._stored: set[str] = set()
        self._last = 0

    def of(self, key: str) -> int:
        return self._now.get(key, ABSENT)

    def hold(self, expect: Iterable[tuple[str, int]]) -> bool:
        now = self._now
        return all(now.get(key, ABSENT) == version for key, version in expect)

    def take(self, puts: Iterable[Put]) -> None:
        """Count the puts of an entry that takes effect now."""
        for put in puts:
            self._take(put)

    def needs_disk(self, entry: Entry) -> bool:
        """False: the entry would leave nothing behind a restart."""
        return entry.keep or bool(entry.erases) or any(map(self.stores, entry.puts))

    def stores(self, put: Put) -> bool:
        """True if the put changes what the next run will find."""
        return put.key in self._stored or (put.value is not None and not put.owned)

    def _take(self, put: Put) -> None:
        if put.value is None or put.owned:
            self._stored.discard(put.key)
        else:
            self._stored.add(put.key)
        if put.value is None:
            self._now.pop(put.key, None)
            return
        self._last += 1
        self._now[put.key] = self._last


class Ahead:
    """What the versions will be once the entries judged so far are applied.

    It can simply be dropped when they can't be stored.
    """

    __slots__ = ("_changed", "_versions")

    def __init__(self, versions: Versions) -> None:
        self._versions = versions
        self._changed: dict[str, int] = {}

    def hold(self, expect: Iterable[tuple[str, int]]) -> bool:
        return all(self._of(key) == version for key, version in expect)

    def take(self, puts: Iterable[Put]) -> None:
        for put in puts:
            self._changed[put.key] = ABSENT if put.value is None else CHANGED

    def _of(self, key: str) -> int:
        changed = self._changed.get(key)
        return self._versions.of(key) if changed is None else changed
