"""ROOM: rooms that belong to an account, and keep what they are through emptiness and restarts.

A registered room has a founder, and ranks by account: operators and voices, who are given their rank when they enter
or log in. Founders are no prefix of their own: they are operators whom other operators can neither put out nor take
the rank from, so that every client shows them rightly. Answers are standard replies; NOTE is good news.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from hubbub.core.accounts import FORGETTING, Account, account_key, accounts
from hubbub.core.command import Context, Proposal, command
from hubbub.core.delivery import NOBODY, Audience
from hubbub.core.event import Event
from hubbub.core.hub import EMPTIED
from hubbub.core.login import LOGINS
from hubbub.core.model import Channel
from hubbub.core.policy import is_channel_operator, may_operate, may_see
from hubbub.core.refusal import Failed, no_such_channel
from hubbub.core.reply import filled, middle
from hubbub.core.retention import RETENTION, sentence
from hubbub.core.room_modes import ModesChanged
from hubbub.core.rooms import (
    Registration,
    as_named,
    door_put,
    is_founder,
    rank_of,
    registration_key,
    registration_put,
)
from hubbub.core.usermodes import ModeChange
from hubbub.irc.names import fold
from hubbub.irc.times import to_timestamp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hubbub.core.capability import Profile
    from hubbub.core.hub import Hub
    from hubbub.core.ledger import Fact
    from hubbub.core.model import User
    from hubbub.core.reply import Reply

OPERATOR, VOICE = "o", "v"


@command("ROOM")
def room(ctx: Context, subcommand: str, channel: Channel, name: str = "") -> None:
    """ROOM <subcommand> <room> [<account>]: keep a room for good, and say who rules it.

    REGISTER makes it yours, DROP gives it up, TRANSFER makes somebody else its founder, INFO tells whose it is.
    OP and VOICE give an account a rank for good, DEOP and DEVOICE take it away; OP alone gives you back your own.
    """
    if not may_see(channel, ctx.user) and not rank_of(channel, ctx.user):
        raise no_such_channel(ctx.message.params[1])
    act = _SUBCOMMANDS.get(subcommand.upper())
    if act is None:
        raise Failed("INVALID_PARAMS", middle(subcommand), f"Say one of {', '.join(_SUBCOMMANDS)}")
    act(ctx, channel, name)


def _register(ctx: Context, channel: Channel, _name: str) -> None:
    user, hub = ctx.user, ctx.hub
    may_operate(channel, user)
    if not user.account:
        raise Failed("ACCOUNT_REQUIRED", channel.name, "A room belongs to an account; log in first")
    if channel.registration is not None:
        raise Failed("ALREADY_REGISTERED", channel.name, "The room is registered already")
    _check_number(hub, channel, user.id)
    _propose(ctx, channel, Registration(user.id, hub.clock()), "REGISTERED", user.account)


def _check_number(hub: Hub, channel: Channel, account_id: str) -> None:
    most = hub.settings.limits.registered_rooms
    rooms = (each.registration for each in hub.channels_by_id.values())
    if sum(each is not None and each.founder == account_id for each in rooms) >= most:
        raise Failed("TOO_MANY_ROOMS", channel.name, f"One account may have {most} rooms")


def _drop(ctx: Context, channel: Channel, _name: str) -> None:
    _owned(ctx, channel)
    _propose(ctx, channel, None, "DROPPED")


def _transfer(ctx: Context, channel: Channel, name: str) -> None:
    """At once: who doesn't want the room can drop it, and nobody has to be here for it."""
    registration, to = _owned(ctx, channel), _account(ctx, channel, name)
    if to.id == registration.founder:
        raise Failed("ALREADY_FOUNDER", channel.name, to.name, "They are the founder already")
    _check_number(ctx.hub, channel, to.id)
    ranks = {each: rank for each, rank in registration.ranks.items() if each != to.id}
    ranks[registration.founder] = OPERATOR
    _propose(ctx, channel, replace(registration, founder=to.id, ranks=ranks), "TRANSFERRED", to.name)
    _set_rank(ctx, channel, to.id, OPERATOR)


def _op(ctx: Context, channel: Channel, name: str) -> None:
    if not name:
        _restore_own(ctx, channel)
        return
    _give(ctx, channel, _owned(ctx, channel), _account(ctx, channel, name), OPERATOR)


def _voice(ctx: Context, channel: Channel, name: str) -> None:
    _give(ctx, channel, _ruled(ctx, channel), _account(ctx, channel, name), VOICE)


def _deop(ctx: Context, channel: Channel, name: str) -> None:
    _take(ctx, channel, _owned(ctx, channel), _account(ctx, channel, name), OPERATOR)


def _devoice(ctx: Context, channel: Channel, name: str) -> None:
    _take(ctx, channel, _ruled(ctx, channel), _account(ctx, channel, name), VOICE)


def _give(ctx: Context, channel: Channel, registration: Registration, to: Account, rank: str) -> None:
    held = OPERATOR if to.id == registration.founder else registration.ranks.get(to.id, "")
    if held in (rank, OPERATOR):
        raise Failed("HAS_RANK", channel.name, to.name, f"{to.name} has a rank here already")
    if len(registration.ranks) >= ctx.hub.settings.limits.list_entries:
        raise Failed("TOO_MANY_RANKS", channel.name, to.name, "There are too many already")
    ranks = registration.ranks | {to.id: rank}
    _propose(ctx, channel, replace(registration, ranks=ranks), "GIVEN", to.name, _NAMES[rank])
    _set_rank(ctx, channel, to.id, rank)


def _take(ctx: Context, channel: Channel, registration: Registration, of: Account, rank: str) -> None:
    if registration.ranks.get(of.id) != rank:
        raise Failed("HAS_NO_RANK", channel.name, of.name, f"{of.name} has no such rank here")
    ranks = {each: held for each, held in registration.ranks.items() if each != of.id}
    _propose(ctx, channel, replace(registration, ranks=ranks), "TAKEN", of.name, _NAMES[rank])
    _set_rank(ctx, channel, of.id, rank, adding=False)


def _restore_own(ctx: Context, channel: Channel) -> None:
    _registered(channel)
    rank = rank_of(channel, ctx.user)
    if not rank:
        raise Failed("HAS_NO_RANK", channel.name, "You have no rank of your own here")
    _set_rank(ctx, channel, ctx.user.id, rank)


# -- who may, and whom it is about ---------------------------------------------------------------------------


def _registered(channel: Channel) -> Registration:
    if channel.registration is None:
        raise Failed("NOT_REGISTERED", channel.name, "The room belongs to nobody")
    return channel.registration


def _owned(ctx: Context, channel: Channel) -> Registration:
    registration = _registered(channel)
    if not (is_founder(channel, ctx.user) or ctx.user.acts_as_operator):
        raise Failed("PRIVS_NEEDED", channel.name, "Only the founder of the room may do that")
    return registration


def _ruled(ctx: Context, channel: Channel) -> Registration:
    registration = _registered(channel)
    if rank_of(channel, ctx.user) != OPERATOR and not ctx.user.acts_as_operator:
        raise Failed("PRIVS_NEEDED", channel.name, "Only operators who are registered here may do that")
    return registration


def _account(ctx: Context, channel: Channel, name: str) -> Account:
    """The account of exactly that name, or of who is called so."""
    registry = accounts(ctx.hub)
    account = registry.named(name)
    if account is not None and fold(account.name) == fold(name):
        return account
    user = ctx.hub.users.get(fold(name))
    account = registry.by_id.get(user.id) if user is not None and user.account else None
    if account is None:
        raise Failed("ACCOUNT_UNKNOWN", channel.name, middle(name), "There is no account of that name")
    return account


# -- facts ---------------------------------------------------------------------------------------------------


def _propose(ctx: Context, channel: Channel, new: Registration | None, code: str, *words: str) -> None:
    """`words`: the account that it is about comes first, and has to be there still."""
    event = RegistrationChanged(
        user=ctx.user.id, room=channel.id, name=channel.name, registration=new, code=code, words=words
    )
    keys = registration_key(channel.id), *map(account_key, words[:1])
    ctx.propose(
        event,
        expect=(as_named(ctx.hub, channel), *((key, ctx.hub.ledger.version(key)) for key in keys)),
        puts=(registration_put(channel.id, new), door_put(channel.id)),
        refused=lambda _reason: ctx.reply.fail(
            "ROOM", "TEMPORARILY_UNAVAILABLE", channel.name, "Somebody else changed it just now; try again"
        ),
    )


def _set_rank(ctx: Context, channel: Channel, user_id: str, rank: str, *, adding: bool = True) -> None:
    """The rank of this moment, if they are in the room."""
    event = _rank_change(ctx.hub, channel, ctx.hub.users_by_id.get(user_id), rank, adding=adding)
    if event is not None:
        ctx.propose(event)


def _rank_change(
    hub: Hub, channel: Channel, user: User | None, rank: str, *, adding: bool = True
) -> ModesChanged | None:
    if user is None or user not in channel.members or channel.holds(user, rank) == adding:
        return None
    change = ModeChange(adding, rank, user.nick, user.id)
    return ModesChanged(
        user="", source=hub.name, room=channel.id, name=channel.name, changes=[change], at_ms=hub.clock()
    )


@LOGINS.append
def _give_ranks(hub: Hub, user: User, _guest: str) -> None:
    """Somebody who is in rooms has logged in. Only the node that they are on proposes what follows."""
    if hub.origin is None or hub.origin.user is not user:
        return
    for channel in user.channels.values():
        rank = rank_of(channel, user)
        event = _rank_change(hub, channel, user, rank) if rank else None
        if event is not None:
            hub.propose(event)


@FORGETTING.append
def _inherit(hub: Hub, account_id: str) -> None:
    """An account is gone: its rooms go to an operator each, or belong to nobody."""
    for channel in hub.channels_by_id.values():
        _disown(hub, channel, account_id)


def _disown(hub: Hub, channel: Channel, account_id: str) -> None:
    """Take an account's rights in a room; once more if somebody has changed these at the same moment."""
    registration = channel.registration
    if registration is None or account_id not in (registration.founder, *registration.ranks):
        return
    new, key = registration.without(account_id), registration_key(channel.id)
    event = RegistrationChanged(user="", room=channel.id, name=channel.name, registration=new)
    hub.append(
        Proposal(event, None, lambda _reason: _disown(hub, channel, account_id)),
        ((key, hub.ledger.version(key)),),
        (registration_put(channel.id, new), door_put(channel.id)),
    )


class RegistrationChanged(Event, frozen=True):
    """A room belongs to somebody, or to nobody any more, or has given or taken a rank."""

    user: str
    room: str
    name: str
    registration: Registration | None
    code: str = ""
    words: tuple[str, ...] = ()

    def topic(self) -> str:
        return f"room/{self.room}"

    def author(self) -> str:
        return self.user

    def apply(self, hub: Hub) -> Audience:
        channel = hub.channels_by_id.get(self.room)
        if channel is None:
            return NOBODY
        channel.registration = self.registration
        founder = hub.users_by_id.get(self.registration.founder) if self.registration else None
        if founder is not None and self.code == "TRANSFERRED":
            for session in founder.sessions:
                session.send(f":{hub.name} NOTICE {founder.nick} :You are the founder of {self.name} now")
        if self.registration is None and not channel.members:
            for watcher in EMPTIED:
                watcher(hub, channel)
        return NOBODY

    def render(self, to: Profile, fact: Fact) -> None:
        return None

    def follow(self, hub: Hub, reply: Reply) -> None:
        if self.code and reply.session is hub.origin:
            text = _TOLD[self.code].format(self.name, *self.words)
            reply.standard("NOTE", "ROOM", self.code, self.name, *self.words[:1], text)


_TOLD = {
    "REGISTERED": "{0} is yours, and stays as it is when everybody has left",
    "DROPPED": "{0} belongs to nobody now",
    "TRANSFERRED": "{1} is the founder of {0} now",
    "GIVEN": "{1} is {2} in {0} for good",
    "TAKEN": "{1} is no longer {2} in {0}",
}
_NAMES = {OPERATOR: "an operator", VOICE: "somebody with voice"}


# -- telling -------------------------------------------------------------------------------------------------


def _info(ctx: Context, channel: Channel, _name: str) -> None:
    registration = channel.registration
    if registration is None:
        _note(ctx, "NOT_REGISTERED", channel.name, "The room belongs to nobody")
    else:
        founder = _name_of(ctx.hub, registration.founder)
        since = to_timestamp(registration.since_ms)
        _note(ctx, "FOUNDER", channel.name, founder, since, f"{founder} is the founder")
        _tell_ranks(ctx, channel, registration)
    days = channel.modes.get(RETENTION)
    if days is not None:
        _note(ctx, "RETENTION", channel.name, days, sentence(days))


def _tell_ranks(ctx: Context, channel: Channel, registration: Registration) -> None:
    """For those who are in the room or have a rank there."""
    asker = ctx.user
    if not (asker in channel.members or rank_of(channel, asker) or is_channel_operator(channel, asker)):
        return
    for letter, code in ((OPERATOR, "OPERATORS"), (VOICE, "VOICES")):
        for line in filled(
            _holders(ctx.hub, registration, letter), ctx.reply.room("NOTE", code, channel.name)
        ):
            _note(ctx, code, channel.name, line)


def _holders(hub: Hub, registration: Registration, letter: str) -> Iterator[str]:
    return (_name_of(hub, each) for each, rank in registration.ranks.items() if rank == letter)


def _name_of(hub: Hub, account_id: str) -> str:
    account = accounts(hub).by_id.get(account_id)
    return account.name if account else "*"


def _note(ctx: Context, code: str, *params: str) -> None:
    ctx.reply.standard("NOTE", "ROOM", code, *params)


_SUBCOMMANDS: dict[str, Callable[[Context, Channel, str], None]] = {
    "REGISTER": _register,
    "DROP": _drop,
    "TRANSFER": _transfer,
    "OP": _op,
    "DEOP": _deop,
    "VOICE": _voice,
    "DEVOICE": _devoice,
    "INFO": _info,
}
