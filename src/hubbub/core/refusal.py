"""Refusals: the errors by which a handler says that a client may not do what it asked.

Only `command.run` turns them into lines. Anything else that is raised is our own mistake.
"""

from __future__ import annotations

from hubbub.irc import numerics


class Refused(Exception):
    """Answered with a numeric; the last parameter is the sentence for the user."""

    def __init__(self, numeric: str, *params: str) -> None:
        super().__init__(numeric, *params)
        self.numeric = numeric
        self.params = params


class Failed(Exception):
    """Answered with FAIL (standard-replies): code, context …, sentence."""

    def __init__(self, code: str, *params: str) -> None:
        super().__init__(code, *params)
        self.code = code
        self.params = params


def no_such_nick(nick: str) -> Refused:
    return Refused(numerics.ERR_NOSUCHNICK, nick or "*", "No such nick/channel")


def no_such_channel(name: str) -> Refused:
    return Refused(numerics.ERR_NOSUCHCHANNEL, name or "*", "No such channel")


def not_on_channel(name: str) -> Refused:
    return Refused(numerics.ERR_NOTONCHANNEL, name, "You're not on that channel")


def not_there(nick: str, name: str) -> Refused:
    return Refused(numerics.ERR_USERNOTINCHANNEL, nick, name, "They aren't on that channel")


def not_operator(name: str) -> Refused:
    return Refused(numerics.ERR_CHANOPRIVSNEEDED, name, "You're not channel operator")


def no_privileges() -> Refused:
    return Refused(numerics.ERR_NOPRIVILEGES, "Permission Denied- You're not an IRC operator")


def need_more_params(command: str) -> Refused:
    return Refused(numerics.ERR_NEEDMOREPARAMS, command, "Not enough parameters")
