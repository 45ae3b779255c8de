"""Live text: whether others see what is typed while it is typed.

Owns what /live means. Called through the registry; the rest is Session.live's.
"""

from __future__ import annotations

from hubbub.client.requests import Request
from hubbub.irc.text import printable
from hubbub.plain.commands import Unclear
from hubbub.tui import answers
from hubbub.tui.commands.arguments import needs, online, person
from hubbub.tui.commands.desk import Desk
from hubbub.tui.commands.registry import command
from hubbub.tui.completion import Argument

_NOBODY = (
    "Nobody sees what you type before you send it. /live on shows it here, /live with NAME to one person."
)
_RULES = (
    "Each letter leaves your screen as you type it, to those who show you theirs; a mark says so above the input. "
    "What you paste waits for Enter, and nothing of it is kept. /live off ends it."
)


@command("rtt", argument=Argument.NICK)
def live(desk: Desk, rest: str) -> None:
    """/live [on | off | with name | everywhere]: show what you type as you type it, to those who show you theirs"""
    needs(desk, "live", "show what is typed while it is typed")
    word, _, name = rest.partition(" ")
    act = _WORDS.get(word.lower())
    if act is None:
        raise Unclear("Write it like this: /live on, /live off, /live with NAME, or /live everywhere")
    act(desk, name.strip())


def _tell_state(desk: Desk, _name: str) -> None:
    names = desk.session.live.names
    if not names:
        desk.tell(_NOBODY)
        return
    where = ", ".join("everywhere" if name == "*" else printable(name) for name in names)
    desk.tell(f"What you type is shown: {where}. {_RULES}")


def _on(desk: Desk, _name: str) -> None:
    if not desk.conversation.name:
        raise Unclear("Nobody reads this window but you. Say it in a room or a direct conversation.")
    _begin(desk, desk.conversation.name)


def _with(desk: Desk, name: str) -> None:
    if not name:
        raise Unclear("Write it like this: /live with NAME")
    whom = person(name.split()[0])
    if desk.session.chat.is_me(whom):
        raise Unclear("That is you.")
    _begin(desk, whom)


def _everywhere(desk: Desk, _name: str) -> None:
    _begin(desk, "")


def _begin(desk: Desk, name: str) -> None:
    online(desk)
    request = desk.session.live.want(True, name)

    def answered(request: Request) -> None:
        if request.failed:
            desk.refuse(answers.failure(request))
        else:
            between = "in" if desk.session.chat.is_channel(name) else "with"
            desk.tell(f"Live text is on {f'{between} {printable(name)}' if name else 'everywhere'}. {_RULES}")
        desk.keep_live()

    request.then(answered)


def _off(desk: Desk, _name: str) -> None:
    desk.session.live.want(False)
    desk.keep_live()
    desk.tell("Live text is off: nobody sees what you type before you send it.")


_WORDS = {"": _tell_state, "on": _on, "off": _off, "with": _with, "everywhere": _everywhere}
