"""The lines of one conversation, in order, without gaps or repeats, as far as they have been loaded.

Owns the order: what arrives lives at the end, older pages go in front, pages that fill a gap go between, and our
own lines that are still on their way stay behind all others. Knows no wire format and no clock.

1. Lines are sorted by `place`; nothing else says where a line stands.
2. A msgid occurs once. A page that repeats what is there changes nothing.
3. What a page has in common with what is there says where the rest of it belongs, whatever any clock says.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from itertools import count
from operator import attrgetter

from hubbub.client.lines import Delivery, Line
from hubbub.client.reactions import Reactions

MOST_LINES = 100_000
"""Beyond, the oldest are forgotten. They can be loaded again."""
_FORGOTTEN_AT_ONCE = 1_000

_LAST = 1 << 62
"""The place in time of what is still on its way."""
_STEP = 1 << 20
"""Between the numbers of two lines, so that others fit between them."""

_place = attrgetter("place")


class Timeline:
    """`at_start`: nothing older exists, or none can be had. `version` grows with every change.

    `reactions`: all that were heard of, also those to messages that aren't loaded.
    """

    __slots__ = (
        "_by_content",
        "_by_msgid",
        "_by_nonce",
        "_numbers",
        "at_start",
        "lines",
        "reactions",
        "version",
    )

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.at_start = False
        self.version = 0
        self.reactions = Reactions()
        self._by_msgid: dict[str, Line] = {}
        self._by_nonce: dict[str, Line] = {}
        self._by_content: dict[tuple[object, ...], Line] = {}
        self._numbers = count(_STEP, _STEP)

    def __len__(self) -> int:
        return len(self.lines)

    def __iter__(self) -> Iterator[Line]:
        return iter(self.lines)

    # -- finding --------------------------------------------------------------------------------------------

    def find(self, msgid: str) -> Line | None:
        return self._by_msgid.get(msgid) if msgid else None

    def unconfirmed(self, nonce: str) -> Line | None:
        """The line of ours that was sent with this nonce and has no msgid yet."""
        return self._by_nonce.get(nonce) if nonce else None

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
        waiting = self.lines[self._first_waiting() :]
        return [line for line in waiting if line.delivery is Delivery.PENDING]

    # -- changing -------------------------------------------------------------------------------------------

    def append(self, line: Line) -> bool:
        """A line that came just now; False: it is there already."""
        if line.msgid and line.msgid in self._by_msgid:
            return False
        time_ms = _LAST if line.delivery is Delivery.PENDING else max(line.time_ms, self._latest_ms())
        self._insert(line, (time_ms, next(self._numbers)))
        if len(self.lines) > MOST_LINES:
            self._forget(len(self.lines) - MOST_LINES + _FORGOTTEN_AT_ONCE)
        return True

    def merge(self, page: Iterable[Line], *, older: bool = False) -> list[Line]:
        """A page of history, oldest first. `older`: it ends where what is loaded begins.

        Returns what was not there yet. Lines are placed by their time, but the server's order holds within a page:
        what it has in common with what is there says where the rest of it belongs.
        """
        fresh: list[Line] = []
        run: list[Line] = []
        last: Line | None = None
        for line in _without_repeats(page):
            known = self._known(line)
            if known is None:
                run.append(line)
                fresh.append(line)
            elif last is None or known.place > last.place:
                self._insert_run(run, last, known)
                run, last = [], known
            else:
                # It stands before what it follows: two came at one time, or we had only our own clock to go by.
                self._take(known)
                run.append(known)
        # Not simply the first line of all: one without an id may be older than what the page was asked before.
        first = (self.oldest() or self.lines[0]) if older and last is None and self.lines else None
        self._insert_run(run, last, first)
        gone = self._forget(len(self.lines) - MOST_LINES)
        return [line for line in fresh if line not in gone] if gone else fresh

    def settle(self, line: Line, *, time_ms: int, msgid: str = "") -> None:
        """A pending line has arrived, or failed (`line.delivery` says which): it takes its place in time."""
        self._take(line)
        copy = self.find(msgid)
        if copy is not None:
            # It came with a page of history, and nothing said that it was ours.
            self._take(copy)
        line.msgid = msgid
        line.time_ms = time_ms
        line.version += 1
        self._insert(line, copy.place if copy else (max(time_ms, self._latest_ms()), next(self._numbers)))

    def remove(self, line: Line) -> None:
        self._take(line)
        self.version += 1

    def clear(self) -> None:
        """Forget what is loaded (it can be loaded again), but not what of ours has not arrived."""
        kept = [line for line in self.lines if line.delivery is not Delivery.ARRIVED]
        self.lines = []
        self._by_msgid, self._by_nonce, self._by_content = {}, {}, {}
        self.at_start = False
        self.version += 1
        for line in kept:
            self._insert(line, line.place)

    def touch(self, line: Line) -> None:
        """The line was changed in place."""
        line.version += 1
        self.version += 1

    # -- places ---------------------------------------------------------------------------------------------

    def _insert(self, line: Line, place: tuple[int, int]) -> None:
        line.place = place
        self.lines.insert(bisect_left(self.lines, place, key=_place), line)
        self.version += 1
        if line.msgid:
            self._by_msgid[line.msgid] = line
        elif line.delivery is Delivery.ARRIVED:
            self._by_content[_content(line)] = line
        if line.nonce and not line.msgid:
            self._by_nonce[line.nonce] = line

    def _take(self, line: Line) -> None:
        del self.lines[self.index(line)]
        self._unlist(line)

    def _unlist(self, line: Line) -> None:
        if self._by_msgid.get(line.msgid) is line:
            del self._by_msgid[line.msgid]
        if self._by_nonce.get(line.nonce) is line:
            del self._by_nonce[line.nonce]
        if not line.msgid and self._by_content.get(_content(line)) is line:
            del self._by_content[_content(line)]

    def _insert_run(self, run: list[Line], after: Line | None, before: Line | None) -> None:
        """Lines that follow each other: by their time, as far as the two that are there leave room."""
        time_ms = after.place[0] if after else 0
        latest = before.place[0] if before else _LAST - 1
        tied: list[Line] = []
        for line in run:
            time_ms = min(max(time_ms, line.time_ms), latest)
            if before is not None and time_ms == latest:
                tied.append(line)
            else:
                self._insert(line, (time_ms, next(self._numbers)))
        if tied and before is not None:
            self._insert_before(before, tied)

    def _insert_before(self, before: Line, run: list[Line]) -> None:
        """At the same time as that line, and directly in front of it."""
        low = self._number_below(before, len(run))
        if before.place[1] - low <= len(run):
            self._renumber(len(run) + 1)
            low = self._number_below(before, len(run))
        time_ms, high = before.place
        step = (high - low) // (len(run) + 1)
        for number, line in enumerate(run, 1):
            self._insert(line, (time_ms, low + number * step))

    def _number_below(self, line: Line, length: int) -> int:
        """The number that those in front of a line must exceed."""
        at = self.index(line)
        if at and self.lines[at - 1].place[0] == line.place[0]:
            return self.lines[at - 1].place[1]
        return line.place[1] - _STEP * (length + 1)

    def _renumber(self, room: int) -> None:
        """Make room between all lines. That many come into one millisecond only if a server means harm."""
        step = max(_STEP, room)
        for number, line in enumerate(self.lines, 1):
            line.place = (line.place[0], number * step)
        self._numbers = count((len(self.lines) + 1) * step, step)

    def _first_waiting(self) -> int:
        return bisect_left(self.lines, (_LAST, -_LAST), key=_place)

    def _latest_ms(self) -> int:
        """The time of the newest line that isn't on its way."""
        at = self._first_waiting()
        return self.lines[at - 1].place[0] if at else 0

    def _known(self, line: Line) -> Line | None:
        # Servers without message ids: the same person said the same at the same time.
        return self.find(line.msgid) or self._by_content.get(_content(line))

    def _forget(self, number: int) -> set[Line]:
        """The oldest go, but none that is on its way."""
        number = min(number, self._first_waiting())
        if number <= 0:
            return set()
        gone = self.lines[:number]
        del self.lines[:number]
        for line in gone:
            self._unlist(line)
        self.at_start = False
        self.version += 1
        return set(gone)


def _content(line: Line) -> tuple[object, ...]:
    """What makes two lines without msgid the same."""
    return line.time_ms, line.kind, line.nick, line.target, line.text


def _without_repeats(page: Iterable[Line]) -> Iterator[Line]:
    seen: set[str] = set()
    for line in page:
        if line.msgid not in seen:
            yield line
        if line.msgid:
            seen.add(line.msgid)
