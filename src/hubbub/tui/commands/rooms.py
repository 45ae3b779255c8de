"""Commands for rooms: going in and out, what they are about, who may do what in them.

Owns what they mean in IRC. Called through the registry.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from functools import partial

from hubbub.client.chat import Conversation, Place
from hubbub.client.requests import Request
from hubbub.irc.masks import matches, to_mask
from hubbub.irc.names import fold
from hubbub.irc.text import printable
from hubbub.plain.commands import Unclear
from hubbub.tui import answers
from hubbub.tui.commands.arguments import (
    conversation_called,
    conversation_first,
    duration,
    needs,
    online,
    person,
    room_called,
    room_first,
    room_here,
    text,
    usage,
    words,
)
from hubbub.tui.commands.asking import answered, ask
from hubbub.tui.commands.desk import Desk
from hubbub.tui.commands.registry import command
from hubbub.tui.completion import Argument

_REMOVE = "-delete"
_LINK = "link"
"""Instead of a name: nobody in particular is asked in."""


@command("j", "cd", argument=Argument.ROOM, secret=True)
def join(desk: Desk, rest: str) -> None:
    """/join #room [key]: go into a room; it is made if it isn't there"""
    found = rest.split()
    if not 1 <= len(found) <= 2:
        raise Unclear(f"Write it like this: {usage(join)}")
    room = room_called(desk, found[0])
    known = desk.session.chat.find(room)
    if known is not None and known.joined:
        desk.show(known)
        return
    desk.session.join(room, found[1] if len(found) == 2 else "")


@command("leave", argument=Argument.ROOM)
def part(desk: Desk, rest: str) -> None:
    """/part [#room] [reason]: leave a room"""
    conversation, reason = conversation_first(desk, rest)
    if conversation.place is Place.DIRECT:
        desk.session.close(conversation)
        return
    _leave(desk, conversation, reason)


def _leave(desk: Desk, conversation: Conversation, reason: str) -> None:
    if not conversation.is_room:
        raise Unclear("This is what the server says, so it can't be left. /quit leaves everything.")
    if not conversation.joined:
        raise Unclear(f"You are not in {printable(conversation.name)}. /close takes it out of the list.")
    desk.session.part(conversation, reason)


@command(argument=Argument.ROOM)
def close(desk: Desk, rest: str) -> None:
    """/close [name]: take a conversation out of the list; a room is left, with people nothing is lost"""
    conversation = conversation_called(desk, rest)
    if conversation.is_room and conversation.joined:
        desk.session.part(conversation)
    desk.session.close(conversation)


@command("rejoin", argument=Argument.ROOM)
def cycle(desk: Desk, rest: str) -> None:
    """/cycle [#room]: leave a room and come back"""
    online(desk)
    conversation, reason = conversation_first(desk, rest)
    name, key = conversation.name, conversation.key
    if conversation.joined:
        _leave(desk, conversation, reason)
    desk.session.join(name, key)


@command("channels", argument=Argument.ROOM)
def rooms(desk: Desk, rest: str) -> None:
    """/rooms [pattern]: the rooms there are, the largest first; /rooms *tea* only those"""
    ask(desk, "LIST", *rest.split()[:1], show=answers.rooms)


@command("t", argument=Argument.TOPIC)
def topic(desk: Desk, rest: str) -> None:
    """/topic [text]: show or set what the room is about (Tab: change it); /topic -delete removes it"""
    room, about = room_first(desk, rest)
    if about:
        ask(desk, "TOPIC", room, "" if about == _REMOVE else about)
        return
    known = desk.session.chat.find(room)
    if known is None or not known.joined:
        ask(desk, "TOPIC", room)
        return
    by = f" (set by {printable(known.topic_by)})" if known.topic_by else ""
    told = f"{printable(room)} is about: {printable(known.topic)}{by}"
    desk.tell(told if known.topic else f"{printable(room)} has no topic. /topic text sets one.")


@command(argument=Argument.NICK)
def invite(desk: Desk, rest: str) -> None:
    """/invite [name] [#room]: ask somebody in; alone: a link into this room; /invite link 5 2d: for five, two days"""
    whom, *where = rest.split() or [_LINK]
    if whom.lower() == _LINK:
        _make_link(desk, where)
        return
    room = room_called(desk, where[0]) if where else room_here(desk).name
    ask(desk, "INVITE", person(whom), room)


def _make_link(desk: Desk, limits: list[str]) -> None:
    needs(desk, "invite-link", "make links into rooms; /invite name asks somebody who is there")
    room = room_here(desk).name
    if len(limits) > 2:
        raise Unclear("Write it like this: /invite link [for how many] [for how long, such as 2d]")
    if len(limits) == 1 and not limits[0].isdecimal():
        limits = ["*", *limits]

    def made(request: Request) -> None:
        for message in request.messages():
            if (
                message.command == "INVITELINK"
                and message.params[1:2] == ["CREATED"]
                and len(message.params) > 6
            ):
                _, _, _, uses, end, token, address = message.params[:7]
                _show_link(desk, room, uses, end, token if address == "*" else address)
                return
        desk.refuse(answers.failure(request) if request.failed else "The server made no link.")

    desk.session.ask("INVITELINK", room, *limits).then(made)


def _show_link(desk: Desk, room: str, uses: str, end: str, link: str) -> None:
    about = answers.invitation(uses, end, desk.now)
    if "://" not in link:
        desk.tell(
            f"This lets people into {printable(room)}, {about}: /join {printable(room)} {printable(link)}"
        )
        return
    desk.tell(f"A link into {printable(room)}, {about}: {printable(link)}")
    desk.show_invitation(room, link, about)


@command(argument=Argument.NICK)
def kick(desk: Desk, rest: str) -> None:
    """/kick name [reason]: put somebody out of the room"""
    room, after = room_first(desk, rest)
    _kick(desk, room, *_name_and_reason(after))


def _kick(desk: Desk, room: str, name: str, reason: str) -> None:
    ask(desk, "KICK", room, person(name), *([reason] if reason else []))


def _name_and_reason(rest: str) -> tuple[str, str]:
    name, _, reason = words(rest, 1, kick)[0].partition(" ")
    return name, reason.strip()


# -- bans -----------------------------------------------------------------------------------------------------


@command(argument=Argument.NICK)
def ban(desk: Desk, rest: str) -> None:
    """/ban [name] [time]: keep somebody out, such as /ban bob 2h; an address (10.0.0.1) means all behind it"""
    room, after = room_first(desk, rest)
    if not after:
        bans(desk, rest)
        return
    name, time = _name_and_reason(after)
    length = duration(time) if time else None
    if time and length is None:
        raise Unclear(f'"{printable(time)}" is no time. Write 30m, 2h or 1d.')
    _ban(desk, room, name, length)


def _ban(desk: Desk, room: str, name: str, length: timedelta | None) -> None:
    mask = mask_of(desk, name)

    def taken(request: Request) -> None:
        if request.failed or length is None:
            return
        desk.tell(
            f"{printable(name)} is banned for {answers.length(length)}; the ban is lifted by this client, so it stays "
            f"if you leave before. /unban {printable(name)} lifts it."
        )
        desk.after(length.total_seconds(), lambda: ask(desk, "MODE", room, "-b", mask))

    request = desk.session.ask("MODE", room, "+b", mask)
    answered(desk, request)
    request.then(taken)


def mask_of(desk: Desk, name: str) -> str:
    """Whom a ban of this name means: the account, or else the name. Behind an address there may be a whole school."""
    if name[:1] in ("~", "$"):
        return name
    if any(sign in name for sign in "!@*?.:"):
        return to_mask(name)
    chat = desk.session.chat
    known = chat.people.get(fold(person(name)))
    if known is None:
        return f"{name}!*@*"
    if known.account and chat.tokens.get("ACCOUNTEXTBAN"):
        prefix = chat.tokens.get("EXTBAN", "").partition(",")[0]
        return f"{prefix}{chat.tokens['ACCOUNTEXTBAN'].partition(',')[0]}:{known.account}"
    return f"{known.nick}!*@*"


@command("banlist", argument=Argument.ROOM)
def bans(desk: Desk, rest: str) -> None:
    """/bans [#room]: who is banned"""
    room, _ = room_first(desk, rest)
    ask(desk, "MODE", room, "b", show=answers.bans, done=f"Nobody is banned from {printable(room)}.")


@command(argument=Argument.NICK)
def unban(desk: Desk, rest: str) -> None:
    """/unban name: let somebody in again; also a number of /bans"""
    room, after = room_first(desk, rest)
    whom = words(after, 1, unban)[0].split()[0]
    desk.session.ask("MODE", room, "b").then(partial(_unban, desk, room, whom))


def _unban(desk: Desk, room: str, whom: str, request: Request) -> None:
    if request.failed:
        desk.refuse(answers.failure(request))
        return
    masks = answers.masks(request.messages())
    if whom.isdecimal() and len(whom) < 6:
        found = masks[int(whom) - 1 : int(whom)] if int(whom) else []
    else:
        found = [mask for mask in masks if _means(desk, mask, whom)]
    if not found:
        desk.refuse(f"No ban of {printable(room)} means {printable(whom)}. /bans lists them.")
    for mask in found:
        ask(desk, "MODE", room, "-b", mask)


def _means(desk: Desk, mask: str, whom: str) -> bool:
    """Whether a ban is of this name, account or address, or was written so."""
    if fold(mask) == fold(whom):
        return True
    known = desk.session.chat.people.get(fold(whom))
    account = known.account if known is not None else whom
    if mask[:1] == "~":
        return bool(account) and fold(mask.rpartition(":")[2]) == fold(account)
    faces = [f"{whom}!@", f"!@{whom}"]
    if known is not None:
        faces.append(f"{known.nick}!{known.user}@{known.host}")
    return mask not in ("*!*@*", "*") and any(matches(mask, face) for face in faces)


@command("kb", argument=Argument.NICK)
def kickban(desk: Desk, rest: str) -> None:
    """/kickban name [reason]: put somebody out and keep them out"""
    room, after = room_first(desk, rest)
    name, reason = _name_and_reason(after)
    _ban(desk, room, person(name), None)
    _kick(desk, room, name, reason)


# -- modes ----------------------------------------------------------------------------------------------------


@command()
def mode(desk: Desk, rest: str) -> None:
    """/mode [#room] [changes]: show or change the modes of the room, as in /mode +o name"""
    word, _, after = rest.partition(" ")
    target, changes = (word, after) if desk.session.chat.is_me(word) else room_first(desk, rest)
    found = changes.split()
    if any(word.startswith(":") for word in found):
        raise Unclear(f"Write it like this: {usage(mode)}")
    show = answers.bans if len(found) == 1 and found[0].lstrip("+") in tuple("beIq") else answers.modes
    ask(desk, "MODE", target, *found, show=show)


@command(argument=Argument.NICK)
def op(desk: Desk, rest: str) -> None:
    """/op name …: make people operators of the room"""
    _rank(desk, "+o", rest)


@command(argument=Argument.NICK)
def deop(desk: Desk, rest: str) -> None:
    """/deop name …: they are operators no longer"""
    _rank(desk, "-o", rest)


@command(argument=Argument.NICK)
def voice(desk: Desk, rest: str) -> None:
    """/voice name …: let people speak where only some may"""
    _rank(desk, "+v", rest)


@command(argument=Argument.NICK)
def devoice(desk: Desk, rest: str) -> None:
    """/devoice name …: take that back"""
    _rank(desk, "-v", rest)


def _rank(desk: Desk, change: str, rest: str) -> None:
    room, after = room_first(desk, rest)
    names = [person(name) for name in text(after, op).split()]
    for group in _groups(names, _at_once(desk)):
        ask(desk, "MODE", room, change[0] + change[1] * len(group), *group)


def _at_once(desk: Desk) -> int:
    """How many changes the server takes in one MODE."""
    given = desk.session.chat.tokens.get("MODES", "3")
    return max(int(given), 1) if given.isascii() and given.isdigit() and len(given) < 4 else 3


def _groups(names: list[str], size: int) -> Iterable[list[str]]:
    return (names[start : start + size] for start in range(0, len(names), size))
