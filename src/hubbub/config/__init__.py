"""Settings: every key with its name, default, help and check, and the loader that merges the four sources.

A leaf: anything may import this package and it imports nothing of ours. `load` is called by the command line
and on REHASH; `describe` feeds the generated page in docs/.
"""

from hubbub.config.describing import Described, as_toml, describe, toml
from hubbub.config.keys import is_secret
from hubbub.config.passwords import password_matches
from hubbub.config.places import data_folder, find_file
from hubbub.config.reading import ConfigError, Loaded, Problem, load, read
from hubbub.config.sections import (
    Accounts,
    Files,
    Flood,
    History,
    Limits,
    Listen,
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
from hubbub.config.settings import ATTRIBUTES, SECTIONS, SHORT, TABLES, Settings

__all__ = [
    "ATTRIBUTES",
    "SECTIONS",
    "SHORT",
    "TABLES",
    "Accounts",
    "ConfigError",
    "Described",
    "Files",
    "Flood",
    "History",
    "Limits",
    "Listen",
    "Loaded",
    "Log",
    "Operator",
    "Problem",
    "Rooms",
    "Section",
    "Server",
    "Settings",
    "Sts",
    "Throttle",
    "Time",
    "Web",
    "as_toml",
    "data_folder",
    "describe",
    "find_file",
    "is_secret",
    "load",
    "password_matches",
    "read",
    "toml",
]
