"""Live text on the screen: what others type, below the log, and the mark while letters of ours leave.

Owns the words for it. The session (client.live) knows what is shared; called by the app when something was written,
when another conversation is shown, and for each LiveChanged.
"""

from __future__ import annotations

from hubbub.client.chat import Conversation
from hubbub.client.session import Session

_NAMED = 3


def mark(session: Session, conversation: Conversation) -> str:
    """What stands above the input while letters leave the screen; "" if they don't."""
    live = session.live
    if not live.is_on(conversation):
        return ""
    words = f"LIVE: {_who(session, conversation)}"
    return f"{words}; what you pasted waits for Enter" if live.holds_back(conversation) else words


def _who(session: Session, conversation: Conversation) -> str:
    audience = session.live.audience(conversation)
    if audience is None:
        return "whoever shares theirs sees what you type"
    if not audience.number:
        return "nobody here shares theirs yet"
    named = list(audience.nicks[:_NAMED])
    others = audience.number - len(named)
    if others:
        named.append(f"{others} other{'s' if others > 1 else ''}")
    names = " and ".join(filter(None, [", ".join(named[:-1]), named[-1]]))
    return f"{names} {'sees' if audience.number == 1 else 'see'} what you type"


def lines(session: Session, conversation: Conversation) -> list[tuple[str, str]]:
    """(nick, text) of those who type there."""
    return [(typed.nick, typed.text) for typed in session.live.lines(conversation)]
