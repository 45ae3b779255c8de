"""What somebody is called on this computer, as a first offer for a name in the chat."""

from __future__ import annotations

import getpass

from hubbub.irc.names import is_nick, suggest


def login_name() -> str:
    try:
        login = getpass.getuser()
    except (OSError, KeyError, ImportError):
        login = "guest"
    return login if is_nick(login) else suggest(login, lambda _: False)
