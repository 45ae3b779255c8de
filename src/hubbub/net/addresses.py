"""The network addresses of this machine, and which addresses count as local.

Knows nothing of connections; called for the banner, for certificates and wherever an address is shown.
"""

from __future__ import annotations

import socket
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

# Connecting a UDP socket sends nothing: it only asks the kernel which of our addresses it would use. The
# first of each kind is kept for documentation (RFC 5737, RFC 3849) and so leads to the default route; the
# others lead into the private networks (RFC 1918) that the machine may have beside it.
PROBES = ("192.0.2.1", "192.168.254.254", "172.31.254.254", "10.254.254.254", "2001:db8::1")

LOCAL = tuple(
    map(
        ip_network,
        (
            "127.0.0.0/8",
            "10.0.0.0/8",
            "172.16.0.0/12",
            "192.168.0.0/16",
            "169.254.0.0/16",
            "::1/128",
            "fc00::/7",
            "fe80::/10",
        ),
    )
)


def lan_addresses() -> list[str]:
    """Addresses at which others may reach this machine: IPv4 first, the default route's first of all."""
    found = filter(None, map(_source_towards, PROBES))
    usable = [address for address in dict.fromkeys(found) if _is_reachable(address)]
    return usable or [address for address in _resolved_name() if _is_reachable(address)]


def is_local(address: str) -> bool:
    """Whether the address is this machine's own or in a private or link-local network."""
    parsed = _parsed(address)
    return parsed is not None and any(
        parsed in network for network in LOCAL if network.version == parsed.version
    )


def is_loopback(host: str) -> bool:
    parsed = _parsed(host)
    return host == "localhost" if parsed is None else parsed.is_loopback


def is_any(host: str) -> bool:
    """Whether a listener on this host listens on every address."""
    parsed = _parsed(host)
    return parsed is not None and parsed.is_unspecified


@lru_cache(maxsize=4096)
def _parsed(address: str) -> IPv4Address | IPv6Address | None:
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return None
    # A listener on :: sees IPv4 clients as ::ffff:192.0.2.7.
    return getattr(parsed, "ipv4_mapped", None) or parsed


def _source_towards(probe: str) -> str | None:
    family = socket.AF_INET6 if ":" in probe else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as sock:
            sock.connect((probe, 9))
            return str(sock.getsockname()[0])
    except OSError:
        return None


def _resolved_name() -> list[str]:
    # Only a last resort: without a name server this may take seconds.
    try:
        found = socket.getaddrinfo(socket.gethostname(), None, type=socket.SOCK_STREAM)
    except OSError:
        return []
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def _is_reachable(address: str) -> bool:
    parsed = _parsed(address)
    return parsed is not None and not (parsed.is_loopback or parsed.is_unspecified or parsed.is_link_local)
