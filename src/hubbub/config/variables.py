"""The names of the environment's variables: HUBBUB_LIMITS_NICK is limits.nick."""

from __future__ import annotations

from functools import cache

from hubbub.config.keys import is_secret, keys_of
from hubbub.config.settings import SECTIONS, SHORT, TABLES


def variable(section: str, name: str) -> str:
    if section == "listen":
        return f"HUBBUB_{name}".upper() if name in SHORT else ""
    if section in TABLES:
        return ""
    return "_".join(filter(None, ("HUBBUB", section, name))).upper()


@cache
def variables() -> dict[str, str]:
    """HUBBUB_LIMITS_NICK -> limits.nick"""
    named = {"HUBBUB_HOST": "listen.host", "HUBBUB_PORT": "listen.port"}
    for section, kind in SECTIONS.items():
        for name in keys_of(kind):
            named[variable(section, name)] = f"{section}.{name}" if section else name
    return named


@cache
def secret_variables() -> frozenset[str]:
    return frozenset(
        variable(section, name)
        for section, kind in SECTIONS.items()
        for name in keys_of(kind)
        if is_secret(kind, name)
    )


@cache
def section_prefixes() -> tuple[str, ...]:
    return tuple(f"HUBBUB_{section.upper()}_" for section in SECTIONS if section)
