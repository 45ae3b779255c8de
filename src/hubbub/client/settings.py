"""What the clients remember between two runs: one file, chat.toml, for people to read and to edit.

Owns the file: every key with its name, default, help and check, and the writing of what changed. What people wrote
there themselves, comments and unknown keys included, stays as it is. Passwords are not here (passwords.py).
Loaded by cli, the line client and the terminal client; trust.py keeps certificates in it.

1. A file with a mistake in it is reported and never written over.
2. Only what was changed here is written, into what is on disk by then: two clients don't undo each other's changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, get_args, get_origin, get_type_hints

from msgspec import Meta, ValidationError, convert

from hubbub.client import toml_file
from hubbub.client.address import DEFAULT_PORT
from hubbub.client.toml_file import KeyPath, SettingsError

__all__ = ["Described", "Server", "Settings", "SettingsError", "describe", "find_file"]

VARIABLE = "HUBBUB_CHAT_CONFIG"

_ONE_LINE = r"\A[^\r\n\0]*\Z"
_WORD = r"\A[^\s\x00-\x1f\x7f]*\Z"
_FINGERPRINT = r"\A(?:verified|(?:[0-9A-Fa-f]{2}:){31}[0-9A-Fa-f]{2})?\Z"
_MOST_PROBLEMS = 20


def _help(help: str, wants: str) -> Meta:
    return Meta(description=help, extra={"wants": wants})


def _text(help: str, pattern: str = _ONE_LINE, wants: str = "one line of text") -> Meta:
    return Meta(pattern=pattern, max_length=500, description=help, extra={"wants": wants})


def _texts(help: str) -> Meta:
    return _help(help, 'a list of texts, such as ["#tea", "#lobby"]')


_YES_NO = "true or false"


@dataclass(eq=False)
class Server:
    """One server, written [servers.KEY]."""

    key: str = ""
    host: Annotated[
        str,
        _text("Name or address of the server.", r"\A[^\s\x00-\x1f\x7f]+\Z", "an address or a host name"),
    ] = ""
    port: Annotated[
        int,
        Meta(ge=1, le=65535, description="Its port.", extra={"wants": "a whole number from 1 to 65535"}),
    ] = DEFAULT_PORT
    tls: Annotated[
        bool | Literal["auto"],
        _help(
            'Whether the connection is encrypted; "auto" does so wherever the server can, except on this computer.',
            'true, false or "auto"',
        ),
    ] = "auto"
    fingerprint: Annotated[
        str,
        _text(
            'SHA-256 fingerprint of the certificate it showed first, or "verified" if your computer could verify it. '
            "Another certificate is refused; remove this line to accept a new one.",
            _FINGERPRINT,
            'a fingerprint of 32 pairs such as AB:CD:…, or "verified"',
        ),
    ] = ""
    name: Annotated[str, _text("Your name there.", _WORD, "one word, without spaces")] = ""
    account: Annotated[str, _text("Account that you log in to.", _WORD, "one word, without spaces")] = ""
    realname: Annotated[str, _text("What else others are told about you.")] = ""
    rooms: Annotated[list[str], _texts("Rooms that you join on arrival; a key stands behind a space.")] = (
        field(default_factory=list)
    )
    muted: Annotated[list[str], _texts("Rooms and people that never notify you.")] = field(
        default_factory=list
    )
    pinned: Annotated[list[str], _texts("Rooms and people that stay at the top of the list.")] = field(
        default_factory=list
    )
    ignored: Annotated[list[str], _texts("People whose words are not shown.")] = field(default_factory=list)
    live: Annotated[
        list[str],
        _texts(
            "Rooms and people that see what you type as you type it, if they show theirs; * for everywhere."
        ),
    ] = field(default_factory=list)
    highlights: Annotated[list[str], _texts("Words that count as a mention, beside your name.")] = field(
        default_factory=list
    )


@dataclass(eq=False)
class Settings:
    """Everything that can be set. Made by load(); change the fields, then save()."""

    theme: Annotated[
        str,
        _text('Colours of the terminal client; "auto" follows the terminal.', _WORD, "the name of a theme"),
    ] = "auto"
    notifications: Annotated[
        Literal["mentions", "all", "none"],
        _help("What the desktop tells you while you look elsewhere.", '"mentions", "all" or "none"'),
    ] = "mentions"
    notify: Annotated[
        Literal["auto", "bell", "osc9", "osc777", "off"],
        _help(
            'How the desktop is told: by the bell, or by the escape sequences that your terminal knows ("auto").',
            '"auto", "bell", "osc9", "osc777" or "off"',
        ),
    ] = "auto"
    mouse: Annotated[bool, _help("Whether the mouse works inside the chat.", _YES_NO)] = True
    up_edits: Annotated[
        bool,
        _help("Whether ↑ in the empty input edits your last message; otherwise it recalls it.", _YES_NO),
    ] = True
    kill_line: Annotated[
        Literal["auto", "always", "never"],
        _help(
            'Whether Ctrl+K cuts what stands right of the cursor; "auto" does so if anything stands there, and '
            "opens the switcher otherwise.",
            '"auto", "always" or "never"',
        ),
    ] = "auto"
    time_format: Annotated[str, _text("How times are shown, in the language of strftime.")] = "%H:%M"
    show_joins: Annotated[
        Literal["condensed", "all", "none"],
        _help("How joining and leaving is shown.", '"condensed", "all" or "none"'),
    ] = "condensed"
    last: Annotated[str, _text("Key of the server that was used last.")] = ""
    keys: dict[str, str] = field(default_factory=dict)
    """Written [keys]: action = "key, key". What they may be is the keymap's."""
    servers: dict[str, Server] = field(default_factory=dict)
    path: Path = field(default_factory=Path)
    warnings: list[str] = field(default_factory=list)
    """What is in the file and means nothing to us, in words."""
    _saved: dict[KeyPath, object] = field(default_factory=dict, repr=False)

    @classmethod
    def load(cls, path: Path) -> Settings:
        """Raises SettingsError. A file that isn't there means all defaults; save() makes it."""
        settings = cls(path=path)
        _Reader(settings).read(toml_file.load(path))
        settings._saved = settings._flat()
        return settings

    def at(self, host: str, port: int) -> list[Server]:
        """The servers of this address: several, for somebody with several accounts."""
        wanted = _folded(host)
        return [one for one in self.servers.values() if one.port == port and _folded(one.host) == wanted]

    def server(self, host: str, port: int) -> Server:
        """The server of this address, added if it is new; the one used last if there are several."""
        found = self.at(host, port)
        if found:
            return next((one for one in found if one.key == self.last), found[0])
        key = self._free_key(host if port == DEFAULT_PORT else f"{host}:{port}")
        made = self.servers[key] = Server(key=key, host=host, port=port)
        return made

    def named(self, key: str) -> Server | None:
        return self.servers.get(key)

    def forget(self, key: str) -> None:
        """Remove a server, and whatever else stands in its table."""
        self.servers.pop(key, None)

    def _free_key(self, wanted: str) -> str:
        key, number = wanted, 1
        while key in self.servers:
            number += 1
            key = f"{wanted} {number}"
        return key

    def save(self) -> None:
        """Write what changed since it was loaded or saved. Raises SettingsError, and leaves the file as it was."""
        now = self._flat()
        changed = {path for path in now | self._saved if _differ(path, now, self._saved)}
        if not changed:
            return
        servers = {path[1] for path in changed if path[0] == "servers"}
        # Another client may have removed the server meanwhile: what is written then can be read all the same.
        changed |= {("servers", key, name) for key in servers for name in ("host", "port")}
        gone = servers - self.servers.keys()
        changes = {
            path: now.get(path) for path in sorted(changed) if path[0] != "servers" or path[1] not in gone
        }
        toml_file.change(self.path, changes, [("servers", key) for key in sorted(gone)])
        self._saved = now

    def take(self, key: str, text: str) -> str:
        """Set a key of the top by what a person writes for it; returns why that can't be, or ""."""
        hint = _keys(Settings).get(key)
        if hint is None:
            return "there is no such setting" + _meant(key, _keys(Settings))
        value: object = text
        if get_args(hint)[0] is bool:
            value = {"on": True, "yes": True, "true": True, "off": False, "no": False, "false": False}.get(
                text, text
            )
        try:
            setattr(self, key, convert(value, hint))
        except ValidationError:
            return f"{key} must be {_wanted(hint)}"
        return ""

    def _flat(self) -> dict[KeyPath, object]:
        """Every value by its place. What is a default is left out, except for what makes a server a server."""
        flat: dict[KeyPath, object] = {(name,): getattr(self, name) for name in _keys(Settings)}
        flat |= {("keys", action): keys for action, keys in self.keys.items()}
        for key, server in self.servers.items():
            flat |= {("servers", key, name): _copied(getattr(server, name)) for name in _keys(Server)}
        return {path: value for path, value in flat.items() if not _is_default(path, value)}


class Described(NamedTuple):
    """One key for documentation."""

    section: str
    key: str
    allowed: str
    default: object
    help: str


def find_file(flag: str, environ: Mapping[str, str]) -> Path:
    """The settings file: the flag's, else the variable's, else the platform's."""
    named = flag or environ.get(VARIABLE, "")
    if named:
        return Path(named).expanduser()
    from platformdirs import user_config_path

    return user_config_path("hubbub", appauthor=False) / "chat.toml"


def describe() -> list[Described]:
    return [
        Described(section, name, _wanted(hint), _default(kind, name), str(_meta(hint).description))
        for section, kind in (("", Settings), ("servers.NAME", Server))
        for name, hint in _keys(kind).items()
    ]


# -- reading --------------------------------------------------------------------------------------------------


class _Reader:
    """Takes what a file holds into settings, and finds every mistake on the way."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._problems: list[str] = []

    def read(self, content: Mapping[str, Any]) -> None:
        for name, value in content.items():
            if name == "servers":
                self._take_servers(value)
            elif name == "keys":
                self._take_keys(value)
            else:
                self._take(self._settings, name, name, value)
        if self._problems:
            raise SettingsError(self._problems[:_MOST_PROBLEMS])

    def _take_servers(self, content: object) -> None:
        if not isinstance(content, dict) or not all(isinstance(table, dict) for table in content.values()):
            self._complain("servers", "must be tables, each written [servers.NAME]")
            return
        for key, table in content.items():
            server = self._settings.servers[key] = Server(key=key)
            for name, value in table.items():
                self._take(server, name, f"servers.{key}.{name}", value)
            if "host" not in table:
                self._complain(f"servers.{key}.host", "is missing")

    def _take_keys(self, content: object) -> None:
        if not isinstance(content, dict):
            self._complain("keys", "must be a table, written [keys]")
            return
        for action, keys in content.items():
            if isinstance(keys, str):
                self._settings.keys[action] = keys
            else:
                self._complain(
                    f"keys.{action}", f'must be a text such as "ctrl+g, alt+g", not {_shown(keys)}'
                )

    def _take(self, into: Settings | Server, name: str, label: str, value: object) -> None:
        hint = _keys(type(into)).get(name)
        if hint is None:
            self._warn(label, "unknown key" + _meant(name, _keys(type(into))))
            return
        try:
            checked = convert(value, hint)
        except ValidationError:
            self._complain(label, f"must be {_wanted(hint)}, not {_shown(value)}")
            return
        setattr(into, name, checked)

    def _complain(self, key: str, reason: str) -> None:
        self._problems.append(f"{self._settings.path}: {key}: {reason}")

    def _warn(self, key: str, reason: str) -> None:
        if len(self._settings.warnings) < _MOST_PROBLEMS:
            self._settings.warnings.append(f"{self._settings.path}: {key}: {reason}")


# -- the keys -------------------------------------------------------------------------------------------------


def _hints(kind: type) -> dict[str, Any]:
    hints = get_type_hints(kind, include_extras=True)
    return {name: hint for name, hint in hints.items() if get_origin(hint) is Annotated}


_KEYS = {kind.__name__: _hints(kind) for kind in (Settings, Server)}
_DEFAULTS = {kind.__name__: {one.name: one.default for one in fields(kind)} for kind in (Settings, Server)}


def _keys(kind: type) -> dict[str, Any]:
    return _KEYS[kind.__name__]


def _default(kind: type, name: str) -> object:
    found = _DEFAULTS[kind.__name__][name]
    return [] if found is MISSING else found


def _is_default(path: KeyPath, value: object) -> bool:
    if path[0] == "keys" or path[-1] in ("host", "port"):
        return False
    return value == _default(Server if path[0] == "servers" else Settings, path[-1])


def _meta(hint: Any) -> Meta:
    meta: Meta = get_args(hint)[1]
    return meta


def _wanted(hint: Any) -> str:
    return str((_meta(hint).extra or {})["wants"])


def _shown(value: object) -> str:
    shown = str(value).lower() if isinstance(value, bool) else repr(value)
    return shown if len(shown) <= 60 else shown[:57] + "…"


def _meant(name: str, known: Iterable[str]) -> str:
    close = get_close_matches(name, list(known), n=1)
    return f"; did you mean {close[0]}?" if close else ""


def _folded(host: str) -> str:
    return host.lower().rstrip(".")


def _copied(value: object) -> object:
    return list(value) if isinstance(value, list) else value


def _differ(path: KeyPath, now: Mapping[KeyPath, object], before: Mapping[KeyPath, object]) -> bool:
    # 1 == True in Python, and not in the file.
    return path not in now or path not in before or repr(now[path]) != repr(before[path])
