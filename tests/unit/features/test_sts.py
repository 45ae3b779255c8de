"""sts: who is told what policy.  https://ircv3.net/specs/extensions/sts"""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from hubbub.config import ConfigError, Listen, Sts, load
from hubworld import Client, World

REAL = Listen(port=6697, kind="tls", certificate="c.pem", key="k.pem")
SELF_SIGNED = Listen(port=1313)


def world_with(*listen: Listen, sts: Sts) -> World:
    world = World()
    world.hub.settings = replace(world.settings, listen=listen, sts=sts)
    return world


def shown(client: Client, version: str = "302") -> list[str]:
    words = " ".join(client.asks(f"CAP LS {version}")).split()
    return [word.removeprefix(":") for word in words if word.removeprefix(":").startswith("sts")]


def test_the_upgrade_policy_is_for_who_came_without_tls() -> None:
    """ "To enforce an STS upgrade policy, servers MUST send this key to insecurely connected clients." """
    world = world_with(SELF_SIGNED, REAL, sts=Sts(enabled=True, days=30))
    assert shown(world.connection()) == ["sts=port=6697"]


def test_the_persistence_policy_is_for_who_came_with_it() -> None:
    world = world_with(REAL, sts=Sts(enabled=True, days=30))
    assert shown(world.connection(secure=True)) == ["sts=duration=2592000"]
    preloaded = world_with(REAL, sts=Sts(enabled=True, days=30, preload=True))
    assert shown(preloaded.connection(secure=True)) == ["sts=duration=2592000,preload"]


def test_a_duration_of_nothing_takes_it_back() -> None:
    world = world_with(REAL, sts=Sts(enabled=True))
    assert shown(world.connection(secure=True)) == ["sts=duration=0"]


def test_the_port_can_be_named() -> None:
    world = world_with(REAL, sts=Sts(enabled=True, port=443))
    assert shown(world.connection()) == ["sts=port=443"]


@pytest.mark.parametrize(
    ("listen", "sts"),
    [(REAL, Sts()), (SELF_SIGNED, Sts(enabled=True)), (replace(REAL, port=0), Sts(enabled=True))],
)
def test_otherwise_there_is_none(listen: Listen, sts: Sts) -> None:
    world = world_with(listen, sts=sts)
    assert shown(world.connection()) == shown(world.connection(secure=True)) == []


def test_a_client_that_is_shown_no_values_is_shown_none_of_it() -> None:
    """ "the capability has a REQUIRED value" """
    assert shown(world_with(REAL, sts=Sts(enabled=True)).connection(), "") == []


def test_it_is_never_negotiated() -> None:
    """ "Clients MUST NOT request this capability"; "Servers MAY reply with a CAP NAK message" """
    client = world_with(REAL, sts=Sts(enabled=True)).connection()
    assert client.asks("CAP REQ sts") == [":test.example CAP * NAK :sts"]


def test_the_settings_want_a_certificate() -> None:
    with pytest.raises(ConfigError, match="enabled: needs a listener with a certificate"):
        load(None, {}, {"sts.enabled": True})
