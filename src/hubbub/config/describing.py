"""The settings in words: for the generated page in docs/, and as a file without passwords."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple, get_origin

from msgspec import NODEFAULT, Struct
from msgspec.structs import fields

from hubbub.config.checks import wanted
from hubbub.config.keys import is_secret, keys_of, meta_of, type_of
from hubbub.config.settings import ATTRIBUTES, SECTIONS, TABLES, Settings, kind_of
from hubbub.config.variables import variable


class Described(NamedTuple):
    """One key for the generated documentation."""

    section: str
    key: str
    type: str
    default: str
    help: str
    variable: str
    secret: bool


def describe() -> list[Described]:
    sections = [*SECTIONS.items(), *TABLES.items()]
    return [_described(section, name) for section, kind in sections for name in keys_of(kind)]


def _described(section: str, name: str) -> Described:
    kind, annotation = kind_of(section), keys_of(kind_of(section))[name]
    default = next(field.default for field in fields(kind) if field.name == name)
    return Described(
        section,
        name,
        _type_name(annotation),
        "" if default is NODEFAULT else toml(default),
        str(meta_of(annotation).description),
        variable(section, name),
        is_secret(kind, name),
    )


def _type_name(annotation: Any) -> str:
    kind, meta = type_of(annotation), meta_of(annotation)
    if kind in (int, float):
        return f"{wanted(annotation)}".removeprefix("a ")
    if kind is bool or get_origin(kind) in (Literal, tuple):
        return wanted(annotation).removeprefix("a ")
    return "path" if (meta.extra or {}).get("path") else "text"


def toml(value: object) -> str:
    """A value of the settings as it is written in the file."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return f"[{', '.join(map(toml, value))}]"
    if isinstance(value, str):
        from json import dumps

        return dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return f"{value:g}" if isinstance(value, float) else str(value)


def as_toml(settings: Settings, origins: Mapping[str, str] | None = None) -> str:
    """The settings as a file, without passwords; with `origins` each line says where its value comes from."""
    parts: list[tuple[str, str, Struct]] = [
        (f"[{name}]" if name else "", name, getattr(settings, name) if name else settings)
        for name in SECTIONS
    ]
    for name in TABLES:
        tables = getattr(settings, ATTRIBUTES[name])
        parts += [(f"[[{name}]]", f"{name}[{index}]", table) for index, table in enumerate(tables)]
    return "\n".join(_part(header, label, section, origins) for header, label, section in parts)


def _part(header: str, label: str, section: Struct, origins: Mapping[str, str] | None) -> str:
    lines = [header] if header else []
    for name in keys_of(type(section)):
        origin = "" if origins is None else "  # " + origins.get(f"{label}.{name}".lstrip("."), "default")
        lines.append(f"{name} = {_public(section, name)}{origin}")
    return "\n".join(lines) + "\n"


def _public(section: Struct, name: str) -> str:
    value = getattr(section, name)
    return '"…"' if value and is_secret(type(section), name) else toml(value)
