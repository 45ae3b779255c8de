"""The command line as a shell sees it: what is printed where, and the exit code."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from hubbub import cli
from hubbub.cli import THEMES, _with_command, main
from hubbub.tui import themes

HEAVY = {"asyncio", "msgspec", "cryptography", "prompt_toolkit", "uvloop", "sqlite3"}


def hubbub(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("HUBBUB_")}
    return subprocess.run(
        [sys.executable, "-m", "hubbub", *arguments],
        capture_output=True,
        text=True,
        env=inherited | environ,
        timeout=60,
        check=False,
    )


def test_version_is_printed_without_importing_anything_heavy() -> None:
    script = "import sys; from hubbub.cli import main; main(['--version']); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    version, modules = done.stdout.splitlines()
    assert version.startswith("hubbub 0.")
    assert not HEAVY & set(modules.split())


def test_a_server_is_there_before_what_only_some_need_is_imported() -> None:
    script = "import sys, hubbub.server, hubbub.journal; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    later = {
        "uvicorn",
        "starlette",
        "prometheus_client",
        "websockets",
        "PIL",
        "zeroconf",
        "argon2",
        "textual",
    }
    assert later & set(done.stdout.split()) == set()


def test_mistakes_in_the_settings_are_sentences_and_exit_code_78(tmp_path: Path) -> None:
    path = tmp_path / "hubbub.toml"
    path.write_text("[limits]\nnik = 3\nroom = 0\n", encoding="utf-8")
    expected = [
        f"hubbub: {path}: limits.nik: unknown key; did you mean nick?",
        f"hubbub: {path}: limits.room: must be a whole number from 2 to 200, not 0",
    ]
    for command in (["serve"], ["config", "check"], ["config", "show"]):
        done = hubbub(*command, "--config", str(path))
        assert (done.returncode, done.stdout, done.stderr.splitlines()) == (78, "", expected)


def test_the_settings_file_may_be_named_by_a_variable(tmp_path: Path) -> None:
    done = hubbub("config", "check", HUBBUB_CONFIG=str(tmp_path / "none.toml"))
    assert done.returncode == 78
    assert done.stderr == f"hubbub: {tmp_path / 'none.toml'}: can't be read: No such file or directory\n"


def test_a_data_folder_that_cannot_be_made_is_a_sentence_and_exit_code_73(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = hubbub("serve", "--data", str(tmp_path / "file" / "data"), "--port", "0")
    assert done.returncode == 73
    assert (
        done.stderr
        == f"hubbub: the data folder {tmp_path / 'file' / 'data'} can't be made: Not a directory\n"
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ["serve", "--port", "70000"],
        ["serve", "--port", "x"],
        ["dance"],
        ["config"],
        ["chat", "host:x"],
        ["chat", "host:0"],
        ["chat", "--theme", "nope"],
    ],
)
def test_wrong_usage_is_exit_code_2(arguments: list[str]) -> None:
    done = hubbub(*arguments)
    assert done.returncode == 2
    assert done.stderr.startswith("usage: hubbub")
    assert "Traceback" not in done.stderr


def test_config_show_says_where_values_come_from(tmp_path: Path) -> None:
    path = tmp_path / "hubbub.toml"
    path.write_text('[server]\npassword = "hush"\n', encoding="utf-8")
    done = hubbub("config", "show", "--origin", "--config", str(path), HUBBUB_PORT="99")
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert "port = 99  # environment: HUBBUB_PORT" in lines
    assert f'password = "…"  # {path}' in lines
    assert 'name = "hubbub.local"  # default' in lines


def test_config_check_says_so_when_all_is_well(tmp_path: Path) -> None:
    path = tmp_path / "hubbub.toml"
    path.write_text("[limits]\nnick = 12\n", encoding="utf-8")
    done = hubbub("config", "check", "--config", str(path))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "The settings are fine: 1 given, the rest are defaults.\n"


def test_output_that_nobody_reads_is_no_traceback() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as closed:
        done = subprocess.run(
            [sys.executable, "-m", "hubbub", "config", "show"],
            stdout=closed,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert (done.returncode, done.stderr) == (1, "")


def test_no_command_means_serve() -> None:
    assert _with_command([]) == ["serve"]
    assert _with_command(["--port", "1"]) == ["serve", "--port", "1"]
    assert _with_command(["chat", "--plain"]) == ["chat", "--plain"]
    assert _with_command(["--help"]) == ["--help"]


def test_a_mistake_in_a_link_is_wrong_usage() -> None:
    done = hubbub("chat", "gopher://example.org")
    assert done.returncode == 2
    assert "gopher:// is not understood here; links begin with irc:// or ircs://" in done.stderr


def test_a_theme_that_is_none_is_told_which_there_are() -> None:
    done = hubbub("chat", "--theme", "nope")
    assert "--theme: 'nope' is no theme; there are dark, light, contrast, ansi" in done.stderr
    assert set(THEMES) == set(themes.SHORT)


def test_make_chat_starts_the_client_that_make_run_has_installed() -> None:
    make = shutil.which("make")
    if make is None:
        pytest.skip("make is not installed")
    done = subprocess.run(
        [
            make,
            "--no-print-directory",
            "--dry-run",
            "--assume-old=.venv/.run",
            "chat",
            "ARGS=--plain 127.0.0.1",
        ],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "exec .venv/bin/hubbub chat --plain 127.0.0.1"


CHAT = {"account": "", "tls": None, "rooms": [], "config": ""}


@pytest.mark.parametrize(
    ("arguments", "plain", "screen"),
    [
        ([], (None, None, None), ("", None, "", "")),
        (["example.org:99", "--name", "al"], ("example.org", 99, "al"), ("example.org", 99, "al", "")),
        (["home", "--theme", "dark"], ("home", None, None), ("home", None, "", "dark")),
        (["--theme", "Hubbub-Light"], (None, None, None), ("", None, "", "hubbub-light")),
    ],
)
def test_where_chat_goes(
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    plain: tuple[object, ...],
    screen: tuple[object, ...],
) -> None:
    went = chats(monkeypatch)
    monkeypatch.setattr(cli, "_has_screen", lambda: True)
    assert main(["chat", *arguments]) == 7
    assert main(["chat", "--plain", *arguments]) == 5
    monkeypatch.setattr(cli, "_has_screen", lambda: False)
    assert main(["chat", *arguments]) == 5
    host, port, name, theme = screen
    assert went == [
        ((host, port), {**CHAT, "name": name, "theme": theme}),
        (plain, CHAT),
        (plain, CHAT),
    ]


@pytest.mark.parametrize(
    ("arguments", "given"),
    [
        (["ircs://h/#tea,#milk?sesame"], {"tls": True, "rooms": ["#tea sesame", "#milk"]}),
        (["ircs://h/tea", "--no-tls"], {"tls": False, "rooms": ["#tea"]}),
        (["irc://h", "--room", "tea", "--room", "#milk"], {"rooms": ["#tea", "#milk"]}),
        (
            ["h", "--tls", "--account", "al", "--config", "f.toml"],
            {"tls": True, "account": "al", "config": "f.toml"},
        ),
    ],
)
def test_what_chat_is_told(
    monkeypatch: pytest.MonkeyPatch, arguments: list[str], given: dict[str, object]
) -> None:
    went = chats(monkeypatch)
    assert main(["chat", "--plain", *arguments]) == 5
    assert went[0][1] == CHAT | given


def test_chat_with_live_text(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    went = chats(monkeypatch)
    monkeypatch.setattr(cli, "_has_screen", lambda: True)
    assert main(["chat", "--plain", "--live"]) == 5
    assert went[0][1] == CHAT | {"live": True}
    assert main(["chat", "--live"]) == 2
    assert "/live on" in capsys.readouterr().err


def test_live_without_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["live", "example.org", "tea"]) == 2
    assert "--stdin" in capsys.readouterr().err


def test_serve_live_needs_a_room(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[rooms]\ndefault = ""\n')
    assert main(["serve", "--live", "--config", str(config), "--data", str(tmp_path)]) == 78
    assert "rooms.default" in capsys.readouterr().err


def chats(monkeypatch: pytest.MonkeyPatch) -> list[tuple[tuple[object, ...], dict[str, object]]]:
    """What the clients are called with; the line client ends with 5, the one with a screen with 7."""
    went: list[tuple[tuple[object, ...], dict[str, object]]] = []

    def run(code: int, *positional: object, **named: object) -> int:
        went.append((positional, named))
        return code

    app = ModuleType("hubbub.tui.app")
    app.run = partial(run, 7)
    monkeypatch.setitem(sys.modules, "hubbub.tui.app", app)
    monkeypatch.setattr("hubbub.client.line_client.run", partial(run, 5))
    return went


@pytest.mark.parametrize("term", ["dumb", "xterm"])
def test_a_dumb_terminal_or_a_pipe_is_no_screen(monkeypatch: pytest.MonkeyPatch, term: str) -> None:
    monkeypatch.setenv("TERM", term)
    for one, other in ((True, True), (True, False), (False, True)):
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(isatty=lambda found=one: found))
        monkeypatch.setattr(sys, "stdout", SimpleNamespace(isatty=lambda found=other: found))
        assert cli._has_screen() is (one and other and term == "xterm")
