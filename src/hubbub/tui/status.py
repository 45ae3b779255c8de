"""The row above the input, and the banner that says that the connection is lost.

Owns the words that stand there and what gives way where there is little room. Knows no network: the app says what
is so. Nothing is drawn anew unless it reads differently.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from textual.geometry import Size
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget

from hubbub.client.chat import Chat, Conversation
from hubbub.client.events import Phase, PhaseChanged
from hubbub.irc.names import fold
from hubbub.tui.cells import clip, wrap
from hubbub.tui.cells import width as width_of
from hubbub.tui.paint import PAINT_CSS, STYLES, paint
from hubbub.tui.row_text import Piece, measure, one_line, spread
from hubbub.tui.windows import Window

_MOST_ACTIVE = 5
"""Windows that are named as active; of the others only their number is said."""
_LONGEST_NAME = 16
_LEAST_REASON = 12
"""Cells below which a reason says nothing."""
_MOST_ROWS = 3
"""Of a notice."""
_LASTING = 5
"""From this weight on, what stands at the right gives way after the names of active windows."""


# -- words ---------------------------------------------------------------------------------------------------


def typists(conversation: Conversation, chat: Chat, now_ms: float) -> list[str]:
    """Who is typing there now, without ourselves and those who are ignored."""
    return [
        _spelled(folded, conversation, chat)
        for folded, until in conversation.typing.items()
        if until > now_ms and folded != fold(chat.nick) and folded not in chat.ignored
    ]


def _spelled(folded: str, conversation: Conversation, chat: Chat) -> str:
    member = conversation.members.get(folded)
    person = member.person if member is not None else chat.people.get(folded)
    return person.nick if person is not None else folded


def typing_words(names: Sequence[str]) -> str:
    if not names:
        return ""
    if len(names) > 2:
        return "several people are typing…"
    shown = " and ".join(clip(one_line(name), _LONGEST_NAME) for name in names)
    return f"{shown} {'is' if len(names) == 1 else 'are'} typing…"


def activity_words(windows: Iterable[Window]) -> tuple[tuple[str, bool], ...]:
    """Each as it is named, and whether we are mentioned there. Those that there is no place for have no name."""
    return tuple(
        (_active(window) if at < _MOST_ACTIVE else "", bool(window.conversation.mentions))
        for at, window in enumerate(windows)
    )


def _active(window: Window) -> str:
    talk = window.conversation
    count = f"{talk.mentions}@" if talk.mentions else str(talk.unread)
    return f"{clip(one_line(window.title), _LONGEST_NAME)}({count})"


class Standing(NamedTuple):
    """How things stand, for the right end of the row. `activity`: from activity_words."""

    network: str = ""
    phase: Phase = Phase.ONLINE
    encrypted: bool = True
    away: bool = False
    dnd: bool = False
    activity: tuple[tuple[str, bool], ...] = ()


class _Block(NamedTuple):
    """Something said at the right; what matters least gives way first."""

    weight: int
    pieces: list[Piece]


def standing_pieces(standing: Standing, width: int) -> list[Piece]:
    """As much as fits. Names of active windows give way after what is so all day, and before what is set or wrong."""
    blocks = _blocks(standing)
    kept = _dropped(blocks, width)
    for count in range(min(len(standing.activity), _MOST_ACTIVE), 0, -1):
        kept = _dropped([*blocks, _Block(9, _activity(standing.activity, count))], width)
        if all(block in kept for block in blocks if block.weight >= _LASTING):
            break
    return _joined(kept)


def _blocks(standing: Standing) -> list[_Block]:
    is_online = standing.phase is Phase.ONLINE
    blocks = [_Block(3, [(clip(one_line(standing.network), 24), "muted")])] if standing.network else []
    blocks.append(_Block(2 if is_online else 8, [(standing.phase.value, "muted" if is_online else "bad")]))
    if is_online:
        blocks.append(
            _Block(4, [("TLS", "muted")]) if standing.encrypted else _Block(5, [("no TLS", "mention")])
        )
    if standing.away:
        blocks.append(_Block(6, [("away", "mention")]))
    if standing.dnd:
        blocks.append(_Block(7, [("do not disturb", "mention")]))
    return blocks


def _activity(active: tuple[tuple[str, bool], ...], count: int) -> list[Piece]:
    pieces: list[Piece] = [("act:", "muted")]
    for name, mentioned in active[:count]:
        pieces += [(" ", ""), (name, "mention" if mentioned else "strong")]
    rest = len(active) - count
    return [*pieces, (f" +{rest}", "muted")] if rest else pieces


def _dropped(blocks: list[_Block], width: int) -> list[_Block]:
    kept = list(blocks)
    while kept and measure(_joined(kept)) > width:
        kept.remove(min(kept, key=lambda block: block.weight))
    return kept


def _joined(blocks: list[_Block]) -> list[Piece]:
    pieces: list[Piece] = []
    for block in blocks:
        pieces += [(" · ", "muted"), *block.pieces] if pieces else block.pieces
    return pieces


def candidate_pieces(candidates: Sequence[str], chosen: int | None, width: int) -> list[Piece]:
    """Side by side, from such a place on that the chosen one is seen; it stands in brackets."""
    first = 0
    while chosen is not None and first < chosen and _reach(candidates[first : chosen + 1]) > width:
        first += 1
    pieces: list[Piece] = [("… ", "muted")] if first else []
    for index, candidate in enumerate(candidates[first:], first):
        text = one_line(candidate)
        pieces.append((f"[{text}]", "strong") if index == chosen else (f" {text} ", ""))
        if measure(pieces) > width:
            break
    return pieces


def _reach(candidates: Sequence[str]) -> int:
    return sum(width_of(one_line(candidate)) + 2 for candidate in candidates) + 2


# -- the row -------------------------------------------------------------------------------------------------


class StatusLine(Widget):
    """At the left the passing notice, or else what can be completed, or else who is typing."""

    COMPONENT_CLASSES = STYLES
    ALLOW_SELECT = False
    DEFAULT_CSS = f"""
    StatusLine {{ height: auto; width: 1fr; {PAINT_CSS} }}
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._standing = Standing()
        self._typing = ""
        self._notice: Piece | None = None
        self._candidates: tuple[str, ...] = ()
        self._chosen: int | None = None

    def stand(self, standing: Standing) -> None:
        if standing != self._standing:
            self._standing = standing
            self.refresh()

    def tell_typing(self, names: Sequence[str]) -> None:
        words = typing_words(names)
        if words != self._typing:
            self._typing = words
            self.refresh()

    def offer(self, candidates: Sequence[str], chosen: int | None = None) -> None:
        """What Tab goes through; none: no longer."""
        offered = tuple(candidates[:200]), chosen
        if offered != (self._candidates, self._chosen):
            self._candidates, self._chosen = offered
            self.refresh()

    def say(self, text: str, error: bool = False) -> None:
        """Stands until the next key (`forget`)."""
        self._notice = one_line(text), "bad" if error else ""
        self._show()

    def forget(self) -> None:
        if self._notice is not None:
            self._notice = None
            self._show()

    def _show(self) -> None:
        self.refresh(layout=len(self._rows(self.size.width)) != self.size.height)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self._rows(width))

    def _rows(self, width: int) -> list[str]:
        """The notice in as many rows as it needs: what to do about it stands at its end."""
        if self._notice is None:
            return [""]
        text, style = self._notice
        cells = max(width - 4 if style else width - 2, 1)
        rows = [text[start:end] for start, end in wrap(text, cells)]
        if len(rows) > _MOST_ROWS:
            rows[_MOST_ROWS - 1] = clip(text[wrap(text, cells)[_MOST_ROWS - 1][0] :], cells)
        return rows[:_MOST_ROWS]

    def render_line(self, y: int) -> Strip:
        width = max(self.size.width - 2, 1)
        rows = self._rows(self.size.width)
        if len(rows) > 1:
            return paint(self, [(" ", ""), *self._notice_row(rows, y)], self.size.width)
        left = self._left(width)
        # Who is typing may be cut; what is said once, or chosen from, not.
        needed = min(measure(left), width if self._notice or self._candidates else width // 2)
        right = standing_pieces(self._standing, width - needed - 2 if needed else width)
        return paint(self, [(" ", ""), *spread(left, right, width)], self.size.width)

    def _notice_row(self, rows: Sequence[str], y: int) -> list[Piece]:
        style = self._notice[1] if self._notice is not None else ""
        sign = [("  " if y else "! ", style)] if style else []
        return [*sign, (rows[y], style)] if y < len(rows) else []

    def _left(self, width: int) -> list[Piece]:
        if self._notice is not None:
            return [("! ", "bad"), self._notice] if self._notice[1] else [self._notice]
        if self._candidates:
            return candidate_pieces(self._candidates, self._chosen, width)
        return [(self._typing, "muted")] if self._typing else []


# -- the banner ----------------------------------------------------------------------------------------------


def banner_words(event: PhaseChanged, seconds: int, key: str, width: int) -> str:
    """What is wrong, when it goes on, and what one can do. The reason gives way first."""
    ends = [f" ({key} tries now). What you type is kept.", f" ({key}: now)", ""]
    if event.phase is Phase.WAITING:
        when = f"Next attempt in {seconds} s" if seconds > 0 else "Next attempt now"
    elif event.phase is Phase.ENDED:
        when, ends = "Not trying again", [f" ({key} does). What you type is kept.", f" ({key} does)", ""]
    else:
        when, ends = "Connecting again…", [" What you type is kept.", ""]
    reason = one_line(event.reason).rstrip(". ")
    for end in ends[:2]:
        lost = _lost(reason, width - width_of(when + end), is_whole=end is ends[0])
        if lost:
            return lost + when + end
    tries = ["Connection lost. " + when + end for end in ends[1:]]
    return next((words for words in tries if width_of(words) <= width), clip(when, width))


def _lost(reason: str, width: int, *, is_whole: bool) -> str:
    """Why, in so many cells; "" if too little could be said. `is_whole`: nothing may be cut."""
    if not reason:
        return "Connection lost. " if width >= 17 else ""
    room = width - width_of("Connection lost: . ")
    if width_of(reason) <= room:
        return f"Connection lost: {reason}. "
    return "" if is_whole or room < _LEAST_REASON else f"Connection lost: {clip(reason, room)} "


class Banner(Widget):
    """A row that is there only while the connection isn't. `clock`: loop time, as in PhaseChanged.retry_at."""

    COMPONENT_CLASSES = STYLES
    ALLOW_SELECT = False
    DEFAULT_CSS = f"""
    Banner {{
        height: 1; width: 1fr; display: none; background: $panel; {PAINT_CSS}
        &.-lost {{ display: block; }}
    }}
    """

    def __init__(
        self, *, key: str = "Alt+R", clock: Callable[[], float] | None = None, id: str | None = None
    ) -> None:
        super().__init__(id=id)
        self._key = key
        self._clock = clock or (lambda: asyncio.get_running_loop().time())
        self._event: PhaseChanged | None = None
        self._timer: Timer | None = None

    def show(self, event: PhaseChanged) -> None:
        """The state of the network that is looked at; a first attempt is no loss."""
        if event.phase is Phase.ONLINE or (event.phase is Phase.ENDED and not event.reason):
            self.hide()
        elif self._event is not None or event.phase in (Phase.WAITING, Phase.ENDED):
            self._event = event
            self.add_class("-lost")
            self._count_down(event.phase is Phase.WAITING)
            self.refresh()

    def hide(self) -> None:
        self._event = None
        self.remove_class("-lost")
        self._count_down(False)

    def _count_down(self, wanted: bool) -> None:
        if self._timer is not None and not wanted:
            self._timer.stop()
            self._timer = None
        elif self._timer is None and wanted:
            self._timer = self.set_interval(0.5, self.refresh)

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        if self._event is None:
            return paint(self, [], width)
        seconds = math.ceil(self._event.retry_at - self._clock())
        words = banner_words(self._event, seconds, self._key, width - 4)
        return paint(self, [(" ! ", "mention"), (words, "mention")], width)
