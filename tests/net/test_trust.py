"""Trust on first use against real servers, as people meet it."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from hubbub.client.connection import CertificateChanged, Encryption, connect
from hubbub.client.settings import Settings
from hubbub.client.trust import Trust
from hubbub.net.certificates import fingerprint
from serving import Serve

TIMEOUT = 60
KEYRING = """
from keyring.backend import KeyringBackend

class Kept(KeyringBackend):
    priority = 1

    def get_password(self, service, username):
        return "open sesame" if (service, username) == ("{service}", "alice") else None

    def set_password(self, service, username, password):
        raise NotImplementedError
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return tmp_path / "chat.toml"


def say(config: Path, port: int, *options: str) -> subprocess.CompletedProcess[str]:
    """`echo hi | hubbub chat`"""
    return subprocess.run(
        [
            *(sys.executable, "-m", "hubbub", "chat", "--plain", f"127.0.0.1:{port}"),
            *("--name", "bot", "--config", str(config), *options),
        ],
        input="hi\n",
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
        env={name: value for name, value in os.environ.items() if not name.startswith("HUBBUB_")},
    )


def test_a_new_certificate_is_shown_and_remembered_and_another_one_refused(
    serve: Serve, tmp_path: Path, config: Path
) -> None:
    server = serve({"rooms.default": "#lobby"})
    first = say(config, server.port, "--tls")
    seen = fingerprint(tmp_path / "data" / "tls" / "cert.pem")
    assert first.returncode == 0, first.stderr
    assert f"Its fingerprint is {seen};" in first.stderr
    assert seen not in first.stdout
    second = say(config, server.port)
    assert second.returncode == 0, second.stderr
    assert "fingerprint" not in second.stderr
    server.stop()

    shutil.rmtree(tmp_path / "data" / "tls")
    other = serve({"rooms.default": "#lobby"}, listen=[{"port": server.port}])
    third = say(config, other.port)
    assert third.returncode == 69
    assert third.stderr.count("\n") == 1
    assert "shows another certificate than before, so nothing was sent" in third.stderr
    other.stop()
    assert not any("bot" in line for line in other.log())


def test_one_port_speaks_tls_and_plain_text(serve: Serve, config: Path) -> None:
    async def run(port: int) -> None:
        trust = Trust(Settings.load(config))
        plain = await connect("127.0.0.1", port, trust=trust)
        encrypted = await connect("127.0.0.1", port, encryption=Encryption.TLS, trust=trust)
        assert (plain.encrypted, encrypted.encrypted) == (False, True)
        await plain.close()
        await encrypted.close()
        for server in trust._settings.at("127.0.0.1", port):
            server.fingerprint = ":".join(["00"] * 32)
        with pytest.raises(CertificateChanged):
            await connect("127.0.0.1", port, trust=trust)

    asyncio.run(asyncio.wait_for(run(serve().port), TIMEOUT))


def test_an_account_logs_in_with_its_password_and_keeps_the_name(
    serve: Serve, config: Path, tmp_path: Path
) -> None:
    server = serve({"rooms.default": "#lobby"})
    with server.irc("alice") as alice:
        alice.send("REGISTER * * :open sesame")
        alice.until("REGISTER SUCCESS")
    (tmp_path / "kept.py").write_text(KEYRING.format(service=f"hubbub chat: 127.0.0.1:{server.port}"))
    done = subprocess.run(
        [
            *(
                sys.executable,
                "-m",
                "hubbub",
                "chat",
                "--plain",
                f"127.0.0.1:{server.port}",
                "--name",
                "alice",
            ),
            *("--account", "alice", "--config", str(config)),
        ],
        input="hi\n",
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
        env={**os.environ, "PYTHONPATH": str(tmp_path), "PYTHON_KEYRING_BACKEND": "kept.Kept"},
    )
    assert done.returncode == 0, done.stderr
    assert "refused" not in done.stderr
    server.wait_for_log("alice logged in as alice|alice is here", 2)
    assert "alice2" not in done.stdout
