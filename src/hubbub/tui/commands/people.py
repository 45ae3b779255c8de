"""Commands about people, oneself among them: who is here, names, being away, whom not to listen to.

Owns what they mean. Called through the registry.
"""

from __future__ import annotations

from hubbub.irc.names import fold
from hubbub.irc.text import printable
from hubbub.plain.commands import Unclear
from hubbub.plain.listing import WHOX_FIELDS
from hubbub.plain.typed import check_name
from hubbub.tui import answers
from hubbub.tui.commands.arguments import (
    conversation_called,
    direct_partner,
    needs,
    online,
    person,
    text,
    words,
)
from hubbub.tui.commands.asking import ask
from hubbub.tui.commands.desk import Desk
from hubbub.tui.commands.registry import command
from hubbub.tui.completion import Argument
from hubbub.tui.notifications import Quiet
from hubbub.tui.notifications import Unclear as NoTime

_OUR_OWN = "hubbub.chat/"
"""What the capabilities of our own server begin with."""
_REMOVE = "-delete"


@command("list", "users", argument=Argument.NICK)
def who(desk: Desk, rest: str) -> None:
    """who: who is connected; /who #room, /who name: only these"""
    chat = desk.session.chat
    mask = rest.split()[0] if rest else ""
    ours = any(name.startswith(_OUR_OWN) for name in (*chat.capabilities, *chat.offered))
    # On the large networks everybody is too many, and they don't tell.
    room = desk.conversation.name if desk.conversation.is_room else ""
    mask = mask or ("*" if ours else room or "*")
    fields = [WHOX_FIELDS] if "WHOX" in chat.tokens else []
    ask(desk, "WHO", mask, *fields, show=lambda messages: answers.people(messages, mask))


@command(argument=Argument.ROOM)
def names(desk: Desk, rest: str) -> None:
    """/names [#room]: who is in the room, operators first"""
    word = rest.split()[0] if rest else ""
    known = desk.session.chat.find(word) if word else desk.conversation
    if known is not None and known.is_room and known.joined:
        desk.tell("\n".join(answers.names(known, desk.session.chat.prefixes)))
    elif word:
        ask(desk, "NAMES", word, show=answers.words)
    else:
        raise Unclear("This is no room. Write /names #room, or /who for everybody.")


@command("wi", argument=Argument.NICK)
def whois(desk: Desk, rest: str) -> None:
    """/whois name: what is known about somebody"""
    nick = rest.split()[0] if rest else direct_partner(desk)
    nick = person(words(nick, 1, whois)[0])
    # Asked twice over, other servers look up how long they have been silent.
    ask(desk, "WHOIS", nick, nick, show=lambda messages: answers.person(messages, desk.now))


@command(argument=Argument.NICK)
def whowas(desk: Desk, rest: str) -> None:
    """/whowas name: who had that name before"""
    ask(desk, "WHOWAS", person(words(rest, 1, whowas)[0].split()[0]), show=answers.earlier)


# -- oneself --------------------------------------------------------------------------------------------------


@command("name")
def nick(desk: Desk, rest: str) -> None:
    """/nick name: change your name"""
    if not rest:
        raise Unclear(f"You are {printable(desk.session.chat.nick)}. /nick name changes that.")
    check_name(rest)
    if desk.session.chat.registered:
        ask(desk, "NICK", rest)
    else:
        desk.session.take_name(rest)


@command()
def setname(desk: Desk, rest: str) -> None:
    """/setname text: what /whois shows behind your name"""
    ask(desk, "SETNAME", text(rest, setname))


@command()
def away(desk: Desk, rest: str) -> None:
    """/away [text]: you are away; those who write to you are told"""
    ask(desk, "AWAY", rest or "away")


@command()
def back(desk: Desk, rest: str) -> None:
    """/back: you are no longer away"""
    ask(desk, "AWAY")


@command()
def status(desk: Desk, rest: str) -> None:
    """/status [text]: how things stand; with text: what others see as your status (-delete removes it)"""
    if not rest:
        desk.tell(f"{desk.status}\n{_standing(desk)}")
        return
    online(desk)
    needs(desk, "metadata", "show others a status; /away text does something like it")
    value = [] if rest == _REMOVE else [rest]
    ask(desk, "METADATA", "*", "SET", "status", *value, show=lambda _: [], done="Your status is changed.")


def _standing(desk: Desk) -> str:
    chat = desk.session.chat
    rooms = sum(one.is_room and one.joined for one in chat.conversations.values())
    account = "logged in" if chat.account else "not logged in"
    return f"You are {account}{', away' if chat.away else ''}, and in {rooms} {'room' if rooms == 1 else 'rooms'}."


# -- not listening --------------------------------------------------------------------------------------------


@command(argument=Argument.NICK)
def ignore(desk: Desk, rest: str) -> None:
    """/ignore [name]: stop showing what somebody says, here on this computer; alone: whom you ignore"""
    ignored = desk.session.chat.ignored
    if not rest:
        desk.tell(
            f"You ignore {', '.join(map(printable, sorted(ignored)))}." if ignored else "You ignore nobody."
        )
        return
    whom = person(rest.split()[0])
    if desk.session.chat.is_me(whom):
        raise Unclear("That is you.")
    desk.ignore(whom, True)
    desk.tell(f"What {printable(whom)} says is no longer shown on this computer. /unignore shows it again.")


@command(argument=Argument.NICK)
def unignore(desk: Desk, rest: str) -> None:
    """/unignore name: show again what somebody says"""
    whom = person(words(rest, 1, unignore)[0].split()[0])
    if fold(whom) not in desk.session.chat.ignored:
        raise Unclear(f"You don't ignore {printable(whom)}.")
    desk.ignore(whom, False)
    desk.tell(f"What {printable(whom)} says is shown again.")


@command(argument=Argument.ROOM)
def mute(desk: Desk, rest: str) -> None:
    """/mute [name]: a room or person never notifies you and isn't counted"""
    _mute(desk, rest, True)


@command(argument=Argument.ROOM)
def unmute(desk: Desk, rest: str) -> None:
    """/unmute [name]: it notifies you again"""
    _mute(desk, rest, False)


def _mute(desk: Desk, rest: str, wanted: bool) -> None:
    conversation = conversation_called(desk, rest)
    desk.mute(conversation, wanted)
    desk.tell(f"{printable(conversation.name)} {'is muted' if wanted else 'notifies you again'}.")


@command(argument=Argument.ROOM)
def pin(desk: Desk, rest: str) -> None:
    """/pin [name]: a room or person stays at the top of the list"""
    desk.pin(conversation_called(desk, rest), True)


@command(argument=Argument.ROOM)
def unpin(desk: Desk, rest: str) -> None:
    """/unpin [name]: back to its place in the list"""
    desk.pin(conversation_called(desk, rest), False)


@command("quiet")
def dnd(desk: Desk, rest: str) -> None:
    """/dnd [2h]: no notifications for so long; also on, off, or every day such as 22:00-07:00"""
    try:
        quiet = Quiet.parse(rest, desk.now)
    except NoTime as no_time:
        raise Unclear(str(no_time)) from None
    desk.be_quiet(quiet)
    words = str(quiet)
    desk.tell(f"{words[:1].upper()}{words[1:]}." if words else "You are notified again.")
