"""METADATA and its subcommands: who may ask for what and change what, and subscriptions."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from hubbub.core.capability import RENEGOTIATED
from hubbub.core.command import Context, command
from hubbub.core.hub import PORTRAIT
from hubbub.core.metadata import Changes, change, is_key, values_of
from hubbub.core.policy import is_channel_operator, may_see, may_see_member
from hubbub.core.refusal import Failed
from hubbub.core.reply import BATCH, Reply, filled
from hubbub.features.metadata.changing import Owner, confirm, propose
from hubbub.features.metadata.synchronizing import ALL, put_off, show_current, synchronize, visible
from hubbub.features.metadata.telling import EVERYBODY, Interest, Item, tell
from hubbub.features.metadata.versions import (
    METADATA_2,
    METADATA_3,
    code_for_key,
    invalid_value,
    is_3,
    is_aware,
    limit_reached,
    missing,
    no_permission,
    no_such_target,
    unknown_subcommand,
    warn_of_key,
)
from hubbub.irc import numerics
from hubbub.irc.names import fold

if TYPE_CHECKING:
    from hubbub.core.model import Channel, User
    from hubbub.core.session import Session

ROOM_FOR_KEYS = 350
"""Bytes of keys in one line, which leaves enough for the rest within 512."""


@command("METADATA", before_registration=True)
def metadata(ctx: Context, target: str, subcommand: str, *parameters: str) -> None:
    """METADATA <nick, room or *> <subcommand> [<parameter> …]: what people and rooms say about themselves.

    GET <key> …, LIST and SYNC ask, SET <key> [:<value>] and CLEAR change;
    METADATA * SUB <key> …, UNSUB <key> … and SUBS choose what your client is told of when it changes.
    """
    action = _SUBCOMMANDS.get(subcommand.upper())
    if action is None:
        raise unknown_subcommand(ctx, subcommand)
    if subcommand.upper() in _WITH_KEYS and not parameters:
        raise missing(ctx, subcommand)
    action(ctx, target, parameters)


def _owner(ctx: Context, name: str) -> Owner:
    user, hub = ctx.session.user, ctx.hub
    if user is None:
        # "Clients that have not completed connection registration MUST use * to target themselves"
        if name == "*":
            return Owner("*", "*", ctx.session.part(Interest).draft)
        raise no_such_target(name)
    if name == "*":
        return Owner(user.nick, "*", values_of(hub, user), user)
    room = hub.channels.get(fold(name))
    if room is not None and may_see(room, user):
        return Owner(room.name, room.name, room.metadata, room=room)
    person = hub.users.get(fold(name))
    if person is None:
        raise no_such_target(name)
    return Owner(person.nick, person.nick, values_of(hub, person), person)


def _check_own(ctx: Context, name: str) -> None:
    user = ctx.session.user
    if name != "*" and (user is None or fold(name) != fold(user.nick)):
        raise no_such_target(name)


def _may_change(ctx: Context, owner: Owner, key: str) -> None:
    user = ctx.session.user
    if user is None or user.acts_as_operator or owner.user is user:
        return
    if owner.room is None or not is_channel_operator(owner.room, user):
        raise no_permission(owner.asked, key)


# -- asking --------------------------------------------------------------------------------------------------


def _get(ctx: Context, name: str, keys: tuple[str, ...]) -> None:
    owner = _owner(ctx, name)
    with ctx.reply.batch(f"metadata {owner.name}"):
        for key in keys:
            if is_key(key):
                tell(ctx.reply, Item(owner.name, key, owner.values.get(key)))
            else:
                warn_of_key(ctx, key)


def _list(ctx: Context, name: str, _parameters: tuple[str, ...]) -> None:
    owner = _owner(ctx, name)
    with ctx.reply.batch(f"metadata {owner.name}"):
        for key, value in sorted(owner.values.items()):
            tell(ctx.reply, Item(owner.name, key, value))


def _sync(ctx: Context, name: str, _parameters: tuple[str, ...]) -> None:
    user = ctx.session.user
    keys = ctx.session.part(Interest).keys
    if name == ALL and user is not None and is_3(ctx):
        if not put_off(ctx.reply, ALL):
            synchronize(ctx.reply, ALL, *visible(ctx.hub, ctx.session, user), keys)
        return
    owner = _owner(ctx, name)
    if owner.room is not None:
        synchronize(ctx.reply, owner.name, [owner.room], _members(owner.room, ctx.user), keys)
    else:
        synchronize(ctx.reply, owner.name, [], [owner.user] if owner.user else [], keys)


def _members(room: Channel, asker: User) -> list[User]:
    return [member for member in room.members if may_see_member(room, member, asker)]


# -- changing ------------------------------------------------------------------------------------------------


def _set(ctx: Context, name: str, parameters: tuple[str, ...]) -> None:
    owner = _owner(ctx, name)
    key, value = parameters[0], parameters[1] if len(parameters) > 1 else None
    if not is_key(key):
        raise Failed(code_for_key(ctx), key, "Invalid key")
    _may_change(ctx, owner, key)
    if value == "" and is_3(ctx):
        value = None  # "omitted or is an empty string"; in -2 "the empty string is a valid value"
    if value is not None:
        _check_room_for(ctx, owner, key, value)
    elif key not in owner.values and not is_3(ctx):
        raise Failed("KEY_NOT_SET", owner.asked, key, "Key not set")
    _change(ctx, owner, {key: value})


def _check_room_for(ctx: Context, owner: Owner, key: str, value: str) -> None:
    limits = ctx.hub.settings.limits
    if len(value.encode()) > limits.metadata_value:
        raise invalid_value(ctx, key)
    if key not in owner.values and len(owner.values) >= limits.metadata_keys:
        raise Failed(*limit_reached(ctx, "LIMIT_REACHED", owner.asked, limits.metadata_keys))


def _clear(ctx: Context, name: str, _parameters: tuple[str, ...]) -> None:
    owner = _owner(ctx, name)
    _may_change(ctx, owner, "*")
    if owner.values:
        _change(ctx, owner, dict.fromkeys(sorted(owner.values)), cleared=True)
        return
    with ctx.reply.batch(f"metadata {owner.name}"):
        pass


def _change(ctx: Context, owner: Owner, changes: Changes, *, cleared: bool = False) -> None:
    user = ctx.session.user
    if user is None:
        change(owner.values, changes)
        confirm(ctx.reply, "*", changes, cleared)
        return
    propose(ctx, user, owner, changes, asked=owner.asked, cleared=cleared)


# -- subscriptions -------------------------------------------------------------------------------------------


def _sub(ctx: Context, name: str, keys: tuple[str, ...]) -> None:
    _check_own(ctx, name)
    subscribed = ctx.session.part(Interest).keys
    most = ctx.hub.settings.limits.metadata_subscriptions
    accepted: dict[str, bool] = {}
    for key in keys:
        if not is_key(key):
            warn_of_key(ctx, key)
        elif len(subscribed) >= most:
            # Also for a key that it has already (-2, "Subscribed to too many keys", example 3).
            code, *params = limit_reached(ctx, "TOO_MANY_SUBS", key, most)
            ctx.reply.fail("METADATA", code, *params)
            break
        else:
            accepted.setdefault(key, key not in subscribed)
            subscribed[key] = None
    _send_keys(ctx, numerics.RPL_METADATASUBOK, accepted)
    show_current(ctx, [key for key, is_new in accepted.items() if is_new])


def _unsub(ctx: Context, name: str, keys: tuple[str, ...]) -> None:
    _check_own(ctx, name)
    accepted: dict[str, None] = {}
    for key in keys:
        if is_key(key):
            accepted[key] = None
            ctx.session.part(Interest).keys.pop(key, None)
        else:
            warn_of_key(ctx, key)
    _send_keys(ctx, numerics.RPL_METADATAUNSUBOK, accepted)


def _subs(ctx: Context, name: str, _parameters: tuple[str, ...]) -> None:
    _check_own(ctx, name)
    with ctx.reply.batch("metadata-subs"):
        _send_keys(ctx, numerics.RPL_METADATASUBS, ctx.session.part(Interest).keys)


def _send_keys(ctx: Context, code: str, keys: Iterable[str]) -> None:
    for line in filled(keys, ROOM_FOR_KEYS):
        ctx.numeric(code, *line.split(" "))


@RENEGOTIATED.append
def _forget_subscriptions(session: Session, before: int) -> None:
    """ "If a client removes this capability or the batch capability … servers MUST clear" them (-3)."""
    metadata = METADATA_2.bit | METADATA_3.bit
    if before & BATCH.bit and before & metadata and not is_aware(session):
        session.part(Interest).keys.clear()


# -- WHOIS ---------------------------------------------------------------------------------------------------


@PORTRAIT.append
def _show_in_whois(reply: Reply, person: User) -> None:
    """760, for those who have the capability."""
    if is_aware(reply.session):
        for key, value in sorted(values_of(reply.session.hub, person).items()):
            reply.numeric(numerics.RPL_WHOISKEYVALUE, person.nick, key, EVERYBODY, value)


_SUBCOMMANDS: dict[str, Callable[[Context, str, tuple[str, ...]], None]] = {
    "GET": _get,
    "LIST": _list,
    "SET": _set,
    "CLEAR": _clear,
    "SUB": _sub,
    "UNSUB": _unsub,
    "SUBS": _subs,
    "SYNC": _sync,
}
_WITH_KEYS = frozenset({"GET", "SET", "SUB", "UNSUB"})
