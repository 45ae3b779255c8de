"""MARKREAD: how far somebody has read, for all their devices.  https://ircv3.net/specs/extensions/read-marker

Nobody but the one who reads learns of it. An account's markers are kept for good, a guest's until they leave; of each
person no more than limits.read_markers, the oldest times going first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from hubbub.core.accounts import BELONGINGS, FORGETTING, accounts, restores_of_account
from hubbub.core.capability import capability
from hubbub.core.command import Context, command, run_again
from hubbub.core.conversations import readable
from hubbub.core.delivery import NOBODY, Audience, audience_of
from hubbub.core.entering import BEFORE_NAMES
from hubbub.core.event import Event
from hubbub.core.hub import DEPARTURES
from hubbub.core.ledger import Put
from hubbub.core.login import LOGINS
from hubbub.core.refusal import Failed
from hubbub.irc.names import fold, is_nick
from hubbub.irc.times import from_timestamp, to_timestamp

if TYPE_CHECKING:
    from hubbub.core.capability import Profile
    from hubbub.core.hub import Hub
    from hubbub.core.ledger import Fact
    from hubbub.core.model import Channel, User
    from hubbub.core.reply import Reply

READ_MARKER = capability("draft/read-marker", shapes=False)
PREFIX = "timestamp="


class Markers:
    """Of each person (by id): topic of a conversation → time in Unix milliseconds up to which it was read."""

    def __init__(self) -> None:
        self.of: dict[str, dict[str, int]] = {}

    def get(self, user_id: str, topic: str) -> int | None:
        return self.of.get(user_id, {}).get(topic)

    def grow(self, user_id: str, topic: str, at_ms: int) -> bool:
        """Move a marker forward; whether it was further back ("MUST only ever increase")."""
        markers = self.of.setdefault(user_id, {})
        if at_ms <= markers.get(topic, -1):
            return False
        markers[topic] = at_ms
        return True

    def drop(self, user_id: str, topic: str) -> None:
        self.of.get(user_id, {}).pop(topic, None)


class Buffer(NamedTuple):
    """A conversation as clients have it: where its marker is kept, and what it is called."""

    topic: str
    name: str


@command("MARKREAD")
def markread(ctx: Context, target: str = "", timestamp: str | None = None) -> None:
    """MARKREAD <room or nick> [timestamp=<YYYY-MM-DDThh:mm:ss.sssZ>]: show or move how far you have read."""
    if not target:
        raise Failed("NEED_MORE_PARAMS", "Missing parameters")
    buffer = _buffer(ctx, target)
    if timestamp is None:
        _show(ctx.reply, ctx.user, buffer)
        return
    at_ms = from_timestamp(timestamp.removeprefix(PREFIX)) if timestamp.startswith(PREFIX) else None
    if at_ms is None or at_ms < 0:
        raise Failed("INVALID_PARAMS", timestamp, "Invalid parameters")
    _move(ctx, buffer, min(at_ms, ctx.hub.clock()))


def _buffer(ctx: Context, target: str) -> Buffer:
    """A room that one is in, or a person, here or not; anything else is wrong, be it there or not."""
    found = readable(ctx.hub, ctx.user, target)
    if found is not None:
        return Buffer(found.topic, found.name)
    if not is_nick(target, ctx.hub.settings.limits.nick):
        raise Failed("INVALID_PARAMS", target, "Invalid parameters")
    return Buffer(f"name/{fold(target)}", target)


def _show(reply: Reply, user: User, buffer: Buffer) -> None:
    hub = reply.session.hub
    at_ms = hub.part(Markers).get(user.id, buffer.topic)
    reply.line(_line(hub.name, buffer.name, at_ms))


def _line(server: str, name: str, at_ms: int | None) -> str:
    at = "*" if at_ms is None else f"{PREFIX}{to_timestamp(at_ms)}"
    return f":{server} MARKREAD {name} {at}"


def _move(ctx: Context, buffer: Buffer, at_ms: int) -> None:
    user, markers = ctx.user, ctx.hub.part(Markers)
    known = markers.get(user.id, buffer.topic)
    if known is not None and at_ms <= known:
        _show(ctx.reply, user, buffer)
        return
    dropped = _oldest(ctx, user) if known is None else ""
    event = MarkerMoved(user=user.id, of=buffer.topic, name=buffer.name, at_ms=at_ms, dropped=dropped)
    if not user.account:
        ctx.propose(event)
        return
    key = _key(user.id, buffer.topic)
    puts = [Put(key, str(at_ms).encode())]
    puts += [Put(_key(user.id, dropped), None)] if dropped else []
    ctx.propose(
        event,
        # Another device may be moving it further at this moment.
        expect=((key, ctx.hub.ledger.version(key)),),
        puts=tuple(puts),
        refused=lambda _reason: run_again(ctx, lambda again: _move(again, buffer, at_ms)),
    )


def _oldest(ctx: Context, user: User) -> str:
    """The topic whose marker makes room for one more; "" while there is room."""
    markers = ctx.hub.part(Markers).of.get(user.id, {})
    if len(markers) < ctx.hub.settings.limits.read_markers:
        return ""
    return min(markers, key=lambda topic: (markers[topic], topic))


def _key(user_id: str, topic: str) -> str:
    return f"read/{user_id}/{topic}"


class MarkerMoved(Event, frozen=True):
    """Somebody has read further."""

    user: str
    of: str
    name: str
    at_ms: int
    dropped: str = ""

    def apply(self, hub: Hub) -> Audience:
        user = hub.users_by_id.get(self.user)
        if user is None and self.user not in accounts(hub).by_id:
            return {}
        user_id = user.id if user else self.user
        markers = hub.part(Markers)
        grown = markers.grow(user_id, self.of, self.at_ms)
        if self.dropped:
            markers.drop(user_id, self.dropped)
        if user is None:
            return {}
        told = (session for session in user.sessions if session.has(READ_MARKER) or session is hub.origin)
        return audience_of(told if grown else ())

    def render(self, to: Profile, fact: Fact) -> str:
        return _line(fact.origin, self.name, self.at_ms)


@restores_of_account("read")
def _restore(hub: Hub, rest: str, value: bytes) -> None:
    user_id, _, topic = rest.partition("/")
    hub.part(Markers).grow(user_id, topic, int(value))


@BEFORE_NAMES.append
def _show_on_join(reply: Reply, room: Channel) -> None:
    """ "The command MUST be sent before the RPL_ENDOFNAMES reply for that channel following the JOIN." """
    session = reply.session
    if session.user is not None and session.has(READ_MARKER):
        _show(reply, session.user, Buffer(room.log_topic, room.name))


@BELONGINGS.append
def _keys_of_account(hub: Hub, account: str) -> list[str]:
    return [_key(account, topic) for topic in hub.part(Markers).of.get(account, {})]


@FORGETTING.append
def _forget_account(hub: Hub, account: str) -> None:
    hub.part(Markers).of.pop(account, None)


@DEPARTURES.append
def _forget_guest(hub: Hub, user: User, _nick: str) -> None:
    if user.id not in hub.users_by_id and not user.account:
        hub.part(Markers).of.pop(user.id, None)


@LOGINS.append
def _keep_for_account(hub: Hub, user: User, guest: str) -> None:
    """A guest's markers become those of the account that they have logged in to."""
    markers = hub.part(Markers)
    is_guest = guest != user.id and guest not in accounts(hub).by_id
    for topic, at_ms in (markers.of.pop(guest, {}) if is_guest else {}).items():
        markers.grow(user.id, topic, at_ms)
    own = markers.of.get(user.id, {})
    if own and user.sessions:
        puts = tuple(Put(_key(user.id, topic), str(at_ms).encode()) for topic, at_ms in own.items())
        hub.propose(MarkersKept(of=user.id), puts=puts)


class MarkersKept(Event, frozen=True):
    """The markers of somebody who was a guest outlive a restart from now on; nobody is told."""

    of: str

    def apply(self, hub: Hub) -> Audience:
        return NOBODY

    def render(self, to: Profile, fact: Fact) -> None:
        return None
