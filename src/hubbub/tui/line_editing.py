"""Editing a text with a cursor in it, as readline's fingers expect, and how that text lies in rows.

Owns the text, the cursor, what was cut out (the kill ring), undo, and where a row ends. Pure: knows no keys, no
widget and no clock. Called by composer.py.

1. The cursor never stands inside what is seen as one letter.
2. Whatever comes in was made clean by clean(): nothing in the text that a terminal would obey.
3. What a kill takes away, the next yank puts back (except where halves of a letter have met meanwhile); what any
   change did, undo takes back.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import deque
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from rich.cells import split_graphemes

from hubbub.irc.text import plain, printable

_KILLS = 30
_UNDOS = 200
_TAB = "    "
_SHORT = 256
"""Letters of a line that is remembered divided."""

# What a terminal would take for keys or commands: sequences, then whatever is left of a torn one.
_SEQUENCE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[ -/]*[0-~])?")
_BREAK = re.compile(r"\r\n?|[\n\x0b\x0c\x85\u2028\u2029]")
_WORD = re.compile(r"\w+")
_JOINERS = "\u200c\u200d"


def clean(text: str) -> str:
    """The text as it may stand in the input: lines parted by line feeds, spaces for tabs, no control characters."""
    if text in _JOINERS:
        return text  # half of a letter: its other half is the next key
    lines = _BREAK.sub("\n", _SEQUENCE.sub("", text)).split("\n")
    return "\n".join(printable(plain(line.replace("\t", _TAB))) for line in lines)


class Cluster(NamedTuple):
    """What is seen as one letter: where it is in its text, and how many cells it takes."""

    start: int
    end: int
    cells: int


def clusters(line: str) -> tuple[Cluster, ...]:
    """The letters of one line, flags and joined emoji in one piece; the cells are those that rich counts."""
    # A long line takes a megabyte here, and every key makes another one of it: two are enough.
    return _short_clusters(line) if len(line) <= _SHORT else _long_clusters(line)


def _divide(line: str) -> tuple[Cluster, ...]:
    if line.isascii():
        return tuple(Cluster(at, at + 1, 1) for at in range(len(line)))
    found: list[Cluster] = []
    for start, end, cells in split_graphemes(line)[0]:
        # rich counts one too many past marks at the end of the text.
        letter = Cluster(start, min(end, len(line)), cells)
        if found and (letter.start < found[-1].end or _is_half_flag(line, found[-1], letter)):
            letter = Cluster(found[-1].start, letter.end, found.pop().cells + cells)
        found.append(letter)
    return tuple(found)


_short_clusters = lru_cache(maxsize=256)(_divide)
_long_clusters = lru_cache(maxsize=2)(_divide)


def _is_half_flag(line: str, left: Cluster, right: Cluster) -> bool:
    return left.end - left.start == 1 and _is_regional(line[left.start]) and _is_regional(line[right.start])


def _is_regional(letter: str) -> bool:
    return "\U0001f1e6" <= letter <= "\U0001f1ff"


def width(line: str) -> int:
    return sum(cluster.cells for cluster in clusters(line))


class LineEditor:
    """`text` and `cursor`, a place between two letters of it."""

    def __init__(self, text: str = "") -> None:
        self.text = clean(text)
        self.cursor = len(self.text)
        self._kills: deque[str] = deque(maxlen=_KILLS)
        self._undo: deque[tuple[str, int]] = deque(maxlen=_UNDOS)
        self._redo: list[tuple[str, int]] = []
        self._last = ""  # what the last change was, so that letters typed in a row are undone together
        self._yanked = (0, 0)

    # -- the whole -------------------------------------------------------------------------------------------

    def load(self, text: str, cursor: int | None = None) -> None:
        """Another text, with nothing to undo in it."""
        self.text = clean(text)
        self.cursor = self._snap(len(self.text) if cursor is None else cursor)
        self._undo.clear()
        self._redo.clear()
        self._last = ""

    def replace(self, start: int, end: int, text: str, *, by: str = "") -> None:
        """Clean text instead of what stands from start to end; the cursor goes behind it. One step of undo.

        `by`: changes of the same name in a row are one step.
        """
        self._remember(by)
        self.text = self.text[:start] + text + self.text[end:]
        self.cursor = self._snap(start + len(text))

    def _snap(self, place: int) -> int:
        """The nearest place at or behind this one that parts no letter."""
        place = max(0, min(place, len(self.text)))
        start, line = self._line_at(place)
        if place == start:
            return place
        return start + min(one.end for one in clusters(line) if one.end >= place - start)

    # -- moving ----------------------------------------------------------------------------------------------

    def left(self) -> bool:
        return self._move(self._before(self.cursor))

    def right(self) -> bool:
        return self._move(self._behind(self.cursor))

    def word_left(self) -> bool:
        return self._move(self._word_start())

    def word_right(self) -> bool:
        return self._move(self._word_end())

    def line_start(self) -> bool:
        return self._move(self._line_start())

    def line_end(self) -> bool:
        return self._move(self._line_end())

    def text_start(self) -> bool:
        return self._move(0)

    def text_end(self) -> bool:
        return self._move(len(self.text))

    def go(self, place: int) -> bool:
        return self._move(self._snap(place))

    def _move(self, place: int) -> bool:
        """Whether the cursor went anywhere."""
        self._last = ""
        moved = place != self.cursor
        self.cursor = place
        return moved

    # -- changing --------------------------------------------------------------------------------------------

    def type(self, letters: str) -> None:
        """What came from one key. Letters of one word are undone together."""
        self.replace(self.cursor, self.cursor, letters, by="" if letters.isspace() else "type")

    def insert(self, text: str) -> None:
        self.replace(self.cursor, self.cursor, clean(text))

    def delete_left(self) -> bool:
        return self._cut(self._before(self.cursor), self.cursor, by="delete left")

    def delete_right(self) -> bool:
        return self._cut(self.cursor, self._behind(self.cursor), by="delete right")

    def _cut(self, start: int, end: int, *, by: str) -> bool:
        if start == end:
            return False
        self.replace(start, end, "", by=by)
        self.cursor = self._snap(start)
        return True

    def transpose(self) -> bool:
        """The letter before the cursor goes behind the one after it; at the end of a line, the last two change."""
        start, line = self._line_at(self.cursor)
        if self.cursor == start or len(clusters(line)) < 2:
            return False
        at_end = self.cursor == start + len(line)
        place = self._before(self.cursor) if at_end else self.cursor
        before, behind = self._before(place), self._behind(place)
        self.replace(before, behind, self.text[place:behind] + self.text[before:place])
        return True

    # -- killing and yanking ---------------------------------------------------------------------------------

    def kill_line_start(self) -> bool:
        """To the start of the line; at the start, the break before it."""
        start = self._line_start()
        return self._kill(start if start != self.cursor else self._before(start), self.cursor)

    def kill_line_end(self) -> bool:
        """To the end of the line; at the end, the break behind it."""
        end = self._line_end()
        return self._kill(self.cursor, end if end != self.cursor else self._behind(end))

    def kill_blank_word(self) -> bool:
        """To the left, up to white space."""
        before = self.text[: self.cursor].rstrip()
        return self._kill(self._snap(len(before) - len(before.split()[-1]) if before else 0), self.cursor)

    def kill_word_left(self) -> bool:
        return self._kill(self._word_start(), self.cursor)

    def kill_word_right(self) -> bool:
        return self._kill(self.cursor, self._word_end())

    def kill_all(self) -> bool:
        return self._kill(0, len(self.text))

    def _kill(self, start: int, end: int) -> bool:
        if start == end:
            return False
        killed, goes_left = self.text[start:end], end == self.cursor
        if self._last == "kill" and self._kills:
            killed = killed + self._kills.pop() if goes_left else self._kills.pop() + killed
        self._kills.append(killed)
        self._cut(start, end, by="")
        self._last = "kill"
        return True

    def yank(self) -> bool:
        return bool(self._kills) and self._put_yanked(self.cursor, self.cursor)

    def yank_pop(self) -> bool:
        """Straight after a yank: what was killed before that, instead of it."""
        if self._last != "yank":
            return False
        self._kills.rotate(1)
        return self._put_yanked(*self._yanked)

    def _put_yanked(self, start: int, end: int) -> bool:
        killed = self._kills[-1]
        self.replace(start, end, killed)
        self._yanked = (start, start + len(killed))
        self._last = "yank"
        return True

    # -- undo ------------------------------------------------------------------------------------------------

    def undo(self) -> bool:
        if not self._undo:
            return False
        self._redo.append((self.text, self.cursor))
        self.text, self.cursor = self._undo.pop()
        self._last = ""
        return True

    def redo(self) -> bool:
        if not self._redo:
            return False
        self._undo.append((self.text, self.cursor))
        self.text, self.cursor = self._redo.pop()
        self._last = ""
        return True

    def _remember(self, by: str) -> None:
        self._redo.clear()
        if not by or by != self._last:
            self._undo.append((self.text, self.cursor))
        self._last = by

    # -- places ----------------------------------------------------------------------------------------------

    def _line_start(self) -> int:
        return self.text.rfind("\n", 0, self.cursor) + 1

    def _line_end(self) -> int:
        end = self.text.find("\n", self.cursor)
        return len(self.text) if end < 0 else end

    def _line_at(self, place: int) -> tuple[int, str]:
        """The line around a place: where it begins, and its text."""
        start = self.text.rfind("\n", 0, place) + 1
        end = self.text.find("\n", place)
        return start, self.text[start : len(self.text) if end < 0 else end]

    def _before(self, place: int) -> int:
        start, line = self._line_at(place)
        if place == start:
            return max(place - 1, 0)
        return start + max(one.start for one in clusters(line) if one.start < place - start)

    def _behind(self, place: int) -> int:
        start, line = self._line_at(place)
        if place == start + len(line):
            return min(place + 1, len(self.text))
        return start + min(one.end for one in clusters(line) if one.end > place - start)

    def _word_start(self) -> int:
        words = [found.start() for found in _WORD.finditer(self.text, 0, self.cursor)]
        return self._snap(words[-1]) if words else 0

    def _word_end(self) -> int:
        found = _WORD.search(self.text, self.cursor)
        return self._snap(found.end()) if found else len(self.text)


# -- rows ----------------------------------------------------------------------------------------------------


class Row(NamedTuple):
    """One row on the screen: a slice of the text."""

    start: int
    end: int


def wrap(text: str, cells: int) -> list[Row]:
    """The text in rows of so many cells, cut at spaces and between wide letters where possible; at least one row.

    A space that doesn't fit hangs over the edge by one cell, so that a word is not moved for it.
    """
    rows: list[Row] = []
    start = 0
    for line in text.split("\n"):
        cuts = _cuts(line, max(cells, 2))
        rows += [Row(start + left, start + right) for left, right in pairwise([0, *cuts, len(line)])]
        start += len(line) + 1
    return rows


@lru_cache(maxsize=512)
def _cuts(line: str, cells: int) -> tuple[int, ...]:
    cuts: list[int] = []
    begin = used = 0
    soft, kept = 0, 0  # the last good place to cut, and how many cells stand behind it
    for one in clusters(line):
        is_space = line[one.start] == " "
        while used + one.cells > cells + is_space and one.start > begin:
            begin = soft if soft > begin else one.start
            used = kept if begin == soft else 0
            cuts.append(begin)
        used += one.cells
        kept += one.cells
        if is_space or one.cells > 1:
            soft, kept = one.end, 0
    return tuple(cuts)


def row_of(rows: list[Row], place: int) -> int:
    """The row in which a place of the text is shown."""
    return max(bisect_right(rows, place, key=lambda row: row.start) - 1, 0)


def column_of(text: str, row: Row, place: int) -> int:
    return width(text[row.start : place])


def place_at(text: str, row: Row, column: int) -> int:
    """The place in this row nearest to a column."""
    used = 0
    for one in clusters(text[row.start : row.end]):
        if used + one.cells > column:
            return row.start + one.start
        used += one.cells
    return row.end
