"""A message as a line of a conversation: who said or did what, when, and whether it is for us.

Owns the reading of everything that becomes a line, live or from history: times, CTCP, tags, mentions. Changes
nothing; knows no timelines. Called by reducer.py and playback.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import NamedTuple

from hubbub.client.chat import Chat
from hubbub.client.lines import NONCE_TAG, Kind, Line
from hubbub.irc.names import fold
from hubbub.irc.text import plain
from hubbub.irc.times import from_timestamp
from hubbub.irc.wire import Message, split_source

REPLY_TAGS = ("+reply", "+draft/reply")
_EDITED_TAG = "hubbub.chat/edited"
_BOT_TAGS = ("bot", "draft/bot", "inspircd.org/bot")
_CONTEXT_TAGS = ("+channel-context", "+draft/channel-context")

LATE_MS = 300_000
"""What is older than that when it comes was not said just now. Generous, as clocks differ."""
_AHEAD_MS = 86_400_000
"""How far the server's clock may be ahead of ours. What claims to be later still has our time."""


class Heard(NamedTuple):
    """A message, and when it came."""

    message: Message
    now_ms: int

    @property
    def nick(self) -> str:
        return split_source(self.message.source)[0]

    @property
    def time_ms(self) -> int:
        return time_of(self.message.tags, self.now_ms)

    @property
    def is_late(self) -> bool:
        return self.time_ms < self.now_ms - LATE_MS

    def param(self, place: int) -> str:
        """ "" for what is missing."""
        params = self.message.params
        return params[place] if -len(params) <= place < len(params) else ""


def time_of(tags: Mapping[str, str], now_ms: int) -> int:
    """server-time, where it can be believed; our clock otherwise."""
    time_ms = believable(tags["time"], now_ms) if "time" in tags else None
    return now_ms if time_ms is None else time_ms


def believable(stamp: str, now_ms: int) -> int | None:
    time_ms = from_timestamp(stamp)
    return time_ms if time_ms is not None and 0 <= time_ms <= now_ms + _AHEAD_MS else None


def tagged(tags: Mapping[str, str], names: tuple[str, ...]) -> str:
    """The value of the first of several tags that mean the same; "" for none."""
    return next((tags[name] for name in names if tags.get(name)), "")


def is_from_server(message: Message, chat: Chat) -> bool:
    nick, user, host = split_source(message.source)
    return not nick or (not user and not host and ("." in nick or nick == chat.server_name))


def is_mine(chat: Chat, nick: str, account: str = "") -> bool:
    """We said it, on whatever device."""
    return bool(nick) and (chat.is_me(nick) or bool(account and fold(account) == fold(chat.account)))


def is_ignored(chat: Chat, nick: str) -> bool:
    return fold(nick) in chat.ignored and not chat.is_me(nick)


# -- where it belongs ----------------------------------------------------------------------------------------


def split_target(target: str, chat: Chat) -> tuple[str, str]:
    """STATUSMSG: the sign and the room of "@#room"; no sign in front of anything else."""
    signs = chat.tokens.get("STATUSMSG", "".join(chat.prefixes.values()))
    room = target.lstrip(signs) if signs else target
    if chat.is_channel(target) or not chat.is_channel(room):
        return "", target
    return target[: len(target) - len(room)], room


def conversation_name(message: Message, chat: Chat) -> str:
    """Where a PRIVMSG, NOTICE, TAGMSG, REDACT or EDITMSG belongs; "" for the server's conversation."""
    _, target = split_target(message.params[0] if message.params else "", chat)
    if chat.is_channel(target):
        return target
    nick = split_source(message.source)[0]
    if is_from_server(message, chat) or not (chat.is_me(target) or chat.is_me(nick)):
        return ""
    return _context(message, nick, chat) or (target if chat.is_me(nick) else nick)


def _context(message: Message, nick: str, chat: Chat) -> str:
    """The room that a direct message is about, if whoever says so is in it."""
    room = chat.find(tagged(message.tags, _CONTEXT_TAGS))
    if room is None or not (room.is_room and room.joined) or room.member(nick) is None:
        return ""
    return room.name


# -- what was said -------------------------------------------------------------------------------------------


def said(message: Message, chat: Chat, now_ms: int) -> Line | None:
    """A PRIVMSG or NOTICE, its text possibly of several lines."""
    if len(message.params) < 2 or not message.params[1]:
        return None
    tags = message.tags
    nick = "" if is_from_server(message, chat) else split_source(message.source)[0]
    sign, target = split_target(message.params[0], chat)
    kind, text = spoken(message.params[1], Kind.NOTICE if message.command == "NOTICE" else Kind.MESSAGE)
    mine = is_mine(chat, nick, tags.get("account", ""))
    return Line(
        kind,
        time_of(tags, now_ms),
        nick,
        text,
        target=sign,
        account=tags.get("account", ""),
        msgid=tags.get("msgid", ""),
        nonce=tags.get(NONCE_TAG, ""),
        reply_to=tagged(tags, REPLY_TAGS),
        mine=mine,
        mentions_me=bool(nick) and not mine and mentions(text, chat.nick),
        bot=any(tag in tags for tag in _BOT_TAGS),
        private=bool(nick) and not chat.is_channel(target) and not target.startswith("$"),
        edited_ms=time_of({"time": tags[_EDITED_TAG]}, now_ms) if _EDITED_TAG in tags else 0,
    )


def spoken(text: str, kind: Kind) -> tuple[Kind, str]:
    """CTCP: what somebody does; any other request is only named, never answered."""
    if not text.startswith("\x01"):
        return kind, text
    word, _, rest = text[1:].removesuffix("\x01").partition(" ")
    if word.upper() == "ACTION":
        return Kind.ACTION, rest
    return Kind.NOTICE, f"CTCP {word} {rest}".rstrip()


def mentions(text: str, nick: str) -> bool:
    """Whether our name is one of the words, outside of addresses."""
    if not nick or len(nick) > len(text):
        return False
    pattern = _mention(nick)
    return any(pattern.search(word) for word in plain(text).split() if not _is_url(word))


def _is_url(word: str) -> bool:
    return "://" in word or word.lower().startswith(("www.", "mailto:"))


@lru_cache(maxsize=8)
def _mention(nick: str) -> re.Pattern[str]:
    """The name with nothing around it that could belong to a longer name, a room or an address."""
    before = r"(?<![\w\-|^\\#&])(?<!\w[@.])"
    behind = r"(?![\w\-|^\\])(?![@.]\w)"
    return re.compile(f"{before}{re.escape(nick)}{behind}", re.IGNORECASE)


# -- what happened -------------------------------------------------------------------------------------------


def happened(message: Message, chat: Chat, now_ms: int) -> Line | None:
    """A line for what somebody did; None for what makes none."""
    read = _HAPPENED.get(message.command)
    if read is None:
        return None
    heard = Heard(message, now_ms)
    kind, target, text = read(heard)
    nick = "" if is_from_server(message, chat) else heard.nick
    account = message.tags.get("account", "")
    if kind is Kind.JOIN and heard.param(1) not in ("", "*"):
        account = heard.param(1)
    return Line(
        kind,
        heard.time_ms,
        nick,
        text,
        target=target,
        account=account,
        msgid=message.tags.get("msgid", ""),
        mine=is_mine(chat, nick),
    )


def reason(given: str) -> str:
    """ "" also for what only looks like one: servers put "Quit: " in front of whatever was given, be it nothing."""
    given = given.strip()
    return "" if plain(given).strip().lower() in ("", "quit:", "part:") else given


_HAPPENED: dict[str, Callable[[Heard], tuple[Kind, str, str]]] = {
    "JOIN": lambda heard: (Kind.JOIN, "", ""),
    "PART": lambda heard: (Kind.PART, "", reason(heard.param(1))),
    "QUIT": lambda heard: (Kind.QUIT, "", reason(heard.param(0))),
    "KICK": lambda heard: (Kind.KICK, heard.param(1), reason(heard.param(2))),
    "NICK": lambda heard: (Kind.NICK, heard.param(0), ""),
    "TOPIC": lambda heard: (Kind.TOPIC, "", heard.param(1)),
    "MODE": lambda heard: (Kind.MODE, "", " ".join(heard.message.params[1:])),
    "RENAME": lambda heard: (Kind.RENAME, heard.param(0), heard.param(2)),
    "INVITE": lambda heard: (Kind.INVITE, heard.param(0), heard.param(1)),
}


def read(message: Message, chat: Chat, now_ms: int) -> Line | None:
    """Any message of a history page that makes a line."""
    if message.command in ("PRIVMSG", "NOTICE"):
        line = said(message, chat, now_ms)
        return None if line is None or is_ignored(chat, line.nick) else line
    return happened(message, chat, now_ms)
