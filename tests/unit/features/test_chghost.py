"""CHGHOST.  https://ircv3.net/specs/extensions/chghost"""

from __future__ import annotations

from hubbub.features.chghost import HostChanged
from hubworld import Client, World


def change(client: Client, ident: str, host: str) -> None:
    user = client.session.user
    assert user is not None
    client.session.hub.propose(HostChanged(user=user.id, source=user.source, ident=ident, host=host))


def test_others_around_and_oneself_are_told_if_they_know_it(world: World) -> None:
    tim = world.client("tim", caps="chghost", rooms="#tea")
    ann = world.client("ann", caps="chghost", rooms="#tea")
    old = world.client("old", rooms="#tea")
    far = world.client("far", caps="chghost")
    for client in (tim, ann):
        client.received()

    change(tim, "~b", "ckyard")

    told = [":tim!~tim@127.0.0.1 CHGHOST ~b ckyard"]
    assert tim.received() == ann.received() == told
    assert old.received() == far.received() == []
    tim.send("PRIVMSG #tea :hi")
    assert old.received() == [":tim!~b@ckyard PRIVMSG #tea :hi"]


def test_nothing_happens_for_somebody_who_has_left(world: World) -> None:
    tim = world.client("tim")
    user = tim.session.user
    assert user is not None
    ann = world.client("ann", caps="chghost")
    tim.leave()
    world.hub.propose(HostChanged(user=user.id, source=user.source, ident="~b", host="ckyard"))
    assert ann.received() == []
