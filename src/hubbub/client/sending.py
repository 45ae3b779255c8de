"""What somebody wrote, as messages: one line, several, or one batch of several lines.

Owns how a text becomes IRC: its cutting, CTCP ACTION, the tags of a reply and of a nonce, draft/multiline. Pure
functions; knows no state. Called by Outbox when a line goes out, and by Session before a line is made.
"""

from __future__ import annotations

from typing import NamedTuple

from hubbub.client.lines import NONCE_TAG, Kind, Line
from hubbub.irc.wire import Message
from hubbub.plain.typed import split_text

_SOURCE = 64 + 1 + 10 + 1 + 63 + 3
"""Bytes that a server may put in front of a line: a long nick, user, host, and the signs between."""
_UNSENDABLE = {0: None, 13: None}
CONCAT_TAG = "draft/multiline-concat"
REPLY_TAGS = ("+reply", "+draft/reply")
"""The ratified name, and the one that older clients know."""


class NothingToSend(Exception):
    """The text is empty."""


class Limits(NamedTuple):
    """What the server takes. `line`: bytes of a line with CR LF; `batch_bytes` 0: no draft/multiline."""

    line: int = 512
    batch_bytes: int = 0
    batch_lines: int = 0
    tags: bool = False

    @property
    def takes_batches(self) -> bool:
        return self.batch_bytes > 0


def split(target: str, text: str, kind: Kind, limits: Limits) -> list[str]:
    """The texts of the lines that this must be said in: one, where the server takes it whole.

    Raises NothingToSend.
    """
    rows = [row.rstrip() for row in text.translate(_UNSENDABLE).split("\n")]
    while rows and not rows[-1]:
        rows.pop()
    while rows and not rows[0]:
        rows.pop(0)
    if not rows:
        raise NothingToSend
    whole = "\n".join(rows)
    if kind is Kind.MESSAGE and _fits_batch(whole, target, limits):
        return [whole]
    if len(rows) == 1 and len(whole.encode()) <= _space(target, kind, limits):
        return [whole]
    return [piece for row in rows for piece in split_text(row, _space(target, kind, limits))]


def to_messages(target: str, line: Line, limits: Limits) -> list[Message]:
    """One message, or a batch that makes one."""
    tags = _tags(line) if limits.tags else {}
    space = _space(target, line.kind, limits)
    if "\n" not in line.text and (len(line.text.encode()) <= space or not limits.takes_batches):
        return [Message(_verb(line.kind), [target, _wrapped(line)], tags=tags)]
    reference = f"m{line.nonce}"
    rows = []
    for row in line.text.split("\n"):
        for number, piece in enumerate(_pieces(row, space)):
            row_tags = {"batch": reference} | ({CONCAT_TAG: ""} if number else {})
            rows.append(Message(_verb(line.kind), [target, piece], tags=row_tags))
    return [
        Message("BATCH", [f"+{reference}", "draft/multiline", target], tags=tags),
        *rows,
        Message("BATCH", [f"-{reference}"]),
    ]


def _fits_batch(text: str, target: str, limits: Limits) -> bool:
    if not limits.takes_batches or len(text.encode()) > limits.batch_bytes:
        return False
    space = _space(target, Kind.MESSAGE, limits)
    lines = sum(len(_pieces(row, space)) for row in text.split("\n"))
    return not limits.batch_lines or lines <= limits.batch_lines


def _pieces(row: str, space: int) -> list[str]:
    """One row in pieces that, put together again, are the row: nothing is lost between them."""
    pieces = []
    while len(row.encode()) > space:
        cut = len(row.encode()[:space].decode(errors="ignore"))
        blank = row.rfind(" ", cut // 2, cut)
        cut = blank + 1 if blank > 0 else cut
        pieces.append(row[:cut])
        row = row[cut:]
    return [*pieces, row] if row or not pieces else pieces


def _space(target: str, kind: Kind, limits: Limits) -> int:
    """Bytes of text that one line has room for."""
    frame = len(f"{_verb(kind)} {target} :\r\n".encode()) + (9 if kind is Kind.ACTION else 0)
    return max(limits.line - _SOURCE - frame, 64)


def _tags(line: Line) -> dict[str, str]:
    tags = {NONCE_TAG: line.nonce} if line.nonce else {}
    return tags | dict.fromkeys(REPLY_TAGS, line.reply_to) if line.reply_to else tags


def _verb(kind: Kind) -> str:
    return "NOTICE" if kind is Kind.NOTICE else "PRIVMSG"


def _wrapped(line: Line) -> str:
    return f"\x01ACTION {line.text}\x01" if line.kind is Kind.ACTION else line.text
