"""The rows of a block: time, nick, text, what was answered to, what others think of it.

Owns the columns: what stands in them, how text is wrapped, and that no row is wider than the window. Pure: a Block,
a Shape and a Reader in, rows of Rich segments out. Knows no widget and doesn't remember what it drew; TimelineView
does. Marks that mean something are signs as well as colours: … on its way, ! not sent, » for me.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from typing import NamedTuple

from rich.segment import Segment
from rich.style import Style

from hubbub.client.lines import Delivery, Kind, Line
from hubbub.irc.names import fold
from hubbub.tui.blocks import Block, clock
from hubbub.tui.cells import clip, padded, width, wrap
from hubbub.tui.condensed import Words, condensed, happened
from hubbub.tui.markup import META, Prose, Reader, mark_up, nick_link

NARROW = 60
"""Below this the nick stands in front of the text, not in a column."""

MOST_NICK_CELLS = 16
LEAST_NICK_CELLS = 5

_LEAST_WIDTH = 12
_WITH_TIME = 30
_TIME_CELLS = 5
_UNFOLDED = 3
"""So many rows more are shown before a text is folded: the fold itself takes one."""
_MOST_ROWS = 1000
_MOST_REACTIONS = 24
_REACTION_CELLS = 16
_NAMED_REACTIONS = 2
_NAMES_PER_REACTION = 3
_QUOTED = 300
_NOTHING = Style.null()


@dataclass(frozen=True, slots=True)
class Shape:
    """The room there is. `fold_rows`: of a longer text only so many rows are shown. `in_room`: others read along."""

    width: int
    nick_cells: int = 10
    fold_rows: int = 12
    in_room: bool = True
    zone: tzinfo | None = None

    def with_nicks(self, cells: int) -> Shape:
        return replace(self, nick_cells=cells)

    @property
    def is_narrow(self) -> bool:
        return self.width < NARROW

    @property
    def shows_time(self) -> bool:
        return self.width >= _WITH_TIME

    @property
    def drawn(self) -> int:
        """The width that is laid out for; in less than that, rows are cut off."""
        return max(self.width, _LEAST_WIDTH)

    @property
    def indent(self) -> int:
        """Where the text begins."""
        before = (_TIME_CELLS if self.shows_time else 0) + 1
        return before + 1 if self.is_narrow else before + self.nick_cells + 2

    @property
    def text_cells(self) -> int:
        return self.drawn - self.indent


Row = list[Segment]


class Drawn(NamedTuple):
    """The rows of a block; so many of them stand `above` it (a new day, what is new)."""

    rows: list[Row]
    above: int


class _Margin(NamedTuple):
    """What stands left of a text's first row."""

    time: str = ""
    mark: str = ""
    mark_style: Style = Style.null()
    nick: str = ""
    nick_style: Style = Style.null()


class _Piece(NamedTuple):
    """A part of a Prose that takes one row."""

    prose: Prose
    start: int
    end: int


# -- the whole --------------------------------------------------------------------------------------------------


def lay_out(block: Block, shape: Shape, reader: Reader) -> Drawn:
    if block.hidden:
        return Drawn([], 0)
    rows: list[Row] = []
    if block.day is not None:
        rows.append(_day_row(block.day, shape, reader))
    if block.divider:
        rows.append(_rule(" new ", shape, reader.palette.new))
    above = len(rows)
    rows += _said(block, shape, reader) if block.line.kind.is_said else _happened(block, shape, reader)
    return Drawn(rows if shape.width >= _LEAST_WIDTH else [_cropped(row, shape.width) for row in rows], above)


def _day_row(day: datetime, shape: Shape, reader: Reader) -> Row:
    text = f"— {day:%A}, {day.day} {day:%B} {day.year} —"
    if shape.drawn < len(text):
        text = f"— {day:%Y-%m-%d} —"[: shape.drawn]
    return _centred(text, shape, reader.palette.day)


def _centred(text: str, shape: Shape, style: Style) -> Row:
    return [Segment(" " * ((shape.drawn - len(text)) // 2)), Segment(text, style)]


def _rule(text: str, shape: Shape, style: Style) -> Row:
    return [Segment(f"{text:─^{shape.drawn}}", style)]


def _cropped(row: Row, cells: int) -> Row:
    kept = []
    for text, style, _ in row:
        part = clip(text, cells)
        cells -= width(part)
        kept.append(Segment(part, style))
    return kept


# -- what was said ----------------------------------------------------------------------------------------------


def _said(block: Block, shape: Shape, reader: Reader) -> list[Row]:
    line = block.line
    base = _base_style(line, reader)
    prose = [_tombstone(line, reader)] if line.redacted else mark_up(line.text, reader, base)
    if not block.grouped or line.private or line.kind is not Kind.MESSAGE:
        prose = _prefixed(prose, _lead(line, shape, reader, grouped=block.grouped))
    if line.edited_ms and not line.redacted:
        prose = _suffixed(prose, (" (edited)", reader.palette.dim))
    above = _quote(block, shape, reader) if line.reply_to else []
    below = _failure(line, shape, reader) + _reactions(line, shape, reader)
    texts = _texts(prose, shape, reader, expanded=block.expanded)
    return _with_margin([*above, *texts, *below], _margin(block, shape, reader), shape, reader)


def _base_style(line: Line, reader: Reader) -> Style:
    if line.delivery is Delivery.PENDING:
        return reader.palette.dim
    if line.delivery is Delivery.FAILED:
        return reader.palette.failed
    return reader.palette.notice if line.kind is Kind.NOTICE else Style.null()


def _tombstone(line: Line, reader: Reader) -> Prose:
    by = f"{reader.clean(line.redacted_by)} took this back" if line.redacted_by else "taken back"
    reason = f": {reader.clean(line.redaction_reason[:_QUOTED])}" if line.redaction_reason else ""
    return Prose(f"{by}{reason}", [(0, reader.palette.dim + Style(italic=True))])


def _lead(line: Line, shape: Shape, reader: Reader, *, grouped: bool) -> list[tuple[str, Style]]:
    """What stands in front of the text, in its first row."""
    nick, dim = reader.clean(line.nick), reader.palette.dim
    lead = []
    if shape.is_narrow and line.kind is not Kind.ACTION and not grouped:
        lead.append((_signed(line, nick), _nick_style(line, reader)))
        lead.append((" " if line.kind is Kind.NOTICE else ": ", Style.null()))
    if line.private and shape.in_room:
        to = f" to {reader.clean(line.target)}" if line.mine and line.target else ""
        lead.append((f"(private{to}) ", reader.palette.mention))
    if line.bot and not grouped:
        lead.append(("[bot] ", dim))
    if line.kind is Kind.ACTION:
        lead.append((f"* {nick}" if shape.is_narrow else nick, _nick_style(line, reader)))
        lead.append((" ", Style.null()))
    return lead


def _signed(line: Line, nick: str) -> str:
    return f"-{nick}-" if line.kind is Kind.NOTICE else nick


def _nick_style(line: Line, reader: Reader) -> Style:
    if line.mine or reader.is_me(line.nick):
        return reader.palette.me + Style(meta={META: ("nick", line.nick)})
    return nick_link(line.nick, reader.palette, line.account)


def _prefixed(prose: list[Prose], lead: list[tuple[str, Style]]) -> list[Prose]:
    if not lead:
        return prose
    text, spans = _run_together(lead)
    if not prose or prose[0].code:
        return [Prose(text, spans), *prose]
    first = prose[0]
    moved = [(at + len(text), style) for at, style in first.spans]
    return [Prose(text + first.text, [*spans, *moved]), *prose[1:]]


def _suffixed(prose: list[Prose], mark: tuple[str, Style]) -> list[Prose]:
    text, style = mark
    if not prose or prose[-1].code:
        return [*prose, Prose(text.strip(), [(0, style)])]
    last = prose[-1]
    spans = [
        *(span for span in last.spans if span[0] < len(last.text) or span[0] == 0),
        (len(last.text), style),
    ]
    return [*prose[:-1], Prose(last.text + text, spans)]


def _run_together(parts: list[tuple[str, Style]]) -> tuple[str, list[tuple[int, Style]]]:
    text = ""
    spans = []
    for part, style in parts:
        spans.append((len(text), style))
        text += part
    return text, spans


def _quote(block: Block, shape: Shape, reader: Reader) -> list[Row]:
    style = reader.palette.dim + Style(meta={META: ("quote", block.line.reply_to)})
    return [[Segment(clip(_quoted_words(block.quoted, reader), shape.text_cells), style)]]


def _quoted_words(quoted: Line | None, reader: Reader) -> str:
    if quoted is None:
        return "↪ an earlier message"
    text = "(taken back)" if quoted.redacted else reader.clean(quoted.text[:_QUOTED])
    return f"↪ {reader.clean(quoted.nick)}: {text}"


def _failure(line: Line, shape: Shape, reader: Reader) -> list[Row]:
    if line.delivery is not Delivery.FAILED:
        return []
    reason = reader.clean(line.failure[:_QUOTED]).rstrip(".")
    words = f"not sent{': ' if reason else ''}{reason}. Enter on it: send again"
    return _plain_rows(words, shape, reader.palette.failed)


def _plain_rows(text: str, shape: Shape, style: Style) -> list[Row]:
    return [[Segment(text[start:end], style)] for start, end in wrap(text, shape.text_cells)]


def _texts(prose: list[Prose], shape: Shape, reader: Reader, *, expanded: bool) -> list[Row]:
    """The text itself, folded where it is very long."""
    pieces = _pieces(prose, shape)
    is_long = len(pieces) > shape.fold_rows + _UNFOLDED
    shown = pieces if expanded or not is_long else pieces[: shape.fold_rows]
    rows = [_text_row(piece, reader) for piece in shown[:_MOST_ROWS]]
    hidden = len(pieces) - len(rows)
    if hidden:
        rows.append(_fold_row(f"[+{hidden} more lines]", reader))
    elif is_long:
        rows.append(_fold_row("[show less]", reader))
    return rows


def _pieces(prose: list[Prose], shape: Shape) -> list[_Piece]:
    cells = shape.text_cells
    return [
        _Piece(one, start, end)
        for one in prose
        for start, end in wrap(one.text, cells - 2 if one.code else cells, keep=one.code)
    ]


def _text_row(piece: _Piece, reader: Reader) -> Row:
    segments = piece.prose.segments(piece.start, piece.end)
    return [Segment("│ ", reader.palette.dim), *segments] if piece.prose.code else segments


def _fold_row(text: str, reader: Reader) -> Row:
    return [Segment(text, reader.palette.link + Style(meta={META: ("fold", "")}))]


# -- reactions --------------------------------------------------------------------------------------------------


def _reactions(line: Line, shape: Shape, reader: Reader) -> list[Row]:
    """In as many rows as they need; what we gave ourselves stands in brackets."""
    rows: list[Row] = []
    used = 0
    for emoji in list(line.reactions)[:_MOST_REACTIONS]:
        chip, style = _reaction(line, emoji, reader)
        chip = clip(chip, shape.text_cells)
        cells = width(chip)
        if not rows or used + 2 + cells > shape.text_cells:
            rows.append([])
            used = -2
        space = [Segment("  ")] if rows[-1] else []
        rows[-1] += [*space, Segment(chip, style)]
        used += 2 + cells
    return rows


def _reaction(line: Line, emoji: str, reader: Reader) -> tuple[str, Style]:
    nicks = line.reactions[emoji]
    is_own = any(map(reader.is_me, nicks))
    text = f"{clip(reader.clean(emoji[:_QUOTED]), _REACTION_CELLS)} {len(nicks)}"
    if len(line.reactions) <= _NAMED_REACTIONS and len(nicks) <= _NAMES_PER_REACTION:
        text += f" ({', '.join(map(reader.clean, nicks))})"
    style = reader.palette.own_reaction if is_own else reader.palette.reaction
    return f"[{text}]" if is_own else text, style + Style(meta={META: ("react", emoji)})


# -- what happened ----------------------------------------------------------------------------------------------


def _happened(block: Block, shape: Shape, reader: Reader) -> list[Row]:
    """Everything in full, or all but those who spoke recently in one sentence."""
    if not block.line.kind.is_coming_or_going:
        return _one_happened(block.line, happened(block.line, in_room=shape.in_room), shape, reader)
    full = [line for line in block.lines if block.expanded or fold(line.nick) in block.spoke]
    rest = [] if block.expanded else [line for line in block.lines if fold(line.nick) not in block.spoke]
    rows = [row for line in full[:_MOST_ROWS] for row in _one_happened(line, happened(line), shape, reader)]
    if rest:
        meta = Style(meta={META: ("fold", "")}) if len(rest) > 1 else Style.null()
        words = condensed(rest) if len(rest) > 1 else happened(rest[0])
        rows += _one_happened(rest[0], words, shape, reader, meta)
    if block.expanded and len(full) > 1:
        rows += _with_margin([_fold_row("[show less]", reader)], _Margin(), shape, reader)
    return rows


def _one_happened(
    line: Line, words: Words, shape: Shape, reader: Reader, meta: Style = _NOTHING
) -> list[Row]:
    is_error = line.kind is Kind.ERROR
    base = (reader.palette.failed if is_error else reader.palette.dim) + meta
    prose = [_spelled(words, reader, base)]
    if line.kind in (Kind.INFO, Kind.ERROR):
        prose = mark_up(line.text, reader, base)
    time = clock(line.time_ms, shape.zone) if shape.shows_time else ""
    margin = _Margin(time, "!" if is_error else "", reader.palette.failed)
    return _with_margin(_texts(prose, shape, reader, expanded=False), margin, shape, reader)


def _spelled(words: Words, reader: Reader, base: Style) -> Prose:
    parts = [
        (reader.clean(word), base)
        if isinstance(word, str)
        else (reader.clean(word.nick), base + Style(meta={META: ("nick", word.nick)}))
        for word in words
    ]
    return Prose(*_run_together(parts))


# -- the margin -------------------------------------------------------------------------------------------------


def _margin(block: Block, shape: Shape, reader: Reader) -> _Margin:
    line = block.line
    mark, style = _mark(line, reader)
    if block.grouped:
        return _Margin(mark=mark, mark_style=style)
    time = clock(line.time_ms, shape.zone) if shape.shows_time else ""
    if shape.is_narrow:
        return _Margin(time, mark, style)
    nick = "*" if line.kind is Kind.ACTION else _signed(line, reader.clean(line.nick))
    return _Margin(time, mark, style, nick, _nick_style(line, reader))


def _mark(line: Line, reader: Reader) -> tuple[str, Style]:
    if line.delivery is Delivery.PENDING:
        return "…", reader.palette.dim
    if line.delivery is Delivery.FAILED:
        return "!", reader.palette.failed
    return ("»", reader.palette.mention) if line.mentions_me else ("", Style.null())


def _with_margin(rows: list[Row], margin: _Margin, shape: Shape, reader: Reader) -> list[Row]:
    """The margin beside the first row, and as much space beside the others."""
    space = Segment(" " * shape.indent)
    first = _margin_row(margin, shape, reader)
    rows = rows or [[]]
    return [[*first, *rows[0]], *([space, *row] for row in rows[1:])]


def _margin_row(margin: _Margin, shape: Shape, reader: Reader) -> Row:
    row = [Segment(f"{margin.time:{_TIME_CELLS}}", reader.palette.time)] if shape.shows_time else []
    row.append(Segment(margin.mark or " ", margin.mark_style))
    if shape.is_narrow:
        return [*row, Segment(" ")]
    nick = padded(margin.nick, shape.nick_cells, right=True)
    at = len(nick) - len(nick.lstrip())
    columns = [Segment(nick[:at]), Segment(nick[at:], margin.nick_style), Segment("  ")]
    return [*row, *(segment for segment in columns if segment.text)]


def nick_cells(line: Line, reader: Reader) -> int:
    """How wide a column this line's nick would like."""
    if not line.kind.is_said or line.kind is Kind.ACTION:
        return LEAST_NICK_CELLS
    return min(max(width(_signed(line, reader.clean(line.nick))), LEAST_NICK_CELLS), MOST_NICK_CELLS)


def live_rows(nick: str, text: str, shape: Shape, reader: Reader, most: int = 3) -> list[Row]:
    """What somebody is writing at this moment, dimmed: the last rows of it."""
    name, dim = reader.clean(nick), reader.palette.dim
    words = reader.clean(text)
    if shape.is_narrow:
        words = f"{name}: {words}"
    rows = _plain_rows(words, shape, dim + Style(italic=True))[-most:]
    return _with_margin(rows, _Margin("", "~", dim, name, dim), shape, reader)
