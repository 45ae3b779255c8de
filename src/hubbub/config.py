"""Settings: every key with its name, default, help and check, and the loader that merges the four sources.

A leaf: anything may import this module and it imports nothing of ours. `load` is called by the command line
and on REHASH; `describe` feeds the generated page in docs/. A flag beats a HUBBUB_* variable, which beats the
file, which beats the default; all mistakes are reported together.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, get_args, get_origin, get_type_hints

from msgspec import NODEFAULT, Meta, Struct, ValidationError, convert
from msgspec.structs import fields

ONE_LINE = r"\A[^\r\n\0]*\Z"
ONE_WORD = r"\A[^\s\x00-\x1f\x7f]+\Z"


def _number(least: float, most: float, help: str) -> Meta:
    return Meta(ge=least, le=most, description=help)


def _text(help: str, pattern: str = ONE_LINE, wants: str = "one line of text", **extra: object) -> Meta:
    return Meta(pattern=pattern, description=help, extra={"wants": wants, **extra})


def _help(help: str, **extra: object) -> Meta:
    return Meta(description=help, extra=extra)


def _networks_problem(networks: Iterable[str]) -> str | None:
    from ipaddress import ip_network

    for network in networks:
        try:
            ip_network(network)
        except ValueError:
            return f"{network!r} is not an address or a network such as 192.168.0.0/16"
    return None


def _rooms_problem(rooms: Iterable[str]) -> str | None:
    for room in rooms:
        if not re.fullmatch(r"#[^\s,\x00-\x1f\x7f]+", room):
            return f"{room!r} is not a room's name such as #lobby"
    return None


class Section(Struct, frozen=True):
    def __repr__(self) -> str:
        shown = (f"{field.name}={_printed(type(self), field.name, self)}" for field in fields(self))
        return f"{type(self).__name__}({', '.join(shown)})"


class Server(Section, frozen=True):
    """Who this server says it is."""

    name: Annotated[
        str,
        _text(
            "Name of the server as clients see it. It needs a dot, so that it can't be taken for a person.",
            r"\A(?=.{3,63}\Z)[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)+\Z",
            "a name of letters, digits and hyphens with a dot in it, such as chat.example.org",
        ),
    ] = "hubbub.local"
    network: Annotated[
        str,
        _text("Name of the network, shown by clients as its title.", ONE_WORD, "one word, without spaces"),
    ] = "hubbub"
    description: Annotated[str, _text("One line about the server, shown by WHOIS and LINKS.")] = (
        "a hubbub server"
    )
    motd: Annotated[
        str,
        _text("Message of the day; may have several lines.", r"\A[^\0]*\Z", "text without NUL characters"),
    ] = ""
    password: Annotated[
        str,
        _text(
            "Password that everybody needs to connect (PASS), or its argon2 hash; empty for none.",
            secret=True,
        ),
    ] = ""
    admin_name: Annotated[str, _text("Who runs the server, shown by ADMIN.")] = ""
    admin_location: Annotated[str, _text("Where the server is, shown by ADMIN.")] = ""
    admin_email: Annotated[str, _text("How to reach who runs the server, shown by ADMIN.")] = ""
    icon: Annotated[
        str,
        _text(
            "Address of an image that clients show for the network; empty for none.",
            r"\A(?:https?://[^\s\x00-\x1f\x7f]{1,300})?\Z",
            "an address such as https://chat.example.org/icon.svg, or nothing",
        ),
    ] = ""
    show_addresses: Annotated[
        Literal["all", "local", "operators"],
        _help(
            'Who may see the network address of others: "all", "local" (people who connect from this machine '
            'or a private network) or "operators". Everybody sees their own.'
        ),
    ] = "local"


class Listen(Section, frozen=True):
    """One address that the server listens on. The table may be repeated."""

    host: Annotated[
        str,
        _text(
            "Address to listen on; 0.0.0.0 or :: opens it to the network.",
            ONE_WORD,
            "an address or a host name",
        ),
    ] = "127.0.0.1"
    port: Annotated[int, _number(0, 65535, "TCP port; 0 takes a free one.")] = 1313
    kind: Annotated[
        Literal["auto", "irc", "tls", "plain", "http"],
        _help('What is spoken here: "auto" looks at the first bytes of each connection.'),
    ] = "auto"
    certificate: Annotated[
        str, _text("File with the TLS certificate chain (PEM); empty for a self-signed one.", path=True)
    ] = ""
    key: Annotated[str, _text("File with the certificate's private key (PEM).", path=True)] = ""
    proxies: Annotated[
        tuple[str, ...],
        _help("Addresses or networks of proxies that may say whom they speak for.", check=_networks_problem),
    ] = ()
    announce: Annotated[
        bool,
        _help(
            "Whether clients nearby are told of the server (mDNS), where it listens for others than this machine."
        ),
    ] = True


class Rooms(Section, frozen=True):
    """Where people land."""

    default: Annotated[
        str,
        _text(
            "Room that everybody joins on arrival; empty for none.",
            r"\A(?:#[^\s,\x00-\x1f\x7f]+)?\Z",
            "a room's name, such as #lobby, or nothing",
        ),
    ] = "#lobby"
    greeting_lines: Annotated[
        int, _number(0, 1000, "How many of the last lines newcomers in the line mode are shown.")
    ] = 10


class Limits(Section, frozen=True):
    """How long and how many things may be."""

    nick: Annotated[int, _number(1, 64, "Longest name of a person, in characters.")] = 32
    user: Annotated[int, _number(1, 64, "Longest user name (ident), in characters.")] = 20
    room: Annotated[int, _number(2, 200, "Longest name of a room, in characters.")] = 64
    topic: Annotated[int, _number(1, 4096, "Longest topic, in bytes.")] = 390
    kick: Annotated[int, _number(1, 4096, "Longest reason for a kick, in bytes.")] = 390
    away: Annotated[int, _number(1, 4096, "Longest away message, in bytes.")] = 390
    key: Annotated[int, _number(1, 200, "Longest key of a room, in bytes.")] = 32
    realname: Annotated[int, _number(1, 400, "Longest real name, in bytes.")] = 150
    line: Annotated[int, _number(512, 16384, "Longest line, in bytes with its CR LF and without tags.")] = 512
    rooms: Annotated[int, _number(1, 100_000, "Rooms that one person may be in.")] = 100
    list_entries: Annotated[
        int, _number(1, 10_000, "Entries in each list of a room (bans, exceptions …).")
    ] = 100
    monitor: Annotated[int, _number(1, 10_000, "Names that one person may MONITOR.")] = 100
    metadata_keys: Annotated[int, _number(1, 1000, "Keys of metadata that one person or room may have.")] = 20
    metadata_value: Annotated[int, _number(1, 4096, "Longest value of metadata, in bytes.")] = 300
    metadata_subscriptions: Annotated[
        int, _number(1, 1000, "Keys of metadata that one client may subscribe to.")
    ] = 50
    read_markers: Annotated[
        int, _number(1, 100_000, "Conversations for which is kept how far one person has read.")
    ] = 1000
    whowas: Annotated[int, _number(0, 1_000_000, "People who left that WHOWAS remembers.")] = 1000
    registered_rooms: Annotated[int, _number(0, 100_000, "Rooms that one account may have registered.")] = 20
    targets: Annotated[int, _number(1, 100, "Receivers of one PRIVMSG or NOTICE.")] = 4
    modes: Annotated[int, _number(1, 100, "Changes with an argument in one MODE.")] = 6
    multiline_bytes: Annotated[
        int, _number(512, 1 << 20, "Longest message of several lines, in bytes (draft/multiline).")
    ] = 40_000
    multiline_lines: Annotated[
        int, _number(2, 1000, "Lines that one message may have (draft/multiline).")
    ] = 100
    send_queue: Annotated[
        int,
        _number(
            16_384,
            1 << 30,
            "Bytes that may wait for a client that reads slowly before it is disconnected. The default holds "
            "a full page of history.",
        ),
    ] = 8 << 20
    connections: Annotated[int, _number(1, 1_000_000, "Connections at once.")] = 20_000
    connections_per_address: Annotated[
        int, _number(0, 1_000_000, "Connections at once from one address; 0 for any number.")
    ] = 0


class Flood(Section, frozen=True):
    """Protection against clients that send too fast: a bucket of commands for each connection."""

    enabled: Annotated[bool, _help("Whether fast senders are slowed down.")] = True
    burst: Annotated[int, _number(1, 100_000, "Commands that may come at once.")] = 20
    rate: Annotated[float, _number(0.01, 100_000, "Commands per second after that.")] = 5.0


class Live(Section, frozen=True):
    """Live text: letters as they are typed, between those who both want it."""

    enabled: Annotated[bool, _help("Whether there is live text at all.")] = True
    rooms: Annotated[
        tuple[str, ...],
        _help(
            "Rooms that allow it from the start (mode +L); in others their operators do.",
            check=_rooms_problem,
        ),
    ] = ()
    burst: Annotated[
        int, _number(4_000, 1 << 20, "Bytes of it that may come from one connection at once.")
    ] = 20_000
    rate: Annotated[int, _number(500, 1 << 20, "Bytes of it per second after that.")] = 3_000


class Throttle(Section, frozen=True):
    """Protection against clients that connect too often."""

    enabled: Annotated[bool, _help("Whether addresses that connect too often are refused.")] = True
    connections: Annotated[int, _number(1, 1_000_000, "Connections allowed from one address …")] = 100
    seconds: Annotated[float, _number(0.1, 86_400, "… within this many seconds.")] = 60.0
    exempt: Annotated[
        tuple[str, ...],
        _help(
            "Addresses or networks that are never refused; by default this machine.", check=_networks_problem
        ),
    ] = ("127.0.0.0/8", "::1")


class Sts(Section, frozen=True):
    """Strict transport security: clients that have once come over TLS come back over TLS only."""

    enabled: Annotated[
        bool,
        _help(
            "Whether it is announced. It needs a listener with a certificate that clients accept for the name they "
            "connect to: those that know STS then refuse to connect without."
        ),
    ] = False
    port: Annotated[
        int, _number(0, 65535, "Port with TLS that others are sent to; 0 for that of the first certificate.")
    ] = 0
    days: Annotated[
        int, _number(0, 3650, "Days that clients keep to it after each visit; 0 makes them forget it.")
    ] = 0
    preload: Annotated[bool, _help("Whether clients may ship with the policy built in.")] = False


class Time(Section, frozen=True):
    """How long things may take, in seconds."""

    ping_interval: Annotated[float, _number(0.05, 86_400, "Silence after which a client is sent a PING.")] = (
        90.0
    )
    ping_timeout: Annotated[float, _number(0.05, 86_400, "Time that it then has to answer.")] = 60.0
    registration: Annotated[
        float,
        _number(0.05, 86_400, "Time that a new connection has to say its name or finish its first line."),
    ] = 60.0
    idle: Annotated[
        float,
        _number(0, 31_536_000, "Time without a message after which somebody is disconnected; 0 for never."),
    ] = 0.0


class Accounts(Section, frozen=True):
    """Names that belong to somebody."""

    registration: Annotated[
        Literal["open", "invitation", "closed"],
        _help(
            'Who may claim a name: "open" (everybody), "invitation" (with a code from `hubbub user invite`) or '
            '"closed" (nobody; `hubbub user add` makes accounts).'
        ),
    ] = "open"
    guests: Annotated[
        Literal["everywhere", "rooms", "none"],
        _help(
            'Where people without an account may talk: "everywhere", in accounts.guest_rooms only, or "none".'
        ),
    ] = "everywhere"
    guest_rooms: Annotated[
        tuple[str, ...], _help('Rooms that guests may enter when accounts.guests is "rooms".')
    ] = ()
    plaintext_passwords: Annotated[
        bool,
        _help("Whether passwords are taken without TLS from outside this machine and its private networks."),
    ] = False
    tries: Annotated[int, _number(1, 10_000, "Wrong passwords for one account or from one address …")] = 10
    tries_seconds: Annotated[float, _number(1, 86_400, "… within this many seconds; then it must wait.")] = (
        300.0
    )


class History(Section, frozen=True):
    """What was said before."""

    page: Annotated[int, _number(1, 10_000, "Most messages that one CHATHISTORY request gives.")] = 1000
    retention_days: Annotated[int, _number(0, 36_500, "Days that messages are kept; 0 for ever.")] = 0
    replay_direct: Annotated[
        int,
        _number(
            0,
            10_000,
            "Most direct messages that somebody with an account is shown on return, in clients without CHATHISTORY.",
        ),
    ] = 100
    replay_rooms: Annotated[
        int,
        _number(
            0, 10_000, "Most messages of a room that clients without CHATHISTORY are shown on entering it."
        ),
    ] = 0
    redact_window: Annotated[
        int,
        _number(
            0,
            3_153_600_000,
            "Seconds in which people may take back what they said; 0 for any time. Operators always may.",
        ),
    ] = 0
    edit_window: Annotated[
        int,
        _number(0, 3_153_600_000, "Seconds in which people may edit what they said; 0 switches editing off."),
    ] = 900


def _origins_problem(origins: Iterable[str]) -> str | None:
    from re import fullmatch

    for origin in origins:
        if origin != "*" and not fullmatch(r"https?://[^\s/?#@]+", origin):
            return f"{origin!r} is not an origin such as https://chat.example.org"
    return None


class Web(Section, frozen=True):
    """The browser client's page, and what else is asked by HTTP."""

    url: Annotated[
        str,
        _text(
            "Address of the page as others reach it, where that isn't the server's own: behind a proxy, or by a name. "
            "Invite links begin with it.",
            r"\A(?:https?://[^\s/?#@\x00-\x1f\x7f]{1,255}/?)?\Z",
            "an address such as https://chat.example.org, or nothing",
        ),
    ] = ""
    origins: Annotated[
        tuple[str, ...],
        _help(
            "Origins of pages on other hosts that may connect by WebSocket, such as https://chat.example.org; "
            '"*" for any. The server\'s own page always may, and so may programs that are no browsers.',
            check=_origins_problem,
        ),
    ] = ()
    metrics_token: Annotated[
        str,
        _text(
            "Token with which /metrics may be read from anywhere (Authorization: Bearer …); without one, only from "
            "this machine.",
            r"\A(?:[\x21-\x7e]{16,200})?\Z",
            "16 to 200 letters, digits and signs, or nothing",
            secret=True,
        ),
    ] = ""
    security_contact: Annotated[
        str,
        _text(
            "Whom to tell about security problems, for /.well-known/security.txt; empty for no such page.",
            r"\A(?:(?:mailto:|https://|tel:)[^\s\x00-\x1f\x7f]{1,300})?\Z",
            "an address such as mailto:security@example.org, or nothing",
        ),
    ] = ""


class Files(Section, frozen=True):
    """Files that people share. Sizes are in MiB (1,048,576 bytes)."""

    enabled: Annotated[
        bool, _help("Whether files are taken; those that are there can be fetched in any case.")
    ] = True
    folder: Annotated[
        str, _text("Folder that they are kept in; empty for files/ in the data folder.", path=True)
    ] = ""
    max_size: Annotated[
        int, _number(1, 1 << 30, "Largest file. The default lets a film from a phone through.")
    ] = 4096
    quota: Annotated[int, _number(1, 1 << 30, "What all files of one person may come to.")] = 8192
    total: Annotated[
        int,
        _number(
            0,
            1 << 30,
            "What all files may come to; 0 for any amount. A part of the disk stays free in any case.",
        ),
    ] = 0
    keep_days: Annotated[
        int,
        _number(
            0,
            36_500,
            "Days that files are kept; 0 for as long as messages. Those of a room that keeps its messages for a "
            "shorter time go with these.",
        ),
    ] = 0


class Operator(Section, frozen=True):
    """Somebody who may use OPER. The table may be repeated."""

    name: Annotated[str, _text("Name given to OPER.", ONE_WORD, "one word, without spaces")]
    password: Annotated[
        str,
        _text(
            "Password given to OPER: an argon2 hash ($argon2id$…) or the password itself.",
            r"\A[^\r\n\0]+\Z",
            "one line of text, not empty",
            secret=True,
        ),
    ]
    host: Annotated[
        str,
        _text("Mask of the addresses that OPER is accepted from.", ONE_WORD, "a mask such as 192.168.* or *"),
    ] = "*"


class Log(Section, frozen=True):
    """What the server writes to its log."""

    show_messages: Annotated[bool, _help("Whether the text of messages is shown, not only their rooms.")] = (
        False
    )


class Settings(Section, frozen=True):
    """Everything that can be set."""

    data: Annotated[
        str, _text("Folder for everything the server keeps; empty for the platform's data folder.", path=True)
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


class Problem(NamedTuple):
    """One mistake: in which file (or other source), at which key, and why."""

    file: str
    key: str
    reason: str

    def __str__(self) -> str:
        return ": ".join(part for part in self if part)


class ConfigError(Exception):
    """The settings can't be used; `problems` has every mistake."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


class Described(NamedTuple):
    """One key for the generated documentation."""

    section: str
    key: str
    type: str
    default: str
    help: str
    variable: str
    secret: bool


class Loaded(NamedTuple):
    """Settings, and for each key that was given ("limits.nick", "listen[0].port") where it came from."""

    settings: Settings
    origins: dict[str, str]


def load(path: Path | None, environ: Mapping[str, str], flags: Mapping[str, object]) -> Settings:
    return read(path, environ, flags).settings


def read(path: Path | None, environ: Mapping[str, str], flags: Mapping[str, object]) -> Loaded:
    draft = _Draft()
    if path is not None:
        draft.take_file(path)
    draft.take_environment(environ)
    draft.take_flags(flags)
    return draft.finish()


def describe() -> list[Described]:
    sections = [*SECTIONS.items(), *TABLES.items()]
    return [_described(section, name) for section, kind in sections for name in _keys(kind)]


def find_file(flag: str | None, environ: Mapping[str, str]) -> Path | None:
    """The settings file: the flag's, else HUBBUB_CONFIG's, else the platform's if it is there."""
    named = flag or environ.get("HUBBUB_CONFIG")
    if named:
        return Path(named).expanduser()
    from platformdirs import user_config_path

    usual = user_config_path("hubbub", appauthor=False) / "config.toml"
    return usual if usual.is_file() else None


def data_folder(settings: Settings) -> Path:
    if settings.data:
        return Path(settings.data)
    from platformdirs import user_data_path

    return user_data_path("hubbub", appauthor=False)


def password_matches(expected: str, given: str) -> bool:
    """Whether `given` is the password that the settings hold in clear or as an argon2 hash."""
    candidate = given.encode(errors="surrogatepass")
    if not expected.startswith("$argon2"):
        from hmac import compare_digest

        return compare_digest(expected.encode(), candidate)
    from argon2 import PasswordHasher
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        return PasswordHasher().verify(expected, candidate)
    except (VerificationError, InvalidHashError):
        return False


def is_secret(kind: type[Struct], name: str) -> bool:
    annotation = _keys(kind).get(name)
    return annotation is not None and bool(_extra(annotation).get("secret"))


class _Value(NamedTuple):
    value: object
    file: str  # what a Problem names: the settings file, "environment" or "command line"
    label: str  # how the key is written there


class _Draft:
    """The keys given so far, and the mistakes found in them."""

    def __init__(self) -> None:
        self.sections: dict[str, dict[str, _Value]] = {section: {} for section in SECTIONS}
        self.tables: dict[str, list[dict[str, _Value]]] = {"listen": [], "operator": []}
        self.problems: list[Problem] = []
        self.file = ""
        self.folder = Path()

    # -- the file

    def take_file(self, path: Path) -> None:
        self.file, self.folder = str(path), path.absolute().parent
        for name, content in self._parsed(path).items():
            if name in TABLES:
                self._take_tables(name, content)
            elif name and name in SECTIONS:
                self._take_section(name, content)
            else:
                self._put("", self.sections[""], name, _Value(content, self.file, name))

    def _parsed(self, path: Path) -> dict[str, Any]:
        import tomllib

        try:
            return tomllib.loads(path.read_bytes().decode())
        except OSError as error:
            self._complain(self.file, "", f"can't be read: {error.strerror}")
        except UnicodeDecodeError:
            self._complain(self.file, "", "isn't UTF-8 text")
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            self._complain(self.file, "", f"isn't valid TOML: {error}")
        return {}

    def _take_section(self, section: str, content: object) -> None:
        if not isinstance(content, dict):
            return self._complain(self.file, section, f"must be a table, written [{section}]")
        for name, value in content.items():
            label = f"{section}.{name}"
            self._put(section, self.sections[section], name, _Value(value, self.file, label))
        return None

    def _take_tables(self, section: str, content: object) -> None:
        if not isinstance(content, list) or not all(isinstance(table, dict) for table in content):
            return self._complain(self.file, section, f"must be a list of tables, each written [[{section}]]")
        if not content and section == "listen":
            return self._complain(self.file, section, "must have at least one table, written [[listen]]")
        for index, table in enumerate(content):
            into: dict[str, _Value] = {}
            self.tables[section].append(into)
            for name, value in table.items():
                self._put(section, into, name, _Value(value, self.file, f"{section}[{index}].{name}"))
        return None

    # -- the environment

    def take_environment(self, environ: Mapping[str, str]) -> None:
        known = _variables()
        for variable in sorted(environ):
            if variable in known:
                self._take_variable(known[variable], variable, environ[variable])
            elif variable.removesuffix("_FILE") in _secret_variables():
                self._take_secret(variable, environ)
            elif variable.startswith(_section_prefixes()):
                self._complain("environment", variable, "unknown variable" + _meant(variable, known))

    def _take_variable(self, key: str, variable: str, text: str) -> None:
        # Kubernetes and Docker links set HUBBUB_PORT=tcp://… for a service that is named hubbub.
        if key == "listen.port" and text.startswith("tcp://"):
            return
        self._put_key(key, _Value(text, "environment", variable), from_text=True)

    def _take_secret(self, variable: str, environ: Mapping[str, str]) -> None:
        plain = variable.removesuffix("_FILE")
        if plain in environ:
            return self._complain("environment", variable, f"can't be given together with {plain}")
        try:
            text = Path(environ[variable]).read_text(encoding="utf-8").rstrip("\r\n")
        except OSError as error:
            return self._complain("environment", variable, f"the file can't be read: {error.strerror}")
        except ValueError:
            return self._complain("environment", variable, "the file isn't UTF-8 text")
        if not text:
            return self._complain("environment", variable, "the file is empty")
        return self._put_key(_variables()[plain], _Value(text, "environment", variable), from_text=True)

    # -- flags

    def take_flags(self, flags: Mapping[str, object]) -> None:
        for name, value in flags.items():
            if value is not None:
                label = "--" + name.rpartition(".")[2].replace("_", "-")
                self._put_key(SHORT.get(name, name), _Value(value, "command line", label))

    # -- all of them

    def _put_key(self, key: str, given: _Value, from_text: bool = False) -> None:
        section, _, name = key.rpartition(".")
        into = self._first_listener() if section == "listen" else self.sections.get(section)
        if into is None:
            return self._complain(given.file, given.label, "unknown key")
        return self._put(section, into, name, given, from_text)

    def _first_listener(self) -> dict[str, _Value]:
        if not self.tables["listen"]:
            self.tables["listen"].append({})
        return self.tables["listen"][0]

    def _put(
        self, section: str, into: dict[str, _Value], name: str, given: _Value, from_text: bool = False
    ) -> None:
        keys = _keys(_kind(section))
        if name not in keys:
            known = [*keys, *filter(None, SECTIONS), *TABLES] if not section else keys
            what = "table" if not section and isinstance(given.value, dict | list) else "key"
            return self._complain(given.file, given.label, f"unknown {what}" + _meant(name, known))
        try:
            value = _checked(keys[name], given.value, from_text)
        except ValueError as error:
            return self._complain(given.file, given.label, str(error))
        if _extra(keys[name]).get("path") and value:
            value = self._absolute(str(value), given.file)
        into[name] = given._replace(value=value)
        return None

    def _absolute(self, path: str, source: str) -> str:
        folder = self.folder if source == self.file else Path.cwd()
        return os.path.normpath(folder / Path(path).expanduser())

    def _complain(self, file: str, key: str, reason: str) -> None:
        self.problems.append(Problem(file, key, reason))

    # -- the result

    def finish(self) -> Loaded:
        self._check_required()
        self._check_together()
        if self.problems:
            raise ConfigError(self.problems)
        built: dict[str, Any] = {
            name: SECTIONS[name](**_plain(self.sections[name])) for name in SECTIONS if name
        }
        for section, tables in self.tables.items():
            if tables:
                built[ATTRIBUTES[section]] = tuple(TABLES[section](**_plain(table)) for table in tables)
        return Loaded(Settings(**_plain(self.sections[""]), **built), self._origins())

    def _origins(self) -> dict[str, str]:
        origins = {
            f"{section}.{name}".lstrip("."): _origin(given)
            for section, values in self.sections.items()
            for name, given in values.items()
        }
        for section, tables in self.tables.items():
            for index, table in enumerate(tables):
                origins |= {f"{section}[{index}].{name}": _origin(given) for name, given in table.items()}
        return origins

    def _check_required(self) -> None:
        for section, tables in self.tables.items():
            required = [field.name for field in fields(TABLES[section]) if field.required]
            for index, table in enumerate(tables):
                for name in required:
                    if name not in table:
                        self._complain_missing(f"{section}[{index}].{name}")

    def _complain_missing(self, label: str, why: str = "") -> None:
        # A key that was given but refused has had its complaint.
        if all(problem.key != label for problem in self.problems):
            self._complain(self.file, label, "is missing" + why)

    def _check_together(self) -> None:
        self._check_certificates()
        self._check_sts()
        self._check_repeats("listen", _address)
        self._check_repeats("operator", lambda table: _got(table, "name", None))

    def _check_certificates(self) -> None:
        for index, table in enumerate(self.tables["listen"]):
            for one, other in (("certificate", "key"), ("key", "certificate")):
                if _got(table, one, "") and not _got(table, other, ""):
                    self._complain_missing(f"listen[{index}].{other}", f": {one} is given")

    def _check_sts(self) -> None:
        enabled = self.sections["sts"].get("enabled")
        if enabled is None or not enabled.value:
            return
        if not any(_got(table, "certificate", "") for table in self.tables["listen"]):
            self._complain(enabled.file, enabled.label, "needs a listener with a certificate")

    def _check_repeats(self, section: str, identity: Callable[[dict[str, _Value]], object]) -> None:
        seen: dict[object, int] = {}
        for index, table in enumerate(self.tables[section]):
            same = seen.setdefault(identity(table), index)
            if same != index and identity(table) is not None:
                self._complain(self.file, f"{section}[{index}]", f"is the same as {section}[{same}]")


def _printed(kind: type[Struct], name: str, section: Struct) -> str:
    # A traceback or a log line may hold a repr; passwords must not get there.
    return "…" if is_secret(kind, name) else repr(getattr(section, name))


def _got(values: dict[str, _Value], name: str, default: Any) -> Any:
    return values[name].value if name in values else default


def _plain(values: dict[str, _Value]) -> dict[str, Any]:
    return {name: given.value for name, given in values.items()}


def _address(table: dict[str, _Value]) -> object:
    port = _got(table, "port", Listen().port)
    return (_got(table, "host", Listen().host), port) if port else None


def _origin(given: _Value) -> str:
    return (
        given.file
        if given.label[0] != "-" and given.file != "environment"
        else f"{given.file}: {given.label}"
    )


# -- one key


@cache
def _keys(kind: type[Struct]) -> dict[str, Any]:
    """The keys of a section with their annotations; in `Settings`, those outside of any table."""
    hints = get_type_hints(kind, include_extras=True)
    return {name: hint for name, hint in hints.items() if get_origin(hint) is Annotated}


def _kind(section: str) -> type[Struct]:
    return TABLES.get(section) or SECTIONS[section]


def _type(annotation: Any) -> Any:
    return get_args(annotation)[0]


def _meta(annotation: Any) -> Meta:
    meta: Meta = annotation.__metadata__[0]
    return meta


def _extra(annotation: Any) -> dict[str, Any]:
    return _meta(annotation).extra or {}


def _checked(annotation: Any, value: object, from_text: bool) -> object:
    if from_text:
        value = _from_text(annotation, str(value))
    try:
        checked = convert(value, annotation)
    except ValidationError:
        raise ValueError(_refusal(annotation, value)) from None
    check = _extra(annotation).get("check")
    if check and (problem := check(checked)):
        raise ValueError(problem)
    return checked


def _from_text(annotation: Any, text: str) -> object:
    """What a variable's text means for a key; text that means nothing is left for the check to refuse."""
    kind = _type(annotation)
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
    wants = f"must be {_wanted(annotation)}"
    return wants if _extra(annotation).get("secret") else f"{wants}, not {_shown(value)}"


def _wanted(annotation: Any) -> str:
    kind, meta = _type(annotation), _meta(annotation)
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
    return str(_extra(annotation)["wants"])


def _shown(value: object) -> str:
    shown = str(value).lower() if isinstance(value, bool) else repr(value)
    return shown if len(shown) <= 60 else shown[:57] + "…"


def _meant(name: str, known: Iterable[str]) -> str:
    from difflib import get_close_matches

    close = get_close_matches(name, list(known), n=1)
    return f"; did you mean {close[0]}?" if close else ""


# -- documentation and variables


def _described(section: str, name: str) -> Described:
    kind, annotation = _kind(section), _keys(_kind(section))[name]
    default = next(field.default for field in fields(kind) if field.name == name)
    return Described(
        section,
        name,
        _type_name(annotation),
        "" if default is NODEFAULT else toml(default),
        str(_meta(annotation).description),
        _variable(section, name),
        is_secret(kind, name),
    )


def _type_name(annotation: Any) -> str:
    kind, meta = _type(annotation), _meta(annotation)
    if kind in (int, float):
        return f"{_wanted(annotation)}".removeprefix("a ")
    if kind is bool or get_origin(kind) in (Literal, tuple):
        return _wanted(annotation).removeprefix("a ")
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
    for name in _keys(type(section)):
        origin = "" if origins is None else "  # " + origins.get(f"{label}.{name}".lstrip("."), "default")
        lines.append(f"{name} = {_public(section, name)}{origin}")
    return "\n".join(lines) + "\n"


def _public(section: Struct, name: str) -> str:
    value = getattr(section, name)
    return '"…"' if value and is_secret(type(section), name) else toml(value)


def _variable(section: str, name: str) -> str:
    if section == "listen":
        return f"HUBBUB_{name}".upper() if name in SHORT else ""
    if section in TABLES:
        return ""
    return "_".join(filter(None, ("HUBBUB", section, name))).upper()


@cache
def _variables() -> dict[str, str]:
    """HUBBUB_LIMITS_NICK -> limits.nick"""
    named = {"HUBBUB_HOST": "listen.host", "HUBBUB_PORT": "listen.port"}
    for section, kind in SECTIONS.items():
        for name in _keys(kind):
            named[_variable(section, name)] = f"{section}.{name}" if section else name
    return named


@cache
def _secret_variables() -> frozenset[str]:
    return frozenset(
        described.variable for described in describe() if described.secret and described.variable
    )


@cache
def _section_prefixes() -> tuple[str, ...]:
    return tuple(f"HUBBUB_{section.upper()}_" for section in SECTIONS if section)
