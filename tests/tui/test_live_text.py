"""Live text in the terminal client: two of them on a real server, and somebody with another client."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from textual import events

from chatting import Chatter, chatting, heard, play, said
from hubbub.client.live import TAG
from hubbub.client.live_lines import LiveLine
from hubbub.client.settings import Settings
from hubbub.irc.live import read
from hubbub.irc.wire import parse
from serving import RunningServer


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("server")


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[RunningServer]:
    """Its rooms allow live text."""
    rooms = ["#both", "#paste", "#words", "#read", "#off", "#again", "#third"]
    with RunningServer(folder, {"live.rooms": rooms}) as running:
        yield running


async def goes_live(*people: Chatter) -> None:
    for one in people:
        await one.types("/live on")
        await one.shows("LIVE:")
    for one in people:
        await one.until(lambda one=one: one.app.window is not None and sees(one) is not None)


def sees(one: Chatter) -> list[tuple[str, str]]:
    """What of others' live lines is drawn."""
    return list(one.app.view.live_lines)


def states(lines: list[str]) -> set[str]:
    """All that could be read of live text in what came to an IRC client."""
    found: dict[str, LiveLine] = {}
    shown = set()
    for update in (read(message.tags[TAG]) for line in lines if TAG in (message := parse(line)).tags):
        line = found.setdefault(update.id, LiveLine(update.id))
        line.take(update, 0)
        shown.add(line.text)
    return shown


def test_both_see_each_other_type(server: RunningServer, tmp_path: Path) -> None:
    async def story() -> None:
        async with (
            chatting(server, tmp_path / "a", "anna", "#both") as anna,
            chatting(server, tmp_path / "b", "bert", "#both") as bert,
        ):
            await goes_live(anna, bert)
            await anna.writes("helo")
            await bert.until(lambda: sees(bert) == [("anna", "helo")])
            screen = await bert.shows("anna.*helo")
            assert "is typing" not in screen
            await anna.shows("LIVE: bert sees what you type")
            await anna.press("backspace")
            await bert.until(lambda: sees(bert) == [("anna", "hel")])
            await bert.writes("yes")
            await anna.until(lambda: sees(anna) == [("bert", "yes")])
            await anna.writes("lo")
            await bert.until(lambda: sees(bert) == [("anna", "hello")])
            await anna.press("enter")
            await bert.until(lambda: said(bert, "#both") == ["hello"])
            await bert.until(lambda: sees(bert) == [])
            assert sum("hello" in row for row in bert.rows()) == 1
            assert said(anna, "#both") == ["hello"]
            assert sees(anna) == [("bert", "yes")]

    play(story)


def test_what_is_pasted_recalled_or_yanked_waits_for_enter(server: RunningServer, tmp_path: Path) -> None:
    async def story() -> None:
        async with (
            chatting(server, tmp_path / "a", "paul", "#paste") as paul,
            chatting(server, tmp_path / "b", "petra", "#paste") as petra,
        ):
            await paul.types("an earlier secret")
            await petra.until(lambda: said(petra, "#paste") == ["an earlier secret"])
            await goes_live(paul, petra)
            await paul.writes("see ")
            await petra.until(lambda: sees(petra) == [("paul", "see ")])
            paul.app.composer.post_message(events.Paste("hunter2"))
            await paul.until(lambda: paul.app.composer.text == "see hunter2")
            await paul.shows("what you pasted waits for Enter")
            await paul.writes("!")
            await petra.until(lambda: sees(petra) == [("paul", "see !")])
            await paul.press("ctrl+u", "ctrl+y")
            await paul.until(lambda: paul.app.composer.text == "see hunter2!")
            await paul.press("x")
            await petra.until(lambda: sees(petra) == [("paul", "x")])
            await paul.press("enter")
            await petra.until(lambda: said(petra, "#paste")[-1] == "see hunter2!x")
            await paul.press("ctrl+up", "ctrl+up", "ctrl+up", "y")
            await petra.until(lambda: sees(petra) == [("paul", "y")])
            assert "an earlier secrety" in paul.app.composer.text

    play(story)


def test_only_what_is_for_all_is_seen(server: RunningServer, tmp_path: Path) -> None:
    async def story() -> None:
        async with (
            chatting(server, tmp_path / "a", "walt", "#words") as walt,
            chatting(server, tmp_path / "b", "wim", "#words") as wim,
        ):
            with server.irc("eve", "#words", caps="message-tags hubbub.chat/live") as eve:
                eve.send("LIVE ON #words")
                await goes_live(walt, wim)
                for written in ("/msg wim secret", "wim: secret", "//"):
                    await walt.writes(written)
                    await walt.until(lambda written=written: walt.app.composer.text == written)
                    await walt.press("ctrl+c")
                await walt.types("first")
                await walt.until(lambda: said(walt, "#words") == ["first"])
                await walt.press("up")
                await walt.writes(" edited secret")
                await walt.press("escape")
                walt.app.composer.post_message(events.Paste("a pasted secret"))
                await walt.until(lambda: "secret" in walt.app.composer.text)
                await walt.press("ctrl+a")
                await walt.writes("/")
                await walt.until(lambda: walt.app.composer.text.startswith("/a"))
                await walt.press("backspace")
                await walt.press("ctrl+e")
                await walt.writes("done")
                await wim.until(lambda: sees(wim) == [("walt", "done")])
                walt.network.session.converse("wim")
                await walt.goes_to("wim")
                await wim.until(lambda: sees(wim) == [])
                await walt.goes_to("#words")
                assert "pasted secretdone" in walt.app.composer.text
                await walt.writes("!")
                await wim.until(lambda: sees(wim) == [("walt", "done!")])
                eve.send("PING all")
                shown = states(await heard(eve, "PONG"))
                assert shown <= {word[:end] for word in ("wim", "//", "first", "done!") for end in range(9)}

    play(story)


def test_it_moves_nothing_that_one_reads(server: RunningServer, tmp_path: Path) -> None:
    async def story() -> None:
        async with (
            chatting(server, tmp_path / "a", "rita", "#read", size=(80, 20)) as rita,
            chatting(server, tmp_path / "b", "rob", "#read") as rob,
        ):
            await goes_live(rita, rob)
            for number in range(30):
                await rob.types(f"line {number}")
            await rita.shows("line 29")
            await rita.press("pageup")
            await rita.shows("line 10")
            before = rita.app.view.visible_lines
            await rob.writes("a long line " * 20)
            await rita.until(lambda: len(sees(rita)) == 1 and len(sees(rita)[0][1]) > 200)
            await rita.pilot.pause()
            assert rita.app.view.visible_lines == before
            await rita.press("escape")
            await rita.shows("a long line")

    play(story)


def test_off_is_off_and_on_is_remembered(server: RunningServer, tmp_path: Path) -> None:
    async def story() -> None:
        async with chatting(server, tmp_path / "b", "oskar", "#off") as oskar:
            async with chatting(server, tmp_path / "a", "olga", "#off") as olga:
                assert "LIVE" not in olga.screen()
                await goes_live(olga, oskar)
                await olga.writes("gone")
                await oskar.until(lambda: sees(oskar) == [("olga", "gone")])
            assert Settings.load(tmp_path / "a" / "olga.toml").servers
            await oskar.until(lambda: sees(oskar) == [])
            async with chatting(server, tmp_path / "a", "olga", "#off") as olga:
                await olga.shows("LIVE:")
                await olga.press("ctrl+c")
                await olga.types("/live off")
                await olga.hides("LIVE:")
                await olga.writes("secret")
                await oskar.shows("olga is typing")
                assert sees(oskar) == []
            async with chatting(server, tmp_path / "a", "olga", "#off") as olga:
                await olga.writes("x")
                assert "LIVE:" not in olga.screen()

    play(story)


def test_with_one_person(server: RunningServer, tmp_path: Path) -> None:
    async def story() -> None:
        async with (
            chatting(server, tmp_path / "a", "willa", "#again") as willa,
            chatting(server, tmp_path / "b", "wolf", "#again") as wolf,
        ):
            await willa.types("/live with wolf")
            await willa.shows("Live text is on with wolf")
            await wolf.types("/live with willa")
            await wolf.shows("Live text is on with willa")
            await willa.types("/query wolf")
            await willa.shows("Message wolf")
            await willa.writes("psst")
            window = await wolf.until(lambda: wolf.window("willa"))
            wolf.app.show_window(window)
            await wolf.until(lambda: sees(wolf) == [("willa", "psst")])
            await willa.shows("LIVE: wolf sees what you type")

    play(story)


def test_others_see_the_final_line_and_nothing_is_kept(
    server: RunningServer, folder: Path, tmp_path: Path
) -> None:
    async def story() -> None:
        async with (
            chatting(server, tmp_path / "a", "tina", "#third") as tina,
            chatting(server, tmp_path / "b", "tom", "#third") as tom,
        ):
            with server.irc("carl", "#third", caps="message-tags") as carl:
                await goes_live(tina, tom)
                await tina.writes("xylophone")
                await tom.until(lambda: sees(tom) == [("tina", "xylophone")])
                for _ in range(4):
                    await tina.press("backspace")
                await tina.press("enter")
                received = await heard(carl, "PRIVMSG #third :xylop$")
                typing = [line for line in received if "TAGMSG" in line]
                assert typing
                assert all(line.startswith("@+typing=") and "xylo" not in line for line in typing)
        stored = b"".join(path.read_bytes() for path in (folder / "data").rglob("*") if path.is_file())
        assert b"xylop" in stored
        assert b"xylopho" not in stored

    play(story)
