"""The sections: every key with its name, type, bounds, default and help."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Struct
from msgspec.structs import fields

from hubbub.config.checks import networks_problem, origins_problem, rooms_problem
from hubbub.config.keys import ONE_WORD, a_number, a_setting, a_text, printed


class Section(Struct, frozen=True):
    def __repr__(self) -> str:
        shown = (f"{field.name}={printed(type(self), field.name, self)}" for field in fields(self))
        return f"{type(self).__name__}({', '.join(shown)})"


class Server(Section, frozen=True):
    """Who this server says it is."""

    name: Annotated[
        str,
        a_text(
            "Name of the server as clients see it. It needs a dot, so that it can't be taken for a person.",
            r"\A(?=.{3,63}\Z)[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)+\Z",
            "a name of letters, digits and hyphens with a dot in it, such as chat.example.org",
        ),
    ] = "hubbub.local"
    network: Annotated[
        str,
        a_text("Name of the network, shown by clients as its title.", ONE_WORD, "one word, without spaces"),
    ] = "hubbub"
    description: Annotated[str, a_text("One line about the server, shown by WHOIS and LINKS.")] = (
        "a hubbub server"
    )
    motd: Annotated[
        str,
        a_text("Message of the day; may have several lines.", r"\A[^\0]*\Z", "text without NUL characters"),
    ] = ""
    password: Annotated[
        str,
        a_text(
            "Password that everybody needs to connect (PASS), or its argon2 hash; empty for none.",
            secret=True,
        ),
    ] = ""
    admin_name: Annotated[str, a_text("Who runs the server, shown by ADMIN.")] = ""
    admin_location: Annotated[str, a_text("Where the server is, shown by ADMIN.")] = ""
    admin_email: Annotated[str, a_text("How to reach who runs the server, shown by ADMIN.")] = ""
    icon: Annotated[
        str,
        a_text(
            "Address of an image that clients show for the network; empty for none.",
            r"\A(?:https?://[^\s\x00-\x1f\x7f]{1,300})?\Z",
            "an address such as https://chat.example.org/icon.svg, or nothing",
        ),
    ] = ""
    show_addresses: Annotated[
        Literal["all", "local", "operators"],
        a_setting(
            'Who may see the network address of others: "all", "local" (people who connect from this machine '
            'or a private network) or "operators". Everybody sees their own.'
        ),
    ] = "local"


class Listen(Section, frozen=True):
    """One address that the server listens on. The table may be repeated."""

    host: Annotated[
        str,
        a_text(
            "Address to listen on; 0.0.0.0 or :: opens it to the network.",
            ONE_WORD,
            "an address or a host name",
        ),
    ] = "127.0.0.1"
    port: Annotated[int, a_number(0, 65535, "TCP port; 0 takes a free one.")] = 1313
    kind: Annotated[
        Literal["auto", "irc", "tls", "plain", "http"],
        a_setting('What is spoken here: "auto" looks at the first bytes of each connection.'),
    ] = "auto"
    certificate: Annotated[
        str, a_text("File with the TLS certificate chain (PEM); empty for a self-signed one.", path=True)
    ] = ""
    key: Annotated[str, a_text("File with the certificate's private key (PEM).", path=True)] = ""
    proxies: Annotated[
        tuple[str, ...],
        a_setting(
            "Addresses or networks of proxies that may say whom they speak for.", check=networks_problem
        ),
    ] = ()
    announce: Annotated[
        bool,
        a_setting(
            "Whether clients nearby are told of the server (mDNS), where it listens for others than this machine."
        ),
    ] = True


class Rooms(Section, frozen=True):
    """Where people land."""

    default: Annotated[
        str,
        a_text(
            "Room that everybody joins on arrival; empty for none.",
            r"\A(?:#[^\s,\x00-\x1f\x7f]+)?\Z",
            "a room's name, such as #lobby, or nothing",
        ),
    ] = "#lobby"
    greeting_lines: Annotated[
        int, a_number(0, 1000, "How many of the last lines newcomers in the line mode are shown.")
    ] = 10


class Limits(Section, frozen=True):
    """How long and how many things may be."""

    nick: Annotated[int, a_number(1, 64, "Longest name of a person, in characters.")] = 32
    user: Annotated[int, a_number(1, 64, "Longest user name (ident), in characters.")] = 20
    room: Annotated[int, a_number(2, 200, "Longest name of a room, in characters.")] = 64
    topic: Annotated[int, a_number(1, 4096, "Longest topic, in bytes.")] = 390
    kick: Annotated[int, a_number(1, 4096, "Longest reason for a kick, in bytes.")] = 390
    away: Annotated[int, a_number(1, 4096, "Longest away message, in bytes.")] = 390
    key: Annotated[int, a_number(1, 200, "Longest key of a room, in bytes.")] = 32
    realname: Annotated[int, a_number(1, 400, "Longest real name, in bytes.")] = 150
    line: Annotated[int, a_number(512, 16384, "Longest line, in bytes with its CR LF and without tags.")] = (
        512
    )
    rooms: Annotated[int, a_number(1, 100_000, "Rooms that one person may be in.")] = 100
    list_entries: Annotated[
        int, a_number(1, 10_000, "Entries in each list of a room (bans, exceptions …).")
    ] = 100
    monitor: Annotated[int, a_number(1, 10_000, "Names that one person may MONITOR.")] = 100
    metadata_keys: Annotated[int, a_number(1, 1000, "Keys of metadata that one person or room may have.")] = (
        20
    )
    metadata_value: Annotated[int, a_number(1, 4096, "Longest value of metadata, in bytes.")] = 300
    metadata_subscriptions: Annotated[
        int, a_number(1, 1000, "Keys of metadata that one client may subscribe to.")
    ] = 50
    read_markers: Annotated[
        int, a_number(1, 100_000, "Conversations for which is kept how far one person has read.")
    ] = 1000
    whowas: Annotated[int, a_number(0, 1_000_000, "People who left that WHOWAS remembers.")] = 1000
    registered_rooms: Annotated[int, a_number(0, 100_000, "Rooms that one account may have registered.")] = 20
    targets: Annotated[int, a_number(1, 100, "Receivers of one PRIVMSG or NOTICE.")] = 4
    modes: Annotated[int, a_number(1, 100, "Changes with an argument in one MODE.")] = 6
    multiline_bytes: Annotated[
        int, a_number(512, 1 << 20, "Longest message of several lines, in bytes (draft/multiline).")
    ] = 40_000
    multiline_lines: Annotated[
        int, a_number(2, 1000, "Lines that one message may have (draft/multiline).")
    ] = 100
    send_queue: Annotated[
        int,
        a_number(
            16_384,
            1 << 30,
            "Bytes that may wait for a client that reads slowly before it is disconnected. The default holds "
            "a full page of history.",
        ),
    ] = 8 << 20
    connections: Annotated[int, a_number(1, 1_000_000, "Connections at once.")] = 20_000
    connections_per_address: Annotated[
        int, a_number(0, 1_000_000, "Connections at once from one address; 0 for any number.")
    ] = 0


class Flood(Section, frozen=True):
    """Protection against clients that send too fast: a bucket of commands for each connection."""

    enabled: Annotated[bool, a_setting("Whether fast senders are slowed down.")] = True
    burst: Annotated[int, a_number(1, 100_000, "Commands that may come at once.")] = 20
    rate: Annotated[float, a_number(0.01, 100_000, "Commands per second after that.")] = 5.0


class Live(Section, frozen=True):
    """Live text: letters as they are typed, between those who both want it."""

    enabled: Annotated[bool, a_setting("Whether there is live text at all.")] = True
    rooms: Annotated[
        tuple[str, ...],
        a_setting(
            "Rooms that allow it from the start (mode +L); in others their operators do.", check=rooms_problem
        ),
    ] = ()
    burst: Annotated[
        int, a_number(4_000, 1 << 20, "Bytes of it that may come from one connection at once.")
    ] = 20_000
    rate: Annotated[int, a_number(500, 1 << 20, "Bytes of it per second after that.")] = 3_000


class Throttle(Section, frozen=True):
    """Protection against clients that connect too often."""

    enabled: Annotated[bool, a_setting("Whether addresses that connect too often are refused.")] = True
    connections: Annotated[int, a_number(1, 1_000_000, "Connections allowed from one address …")] = 100
    seconds: Annotated[float, a_number(0.1, 86_400, "… within this many seconds.")] = 60.0
    exempt: Annotated[
        tuple[str, ...],
        a_setting(
            "Addresses or networks that are never refused; by default this machine.", check=networks_problem
        ),
    ] = ("127.0.0.0/8", "::1")


class Sts(Section, frozen=True):
    """Strict transport security: clients that have once come over TLS come back over TLS only."""

    enabled: Annotated[
        bool,
        a_setting(
            "Whether it is announced. It needs a listener with a certificate that clients accept for the name they "
            "connect to: those that know STS then refuse to connect without."
        ),
    ] = False
    port: Annotated[
        int, a_number(0, 65535, "Port with TLS that others are sent to; 0 for that of the first certificate.")
    ] = 0
    days: Annotated[
        int, a_number(0, 3650, "Days that clients keep to it after each visit; 0 makes them forget it.")
    ] = 0
    preload: Annotated[bool, a_setting("Whether clients may ship with the policy built in.")] = False


class Time(Section, frozen=True):
    """How long things may take, in seconds."""

    ping_interval: Annotated[
        float, a_number(0.05, 86_400, "Silence after which a client is sent a PING.")
    ] = 90.0
    ping_timeout: Annotated[float, a_number(0.05, 86_400, "Time that it then has to answer.")] = 60.0
    registration: Annotated[
        float,
        a_number(0.05, 86_400, "Time that a new connection has to say its name or finish its first line."),
    ] = 60.0
    idle: Annotated[
        float,
        a_number(0, 31_536_000, "Time without a message after which somebody is disconnected; 0 for never."),
    ] = 0.0


class Accounts(Section, frozen=True):
    """Names that belong to somebody."""

    registration: Annotated[
        Literal["open", "invitation", "closed"],
        a_setting(
            'Who may claim a name: "open" (everybody), "invitation" (with a code from `hubbub user invite`) or '
            '"closed" (nobody; `hubbub user add` makes accounts).'
        ),
    ] = "open"
    guests: Annotated[
        Literal["everywhere", "rooms", "none"],
        a_setting(
            'Where people without an account may talk: "everywhere", in accounts.guest_rooms only, or "none".'
        ),
    ] = "everywhere"
    guest_rooms: Annotated[
        tuple[str, ...], a_setting('Rooms that guests may enter when accounts.guests is "rooms".')
    ] = ()
    plaintext_passwords: Annotated[
        bool,
        a_setting(
            "Whether passwords are taken without TLS from outside this machine and its private networks."
        ),
    ] = False
    tries: Annotated[int, a_number(1, 10_000, "Wrong passwords for one account or from one address …")] = 10
    tries_seconds: Annotated[float, a_number(1, 86_400, "… within this many seconds; then it must wait.")] = (
        300.0
    )
    stay_days: Annotated[
        int,
        a_number(
            0,
            3650,
            "Days that a device stays logged in without being used, where people ask for that; 0: none does.",
        ),
    ] = 90


class History(Section, frozen=True):
    """What was said before."""

    page: Annotated[int, a_number(1, 10_000, "Most messages that one CHATHISTORY request gives.")] = 1000
    retention_days: Annotated[int, a_number(0, 36_500, "Days that messages are kept; 0 for ever.")] = 0
    replay_direct: Annotated[
        int,
        a_number(
            0,
            10_000,
            "Most direct messages that somebody with an account is shown on return, in clients without CHATHISTORY.",
        ),
    ] = 100
    replay_rooms: Annotated[
        int,
        a_number(
            0, 10_000, "Most messages of a room that clients without CHATHISTORY are shown on entering it."
        ),
    ] = 0
    redact_window: Annotated[
        int,
        a_number(
            0,
            3_153_600_000,
            "Seconds in which people may take back what they said; 0 for any time. Operators always may.",
        ),
    ] = 0
    edit_window: Annotated[
        int,
        a_number(
            0, 3_153_600_000, "Seconds in which people may edit what they said; 0 switches editing off."
        ),
    ] = 900


class Web(Section, frozen=True):
    """The browser client's page, and what else is asked by HTTP."""

    url: Annotated[
        str,
        a_text(
            "Address of the page as others reach it, where that isn't the server's own: behind a proxy, or by a name. "
            "Invite links begin with it.",
            r"\A(?:https?://[^\s/?#@\x00-\x1f\x7f]{1,255}/?)?\Z",
            "an address such as https://chat.example.org, or nothing",
        ),
    ] = ""
    origins: Annotated[
        tuple[str, ...],
        a_setting(
            "Origins of pages on other hosts that may connect by WebSocket, such as https://chat.example.org; "
            '"*" for any. The server\'s own page always may, and so may programs that are no browsers.',
            check=origins_problem,
        ),
    ] = ()
    metrics_token: Annotated[
        str,
        a_text(
            "Token with which /metrics may be read from anywhere (Authorization: Bearer …); without one, only from "
            "this machine.",
            r"\A(?:[\x21-\x7e]{16,200})?\Z",
            "16 to 200 letters, digits and signs, or nothing",
            secret=True,
        ),
    ] = ""
    security_contact: Annotated[
        str,
        a_text(
            "Whom to tell about security problems, for /.well-known/security.txt; empty for no such page.",
            r"\A(?:(?:mailto:|https://|tel:)[^\s\x00-\x1f\x7f]{1,300})?\Z",
            "an address such as mailto:security@example.org, or nothing",
        ),
    ] = ""


class Files(Section, frozen=True):
    """Files that people share. Sizes are in MiB (1,048,576 bytes)."""

    enabled: Annotated[
        bool, a_setting("Whether files are taken; those that are there can be fetched in any case.")
    ] = True
    folder: Annotated[
        str, a_text("Folder that they are kept in; empty for files/ in the data folder.", path=True)
    ] = ""
    max_size: Annotated[
        int, a_number(1, 1 << 30, "Largest file. The default lets a film from a phone through.")
    ] = 4096
    quota: Annotated[int, a_number(1, 1 << 30, "What all files of one person may come to.")] = 8192
    total: Annotated[
        int,
        a_number(
            0,
            1 << 30,
            "What all files may come to; 0 for any amount. A part of the disk stays free in any case.",
        ),
    ] = 0
    keep_days: Annotated[
        int,
        a_number(
            0,
            36_500,
            "Days that files are kept; 0 for as long as messages. Those of a room that keeps its messages for a "
            "shorter time go with these.",
        ),
    ] = 0


class Operator(Section, frozen=True):
    """Somebody who may use OPER. The table may be repeated."""

    name: Annotated[str, a_text("Name given to OPER.", ONE_WORD, "one word, without spaces")]
    password: Annotated[
        str,
        a_text(
            "Password given to OPER: an argon2 hash ($argon2id$…) or the password itself.",
            r"\A[^\r\n\0]+\Z",
            "one line of text, not empty",
            secret=True,
        ),
    ]
    host: Annotated[
        str,
        a_text(
            "Mask of the addresses that OPER is accepted from.", ONE_WORD, "a mask such as 192.168.* or *"
        ),
    ] = "*"


class Log(Section, frozen=True):
    """What the server writes to its log."""

    show_messages: Annotated[
        bool, a_setting("Whether the text of messages is shown, not only their rooms.")
    ] = False
