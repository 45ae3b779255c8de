"""The list at the right: who is in the room.

Owns the order of members and how one looks. Reads the conversation, changes nothing; a click is told to the app as
PersonClicked. The app calls `update_soon` whenever something may have changed; the list looks again at most ten
times a second, and sorts only when members or ranks are others than before.
"""

from __future__ import annotations

from collections.abc import Callable
from time import time
from typing import ClassVar

from textual.binding import BindingType
from textual.message import Message

from hubbub.client.chat import Chat, Conversation, Member
from hubbub.irc.names import fold
from hubbub.tui.cells import clip
from hubbub.tui.row_text import Piece, measure, one_line, spread
from hubbub.tui.rows import Panel


class PersonClicked(Message):
    def __init__(self, nick: str) -> None:
        super().__init__()
        self.nick = nick


class PeopleList(Panel, can_focus=True):
    """With the focus, it is gone through by ↑ and ↓, and Enter does what a click does."""

    PAUSE = 0.1
    BINDINGS: ClassVar[list[BindingType]] = [
        ("up", "step(-1)", "up"),
        ("down", "step(1)", "down"),
        ("pageup", "page(-1)", "page up"),
        ("pagedown", "page(1)", "page down"),
        ("enter", "take", "this person"),
    ]
    DEFAULT_CSS = """
    PeopleList { width: 18; height: 1fr; }
    """

    def __init__(self, *, clock: Callable[[], float] = time, id: str | None = None) -> None:
        super().__init__(self._draw_row, id=id)
        self._clock = clock
        self._chat = Chat()
        self._room: Conversation | None = None
        self._members: list[Member] = []
        self._membership: object = None

    # -- what is shown --------------------------------------------------------------------------------------

    def show(self, room: Conversation | None, chat: Chat) -> None:
        """The people of this room; None: of none."""
        if room is not self._room:
            self.scroll_to(y=0, animate=False, immediate=True)
        self._room, self._chat = room, chat
        self.update_now()

    def look(self) -> None:
        """Somebody may have come, gone, or be typing."""
        membership = self._read_membership()
        if membership != self._membership:
            self._membership = membership
            self._members = _sorted(self._room, self._chat) if self._room is not None else []
            self.fill(len(self._members) + 1, self._place_of_chosen())
        self.refresh()

    def _read_membership(self) -> object:
        """What the order depends on. Cheap: it is looked at often, also in rooms of thousands."""
        if self._room is None:
            return None
        members = self._room.members
        return self._room, list(members), [member.ranks for member in members.values()], self._chat.prefixes

    def _place_of_chosen(self) -> int | None:
        return min(self.chosen, len(self._members)) if self.chosen is not None else None

    # -- one row --------------------------------------------------------------------------------------------

    def _draw_row(self, index: int, part: int, width: int) -> list[Piece]:
        if index == 0:
            return [(how_many(len(self._members)), "muted")] if self._members else []
        member = self._members[index - 1]
        away = member.person.away is not None
        rank = self._chat.prefixes.get(member.ranks[:1], " ")
        left: list[Piece] = [(rank, "strong"), (one_line(member.nick), "muted" if away else "")]
        state = self._state(member)
        if measure(left) + measure(state) > width:
            state = [(clip(text, max(width - measure(left), 4)), style) for text, style in state]
        return spread(left, state, width)

    def _state(self, member: Member) -> list[Piece]:
        if self._is_typing(member):
            return [("…", "good")]
        if member.person.away is not None:
            return [("(away)", "muted")]
        return [("bot", "muted")] if member.person.bot else []

    def _is_typing(self, member: Member) -> bool:
        if self._room is None or not self._room.typing:
            return False
        until = self._room.typing.get(fold(member.nick), 0)
        return until > self._clock() * 1000

    # -- Textual --------------------------------------------------------------------------------------------

    def on_focus(self) -> None:
        self.choose(self.chosen or 1)

    def on_blur(self) -> None:
        self.choose(None)

    def action_step(self, step: int) -> None:
        self.choose(max((self.chosen or 0) + step, 1))

    def action_page(self, direction: int) -> None:
        self.move_page(direction)
        self.choose(max(self.chosen or 0, 1))

    def action_take(self) -> None:
        if self.chosen is not None:
            self._take(self.chosen)

    def on_rows_clicked(self, event: Panel.Clicked) -> None:
        event.stop()
        self._take(event.index)

    def _take(self, index: int) -> None:
        if 0 < index <= len(self._members):
            self.post_message(PersonClicked(self._members[index - 1].nick))


def _sorted(room: Conversation, chat: Chat) -> list[Member]:
    """By rank, then by name."""
    order = {mode: place for place, mode in enumerate(chat.prefixes)}
    members = sorted(
        room.members.items(), key=lambda item: (order.get(item[1].ranks[:1], len(order)), item[0])
    )
    return [member for _, member in members]


def how_many(count: int) -> str:
    return "1 person" if count == 1 else f"{count:,} people"
