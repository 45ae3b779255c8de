"""Modes of rooms in force: the event that changes them, and what of them outlives a restart.

Knows no command: MODE proposes what people want, a registered room gives ranks to whom they belong.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from hubbub.core.event import Event
from hubbub.core.hub import restores
from hubbub.core.ledger import Put
from hubbub.core.model import Channel, ListEntry
from hubbub.core.modes import CHANNEL_MODES, ordered
from hubbub.core.rooms import door_put
from hubbub.core.usermodes import ModeChange
from hubbub.irc.modes import Change, format_changes

if TYPE_CHECKING:
    from hubbub.core.capability import Profile
    from hubbub.core.delivery import Audience
    from hubbub.core.hub import Hub
    from hubbub.core.ledger import Fact
    from hubbub.core.model import User

EXPLAINED: dict[str, Callable[[str, ModeChange], str]] = {}
"""Letter → gives for (room, change) a further line that members are told when it changes."""


def is_list(letter: str) -> bool:
    return CHANNEL_MODES.get(letter) == "lists"


class ModesChanged(Event, frozen=True):
    """Settings of a room, its lists, or ranks of its members are different now."""

    keep = True
    user: str
    source: str
    room: str
    name: str
    changes: list[ModeChange]
    at_ms: int
    account: str = ""

    def topic(self) -> str:
        return f"room/{self.room}"

    def puts(self) -> tuple[Put, ...]:
        """What of it outlives a restart: all but ranks, which a registered room keeps by account."""
        lasting = tuple(self._put(change) for change in self.changes if not change.user)
        return (*lasting, door_put(self.room)) if lasting else ()

    def _put(self, change: ModeChange) -> Put:
        if is_list(change.letter):
            entry = ListEntry(change.argument or "", self.source, self.at_ms)
            key = f"list/{self.room}/{change.letter}/{change.argument}"
            return Put(key, msgspec.json.encode(entry) if change.adding else None)
        return Put(
            f"mode/{self.room}/{change.letter}", (change.argument or "").encode() if change.adding else None
        )

    def apply(self, hub: Hub) -> Audience:
        channel = hub.channels_by_id.get(self.room)
        if channel is None:
            return {}
        for change in self.changes:
            self._apply_one(hub, channel, change)
        return channel.audience

    def _apply_one(self, hub: Hub, channel: Channel, change: ModeChange) -> None:
        argument = change.argument or ""
        if change.user:
            _set_rank(channel, hub.users_by_id.get(change.user), change)
        elif is_list(change.letter):
            channel.verdicts.clear()
            if change.adding:
                channel.lists[change.letter][argument] = ListEntry(argument, self.source, self.at_ms)
            else:
                channel.lists[change.letter].pop(argument, None)
        elif change.adding:
            channel.modes[change.letter] = argument
        else:
            channel.modes.pop(change.letter, None)

    def render(self, to: Profile, fact: Fact) -> str | list[str]:
        changes = format_changes(
            Change(change.adding, change.letter, change.argument) for change in self.changes
        )
        line = f"{to.tag_prefix(self, fact)}:{self.source} MODE {self.name} {' '.join(changes)}"
        further = [
            f":{fact.origin} {EXPLAINED[change.letter](self.name, change)}"
            for change in self.changes
            if change.letter in EXPLAINED
        ]
        return [line, *further] if further else line


def grant_operator(hub: Hub, channel: Channel, user: User) -> None:
    """Propose that the server itself makes a member operator of a room."""
    change = ModeChange(True, "o", user.nick, user.id)
    hub.propose(
        ModesChanged(
            user="",
            source=hub.name,
            room=channel.id,
            name=channel.name,
            changes=[change],
            at_ms=hub.clock(),
        )
    )


def _set_rank(channel: Channel, user: User | None, change: ModeChange) -> None:
    if user is None or user not in channel.members:
        return
    held = set(channel.members[user])
    channel.members[user] = ordered(held | {change.letter} if change.adding else held - {change.letter})


@restores("mode")
def _restore_mode(hub: Hub, rest: str, value: bytes) -> None:
    room, _, letter = rest.partition("/")
    hub.settings_of(room).modes[letter] = value.decode()


@restores("list")
def _restore_entry(hub: Hub, rest: str, value: bytes) -> None:
    room, letter, _mask = rest.split("/", 2)
    entry = msgspec.json.decode(value, type=ListEntry)
    hub.settings_of(room).lists[letter][entry.mask] = entry
