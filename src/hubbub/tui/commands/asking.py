"""Asking the server on somebody's behalf, and telling them what it answers.

Owns the way from a request to the words on the screen; which words is said in answers.py. Called by the commands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from hubbub.client.requests import Request
from hubbub.irc.wire import Message
from hubbub.tui import answers
from hubbub.tui.commands.desk import Desk

Show = Callable[[Iterable[Message]], list[str]]


def ask(desk: Desk, command: str, *params: str, show: Show = answers.words, done: str = "") -> None:
    """`show` makes lines of the answer; `done` is told where it comes to none."""
    answered(desk, desk.session.ask(command, *params), show=show, done=done)


def answered(desk: Desk, request: Request, *, show: Show = answers.words, done: str = "") -> None:
    """Tell, once there is an answer, what it is or why there is none."""

    def tell(request: Request) -> None:
        if request.failed:
            desk.refuse(answers.failure(request))
            return
        lines = show(request.messages())
        if lines or done:
            desk.tell("\n".join(lines) or done)

    request.then(tell)
