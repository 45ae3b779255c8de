"""What becomes known of people, ourselves included: away, accounts, hosts, real names.

Owns what these commands and replies change. Handlers of Reducer: each takes the state and a message, and yields
events.
"""

from __future__ import annotations

from hubbub.client.events import Changed, SelfChanged, Told
from hubbub.client.reading import Heard
from hubbub.client.state import Events, Handler, State
from hubbub.client.wording import reply_words
from hubbub.irc.names import fold


def away(state: State, heard: Heard) -> Events:
    reason = heard.param(0) if heard.message.params and heard.param(0) else None
    if state.chat.is_me(heard.nick):
        state.chat.away = reason is not None
        yield SelfChanged()
    person = state.chat.people.get(fold(heard.nick))
    if person is not None:
        person.away = reason
        yield from _changed(state, heard.nick)


def is_away(state: State, heard: Heard) -> Events:
    """301: to whom we have written. Servers say it every time, we once."""
    nick, reason = heard.param(1), heard.param(2)
    direct = state.chat.find(nick) if nick else None
    person = state.chat.person(nick) if direct is not None else state.chat.people.get(fold(nick))
    if person is None or person.away == reason:
        return
    person.away = reason
    yield from _changed(state, nick)
    yield Told(reply_words(heard.message), conversation=direct)


def own_away(state: State, heard: Heard) -> Events:
    state.chat.away = heard.message.command == "306"
    yield SelfChanged()


def account(state: State, heard: Heard) -> Events:
    name = "" if heard.param(0) == "*" else heard.param(0)
    if state.chat.is_me(heard.nick):
        state.chat.account = name
        yield SelfChanged()
    person = state.chat.people.get(fold(heard.nick))
    if person is not None:
        person.account = name
        yield from _changed(state, heard.nick)


def own_account(state: State, heard: Heard) -> Events:
    """900, 901."""
    state.chat.account = heard.param(2) if heard.message.command == "900" else ""
    yield SelfChanged()


def host(state: State, heard: Heard) -> Events:
    person = state.chat.people.get(fold(heard.nick))
    if person is not None:
        person.user, person.host = heard.param(0), heard.param(1)
        yield from _changed(state, heard.nick)


def realname(state: State, heard: Heard) -> Events:
    person = state.chat.people.get(fold(heard.nick))
    if person is not None:
        person.realname = heard.param(0)
        yield from _changed(state, heard.nick)


def who(state: State, heard: Heard) -> Events:
    if heard.message.command == "352":
        state.membership.describe(heard.message.params)
    else:
        state.membership.describe_fully(heard.message.params)
    yield from ()


def end_of_who(state: State, heard: Heard) -> Events:
    conversation = state.chat.find(heard.param(1))
    if conversation is not None:
        yield Changed(conversation)


def _changed(state: State, nick: str) -> Events:
    return map(Changed, list(state.membership.places_of(nick)))


HANDLERS: dict[str, Handler] = {
    "AWAY": away,
    "301": is_away,
    "305": own_away,
    "306": own_away,
    "ACCOUNT": account,
    "900": own_account,
    "901": own_account,
    "CHGHOST": host,
    "SETNAME": realname,
    "352": who,
    "354": who,
    "315": end_of_who,
}
