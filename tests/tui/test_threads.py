"""`t` in the terminal client, with replies as the browser client and other IRC clients send them."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path

from chatting import Chatter, chatting, play
from serving import Connection, RunningServer

CAPS = "message-tags echo-message"


def says(bob: Connection, text: str, reply_to: str = "") -> str:
    """The id of what was said."""
    # The browser's "Reply in thread" sends both names of the tag, with the first message of the thread.
    tags = f"@+reply={reply_to};+draft/reply={reply_to} " if reply_to else ""
    bob.send(f"{tags}PRIVMSG #loom :{text}")
    found = re.search("msgid=([^; ]+)", bob.waits_for(f"PRIVMSG #loom :{text}"))
    assert found is not None
    return found[1]


def has(chatter: Chatter, text: str) -> bool:
    window = chatter.window("#loom")
    return window is not None and any(line.text == text for line in window.conversation.timeline)


def test_all_replies_are_shown_also_those_to_replies(server: RunningServer, tmp_path: Path) -> None:
    async def story() -> None:
        with server.irc("bob", "#loom", caps=CAPS) as bob:
            async with chatting(server, tmp_path, "tess", "#loom") as tess:
                root = says(bob, "which colour")
                first = says(bob, "the blue one", root)
                says(bob, "by the way")
                says(bob, "or the grey", first)
                await tess.until(partial(has, tess, "or the grey"))
                await tess.press("alt+up", "t")
                screen = await tess.shows("Replies to bob")
                overlay = screen[screen.index("Replies to bob") :]
                told = [text for text in ("which colour", "the blue one", "or the grey") if text in overlay]
                assert told == ["which colour", "the blue one", "or the grey"]
                assert len(tess.app.screen_stack) == 2
                shown = [line.text for line in tess.app.screen._lines]
                assert shown == ["which colour", "the blue one", "or the grey"]
                await tess.press("escape")
                await tess.until(lambda: len(tess.app.screen_stack) == 1)
                # What is answered here is an ordinary reply, which the others find in the thread.
                await tess.press("r")
                await tess.types("grey it is")
                assert "+reply=" in bob.waits_for("PRIVMSG #loom :grey it is")

    play(story)
