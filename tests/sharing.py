"""People on a server without sockets who show each other what they type, and what comes of it to a client."""

from __future__ import annotations

from hubworld import Client, World

LIVE = "message-tags hubbub.chat/live"


def live(value: str, target: str = "#tea") -> str:
    return f"@+hubbub.chat/live={value} TAGMSG {target}"


def seen(client: Client) -> list[str]:
    """The values of live text that have come."""
    return [
        line.partition("+hubbub.chat/live=")[2].partition(" ")[0]
        for line in client.received()
        if "/live=" in line
    ]


def typings(client: Client) -> list[str]:
    """The values of +typing that have come."""
    return [
        line.partition("+typing=")[2].partition(" ")[0] for line in client.received() if "+typing=" in line
    ]


def sharing(world: World, *nicks: str, rooms: str = "#tea") -> list[Client]:
    clients = []
    for nick in nicks:
        clients.append(world.client(nick, caps=LIVE, rooms=rooms))
        world.clock.advance(1)
        clients[-1].send("LIVE ON")
    for client in clients:
        client.received()
    return clients
