"""The lines of one conversation, in order, without gaps or repeats, as far as they have been loaded.

Owns the order: what arrives lives at the end, older pages go in front, pages that fill a gap go between, and our
own lines that are still on their way stay behind all others. Knows no wire format and no clock.

1. Lines are sorted by `place`; nothing else says where a line stands.
2. A msgid occurs once. A page that repeats what is there changes nothing.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from itertools import count
from operator import attrgetter

from hubbub.client.lines import Delivery, Line

_LAST = 1 << 62
"""The place in time of what is still on its way."""

_place = attrgetter("place")


class Timeline:
    """`at_start`: nothing older exists, or none can be had. `version` grows with every change."""

    __slots__ = ("_by_msgid", "_newer", "_older", "at_start", "lines", "version")

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.at_start = False
        self.version = 0
        self._by_msgid: dict[str, Line] = {}
        self._newer = count(1)
        self._older = count(-1, -1)

    def __len__(self) -> int:
        return len(self.lines)

    def __iter__(self) -> Iterator[Line]:
        return iter(self.lines)

    # -- finding --------------------------------------------------------------------------------------------

    def find(self, msgid: str) -> Line | None:
        return self._by_msgid.get(msgid) if msgid else None

    def index(self, line: Line) -> int:
        """Where a line of this timeline stands; raises ValueError for another one."""
        at = bisect_left(self.lines, line.place, key=_place)
        if at < len(self.lines) and self.lines[at] is line:
            return at
        raise ValueError("the line is not in this timeline")

    def first_after(self, time_ms: int) -> int:
        """The index of the first line later than this; len() if there is none."""
        return bisect_right(self.lines, (time_ms, _LAST), key=_place)

    def arrived(self) -> Iterator[Line]:
        """What the server has, newest first."""
        return (line for line in reversed(self.lines) if line.delivery is Delivery.ARRIVED)

    def newest(self) -> Line | None:
        """The newest line that the server could find again."""
        return next((line for line in self.arrived() if line.msgid), None)

    def oldest(self) -> Line | None:
        return next((line for line in self.lines if line.msgid and line.delivery is Delivery.ARRIVED), None)

    def pending(self) -> list[Line]:
        """Our own lines that are on their way, oldest first."""
        waiting = self.lines[bisect_left(self.lines, (_LAST, -_LAST), key=_place) :]
        return [line for line in waiting if line.delivery is Delivery.PENDING]

    # -- changing -------------------------------------------------------------------------------------------

    def append(self, line: Line) -> bool:
        """A line that came just now; False: it is there already."""
        if line.msgid and line.msgid in self._by_msgid:
            return False
        time_ms = _LAST if line.delivery is Delivery.PENDING else max(line.time_ms, self._latest_ms())
        self._insert(line, (time_ms, next(self._newer)))
        return True

    def merge(self, page: Iterable[Line], *, older: bool = False) -> list[Line]:
        """A page of history, oldest first. `older`: it ends where what is loaded begins.

        Returns what was not there yet.
        """
        fresh = [line for line in page if not self._is_known(line)]
        numbers = sorted(next(self._older) for _ in fresh) if older else [next(self._newer) for _ in fresh]
        # The server's order holds within a page, whatever its clock did meanwhile.
        time_ms = 0
        for line, number in zip(fresh, numbers, strict=True):
            time_ms = max(time_ms, line.time_ms)
            self._insert(line, (time_ms, number))
        return fresh

    def settle(self, line: Line, *, time_ms: int, msgid: str = "") -> None:
        """A pending line has arrived, or failed (`line.delivery` says which): it takes its place in time."""
        del self.lines[self.index(line)]
        line.msgid = msgid
        line.time_ms = time_ms
        line.version += 1
        self._insert(line, (max(time_ms, self._latest_ms()), next(self._newer)))

    def remove(self, line: Line) -> None:
        del self.lines[self.index(line)]
        if self._by_msgid.get(line.msgid) is line:
            del self._by_msgid[line.msgid]
        self.version += 1

    def clear(self) -> None:
        """Forget what is loaded (it can be loaded again), but not what is still on its way."""
        waiting = self.pending()
        self.lines = waiting
        self._by_msgid = {}
        self.at_start = False
        self.version += 1

    def touch(self, line: Line) -> None:
        """The line was changed in place."""
        line.version += 1
        self.version += 1

    def _insert(self, line: Line, place: tuple[int, int]) -> None:
        line.place = place
        self.lines.insert(bisect_left(self.lines, place, key=_place), line)
        if line.msgid:
            self._by_msgid[line.msgid] = line
        self.version += 1

    def _latest_ms(self) -> int:
        """The time of the newest line that isn't on its way."""
        at = bisect_left(self.lines, (_LAST, -_LAST), key=_place)
        return self.lines[at - 1].place[0] if at else 0

    def _is_known(self, line: Line) -> bool:
        if line.msgid:
            return line.msgid in self._by_msgid
        # Servers without message ids: the same person said the same at the same time.
        at = bisect_left(self.lines, (line.time_ms, -_LAST), key=_place)
        for known in self.lines[at:]:
            if known.place[0] != line.time_ms:
                return False
            if (known.kind, known.nick, known.text) == (line.kind, line.nick, line.text):
                return True
        return False
