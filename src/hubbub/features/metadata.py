"""METADATA: keys and values of people and rooms (display-name, avatar, status …), and being told when they change.

https://ircv3.net/specs/extensions/metadata (draft/metadata-2) and its successor draft/metadata-3, as proposed in
https://github.com/ircv3/ircv3-specifications/pull/613: other error codes, numerics for news, batches at more places.

Everybody sets their own, room operators their room's. A room that one may not see is answered like one that isn't
there, and of a room's members only those are told whom NAMES would show. What a connection subscribes to is its own
affair and this node's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from hubbub.core.accounts import accounts
from hubbub.core.capability import RENEGOTIATED, capability
from hubbub.core.command import Context, command, submit
from hubbub.core.delivery import NOBODY, Audience, audience_of
from hubbub.core.entering import AFTER_NAMES
from hubbub.core.event import Event
from hubbub.core.hub import PORTRAIT
from hubbub.core.login import LOGINS
from hubbub.core.metadata import (
    LONGEST_KEY,
    Changes,
    Values,
    account_puts,
    change,
    change_person,
    is_key,
    room_puts,
    take_from_guest,
    values_of,
)
from hubbub.core.monitoring import SEEN_ONLINE, Monitors, Targets
from hubbub.core.policy import is_channel_operator, may_see, may_see_member
from hubbub.core.refusal import Failed, need_more_params
from hubbub.core.registration import BURSTS
from hubbub.core.reply import BATCH, Reply, filled
from hubbub.irc import numerics
from hubbub.irc.names import fold
from hubbub.irc.text import clip
from hubbub.irc.wire import MAX_LINE, Message

if TYPE_CHECKING:
    from hubbub.config import Settings
    from hubbub.core.capability import Profile
    from hubbub.core.hub import Hub
    from hubbub.core.ledger import Fact
    from hubbub.core.model import Channel, User
    from hubbub.core.session import Session

EVERYBODY = "*"
"""The one visibility that there is: everything set is shown to all who may see its owner."""
ALL = "*ALL"
ROOM_FOR_KEYS = 350
"""Bytes of keys in one line, which leaves enough for the rest within 512."""
LARGE = 200
"""Members of a room of which a newcomer is told later, when they ask; and lines that cost no waiting."""
MOST = 2000
"""Lines of one synchronization."""
PAUSE_MS = 5
"""For each line beyond LARGE: how long the next synchronization has to wait."""


def _limits(settings: Settings) -> str:
    limits = settings.limits
    return (
        f"before-connect,max-subs={limits.metadata_subscriptions},max-keys={limits.metadata_keys},"
        f"max-value-bytes={limits.metadata_value}"
    )


METADATA_2 = capability("draft/metadata-2", _limits, shapes=False, excludes="draft/metadata-3")
METADATA_3 = capability(
    "draft/metadata-3",
    lambda settings: f"{_limits(settings)},max-key-bytes={LONGEST_KEY}",
    shapes=False,
    excludes="draft/metadata-2",
)


class Interest:
    """What one connection subscribes to, what it set before it had a name, and when it may synchronize again."""

    def __init__(self) -> None:
        self.keys: dict[str, None] = {}
        self.draft: Values = {}
        self.ready_ms = 0


class Owner(NamedTuple):
    """Whose metadata is meant. `asked`: as the client named it; neither user nor room: a client without a name."""

    name: str
    asked: str
    values: Values
    user: User | None = None
    room: Channel | None = None


class Item(NamedTuple):
    """One key of somebody, or of a room."""

    name: str
    key: str
    value: str | None


def _is_aware(session: Session) -> bool:
    return session.has(BATCH) and (session.has(METADATA_2) or session.has(METADATA_3))


# -- refusals ------------------------------------------------------------------------------------------------


def _is_3(ctx: Context) -> bool:
    return ctx.session.has(METADATA_3)


def _missing(ctx: Context, subcommand: str) -> Exception:
    if _is_3(ctx):
        return Failed("INVALID_PARAMS", subcommand, "Not enough parameters")
    return need_more_params("METADATA")


def _unknown_subcommand(ctx: Context, subcommand: str) -> Failed:
    return Failed("INVALID_PARAMS" if _is_3(ctx) else "SUBCOMMAND_INVALID", subcommand, "Invalid subcommand")


def _no_such_target(name: str) -> Failed:
    return Failed("INVALID_TARGET", name, "Invalid metadata target")


def _no_permission(owner: Owner, key: str) -> Failed:
    return Failed("KEY_NO_PERMISSION", owner.asked, key, "You do not have permission to do that")


def _code_for_key(ctx: Context) -> str:
    return "INVALID_KEY" if _is_3(ctx) else "KEY_INVALID"


def _warn_of_key(ctx: Context, key: str) -> None:
    """A wrong key among several; standard-replies: FAIL is for a command that failed, which -2 doesn't heed."""
    kind = "WARN" if _is_3(ctx) else "FAIL"
    ctx.reply.standard(kind, "METADATA", _code_for_key(ctx), key, "Invalid key")


def _invalid_value(ctx: Context, key: str) -> Failed:
    why = "The value is too long"
    return Failed("INVALID_VALUE", key, why) if _is_3(ctx) else Failed("VALUE_INVALID", why)


def _limit_reached(ctx: Context, code: str, item: str, most: int) -> tuple[str, ...]:
    """The code and parameters that say that there is room for no more."""
    why = f"No more than {most} keys"
    return ("LIMIT_REACHED", item, str(most), why) if _is_3(ctx) else (code, item, why)


# -- the command ---------------------------------------------------------------------------------------------


@command("METADATA", before_registration=True)
def metadata(ctx: Context, target: str, subcommand: str, *parameters: str) -> None:
    """METADATA <nick, room or *> <subcommand> [<parameter> …]: what people and rooms say about themselves.

    GET <key> …, LIST and SYNC ask, SET <key> [:<value>] and CLEAR change;
    METADATA * SUB <key> …, UNSUB <key> … and SUBS choose what your client is told of when it changes.
    """
    action = _SUBCOMMANDS.get(subcommand.upper())
    if action is None:
        raise _unknown_subcommand(ctx, subcommand)
    if subcommand.upper() in _WITH_KEYS and not parameters:
        raise _missing(ctx, subcommand)
    action(ctx, target, parameters)


def _owner(ctx: Context, name: str) -> Owner:
    user, hub = ctx.session.user, ctx.hub
    if user is None:
        # "Clients that have not completed connection registration MUST use * to target themselves"
        if name == "*":
            return Owner("*", "*", ctx.session.part(Interest).draft)
        raise _no_such_target(name)
    if name == "*":
        return Owner(user.nick, "*", values_of(hub, user), user)
    room = hub.channels.get(fold(name))
    if room is not None and may_see(room, user):
        return Owner(room.name, room.name, room.metadata, room=room)
    person = hub.users.get(fold(name))
    if person is None:
        raise _no_such_target(name)
    return Owner(person.nick, person.nick, values_of(hub, person), person)


def _check_own(ctx: Context, name: str) -> None:
    user = ctx.session.user
    if name != "*" and (user is None or fold(name) != fold(user.nick)):
        raise _no_such_target(name)


def _may_change(ctx: Context, owner: Owner, key: str) -> None:
    user = ctx.session.user
    if user is None or user.acts_as_operator or owner.user is user:
        return
    if owner.room is None or not is_channel_operator(owner.room, user):
        raise _no_permission(owner, key)


# -- asking --------------------------------------------------------------------------------------------------


def _get(ctx: Context, name: str, keys: tuple[str, ...]) -> None:
    owner = _owner(ctx, name)
    with ctx.reply.batch(f"metadata {owner.name}"):
        for key in keys:
            if is_key(key):
                _tell(ctx.reply, Item(owner.name, key, owner.values.get(key)))
            else:
                _warn_of_key(ctx, key)


def _list(ctx: Context, name: str, _parameters: tuple[str, ...]) -> None:
    owner = _owner(ctx, name)
    with ctx.reply.batch(f"metadata {owner.name}"):
        for key, value in sorted(owner.values.items()):
            _tell(ctx.reply, Item(owner.name, key, value))


def _tell(reply: Reply, item: Item) -> None:
    if item.value is None:
        reply.numeric(numerics.RPL_KEYNOTSET, item.name, item.key, "Key not set")
    else:
        reply.numeric(numerics.RPL_KEYVALUE, item.name, item.key, EVERYBODY, item.value)


# -- changing ------------------------------------------------------------------------------------------------


def _set(ctx: Context, name: str, parameters: tuple[str, ...]) -> None:
    owner = _owner(ctx, name)
    key, value = parameters[0], parameters[1] if len(parameters) > 1 else None
    if not is_key(key):
        raise Failed(_code_for_key(ctx), key, "Invalid key")
    _may_change(ctx, owner, key)
    if value == "" and _is_3(ctx):
        value = None  # "omitted or is an empty string"; in -2 "the empty string is a valid value"
    if value is not None:
        _check_room_for(ctx, owner, key, value)
    elif key not in owner.values and not _is_3(ctx):
        raise Failed("KEY_NOT_SET", owner.asked, key, "Key not set")
    _change(ctx, owner, {key: value})


def _check_room_for(ctx: Context, owner: Owner, key: str, value: str) -> None:
    limits = ctx.hub.settings.limits
    if len(value.encode()) > limits.metadata_value:
        raise _invalid_value(ctx, key)
    if key not in owner.values and len(owner.values) >= limits.metadata_keys:
        raise Failed(*_limit_reached(ctx, "LIMIT_REACHED", owner.asked, limits.metadata_keys))


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
        _confirm(ctx.reply, "*", changes, cleared)
        return
    _propose(ctx, user, owner, changes, asked=owner.asked, cleared=cleared)


def _propose(
    ctx: Context, by: User, owner: Owner, changes: Changes, *, asked: str = "", cleared: bool = False
) -> None:
    of = owner.room or owner.user
    assert of is not None
    lasting = owner.user is not None and bool(owner.user.account)
    puts = room_puts(of.id, changes) if owner.room else account_puts(of.id, changes) if lasting else ()
    event = MetadataSet(
        user=by.id,
        source=by.source,
        account=by.account,
        of=of.id,
        is_room=owner.room is not None,
        name=owner.name,
        changes=changes,
        asked=asked,
        cleared=cleared,
    )
    ctx.propose(event, puts=puts)


def _confirm(reply: Reply, asked: str, changes: Changes, cleared: bool) -> None:
    """One numeric for a SET; for a CLEAR a batch of RPL_KEYNOTSET.

    (-2 named RPL_KEYVALUE there, which says the contrary; put right in ircv3-specifications#605.)
    """
    if not cleared:
        for key, value in changes.items():
            _tell(reply, Item(asked, key, value))
        return
    name = reply.session.display_nick if asked == "*" else asked
    with reply.batch(f"metadata {name}"):
        for key in changes:
            _tell(reply, Item(name, key, None))


class MetadataSet(Event, frozen=True):
    """Metadata of somebody or of a room is different now."""

    user: str
    source: str
    of: str
    name: str
    changes: dict[str, str | None]
    is_room: bool = False
    asked: str = ""
    """How its author named whose it is; "" if there is nothing to confirm."""
    cleared: bool = False
    account: str = ""

    def apply(self, hub: Hub) -> Audience:
        concerned = self._apply_to_room(hub) if self.is_room else self._apply_to_person(hub)
        told = [session for session in dict.fromkeys(concerned) if self._concerns(hub, session)]
        for session in told:
            if session.has(METADATA_3):
                self._tell_by_numerics(session)
        return audience_of(session for session in told if not session.has(METADATA_3))

    def _apply_to_room(self, hub: Hub) -> Iterable[Session]:
        room = hub.channels_by_id.get(self.of)
        if room is None:
            return ()
        change(room.metadata, self.changes)
        return room.sessions()

    def _apply_to_person(self, hub: Hub) -> Iterable[Session]:
        user = hub.users_by_id.get(self.of)
        if user is not None:
            change_person(hub, user.id, self.changes)
            return [*hub.neighbours(user), *hub.part(Monitors).of(user.nick)]
        if self.of in accounts(hub).by_id:
            change_person(hub, self.of, self.changes)
        return ()

    def _concerns(self, hub: Hub, session: Session) -> bool:
        """ "themselves (excluding changes they make themselves)", and others who subscribe to a key of it."""
        if session is hub.origin or not _is_aware(session):
            return False
        return not self.changes.keys().isdisjoint(session.part(Interest).keys)

    def _tell_by_numerics(self, session: Session) -> None:
        for key, value in self.changes.items():
            if key in session.part(Interest).keys:
                _tell(Reply(session), Item(self.name, key, value))

    def render(self, to: Profile, fact: Fact) -> list[str]:
        tags = to.tag_prefix(self, fact)
        return [
            f"{tags}{_line(self.source, Item(self.name, key, value))}" for key, value in self.changes.items()
        ]

    def author(self) -> str:
        return self.user

    def follow(self, hub: Hub, reply: Reply) -> None:
        if self.asked and reply.session is hub.origin:
            _confirm(reply, self.asked, self.changes, self.cleared)


def _line(source: str, item: Item) -> str:
    """The METADATA message of -2; without a value the key has been removed."""
    value = "" if item.value is None else f" :{item.value}"
    return clip(f":{source} METADATA {item.name} {item.key} {EVERYBODY}{value}", MAX_LINE - 2)


# -- subscriptions -------------------------------------------------------------------------------------------


def _sub(ctx: Context, name: str, keys: tuple[str, ...]) -> None:
    _check_own(ctx, name)
    subscribed = ctx.session.part(Interest).keys
    most = ctx.hub.settings.limits.metadata_subscriptions
    accepted: dict[str, bool] = {}
    for key in keys:
        if not is_key(key):
            _warn_of_key(ctx, key)
        elif len(subscribed) >= most:
            # Also for a key that it has already (-2, "Subscribed to too many keys", example 3).
            code, *params = _limit_reached(ctx, "TOO_MANY_SUBS", key, most)
            ctx.reply.fail("METADATA", code, *params)
            break
        else:
            accepted.setdefault(key, key not in subscribed)
            subscribed[key] = None
    _send_keys(ctx, numerics.RPL_METADATASUBOK, accepted)
    _show_current(ctx, [key for key, is_new in accepted.items() if is_new])


def _unsub(ctx: Context, name: str, keys: tuple[str, ...]) -> None:
    _check_own(ctx, name)
    accepted: dict[str, None] = {}
    for key in keys:
        if is_key(key):
            accepted[key] = None
            ctx.session.part(Interest).keys.pop(key, None)
        else:
            _warn_of_key(ctx, key)
    _send_keys(ctx, numerics.RPL_METADATAUNSUBOK, accepted)


def _subs(ctx: Context, name: str, _parameters: tuple[str, ...]) -> None:
    _check_own(ctx, name)
    with ctx.reply.batch("metadata-subs"):
        _send_keys(ctx, numerics.RPL_METADATASUBS, ctx.session.part(Interest).keys)


def _send_keys(ctx: Context, code: str, keys: Iterable[str]) -> None:
    for line in filled(keys, ROOM_FOR_KEYS):
        ctx.numeric(code, *line.split(" "))


def _show_current(ctx: Context, keys: list[str]) -> None:
    """ "When subscribing to a key, clients SHOULD receive the current value of that key"; in -3, in a batch."""
    user = ctx.session.user
    if user is None or not keys or not _is_aware(ctx.session):
        return
    if not _is_3(ctx):
        _send_items(ctx.reply, _items(ctx.hub, *_visible(ctx.hub, ctx.session, user), keys))
    elif not _put_off(ctx.reply, ALL):
        _synchronize(ctx.reply, ALL, *_visible(ctx.hub, ctx.session, user), keys)


@RENEGOTIATED.append
def _forget_subscriptions(session: Session, before: int) -> None:
    """ "If a client removes this capability or the batch capability … servers MUST clear" them (-3)."""
    metadata = METADATA_2.bit | METADATA_3.bit
    if before & BATCH.bit and before & metadata and not _is_aware(session):
        session.part(Interest).keys.clear()


# -- synchronization -----------------------------------------------------------------------------------------


def _sync(ctx: Context, name: str, _parameters: tuple[str, ...]) -> None:
    user = ctx.session.user
    keys = ctx.session.part(Interest).keys
    if name == ALL and user is not None and _is_3(ctx):
        if not _put_off(ctx.reply, ALL):
            _synchronize(ctx.reply, ALL, *_visible(ctx.hub, ctx.session, user), keys)
        return
    owner = _owner(ctx, name)
    if owner.room is not None:
        _synchronize(ctx.reply, owner.name, [owner.room], _members(owner.room, ctx.user), keys)
    else:
        _synchronize(ctx.reply, owner.name, [], [owner.user] if owner.user else [], keys)


def _members(room: Channel, asker: User) -> list[User]:
    return [member for member in room.members if may_see_member(room, member, asker)]


def _visible(hub: Hub, session: Session, user: User) -> tuple[list[Channel], list[User]]:
    """The rooms and people whose changes a client is told of."""
    rooms = list(user.channels.values())
    people = dict.fromkeys([user])
    for room in rooms:
        people.update(dict.fromkeys(room.members))
    monitored = (hub.users.get(nick) for nick in session.part(Targets).nicks)
    people.update(dict.fromkeys(person for person in monitored if person is not None))
    return rooms, list(people)


def _items(
    hub: Hub, rooms: Iterable[Channel], people: Iterable[User], keys: Iterable[str] | None
) -> Iterator[Item]:
    """What is set of these keys (None: of all)."""
    for room in rooms:
        yield from _chosen(room.name, room.metadata, keys)
    for person in people:
        yield from _chosen(person.nick, values_of(hub, person), keys)


def _chosen(name: str, values: Values, keys: Iterable[str] | None) -> Iterator[Item]:
    if values:
        for key in sorted(values if keys is None else values.keys() & set(keys)):
            yield Item(name, key, values[key])


def _synchronize(
    reply: Reply, name: str, rooms: list[Channel], people: list[User], keys: Iterable[str]
) -> None:
    """A batch with what is set of these keys, or word to come again later (Postponed synchronization)."""
    if _put_off(reply, name):
        return
    hub, interest = reply.session.hub, reply.session.part(Interest)
    with reply.batch(f"metadata {name}"):
        sent = _send_items(reply, _items(hub, rooms, people, keys))
    interest.ready_ms = hub.clock() + max(0, sent - LARGE) * PAUSE_MS


def _put_off(reply: Reply, name: str) -> bool:
    """Whether it is too early; the client has been told so then."""
    interest = reply.session.part(Interest)
    wait = interest.ready_ms - reply.session.hub.clock()
    if wait > 0:
        _postpone(reply, name, -(-wait // 1000))
    return wait > 0


def _postpone(reply: Reply, name: str, seconds: int) -> None:
    text = ("Try again later",) if reply.session.has(METADATA_3) else ()
    reply.numeric(numerics.RPL_METADATASYNCLATER, name, str(seconds), *text)


def _send_items(reply: Reply, items: Iterator[Item]) -> int:
    """Items as a client's version wants news; how many there were."""
    sent = 0
    for item in islice(items, MOST):
        sent += 1
        if reply.session.has(METADATA_3):
            _tell(reply, item)
        else:
            reply.line(_line(reply.session.hub.name, item))
    return sent


@AFTER_NAMES.append
def _show_room(reply: Reply, room: Channel) -> None:
    """ "On joining a channel, users will get the channel's current metadata …" and its members'."""
    session = reply.session
    if not _is_aware(session):
        return
    if len(room.members) > LARGE:
        _postpone(reply, room.name, 1)
    else:
        _synchronize(reply, room.name, [room], list(room.members), session.part(Interest).keys)


@SEEN_ONLINE.append
def _show_monitored(reply: Reply, person: User) -> None:
    """Somebody monitored is here; -3 wants a batch with every 730, be it empty."""
    session = reply.session
    if not _is_aware(session):
        return
    keys = session.part(Interest).keys
    if session.has(METADATA_3):
        _synchronize(reply, person.nick, [], [person], keys)
    else:
        _send_items(reply, _items(session.hub, [], [person], keys))


@BURSTS.append
def _show_own(reply: Reply) -> None:
    """What was set before there was a name is proposed now, and shown with what was there ("as part of the burst")."""
    session = reply.session
    user, interest = session.user, session.part(Interest)
    assert user is not None
    stored, most = values_of(session.hub, user), session.hub.settings.limits.metadata_keys
    own = dict(list((stored | interest.draft).items())[: max(most, len(stored))])
    changes: Changes = {key: value for key, value in own.items() if stored.get(key) != value}
    if changes:
        ctx = Context(session, Message("METADATA"), reply)
        _propose(ctx, user, Owner(user.nick, "*", stored, user), changes)
        submit(ctx)
    interest.draft = {}
    if _is_aware(session):
        with reply.batch(f"metadata {user.nick}"):
            _send_items(reply, _chosen(user.nick, own, None))


@LOGINS.append
def _keep_for_account(hub: Hub, user: User, guest: str) -> None:
    """What a guest has set stays with the account that they have logged in to, where that has nothing else."""
    known = take_from_guest(hub, guest, user)
    most = hub.settings.limits.metadata_keys
    changes: Changes = dict(list(known.items())[:most])
    change_person(hub, user.id, changes)
    if changes and user.sessions:
        hub.propose(MetadataKept(of=user.id), puts=account_puts(user.id, changes))


class MetadataKept(Event, frozen=True):
    """What somebody has set as a guest outlives a restart from now on; nobody learns anything by it."""

    of: str

    def apply(self, hub: Hub) -> Audience:
        return NOBODY

    def render(self, to: Profile, fact: Fact) -> None:
        return None


# -- WHOIS ---------------------------------------------------------------------------------------------------


@PORTRAIT.append
def _show_in_whois(reply: Reply, person: User) -> None:
    """760, for those who have the capability."""
    if _is_aware(reply.session):
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
