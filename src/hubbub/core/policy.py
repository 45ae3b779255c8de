"""Policy: who may do what. Each check returns, or raises Refused with the numeric that says why not.

Features ask before they propose; nothing here changes anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hubbub.core.bans import is_listed, verdict
from hubbub.core.modes import PREFIXES
from hubbub.core.refusal import Refused, no_such_channel, not_on_channel, not_operator
from hubbub.core.rooms import is_founder, rank_of
from hubbub.irc import numerics
from hubbub.irc.names import fold

if TYPE_CHECKING:
    from collections.abc import Collection

    from hubbub.config import Settings
    from hubbub.core.hub import Hub
    from hubbub.core.model import Channel, User
    from hubbub.core.session import Session


def rank(channel: Channel, user: User) -> int:
    """0 for outsiders and ordinary members, more for each prefix mode in order of rank."""
    letters = channel.members.get(user, "")
    return len(PREFIXES) - list(PREFIXES).index(letters[0]) if letters else 0


def is_channel_operator(channel: Channel, user: User) -> bool:
    return channel.holds(user, "o") or user.acts_as_operator


def may_operate(channel: Channel, user: User, given: str = "") -> None:
    """May change the channel: its operators, and the server's. `given`: its name as the user wrote it."""
    if user not in channel.members and not user.acts_as_operator:
        raise outside(channel, user, given)
    if not is_channel_operator(channel, user):
        raise not_operator(channel.name)


def may_oust(channel: Channel, user: User, member: User) -> None:
    """May take somebody's rank or place in a room: of its founder only the server's operators, and the founder."""
    if is_founder(channel, member) and not (user is member or user.acts_as_operator):
        why = f"{member.nick} is the founder of the channel"
        raise Refused(numerics.ERR_CHANOPRIVSNEEDED, channel.name, why)


def outside(channel: Channel, user: User, given: str = "") -> Refused:
    """What is said to who isn't a member but would have to be: of a hidden room, that there is none of that name."""
    return not_on_channel(channel.name) if may_see(channel, user) else no_such_channel(given or channel.name)


def may_see(channel: Channel, user: User) -> bool:
    """Whether the channel's existence is shown to a user (modes +s and +p)."""
    return user in channel.members or user.acts_as_operator or not (channel.modes.keys() & {"s", "p"})


def may_see_member(channel: Channel, member: User, asker: User) -> bool:
    """Whether it is shown to an asker that somebody is in a channel (modes +s and +p of it, +i of them)."""
    inside = asker in channel.members or asker.acts_as_operator
    return inside or (may_see(channel, asker) and "i" not in member.modes)


def may_speak(channel: Channel, user: User) -> None:
    """May say something to the channel (Modern IRC, ERR_CANNOTSENDTOCHAN)."""
    letters = channel.members.get(user)
    modes = channel.modes
    if letters or is_founder(channel, user):
        return
    if letters is None and "n" in modes:
        raise _cannot_send(channel, "No external messages")
    if "m" in modes:
        raise _cannot_send(channel, "The channel is moderated")
    if "M" in modes and not user.account:
        raise _cannot_send(channel, "Only people with an account may speak; log in first")
    if channel.lists["b"]:
        banned, muted = verdict(channel, user)
        if banned or muted:
            raise _cannot_send(channel, "You are banned" if banned else "You are muted")


def _cannot_send(channel: Channel, why: str) -> Refused:
    return Refused(numerics.ERR_CANNOTSENDTOCHAN, channel.name, f"Cannot send to channel ({why})")


def may_invite(channel: Channel, user: User, given: str) -> None:
    """May ask somebody in: a member, and of a room that is invite-only an operator. `given`: as in may_operate."""
    if not channel.members:
        raise no_such_channel(given)
    if user not in channel.members:
        raise outside(channel, user, given)
    if not is_entitled_to_invite(channel, user):
        raise not_operator(channel.name)


def is_entitled_to_invite(channel: Channel, member: User) -> bool:
    """Whether a member may invite: everybody but to a room that is invite-only."""
    return "i" not in channel.modes or is_channel_operator(channel, member)


def may_join(channel: Channel, user: User, key: str, opened: Collection[str] = ()) -> None:
    """May enter; an invitation opens everything but a full room's door, and the founder's room is open to them.

    Who has a rank in a registered room needs neither invitation nor key. `opened`: modes that a link opens to them.
    """
    if is_founder(channel, user):
        return
    modes, name = channel.modes, channel.name
    invited = user.id in channel.invited
    belongs = invited or bool(rank_of(channel, user))
    knows_way = belongs or "i" in opened or is_listed(user, channel.lists["I"].values())
    if "i" in modes and not knows_way:
        raise Refused(numerics.ERR_INVITEONLYCHAN, name, "Cannot join channel (+i)")
    if "R" in modes and not invited and not user.account:
        raise Refused(numerics.ERR_NEEDREGGEDNICK, name, "Cannot join channel (+R); log in first")
    if channel.lists["b"] and not invited and verdict(channel, user).banned:
        raise Refused(numerics.ERR_BANNEDFROMCHAN, name, "Cannot join channel (+b)")
    if "k" in modes and not belongs and "k" not in opened and key != modes["k"]:
        raise Refused(numerics.ERR_BADCHANNELKEY, name, "Cannot join channel (+k)")
    if is_full(channel, user):
        raise channel_is_full(channel)


def is_full(channel: Channel, user: User) -> bool:
    """Whether a room has as many members as it may have (mode +l); never for its founder."""
    limit = channel.modes.get("l")
    return limit is not None and len(channel.members) >= int(limit) and not is_founder(channel, user)


def channel_is_full(channel: Channel) -> Refused:
    return Refused(numerics.ERR_CHANNELISFULL, channel.name, "Cannot join channel (+l)")


def is_guest_kept_out(settings: Settings, user: User, room: str) -> bool:
    """Whether somebody without an account has no business in a room (accounts.guests is "rooms")."""
    if user.account or settings.accounts.guests != "rooms":
        return False
    return fold(room) not in map(fold, settings.accounts.guest_rooms)


def may_see_address(hub: Hub, asker: Session, user: User) -> bool:
    """Whether a client may know from where a user is connected (setting server.show_addresses)."""
    if asker.user is user or (asker.user and asker.user.is_operator and asker.is_operator):
        return True
    who = hub.settings.server.show_addresses
    return who == "all" or (who == "local" and hub.is_local(asker.ip))
