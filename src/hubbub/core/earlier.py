"""What was said earlier, as the object of a later command: <target> <msgid>.

Owns who may refer to which message. Whatever the asker can't see is the same as what was never said: a message of
another conversation, of a room they aren't in or of others among themselves, one that is gone, an id of nothing.
Called by redaction and editing; https://ircv3.net/specs/extensions/message-redaction, "Errors"
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from hubbub.core.conversations import Conversation, readable
from hubbub.core.delivery import Audience, audience_of
from hubbub.core.messageid import from_msgid
from hubbub.core.modes import PREFIXES
from hubbub.core.refusal import Failed
from hubbub.core.revisions import is_retracted, read_today
from hubbub.core.said import ALL_SIGNS, Said, ranked
from hubbub.irc.names import fold

if TYPE_CHECKING:
    from hubbub.core.command import Context
    from hubbub.core.hub import Hub
    from hubbub.core.ledger import Fact
    from hubbub.core.model import Channel, User


class Earlier(NamedTuple):
    """A message of the log, as it reads today."""

    fact: Fact
    said: Said


async def said_earlier(hub: Hub, msgid: str) -> Earlier | None:
    """The message of an id, whoever may see it."""
    pos = from_msgid(msgid)
    fact = await hub.ledger.read(pos) if pos is not None else None
    for found, event in await read_today(hub, [fact]) if fact else ():
        if isinstance(event, Said):
            return Earlier(found, event)
    return None


def check_seen(
    ctx: Context, target: str, msgid: str, earlier: Earlier | None
) -> tuple[Conversation, Earlier]:
    """The conversation of that name with the message in it, or else raises Failed.

    Nothing may be waited for between this and what is proposed.
    """
    conversation = _conversation(ctx.hub, ctx.user, target)
    if conversation is None:
        # The same whatever the msgid is, and for a room that isn't there as for one that the asker isn't in.
        raise Failed("INVALID_TARGET", target, f"You can't change messages in {target}")
    if earlier is None or not _is_seen(ctx.hub, ctx.user, conversation, earlier):
        raise Failed("UNKNOWN_MSGID", target, msgid, "This message does not exist or is too old")
    return conversation, earlier


def _conversation(hub: Hub, user: User, target: str) -> Conversation | None:
    name = target.lstrip(ALL_SIGNS)
    channel = hub.channels.get(fold(name))
    if channel is not None and user.acts_as_operator:
        return Conversation(channel.log_topic, channel.name)
    return readable(hub, user, name)


def _is_seen(hub: Hub, user: User, conversation: Conversation, earlier: Earlier) -> bool:
    topic = earlier.fact.topic
    if is_retracted(hub, earlier.fact.pos):
        return False
    if topic == conversation.topic:
        return True
    if topic.startswith("direct/"):
        return _is_direct_with(hub, user, topic, conversation.name)
    # What was said to those of a rank is filed beneath the room.
    room, _, rank = topic.rpartition("/")
    channel = room_of(hub, topic)
    if channel is None or room != conversation.topic or rank not in PREFIXES:
        return False
    return is_author(user, earlier.said) or user.acts_as_operator or _holds(channel, user, rank)


def _is_direct_with(hub: Hub, user: User, topic: str, nick: str) -> bool:
    """Whether it is a conversation of the user's own, with one of that nick: one person may have had several ids."""
    known = user.correspondents.get(topic)
    if known is None:
        return False
    others = [hub.users_by_id.get(each) for each in topic.split("/")[1:]]
    return fold(nick) in {fold(known), *[fold(other.nick) for other in others if other not in (None, user)]}


def _holds(channel: Channel, user: User, rank: str) -> bool:
    """Whether a member holds a prefix mode or a higher one."""
    enough = list(PREFIXES)[: list(PREFIXES).index(rank) + 1]
    return any(channel.holds(user, letter) for letter in enough)


def shown_target(conversation: Conversation, earlier: Earlier) -> str:
    """How others know the conversation now, with the signs of a message that was for a rank ("@#tea")."""
    signs, room, _ = earlier.said.target.partition("#")
    return f"{signs}{conversation.name}" if room else conversation.name


def is_author(user: User, said: Said) -> bool:
    """Whether somebody said it: ids are never used twice, so a later owner of the same name is somebody else."""
    return said.user in (user.id, user.former_id)


def room_of(hub: Hub, topic: str) -> Channel | None:
    """The room that a topic of the log belongs to."""
    kind, id, *_ = topic.split("/")
    return hub.channels_by_id.get(id) if kind == "room" else None


def audience_in(hub: Hub, topic: str, author: str) -> Audience:
    """Who is told of what becomes of a message: those who would be told of it if it were said now."""
    channel = room_of(hub, topic)
    if channel is None:
        users = [hub.users_by_id.get(each) for each in topic.split("/")[1:]]
        return audience_of(session for user in users if user is not None for session in user.sessions)
    if topic != channel.log_topic:
        return audience_of(ranked(channel, topic.rpartition("/")[2], hub.users_by_id.get(author)))
    if hub.origin is not None and hub.origin.user not in channel.members:
        return audience_of([*channel.sessions(), hub.origin])
    return channel.audience
