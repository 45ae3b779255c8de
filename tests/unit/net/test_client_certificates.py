"""Asking for client certificates: only where it is proven to work, and without it TLS goes on as before."""

from __future__ import annotations

import _ssl
import logging
import math
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from hubbub.net import client_certificates
from hubbub.net.certificates import CertificateError, Pair, fingerprint, self_signed
from hubbub.net.client_certificates import Unsuitable, asking_context, fingerprint_of, is_browser, prove


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    return self_signed(tmp_path_factory.mktemp("data"))


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    """What was found out once about this Python is not remembered from one test to the next."""
    for found in (client_certificates._library, client_certificates._is_proven):
        found.cache_clear()
    yield
    for found in (client_certificates._library, client_certificates._is_proven):
        found.cache_clear()


def test_it_works_with_this_python(pair: Pair) -> None:
    prove(*pair)
    assert asking_context(*pair).verify_mode == ssl.CERT_OPTIONAL


def test_fingerprints_are_those_that_openssl_shows(pair: Pair) -> None:
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname, client.verify_mode = False, ssl.CERT_NONE
    client.load_cert_chain(*pair)
    shown = client_certificates._shown(asking_context(*pair), client)
    assert shown == fingerprint(pair.certificate).replace(":", "").lower()
    assert fingerprint_of(None) == ""


@pytest.mark.parametrize("known", [((3, 8), (3, 9)), ((4, 0), (5, 0))])
def test_an_unknown_python_is_left_alone(
    pair: Pair, known: object, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(client_certificates, "KNOWN", known)
    with caplog.at_level(logging.WARNING, "hubbub.net"):
        context = asking_context(*pair)
    assert context.verify_mode == ssl.CERT_NONE
    assert "not possible here: this Python's ssl module is unknown" in caplog.text


def test_another_openssl_is_left_alone(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ssl, "OPENSSL_VERSION_NUMBER", 1)
    with pytest.raises(Unsuitable, match="more than one OpenSSL"):
        prove(*pair)


def test_functions_out_of_reach(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_ssl, "__file__", getattr(math, "__file__", "/nowhere"))
    with pytest.raises(Unsuitable, match="out of reach"):
        prove(*pair)


def test_a_verdict_that_is_not_taken_over_is_noticed(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    def only_python(context: ssl.SSLContext) -> None:
        context.verify_mode = ssl.CERT_OPTIONAL

    monkeypatch.setattr(client_certificates, "_ask", only_python)
    with pytest.raises(Unsuitable, match="handshake failed"):
        prove(*pair)


def test_browsers_are_known_by_what_they_offer() -> None:
    assert is_browser(b"\x16\x03\x01\x00\x00\x10\x00\x0e\x00\x0c\x02h2\x08http/1.1\x00")
    assert not is_browser(b"\x16\x03\x01\x03irc")
    assert not is_browser(b"")


def test_a_certificate_that_cannot_be_read_is_told_as_ever(tmp_path: Path) -> None:
    with pytest.raises(CertificateError):
        asking_context(tmp_path / "none", tmp_path / "none")
