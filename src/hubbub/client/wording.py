"""What a server replies, in words for people: which replies are worth showing, and what to do after an error.

Owns the words of replies that no request of ours waits for. Everything that leaves here is printable. Pure functions.
Called by reducer.py.
"""

from __future__ import annotations

from hubbub.irc import numerics
from hubbub.irc.text import clip, printable
from hubbub.irc.wire import Message
from hubbub.plain.shown import numeric, shown

_LONGEST = 2_000
"""Bytes of one reply."""

_ADVICE = {
    numerics.ERR_NOSUCHCHANNEL: "There is no room {1}. Rooms have a # in front; /list shows those there are.",
    numerics.ERR_TOOMANYCHANNELS: "You are in too many rooms to go into {1}. Leave one with /part first.",
    numerics.ERR_CHANNELISFULL: "{1} is full. Try again when somebody has left: /join {1}",
    numerics.ERR_INVITEONLYCHAN: "{1} is for the invited only. Somebody in it can /invite you.",
    numerics.ERR_BANNEDFROMCHAN: "You are banned from {1}. Its operators can change that.",
    numerics.ERR_BADCHANNELKEY: "{1} needs its key: /join {1} key",
    numerics.ERR_BADCHANMASK: '"{1}" can\'t be the name of a room. It begins with # and is one word without commas.',
    numerics.ERR_NEEDREGGEDNICK: "{1} is for people with an account only. /login if you have one, /register makes one.",
    numerics.ERR_SECUREONLYCHAN: "{1} is for encrypted connections only. Connect with TLS.",
    numerics.ERR_LINKCHANNEL: "{1} leads to {2} now.",
    numerics.ERR_NICKNAMEINUSE: '"{1}" is taken. Choose another name: /nick name',
    numerics.ERR_TOOMANYTARGETS: "{1}: too many at once. Try again in a moment.",
}

_SILENT = frozenset(
    {
        numerics.RPL_ENDOFWHO,
        numerics.RPL_LISTEND,
        numerics.RPL_ENDOFINVITELIST,
        numerics.RPL_ENDOFLINKS,
        numerics.RPL_ENDOFNAMES,
        numerics.RPL_ENDOFINFO,
        numerics.RPL_ENDOFUSERS,
        numerics.RPL_ENDOFQUIETLIST,
        numerics.RPL_MONONLINE,
        numerics.RPL_MONOFFLINE,
        numerics.RPL_ENDOFMONLIST,
        numerics.RPL_WHOISKEYVALUE,
        numerics.RPL_KEYVALUE,
        numerics.RPL_KEYNOTSET,
        numerics.RPL_METADATASUBOK,
        numerics.RPL_METADATAUNSUBOK,
        numerics.RPL_METADATASUBS,
        numerics.RPL_METADATASYNCLATER,
        numerics.RPL_VISIBLEHOST,
        numerics.RPL_SASLSUCCESS,
        numerics.RPL_SASLMECHS,
        numerics.ERR_NICKLOCKED,
        numerics.ERR_SASLFAIL,
        numerics.ERR_SASLTOOLONG,
        numerics.ERR_SASLABORTED,
        numerics.ERR_SASLALREADY,
    }
)
"""Beside those that the line mode doesn't show either."""

_REFUSALS = {
    "nickname is already in use": "somebody here has this name",
    "nickname is registered": "this name belongs to an account",
    "nickname is reserved": "this name belongs to an account",
    "sasl authentication failed": "the password is wrong, or there is no such account",
    "invalid credentials": "the password is wrong, or there is no such account",
    "the name or the password is wrong": "the password is wrong, or there is no such account",
}
"""By how the server's words begin: those that nobody need understand who only wants to come in."""

UNSEEN = frozenset(
    {"ACK", "AUTHENTICATE", "BATCH", "CAP", "CHATHISTORY", "METADATA", "PING", "PONG", "SEARCH", "WEBPUSH"}
)
"""Commands that are between the two programs alone."""


def refusal_words(reason: str) -> str:
    """Why a name or a login was refused, in our words where we have some."""
    plain = reason.lower()
    return next((words for start, words in _REFUSALS.items() if plain.startswith(start)), reason)


def reply_words(message: Message) -> str:
    """A numeric; "" for what nobody needs to see."""
    if message.command in _SILENT:
        return ""
    advice = _ADVICE.get(message.command)
    if advice is not None and len(message.params) > 1:
        subjects = [printable(param) for param in message.params]
        return _bounded(advice.replace("{1}", subjects[1]).replace("{2}", subjects[-2]))
    return _bounded(numeric(message) or "").removeprefix("- ")


def standard_words(message: Message) -> str:
    """FAIL, WARN, NOTE, ERROR."""
    if message.params[:2] == ["JOIN", "CHANNEL_RENAMED"] and len(message.params) > 4:
        old, new = map(printable, message.params[2:4])
        return _bounded(f"{old} is called {new} now: /join {new}")
    return _bounded(shown(message) or "")


def raw_words(message: Message) -> str:
    """Of a command that nobody taught us."""
    return _bounded(printable(" ".join([message.command, *message.params])))


def _bounded(text: str) -> str:
    return clip(text, _LONGEST)
