"""What was said while we were away, and before we came: draft/chathistory, asked for page by page.

Owns which pages are asked for and where they are put. Knows no sockets and no clock. Used by Session.

1. After a connection was lost, a conversation is read forward from the newest line it has, until nothing more
   comes: no gap. Pages that repeat what is there change nothing: no repeats.
2. A gap of more than so many pages isn't filled: what is older is forgotten, and loads again by scrolling.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from hubbub.client.batches import Batch
from hubbub.client.chat import Conversation, Place
from hubbub.client.isupport import Isupport
from hubbub.client.lines import Line
from hubbub.client.requests import Request
from hubbub.client.timeline import Timeline
from hubbub.irc.times import from_timestamp, to_timestamp
from hubbub.irc.wire import Message

if TYPE_CHECKING:
    from hubbub.client.session import Session

PAGE = 100
_PAGES = 10
"""Of a gap that is filled after a connection was lost."""
_TARGETS = 100
_SKEW_MS = 60_000
"""How far our clock and the server's may be apart."""

Whole = Callable[[bool], None]
"""Called at the end; whether the history could be read."""


class History:
    """Of one session."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._chat = session.chat

    @property
    def exists(self) -> bool:
        return self._chat.has("draft/chathistory", "batch", "server-time") or self._chat.has(
            "chathistory", "batch", "server-time"
        )

    # -- catching up ----------------------------------------------------------------------------------------

    def catch_up(self, conversation: Conversation, done: Whole, *, doubtful: bool = False) -> None:
        """Read what came since the newest line that we have; where we have none, the newest page.

        `doubtful`: lines of ours may be there. A guest who comes back is somebody else to the server, and is shown
        nothing of what was said in private before; so it is asked first whether it knows what we know.
        """
        if doubtful and self.exists and conversation.place is Place.DIRECT:
            self._verify(
                conversation, lambda known: self._read(conversation, lambda whole: done(whole and known))
            )
        else:
            self._read(conversation, done)

    def _verify(self, conversation: Conversation, verified: Whole) -> None:
        newest = conversation.timeline.newest()
        if newest is None:
            verified(False)
            return

        def answered(request: Request) -> None:
            verified(any(one.tags.get("msgid") == newest.msgid for one in _content(request.answers)))

        self._session.ask("CHATHISTORY", "AROUND", conversation.name, self._reference(newest), "1").then(
            answered
        )

    def _read(self, conversation: Conversation, done: Whole) -> None:
        if not self.exists:
            conversation.timeline.at_start = True
            done(False)
        elif newest := self._reference(conversation.timeline.newest()):
            self._forward(conversation, newest, _PAGES, done)
        else:
            self._latest(conversation, done)

    def _forward(self, conversation: Conversation, after: str, pages: int, done: Whole) -> None:
        def merged(lines: list[Line] | None, reference: str) -> None:
            if lines is None and not self._session.is_connected:
                done(False)
            elif lines is None:
                # What it refers to is no longer known there.
                conversation.timeline.clear()
                self._latest(conversation, done)
            elif reference in ("", after):
                done(True)
            elif pages <= 1:
                conversation.timeline.clear()
                self._latest(conversation, done)
            else:
                self._forward(conversation, reference, pages - 1, done)

        self._page(conversation, conversation.timeline, "AFTER", after, merged)

    def _latest(self, conversation: Conversation, done: Whole) -> None:
        def merged(lines: list[Line] | None, last: str) -> None:
            conversation.timeline.at_start = self._is_start(lines, last)
            done(lines is not None)

        self._page(conversation, conversation.timeline, "LATEST", "*", merged)

    def targets(self, since_ms: int, now_ms: int, found: Callable[[list[str]], None]) -> None:
        """The conversations in which something was said since then, direct ones included."""
        if not self.exists:
            found([])
            return
        until = to_timestamp(now_ms + _SKEW_MS)
        since = to_timestamp(max(since_ms - _SKEW_MS, 0))
        request = self._session.ask(
            "CHATHISTORY", "TARGETS", f"timestamp={since}", f"timestamp={until}", str(_TARGETS)
        )
        request.then(lambda answered: found(_targets_in(answered)))

    # -- scrolling ------------------------------------------------------------------------------------------

    def load_older(self, conversation: Conversation, timeline: Timeline) -> None:
        oldest = self._reference(timeline.oldest())
        if not self.exists or not oldest:
            timeline.at_start = True
            self._session.loaded(conversation, timeline, 0, older=True)
            return

        def merged(lines: list[Line] | None, last: str) -> None:
            timeline.at_start = self._is_start(lines, last)
            self._session.loaded(conversation, timeline, len(lines or ()), older=True)

        self._page(conversation, timeline, "BEFORE", oldest, merged)

    def load_newer(self, conversation: Conversation, timeline: Timeline) -> None:
        """For a piece of the past, which doesn't grow by itself."""
        newest = self._reference(timeline.newest())
        if not self.exists or not newest:
            self._session.loaded(conversation, timeline, 0, older=False)
            return

        def merged(lines: list[Line] | None, last: str) -> None:
            self._session.loaded(conversation, timeline, len(lines or ()), older=False)

        self._page(conversation, timeline, "AFTER", newest, merged)

    def around(self, conversation: Conversation, timeline: Timeline, msgid: str, time_ms: int) -> None:
        """A piece of the past with this message in the middle."""
        reference = (
            f"msgid={msgid}" if msgid and self._knows("msgid") else f"timestamp={to_timestamp(time_ms)}"
        )

        def merged(lines: list[Line] | None, last: str) -> None:
            self._session.loaded(conversation, timeline, len(lines or ()), older=False)

        self._page(conversation, timeline, "AROUND", reference, merged)

    def _is_start(self, lines: list[Line] | None, last: str) -> bool:
        """Nothing older exists, or the server gives none. A connection that was lost says nothing about that."""
        return (lines is None or not last) and self._session.is_connected

    # -- pages ----------------------------------------------------------------------------------------------

    def _page(
        self,
        conversation: Conversation,
        timeline: Timeline,
        verb: str,
        reference: str,
        merged: Callable[[list[Line] | None, str], None],
    ) -> None:
        """Ask for one page. `merged`: the lines that were new (None: refused), and a reference to the page's end."""

        def answered(request: Request) -> None:
            if request.failed:
                merged(None, "")
                return
            content = list(_content(request.answers))
            older = verb == "BEFORE"
            lines = self._session.merge(conversation, content, timeline=timeline, older=older)
            merged(lines, self._end_of(content))

        limit = min(PAGE, Isupport(self._chat.tokens).history_limit or PAGE)
        self._session.ask("CHATHISTORY", verb, conversation.name, reference, str(limit)).then(answered)

    def _reference(self, line: Line | None) -> str:
        if line is None:
            return ""
        return f"msgid={line.msgid}" if self._knows("msgid") else f"timestamp={to_timestamp(line.time_ms)}"

    def _end_of(self, content: list[Message | Batch]) -> str:
        """ "" for an empty page. The last of a page need not be a line of ours: it may be a reaction."""
        if not content:
            return ""
        tags = content[-1].tags
        if "msgid" in tags and self._knows("msgid"):
            return f"msgid={tags['msgid']}"
        return f"timestamp={tags['time']}" if "time" in tags else ""

    def _knows(self, kind: str) -> bool:
        return kind in Isupport(self._chat.tokens).references


def _content(answers: Iterable[Message | Batch]) -> Iterable[Message | Batch]:
    for answer in answers:
        if isinstance(answer, Batch):
            yield from answer.messages if answer.type.endswith("chathistory") else _content(answer.messages)


def _targets_in(request: Request) -> list[str]:
    lines = [one for answer in request.answers if isinstance(answer, Batch) for one in answer.flat()]
    named = [line.params for line in lines if line.command == "CHATHISTORY" and len(line.params) == 3]
    dated = [(from_timestamp(params[2]) or 0, params[1]) for params in named if params[0] == "TARGETS"]
    return [name for _, name in sorted(dated)]
