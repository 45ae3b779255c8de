"""Our client and irssi in one room of a server of ours: what irssi sees of an edit, of several lines, of a reply."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest

from networked import people
from serving import RunningServer
from terminal import Terminal

CONFIG = """
servers = ({{ address = "127.0.0.1"; port = "{port}"; chatnet = "hub"; autoconnect = "yes"; }});
chatnets = {{ hub = {{ type = "IRC"; nick = "iris"; }}; }};
settings = {{ "irc/core" = {{ cmd_queue_speed = "1msec"; cmds_max_at_once = "100"; }}; }};
"""


def test_irssi_understands_what_our_client_says(server: RunningServer, tmp_path: Path) -> None:
    for needed in ("tmux", "irssi"):
        if not shutil.which(needed):
            pytest.skip(f"{needed} is not installed")
    (tmp_path / "config").write_text(CONFIG.format(port=server.port))

    async def scene(irssi: Terminal) -> None:
        async with people(server.port, "alice") as [alice]:
            tea = await alice.enter("#tea")
            await asyncio.to_thread(irssi.shows, "Welcome to the hubbub chat")
            await asyncio.to_thread(irssi.enter, "/join #tea")
            await alice.until(lambda: tea.member("iris"), "irssi in the room")
            (line,) = await alice.say(tea, "I like tee")
            await asyncio.to_thread(irssi.shows, r"<[ @]?alice> I like tee$")
            request = alice.session.edit(tea, line, "I like tea")
            await alice.until_done(request)
            assert not request.failed
            await asyncio.to_thread(irssi.shows, r"<[ @]?alice> ✎ I like tea$")
            await alice.say(tea, "one\ntwo")
            await asyncio.to_thread(irssi.shows, r"<[ @]?alice> one\n.*<[ @]?alice> two$")
            await asyncio.to_thread(irssi.enter, "alice: and three?")
            asked = await alice.hears("#tea", "alice: and three?")
            assert asked.mentions_me
            alice.session.say(tea, "three", reply_to=asked)
            await asyncio.to_thread(irssi.shows, r"<[ @]?alice> three")

    with Terminal(tmp_path, ["irssi", f"--home={tmp_path}"]) as irssi:
        asyncio.run(scene(irssi))
