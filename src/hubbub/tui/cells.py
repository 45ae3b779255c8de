"""How wide text is on a terminal, and where it may be cut.

Owns the measuring of text in cells, its wrapping and clipping, and the taming of what terminals don't agree on:
floods of marks, joiners between things that can't be joined. Knows no messages and no styles. Called by markup.py
and layout.py. The widths are Rich's, because Textual draws by them; a letter with its marks is never parted.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from rich._unicode_data import load as load_cell_table
from rich.cells import cell_len

ELLIPSIS = "…"

_MARKS_PER_LETTER = 8  # real writing stacks fewer; more is drawn over the neighbouring lines
_JOINS = 3  # a family of four
_JOINER = 0x200D
_TONES = (0x1F3FB, 0x1F3FF)
_FLAG_LETTERS = (0x1F1E6, 0x1F1FF)
_EMOJI = [
    (0x2190, 0x21FF),
    (0x2600, 0x27BF),
    (0x2B00, 0x2BFF),
    (0x1F000, 0x1F1E5),
    (0x1F200, 0x1F3FA),
    (0x1F400, 0x1FAFF),
]

_LOW, _UP = (0, 0xFFFF), (0x10000, 0x10FFFF)
_HIGH = "\U00010000-\U0010ffff"

_Range = tuple[int, int]


class _Patterns(NamedTuple):
    """`unruly`: finds what may stay in group 1, and in other matches what must go. `clusters`: see _measure."""

    unruly: re.Pattern[str]
    tones: re.Pattern[str]
    flood: re.Pattern[str]
    clusters: re.Pattern[str]
    wide: re.Pattern[str]


class Measured(NamedTuple):
    """For each cluster of a text, the index behind it and the cells up to there."""

    ends: list[int]
    cells: list[int]


def tame(text: str, *, tones: bool) -> tuple[str, list[_Range]]:
    """The text without what makes terminals disagree about its width, and which parts were cut out.

    Joiners and skin tones stay where they belong to an emoji. The emoji selector goes where it would make a narrow
    sign wide on some terminals only. `tones`: whether this terminal draws a skin tone without extra cells.
    """
    if text.isascii():
        return text, []
    patterns = _patterns()
    cuts = [found.span() for found in patterns.unruly.finditer(text) if found.lastindex is None]
    if not tones:
        cuts = sorted({*cuts, *(found.span() for found in patterns.tones.finditer(text))})
    shorter = without(text, cuts)
    flood = [found.span(1) for found in patterns.flood.finditer(shorter)]
    return without(shorter, flood), [*cuts, *(_moved(cut, cuts) for cut in flood)]


def without(text: str, cuts: list[_Range]) -> str:
    """The text without these parts, which are in order."""
    if not cuts:
        return text
    starts = [0, *(end for _, end in cuts)]
    ends = [*(start for start, _ in cuts), len(text)]
    return "".join(text[start:end] for start, end in zip(starts, ends, strict=True))


def _moved(cut: _Range, earlier: list[_Range]) -> _Range:
    """Where a cut in the shortened text was in the text before the earlier cuts."""
    start, end = cut
    for gone_start, gone_end in earlier:
        if gone_start > start:
            break
        start += gone_end - gone_start
        end += gone_end - gone_start
    return start, end


def width(text: str) -> int:
    return len(text) if text.isascii() else cell_len(text)


def clip(text: str, cells: int) -> str:
    """The beginning that fits, with an ellipsis where something is missing."""
    if width(text) <= cells:
        return text
    return text[: _fitting(text, cells - 1)] + ELLIPSIS if cells > 0 else ""


def _fitting(text: str, cells: int) -> int:
    """How many characters of the text fit."""
    if text.isascii():
        return max(cells, 0)
    ends, sums = _measure(text)
    count = bisect_right(sums, cells)
    return ends[count - 1] if count else 0


def wrap(text: str, cells: int, *, keep: bool = False) -> list[_Range]:
    """The rows of a text: where each begins and ends. `keep`: cut anywhere, lose no space (code)."""
    if len(text) <= cells and text.isascii():
        return [(0, len(text))]
    if text.isascii():
        return _wrap_narrow(text, cells, keep=keep)
    return _wrap_measured(text, cells, keep=keep)


def _wrap_narrow(text: str, cells: int, *, keep: bool) -> list[_Range]:
    """All characters are one cell wide."""
    rows = []
    start = 0
    while len(text) - start > cells:
        limit = start + cells
        cut = -1 if keep else _space_before(text, start, limit)
        end = limit if cut < 0 else cut
        rows.append((start, end))
        start = end if cut < 0 else _behind_spaces(text, cut)
    rows.append((start, len(text)))
    return rows


def _space_before(text: str, start: int, limit: int) -> int:
    """The last space at or before the limit; -1: there is none behind the first word's start."""
    cut = text.rfind(" ", start + 1, limit + 1)
    return cut if cut > start and text[start:cut].strip() else -1


def _behind_spaces(text: str, cut: int) -> int:
    while cut < len(text) and text[cut] == " ":
        cut += 1
    return cut


def _wrap_measured(text: str, cells: int, *, keep: bool) -> list[_Range]:
    ends, sums = _measure(text)
    rows = []
    start = cluster = before = 0
    while sums and sums[-1] - before > cells:
        fits = max(bisect_right(sums, before + cells, lo=cluster), cluster + 1)
        cut = -1 if keep else _break_before(text, start, cluster, fits, ends)
        end = ends[fits - 1] if cut < 0 else cut
        rows.append((start, end))
        start = end if cut < 0 else _behind_spaces(text, cut)
        cluster = bisect_right(ends, start)
        if ends[cluster - 1] != start:
            start -= 1  # a space with a mark on it is a letter
        before = sums[cluster - 1]
    rows.append((start, len(text)))
    return rows


def _break_before(text: str, start: int, cluster: int, fits: int, ends: list[int]) -> int:
    """Where words part before the limit, or wide letters, which may part anywhere; -1: nowhere."""
    limit = ends[fits - 1]
    space = _space_before(text, start, limit)
    wide = _patterns().wide
    for place in range(fits, cluster, -1):
        end = ends[place - 1]
        if end <= space:
            break
        if wide.match(text, end) or wide.match(text, ends[place - 2] if place > 1 else 0):
            return end
    return space


def _measure(text: str) -> Measured:
    """Runs of plain letters are measured as one; the rest cluster by cluster."""
    ends: list[int] = []
    cells: list[int] = []
    total = 0
    for found in _patterns().clusters.finditer(text):
        start, end = found.span()
        kind = found.lastindex or 0
        if kind <= 2:
            ends.extend(range(start + 1, end + 1))
            cells.extend(range(total + kind, total + kind * (end - start) + 1, kind))
            total = cells[-1]
            continue
        total += _cluster_cells(kind, end - start)
        ends.append(end)
        cells.append(total)
    return Measured(ends, cells)


def _cluster_cells(kind: int, length: int) -> int:
    """3: letters of a flag; 4: wide with marks; 5: narrow with marks; 6: marks without a letter."""
    return length if kind == 3 else {4: 2, 5: 1}.get(kind, 0)


@cache
def _patterns() -> _Patterns:
    """Made when first needed: most rooms write ASCII, and Rich's table takes time to load."""
    table = load_cell_table("auto").widths
    wide = sorted((start, end) for start, end, cells in table if cells == 2)
    zero = sorted((start, end) for start, end, cells in table if cells == 0)
    marks = _less(zero, [(_JOINER, _JOINER), _TONES])
    after = sorted([*marks, _TONES])
    special = sorted([*wide, *after, (_JOINER, _JOINER), _FLAG_LETTERS])
    return _Patterns(
        unruly=_unruly(wide, marks),
        tones=re.compile(f"[{_class([_TONES])}]"),
        flood=re.compile(f"(?:{_any(marks)}){{{_MARKS_PER_LETTER}}}((?:{_any(marks)})+)"),
        clusters=_clusters(wide, after, special),
        wide=re.compile(_any(wide)),
    )


def _unruly(wide: list[_Range], marks: list[_Range]) -> re.Pattern[str]:
    tone, mark, emoji = _class([_TONES]), _class(marks), _class(_EMOJI)
    joined = f"(?:\u200d[{emoji}][{tone}]?[{mark}]*)"
    first = f"[{_class(_common(wide, _EMOJI))}][{tone}]?[{mark}]*"
    return re.compile(f"({first}{joined}{{0,{_JOINS}}})|[\u200d\ufe0f{tone}]")


def _clusters(wide: list[_Range], after: list[_Range], special: list[_Range]) -> re.Pattern[str]:
    """Runs of letters of one cell, runs of letters of two, flags, and single letters with what belongs to them."""
    low_wide, low_special = _class(_common(wide, [_LOW])), _class(_common(special, [_LOW]))
    mark = _any(after)
    marks = f"(?:{mark})*"
    narrow = f"[^{low_special}{_HIGH}]|(?=[{_HIGH}])[^{_class(_common(special, [_UP]))}]"
    return re.compile(
        f"([^{low_special}{_HIGH}]+(?!{mark}))"
        f"|([{low_wide}]+(?!{mark}|\u200d))"
        f"|([{_class([_FLAG_LETTERS])}]{{1,2}}){marks}"
        f"|((?:{_any(wide)}){marks}(?:\u200d[{_class(_EMOJI)}]{marks})*)"
        f"|((?:{narrow}){marks})"
        f"|(.)",
        re.DOTALL,
    )


def _any(ranges: list[_Range]) -> str:
    """Matches one of them. Apart for what lies beyond U+FFFF: there `re` tries one range after the other."""
    return f"[{_class(_common(ranges, [_LOW]))}]|(?=[{_HIGH}])[{_class(_common(ranges, [_UP]))}]"


def _common(first: list[_Range], second: list[_Range]) -> list[_Range]:
    overlaps = ((max(a, c), min(b, d)) for a, b in first for c, d in second)
    return [(start, end) for start, end in overlaps if start <= end]


def _less(ranges: list[_Range], gone: list[_Range]) -> list[_Range]:
    for start, end in gone:
        kept = [*_common(ranges, [(0, start - 1)]), *_common(ranges, [(end + 1, 0x10FFFF)])]
        ranges = kept
    return ranges


def _class(ranges: list[_Range]) -> str:
    return "".join(f"\\U{start:08x}-\\U{end:08x}" for start, end in ranges)


def padded(text: str, cells: int, *, right: bool = False) -> str:
    """The text in a column of so many cells, clipped where it is too long."""
    text = clip(text, cells)
    space = " " * (cells - width(text))
    return space + text if right else text + space


def graphemes(text: str) -> Iterator[str]:
    """The letters with their marks, one by one."""
    start = 0
    for end in _measure(text).ends:
        yield text[start:end]
        start = end
