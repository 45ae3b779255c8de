"""Playback: what was said meanwhile, for clients that don't know CHATHISTORY.

Somebody who has an account is shown, when they come back, the direct messages that came while they were away, and
where the settings say so what was said in a room before they enter it. With server-time each line has its time in a
tag, otherwise in its text. Clients with znc.in/playback ask for themselves: https://wiki.znc.in/Playback
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from hubbub.core.accounts import BELONGINGS, FORGETTING, accounts, restores_of_account
from hubbub.core.capability import CAPABILITIES, capability
from hubbub.core.command import Context, Proposal, command, hand_on
from hubbub.core.conversations import Conversation, all_readable, direct_conversations, readable
from hubbub.core.delivery import NOBODY, Audience
from hubbub.core.entering import AFTER_NAMES
from hubbub.core.event import Event
from hubbub.core.hub import DEPARTURES, ENDINGS, WELCOMES
from hubbub.core.ledger import Fact, LedgerError, Put
from hubbub.core.login import LOGINS
from hubbub.core.refusal import Failed, need_more_params, no_such_nick
from hubbub.core.reply import Reply, Room
from hubbub.core.revisions import read_today
from hubbub.core.said import ECHO_MESSAGE, DirectMessage, Said
from hubbub.core.services import VERBS
from hubbub.irc.masks import matches
from hubbub.irc.names import fold
from hubbub.irc.text import clip
from hubbub.irc.times import to_timestamp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from hubbub.core.capability import Profile
    from hubbub.core.hub import Hub
    from hubbub.core.model import Channel, User
    from hubbub.core.session import Session

PLAYBACK = capability("znc.in/playback", shapes=False)
MODULE = "*playback"
"""Whom clients write to; no nick can be that."""
MASKS = 20
"""Rooms and nicks of one request."""
AT_ONCE = 50
"""Messages that are made into lines before it is looked whether there is room for more."""
ACTION = "\x01ACTION "

VERBS[MODULE] = "PLAYBACK"


class Span(NamedTuple):
    """A part of the log: positions above `after` and below `before`."""

    after: int
    before: int


async def _span(hub: Hub, from_ms: int, to_ms: int) -> Span:
    """All from one time to another, both included."""
    return Span(await hub.ledger.locate(from_ms) - 1, await hub.ledger.locate(to_ms + 1))


# -- when somebody was here last -----------------------------------------------------------------------------


class LastSeen:
    """By account id: when its last device left, or the first one came if the server has ended without farewell."""

    def __init__(self) -> None:
        self.at_ms: dict[str, int] = {}


class Seen(Event, frozen=True):
    """An account has come or gone."""

    account: str
    at_ms: int

    def apply(self, hub: Hub) -> Audience:
        if self.account in accounts(hub).by_id:
            hub.part(LastSeen).at_ms[self.account] = self.at_ms
        return NOBODY

    def render(self, to: Profile, fact: Fact) -> None:
        return None


def _note(hub: Hub, user: User, then: Callable[[], None] | None = None) -> None:
    now = hub.clock()
    if user.id in accounts(hub).by_id:
        proposal = Proposal(Seen(account=user.id, at_ms=now), None, None, then)
        hub.append(proposal, puts=(Put(_key(user.id), str(now).encode()),))


def _key(account_id: str) -> str:
    return f"seen/{account_id}"


@restores_of_account("seen")
def _restore(hub: Hub, account_id: str, value: bytes) -> None:
    hub.part(LastSeen).at_ms[account_id] = int(value)


@BELONGINGS.append
def _keys(_hub: Hub, account_id: str) -> Iterable[str]:
    return [_key(account_id)]


@FORGETTING.append
def _forget(hub: Hub, account_id: str) -> None:
    hub.part(LastSeen).at_ms.pop(account_id, None)


@DEPARTURES.append
def _has_gone(hub: Hub, user: User, _nick: str) -> None:
    # It is called for a change of nick, too. The node of the connection says it for all.
    if user.account and user.id not in hub.users_by_id and user.server == hub.name:
        _note(hub, user)


@ENDINGS.append
def _server_stops(hub: Hub, session: Session) -> None:
    user = session.user
    if hub.closing and user is not None and user.account and not user.sessions:
        _note(hub, user)


# -- unasked -------------------------------------------------------------------------------------------------


class Missed:
    """From when on a connection hasn't seen what was said."""

    since_ms = 0


def _wants(session: Session) -> bool:
    """Whether a client is shown what it has missed without asking."""
    return not (session.has(PLAYBACK) or session.has(CAPABILITIES["draft/chathistory"]))


@WELCOMES.append
def _has_come(reply: Reply) -> None:
    session = reply.session
    user = session.user
    # To a further device nothing says what another one has shown.
    if user is not None and user.account and len(user.sessions) == 1:
        _welcome_back(session.hub, user)


@LOGINS.append
def _has_logged_in(hub: Hub, user: User, guest: str) -> None:
    # Whoever has just registered was here all the time.
    if guest == user.id:
        _note(hub, user)
    elif user.sessions:
        _welcome_back(hub, user)


def _welcome_back(hub: Hub, user: User) -> None:
    account = accounts(hub).by_id.get(user.id)
    made_ms = account.created_ms if account else hub.clock()
    since_ms, now_ms = hub.part(LastSeen).at_ms.get(user.id, made_ms), hub.clock()
    sessions = list(user.sessions)
    for session in sessions:
        session.part(Missed).since_ms = since_ms

    # Not at once: the welcome comes first.
    def catch_up() -> None:
        for session in filter(_wants, sessions):
            hub.spawn(_show_direct(session, user, now_ms))

    _note(hub, user, catch_up)


async def _show_direct(session: Session, user: User, now_ms: int) -> None:
    """The direct messages since somebody was here last, each conversation's together."""
    hub = session.hub
    if not hub.settings.history.replay_direct or not user.correspondents:
        return
    try:
        span = await _span(hub, session.part(Missed).since_ms, now_ms)
        await _show_all(
            session, list(direct_conversations(hub, user).values()), span, hub.settings.history.replay_direct
        )
    except LedgerError:
        # They can still be asked for.
        return


@AFTER_NAMES.append
def _show_room(reply: Reply, channel: Channel) -> None:
    session = reply.session
    limit = session.hub.settings.history.replay_rooms
    if limit and channel.has_history and _wants(session):
        session.hub.spawn(_show_before(session, channel.name, session.hub.clock(), limit))


async def _show_before(session: Session, room: str, now_ms: int, limit: int) -> None:
    hub = session.hub
    try:
        span = await _span(hub, session.part(Missed).since_ms, now_ms)
        found = readable(hub, session.user, room) if session.user else None
        if found is not None:
            await _show_all(session, [found], span, limit)
    except LedgerError:
        return


# -- showing -------------------------------------------------------------------------------------------------


async def _show_all(session: Session, conversations: list[Conversation], span: Span, limit: int) -> None:
    """What was said in some conversations; of the last ones more, if it is too much for all."""
    names = {conversation.topic: conversation.name for conversation in conversations}
    latest = await session.hub.ledger.latest(list(names), after=span.after, before=span.before)
    pages: list[tuple[str, list[str]]] = []
    room = Room(session.hub.settings.limits.send_queue // 2)
    for newest in reversed(latest):
        if limit <= 0 or room.left < 0:
            break
        facts = await session.hub.ledger.history(
            newest.topic, after=span.after, before=span.before, limit=limit
        )
        pages.append((newest.topic, await _last_lines(session, facts, room)))
        limit -= len(facts)
    for topic, lines in reversed(pages):
        _show(session, Conversation(topic, names[topic]), lines)


async def _last_lines(session: Session, facts: list[Fact], room: Room) -> list[str]:
    """What the facts show, without the oldest of them if it is too much."""
    found: list[list[str]] = []
    for end in range(len(facts), 0, -AT_ONCE):
        for fact, event in reversed(await read_today(session.hub, facts[max(0, end - AT_ONCE) : end])):
            lines = _lines(session, session.user, fact, event) if session.user else []
            if lines and not room.take(lines) and found:
                return _in_order(found)
            found.append(lines)
    return _in_order(found)


def _in_order(newest_first: list[list[str]]) -> list[str]:
    return [line for lines in reversed(newest_first) for line in lines]


def _show(session: Session, conversation: Conversation, lines: list[str]) -> None:
    user = session.user
    if user is None or session.leaving is not None:
        return
    if all(each.topic != conversation.topic for each in all_readable(session.hub, user)):
        # Put out of the room while it was read.
        return
    reply = Reply(session)
    if lines:
        with reply.batch(f"chathistory {conversation.name}"):
            for line in lines:
                reply.line(line)


def _lines(session: Session, user: User, fact: Fact, event: Event) -> list[str]:
    if not isinstance(event, Said):
        return []
    if isinstance(event, DirectMessage) and event.user == user.id and not session.has(ECHO_MESSAGE):
        # A client that doesn't know its own messages would take them for somebody else's.
        return []
    if not session.has(CAPABILITIES["server-time"]):
        event = _dated(session, fact, event)
    lines = event.render(session.profile, fact)
    return [lines] if isinstance(lines, str) else lines or []


def _dated(session: Session, fact: Fact, said: Said) -> Said:
    """The message with its time (UTC) in front of its text, and its day if that was another."""
    day, clock = to_timestamp(fact.time_ms)[:16].split("T")
    today = to_timestamp(session.hub.clock())[:10]
    stamp = f"[{clock}] " if day == today else f"[{day} {clock}] "
    front = f":{said.source} {said.verb} {said.target} :\r\n"
    room = session.hub.settings.limits.line - len(front.encode())
    if said.text.startswith(ACTION):
        inner = clip(stamp + said.text.removeprefix(ACTION).removesuffix("\x01"), room - len(ACTION) - 1)
        return replace(said, text=f"{ACTION}{inner}\x01")
    return replace(said, text=clip(stamp + said.text, room))


# -- asked for -----------------------------------------------------------------------------------------------


@command("ZNC")
def znc(ctx: Context, module: str, *words: str) -> None:
    """ZNC *playback <request>: the same as PLAYBACK, as clients of the bouncer ZNC write it."""
    if fold(module) != MODULE:
        raise no_such_nick(module)
    hand_on(ctx, "PLAYBACK", [" ".join(words)])


@command("PLAYBACK", cost=2)
async def playback(ctx: Context, request: str) -> None:
    """PLAYBACK :PLAY <rooms and nicks> [<from> [<to>]]: show again what was said; * stands for any text.

    Times are Unix seconds, with a fraction if need be. LIST [<rooms and nicks>] tells since when and until when there
    is something; CLEAR does nothing here, as messages are everybody's. Several rooms or nicks are parted by commas.
    """
    words = request.split()
    if not words:
        raise need_more_params("PLAYBACK")
    verb, arguments = words[0].upper(), words[1:]
    try:
        if verb == "PLAY":
            await _play(ctx, *arguments[:3])
        elif verb == "LIST":
            await _list(ctx, *arguments[:1])
        elif verb != "CLEAR":
            _tell(ctx, f"Unknown request {verb[:20]}. There are PLAY, LIST and CLEAR.")
    except LedgerError as error:
        raise Failed("MESSAGE_ERROR", verb, "Messages could not be retrieved") from error


async def _play(ctx: Context, names: str = "*", since: str = "0", until: str = "") -> None:
    hub = ctx.hub
    # Since the time of the last message that the client has.
    span = await _span(hub, _time_ms(since) + 1, _time_ms(until) if until else hub.clock())
    await _show_all(ctx.session, _meant(ctx, names), span, hub.settings.history.page)


async def _list(ctx: Context, names: str = "*") -> None:
    meant = {conversation.topic: conversation.name for conversation in _meant(ctx, names)}
    for newest in await ctx.hub.ledger.latest(list(meant), after=0, before=2**63 - 1):
        oldest = await ctx.hub.ledger.history(newest.topic, limit=1, oldest_first=True)
        times = " ".join(f"{fact.time_ms / 1000:.3f}" for fact in [*oldest, newest])
        _tell(ctx, f"{meant[newest.topic]} {times}")


def _meant(ctx: Context, names: str) -> list[Conversation]:
    masks = names.split(",")[:MASKS]
    return [
        conversation
        for conversation in all_readable(ctx.hub, ctx.user)
        if any(matches(mask, conversation.name) for mask in masks)
    ]


def _time_ms(text: str) -> int:
    whole, _, fraction = text.partition(".")
    if not (whole.isascii() and (whole + fraction).isdigit() and len(whole) < 12):
        raise Failed("INVALID_PARAMS", "PLAY", text, "A time is a number of seconds since 1970")
    return int(whole) * 1000 + int(fraction[:3].ljust(3, "0"))


def _tell(ctx: Context, text: str) -> None:
    ctx.reply.line(f":{MODULE}!znc@{ctx.hub.name} PRIVMSG {ctx.session.display_nick} :{text}")
