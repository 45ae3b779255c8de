"""The reply buffer: what one command answers to the connection that gave it.

A handler never writes to its own client; it replies here. Without a label a reply is sent as it comes. With one,
lines are held until the command is done, and then sent as labeled-response wants: none → ACK, one → tagged,
several → a batch whose opening line carries the label (labeled-response, "Tags").
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from hubbub.core.capability import capability, isupport_tokens
from hubbub.irc.numerics import RPL_ISUPPORT
from hubbub.irc.text import clip
from hubbub.irc.wire import MAX_LINE, Message, escape_tag

if TYPE_CHECKING:
    from hubbub.core.session import Session


BATCH = capability("batch")
LABELED_RESPONSE = capability("labeled-response", shapes=False)
EXTENDED_ISUPPORT = capability("draft/extended-isupport", shapes=False)
TOKENS_PER_LINE = 13
"""Modern IRC, RPL_ISUPPORT: at most 13 tokens in one message."""
ADDED = 64
"""Bytes that a line in a batch may get beyond its own: the tag, and the line end."""
LONGEST_LABEL = 64
"""Bytes of a label (labeled-response, "Tag value")."""


def label_of(session: Session, message: Message) -> str:
    """The label that a client gave its command, or ""."""
    if not message.tags or not session.has(LABELED_RESPONSE):
        return ""
    label = message.tags.get("label", "")
    return label if len(label.encode()) <= LONGEST_LABEL else ""


def with_tag(tag: str, line: str) -> str:
    """A line with one more tag in front."""
    return f"@{tag};{line[1:]}" if line.startswith("@") else f"@{tag} {line}"


def in_batch(batch: str, line: str) -> str:
    """A line inside a batch; one that is in another already stays there, which nests by its first and last line."""
    head = line.partition(" ")[0]
    if line.startswith("@") and any(tag.startswith("batch=") for tag in head[1:].split(";")):
        return line
    return with_tag(f"batch={batch}", line)


class Room:
    """Bytes that are left for an answer, which must not fill up all that may wait for a client."""

    def __init__(self, left: int) -> None:
        self.left = left

    def take(self, lines: Iterable[str]) -> bool:
        """Use it up; False when something doesn't fit, and for all that comes after it."""
        self.left -= sum([len(line.encode()) + ADDED for line in lines])
        return self.left >= 0


def middle(text: str) -> str:
    """Any text as a parameter that is not the last one.

    An address such as ::1 gets a 0 in front (Modern IRC, RPL_WHOISUSER); what only the last may be becomes *.
    """
    if not text or " " in text:
        return "*"
    return f"0{text}" if text.startswith(":") else text


def _middles(params: tuple[str, ...]) -> str:
    """All parameters but the last, each with a space in front; what came from a client can't add any."""
    return "".join([f" {middle(param)}" for param in params[:-1]])


def filled(words: Iterable[str], room: int, between: str = " ") -> Iterator[str]:
    """Words joined into as few texts as there must be of at most `room` bytes; a longer word stands alone."""
    line = ""
    for word in words:
        longer = f"{line}{between}{word}" if line else word
        if line and len(longer.encode()) > room:
            yield line
            longer = word
        line = longer
    if line:
        yield line


class Reply:
    """Answers to one command of one session."""

    __slots__ = ("_batch", "_lines", "label", "open", "session")

    def __init__(self, session: Session, label: str = "") -> None:
        self.session = session
        self.label = label
        self.open = 1
        """What the answer still waits for: the handler itself, and each of its facts under way."""
        self._lines: list[str] = []
        self._batch = ""

    def line(self, text: str) -> None:
        """Send a whole line."""
        if self._batch:
            text = in_batch(self._batch, text)
        if self.label:
            self._lines.append(text)
        else:
            self.session.send(text)

    def numeric(self, code: str, *params: str) -> None:
        """Send a numeric reply; the last parameter is written as trailing."""
        session = self.session
        trailing = f" :{params[-1]}" if params else ""
        self._bounded(f":{session.hub.name} {code} {session.display_nick}{_middles(params)}{trailing}")

    @contextmanager
    def batch(self, opening: str) -> Iterator[None]:
        """What is replied meanwhile belongs to a batch (its type and parameters), if the client knows batches."""
        if not self.session.has(BATCH):
            yield
            return
        server, outer, reference = self.session.hub.name, self._batch, self.session.next_batch()
        self.line(f":{server} BATCH +{reference} {opening}")
        self._batch = reference
        try:
            yield
        finally:
            self._batch = outer
            self.line(f":{server} BATCH -{reference}")

    def room(self, code: str, *params: str) -> int:
        """Bytes that the last parameter of a numeric may have, for a line of no more than 512."""
        session = self.session
        front = " ".join([f":{session.hub.name}", code, session.display_nick, *params])
        return MAX_LINE - len(f"{front} :\r\n".encode())

    def standard(self, kind: str, command: str, code: str, *params: str) -> None:
        """Send FAIL, WARN or NOTE (standard-replies)."""
        self._bounded(f":{self.session.hub.name} {kind} {command} {code}{_middles(params)} :{params[-1]}")

    def _bounded(self, text: str) -> None:
        """A line that repeats what a client gave can become longer than a line may be; its end is cut."""
        self.line(clip(text, self.session.hub.settings.limits.line - 2))

    def fail(self, command: str, code: str, *params: str) -> None:
        """Send a FAIL reply: code, context, description."""
        self.standard("FAIL", command, code, *params)

    def not_stored(self) -> None:
        """The disk is full, say."""
        self.fail("*", "NOT_STORED", "That could not be stored, and nobody was told; try again later")

    def done(self) -> None:
        """One thing less to wait for; at the last, a labelled answer goes out."""
        self.open -= 1
        if self.open or not self.label:
            return
        for line in self._labelled():
            self.session.send(line)

    def _labelled(self) -> list[str]:
        tag = f"label={escape_tag(self.label)}"
        server = self.session.hub.name
        if not self._lines:
            return [f"@{tag} :{server} ACK"]
        if len(self._lines) == 1 or self._is_one_batch():
            return [with_tag(tag, self._lines[0]), *self._lines[1:]]
        if not self.session.has(BATCH):
            return self._lines
        batch = self.session.next_batch()
        inside = [in_batch(batch, line) for line in self._lines]
        return [f"@{tag} :{server} BATCH +{batch} labeled-response", *inside, f":{server} BATCH -{batch}"]

    def _is_one_batch(self) -> bool:
        """Whether everything is inside one batch already, which then carries the label itself."""
        opened = self._lines[0].partition(" BATCH +")[2].partition(" ")[0]
        return bool(opened) and self._lines[-1].endswith(f" BATCH -{opened}")


def send_isupport(reply: Reply) -> None:
    """005, as many lines as it needs; in one batch for those who want it so (extended-isupport)."""
    if not reply.session.has(EXTENDED_ISUPPORT):
        _send_isupport(reply)
        return
    with reply.batch("draft/isupport"):
        _send_isupport(reply)


def _send_isupport(reply: Reply) -> None:
    tokens = isupport_tokens(reply.session.hub.settings, reply.session)
    for start in range(0, len(tokens), TOKENS_PER_LINE):
        reply.numeric(RPL_ISUPPORT, *tokens[start : start + TOKENS_PER_LINE], "are supported by this server")
