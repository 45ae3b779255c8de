"""Commands for saying something: to one person, to a room, with a gesture.

Owns what they mean; private text goes only to whom it is for. Called through the registry.
"""

from __future__ import annotations

from hubbub.client.chat import Conversation, Place
from hubbub.client.lines import Kind, Line
from hubbub.irc.names import fold
from hubbub.irc.text import clip, printable
from hubbub.plain.commands import Unclear, is_target
from hubbub.tui.commands.arguments import direct_partner, here, person, text, usage, words
from hubbub.tui.commands.asking import ask
from hubbub.tui.commands.desk import Desk
from hubbub.tui.commands.registry import command
from hubbub.tui.completion import Argument

SERVICES = frozenset({"nickserv", "chanserv", "memoserv", "hostserv", "botserv", "operserv", "saslserv", "q"})
"""Programs that are told passwords: what is said to them is not kept in a conversation."""
_PREVIEW = 200


def is_service(name: str) -> bool:
    """Also as NickServ@services.example, which reaches the real one."""
    return fold(name.partition("@")[0]) in SERVICES


@command("send", "w", "dm", "tell", "whisper", "m", argument=Argument.NICK, lines=True)
def msg(desk: Desk, rest: str) -> None:
    """/msg name text: only name reads it; also name: text"""
    target, what = _target_and_text(rest)
    if not what:
        raise Unclear(f"Write it like this: {usage(msg)}")
    tell(desk, target, what)


@command("pm", argument=Argument.NICK, lines=True)
def query(desk: Desk, rest: str) -> None:
    """/query name [text]: open the conversation with name"""
    target, what = _target_and_text(rest)
    if desk.session.chat.is_channel(target):
        raise Unclear(f"{printable(target)} is a room; /join {printable(target)} goes there.")
    if what and is_service(target):
        tell(desk, target, what)
        return
    conversation = desk.session.converse(person(target))
    desk.show(conversation)
    if what:
        desk.session.say(conversation, what)


@command("r", lines=True)
def reply(desk: Desk, rest: str) -> None:
    """/reply text: answer whoever wrote to you alone last"""
    what = text(rest, reply)
    partner = direct_partner(desk) or _last_writer(desk)
    if not partner:
        raise Unclear("Nobody has written to you alone yet. /re 1 text answers the last message here.")
    tell(desk, partner, what)


@command(lines=True)
def say(desk: Desk, rest: str) -> None:
    """/say text: say it as it is, even if it looks like a command or like name: text"""
    say_here(desk, text(rest, say))


@command("action", lines=True)
def me(desk: Desk, rest: str) -> None:
    """/me waves: everybody sees "* you waves" """
    say_here(desk, text(rest, me), kind=Kind.ACTION)


@command(lines=True)
def shrug(desk: Desk, rest: str) -> None:
    r"""/shrug [text]: ¯\_(ツ)_/¯"""
    say_here(desk, f"{rest} ¯\\_(ツ)_/¯".strip())


@command(argument=Argument.NICK)
def slap(desk: Desk, rest: str) -> None:
    """/slap name: with a large trout, as always"""
    whom = printable(words(rest, 1, slap)[0])
    desk.session.say(here(desk), f"slaps {whom} around a bit with a large trout", kind=Kind.ACTION)


def say_here(desk: Desk, what: str, *, kind: Kind = Kind.MESSAGE, reply_to: Line | None = None) -> None:
    """Say it in the conversation that is shown. What a service is told is shown nowhere."""
    conversation = here(desk)
    if is_service(conversation.name):
        tell(desk, conversation.name, what)
    else:
        desk.session.say(conversation, what, kind=kind, reply_to=reply_to)


def tell(desk: Desk, target: str, what: str) -> None:
    """Say something to one person alone, or to the room of this name; also for name: text."""
    if is_service(target):
        ask(desk, "PRIVMSG", target, what, done=f"That went to {printable(target)}. It is kept nowhere.")
        return
    made = desk.session.chat.find(target) is None
    conversation = _addressed(desk, target)
    lines = desk.session.say(conversation, what)
    if conversation is not desk.conversation:
        desk.follow(conversation, lines, made=made)
        to = conversation.name if conversation.is_room else f"{conversation.name} alone"
        desk.tell(f"To {to}: {clip(what, _PREVIEW)}")


def _addressed(desk: Desk, target: str) -> Conversation:
    chat = desk.session.chat
    if not chat.is_channel(target):
        return desk.session.converse(person(target))
    room = chat.find(target)
    if room is None or not room.joined:
        raise Unclear(
            f"You are not in {printable(target)}, so nothing was sent. /join {printable(target)} goes there."
        )
    return room


def _target_and_text(rest: str) -> tuple[str, str]:
    target, *more = words(rest, 1, msg)[0].split(None, 1)
    target = target.removeprefix("=")
    target = target.removesuffix(":") if not is_target(target) else target
    if not is_target(target) and not is_service(target):
        raise Unclear(f"\"{printable(target)}\" can't be anybody's name, so nothing was sent.")
    return target, more[0] if more else ""


def _last_writer(desk: Desk) -> str:
    newest = 0
    nick = ""
    for conversation in desk.session.chat.conversations.values():
        if conversation.place is not Place.DIRECT:
            continue
        line = next(
            (one for one in conversation.timeline.arrived() if one.kind.is_said and not one.mine), None
        )
        if line is not None and line.time_ms > newest:
            newest, nick = line.time_ms, conversation.name
    return nick
