"""What the server at the other end can do: its capabilities and the tokens it announced."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from hubbub.irc.wire import MAX_LINE

WANTED = frozenset(
    {
        "batch",
        "chghost",
        "draft/chathistory",
        "message-tags",
        "server-time",
        "soju.im/search",
        "standard-replies",
    }
)
"""No echo-message: own lines are not echoed. No away-notify: who is away shows when it matters."""

_SEARCH_NEEDS = {"batch", "soju.im/search", "server-time", "message-tags"}
_HISTORY_NEEDS = {"batch", "draft/chathistory", "server-time", "message-tags"}


@dataclass(slots=True)
class Server:
    offered: set[str] = field(default_factory=set)
    caps: set[str] = field(default_factory=set)
    is_hubbub: bool = False
    whox: bool = False
    line: int = MAX_LINE
    nick: int = 32
    page: int = 200
    by_msgid: bool = True

    @property
    def keeps_history(self) -> bool:
        return self.caps >= _HISTORY_NEEDS

    @property
    def searches(self) -> bool:
        return self.caps >= _SEARCH_NEEDS

    def offer(self, names: str) -> None:
        """A line of CAP LS; only what is wanted is remembered."""
        self.offered.update(WANTED.intersection(name.partition("=")[0] for name in names.split()))

    def announce(self, tokens: Iterable[str]) -> None:
        """A line of ISUPPORT."""
        found = dict(token.partition("=")[::2] for token in tokens)
        self.whox = self.whox or "WHOX" in found
        self.line = _number(found, "LINELEN", self.line, MAX_LINE, 16_384)
        self.nick = _number(found, "NICKLEN", self.nick, 1, 64)
        self.page = _number(found, "CHATHISTORY", self.page, 1, 200)
        if "MSGREFTYPES" in found:
            self.by_msgid = "msgid" in found["MSGREFTYPES"].split(",")


def _number(found: Mapping[str, str], token: str, default: int, least: int, most: int) -> int:
    value = found.get(token, "")
    if not (value.isascii() and value.isdigit() and len(value) < 7):
        return default
    return min(max(int(value), least), most) if int(value) else most
