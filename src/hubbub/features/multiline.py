"""BATCH from clients, and draft/multiline: messages of several lines.

https://ircv3.net/specs/extensions/client-batch, multiline. How such a message is shown is known to core.said.
"""

from __future__ import annotations

from hubbub.core.client_batch import BATCH_TYPES, INVALID, BatchType, close_batch, open_batch
from hubbub.core.command import Context, command
from hubbub.core.refusal import Failed, Refused, need_more_params
from hubbub.core.reply import BATCH
from hubbub.core.said import CONCAT, MULTILINE, Line, say_to
from hubbub.irc.names import fold
from hubbub.irc.wire import Message

_TAGS = frozenset({"batch", CONCAT})
"""All that may be on a line within (multiline, "Message tags")."""


@command("BATCH", pipelined=True)
def batch(ctx: Context, reference: str, name: str = "", *params: str) -> None:
    """BATCH +<reference> <type> [<parameters>] | -<reference>: begin or end lines that are one message.

    BATCH +1 draft/multiline #room, then lines such as @batch=1 PRIVMSG #room :text, then BATCH -1.
    """
    if reference.startswith("-"):
        close_batch(ctx, reference[1:])
    elif not reference.startswith("+"):
        raise Failed("INVALID_REFTAG", reference, "A reference tag has + or - in front")
    elif not name:
        raise need_more_params("BATCH")
    else:
        open_batch(ctx, reference[1:], name, list(params))


class Gathering:
    """A message of which not all lines have come. Holds no more than the limits allow."""

    __slots__ = ("lines", "most_bytes", "most_lines", "size", "target", "verb")

    def __init__(self, ctx: Context, target: str) -> None:
        limits = ctx.hub.settings.limits
        self.most_bytes = limits.multiline_bytes
        self.most_lines = limits.multiline_lines
        self.target = target
        self.verb = ""
        self.lines: list[Line] = []
        self.size = 0

    def add(self, message: Message) -> None:
        self._check_verb(message)
        target, text = message.params[:2]
        if fold(target) != fold(self.target):
            raise Failed("MULTILINE_INVALID_TARGET", self.target, target, "Invalid multiline target")
        concat = CONCAT in message.tags
        if concat and not text:
            raise Failed(INVALID, "Invalid multiline batch with concatenated blank line")
        self.size += len(text.encode()) + (1 if self.lines and not concat else 0)
        self.lines.append(Line(text, concat and bool(self.lines)))
        self._check_size()

    def _check_verb(self, message: Message) -> None:
        self.verb = self.verb or message.command
        if message.command != self.verb or self.verb not in ("PRIVMSG", "NOTICE"):
            raise Failed(INVALID, "Invalid multiline batch: all lines are PRIVMSG, or all are NOTICE")
        if len(message.params) < 2:
            raise Failed(INVALID, "Invalid multiline batch: a line has a target and a text")
        if not _TAGS.issuperset(message.tags):
            raise Failed(INVALID, "Invalid multiline batch: other tags belong to its first line, BATCH")

    def _check_size(self) -> None:
        if len(self.lines) > self.most_lines:
            raise Failed("MULTILINE_MAX_LINES", str(self.most_lines), "Multiline batch max-lines exceeded")
        if self.size > self.most_bytes:
            raise Failed("MULTILINE_MAX_BYTES", str(self.most_bytes), "Multiline batch max-bytes exceeded")

    def finish(self, ctx: Context) -> None:
        if not self.lines:
            raise Failed(INVALID, "Invalid multiline batch without lines")
        if not any(line.text for line in self.lines):
            raise Failed(INVALID, "Invalid multiline batch with blank lines only")
        try:
            say_to(ctx, self.verb, self.target, self.lines[0].text, self.lines[1:])
        except Refused:
            # An error is never the answer to a NOTICE (Modern IRC, NOTICE).
            if self.verb != "NOTICE":
                raise


def _begin(ctx: Context, params: list[str]) -> Gathering:
    if len(params) != 1 or not params[0]:
        raise Failed(INVALID, "Invalid multiline batch: it needs one target")
    return Gathering(ctx, params[0])


BATCH_TYPES["draft/multiline"] = BatchType((MULTILINE, BATCH), _begin)
