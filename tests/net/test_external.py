"""EXTERNAL: logging in by a TLS client certificate, with certificates as people make them.  RFC 4422, appendix A"""

from __future__ import annotations

import datetime
import hashlib
import shutil
import ssl
import subprocess
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from serving import Connection, RunningServer, Serve

PASSWORD = "open-sesame"

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificates")


def certificate(folder: Path, name: str, *options: str) -> Path:
    """A self-signed certificate and its key in one file."""
    path = folder / f"{name}.pem"
    make = ["openssl", "req", "-x509", "-nodes", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
    subprocess.run(
        [*make, "-subj", f"/CN={name}", "-keyout", path, "-out", folder / "crt", *options],
        check=True,
        capture_output=True,
    )
    path.write_text(path.read_text() + (folder / "crt").read_text())
    return path


def expired(folder: Path) -> Path:
    """One that was good for a day, long ago; OpenSSL's own commands make no such."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "old")])
    then = datetime.datetime(2001, 1, 1, tzinfo=datetime.UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, then, then + datetime.timedelta(days=1))
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = folder / "old.pem"
    path.write_bytes(private + made.sign(key, hashes.SHA256()).public_bytes(pem))
    return path


def fingerprint(path: Path) -> str:
    pem = path.read_text()
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem[pem.index("-----BEGIN CERT") :])).hexdigest()


def context(path: Path | None = None, *, protocols: tuple[str, ...] = ()) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.check_hostname = False
    made.verify_mode = ssl.CERT_NONE
    if path is not None:
        made.load_cert_chain(path)
    if protocols:
        made.set_alpn_protocols(protocols)
    return made


def connect(server: RunningServer, how: ssl.SSLContext, session: ssl.SSLSession | None = None) -> Connection:
    connection = server.connect()
    connection.socket = how.wrap_socket(connection.socket, session=session)
    return connection


def arrive(connection: Connection, nick: str) -> None:
    connection.send(f"NICK {nick}", f"USER {nick} 0 * :{nick}")
    connection.until(" (?:376|422) ")


def mechanisms(connection: Connection) -> str:
    connection.send("CAP LS 302")
    lines = " ".join(connection.until(r" CAP \S+ LS :"))
    return lines.partition("sasl=")[2].split(" ")[0]


def log_in(connection: Connection, nick: str) -> str:
    """The numeric that a login by EXTERNAL ends with."""
    connection.send("CAP REQ :sasl", "AUTHENTICATE EXTERNAL")
    connection.until("AUTHENTICATE [+]")
    connection.send("AUTHENTICATE +")
    number: str = connection.waits_for(r" 90[34] ").split(" ")[1]
    connection.send("CAP END", f"NICK {nick}", f"USER {nick} 0 * :{nick}")
    connection.until(" (?:376|422) ")
    return number


def register(server: RunningServer, mine: Path) -> None:
    with connect(server, context(mine)) as alice:
        arrive(alice, "alice")
        alice.send(f"NS REGISTER {PASSWORD}")
        alice.waits_for(" 900 ")
        alice.send("NS CERT ADD")
        assert f"From now on {fingerprint(mine)} " in alice.waits_for(" NOTICE ")


def test_a_certificate_is_added_and_logs_in(serve: Serve, tmp_path: Path) -> None:
    mine = certificate(tmp_path, "alice")
    server = serve()
    register(server, mine)
    with connect(server, context(mine)) as again:
        assert mechanisms(again) == "PLAIN,SCRAM-SHA-256,EXTERNAL"
        assert log_in(again, "alice") == "903"
        again.send("NS CERT LIST")
        assert "(this connection's)" in again.waits_for(" NOTICE ")


def test_other_certificates_and_none_do_not(serve: Serve, tmp_path: Path) -> None:
    server = serve()
    register(server, certificate(tmp_path, "alice"))
    with connect(server, context(certificate(tmp_path, "other"))) as other:
        assert mechanisms(other) == "PLAIN,SCRAM-SHA-256,EXTERNAL"
        assert log_in(other, "bob") == "904"
    with connect(server, context()) as bare:
        assert mechanisms(bare) == "PLAIN,SCRAM-SHA-256"
        assert log_in(bare, "carol") == "904"
    with server.connect() as unencrypted:
        assert mechanisms(unencrypted) == "PLAIN,SCRAM-SHA-256"


def test_a_certificate_needs_no_authority_and_no_date(serve: Serve, tmp_path: Path) -> None:
    old = expired(tmp_path)
    server = serve()
    register(server, old)
    with connect(server, context(old)) as again:
        assert log_in(again, "alice") == "903"


def test_a_resumed_connection_is_still_the_same_certificates(serve: Serve, tmp_path: Path) -> None:
    """RFC 8446, section 2.2: resumption carries on what the first handshake has proven."""
    mine = certificate(tmp_path, "alice")
    server, how = serve(), context(mine)
    register(server, mine)
    with connect(server, how) as first:
        arrive(first, "guest")
        ticket = first.socket.session
    with connect(server, how, ticket) as second:
        assert second.socket.session_reused
        assert log_in(second, "alice") == "903"


def test_browsers_are_not_asked(serve: Serve, tmp_path: Path) -> None:
    mine = certificate(tmp_path, "alice")
    server = serve()
    with connect(server, context(mine, protocols=("h2", "http/1.1"))) as browser:
        assert mechanisms(browser) == "PLAIN,SCRAM-SHA-256"
    with connect(server, context(mine, protocols=("irc",))) as client:
        assert mechanisms(client) == "PLAIN,SCRAM-SHA-256,EXTERNAL"


@pytest.mark.parametrize("listen", [{"port": 0, "kind": "tls"}])
def test_a_listener_for_tls_only_asks_too(serve: Serve, tmp_path: Path, listen: dict[str, object]) -> None:
    server = serve(None, listen=(listen,))
    with connect(server, context(certificate(tmp_path, "alice"))) as client:
        assert mechanisms(client) == "PLAIN,SCRAM-SHA-256,EXTERNAL"


def test_asyncio_without_uvloop_sees_certificates_too(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A module of that name that isn't one stands where uvloop would be found."""
    (tmp_path / "path").mkdir()
    (tmp_path / "path" / "uvloop.py").write_text("raise ImportError")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "path"))
    mine = certificate(tmp_path, "alice")
    server = serve()
    register(server, mine)
    with connect(server, context(mine)) as again:
        assert log_in(again, "alice") == "903"
