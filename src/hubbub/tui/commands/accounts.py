"""Commands for accounts: a name of one's own, passwords, and the connections under it.

Owns what they ask of the server. A password that isn't given is asked for where nobody sees it. Called through the
registry; every command here is secret, so that no history keeps what was typed.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from hubbub.irc.text import printable
from hubbub.plain.commands import Unclear
from hubbub.tui import answers
from hubbub.tui.commands.arguments import needs, online, text, words
from hubbub.tui.commands.asking import answered, ask
from hubbub.tui.commands.desk import Desk
from hubbub.tui.commands.registry import command


@command("claim", secret=True)
def register(desk: Desk, rest: str) -> None:
    """/register [password]: make the name that you have yours"""
    online(desk)
    needs(desk, "register", "keep names; on some /msg NickServ HELP says how")
    if rest:
        _register(desk, rest)
    else:
        nick = printable(desk.session.chat.nick)
        _ask_twice(desk, f"A password for {nick}, which will be yours:", "register", partial(_register, desk))


def _ask_twice(desk: Desk, question: str, command: str, take: Callable[[str], None]) -> None:
    """A new password, which nobody sees: a slip of the finger would lock its owner out."""

    def again(first: str) -> None:
        desk.ask_secret("The same password once more:", partial(compare, first))

    def compare(first: str, second: str) -> None:
        if first == second:
            take(first)
        else:
            desk.refuse(f"These were two different passwords, so nothing was changed. /{command} asks again.")

    desk.ask_secret(question, again)


def _register(desk: Desk, password: str) -> None:
    answered(desk, desk.session.register(password), show=answers.registered)


@command("identify", secret=True)
def login(desk: Desk, rest: str) -> None:
    """/login [account] [password]: log in; the password is asked for if you don't write it"""
    online(desk)
    account, _, password = rest.partition(" ")
    account = account or desk.session.chat.account or desk.session.chat.nick
    if password.strip():
        desk.session.login(account, password.strip())
    else:
        desk.ask_secret(f"The password of {printable(account)}:", partial(desk.session.login, account))


@command("password", secret=True)
def passwd(desk: Desk, rest: str) -> None:
    """/passwd [new password]: change the password of your account"""
    online(desk)
    if not desk.session.chat.account:
        raise Unclear("You are not logged in. /login does that, /register makes your name yours.")
    if rest:
        _passwd(desk, rest)
    else:
        _ask_twice(desk, "Your new password:", "passwd", partial(_passwd, desk))


def _passwd(desk: Desk, password: str) -> None:
    ask(desk, "NS", "SET", "PASSWORD", password)


@command()
def sessions(desk: Desk, rest: str) -> None:
    """/sessions [logout number | logout others]: where you are logged in, and ending it"""
    ask(desk, "NS", "SESSIONS", *rest.split())


@command("nickserv", secret=True)
def ns(desk: Desk, rest: str) -> None:
    """/ns command: your name and account, as NickServ does it; /ns help lists what it knows"""
    ask(desk, "NS", *(rest.split() or ["HELP"]))


@command("chanserv")
def cs(desk: Desk, rest: str) -> None:
    """/cs command: rooms that last, as ChanServ does it; /cs help lists what it knows"""
    ask(desk, "CS", *(rest.split() or ["HELP"]))


@command(secret=True)
def oper(desk: Desk, rest: str) -> None:
    """/oper name [password]: become an operator of the server"""
    name, *password = words(rest, 1, oper)[0].split(None, 1)
    if password:
        ask(desk, "OPER", name, password[0])
    else:
        desk.ask_secret(
            f"The password of operator {printable(name)}:", lambda given: ask(desk, "OPER", name, given)
        )


@command()
def wallops(desk: Desk, rest: str) -> None:
    """/wallops text: tell all who want to hear from operators"""
    ask(desk, "WALLOPS", text(rest, wallops))


@command()
def kill(desk: Desk, rest: str) -> None:
    """/kill name reason: disconnect somebody from the server (operators)"""
    ask(desk, "KILL", *words(rest, 2, kill))


@command()
def rehash(desk: Desk, rest: str) -> None:
    """/rehash: the server reads its settings again (operators)"""
    ask(desk, "REHASH")
