"""Accounts: names that belong to somebody, and what proves it.

Owns the record, the registry of this node, and the events that change it. How somebody logs in is core.login;
which commands lead there are features. Secrets are kept as argon2id and SCRAM verifiers only, in the ledger's state
and never in the log: the events here are not history.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import msgspec

from hubbub.core.delivery import NOBODY, Audience
from hubbub.core.event import Event
from hubbub.core.hub import RESTORED, restores
from hubbub.core.invitations import Invitations
from hubbub.core.ledger import Put
from hubbub.irc.names import skeleton

if TYPE_CHECKING:
    from hubbub.core.capability import Profile
    from hubbub.core.hub import Hub
    from hubbub.core.ledger import Fact


class Verifier(msgspec.Struct, frozen=True):
    """What SCRAM-SHA-256 keeps instead of a password (RFC 5802, section 3)."""

    salt: bytes
    stored_key: bytes
    server_key: bytes
    iterations: int


class Account(msgspec.Struct, frozen=True):
    """Somebody's name for good. `id` is the principal id that messages and room roles refer to."""

    id: str
    name: str
    created_ms: int
    argon2: str = ""
    scram: Verifier | None = None
    fingerprints: tuple[str, ...] = ()
    """SHA-256 of TLS client certificates, lower-case hex, that log in by EXTERNAL."""
    suspended: bool = False


class Accounts:
    """All accounts, by what their names look like and by id."""

    def __init__(self) -> None:
        self.by_name: dict[str, Account] = {}
        self.by_id: dict[str, Account] = {}
        self.by_fingerprint: dict[str, Account] = {}
        self.correspondents: dict[str, dict[str, str]] = {}
        """By account id: topics of direct conversations → the other's nick when last heard."""
        self.restored: dict[str, list[str]] = {}
        """While the state is restored: by account id, the keys that are kept for it."""

    def named(self, name: str) -> Account | None:
        """The account of a name, or of one that looks like it."""
        return self.by_name.get(skeleton(name))

    def keep(self, account: Account) -> None:
        self.forget(account.id)
        self.by_name[skeleton(account.name)] = account
        self.by_id[account.id] = account
        for fingerprint in account.fingerprints:
            self.by_fingerprint[fingerprint] = account

    def forget(self, account_id: str) -> None:
        known = self.by_id.pop(account_id, None)
        if known is None:
            return
        self.by_name.pop(skeleton(known.name), None)
        for fingerprint in known.fingerprints:
            self.by_fingerprint.pop(fingerprint, None)


def accounts(hub: Hub) -> Accounts:
    """This node's registry."""
    return hub.part(Accounts)


def account_key(name: str) -> str:
    return f"account/{skeleton(name)}"


def account_put(account: Account) -> Put:
    """The change of state that keeps an account as it is now."""
    return Put(account_key(account.name), msgspec.json.encode(account))


def belongs_to_another(hub: Hub, name: str, account_id: str) -> bool:
    """Whether a name is held by an account other than this one ("" for a guest)."""
    held = accounts(hub).named(name)
    return held is not None and held.id != account_id


BELONGINGS: list[Callable[[Hub, str], Iterable[str]]] = []
"""Each gives the keys of the state that a feature keeps for an account (by id)."""
CHANGES: list[Callable[[Hub, Account], None]] = []
"""Called with (hub, account) when an account was made or has changed."""
FORGETTING: list[Callable[[Hub, str], None]] = []
"""Called with (hub, account id) when an account is gone."""
RELYING: list[Callable[[Hub, str], Iterable[str]]] = []
"""Each gives the keys that a feature keeps for an account for as long as its password stays what it is."""
PASSWORD_CHANGES: list[Callable[[Hub, str], None]] = []
"""Called with (hub, account id) when an account has another password, or is suspended: those keys are gone."""


def belongings_puts(hub: Hub, account_id: str) -> tuple[Put, ...]:
    """What goes with an account that is deleted."""
    return tuple(Put(key, None) for keys in BELONGINGS for key in keys(hub, account_id))


def is_proof_void(before: Account, after: Account) -> bool:
    """Whether what has relied on the password of an account is no longer good."""
    return after.suspended or after.argon2 != before.argon2


def relying_puts(hub: Hub, before: Account, after: Account) -> tuple[Put, ...]:
    """What goes with a password."""
    if not is_proof_void(before, after):
        return ()
    return tuple(Put(key, None) for keys in RELYING for key in keys(hub, after.id))


class AccountChanged(Event, frozen=True):
    """An account was made, or its secrets or standing changed."""

    account: Account
    invitation: str = ""
    """Digest of the code that the registration used up."""

    def apply(self, hub: Hub) -> Audience:
        before = accounts(hub).by_id.get(self.account.id)
        accounts(hub).keep(self.account)
        hub.part(Invitations).open.discard(self.invitation)
        for changed in CHANGES:
            changed(hub, self.account)
        for forget in PASSWORD_CHANGES if before and is_proof_void(before, self.account) else ():
            forget(hub, self.account.id)
        return NOBODY

    def render(self, to: Profile, fact: Fact) -> None:
        return None


class AccountDeleted(Event, frozen=True):
    """An account is gone; its name is free again."""

    id: str

    def apply(self, hub: Hub) -> Audience:
        accounts(hub).forget(self.id)
        accounts(hub).correspondents.pop(self.id, None)
        for forget in FORGETTING:
            forget(hub, self.id)
        return NOBODY

    def render(self, to: Profile, fact: Fact) -> None:
        return None


@restores("account")
def _restore_account(hub: Hub, _skeleton: str, value: bytes) -> None:
    accounts(hub).keep(msgspec.json.decode(value, type=Account))


def talk_put(account_id: str, topic: str, nick: str | None) -> Put:
    """Remember (or with None forget) beyond a restart that an account has a direct conversation."""
    return Put(f"talk/{account_id}/{topic}", None if nick is None else nick.encode())


Restorer = Callable[["Hub", str, bytes], None]


def restores_of_account(kind: str) -> Callable[[Restorer], Restorer]:
    """As core.hub.restores, for keys `kind/<account id>/…`."""

    def declare(restorer: Restorer) -> Restorer:
        def restore(hub: Hub, rest: str, value: bytes) -> None:
            accounts(hub).restored.setdefault(rest.partition("/")[0], []).append(f"{kind}/{rest}")
            restorer(hub, rest, value)

        restores(kind)(restore)
        return restorer

    return declare


@RESTORED.append
def _drop_what_is_nobodys(hub: Hub) -> None:
    """What was stored at the moment when its account was deleted goes now."""
    known = accounts(hub)
    restored, known.restored = known.restored, {}
    for account_id, keys in restored.items():
        if account_id not in known.by_id:
            hub.propose(AccountDeleted(id=account_id), puts=tuple(Put(key, None) for key in keys))


@restores_of_account("talk")
def _restore_talk(hub: Hub, rest: str, value: bytes) -> None:
    account_id, _, topic = rest.partition("/")
    accounts(hub).correspondents.setdefault(account_id, {})[topic] = value.decode()
