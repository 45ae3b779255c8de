"""What the page of an invite link asks for: where the link leads, and its QR code.

Only whoever has a good token learns anything, be the room hidden or not; all others have one and the same answer.
Tokens can't be guessed, so the limit on wrong ones is for the server's peace. Called by app.py, whose route for
`/i/<token>` itself comes after these.
"""

from __future__ import annotations

import re
from collections import deque
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from hubbub.core.attempts import network_of
from hubbub.core.invite_links import find_link, name_of, room_of
from hubbub.irc.names import fold
from hubbub.irc.times import to_timestamp
from hubbub.net.web.headers import asked_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

    from hubbub.core.hub import Hub
    from hubbub.core.invite_links import InviteLink
    from hubbub.net.network import Network

HOST = re.compile(r"(?=.{1,255}\Z)(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")
STRIKES = 30
"""Wrong tokens, and QR codes drawn anew, that one address may ask for …"""
SECONDS = 60.0
"""… within this time."""
REMEMBERED = 10_000
"""Addresses whose strikes are counted."""


def invite_routes(network: Network) -> list[Route]:
    """To be put before that of the page."""
    invites = Invites(network)
    return [Route("/i/{token}/info", invites.info), Route("/i/{token}.svg", invites.qr)]


class Invites:
    """The answers."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._strikes = Strikes(network.loop.time)

    async def info(self, request: Request) -> Response:
        hub = self._network.hub
        link = self._link(request)
        if link is None:
            return JSONResponse({"valid": False, "network": hub.settings.server.network}, 404)
        return JSONResponse(told(hub, link))

    async def qr(self, request: Request) -> Response:
        if self._link(request) is None:
            raise HTTPException(404)
        asked = asked_of(request.scope)
        if not HOST.fullmatch(asked.host):
            raise HTTPException(400, "The host is no host's name.\n")
        scheme = "https" if asked.origin.secure else "http"
        page = self._network.settings.web.url.rstrip("/") or f"{scheme}://{asked.host}"
        drawn_before = drawing.cache_info().misses
        svg = drawing(f"{page}/i/{request.path_params['token']}")
        if drawing.cache_info().misses > drawn_before:
            self._strikes.add(asked.origin.ip)
        return Response(svg, media_type="image/svg+xml")

    def _link(self, request: Request) -> InviteLink | None:
        """The link, if it is good for somebody who comes by it now; 429 for who has asked in vain too often."""
        ip = asked_of(request.scope).origin.ip
        if self._strikes.are_too_many(ip):
            raise HTTPException(
                429, "That was asked too often; wait a minute.\n", {"Retry-After": str(int(SECONDS))}
            )
        found = find_link(self._network.hub, request.path_params["token"])
        if found is None:
            self._strikes.add(ip)
            return None
        return found[1]


def told(hub: Hub, link: InviteLink) -> dict[str, object]:
    """What the page shows before anybody has connected, and what it has to ask for."""
    channel, settings = room_of(hub, link), hub.settings
    name = name_of(hub, link)
    rules = settings.accounts
    kept_out = rules.guests == "none" or (
        rules.guests == "rooms" and fold(name) not in map(fold, rules.guest_rooms)
    )
    return {
        "valid": True,
        "network": settings.server.network,
        "room": name,
        "topic": channel.topic.text if channel and channel.topic else None,
        "members": len(channel.members) if channel else 0,
        "expires": to_timestamp(link.expires_ms) if link.expires_ms else None,
        # Whether the token, sent with PASS, stands in for the connection password; and what it doesn't replace.
        "admits": link.admits,
        "password": bool(settings.server.password) and not link.admits,
        "account": kept_out or (channel is not None and "R" in channel.modes),
    }


@lru_cache(maxsize=64)
def drawing(url: str) -> bytes:
    """A QR code as an image that fills its frame; drawing one takes some milliseconds."""
    import segno

    svg = BytesIO()
    segno.make(url, micro=False).save(
        svg, kind="svg", border=4, dark="#000", light="#fff", omitsize=True, xmldecl=False, title="QR code"
    )
    return svg.getvalue()


class Strikes:
    """What each address, or network of IPv6, has asked for in vain of late."""

    def __init__(self, time: Callable[[], float]) -> None:
        self._time = time
        self._times: dict[str, deque[float]] = {}

    def add(self, ip: str) -> None:
        network = network_of(ip)
        self._times.setdefault(network, deque(maxlen=STRIKES)).append(self._time())
        if len(self._times) > REMEMBERED:
            del self._times[next(iter(self._times))]

    def are_too_many(self, ip: str) -> bool:
        network = network_of(ip)
        times = self._times.get(network)
        while times and times[0] <= self._time() - SECONDS:
            times.popleft()
        if not times:
            self._times.pop(network, None)
            return False
        return len(times) >= STRIKES
