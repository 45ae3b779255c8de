"""The row above the conversation: where one is, and what it is about.

Owns what is said there, and what is left out first where there is little room. Reads the conversation, changes
nothing. The app calls `show` on every change; nothing is drawn anew unless it reads differently.
"""

from __future__ import annotations

from textual.strip import Strip
from textual.widget import Widget

from hubbub.client.chat import Chat, Conversation, Place
from hubbub.irc.names import fold
from hubbub.tui.paint import PAINT_CSS, STYLES, paint
from hubbub.tui.people_list import how_many
from hubbub.tui.row_text import Piece, measure, one_line, spread


class TopBar(Widget):
    COMPONENT_CLASSES = STYLES
    ALLOW_SELECT = False
    DEFAULT_CSS = f"""
    TopBar {{ height: 1; width: 1fr; {PAINT_CSS} }}
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._left: list[Piece] = []
        self._right: list[Piece] = []

    def show(
        self,
        conversation: Conversation | None,
        chat: Chat,
        *,
        title: str = "",
        with_count: bool = False,
        away: str = "",
    ) -> None:
        """`title`: of the network. `with_count`: how many people, where the list of them is hidden.

        `away`: what is said of a room that we are not in because there is no connection.
        """
        left = _left(conversation, chat, one_line(title), away)
        right = _right(conversation, with_count=with_count)
        if (left, right) != (self._left, self._right):
            self._left, self._right = left, right
            self.refresh()

    def render_line(self, y: int) -> Strip:
        width = self.size.width - 2
        right = self._right
        # The modes give way to the topic, and then the count to the name.
        while right and measure(right) > width // 4 and measure([*self._left, *right]) >= width:
            right = right[1:]
        return paint(self, [(" ", ""), *spread(self._left, right, width)], self.size.width)


def _left(conversation: Conversation | None, chat: Chat, title: str, away: str) -> list[Piece]:
    if conversation is None:
        return [(title, "strong")]
    if conversation.place is Place.SERVER:
        return [(title or "server", "strong"), *_after("what the server says")]
    if conversation.place is Place.DIRECT:
        return [(one_line(conversation.name), "strong"), *_after(_about(conversation, chat))]
    if not conversation.joined:
        return [(one_line(conversation.name), "strong"), *_after(away or "you are not in this room")]
    return [(one_line(conversation.name), "strong"), *_after(one_line(conversation.topic))]


def _after(text: str) -> list[Piece]:
    return [(" · ", "muted"), (text, "")] if text else []


def _about(conversation: Conversation, chat: Chat) -> str:
    """What is known of somebody."""
    person = chat.people.get(fold(conversation.name))
    if person is None:
        return "only the two of you"
    away = f"away: {person.away}" if person.away else "away" if person.away is not None else ""
    name = person.realname if person.realname != person.nick else ""
    words = [name, "a bot" if person.bot else "", away]
    return one_line(" · ".join(word for word in words if word)) or "only the two of you"


def _right(conversation: Conversation | None, *, with_count: bool) -> list[Piece]:
    if conversation is None or not conversation.is_room or not conversation.joined:
        return []
    parts = [(one_line(conversation.modes), "muted")] if conversation.modes.strip("+") else []
    if with_count and conversation.members:
        count = len(conversation.members)
        parts.append((f"  {how_many(count)}", "muted"))
    return parts
