"""Batches: lines that belong together, held back until all of them are here.  https://ircv3.net/specs/extensions/batch

Owns what is open. Knows not what a type of batch means, but for draft/multiline, which makes one text of many lines.
Called by Session for every message, before anything else looks at it.

1. An outermost batch is handed out once, whole, when it is closed; those within are its children, where they began.
2. What names a batch that isn't open is a message like any other.
3. A server that never closes a batch costs a bounded amount of memory: the oldest is forgotten.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from hubbub.irc.wire import Message

CONCAT = "draft/multiline-concat"

_MOST_OPEN = 64
_MOST_MESSAGES = 20_000
"""In one outermost batch, children included; what comes after is dropped."""
_MOST_CHARACTERS = 32_000_000
"""In all that is open."""
_OVERHEAD = 300
"""What a message costs beside its text, in the same measure."""


@dataclass(slots=True, eq=False)
class Batch:
    """`tags` and `source`: of the line that opened it. `messages`: in the order in which they came."""

    reference: str
    type: str
    params: list[str] = field(default_factory=list)
    tags: dict[str, str] = field(default_factory=dict)
    source: str = ""
    messages: list[Message | Batch] = field(default_factory=list)

    @property
    def label(self) -> str:
        return self.tags.get("label", "")

    def flat(self) -> Iterator[Message]:
        """All messages, those of the children in their places."""
        for message in self.messages:
            if isinstance(message, Batch):
                yield from message.flat()
            else:
                yield message


class _Tree:
    """An outermost batch that is open, with what is open within it."""

    __slots__ = ("batch", "characters", "count", "references")

    def __init__(self, batch: Batch) -> None:
        self.batch = batch
        self.references: set[str] = set()
        self.count = 0
        self.characters = 0


class Batches:
    """Of one connection."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Forget all that is open: the connection is gone."""
        self._open: dict[str, tuple[Batch, _Tree]] = {}
        self._characters = 0

    def received(self, message: Message) -> Message | Batch | None:
        """The message itself, the batch that it completes, or None while that is open."""
        if message.command == "BATCH" and message.params:
            sign, reference = message.params[0][:1], message.params[0][1:]
            if sign == "+" and reference and len(message.params) > 1:
                self._begin(reference, message)
                return None
            if sign == "-" and reference in self._open:
                return self._end(reference)
        return self._add(message)

    def _add(self, message: Message) -> Message | None:
        batch, tree = self._open.get(message.tags.get("batch", ""), (None, None))
        if batch is None or tree is None:
            return message
        self._keep(batch, tree, message, _size(message))
        return None

    def _keep(self, batch: Batch, tree: _Tree, message: Message | Batch, size: int) -> None:
        if tree.count >= _MOST_MESSAGES:
            return
        batch.messages.append(message)
        tree.count += 1
        tree.characters += size
        self._characters += size
        while self._characters > _MOST_CHARACTERS:
            self._forget_oldest()

    def _begin(self, reference: str, message: Message) -> None:
        batch = Batch(reference, message.params[1], message.params[2:], message.tags, message.source)
        if reference in self._open:
            # Used anew before its end came: the old one can't be completed any more.
            self._forget(self._open[reference][1])
        parent, tree = self._open.get(message.tags.get("batch", ""), (None, None))
        tree = tree or _Tree(batch)
        tree.references.add(reference)
        self._open[reference] = batch, tree
        if parent is not None:
            self._keep(parent, tree, batch, _size(message))
        while len(self._open) > _MOST_OPEN:
            self._forget_oldest()

    def _end(self, reference: str) -> Batch | None:
        batch, tree = self._open[reference]
        if batch is tree.batch:
            self._forget(tree)
            return batch
        tree.references.discard(reference)
        del self._open[reference]
        return None

    def _forget_oldest(self) -> None:
        _, tree = next(iter(self._open.values()))
        self._forget(tree)

    def _forget(self, tree: _Tree) -> None:
        """Neither it nor what is open within it takes messages any more."""
        for reference in tree.references:
            del self._open[reference]
        self._characters -= tree.characters


def _size(message: Message) -> int:
    return _OVERHEAD + sum(map(len, message.params)) + sum(map(len, message.tags.values()))


def multiline_text(batch: Batch) -> tuple[str, Message]:
    """The text of a draft/multiline batch, and a message that carries it.

    The message is the first line's, with the tags of the whole (msgid, time, label …), which stand on the opener.
    """
    lines = [line for line in batch.flat() if len(line.params) > 1]
    text = "".join([_joined(line, number) for number, line in enumerate(lines)])
    if not lines:
        return "", Message("PRIVMSG", [*batch.params[:1], ""], batch.source, _without_frame(batch.tags))
    first = lines[0]
    tags = _without_frame(first.tags) | _without_frame(batch.tags)
    return text, Message(first.command, [first.params[0], text], first.source or batch.source, tags)


def _joined(line: Message, number: int) -> str:
    between = "" if number == 0 or CONCAT in line.tags else "\n"
    return between + line.params[1]


def _without_frame(tags: dict[str, str]) -> dict[str, str]:
    """What says how the lines are put together says nothing about the whole."""
    return {key: value for key, value in tags.items() if key not in ("batch", CONCAT)}
