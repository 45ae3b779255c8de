"""Policy: who may do what. Each check returns, or raises Refused with the numeric that says why not.

Features ask before they propose; nothing here changes anything.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from hubbub.core.modes import PREFIXES
from hubbub.core.refusal import Refused, not_on_channel, not_operator
from hubbub.irc import numerics
from hubbub.irc.masks import matches

if TYPE_CHECKING:
    from hubbub.core.hub import Hub
    from hubbub.core.model import Channel, ListEntry, User
    from hubbub.core.session import Session


def faces(user: User) -> tuple[str, ...]:
    """What a mask is held against: the user as others see it, and with its real address."""
    shown = user.source
    real = f"{user.nick}!{user.user}@{user.ip}"
    return (shown,) if not user.ip or user.ip == user.host else (shown, real)


def is_listed(user: User, entries: Iterable[ListEntry]) -> bool:
    """Whether one of the masks of a list means this user."""
    shown = faces(user)
    return any(matches(entry.mask, face) for entry in entries for face in shown)


def is_banned(channel: Channel, user: User) -> bool:
    """Banned and not excepted."""
    bans = channel.lists["b"]
    return bool(bans) and is_listed(user, bans.values()) and not is_listed(user, channel.lists["e"].values())


def rank(channel: Channel, user: User) -> int:
    """0 for outsiders and ordinary members, more for each prefix mode in order of rank."""
    letters = channel.members.get(user, "")
    return len(PREFIXES) - list(PREFIXES).index(letters[0]) if letters else 0


def is_channel_operator(channel: Channel, user: User) -> bool:
    return channel.holds(user, "o") or user.is_operator


def may_operate(channel: Channel, user: User) -> None:
    """May change the channel: its operators, and the server's."""
    if user not in channel.members and not user.is_operator:
        raise not_on_channel(channel.name)
    if not is_channel_operator(channel, user):
        raise not_operator(channel.name)


def may_see(channel: Channel, user: User) -> bool:
    """Whether the channel's existence is shown to a user (modes +s and +p)."""
    return user in channel.members or user.is_operator or not (channel.modes.keys() & {"s", "p"})


def may_see_member(channel: Channel, member: User, asker: User) -> bool:
    """Whether it is shown to an asker that somebody is in a channel (modes +s and +p of it, +i of them)."""
    inside = asker in channel.members or asker.is_operator
    return inside or (may_see(channel, asker) and "i" not in member.modes)


def may_speak(channel: Channel, user: User) -> None:
    """May say something to the channel (Modern IRC, ERR_CANNOTSENDTOCHAN)."""
    letters = channel.members.get(user)
    modes = channel.modes
    if letters:
        return
    if letters is None and "n" in modes:
        raise _cannot_send(channel, "No external messages")
    if "m" in modes:
        raise _cannot_send(channel, "The channel is moderated")
    if is_banned(channel, user):
        raise _cannot_send(channel, "You are banned")


def _cannot_send(channel: Channel, why: str) -> Refused:
    return Refused(numerics.ERR_CANNOTSENDTOCHAN, channel.name, f"Cannot send to channel ({why})")


def may_join(channel: Channel, user: User, key: str) -> None:
    """May enter; an invitation opens everything but a full room's door."""
    modes, name = channel.modes, channel.name
    invited = user.id in channel.invited
    if "i" in modes and not invited and not is_listed(user, channel.lists["I"].values()):
        raise Refused(numerics.ERR_INVITEONLYCHAN, name, "Cannot join channel (+i)")
    if not invited and is_banned(channel, user):
        raise Refused(numerics.ERR_BANNEDFROMCHAN, name, "Cannot join channel (+b)")
    if "k" in modes and not invited and key != modes["k"]:
        raise Refused(numerics.ERR_BADCHANNELKEY, name, "Cannot join channel (+k)")
    if "l" in modes and len(channel.members) >= int(modes["l"]):
        raise Refused(numerics.ERR_CHANNELISFULL, name, "Cannot join channel (+l)")


def may_see_address(hub: Hub, asker: Session, user: User) -> bool:
    """Whether a client may know from where a user is connected (setting server.show_addresses)."""
    if asker.user is user or (asker.user and asker.user.is_operator):
        return True
    who = hub.settings.server.show_addresses
    return who == "all" or (who == "local" and hub.is_local(asker.ip))
