"""Client certificates: asking TLS clients for theirs, and taking any, as logging in by EXTERNAL needs it.

What a certificate is worth is decided by its fingerprint, which its owner has registered; no authority is asked.
Python's ssl can't ask for a certificate without also having authorities verify it, so the verdict is taken over in
OpenSSL itself, through the SSL_CTX that a Python context has as its first field. That is done only where the layout
is known, the library found is the one that Python uses, and handshakes in memory have come out right.
That a client has the certificate's private key is proven by TLS in any case. Called by the server; knows no session.
"""

from __future__ import annotations

import ctypes
import hashlib
import logging
import ssl
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from hubbub.net.certificates import fingerprint, server_context

log = logging.getLogger("hubbub.net")

KNOWN = ((3, 11), (3, 15))
"""From the first to before the second of these versions, Modules/_ssl.c has SSL_CTX* right behind the object's head."""
FLIGHTS = 8
"""Turns within which a handshake in memory is over."""
LONGEST_HELLO = 16_384
_HTTP = b"\x08http/1.1"
"""How a ClientHello names HTTP among the protocols that it offers (RFC 7301, section 3.1)."""

_Verdict = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)
# OpenSSL keeps the function without owning it: it must live as long as the process.
_take_any = _Verdict(lambda _store, _argument: 1)


class Unsuitable(Exception):
    """Why client certificates can't be asked for here."""


def is_browser(hello: bytes) -> bool:
    """Whether a TLS client speaks HTTP. Browsers would bother people with a choice of certificates, for nothing."""
    return _HTTP in hello


def fingerprint_of(ssl_object: ssl.SSLObject | None) -> str:
    """SHA-256 of the certificate that a client has shown, in lower-case hex; "" without one."""
    certificate = ssl_object.getpeercert(binary_form=True) if ssl_object is not None else None
    return hashlib.sha256(certificate).hexdigest() if certificate else ""


def asking_context(certificate: Path | str, key: Path | str) -> ssl.SSLContext:
    """A server's context that asks clients for a certificate, or just a server's context where that can't be done."""
    context = server_context(certificate, key)
    if _is_proven(str(certificate), str(key)):
        _ask(context)
    return context


@cache
def _is_proven(certificate: str, key: str) -> bool:
    try:
        prove(certificate, key)
    except Unsuitable as problem:
        log.warning("logging in by TLS client certificates is not possible here: %s", problem)
        return False
    return True


def prove(certificate: Path | str, key: Path | str) -> None:
    """Go through it in memory, with a certificate and without; raises Unsuitable."""
    server = server_context(certificate, key)
    _ask(server)
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname = False
    client.verify_mode = ssl.CERT_NONE
    if _shown(server, client):
        raise Unsuitable("a client without a certificate seemed to have one")
    client.load_cert_chain(certificate, key, password="")
    if _shown(server, client) != fingerprint(certificate).replace(":", "").lower():
        raise Unsuitable("a client's certificate did not arrive")


def _shown(server: ssl.SSLContext, client: ssl.SSLContext) -> str:
    """The fingerprint that a server sees after a handshake."""
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = [client.wrap_bio(down, up), server.wrap_bio(up, down, server_side=True)]
    try:
        for _ in range(FLIGHTS):
            for end in ends:
                with suppress(ssl.SSLWantReadError):
                    end.do_handshake()
        return fingerprint_of(ends[1])
    except (ssl.SSLError, ValueError) as error:
        raise Unsuitable(f"a handshake failed ({error})") from error


def _ask(context: ssl.SSLContext) -> None:
    library = _library()
    pointer = ctypes.c_void_p.from_address(id(context) + object.__basicsize__).value
    # Reading first: that both ways give the same shows that this is the context, before anything is written.
    if not pointer or library.SSL_CTX_get_options(pointer) != int(context.options) & 0xFFFF_FFFF_FFFF_FFFF:
        raise Unsuitable("Python keeps OpenSSL's context elsewhere")
    context.verify_mode = ssl.CERT_OPTIONAL
    library.SSL_CTX_set_cert_verify_callback(pointer, _take_any, None)


@cache
def _library() -> Any:
    """The OpenSSL that Python's ssl uses."""
    if sys.implementation.name != "cpython" or not KNOWN[0] <= sys.version_info[:2] < KNOWN[1]:
        raise Unsuitable("this Python's ssl module is unknown")
    try:
        import _ssl

        # Names are looked for in the module's own dependencies. On Windows they aren't, and it ends here.
        library = ctypes.CDLL(getattr(_ssl, "__file__", None))
        library.OpenSSL_version_num.restype = ctypes.c_ulong
        library.SSL_CTX_get_options.argtypes = [ctypes.c_void_p]
        library.SSL_CTX_get_options.restype = ctypes.c_uint64
        library.SSL_CTX_set_cert_verify_callback.argtypes = [ctypes.c_void_p, _Verdict, ctypes.c_void_p]
        library.SSL_CTX_set_cert_verify_callback.restype = None
        found = library.OpenSSL_version_num()
    except (ImportError, OSError, AttributeError, TypeError) as error:
        raise Unsuitable("OpenSSL's functions are out of reach") from error
    if found != ssl.OPENSSL_VERSION_NUMBER:
        raise Unsuitable("there is more than one OpenSSL here")
    return library
