"""Whether a value will do for a key, and words for it where it won't."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Literal, get_args, get_origin

from msgspec import ValidationError, convert

from hubbub.config.keys import extra_of, meta_of, type_of


def rooms_problem(rooms: Iterable[str]) -> str | None:
    for room in rooms:
        if not re.fullmatch(r"#[^\s,\x00-\x1f\x7f]+", room):
            return f"{room!r} is not a room's name such as #lobby"
    return None


def networks_problem(networks: Iterable[str]) -> str | None:
    from ipaddress import ip_network

    for network in networks:
        try:
            ip_network(network)
        except ValueError:
            return f"{network!r} is not an address or a network such as 192.168.0.0/16"
    return None


def origins_problem(origins: Iterable[str]) -> str | None:
    from re import fullmatch

    for origin in origins:
        if origin != "*" and not fullmatch(r"https?://[^\s/?#@]+", origin):
            return f"{origin!r} is not an origin such as https://chat.example.org"
    return None


def checked(annotation: Any, value: object, from_text: bool) -> object:
    if from_text:
        value = _from_text(annotation, str(value))
    try:
        checked = convert(value, annotation)
    except ValidationError:
        raise ValueError(_refusal(annotation, value)) from None
    check = extra_of(annotation).get("check")
    if check and (problem := check(checked)):
        raise ValueError(problem)
    return checked


def _from_text(annotation: Any, text: str) -> object:
    """What a variable's text means for a key; text that means nothing is left for the check to refuse."""
    kind = type_of(annotation)
    if kind is bool:
        words = {
            "true": True,
            "yes": True,
            "on": True,
            "1": True,
            "false": False,
            "no": False,
            "off": False,
            "0": False,
        }
        return words.get(text.lower(), text)
    if get_origin(kind) is tuple:
        return [part.strip() for part in text.split(",") if part.strip()]
    if kind not in (int, float):
        return text
    try:
        return kind(text)
    except ValueError:
        return text


def _refusal(annotation: Any, value: object) -> str:
    wants = f"must be {wanted(annotation)}"
    return wants if extra_of(annotation).get("secret") else f"{wants}, not {_shown(value)}"


def wanted(annotation: Any) -> str:
    kind, meta = type_of(annotation), meta_of(annotation)
    if kind is bool:
        return "true or false"
    if get_origin(kind) is Literal:
        return "one of " + ", ".join(f'"{choice}"' for choice in get_args(kind))
    if get_origin(kind) is tuple:
        return "a list of texts"
    if kind is int:
        return f"a whole number from {meta.ge} to {meta.le}"
    if kind is float:
        return f"a number from {meta.ge} to {meta.le}"
    return str(extra_of(annotation)["wants"])


def _shown(value: object) -> str:
    shown = str(value).lower() if isinstance(value, bool) else repr(value)
    return shown if len(shown) <= 60 else shown[:57] + "…"


def meant(name: str, known: Iterable[str]) -> str:
    from difflib import get_close_matches

    close = get_close_matches(name, list(known), n=1)
    return f"; did you mean {close[0]}?" if close else ""
