"""PRIVMSG, NOTICE and TAGMSG: what people say to rooms and to each other.

Modern IRC, "Sending Messages"; https://ircv3.net/specs/extensions/message-tags, echo-message
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hubbub.core.capability import MESSAGE_TAGS, capability, isupport
from hubbub.core.command import Context, command
from hubbub.core.conversations import direct_topic
from hubbub.core.delivery import Audience, audience_of
from hubbub.core.event import Event
from hubbub.core.ledger import EVENT, MESSAGE
from hubbub.core.modes import PREFIXES
from hubbub.core.policy import may_speak
from hubbub.core.refusal import Refused, no_such_channel, no_such_nick
from hubbub.core.targets import find_person
from hubbub.irc import numerics
from hubbub.irc.names import fold
from hubbub.irc.wire import format_tags

if TYPE_CHECKING:
    from hubbub.core.capability import Profile
    from hubbub.core.hub import Hub
    from hubbub.core.ledger import Fact
    from hubbub.core.model import Channel, User
    from hubbub.core.session import Session

ECHO_MESSAGE = capability("echo-message", shapes=False)
SIGNS = {sign: letter for letter, sign in PREFIXES.items()}
ALL_SIGNS = "".join(SIGNS)
"""Highest rank first."""
PASSING = frozenset({"+typing", "+draft/typing"})
"""Client tags that mean something only now; a TAGMSG with nothing else is not kept."""
REMEMBERED = 1000
"""Direct conversations that a user's list holds."""

isupport("STATUSMSG", ALL_SIGNS)
isupport("TARGMAX", lambda settings: _targmax(settings.limits.targets))
isupport("MAXTARGETS", lambda settings: settings.limits.targets)


def _targmax(targets: int) -> str:
    each = ",".join(f"{verb}:{targets}" for verb in ("PRIVMSG", "NOTICE", "TAGMSG"))
    return f"JOIN:,KICK:,LIST:,NAMES:,PART:,WHOIS:1,{each}"


@command("PRIVMSG", pipelined=True)
def privmsg(ctx: Context, targets: str = "", text: str = "") -> None:
    """PRIVMSG <target>{,<target>} :<text>: say something to a room or a person."""
    _say(ctx, "PRIVMSG", targets, text)


@command("NOTICE", pipelined=True)
def notice(ctx: Context, targets: str = "", text: str = "") -> None:
    """NOTICE <target>{,<target>} :<text>: say something that no program answers."""
    _say(ctx, "NOTICE", targets, text)


@command("TAGMSG", pipelined=True)
def tagmsg(ctx: Context, targets: str = "") -> None:
    """TAGMSG <target>{,<target>}: send tags without text (needs message-tags)."""
    if not ctx.session.has(MESSAGE_TAGS):
        raise Refused(numerics.ERR_UNKNOWNCOMMAND, "TAGMSG", "Unknown command")
    if any(name.startswith("+") for name in ctx.message.tags):
        _say(ctx, "TAGMSG", targets, "")


def _say(ctx: Context, verb: str, targets: str, text: str) -> None:
    if not targets:
        _refuse(ctx, verb, Refused(numerics.ERR_NORECIPIENT, f"No recipient given ({verb})"))
    elif not text and verb != "TAGMSG":
        _refuse(ctx, verb, Refused(numerics.ERR_NOTEXTTOSEND, "No text to send"))
    else:
        _say_to_each(ctx, verb, list(dict.fromkeys(targets.split(","))), text)


def _say_to_each(ctx: Context, verb: str, targets: list[str], text: str) -> None:
    most = ctx.hub.settings.limits.targets
    for target in targets[:most]:
        try:
            _say_to(ctx, verb, target, text)
        except Refused as refusal:
            _refuse(ctx, verb, refusal)
    if len(targets) > most:
        too_many = f"No more than {most} targets at a time"
        _refuse(ctx, verb, Refused(numerics.ERR_TOOMANYTARGETS, targets[most], too_many))


def _refuse(ctx: Context, verb: str, refusal: Refused) -> None:
    """Answer an error; never to a NOTICE, so that programs can't fall into a loop (Modern IRC, NOTICE)."""
    if verb != "NOTICE":
        ctx.numeric(refusal.numeric, *refusal.params)


def _say_to(ctx: Context, verb: str, target: str, text: str) -> None:
    name = target.lstrip(ALL_SIGNS)
    if not name.startswith("#"):
        _say_to_person(ctx, verb, target, text)
        return
    # "one or more" signs (Modern IRC, PRIVMSG): the lowest rank takes the higher ones in.
    lowest = max(target[: -len(name)], key=ALL_SIGNS.index, default="")
    _say_to_room(ctx, verb, lowest, name, text)


def _say_to_room(ctx: Context, verb: str, sign: str, name: str, text: str) -> None:
    channel = ctx.hub.channels.get(fold(name))
    if channel is None:
        raise no_such_channel(name)
    user = ctx.user
    may_speak(channel, user)
    ctx.propose(
        RoomMessage(
            verb=verb,
            user=user.id,
            source=user.source,
            account=user.account,
            room=channel.id,
            target=f"{sign}{channel.name}",
            text=text,
            tags=_client_tags(ctx),
            rank=SIGNS.get(sign, ""),
        )
    )


def _say_to_person(ctx: Context, verb: str, target: str, text: str) -> None:
    user = ctx.user
    to = find_person(ctx.hub, ctx.session, target)
    if to is None:
        raise no_such_nick(target)
    ctx.propose(
        DirectMessage(
            verb=verb,
            user=user.id,
            source=user.source,
            account=user.account,
            to=to.id,
            target=to.nick,
            text=text,
            tags=_client_tags(ctx),
        )
    )
    if to.away and verb == "PRIVMSG":
        ctx.numeric(numerics.RPL_AWAY, to.nick, to.away)


def _client_tags(ctx: Context) -> dict[str, str]:
    if not ctx.message.tags or not ctx.session.has(MESSAGE_TAGS):
        return {}
    return {name: value for name, value in ctx.message.tags.items() if name.startswith("+")}


class Said(Event, frozen=True):
    """What the two kinds of messages share."""

    verb: str
    user: str
    source: str
    target: str
    text: str = ""
    account: str = ""
    tags: dict[str, str] = {}  # noqa: RUF012 -- msgspec copies an empty default for each instance

    @property
    def kind(self) -> int:
        """chathistory: without draft/event-playback, history is PRIVMSG and NOTICE alone."""
        return EVENT if self.verb == "TAGMSG" else MESSAGE

    def is_kept(self) -> bool:
        """A TAGMSG that only says "is typing" passes by; so does a CTCP request, which asks a program."""
        if self.verb == "TAGMSG":
            return not PASSING.issuperset(self.tags)
        return not self.text.startswith("\x01") or self.text.startswith("\x01ACTION ")

    def author(self) -> str:
        return self.user

    def is_shown_to(self, session: Session) -> bool:
        return session.has(ECHO_MESSAGE)

    def render(self, to: Profile, fact: Fact) -> str | None:
        if self.verb == "TAGMSG":
            if MESSAGE_TAGS not in to:
                return None
            return f"{to.tag_prefix(self, fact, format_tags(self.tags))}:{self.source} TAGMSG {self.target}"
        tags = format_tags(self.tags) if self.tags and MESSAGE_TAGS in to else ""
        return f"{to.tag_prefix(self, fact, tags)}:{self.source} {self.verb} {self.target} :{self.text}"


class RoomMessage(Said, frozen=True, kw_only=True):
    """Something said to a room, or with `rank` to those of a room who hold at least a prefix mode."""

    room: str
    rank: str = ""

    def topic(self) -> str:
        # What is said to the operators is kept apart from what every member may read.
        return f"room/{self.room}/{self.rank}" if self.rank else f"room/{self.room}"

    def apply(self, hub: Hub) -> Audience:
        _has_spoken(hub, self.user)
        channel = hub.channels_by_id.get(self.room)
        if channel is None:
            return {}
        channel.has_history = channel.has_history or self.is_kept()
        if self.rank:
            return audience_of(_ranked(channel, self.rank, hub.users_by_id.get(self.user)))
        if hub.origin is not None and hub.origin.user not in channel.members:
            return audience_of([*channel.sessions(), hub.origin])
        return channel.audience


class DirectMessage(Said, frozen=True, kw_only=True):
    """Something said to one person."""

    to: str

    def topic(self) -> str:
        return direct_topic(self.user, self.to)

    def apply(self, hub: Hub) -> Audience:
        _has_spoken(hub, self.user)
        author, to = hub.users_by_id.get(self.user), hub.users_by_id.get(self.to)
        topic = self.topic()
        if author is not None:
            _remember(author, topic, self.target)
        if to is not None:
            _remember(to, topic, self.source.partition("!")[0])
        return audience_of(session for user in (author, to) if user is not None for session in user.sessions)

    def is_to_oneself(self) -> bool:
        return self.user == self.to


def _remember(user: User, topic: str, nick: str) -> None:
    user.correspondents.pop(topic, None)
    user.correspondents[topic] = nick
    if len(user.correspondents) > REMEMBERED:
        del user.correspondents[next(iter(user.correspondents))]


def _has_spoken(hub: Hub, user_id: str) -> None:
    user = hub.users_by_id.get(user_id)
    if user is not None:
        user.last_spoke_ms = hub.clock()


def _ranked(channel: Channel, rank: str, author: User | None) -> list[Session]:
    """Sessions of the members who hold a prefix mode or a higher one, and the author's."""
    enough = set(list(PREFIXES)[: list(PREFIXES).index(rank) + 1])
    users = [user for user, letters in channel.members.items() if enough.intersection(letters)]
    if author is not None and author not in users:
        users.append(author)
    return [session for user in users for session in user.sessions]
