"""Metadata: the keys and values that people and rooms have, and the event that changes them.

Owns where they are kept: a room's with the room, an account's for good, a guest's until they leave. Knows no command
and no client; who may do what, and how it is told, is features.metadata.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hubbub.core.accounts import BELONGINGS, FORGETTING, accounts, restores_of_account
from hubbub.core.hub import DEPARTURES, restores
from hubbub.core.ledger import Put
from hubbub.core.rooms import door_put

if TYPE_CHECKING:
    from hubbub.core.hub import Hub
    from hubbub.core.model import User

LONGEST_KEY = 64
_KEY = re.compile(r"[a-z0-9_./-]{1,64}")

Values = dict[str, str]
Changes = dict[str, str | None]
"""Key → its new value, or None for a key that is removed."""


class PeopleMetadata:
    """Keys and values of people, by user id; those of accounts are here also while they are not."""

    def __init__(self) -> None:
        self.of: dict[str, Values] = {}


def is_key(text: str) -> bool:
    """metadata, "Keys and Values"."""
    return _KEY.fullmatch(text) is not None


def values_of(hub: Hub, user: User) -> Values:
    """What somebody has set; not to be changed."""
    return hub.part(PeopleMetadata).of.get(user.id, {})


def change(values: Values, changes: Changes) -> None:
    for key, value in changes.items():
        if value is None:
            values.pop(key, None)
        else:
            values[key] = value


def change_person(hub: Hub, user_id: str, changes: Changes) -> None:
    people = hub.part(PeopleMetadata).of
    values = people.setdefault(user_id, {})
    change(values, changes)
    if not values:
        del people[user_id]


def take_from_guest(hub: Hub, guest: str, user: User) -> Values:
    """All that somebody has who is `user` from now on and was a guest; what the account had comes first."""
    people = hub.part(PeopleMetadata).of
    known = people.get(user.id, {})
    if guest == user.id or guest in accounts(hub).by_id:
        return dict(known)
    return known | {key: value for key, value in people.pop(guest, {}).items() if key not in known}


def room_puts(room: str, changes: Changes) -> tuple[Put, ...]:
    return (*_puts(f"room-metadata/{room}", changes), door_put(room))


def account_puts(account: str, changes: Changes) -> tuple[Put, ...]:
    return _puts(f"user-metadata/{account}", changes)


def _puts(prefix: str, changes: Changes) -> tuple[Put, ...]:
    return tuple(
        Put(f"{prefix}/{key}", None if value is None else value.encode()) for key, value in changes.items()
    )


@restores("room-metadata")
def _restore_room(hub: Hub, rest: str, value: bytes) -> None:
    room, _, key = rest.partition("/")
    hub.settings_of(room).metadata[key] = value.decode()


@restores_of_account("user-metadata")
def _restore_person(hub: Hub, rest: str, value: bytes) -> None:
    user_id, _, key = rest.partition("/")
    change_person(hub, user_id, {key: value.decode()})


@BELONGINGS.append
def _keys_of_account(hub: Hub, account: str) -> list[str]:
    return [
        put.key for put in account_puts(account, dict.fromkeys(hub.part(PeopleMetadata).of.get(account, {})))
    ]


@FORGETTING.append
def _forget_account(hub: Hub, account: str) -> None:
    hub.part(PeopleMetadata).of.pop(account, None)


@DEPARTURES.append
def _forget_guest(hub: Hub, user: User, _nick: str) -> None:
    if user.id not in hub.users_by_id and not user.account:
        hub.part(PeopleMetadata).of.pop(user.id, None)
