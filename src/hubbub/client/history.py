"""What was said while we were away, and before we came: draft/chathistory, asked for page by page.

Owns which pages are asked for and where they are put. Knows no sockets and no clock. Used by Session.

1. After a connection was lost, a conversation is read forward from the newest line it has, until nothing more
   comes: no gap. Pages that repeat what is there change nothing: no repeats.
2. A gap of more than so many pages isn't filled: what is older is forgotten, and loads again by scrolling.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, NamedTuple

from hubbub.client.batches import Batch
from hubbub.client.chat import Conversation, Place
from hubbub.client.isupport import Isupport
from hubbub.client.lines import Line
from hubbub.client.outbox import Proof
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

Done = Callable[[Proof], None]
"""Called at the end, with what is known of a line of ours that was not found."""


class _Gap(NamedTuple):
    """What is to be read. `newest`: from there on; None: the newest page.

    `doubt`: when the oldest line of ours was written that may be there; None: nothing is looked for (any more).
    """

    conversation: Conversation
    newest: Line | None
    doubt: Callable[[], int | None]
    done: Done

    def only_if(self, known: bool) -> _Gap:
        return self if known else self._replace(done=lambda _: self.done(Proof.OPEN))


class _Page(NamedTuple):
    """`lines`: what was new. `end`: a reference to its end. `since_ms`: how far back it reaches; None: it is empty."""

    lines: list[Line]
    end: str
    since_ms: int | None


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

    def catch_up(
        self,
        conversation: Conversation,
        newest: Line | None,
        done: Done,
        *,
        doubt: Callable[[], int | None] = lambda: None,
    ) -> None:
        """Read what came since the newest line that we had; where we had none, the newest page.

        `doubt`: lines of ours may be there. A guest who comes back is somebody else to the server, and is shown
        nothing of what was said in private before; so it is asked first whether it knows what we know.
        """
        gap = _Gap(conversation, newest, doubt, done)
        if doubt() is not None and self.exists and conversation.place is Place.DIRECT:
            self._verify(gap)
        else:
            self._read(gap)

    def _verify(self, gap: _Gap) -> None:
        newest = gap.newest
        if newest is None:
            self._read(gap.only_if(False))
            return

        def answered(request: Request) -> None:
            known = any(one.tags.get("msgid") == newest.msgid for one in _content(request.answers))
            self._read(gap.only_if(known))

        name, reference = gap.conversation.name, self._reference(newest)
        self._session.ask("CHATHISTORY", "AROUND", name, reference, "1").then(answered)

    def _read(self, gap: _Gap) -> None:
        if not self.exists:
            gap.conversation.timeline.at_start = True
            gap.done(Proof.OPEN)
        elif newest := self._reference(gap.newest):
            self._forward(gap, newest, _PAGES)
        else:
            self._latest(gap)

    def _forward(self, gap: _Gap, after: str, pages: int) -> None:
        timeline = gap.conversation.timeline

        def merged(page: _Page | None) -> None:
            if page is None and not self._session.is_connected:
                gap.done(Proof.OPEN)
            elif page is not None and page.end in ("", after):
                gap.done(Proof.ABSENT)
            elif page is None or pages <= 1:
                # What it refers to is no longer known there, or there is too much.
                timeline.clear()
                self._latest(gap)
            else:
                self._forward(gap, page.end, pages - 1)

        self._page(gap.conversation, timeline, "AFTER", after, merged)

    def _latest(self, gap: _Gap) -> None:
        def merged(page: _Page | None) -> None:
            gap.conversation.timeline.at_start = self._is_start(page)
            self._look_back(gap, page, _PAGES)

        self._page(gap.conversation, gap.conversation.timeline, "LATEST", "*", merged)

    def _look_back(self, gap: _Gap, page: _Page | None, pages: int) -> None:
        """For lines of ours: what isn't found has not arrived only if older things are found."""
        doubt = gap.doubt()
        oldest = self._reference(gap.conversation.timeline.oldest())
        if page is None:
            gap.done(Proof.OPEN)
        elif doubt is None or (page.since_ms is not None and page.since_ms < doubt - _SKEW_MS):
            gap.done(Proof.ABSENT)
        elif page.since_ms is None and gap.newest is None:
            # The beginning, and nothing is missing that we know of.
            gap.done(Proof.ABSENT)
        elif page.since_ms is None or pages <= 0 or not oldest:
            gap.done(Proof.OPEN)
        else:
            self._further_back(gap, oldest, pages - 1)

    def _further_back(self, gap: _Gap, before: str, pages: int) -> None:
        def merged(page: _Page | None) -> None:
            gap.conversation.timeline.at_start = self._is_start(page)
            self._look_back(gap, page, pages)

        self._page(gap.conversation, gap.conversation.timeline, "BEFORE", before, merged)

    def targets(self, since_ms: int, now_ms: int, found: Callable[[list[str], bool], None]) -> None:
        """The conversations in which something was said since then, direct ones included; and whether that is all."""
        if not self.exists:
            found([], False)
            return
        until = to_timestamp(now_ms + _SKEW_MS)
        since = to_timestamp(max(since_ms - _SKEW_MS, 0))
        limit = min(_TARGETS, Isupport(self._chat.tokens).history_limit or _TARGETS)

        def answered(request: Request) -> None:
            names = _targets_in(request)
            found(names, not request.failed and len(names) < limit)

        self._session.ask(
            "CHATHISTORY", "TARGETS", f"timestamp={since}", f"timestamp={until}", str(_TARGETS)
        ).then(answered)

    # -- scrolling ------------------------------------------------------------------------------------------

    def load_older(self, conversation: Conversation, timeline: Timeline) -> None:
        oldest = self._reference(timeline.oldest())
        if not self.exists or not oldest:
            timeline.at_start = True
            self._session.loaded(conversation, timeline, 0, older=True)
            return

        def merged(page: _Page | None) -> None:
            timeline.at_start = self._is_start(page)
            self._session.loaded(conversation, timeline, len(page.lines) if page else 0, older=True)

        self._page(conversation, timeline, "BEFORE", oldest, merged)

    def load_newer(self, conversation: Conversation, timeline: Timeline) -> None:
        """For a piece of the past, which doesn't grow by itself."""
        newest = self._reference(timeline.newest())
        if not self.exists or not newest:
            self._session.loaded(conversation, timeline, 0, older=False)
            return

        def merged(page: _Page | None) -> None:
            self._session.loaded(conversation, timeline, len(page.lines) if page else 0, older=False)

        self._page(conversation, timeline, "AFTER", newest, merged)

    def around(self, conversation: Conversation, timeline: Timeline, msgid: str, time_ms: int) -> None:
        """A piece of the past with this message in the middle."""
        reference = (
            f"msgid={msgid}" if msgid and self._knows("msgid") else f"timestamp={to_timestamp(time_ms)}"
        )

        def merged(page: _Page | None) -> None:
            self._session.loaded(conversation, timeline, len(page.lines) if page else 0, older=False)

        self._page(conversation, timeline, "AROUND", reference, merged)

    def _is_start(self, page: _Page | None) -> bool:
        """Nothing older exists, or the server gives none. A connection that was lost says nothing about that."""
        return (page is None or not page.end) and self._session.is_connected

    # -- pages ----------------------------------------------------------------------------------------------

    def _page(
        self,
        conversation: Conversation,
        timeline: Timeline,
        verb: str,
        reference: str,
        merged: Callable[[_Page | None], None],
    ) -> None:
        """Ask for one page. `merged`: called when it is in its place; None: it was refused."""

        def answered(request: Request) -> None:
            if request.failed:
                merged(None)
                return
            content = list(_content(request.answers))
            older = verb == "BEFORE"
            lines = self._session.merge(conversation, content, timeline=timeline, older=older)
            times = [time_ms for one in content if (time_ms := from_timestamp(one.tags.get("time", "")))]
            merged(_Page(lines, self._end_of(content), min(times, default=None)))

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
