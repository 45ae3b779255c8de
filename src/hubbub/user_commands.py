"""What `hubbub user` does to the accounts of a hub, that of a running server or one opened for the occasion.

A request comes in, lines for the operator come out. Knows neither the terminal nor the socket between them
(hubbub.user_cli, hubbub.control). Passwords are hashed beside the loop and are nowhere written down.
"""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Callable, Iterator

import msgspec
from msgspec.structs import replace

from hubbub.core.account_changes import Change, changing, deleting, making, suspending
from hubbub.core.accounts import Account, accounts
from hubbub.core.command import Proposal
from hubbub.core.credentials import why_unacceptable, with_password
from hubbub.core.hub import Hub
from hubbub.core.invitations import invite
from hubbub.core.login_tokens import tokens_of
from hubbub.core.messageid import to_msgid
from hubbub.core.metadata import PeopleMetadata
from hubbub.core.modes import PREFIXES
from hubbub.core.revisions import read_today
from hubbub.core.said import Said
from hubbub.core.services import resembles_service
from hubbub.irc.names import is_nick
from hubbub.irc.text import printable
from hubbub.irc.times import to_timestamp

PAGE = 500
"""Facts that an export reads at a time."""


class Request(msgspec.Struct, frozen=True, tag="user", tag_field="about"):
    """What the operator wants. Its password must not show up anywhere."""

    action: str
    name: str = ""
    password: str = ""

    def __repr__(self) -> str:
        return f"Request({self.action!r}, {self.name!r})"


class Impossible(Exception):
    """It can't be done; the text is one sentence for the operator."""


Lines = AsyncIterator[str]


def carry_out(hub: Hub, request: Request) -> Lines:
    """Do it, and give the lines to print."""
    action = _ACTIONS.get(request.action)
    if action is None:
        raise Impossible("the running server doesn't know this command; is it another version?")
    return action(hub, request)


async def _add(hub: Hub, request: Request) -> Lines:
    name = request.name
    if not is_nick(name, hub.settings.limits.nick) or resembles_service(name):
        raise Impossible(f"{printable(name)!r} can't be the name of an account")
    held = accounts(hub).named(name)
    if held is not None:
        raise Impossible(f"{held.name} is registered already")
    account = await _with_password(hub, Account(hub.next_id(), name, hub.clock()), request.password)
    await _commit(hub, making(account))
    yield f"{name} has an account now."


async def _passwd(hub: Hub, request: Request) -> Lines:
    account = _known(hub, request.name)
    fresh = await _with_password(hub, account, request.password)
    today = _known(hub, request.name)
    await _commit(hub, changing(hub, today, replace(today, argon2=fresh.argon2, scram=fresh.scram)))
    yield f"{account.name} has a new password."


async def _with_password(hub: Hub, account: Account, password: str) -> Account:
    why = why_unacceptable(account.name, password)
    if why:
        raise Impossible(f"{why[0].lower()}{why[1:]}")
    made: Account = await hub.in_thread(with_password, account, password)
    return made


async def _suspend(hub: Hub, request: Request) -> Lines:
    account = _known(hub, request.name)
    await _commit(hub, suspending(hub, account, suspended=True))
    yield f"{account.name} is suspended: disconnected, and kept from logging in."


async def _unsuspend(hub: Hub, request: Request) -> Lines:
    account = _known(hub, request.name)
    await _commit(hub, suspending(hub, account, suspended=False))
    yield f"{account.name} may log in again."


async def _delete(hub: Hub, request: Request) -> Lines:
    account = _known(hub, request.name)
    await _commit(hub, deleting(hub, account))
    yield f"The account {account.name} is deleted, and its name is free. What it has said stays."


async def _invite(hub: Hub, request: Request) -> Lines:
    code = secrets.token_urlsafe(16)
    invite(hub, code)
    await hub.ledger.flush()
    yield code
    whom = request.name or "Whoever has it"
    yield f"{whom} registers with it once: /msg NickServ REGISTER <password> {code}"
    if hub.settings.accounts.registration != "invitation":
        yield 'It is needed only where accounts.registration is "invitation".'


async def _list(hub: Hub, _request: Request) -> Lines:
    known = sorted(accounts(hub).by_id.values(), key=lambda account: account.name.casefold())
    for account in known:
        yield "  ".join([account.name, f"since {to_timestamp(account.created_ms)}", *_states(hub, account)])


def _states(hub: Hub, account: Account) -> Iterator[str]:
    user = hub.users_by_id.get(account.id)
    if account.suspended:
        yield "suspended"
    if user is not None:
        called = f" as {user.nick}" if user.nick != account.name else ""
        yield f"here{called}, connections: {len(user.sessions)}"


def _known(hub: Hub, name: str) -> Account:
    account = accounts(hub).named(name)
    if account is None:
        raise Impossible(f"there is no account {printable(name)!r}")
    return account


async def _commit(hub: Hub, change: Change) -> None:
    """Wait until it is on the disk and in force."""
    done: list[bool] = []
    proposal = Proposal(change.event, None, None, lambda: done.append(True))
    hub.append(proposal, change.expect, change.puts)
    await hub.ledger.flush()
    if not done:
        raise Impossible("the account was changed at the same moment, or nothing can be stored; try again")


# -- export --------------------------------------------------------------------------------------------------


async def _export(hub: Hub, request: Request) -> Lines:
    """The account, then all that it has said, a JSON object each."""
    account = _known(hub, request.name)
    yield _json({"account": _described(hub, account)})
    for topic in _topics(hub, account):
        async for message in _said_in(hub, topic, account.id):
            yield _json({"message": message})


def _described(hub: Hub, account: Account) -> dict[str, object]:
    """Everything that is kept of it, but what its password is checked with."""
    registry, rooms = accounts(hub), hub.channels_by_id.values()
    return {
        "name": account.name,
        "id": account.id,
        "created": to_timestamp(account.created_ms),
        "suspended": account.suspended,
        "certificates": account.fingerprints,
        "devices": [
            {
                "name": token.device,
                "logged_in": to_timestamp(token.made_ms),
                "last_used": to_timestamp(token.used_ms),
            }
            for token in tokens_of(hub, account.id)
        ],
        "metadata": hub.part(PeopleMetadata).of.get(account.id, {}),
        "talked_with": sorted(set(registry.correspondents.get(account.id, {}).values())),
        "rooms": sorted(
            room.name for room in rooms if room.registration and room.registration.founder == account.id
        ),
    }


def _topics(hub: Hub, account: Account) -> list[str]:
    rooms = [room.log_topic for room in hub.channels_by_id.values()]
    ranked = [f"{room}/{letter}" for room in rooms for letter in PREFIXES]
    return [*rooms, *ranked, *accounts(hub).correspondents.get(account.id, ())]


async def _said_in(hub: Hub, topic: str, account_id: str) -> AsyncIterator[dict[str, str]]:
    after = 0
    while facts := await hub.ledger.history(topic, after=after, limit=PAGE, oldest_first=True):
        after = facts[-1].pos
        for fact, event in await read_today(hub, facts):
            if isinstance(event, Said) and event.user == account_id:
                yield {
                    "time": to_timestamp(fact.time_ms),
                    "msgid": to_msgid(fact.pos),
                    "to": event.target,
                    "kind": event.verb,
                    "text": event.whole_text,
                }


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


_ACTIONS: dict[str, Callable[[Hub, Request], Lines]] = {
    "add": _add,
    "list": _list,
    "passwd": _passwd,
    "suspend": _suspend,
    "unsuspend": _unsuspend,
    "delete": _delete,
    "export": _export,
    "invite": _invite,
}
