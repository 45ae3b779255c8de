"""MODE: settings of rooms and of people.  Modern IRC, MODE"""

from __future__ import annotations

from hubbub.core.bans import NoMask, to_entry
from hubbub.core.capability import isupport
from hubbub.core.command import Context, command
from hubbub.core.model import Channel
from hubbub.core.modes import NUMBERS, USER_MODES, channel_kinds, channel_mode, user_mode
from hubbub.core.policy import is_channel_operator, may_operate, may_oust, may_see, outside
from hubbub.core.refusal import (
    Refused,
    no_such_channel,
    no_such_nick,
    not_operator,
    not_there,
)
from hubbub.core.room_modes import ModesChanged
from hubbub.core.usermodes import ModeChange, UserModesChanged
from hubbub.irc import numerics
from hubbub.irc.modes import Change, MissingArgument, UnknownMode, format_changes, parse_changes
from hubbub.irc.names import fold

BAN = channel_mode("b", "lists", "Bans: whom a mask means can neither enter nor speak")
EXCEPTION = channel_mode("e", "lists", "Exceptions: whom a mask means is not banned")
INVITE_EXCEPTION = channel_mode("I", "lists", "Invite exceptions: whom a mask means needs no invitation")
KEY = channel_mode("k", "always", "A key is needed to enter")
LIMIT = channel_mode("l", "on_set", "No more than so many people", number=(1, 999_999_999))
channel_mode("M", "never", "Only who is logged in, or has voice, may speak")
channel_mode("R", "never", "Only who is logged in, or invited, may enter")
channel_mode("i", "never", "Only who is invited may enter")
channel_mode("m", "never", "Moderated: only operators and voiced people may speak")
channel_mode("n", "never", "Only members may speak")
channel_mode("p", "never", "Private: hidden from lists of rooms")
channel_mode("s", "never", "Secret: only members learn that the room exists")
INVISIBLE = user_mode("i", "Invisible to people who share no room with you")
SERVER_OPERATOR = user_mode("o", "Operator of the server (see OPER)", own=False)
WALLOPS = user_mode("w", "Receives WALLOPS, messages from operators to everybody")

LIST_NUMERICS = {
    BAN: (numerics.RPL_BANLIST, numerics.RPL_ENDOFBANLIST, "End of channel ban list"),
    EXCEPTION: (numerics.RPL_EXCEPTLIST, numerics.RPL_ENDOFEXCEPTLIST, "End of channel exception list"),
    INVITE_EXCEPTION: (
        numerics.RPL_INVEXLIST,
        numerics.RPL_ENDOFINVEXLIST,
        "End of channel invite exception list",
    ),
}
LONGEST_MASK = 200

isupport("CHANMODES", lambda _settings: channel_kinds().chanmodes())
isupport("EXCEPTS", EXCEPTION)
isupport("INVEX", INVITE_EXCEPTION)
isupport("MODES", lambda settings: settings.limits.modes)
# Each list has its own limit; "beI:100" would mean all of them together.
isupport(
    "MAXLIST",
    lambda settings: ",".join(f"{letter}:{settings.limits.list_entries}" for letter in LIST_NUMERICS),
)
isupport("KEYLEN", lambda settings: settings.limits.key)


@command("MODE")
def mode(ctx: Context, target: str, changes: str = "", *arguments: str) -> None:
    """MODE <room or nick> [<changes> [<argument> …]]: show settings, or change them (+o alice, -t, +b mask)."""
    if not target.startswith("#"):
        _user_mode(ctx, target, changes)
        return
    channel = ctx.hub.channels.get(fold(target))
    if channel is None:
        raise no_such_channel(target)
    if changes:
        _channel_mode(ctx, channel, changes, list(arguments))
    else:
        _show_modes(ctx, channel, target)


# -- rooms --------------------------------------------------------------------------------------------------


def _show_modes(ctx: Context, channel: Channel, given: str) -> None:
    if not may_see(channel, ctx.user):
        raise no_such_channel(given)
    inside = ctx.user in channel.members or ctx.user.acts_as_operator
    settings = [
        Change(True, letter, (value if inside else "*") if letter == KEY else value or None)
        for letter, value in sorted(channel.modes.items())
    ]
    shown = format_changes(settings) or ["+"]
    ctx.reply.line(
        f":{ctx.hub.name} {numerics.RPL_CHANNELMODEIS} {ctx.user.nick} {channel.name} {' '.join(shown)}"
    )
    created = str(channel.created_ms // 1000)
    ctx.reply.line(f":{ctx.hub.name} {numerics.RPL_CREATIONTIME} {ctx.user.nick} {channel.name} {created}")


def _channel_mode(ctx: Context, channel: Channel, text: str, arguments: list[str]) -> None:
    if not may_see(channel, ctx.user):
        # Whatever else is wrong, a hidden room answers like one that isn't there.
        raise no_such_channel(ctx.message.params[0])
    wanted: list[Change] = []
    lists: dict[str, None] = {}
    for parsed in parse_changes(text, arguments, channel_kinds()):
        if isinstance(parsed, UnknownMode):
            ctx.numeric(numerics.ERR_UNKNOWNMODE, parsed.letter, "is unknown mode char to me")
        elif isinstance(parsed, MissingArgument):
            _missing_argument(ctx, channel, parsed)
        elif parsed.letter in LIST_NUMERICS and parsed.argument is None:
            lists[parsed.letter] = None
        else:
            wanted.append(parsed)
    for letter in lists:
        _show_list(ctx, channel, letter)
    if not wanted:
        return
    may_operate(channel, ctx.user, ctx.message.params[0])
    accepted = _accepted(ctx, channel, wanted)
    if accepted:
        _propose(ctx, channel, accepted)


def _missing_argument(ctx: Context, channel: Channel, missing: MissingArgument) -> None:
    if missing.letter == KEY and not missing.adding:
        ctx.numeric(*_invalid(channel, Change(False, KEY, "*"), "You must give the key").all())
        return
    sign = "+" if missing.adding else "-"
    ctx.numeric(
        numerics.ERR_INVALIDMODEPARAM,
        channel.name,
        missing.letter,
        "*",
        f"{sign}{missing.letter} needs a parameter",
    )


def _show_list(ctx: Context, channel: Channel, letter: str) -> None:
    if not may_see(channel, ctx.user):
        raise no_such_channel(ctx.message.params[0])
    if letter != BAN and not is_channel_operator(channel, ctx.user):
        raise not_operator(channel.name) if ctx.user in channel.members else outside(channel, ctx.user)
    ctx.session.debt += 1
    item, end, text = LIST_NUMERICS[letter]
    for entry in channel.lists[letter].values():
        at = str(entry.at_ms // 1000)
        ctx.reply.line(f":{ctx.hub.name} {item} {ctx.user.nick} {channel.name} {entry.mask} {entry.by} {at}")
    ctx.numeric(end, channel.name, text)


def _accepted(ctx: Context, channel: Channel, wanted: list[Change]) -> list[ModeChange]:
    """The changes that are right and would change something; the others are answered."""
    accepted: list[ModeChange] = []
    with_argument = 0
    for change in wanted:
        with_argument += change.argument is not None
        if with_argument > ctx.hub.settings.limits.modes:
            break
        try:
            found = _checked(ctx, channel, change)
            if found is not None:
                _check_list_has_room(ctx, channel, found, accepted)
        except Refused as refusal:
            ctx.numeric(refusal.numeric, *refusal.params)
        else:
            if found is not None and found not in accepted:
                accepted.append(found)
    return accepted


def _checked(ctx: Context, channel: Channel, change: Change) -> ModeChange | None:
    """One change as it will be announced, or None if it changes nothing."""
    kind = channel_kinds()
    if change.letter in kind.prefixes:
        return _checked_prefix(ctx, channel, change)
    if change.letter in LIST_NUMERICS:
        return _checked_entry(ctx, channel, change)
    if change.letter == KEY:
        return _checked_key(ctx, channel, change)
    if change.letter in NUMBERS and change.adding:
        return _checked_number(channel, change)
    if change.adding == (change.letter in channel.modes):
        return None
    return ModeChange(change.adding, change.letter, None)


def _checked_prefix(ctx: Context, channel: Channel, change: Change) -> ModeChange | None:
    nick = change.argument or ""
    user = ctx.hub.users.get(fold(nick))
    if user is None:
        raise no_such_nick(nick)
    if user not in channel.members:
        raise not_there(user.nick, channel.name)
    if channel.holds(user, change.letter) == change.adding:
        return None
    if not change.adding:
        may_oust(channel, ctx.user, user)
    return ModeChange(change.adding, change.letter, user.nick, user.id)


def _checked_entry(ctx: Context, channel: Channel, change: Change) -> ModeChange | None:
    given = change.argument or ""
    if " " in given or given.startswith(":") or len(given) > LONGEST_MASK:
        raise _invalid(channel, change, "Not a mask such as nick!user@host")
    entries = channel.lists[change.letter]
    try:
        mask = to_entry(given, change.letter)
    except NoMask as error:
        raise _invalid(channel, change, str(error)) from None
    if not change.adding:
        mask = next((known for known in entries if fold(known) == fold(mask)), "")
        return ModeChange(False, change.letter, mask) if mask else None
    if any(fold(known) == fold(mask) for known in entries):
        return None
    return ModeChange(True, change.letter, mask)


def _check_list_has_room(
    ctx: Context, channel: Channel, change: ModeChange, accepted: list[ModeChange]
) -> None:
    """A list has an end, towards which the other changes of the same MODE count."""
    if not change.adding or change.letter not in LIST_NUMERICS:
        return
    added = sum(other.adding and other.letter == change.letter for other in accepted)
    if len(channel.lists[change.letter]) + added >= ctx.hub.settings.limits.list_entries:
        raise Refused(numerics.ERR_BANLISTFULL, channel.name, change.letter, "Channel list is full")


def _checked_key(ctx: Context, channel: Channel, change: Change) -> ModeChange | None:
    key = change.argument or ""
    if not change.adding:
        # Any argument removes the key, as clients send the old one, "*" or nothing sensible.
        return ModeChange(False, KEY, channel.modes[KEY]) if KEY in channel.modes else None
    too_long = len(key.encode()) > ctx.hub.settings.limits.key
    if too_long or not key.isprintable() or key.startswith(":") or "," in key or " " in key:
        raise Refused(numerics.ERR_INVALIDKEY, channel.name, "Key is not well-formed")
    return None if channel.modes.get(KEY) == key else ModeChange(True, KEY, key)


def _checked_number(channel: Channel, change: Change) -> ModeChange | None:
    text = change.argument or ""
    least, most = NUMBERS[change.letter]
    if not (text.isascii() and text.isdigit() and len(text) < 10 and least <= int(text) <= most):
        raise _invalid(channel, change, f"It must be a whole number from {least} to {most}")
    number = str(int(text))
    known = channel.modes.get(change.letter) == number
    return None if known else ModeChange(True, change.letter, number)


class _Invalid(Refused):
    def all(self) -> tuple[str, ...]:
        return (self.numeric, *self.params)


def _invalid(channel: Channel, change: Change, why: str) -> _Invalid:
    given = change.argument or "*"
    shown = given if " " not in given and not given.startswith(":") else "*"
    return _Invalid(numerics.ERR_INVALIDMODEPARAM, channel.name, change.letter, shown, why)


def _propose(ctx: Context, channel: Channel, changes: list[ModeChange]) -> None:
    user = ctx.user
    event = ModesChanged(
        user=user.id,
        source=user.source,
        account=user.account,
        room=channel.id,
        name=channel.name,
        changes=changes,
        at_ms=ctx.hub.clock(),
    )
    ctx.propose(event, puts=event.puts())


# -- people -------------------------------------------------------------------------------------------------


def _user_mode(ctx: Context, nick: str, text: str) -> None:
    user = ctx.user
    if fold(nick) not in ctx.hub.users:
        raise no_such_nick(nick)
    if fold(nick) != fold(user.nick):
        raise Refused(numerics.ERR_USERSDONTMATCH, "Can't change mode for other users")
    if not text:
        ctx.reply.line(f":{ctx.hub.name} {numerics.RPL_UMODEIS} {user.nick} +{''.join(sorted(user.modes))}")
        return
    changes = _wanted_user_modes(ctx, text)
    if changes:
        ctx.propose(UserModesChanged(user=user.id, nick=user.nick, source=user.source, changes=changes))


def _wanted_user_modes(ctx: Context, text: str) -> list[ModeChange]:
    adding = True
    unknown = False
    changes: list[ModeChange] = []
    for letter in text:
        if letter in "+-":
            adding = letter == "+"
        elif letter not in USER_MODES:
            unknown = True
        elif adding != (letter in ctx.user.modes) and (USER_MODES[letter] or not adding):
            change = ModeChange(adding, letter)
            changes += [change] if change not in changes else []
    if unknown:
        ctx.numeric(numerics.ERR_UMODEUNKNOWNFLAG, "Unknown MODE flag")
    return changes
