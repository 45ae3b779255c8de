"""Live text: what somebody types, as they type it, for those who want to see it and show theirs.

docs/specs/live-text.md. It passes by: nothing of it is in the log, in history, or in search, and no bot is sent any.
Whoever doesn't take part is sent `+typing`, and the message at the end like every other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import asdict

from hubbub.core.capability import MESSAGE_TAGS, RENEGOTIATED
from hubbub.core.command import Context, command, unknown_command
from hubbub.core.delivery import NOBODY, Audience, audience_of
from hubbub.core.event import Event, encode
from hubbub.core.hub import ENDINGS, RESTORED
from hubbub.core.live import (
    ALLOWED,
    LATELY_MS,
    LIVE,
    LIVE_TAG,
    MOST_CHOICES,
    PER_UPDATE,
    Author,
    Authors,
    Budget,
    Consent,
    Viewers,
    covers,
    is_allowed,
    viewing,
)
from hubbub.core.login import DEVICES, LOGINS
from hubbub.core.model import ENTERED, LEFT
from hubbub.core.modes import BOT
from hubbub.core.refusal import Failed, no_such_channel, no_such_nick, not_on_channel
from hubbub.core.room_modes import ModesChanged
from hubbub.core.said import TAKEN, check_may_say, guests_may_not, is_kept_from
from hubbub.core.usermodes import CHANGED, ModeChange
from hubbub.irc.live import BadUpdate, Head, Kind, is_sendable, read_head
from hubbub.irc.names import fold
from hubbub.irc.wire import format_tags

if TYPE_CHECKING:
    from hubbub.core.capability import Profile
    from hubbub.core.hub import Hub
    from hubbub.core.ledger import Fact
    from hubbub.core.model import Channel, User
    from hubbub.core.session import Session

TYPING_MS = 3_000
"""typing, "SHOULD NOT be sent more than once every 3 seconds"."""
NAMED = 10
"""Viewers that an author is told by name."""
SETTLING = 0.2
"""Seconds in which the arrivals of many are told as one."""
FEW_LOOKS, MOST_LOOKS = 500, 20_000
"""Members that are looked at, for all who type in a room, at once when somebody decides; and at one go."""


class Where(NamedTuple):
    """A conversation that somebody types in: a room, or one person."""

    channel: Channel | None
    person: User | None

    @property
    def id(self) -> str:
        assert self.channel is not None or self.person is not None
        return self.channel.id if self.channel else self.person.id if self.person else ""

    @property
    def name(self) -> str:
        return self.channel.name if self.channel else self.person.nick if self.person else ""


# -- consent -------------------------------------------------------------------------------------------------


@command("LIVE")
def live(ctx: Context, what: str = "", target: str = "") -> None:
    """LIVE [ON | OFF [<room or nick>]]: show what you type as you type it, to those who show theirs (hubbub.chat/live).

    Without a target: everywhere. Nothing of it is kept, and it ends with your connection.
    """
    if not ctx.session.has(LIVE):
        raise unknown_command(ctx.session, "LIVE")
    word = what.upper()
    if word not in ("ON", "OFF", ""):
        raise Failed(
            "INVALID_PARAMS", what[:20], "Say LIVE ON or LIVE OFF, with a room or a nick if you like"
        )
    if word:
        _decide(ctx, word == "ON", target)
    else:
        _show(ctx)


def _decide(ctx: Context, wanted: bool, target: str) -> None:
    hub, session = ctx.hub, ctx.session
    consent = session.part(Consent)
    if wanted:
        _check_person(ctx.user, target or "*")
    where = _find(ctx, target) if target else None
    if where is not None and where.channel and wanted:
        _check_allowed(where.channel)
    if where is not None and where.id not in consent.choices and len(consent.choices) >= MOST_CHOICES:
        raise Failed(
            "TOO_MANY", target, f"You can choose {MOST_CHOICES} rooms and people; LIVE OFF forgets them"
        )
    consent.decide(wanted, where.id if where else "")
    ctx.reply.line(f":{hub.name} LIVE {'ON' if wanted else 'OFF'} {where.name if where else '*'}")
    _decided(session)
    if where is not None and wanted:
        hub.part(Authors).author(where.id, session)
        _tell_audience(session, where, ctx.reply.line)


def _show(ctx: Context) -> None:
    consent, hub = ctx.session.part(Consent), ctx.hub
    ctx.reply.line(f":{hub.name} LIVE {'ON' if consent.everywhere else 'OFF'} *")
    for id, wanted in consent.choices.items():
        found = hub.channels_by_id.get(id) or hub.users_by_id.get(id)
        if found is not None:
            name = getattr(found, "name", "") or getattr(found, "nick", "")
            ctx.reply.line(f":{hub.name} LIVE {'ON' if wanted else 'OFF'} {name}")


def _find(ctx: Context, target: str) -> Where:
    """A room that one is in, or somebody who is here."""
    if not target.startswith("#"):
        person = ctx.hub.users.get(fold(target))
        if person is None or person is ctx.user:
            raise no_such_nick(target)
        return Where(None, person)
    channel = ctx.hub.channels.get(fold(target))
    if channel is None:
        raise no_such_channel(target)
    if ctx.user not in channel.members:
        raise not_on_channel(channel.name)
    return Where(channel, None)


def _check_person(user: User, target: str) -> None:
    if BOT in user.modes:
        raise Failed("LIVE_NOT_ALLOWED", target, "Live text is for people; you are a bot (mode +B)")


def _check_allowed(channel: Channel) -> None:
    if not is_allowed(channel):
        raise Failed(
            "LIVE_NOT_ALLOWED",
            channel.name,
            f"This room has no live text; an operator allows it with MODE {channel.name} +{ALLOWED} (not while +S)",
        )


def _decided(session: Session) -> None:
    """Somebody wants it otherwise: those who type where they are learn of it."""
    hub, user = session.hub, session.user
    viewers = hub.part(Viewers)
    (viewers.sharing.add if session.part(Consent) else viewers.sharing.discard)(session)
    if user is not None:
        _look_again(hub, user)


def _look_again(hub: Hub, user: User) -> None:
    """Somebody may see it now, or no more: it holds at once, and is told at once where few type."""
    hub.part(Viewers).drop_around(user)
    types = hub.part(Authors).of
    for channel in user.channels.values():
        is_little = len(types.get(channel.id, ())) * len(channel.members) <= FEW_LOOKS
        (_tell_authors if is_little else _settle)(hub, channel.id)
    _tell_authors(hub, user.id)


@CHANGED.append
def _is_bot_or_not(hub: Hub, user: User) -> None:
    if not hub.part(Viewers).sharing.isdisjoint(user.sessions):
        _look_again(hub, user)


@LOGINS.append
def _has_account(hub: Hub, user: User, before: str) -> None:
    """What was chosen about a guest is about the account from now on."""
    if before == user.id:
        return
    for session in hub.sessions:
        if session.has(LIVE):
            session.part(Consent).moved(before, user.id)
    _look_again(hub, user)


@DEVICES.append
def _is_somebody_else(hub: Hub, session: Session) -> None:
    """A guest's connection is one of an account now, which need not be in the guest's rooms."""
    if session in hub.part(Viewers).sharing:
        _forget_viewers(hub)


# -- what is typed -------------------------------------------------------------------------------------------


def _typed(ctx: Context, target: str) -> None:
    """TAGMSG with the tag. Servers and clients without the capability know nothing of it."""
    session = ctx.session
    if not session.has(LIVE):
        return
    value = ctx.message.tags[LIVE_TAG]
    if not session.part(Budget).take(PER_UPDATE + len(value), ctx.hub.clock(), ctx.hub.settings):
        # It costs as a message then; the next reset puts right what is missing.
        raise Failed(
            "LIVE_TOO_MUCH", target[:100] or "*", "That is more live text than is passed on; slower, please"
        )
    # It has its own budget, beside that of messages.
    session.debt -= 1
    head = _head(target, value)
    where = _find(ctx, target)
    _check_may_type(ctx, where)
    _cast(ctx, where, value, head)


def _head(target: str, value: str) -> Head:
    try:
        if not is_sendable(value):
            raise BadUpdate("it is too long")
        return read_head(value)
    except BadUpdate as bad:
        raise Failed("LIVE_INVALID", target[:100] or "*", f"This is no live text: {bad}") from None


def _check_may_type(ctx: Context, where: Where) -> None:
    """What may be said may be typed; and only who has said LIVE ON shows anything."""
    user, consent = ctx.user, ctx.session.part(Consent)
    _check_person(user, where.name)
    if where.channel is not None:
        _check_allowed(where.channel)
        check_may_say(ctx, where.channel, where.channel.name, "", passing=True)
    elif where.person is not None and is_kept_from(ctx.hub, user, where.person.id):
        raise guests_may_not(where.person.nick)
    shares = consent.everywhere or (
        any(consent.choices.values()) if where.channel else consent.choices.get(where.id)
    )
    if not shares:
        raise Failed("LIVE_OFF", where.name, f"Nobody is shown it before you say LIVE ON {where.name}")


def _cast(ctx: Context, where: Where, value: str, head: Head) -> None:
    hub, session = ctx.hub, ctx.session
    author = hub.part(Authors).author(where.id, session)
    update = ctx.signed(_update(session, ctx.user, where, value))
    hub.ledger.cast(f"live/{where.id}", encode(update))
    _tell_others(ctx, author, update, head.kind)
    _tell_audience(session, where, session.send)


def _update(session: Session, user: User, where: Where, value: str = "") -> LiveUpdate:
    consent = session.part(Consent)
    return LiveUpdate(
        user=user.id,
        source=user.source,
        account=user.account,
        target=where.name,
        room=where.channel.id if where.channel else "",
        to=where.person.id if where.person else "",
        everywhere=consent.everywhere,
        choices=consent.choices,
        version=f"{session.id}/{consent.version}",
        value=value,
    )


def _tell_others(ctx: Context, author: Author, update: LiveUpdate, kind: Kind) -> None:
    """Who doesn't see the letters is told that somebody types, as ever; after a message they believe it no more."""
    hub, now, types = ctx.hub, ctx.hub.clock(), kind is not Kind.CANCEL
    if not types and not author.is_typing:
        return
    has_spoken = kind is Kind.NEW and ctx.user.last_spoke_ms >= author.typing_ms
    if types and not has_spoken and now - author.typing_ms < TYPING_MS:
        return
    author.is_typing = types
    if types:
        author.typing_ms = now
    typing = LiveTyping(**(asdict(update) | {"value": "active" if types else "done"}))
    hub.ledger.cast(f"live/{update.room or update.to}", encode(typing))


class LiveUpdate(Event, frozen=True):
    """Letters of somebody. `everywhere` and `choices`: with whom they share; `version` names that decision."""

    user: str
    source: str
    target: str
    value: str
    version: str
    account: str = ""
    room: str = ""
    to: str = ""
    everywhere: bool = False
    choices: dict[str, bool] = {}  # noqa: RUF012 -- msgspec copies an empty default for each instance

    def apply(self, hub: Hub) -> Audience:
        channel = hub.channels_by_id.get(self.room)
        if channel is not None:
            return self.seen_in(hub, channel)
        person = hub.users_by_id.get(self.to)
        return audience_of(self.seen_by(person)) if person is not None else NOBODY

    def viewers(self, hub: Hub) -> Iterable[Session]:
        """Whom `apply` names. Nothing of it is kept, for many want to know who are going to type nothing."""
        channel, person = hub.channels_by_id.get(self.room), hub.users_by_id.get(self.to)
        if channel is None:
            return self.seen_by(person) if person is not None else ()
        found = hub.part(Viewers).of.get(channel.id, {}).get((self.user, self.version))
        return chain.from_iterable(
            found.values() if found is not None else map(self.seen_by, channel.members)
        )

    def seen_in(self, hub: Hub, channel: Channel) -> Audience:
        """Connections in a room that share with the author, and with whom the author does."""
        known = hub.part(Viewers).of.setdefault(channel.id, {})
        found = known.get((self.user, self.version))
        if found is None:
            sessions = (session for member in channel.members for session in self.seen_by(member))
            found = known[self.user, self.version] = audience_of(sessions)
        return found

    def seen_by(self, person: User) -> list[Session]:
        if person.id == self.user or not covers(self.everywhere, self.choices, self.room, person.id):
            return []
        return list(viewing(person, self.room, self.user))

    def render(self, to: Profile, fact: Fact) -> str | None:
        if LIVE not in to:
            return None
        tag = format_tags({LIVE_TAG: self.value})
        return f"{to.tag_prefix(self, fact, tag)}:{self.source} TAGMSG {self.target}"


class LiveTyping(LiveUpdate, frozen=True):
    """That somebody types, for those who don't see what. `value`: active or done, as the tag +typing has it."""

    def apply(self, hub: Hub) -> Audience:
        channel = hub.channels_by_id.get(self.room)
        person = hub.users_by_id.get(self.to)
        if channel is not None:
            seen = set(chain.from_iterable(self.seen_in(hub, channel).values()))
            there = list(channel.sessions())
        elif person is not None:
            seen, there = set(self.seen_by(person)), person.sessions
        else:
            return NOBODY
        return audience_of(
            session
            for session in there
            if session not in seen and MESSAGE_TAGS in session.profile and not self._is_of_author(session)
        )

    def _is_of_author(self, session: Session) -> bool:
        return session.user is not None and session.user.id == self.user

    def render(self, to: Profile, fact: Fact) -> str | None:
        tag = format_tags({"+typing": self.value})
        return f"{to.tag_prefix(self, fact, tag)}:{self.source} TAGMSG {self.target}"


TAKEN[LIVE_TAG] = _typed


# -- who sees it ---------------------------------------------------------------------------------------------


def _settle(hub: Hub, where: str) -> None:
    """Soon tell those who type there of who sees it now."""
    authors = hub.part(Authors)
    if where in authors.of and where not in authors.unsettled:
        authors.unsettled.add(where)
        hub.later(SETTLING, partial(_tell_authors, hub, where))


def _tell_authors(hub: Hub, where: str) -> None:
    authors = hub.part(Authors)
    authors.unsettled.discard(where)
    conversation = Where(hub.channels_by_id.get(where), hub.users_by_id.get(where))
    types = authors.of.get(where, {})
    looks = 0
    for session, author in list(types.items()):
        before = author.mark
        if hub.clock() - author.at_ms > LATELY_MS or not any(conversation):
            del types[session]
        elif conversation.channel is None or session.user in conversation.channel.members:
            _tell_audience(session, conversation, session.send)
        if conversation.channel is not None and author.mark is not before:
            looks += len(conversation.channel.members)
        if looks > MOST_LOOKS:
            _settle(hub, where)
            break
    if not types:
        authors.of.pop(where, None)


def _tell_audience(session: Session, where: Where, tell: Callable[[str], None]) -> None:
    """LIVE AUDIENCE <target> <number> :<nicks>, if it is another number than before."""
    hub, user = session.hub, session.user
    if user is None:
        return
    mark = (hub.part(Viewers).mark(where.id), session.part(Consent).version) if where.channel else None
    author = hub.part(Authors).of.get(where.id, {}).get(session)
    if author is not None and mark is not None and author.mark == mark:
        return
    viewers = {one.user for one in _update(session, user, where).viewers(hub) if one.user is not None}
    if author is not None:
        author.mark = mark
        if author.told == len(viewers):
            return
        author.told = len(viewers)
    nicks = " ".join(sorted(viewer.nick for viewer in viewers)[:NAMED])
    tell(f":{hub.name} LIVE AUDIENCE {where.name} {len(viewers)} :{nicks}")


def _came_or_left(channel: Channel, user: User) -> None:
    for session in user.sessions:
        if session in session.hub.part(Viewers).sharing:
            session.hub.part(Viewers).drop(channel.id)
            _settle(session.hub, channel.id)


for _watchers in (ENTERED, LEFT):
    _watchers.append(_came_or_left)


@ENDINGS.append
def _forget(hub: Hub, session: Session) -> None:
    viewers = hub.part(Viewers)
    if session in viewers.sharing:
        viewers.sharing.discard(session)
        _forget_viewers(hub)
    hub.part(Authors).gone(session)


def _forget_viewers(hub: Hub) -> None:
    for room in hub.part(Viewers).drop_all():
        _settle(hub, room)


@RENEGOTIATED.append
def _another_client(session: Session, before: int) -> None:
    viewers = session.hub.part(Viewers)
    if session not in viewers.sharing:
        return
    viewers.drop_all()
    if not session.has(LIVE):
        session.part(Consent).decide(False)
        _decided(session)


# -- rooms that allow it from the start ----------------------------------------------------------------------


@RESTORED.append
def _allow_in_known(hub: Hub) -> None:
    for channel in list(hub.channels.values()):
        _allow(hub, channel)


@ENTERED.append
def _allow_in_new(channel: Channel, user: User) -> None:
    # Proposed by the node that the first member is connected to.
    if len(channel.members) == 1 and user.sessions:
        hub = user.sessions[0].hub
        if hub.settings.live.rooms:
            hub.later(0, partial(_allow, hub, channel))


def _allow(hub: Hub, channel: Channel) -> None:
    wanted = fold(channel.name) in map(fold, hub.settings.live.rooms)
    if not wanted or not hub.settings.live.enabled or is_allowed(channel):
        return
    change = ModeChange(True, ALLOWED)
    hub.propose(
        ModesChanged(
            user="",
            source=hub.name,
            room=channel.id,
            name=channel.name,
            changes=[change],
            at_ms=hub.clock(),
        )
    )
