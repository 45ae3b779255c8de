"""What the server itself says: its welcome, refusals, and everything that nobody taught us.

Owns where such words go: to the user at once, or into the server's conversation. Handlers of Reducer: each takes the
state and a message, and yields events.
"""

from __future__ import annotations

from hubbub.client.events import SelfChanged, Told
from hubbub.client.isupport import Isupport, read_tokens
from hubbub.client.lines import Kind, Line
from hubbub.client.reading import Heard
from hubbub.client.requests import is_error
from hubbub.client.state import Events, Handler, State
from hubbub.client.wording import UNSEEN, raw_words, reply_words, standard_words
from hubbub.irc.text import printable


def welcomed(state: State, heard: Heard) -> Events:
    state.chat.nick = heard.param(0) or state.chat.nick
    state.chat.server_name = heard.message.source
    state.chat.registered = True
    yield SelfChanged()
    yield from state.inform(heard, reply_words(heard.message))


def tokens(state: State, heard: Heard) -> Events:
    read_tokens(state.chat.tokens, heard.message)
    state.chat.network = Isupport(state.chat.tokens).network or state.chat.network
    yield SelfChanged()


def replied(state: State, heard: Heard) -> Events:
    """A numeric that changes nothing: an error is told, everything else goes into the server's conversation."""
    text = reply_words(heard.message)
    if not is_error(heard.message):
        yield from state.inform(heard, text)
    elif text and state.chat.registered:
        # Before, whoever registers us looks after what is refused.
        yield Told(text, error=True, conversation=state.about(heard.message.params[1:-1]))


def inviting(state: State, heard: Heard) -> Events:
    yield Told(reply_words(heard.message), conversation=state.about(heard.message.params[1:]))


def standard(state: State, heard: Heard) -> Events:
    """FAIL, WARN, NOTE."""
    text = standard_words(heard.message)
    if text and state.chat.registered:
        error = heard.message.command == "FAIL"
        yield Told(text, error=error, conversation=state.about(heard.message.params[2:-1]))


def thrown_out(state: State, heard: Heard) -> Events:
    """ERROR, and KILL where it is for us."""
    if heard.message.command == "ERROR":
        yield Told(standard_words(heard.message), error=True)
    elif state.chat.is_me(heard.param(0)):
        yield Told(printable(f"{heard.nick} disconnected you: {heard.param(1)}"), error=True)


def answered(state: State, heard: Heard) -> Events:
    """REGISTER, VERIFY."""
    if heard.message.params:
        yield Told(printable(heard.param(-1)))


def to_operators(state: State, heard: Heard) -> Events:
    """WALLOPS."""
    text, time_ms = heard.param(-1), heard.time_ms
    if text:
        line = Line(Kind.NOTICE, time_ms, heard.nick, text, msgid=heard.message.tags.get("msgid", ""))
        yield from state.add(state.chat.server, line, heard)


def unknown(state: State, heard: Heard) -> Events:
    """A reply or a command without a handler."""
    if heard.message.command.isdigit():
        yield from replied(state, heard)
    elif heard.message.command not in UNSEEN:
        yield from state.inform(heard, raw_words(heard.message))


HANDLERS: dict[str, Handler] = {
    "001": welcomed,
    "005": tokens,
    "341": inviting,
    "FAIL": standard,
    "WARN": standard,
    "NOTE": standard,
    "ERROR": thrown_out,
    "KILL": thrown_out,
    "REGISTER": answered,
    "VERIFY": answered,
    "WALLOPS": to_operators,
}
