"""The self-signed certificate: made once, private, and good for a real TLS handshake."""

from __future__ import annotations

import datetime
import ssl
import stat
from contextlib import suppress
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from hubbub.net.certificates import CertificateError, Pair, fingerprint, self_signed, server_context


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    return self_signed(tmp_path_factory.mktemp("data"), ["chat.example.org"])


def handshake(pair: Pair, name: str, version: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3) -> str | None:
    """Two ends joined in memory; the version that they agreed on."""
    trusting = ssl.create_default_context(cafile=pair.certificate)
    trusting.minimum_version = trusting.maximum_version = version
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = trusting.wrap_bio(to_client, to_server, server_hostname=name)
    server = server_context(*pair).wrap_bio(to_server, to_client, server_side=True)
    for _ in range(3):
        for step in (client.do_handshake, server.do_handshake):
            with suppress(ssl.SSLWantReadError):
                step()
    client.do_handshake()
    return client.version()


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "::1", "chat.example.org"])
def test_a_client_that_trusts_it_connects_by_any_of_its_names(pair: Pair, name: str) -> None:
    assert handshake(pair, name) == "TLSv1.3"


def test_another_name_is_refused_by_the_client(pair: Pair) -> None:
    with pytest.raises(ssl.SSLCertVerificationError, match="not valid for"):
        handshake(pair, "other.example.org")


def test_tls_1_2_is_spoken_and_nothing_older(pair: Pair) -> None:
    assert handshake(pair, "localhost", ssl.TLSVersion.TLSv1_2) == "TLSv1.2"
    assert server_context(*pair).minimum_version == ssl.TLSVersion.TLSv1_2


def test_it_is_an_elliptic_curve_certificate_for_ten_years(pair: Pair) -> None:
    certificate = x509.load_pem_x509_certificate(pair.certificate.read_bytes())
    key = certificate.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    assert key.curve.name == "secp256r1"
    assert certificate.not_valid_after_utc - datetime.datetime.now(datetime.UTC) > datetime.timedelta(
        days=3650
    )


def test_only_the_owner_may_read_the_key(pair: Pair) -> None:
    assert stat.S_IMODE(pair.key.stat().st_mode) == 0o600
    assert stat.S_IMODE(pair.key.parent.stat().st_mode) == 0o700
    assert {path.name for path in pair.key.parent.iterdir()} == {"cert.pem", "key.pem"}


def test_it_is_made_once_and_made_again_when_half_is_missing(tmp_path: Path) -> None:
    pair = self_signed(tmp_path)
    first = pair.certificate.read_bytes()
    assert self_signed(tmp_path) == pair
    assert pair.certificate.read_bytes() == first
    pair.key.unlink()
    self_signed(tmp_path)
    assert pair.certificate.read_bytes() != first
    server_context(*pair)


def test_the_fingerprint_is_that_of_the_certificate(pair: Pair) -> None:
    from cryptography.hazmat.primitives import hashes

    certificate = x509.load_pem_x509_certificate(pair.certificate.read_bytes())
    assert fingerprint(pair.certificate) == certificate.fingerprint(hashes.SHA256()).hex(":").upper()


def test_what_cannot_be_used_is_one_sentence(pair: Pair, tmp_path: Path) -> None:
    other = self_signed(tmp_path)
    with pytest.raises(CertificateError, match="can't be used: KEY_VALUES_MISMATCH"):
        server_context(pair.certificate, other.key)
    with pytest.raises(CertificateError, match="can't be read: No such file"):
        server_context(tmp_path / "none.pem", other.key)
    with pytest.raises(CertificateError, match="can't be read: No such file"):
        fingerprint(tmp_path / "none.pem")
    with pytest.raises(CertificateError, match="holds no PEM certificate"):
        fingerprint(other.key)


def test_a_key_with_a_password_is_refused_without_asking_for_it(pair: Pair, tmp_path: Path) -> None:
    key = serialization.load_pem_private_key(pair.key.read_bytes(), password=None)
    locked = tmp_path / "locked.pem"
    locked.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"open sesame"),
        )
    )
    with pytest.raises(CertificateError, match="the key has a password"):
        server_context(pair.certificate, locked)


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "tls").write_text("a file where the folder should be", encoding="utf-8")
    with pytest.raises(CertificateError, match="can't be written"):
        self_signed(tmp_path)
