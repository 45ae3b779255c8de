"""Under which address browsers reach this server, for links that it writes."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from hubbub.core.hub import Hub


def web_address(hub: Hub, *, secure: bool) -> str:
    """Such as https://chat.example.org, without a slash at its end. `secure`: it must be https.

    The setting web.url comes first, else what the server has found out about itself.
    """
    known = [url.rstrip("/") for url in hub.page_urls()] or [_of_first_listener(hub)]
    if not secure:
        return known[0]
    return next((url for url in known if url.startswith("https://")), None) or _over_tls(known[0])


def _over_tls(url: str) -> str:
    """The same door by TLS: it speaks both at one port."""
    parts = urlsplit(url)
    netloc = parts.netloc if parts.port else f"{parts.netloc}:80"
    return f"https://{netloc}{parts.path}"


def _of_first_listener(hub: Hub) -> str:
    """What is written in the settings, while there is no server around the hub."""
    listen = hub.settings.listen[0]
    return hub.settings.web.url.rstrip("/") or f"http://{listen.host}:{listen.port}"
