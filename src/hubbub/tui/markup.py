"""What people wrote, as styled text: IRC's formatting, code, links, rooms, nicks.

Owns what is recognised in a text and how much of it. Knows no rows and no columns (layout.py), only which styles
there are (colors.Palette). Pure functions. Everything here is hostile: what a terminal would obey is gone before
anything is styled, and the work is bounded by the length of the text and a fixed number of styled places.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import quote

from rich.segment import Segment
from rich.style import Style

from hubbub.irc.names import fold
from hubbub.irc.text import plain
from hubbub.tui.cells import tame
from hubbub.tui.colors import Palette, Rgb, parse

META = "hubbub"
"""The key of Style.meta under which it stands what a click means: (what, value)."""

LONGEST_LINK = 2048
MOST_LINES = 1000
"""Lines of one message that are looked at. No person reads more, and a flood must cost little."""

_MOST_STYLES = 250
_SEARCHED = 16_000
"""Characters of one line in which links and names are looked for."""

_CODES = re.compile(
    r"\x03(?P<color>[0-9]{1,2}(?:,[0-9]{1,2})?)?"
    r"|\x04(?P<hex>[0-9A-Fa-f]{6}(?:,[0-9A-Fa-f]{6})?)?"
    r"|[\x02\x0f\x11\x16\x1d\x1e\x1f]"
)
_TOGGLES = {
    "\x02": 0,
    "\x1d": 1,
    "\x1f": 2,
    "\x1e": 3,
    "\x11": 4,
    "\x16": 5,
}
"""The places of the switches in Format."""
_FENCE = re.compile(r"\s*```\s*[\w+#.-]{0,20}\s*")
_BREAK = re.compile(r"\r\n|[\n\r\v\f\x85\u2028\u2029]")

# Code first: what stands in it is nothing else. No part can run over another one's length twice.
_NOTABLE = re.compile(
    r"(?P<code>```[^`]{1,400}```|`[^`]{1,400}`)"
    r"|(?<![\w])(?P<link>(?:https?|ircs?)://[^\s<>\"`/][^\s<>\"`]*|geo:-?[0-9][-0-9.,;=?&a-z]*)"
    r"|(?<![\w&#/])(?P<room>[#&+!][^\s,:*?\"'`<>()\[\]{}]{1,64})"
    r"|(?P<word>[\w\[\]{}\\|^-]+)",
    re.IGNORECASE,
)
_CLOSING = {")": "(", "]": "[", "}": "{"}
_TRAILING = frozenset(".,;:!?'*_~…")

_FIRST_16 = """
ffffff 000000 00007f 009300 ff0000 7f0000 9c009c fc7f00
ffff00 00fc00 009393 00ffff 0000fc ff00ff 7f7f7f d2d2d2
"""
_OTHERS = """
470000 472100 474700 324700 004700 00472c 004747 002747 000047 2e0047 470047 47002a
740000 743a00 747400 517400 007400 007449 007474 004074 000074 4b0074 740074 740045
b50000 b56300 b5b500 7db500 00b500 00b571 00b5b5 0063b5 0000b5 7500b5 b500b5 b5006b
ff0000 ff8c00 ffff00 b2ff00 00ff00 00ffa0 00ffff 008cff 0000ff a500ff ff00ff ff0098
ff5959 ffb459 ffff71 cfff60 6fff6f 65ffc9 6dffff 59b4ff 5959ff c459ff ff66ff ff59bc
ff9c9c ffd39c ffff9c e2ff9c 9cff9c 9cffdb 9cffff 9cd3ff 9c9cff dc9cff ff9cff ff94d3
000000 131313 282828 363636 4d4d4d 656565 818181 9f9f9f bcbcbc e2e2e2 ffffff
"""
_COLORS: list[Rgb | None] = [parse(color) for color in f"{_FIRST_16} {_OTHERS}".split()] + [None]
"""ircdocs "IRC Formatting": 00 to 15, 16 to 98, and 99, the default."""


@dataclass(frozen=True, slots=True, eq=False)
class Reader:
    """For whom text is styled. `knows`: whether a folded nick is somebody; `tones`: see cells.tame."""

    palette: Palette
    me: str = ""
    channel_types: str = "#&"
    knows: Callable[[str], bool] = lambda nick: False
    tones: bool = False

    def is_me(self, nick: str) -> bool:
        return bool(self.me) and fold(nick) == fold(self.me)

    def clean(self, text: str) -> str:
        """Some text of others that stands in one row and isn't styled: names, reasons, topics."""
        if text.isascii() and text.isprintable():
            return text
        return tame(plain(_BREAK.sub(" ", text)), tones=self.tones)[0]


class Prose(NamedTuple):
    """One line of a message. `spans`: from which index on which style holds; the first begins at 0."""

    text: str
    spans: list[tuple[int, Style]]
    code: bool = False

    def segments(self, start: int, end: int) -> list[Segment]:
        """A part of it, as Rich draws it."""
        pieces = []
        at = bisect_right(self.spans, start, key=lambda span: span[0]) - 1
        while start < end:
            stop = min(self.spans[at + 1][0], end) if at + 1 < len(self.spans) else end
            if stop > start:
                pieces.append(Segment(self.text[start:stop], self.spans[at][1]))
            start, at = stop, at + 1
        return pieces


class Format(NamedTuple):
    """What IRC's formatting codes have switched on."""

    bold: bool = False
    italic: bool = False
    underline: bool = False
    strike: bool = False
    monospace: bool = False
    reverse: bool = False
    color: Rgb | None = None
    background: Rgb | None = None


_PLAIN = Format()


def mark_up(text: str, reader: Reader, base: Style) -> list[Prose]:
    """The lines of a message, at most MOST_LINES."""
    prose = []
    left = _MOST_STYLES
    for line, is_code in _lines(text):
        if is_code:
            prose.append(_code_line(line, reader, base))
            continue
        one = _mark_up_line(line, reader, base, left)
        left = max(left - len(one.spans) + 1, 0)
        prose.append(one)
    return prose


def _lines(text: str) -> list[tuple[str, bool]]:
    """The lines, and which are code. The fences of a closed block of code are not shown."""
    lines = _BREAK.split(text, MOST_LINES)[:MOST_LINES] if not text.isprintable() else [text]
    fences = [
        at for at, line in enumerate(lines) if line.lstrip().startswith("```") and _FENCE.fullmatch(line)
    ]
    if len(fences) < 2:
        return [(line, False) for line in lines]
    opened = set(fences[: len(fences) // 2 * 2])
    shown = []
    is_code = False
    for at, line in enumerate(lines):
        if at in opened:
            is_code = not is_code
        else:
            shown.append((line, is_code))
    return shown or [(line, False) for line in lines]


def _code_line(line: str, reader: Reader, base: Style) -> Prose:
    text = tame(plain(line.replace("\t", "    ")), tones=reader.tones)[0]
    return Prose(text, [(0, base + reader.palette.code)], code=True)


def _mark_up_line(line: str, reader: Reader, base: Style, most: int) -> Prose:
    text, formats = _read_formatting(line, reader, most)
    spans = [(at, base + _style_of(form, reader.palette)) for at, form in formats]
    notable = _notable(text, reader, most - len(spans))
    return Prose(text, _overlaid(spans, notable))


# -- IRC's formatting -------------------------------------------------------------------------------------------


def _read_formatting(line: str, reader: Reader, most: int) -> tuple[str, list[tuple[int, Format]]]:
    """The clean text of a line, and where which format begins; after so many changes no more are seen."""
    if line.isascii() and line.isprintable():
        return line, [(0, _PLAIN)]
    pieces: list[str] = []
    formats = [(0, _PLAIN)]
    length = last = 0
    for code in _CODES.finditer(line):
        pieces.append(plain(line[last : code.start()]))
        length += len(pieces[-1])
        last = code.end()
        if len(formats) <= most:
            formats.append((length, _changed(formats[-1][1], code)))
    pieces.append(plain(line[last:]))
    text, cuts = tame("".join(pieces), tones=reader.tones)
    return text, _shifted(formats, sorted(cuts), len(text))


def _changed(form: Format, code: re.Match[str]) -> Format:
    sign = code[0][0]
    if sign == "\x0f":
        return _PLAIN
    if sign in "\x03\x04":
        return _recolored(form, code["color"], code["hex"])
    return _toggled(form, _TOGGLES[sign])


def _toggled(form: Format, at: int) -> Format:
    fields = list(form)
    fields[at] = not fields[at]
    return Format(*fields)  # type: ignore[arg-type]  # the toggles are the bools


def _recolored(form: Format, numbers: str | None, digits: str | None) -> Format:
    if not numbers and not digits:
        return form._replace(color=None, background=None)
    color, comma, background = (numbers or digits or "").partition(",")
    read = (lambda number: _COLORS[int(number)]) if numbers else parse
    return form._replace(color=read(color), background=read(background) if comma else form.background)


def _shifted(
    formats: list[tuple[int, Format]], cuts: list[tuple[int, int]], length: int
) -> list[tuple[int, Format]]:
    """The places of the formats in the text without the parts that were cut out; the last at a place holds."""
    kept: dict[int, Format] = {}
    gone = passed = 0
    for at, form in formats:
        while passed < len(cuts) and cuts[passed][1] <= at:
            gone += cuts[passed][1] - cuts[passed][0]
            passed += 1
        kept[min(max(at - gone, 0), length)] = form
    return sorted(kept.items(), key=lambda item: item[0])


def _style_of(form: Format, palette: Palette) -> Style:
    return Style.null() if form is _PLAIN else _formatted(form, palette)


@lru_cache(512)
def _formatted(form: Format, palette: Palette) -> Style:
    attributes = Style(
        bold=form.bold or None,
        italic=form.italic or None,
        underline=form.underline or None,
        strike=form.strike or None,
        reverse=form.reverse or None,
    )
    colors = palette.said_in(form.color, form.background)
    return (palette.code if form.monospace else Style.null()) + colors + attributes


# -- what is recognised -----------------------------------------------------------------------------------------


class _Note(NamedTuple):
    start: int
    end: int
    style: Style


def _notable(text: str, reader: Reader, most: int) -> list[_Note]:
    """Code, links, rooms and nicks, in order; at most so many."""
    notes: list[_Note] = []
    if most <= 0:
        return notes
    for found in _NOTABLE.finditer(text, 0, _SEARCHED):
        note = _RECOGNISED[found.lastgroup or ""](found, reader)
        if note is None:
            continue
        notes.append(note)
        if len(notes) * 2 >= most:
            break
    return notes


def _note_code(found: re.Match[str], reader: Reader) -> _Note:
    return _Note(found.start(), found.end(), reader.palette.code)


def _note_link(found: re.Match[str], reader: Reader) -> _Note | None:
    url = _trimmed(found[0])
    if len(url) > LONGEST_LINK or url.endswith("://"):
        return None
    style = reader.palette.link + Style(link=target(url), meta={META: ("link", url)})
    return _Note(found.start(), found.start() + len(url), style)


def links_in(text: str) -> list[str]:
    """The URLs that are links where this is shown, in order."""
    found = (_trimmed(one[0]) for one in _NOTABLE.finditer(text, 0, _SEARCHED) if one.lastgroup == "link")
    return [url for url in found if len(url) <= LONGEST_LINK and not url.endswith("://")]


def target(url: str) -> str:
    """What the terminal opens: the URL that is seen, in the alphabet that OSC 8 allows."""
    return quote(url, safe="!#$%&'()*+,/:;=?@[]~")


def _trimmed(url: str) -> str:
    """Without the punctuation of the sentence around it, and without a bracket that it doesn't open."""
    extra = {closing: url.count(closing) - url.count(opening) for closing, opening in _CLOSING.items()}
    end = len(url)
    while end:
        last = url[end - 1]
        if extra.get(last, 0) > 0:
            extra[last] -= 1
        elif last not in _TRAILING:
            break
        end -= 1
    return url[:end]


def _note_room(found: re.Match[str], reader: Reader) -> _Note | None:
    name = found[0].rstrip(".;!~-_")
    if name[:1] not in reader.channel_types or not any(map(str.isalpha, name)):
        return None
    style = reader.palette.room + Style(meta={META: ("room", name)})
    return _Note(found.start(), found.start() + len(name), style)


def _note_word(found: re.Match[str], reader: Reader) -> _Note | None:
    word = found[0]
    if len(word) > 64:
        return None
    if reader.is_me(word):
        return _Note(found.start(), found.end(), reader.palette.mention)
    if not reader.knows(fold(word)):
        return None
    return _Note(found.start(), found.end(), nick_link(word, reader.palette))


@lru_cache(1024)
def nick_link(nick: str, palette: Palette, account: str = "") -> Style:
    """The style of a nick in its colour that can be clicked."""
    return palette.nick(account or nick) + Style(meta={META: ("nick", nick)})


_RECOGNISED: dict[str, Callable[[re.Match[str], Reader], _Note | None]] = {
    "code": _note_code,
    "link": _note_link,
    "room": _note_room,
    "word": _note_word,
}


def _overlaid(spans: list[tuple[int, Style]], notes: Iterable[_Note]) -> list[tuple[int, Style]]:
    """The spans with what is recognised drawn over them."""
    for start, end, style in notes:
        first = bisect_right(spans, start, key=lambda span: span[0]) - 1
        behind = bisect_right(spans, end, key=lambda span: span[0]) - 1
        inside = [(max(at, start), below + style) for at, below in spans[first : behind + 1] if at < end]
        before = [spans[first]] if spans[first][0] < start else []
        after = [(end, spans[behind][1])]
        spans[first : behind + 1] = [*before, *inside, *after]
    return spans
