"""Live text between two screens in tmux, beside people with irssi: tick 13 of the terminal client."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from chatting import ChatTerminal
from net.test_clients import irssi
from serving import RunningServer
from terminal import Terminal

pytestmark = pytest.mark.skipif(not shutil.which("tmux"), reason="tmux is not installed")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    settings = {"rooms.default": "#lobby", "live.rooms": ["#lobby"]}
    with RunningServer(tmp_path / "server", settings) as running:
        yield running


def test_two_screens_type_to_each_other_and_irssi_sees_the_final_line(
    server: RunningServer, tmp_path: Path
) -> None:
    if not shutil.which("irssi"):
        pytest.skip("irssi is not installed")
    (tmp_path / "irssi").mkdir()
    with ExitStack() as opened:
        old = opened.enter_context(
            Terminal(tmp_path / "irssi", irssi(tmp_path / "irssi", server.port, "oldie", False))
        )
        anna, bert = (
            opened.enter_context(
                ChatTerminal(
                    tmp_path / name, f"127.0.0.1:{server.port}", "--name", name, width=130, height=30
                )
            )
            for name in ("anna", "bert")
        )
        old.shows(r"Act: .*2")
        old.enter("/window goto 2")
        old.shows(r"\[#lobby\]")
        for one in (anna, bert):
            one.shows("Message #lobby")
            one.enter("/live on")
            one.shows("LIVE:")
        anna.keys("a kettle singz")
        bert.shows("~ +anna +a kettle singz")
        anna.shows("LIVE: bert sees what you type")
        anna.press("BSpace")
        anna.keys("s")
        bert.shows("~ +anna +a kettle sings")
        bert.keys("I hear it")
        anna.shows("~ +bert +I hear it")
        anna.press("Enter")
        bert.shows("anna +a kettle sings")
        bert.until(lambda: "~ " not in bert.screen() and bert.screen().count("a kettle sings") == 1)
        old.shows("anna.*a kettle sings$")
        bert.press("Enter")
        old.shows("bert.*I hear it$")
        assert "singz" not in old.screen()
        assert old.screen().count("a kettle") == 1
