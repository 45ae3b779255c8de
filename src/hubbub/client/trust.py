"""Which certificate each server showed when we first met it: trust on first use.

Owns what counts as known. Kept in the settings file, so that a server is met once, not once a run. Knows no TLS.
Called by connection, which compares, and by the clients when somebody says that a new certificate is right.
"""

from __future__ import annotations

import re

from hubbub.client.settings import Settings, SettingsError

VERIFIED = "verified"
"""In place of a fingerprint: this computer's authorities vouch for the server. From then on nothing less will do."""

_FINGERPRINT = re.compile(r"[0-9A-F]{2}(?::[0-9A-F]{2}){31}")


class Trust:
    """`problem`: why what was learned could not be written; it holds until the client ends."""

    def __init__(self, settings: Settings) -> None:
        self.problem = ""
        self._settings = settings

    def known(self, host: str, port: int) -> str:
        """A fingerprint, VERIFIED, or "" for a server that has not shown a certificate yet."""
        known = (server.fingerprint for server in self._settings.at(host, port))
        written = next(filter(None, known), "")
        return written if written == VERIFIED else written.upper()

    def remember(self, host: str, port: int, fingerprint: str) -> None:
        if fingerprint != VERIFIED and not _FINGERPRINT.fullmatch(fingerprint):
            raise ValueError(f"{fingerprint!r} is not a SHA-256 fingerprint")
        self._settings.server(host, port)
        self._put(host, port, fingerprint)

    def forget(self, host: str, port: int) -> None:
        """Whatever certificate it shows next is remembered."""
        self._put(host, port, "")

    def _put(self, host: str, port: int, fingerprint: str) -> None:
        for server in self._settings.at(host, port):
            server.fingerprint = fingerprint
        try:
            self._settings.save()
        except SettingsError as error:
            self.problem = str(error)
