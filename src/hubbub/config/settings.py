"""All sections together, and how they are called in the file and on the command line."""

from __future__ import annotations

from typing import Annotated

from msgspec import Struct

from hubbub.config.keys import a_text
from hubbub.config.sections import (
    Accounts,
    Files,
    Flood,
    History,
    Limits,
    Listen,
    Live,
    Log,
    Operator,
    Rooms,
    Section,
    Server,
    Sts,
    Throttle,
    Time,
    Web,
)


class Settings(Section, frozen=True):
    """Everything that can be set."""

    data: Annotated[
        str,
        a_text("Folder for everything the server keeps; empty for the platform's data folder.", path=True),
    ] = ""
    server: Server = Server()
    listen: tuple[Listen, ...] = (Listen(),)
    rooms: Rooms = Rooms()
    limits: Limits = Limits()
    flood: Flood = Flood()
    live: Live = Live()
    throttle: Throttle = Throttle()
    sts: Sts = Sts()
    time: Time = Time()
    accounts: Accounts = Accounts()
    history: History = History()
    files: Files = Files()
    web: Web = Web()
    operators: tuple[Operator, ...] = ()
    log: Log = Log()


# "" holds the keys outside of any table.
SECTIONS: dict[str, type[Struct]] = {
    "": Settings,
    "server": Server,
    "rooms": Rooms,
    "limits": Limits,
    "flood": Flood,
    "live": Live,
    "throttle": Throttle,
    "sts": Sts,
    "time": Time,
    "accounts": Accounts,
    "history": History,
    "files": Files,
    "web": Web,
    "log": Log,
}
TABLES: dict[str, type[Struct]] = {"listen": Listen, "operator": Operator}
ATTRIBUTES = {"listen": "listen", "operator": "operators"}

# Short names for what the command line and the environment set most often; they change the first listener.
SHORT = {"host": "listen.host", "port": "listen.port", "show_messages": "log.show_messages"}


def kind_of(section: str) -> type[Struct]:
    return TABLES.get(section) or SECTIONS[section]
