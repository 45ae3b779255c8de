"""The server's TLS certificate: a self-signed one made on first use, and the context that serves one.

Our clients remember a self-signed certificate when they first see it, so it is made once and kept for ten
years. `cryptography` is slow to import and is needed for making one only.
"""

from __future__ import annotations

import datetime
import hashlib
import os
import re
import socket
import ssl
from collections.abc import Iterable
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from hubbub.net.addresses import lan_addresses

if TYPE_CHECKING:
    from cryptography import x509

LIFETIME = datetime.timedelta(days=3652)
HOST_NAME = re.compile(r"(?=.{1,253}\Z)[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})*\Z")
PEM_CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)


class CertificateError(Exception):
    """A certificate or its key can't be used; the text is a sentence for who runs the server."""


class Pair(NamedTuple):
    certificate: Path
    key: Path


def self_signed(data: Path, names: Iterable[str] = ()) -> Pair:
    """The certificate kept in the data folder, made if it isn't there; `names` go beside the usual ones."""
    pair = Pair(data / "tls" / "cert.pem", data / "tls" / "key.pem")
    if pair.certificate.is_file() and pair.key.is_file():
        return pair
    certificate, key = _made([*own_names(), *names])
    try:
        pair.key.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # The certificate comes last: a pair that was cut short is made anew.
        pair.certificate.unlink(missing_ok=True)
        _write(pair.key, key)
        _write(pair.certificate, certificate)
    except OSError as error:
        raise CertificateError(f"{error.filename} can't be written: {error.strerror}") from None
    return pair


def server_context(certificate: Path | str, key: Path | str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    # A client that renegotiates over and over makes the server work for nothing.
    context.options |= ssl.OP_NO_RENEGOTIATION | ssl.OP_NO_COMPRESSION | ssl.OP_CIPHER_SERVER_PREFERENCE
    try:
        # Without a password OpenSSL would ask for one on the terminal.
        context.load_cert_chain(certificate, key, password="")
    except ssl.SSLError as error:
        reason = error.reason or "not a certificate and its key, or the key has a password"
        raise CertificateError(f"the certificate {certificate} with {key} can't be used: {reason}") from None
    except OSError as error:
        raise CertificateError(
            f"the certificate {certificate} with {key} can't be read: {error.strerror}"
        ) from None
    return context


def fingerprint(certificate: Path | str) -> str:
    """SHA-256 of the (first) certificate in a PEM file, as OpenSSL and irssi write it: AB:CD:…"""
    try:
        found = PEM_CERTIFICATE.search(Path(certificate).read_text(encoding="ascii", errors="replace"))
    except OSError as error:
        raise CertificateError(f"the certificate {certificate} can't be read: {error.strerror}") from None
    if found is None:
        raise CertificateError(f"{certificate} holds no PEM certificate")
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(found[0])).digest().hex(":").upper()


def own_names() -> list[str]:
    """What others may call this machine: localhost, its host name and its addresses."""
    host = socket.gethostname()
    named = [host, f"{host}.local"] if "." not in host else [host]
    return ["localhost", "127.0.0.1", "::1", *filter(HOST_NAME.match, named), *lan_addresses()]


def _made(names: Iterable[str]) -> tuple[bytes, bytes]:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "hubbub")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        # Clocks differ: a client that is an hour behind must not find the certificate too young.
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + LIFETIME)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(
            x509.SubjectAlternativeName(list(map(_general_name, dict.fromkeys(names)))), critical=False
        )
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return certificate.public_bytes(serialization.Encoding.PEM), private


def _general_name(name: str) -> x509.GeneralName:
    from cryptography import x509

    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _write(path: Path, content: bytes) -> None:
    """Write a file that only its owner may read; it is there as a whole or not at all."""
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
