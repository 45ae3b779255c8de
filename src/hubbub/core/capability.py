"""Capabilities and tokens: what this server can do, as declared by the features.

Owns the registries of capabilities, message tags and ISUPPORT tokens, and the profiles that group clients which
are sent the same bytes. A feature declares; CAP LS, 005 and rendering read.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hubbub.config import Settings
    from hubbub.core.event import Event
    from hubbub.core.ledger import Fact
    from hubbub.core.session import Session


@dataclass(frozen=True, slots=True)
class Capability:
    """One IRCv3 capability. `bit` is its place in a session's set of capabilities, an int."""

    name: str
    bit: int
    value: Callable[[Settings], str]
    shapes: bool
    advertises: Callable[[Session], str | None] | None = None
    """For one that is only announced and can't be requested: its value for a client, None if it isn't for them."""
    excludes: str = ""
    """Another capability that can't be in force at the same time."""
    offers: Callable[[Session], str] | None = None
    """For one whose value depends on the client."""
    exists: Callable[[Settings], bool] = lambda _settings: True
    """Whether the settings leave it switched on."""

    def listed(self, session: Session) -> str | None:
        """How CAP LS shows it, if at all; only version 302 clients are shown values (capability-negotiation)."""
        if not self.exists(session.hub.settings):
            return None
        if self.offers is not None:
            value = self.offers(session)
        elif self.advertises is None:
            value = self.value(session.hub.settings)
        else:
            announced = self.advertises(session) if session.version >= 302 else None
            if announced is None:
                return None
            value = announced
        return f"{self.name}={value}" if value and session.version >= 302 else self.name


CAPABILITIES: dict[str, Capability] = {}


RENEGOTIATED: list[Callable[[Session, int], None]] = []
"""Called with (session, capabilities before) when a client has changed its capabilities."""


def capability(
    name: str,
    value: Callable[[Settings], str] | str = "",
    *,
    shapes: bool = True,
    advertises: Callable[[Session], str | None] | None = None,
    excludes: str = "",
    offers: Callable[[Session], str] | None = None,
    exists: Callable[[Settings], bool] = lambda _settings: True,
) -> Capability:
    """Declare a capability. `shapes` False: no line is ever written differently because of it."""
    offer = value if callable(value) else lambda _settings: value
    declared = Capability(name, 1 << len(CAPABILITIES), offer, shapes, advertises, excludes, offers, exists)
    CAPABILITIES[name] = declared
    return declared


TagWriter = Callable[["Event", "Fact"], str]
"""Gives the text of a tag (`key=value`, escaped) for an event, or "" for none."""

TAGS: list[tuple[int, TagWriter]] = []


def tags(needs: Capability) -> Callable[[TagWriter], TagWriter]:
    """Declare a tag that the server adds to the events sent to clients with a capability."""

    def declare(writer: TagWriter) -> TagWriter:
        TAGS.append((needs.bit, writer))
        return writer

    return declare


Token = Callable[["Settings"], "str | int | bool"]

ISUPPORT: dict[str, Token] = {}


ISUPPORT_FOR: dict[str, Callable[[Session], str | bool]] = {}
"""Tokens whose value depends on the client."""


def isupport(
    name: str, value: Token | str | int = "", *, offers: Callable[[Session], str | bool] | None = None
) -> None:
    """Declare an RPL_ISUPPORT token; a value of False leaves it out, True or "" sends the name alone.

    `offers`: for one whose value depends on the client.
    """
    ISUPPORT[name] = value if callable(value) else lambda _settings: value
    if offers is not None:
        ISUPPORT_FOR[name] = offers


def isupport_tokens(settings: Settings, session: Session | None = None) -> list[str]:
    """All tokens in the form of 005, sorted so that the list never depends on import order."""
    found = []
    for name in sorted(ISUPPORT):
        offers = ISUPPORT_FOR.get(name) if session is not None else None
        value = offers(session) if offers is not None and session is not None else ISUPPORT[name](settings)
        if value is False:
            continue
        found.append(name if value is True or value == "" else f"{name}={value}")
    return found


Frame = Callable[[str], bytes]


def frame_line(line: str) -> bytes:
    """The framing of TCP: a line ends with CR LF."""
    return line.encode() + b"\r\n"


class Profile:
    """Clients that are sent the same bytes: the capabilities that shape lines, and the transport's framing."""

    __slots__ = ("caps", "frame", "tag_writers")

    def __init__(self, caps: int, frame: Frame) -> None:
        self.caps = caps
        self.frame = frame
        self.tag_writers = tuple(writer for bit, writer in TAGS if bit & caps)

    def __contains__(self, capability: Capability) -> bool:
        return bool(self.caps & capability.bit)

    def tag_prefix(self, event: Event, fact: Fact, *extra: str) -> str:
        """The `@… ` in front of a line, or "" when there is nothing to say."""
        written = [text for writer in self.tag_writers if (text := writer(event, fact))]
        written += [text for text in extra if text]
        return "@" + ";".join(written) + " " if written else ""


_profiles: dict[tuple[int, Frame], Profile] = {}


def profile_for(caps: int, frame: Frame) -> Profile:
    """The one Profile object for a set of capabilities and a framing."""
    shaping = caps & sum(cap.bit for cap in CAPABILITIES.values() if cap.shapes)
    found = _profiles.get((shaping, frame))
    if found is None:
        found = _profiles[shaping, frame] = Profile(shaping, frame)
    return found


MESSAGE_TAGS = capability("message-tags")
"""Declared here because client tags are part of how any event may be rendered."""
