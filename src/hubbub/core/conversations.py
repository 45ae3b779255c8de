"""Conversations: the topics of the log that people read, and by what names they know them.

Messages are filed under a topic; history is read by topic. Who may read is asked here, too: a room's members,
and the two people of a direct conversation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from hubbub.core.accounts import accounts, talk_put
from hubbub.core.hub import ARRIVALS
from hubbub.irc.names import fold

if TYPE_CHECKING:
    from hubbub.core.hub import Hub
    from hubbub.core.ledger import Put
    from hubbub.core.model import User


REMEMBERED = 1000
"""Direct conversations that a person's list holds."""


class Conversation(NamedTuple):
    """A conversation as one of those who may read it knows it."""

    topic: str
    name: str
    """The room's name or the other person's nick."""


def direct_topic(one: str, other: str) -> str:
    """The conversation of two users, by their ids, in the log."""
    first, second = sorted((one, other))
    return f"direct/{first}/{second}"


def direct_conversations(hub: Hub, user: User) -> dict[str, Conversation]:
    """The people with whom a user has exchanged messages, by folded nick.

    Those who are here come before others who once had the same nick.
    """
    gone: dict[str, Conversation] = {}
    here: dict[str, Conversation] = {}
    for topic, nick in user.correspondents.items():
        other_id = _other(topic, user.id)
        other, account = hub.users_by_id.get(other_id), accounts(hub).by_id.get(other_id)
        # An account that isn't here is written to by its name, whatever it called itself last.
        conversation = Conversation(topic, other.nick if other else account.name if account else nick)
        (here if other else gone)[fold(conversation.name)] = conversation
    return gone | here


def _correspondents(hub: Hub, user_id: str) -> dict[str, str] | None:
    """The list of conversations of somebody who is here, or has an account."""
    user = hub.users_by_id.get(user_id)
    if user is not None:
        return user.correspondents
    return accounts(hub).correspondents.setdefault(user_id, {}) if user_id in accounts(hub).by_id else None


def note_talk(hub: Hub, user_id: str, topic: str, nick: str) -> None:
    """Somebody has exchanged a message with the person who is called `nick` now; the latest come last."""
    known = _correspondents(hub, user_id)
    if known is None:
        return
    known.pop(topic, None)
    known[topic] = nick
    if len(known) > REMEMBERED:
        del known[next(iter(known))]


def talk_puts(hub: Hub, topic: str, *sides: tuple[str, str]) -> tuple[Put, ...]:
    """What makes the accounts among the sides (id, the other's nick) remember a new conversation after a restart."""
    registry = accounts(hub)
    known = registry.correspondents
    new = [
        (user_id, nick)
        for user_id, nick in sides
        if user_id in registry.by_id and topic not in known.get(user_id, ())
    ]
    if not new:
        return ()
    puts = [talk_put(user_id, topic, nick) for user_id, nick in new]
    # As `note_talk` forgets the oldest.
    full = [user_id for user_id, _ in new if len(known.get(user_id, ())) >= REMEMBERED]
    return (*puts, *(talk_put(user_id, next(iter(known[user_id])), None) for user_id in full))


@ARRIVALS.append
def _follow_nick(hub: Hub, user: User, nick: str) -> None:
    """Whoever has talked with somebody goes on to know them by their last nick, also when they have gone."""
    for topic in user.correspondents:
        other = hub.users_by_id.get(_other(topic, user.id))
        if other is not None and topic in other.correspondents:
            other.correspondents[topic] = nick


def readable(hub: Hub, user: User, name: str) -> Conversation | None:
    """The conversation that a user means by a name, if there is one and the user may read it."""
    channel = hub.channels.get(fold(name))
    if channel is not None:
        return Conversation(channel.log_topic, channel.name) if user in channel.members else None
    known = direct_conversations(hub, user).get(fold(name))
    if known is not None:
        return known
    other = hub.users.get(fold(name))
    return Conversation(direct_topic(user.id, other.id), other.nick) if other else None


def all_readable(hub: Hub, user: User) -> list[Conversation]:
    """Every conversation of a user: the rooms entered, and the people known."""
    rooms = [Conversation(channel.log_topic, channel.name) for channel in user.channels.values()]
    return [*rooms, *direct_conversations(hub, user).values()]


def _other(topic: str, user_id: str) -> str:
    _, first, second = topic.split("/")
    return second if first == user_id else first
