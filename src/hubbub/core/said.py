"""What people say: the facts of it, and who may say it to whom.

Owns messages of one line and of several; a message is one fact, however many lines show it. Called by the features
that take PRIVMSG, NOTICE, TAGMSG and batches of lines. Modern IRC, "Sending Messages";
https://ircv3.net/specs/extensions/message-tags, echo-message, multiline
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from hubbub.core.capability import MESSAGE_TAGS, capability
from hubbub.core.conversations import direct_topic, note_talk, talk_puts
from hubbub.core.delivery import Audience, audience_of
from hubbub.core.event import Event
from hubbub.core.ledger import EVENT, MESSAGE
from hubbub.core.messageid import to_msgid
from hubbub.core.modes import PREFIXES, channel_mode
from hubbub.core.nonces import accept, arrive, sent, was_said_before
from hubbub.core.pace import may_speak_now
from hubbub.core.policy import is_guest_kept_out, may_see, may_speak
from hubbub.core.refusal import Refused, no_such_channel, no_such_nick
from hubbub.core.reply import BATCH
from hubbub.core.services import talk_to_service, verb_of
from hubbub.core.targets import find_addressee
from hubbub.irc import numerics
from hubbub.irc.names import fold
from hubbub.irc.text import clip, plain
from hubbub.irc.wire import format_tags

if TYPE_CHECKING:
    from hubbub.config import Settings
    from hubbub.core.capability import Profile
    from hubbub.core.command import Context
    from hubbub.core.hub import Hub
    from hubbub.core.ledger import Fact
    from hubbub.core.model import Channel, User
    from hubbub.core.session import Session


def _multiline_limits(settings: Settings) -> str:
    return f"max-bytes={settings.limits.multiline_bytes},max-lines={settings.limits.multiline_lines}"


NO_CTCP = channel_mode("C", "never", "No CTCP requests but /me")
ECHO_MESSAGE = capability("echo-message", shapes=False)
MULTILINE = capability("draft/multiline", _multiline_limits)
CONCAT = "draft/multiline-concat"
"""Tag of a line that goes on with the one before it."""
SIGNS = {sign: letter for letter, sign in PREFIXES.items()}
ALL_SIGNS = "".join(SIGNS)
"""Highest rank first."""
PASSING = frozenset({"+typing", "+draft/typing"})
"""Client tags that mean something only now; a TAGMSG with nothing else is not kept."""
REFERENCES = frozenset({"+reply", "+draft/reply", "+channel-context", "+draft/channel-context"})
"""Client tags that say what another tag is about, and nothing by themselves."""
TAKEN: dict[str, Callable[[Context, str], None]] = {}
"""Client tag → handler, with the targets, of a TAGMSG that has it. Such a tag is never a part of what is said."""
LEAST_ROOM = 64
"""Bytes of text that a line is given in any case, whatever stands before it."""
FILE = "/f/"
"""What every link to a file of ours has in it (core.files)."""
LINKING: list[Callable[[Hub, Said], None]] = []
"""Called with (hub, message) when something was said that may have such a link."""


class Line(NamedTuple):
    """A line of a message. `concat`: it goes on with the line before, with nothing in between."""

    text: str
    concat: bool = False


# -- saying it -----------------------------------------------------------------------------------------------


def say_to(ctx: Context, verb: str, target: str, text: str, more: Sequence[Line] = ()) -> None:
    """Propose a message to one target, or raise Refused. `more`: its further lines."""
    name = target.lstrip(ALL_SIGNS)
    if not name.startswith("#"):
        _say_to_person(ctx, verb, target, text, more)
        return
    # "one or more" signs (Modern IRC, PRIVMSG): the lowest rank takes the higher ones in.
    lowest = max(target[: -len(name)], key=ALL_SIGNS.index, default="")
    _say_to_room(ctx, verb, lowest, name, text, more)


def _say_to_room(ctx: Context, verb: str, sign: str, name: str, text: str, more: Sequence[Line]) -> None:
    channel = ctx.hub.channels.get(fold(name))
    if channel is None:
        raise no_such_channel(name)
    user = ctx.user
    tags = _client_tags(ctx)
    shown = f"{sign}{channel.name}"
    first, *rest = _fitting(ctx, verb, shown, text, more)
    said = RoomMessage(
        verb=verb,
        user=user.id,
        source=user.source,
        account=user.account,
        room=channel.id,
        target=shown,
        text=first.text,
        more=tuple(rest),
        tags=tags,
        rank=SIGNS.get(sign, ""),
    )
    if tags and may_see(channel, user) and was_said_before(ctx, ctx.signed(said)):
        return
    check_may_say(ctx, channel, name, text, passing=verb == "TAGMSG" and PASSING.issuperset(tags))
    ctx.propose(said)


def check_may_say(ctx: Context, channel: Channel, given: str, text: str, *, passing: bool) -> None:
    """Raises Refused for who may not. `given`: how they wrote the room's name. `passing`: slow mode counts it not."""
    user = ctx.user
    try:
        may_speak(channel, user)
        if is_guest_kept_out(ctx.hub.settings, user, channel.name):
            raise guests_may_not(channel.name)
        if NO_CTCP in channel.modes and _asks_a_program(text):
            why = "Cannot send to channel (CTCP requests are not allowed)"
            raise Refused(numerics.ERR_CANNOTSENDTOCHAN, channel.name, why)
    except Refused:
        if may_see(channel, user):
            raise
        # Of a hidden room an outsider learns no more than of one that isn't there.
        raise no_such_channel(given) from None
    if not passing:
        may_speak_now(ctx.hub, channel, user)


def guests_may_not(target: str) -> Refused:
    return Refused(numerics.ERR_NEEDREGGEDNICK, target, "Guests may not talk there; log in first")


def _say_to_person(ctx: Context, verb: str, target: str, text: str, more: Sequence[Line]) -> None:
    user = ctx.user
    to = find_addressee(ctx.hub, ctx.session, target)
    if to is None:
        if (service := verb_of(ctx.hub, target)) and _is_alone(ctx) and not more:
            talk_to_service(ctx, verb, service, text)
            return
        raise no_such_nick(target)
    first, *rest = _fitting(ctx, verb, to.nick, text, more)
    said = DirectMessage(
        verb=verb,
        user=user.id,
        source=user.source,
        account=user.account,
        to=to.id,
        target=to.nick,
        text=first.text,
        more=tuple(rest),
        tags=_client_tags(ctx),
    )
    if said.tags and was_said_before(ctx, ctx.signed(said)):
        return
    if is_kept_from(ctx.hub, user, to.id):
        raise guests_may_not(to.nick)
    ctx.propose(
        said,
        puts=talk_puts(ctx.hub, direct_topic(user.id, to.id), (user.id, to.nick), (to.id, user.nick)),
    )
    if to.away and verb == "PRIVMSG":
        ctx.numeric(numerics.RPL_AWAY, to.nick, to.away)


def is_kept_from(hub: Hub, user: User, to: str) -> bool:
    """Whether somebody may talk in the rooms for guests only; the server's operators can always be asked."""
    if user.account or hub.settings.accounts.guests != "rooms" or to == user.id:
        return False
    other = hub.users_by_id.get(to)
    return other is None or not other.is_operator


def _is_alone(ctx: Context) -> bool:
    """Whether a message has one target."""
    return "," not in ctx.message.params[0]


def _client_tags(ctx: Context) -> dict[str, str]:
    if not ctx.message.tags or not ctx.session.has(MESSAGE_TAGS):
        return {}
    tags = ctx.message.tags.items()
    return {name: value for name, value in tags if name.startswith("+") and name not in TAKEN}


def _fitting(ctx: Context, verb: str, target: str, text: str, more: Sequence[Line]) -> list[Line]:
    """The lines of a message. Among several, one too long for a line with its source is parted, and none is lost."""
    if not more:
        return [Line(text)]
    front = f":{ctx.user.source} {verb} {target} :\r\n"
    room = max(LEAST_ROOM, ctx.hub.settings.limits.line - len(front.encode()))
    return [piece for line in (Line(text), *more) for piece in _parted(line, room)]


def _parted(line: Line, room: int) -> Iterator[Line]:
    text, concat = line
    while len(text.encode()) > room:
        piece = clip(text, room)
        # Between words where there are some, the space staying behind (multiline, "Splitting long lines").
        piece = piece[: piece.rfind(" ") + 1] or piece
        yield Line(piece, concat)
        text, concat = text[len(piece) :], True
    yield Line(text, concat)


# -- what was said -------------------------------------------------------------------------------------------


class Said(Event, frozen=True):
    """What the two kinds of messages share."""

    verb: str
    user: str
    source: str
    target: str
    text: str = ""
    """The message, or its first line."""
    more: tuple[Line, ...] = ()
    """The further lines of a message that has several (draft/multiline)."""
    account: str = ""
    tags: dict[str, str] = {}  # noqa: RUF012 -- msgspec copies an empty default for each instance
    edited_ms: int = 0
    """When its text was last changed; only in what core.revisions gives, never in the log."""

    @property
    def lines(self) -> tuple[Line, ...]:
        return (Line(self.text), *self.more)

    @property
    def whole_text(self) -> str:
        """All that it says; lines are parted by LF (multiline, "combined message value")."""
        return self.text + "".join([line.text if line.concat else f"\n{line.text}" for line in self.more])

    @property
    def kind(self) -> int:
        """chathistory: without draft/event-playback, history is PRIVMSG and NOTICE alone."""
        return EVENT if self.verb == "TAGMSG" else MESSAGE

    def is_kept(self) -> bool:
        """A TAGMSG that only says "is typing" passes by; so does a CTCP request, which asks a program."""
        if self.verb == "TAGMSG":
            return not (self.tags.keys() <= PASSING | REFERENCES)
        return not (_asks_a_program(self.text) or any(_asks_a_program(line.text) for line in self.more))

    def author(self) -> str:
        return self.user

    def searchable(self) -> tuple[str, str]:
        text = self.whole_text.replace("\n", " ").removeprefix("\x01ACTION ").removesuffix("\x01")
        return plain(text), fold(self.source.partition("!")[0])

    def sent(self, hub: Hub) -> None:
        if self.tags:
            sent(hub, self)

    def arrived(self, hub: Hub) -> None:
        if self.tags:
            arrive(hub, self)

    def is_shown_to(self, session: Session) -> bool:
        return session.has(ECHO_MESSAGE)

    def render(self, to: Profile, fact: Fact) -> str | list[str] | None:
        if self.verb == "TAGMSG":
            if MESSAGE_TAGS not in to:
                return None
            return f"{to.tag_prefix(self, fact, format_tags(self.tags))}:{self.source} TAGMSG {self.target}"
        tags = to.tag_prefix(self, fact, format_tags(self.tags) if self.tags and MESSAGE_TAGS in to else "")
        if not self.more:
            return f"{tags}:{self.source} {self.verb} {self.target} :{self.text}"
        return self._in_batch(tags, fact) if MULTILINE in to and BATCH in to else self._apart(to, tags, fact)

    def _in_batch(self, tags: str, fact: Fact) -> list[str]:
        # Everybody is sent the same bytes, so the reference can't be counted per connection as others are.
        batch = f"m{to_msgid(fact.pos)}"
        front = f":{self.source} {self.verb} {self.target} :"
        lines = [
            f"@batch={batch}{f';{CONCAT}' if concat else ''} {front}{text}" for text, concat in self.lines
        ]
        opening = f"{tags}:{self.source} BATCH +{batch} draft/multiline {self.target}"
        return [opening, *lines, f":{self.source} BATCH -{batch}"]

    def _apart(self, to: Profile, tags: str, fact: Fact) -> list[str]:
        """multiline, "Fallback": no blank lines; all tags on the first line, and on others not the message's id."""
        front = f":{self.source} {self.verb} {self.target} :"
        later = to.tag_prefix(self, fact._replace(pos=0))
        first, *others = [line.text for line in self.lines if line.text]
        return [f"{tags}{front}{first}", *[f"{later}{front}{text}" for text in others]]


class RoomMessage(Said, frozen=True, kw_only=True):
    """Something said to a room, or with `rank` to those of a room who hold at least a prefix mode."""

    room: str
    rank: str = ""

    def topic(self) -> str:
        # What is said to the operators is kept apart from what every member may read.
        return f"room/{self.room}/{self.rank}" if self.rank else f"room/{self.room}"

    def apply(self, hub: Hub) -> Audience:
        _was_said(hub, self)
        channel = hub.channels_by_id.get(self.room)
        if channel is None:
            return {}
        channel.has_history = channel.has_history or self.is_kept()
        if self.rank:
            return audience_of(ranked(channel, self.rank, hub.users_by_id.get(self.user)))
        if hub.origin is not None and hub.origin.user not in channel.members:
            return audience_of([*channel.sessions(), hub.origin])
        return channel.audience


class DirectMessage(Said, frozen=True, kw_only=True):
    """Something said to one person."""

    to: str

    def topic(self) -> str:
        return direct_topic(self.user, self.to)

    def apply(self, hub: Hub) -> Audience:
        _was_said(hub, self)
        author, to = hub.users_by_id.get(self.user), hub.users_by_id.get(self.to)
        topic = self.topic()
        note_talk(hub, self.user, topic, self.target)
        note_talk(hub, self.to, topic, self.source.partition("!")[0])
        return audience_of(session for user in (author, to) if user is not None for session in user.sessions)

    def is_to_oneself(self) -> bool:
        return self.user == self.to


def _asks_a_program(text: str) -> bool:
    """Whether it is a CTCP request, which is nothing that anybody says."""
    return text.startswith("\x01") and not text.startswith("\x01ACTION ")


def _was_said(hub: Hub, said: Said) -> None:
    user = hub.users_by_id.get(said.user)
    if user is not None:
        user.last_spoke_ms = hub.clock()
    if said.tags:
        accept(hub, said)
    if FILE in said.text or said.more:
        for watcher in LINKING:
            watcher(hub, said)


def ranked(channel: Channel, rank: str, author: User | None) -> list[Session]:
    """Sessions of the members who hold a prefix mode or a higher one, and the author's."""
    enough = set(list(PREFIXES)[: list(PREFIXES).index(rank) + 1])
    users = [user for user, letters in channel.members.items() if enough.intersection(letters)]
    if author is not None and author not in users:
        users.append(author)
    return [session for user in users for session in user.sessions]
