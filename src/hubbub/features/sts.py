"""sts: clients that know it come back over TLS only.  https://ircv3.net/specs/extensions/sts

Announced only if the settings say so, which they may only with a listener that has a certificate of its own. It is
told, never negotiated: "Clients MUST NOT request this capability".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hubbub.core.capability import capability

if TYPE_CHECKING:
    from hubbub.config import Settings
    from hubbub.core.session import Session

DAY = 86_400


def _policy(session: Session) -> str | None:
    """The upgrade policy for who came without TLS, the persistence policy for who came with it."""
    settings = session.hub.settings
    port = _port(settings)
    if not settings.sts.enabled or not port:
        return None
    if not session.secure:
        return f"port={port}"
    return f"duration={settings.sts.days * DAY}{',preload' if settings.sts.preload else ''}"


def _port(settings: Settings) -> int:
    """Where TLS is spoken with a certificate of one's own; 0 if nowhere that is known beforehand."""
    secure = (
        listen.port for listen in settings.listen if listen.certificate and listen.kind in ("auto", "tls")
    )
    return settings.sts.port or next(secure, 0)


STS = capability("sts", shapes=False, advertises=_policy)
