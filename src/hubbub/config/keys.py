"""One key of a section: how it is declared, and what its declaration says."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from msgspec import Meta, Struct

ONE_LINE = r"\A[^\r\n\0]*\Z"
ONE_WORD = r"\A[^\s\x00-\x1f\x7f]+\Z"


def a_number(least: float, most: float, help: str) -> Meta:
    """A key that holds a number within these bounds, which are allowed themselves."""
    return Meta(ge=least, le=most, description=help)


def a_text(help: str, pattern: str = ONE_LINE, wants: str = "one line of text", **extra: object) -> Meta:
    """A key that holds a text: `wants` says in a refusal what it must be; for `extra` see a_setting."""
    return Meta(pattern=pattern, description=help, extra={"wants": wants, **extra})


def a_setting(help: str, **extra: object) -> Meta:
    """Any other key, whose type says enough.

    `extra`: `secret`, never shown; `path`, taken from the folder of the settings file; `check`, a function that
    gives a sentence about what is wrong with a value, or None.
    """
    return Meta(description=help, extra=extra)


@cache
def keys_of(kind: type[Struct]) -> dict[str, Any]:
    """The keys of a section with their annotations; in `Settings`, those outside of any table."""
    hints = get_type_hints(kind, include_extras=True)
    return {name: hint for name, hint in hints.items() if get_origin(hint) is Annotated}


def type_of(annotation: Any) -> Any:
    return get_args(annotation)[0]


def meta_of(annotation: Any) -> Meta:
    meta: Meta = annotation.__metadata__[0]
    return meta


def extra_of(annotation: Any) -> dict[str, Any]:
    return meta_of(annotation).extra or {}


def is_secret(kind: type[Struct], name: str) -> bool:
    annotation = keys_of(kind).get(name)
    return annotation is not None and bool(extra_of(annotation).get("secret"))


def printed(kind: type[Struct], name: str, section: Struct) -> str:
    """The value of a key in a repr: a traceback or a log line may hold it, and passwords must not get there."""
    return "…" if is_secret(kind, name) else repr(getattr(section, name))
