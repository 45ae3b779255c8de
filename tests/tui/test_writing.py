"""Writing: completion, blocks of text, editing, and that all of it goes where it was meant to (on a real server)."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from textual import events

from chatting import arrived, chatting, heard, lines, play, said
from hubbub.client.lines import Delivery
from hubbub.irc.wire import parse
from hubbub.tui.composer import Mode
from serving import RunningServer

MULTILINE = "message-tags batch labeled-response echo-message draft/multiline"


# -- completion ----------------------------------------------------------------------------------------------


def test_tab_completes_what_is_known(server: RunningServer, tmp_path: Path) -> None:
    (tmp_path / "Downloads").mkdir()

    async def story() -> None:
        with (
            server.irc("sally", "#tabs") as sally,
            server.irc("sam", "#tabs") as sam,
            server.irc("sue", "#tabs"),
        ):
            async with chatting(server, tmp_path, "tabby", "#tabs", "#general") as tabby:
                sally.send("PRIVMSG #tabs :first")
                await tabby.shows("sally  first")
                sam.send("PRIVMSG #tabs :then")
                await tabby.shows("sam  then")
                box = tabby.app.composer
                await tabby.press("s", "tab")
                assert box.text == "sam, "
                await tabby.press("tab")
                assert box.text == "sally, "
                await tabby.press("tab")
                assert box.text == "sue, "
                await tabby.press("shift+tab")
                assert box.text == "sally, "
                for written, wanted in [
                    ("/jo", "/join "),
                    ("see #ge", "see #general "),
                    (":thu", ":thumbsup: "),
                    (f"/upload {tmp_path}/Dow", f"/upload {tmp_path}/Downloads/"),
                ]:
                    box.replace_text("")
                    await tabby.writes(written)
                    await tabby.press("tab")
                    assert box.text.replace("👍 ", ":thumbsup: ") == wanted

    play(story)


# -- a block of text -----------------------------------------------------------------------------------------


def test_twelve_pasted_lines_are_one_message(server: RunningServer, tmp_path: Path) -> None:
    block = "\n".join(f"line {number}" for number in range(1, 13))

    async def story() -> None:
        with server.irc("irssi", "#paste") as irssi, server.irc("zed", "#paste", caps=MULTILINE) as zed:
            async with chatting(server, tmp_path, "paula", "#paste") as paula:
                paula.app.post_message(events.Paste(block))
                await paula.shows("12 lines, .* characters — Enter sends them as one message")
                assert not said(paula, "#paste")
                zed.send(*(f"PRIVMSG #paste :between {number}" for number in range(5)))
                await paula.press("enter")
                lines = await heard(irssi, "PRIVMSG #paste :line 12")
                texts = [one.partition(" :")[2] for one in lines if ":paula!" in one and "PRIVMSG" in one]
                assert texts == [f"line {number}" for number in range(1, 13)]
                spoken = [one.split("!")[0] for one in lines if "PRIVMSG" in one]
                first = spoken.index(":paula")
                assert set(spoken[first : first + 12]) == {":paula"}, "others came between"
                batch = await heard(zed, "BATCH -")
                assert sum("PRIVMSG #paste :line" in one for one in batch) == 12
                assert said(paula, "#paste").count(block) == 1

    play(story)


# -- editing -------------------------------------------------------------------------------------------------


def test_up_edits_the_last_message_and_escape_restores(server: RunningServer, tmp_path: Path) -> None:
    async def story() -> None:
        async with (
            chatting(server, tmp_path / "a", "edith", "#edits") as edith,
            chatting(server, tmp_path / "b", "ned", "#edits") as ned,
        ):
            await edith.types("teh tea")
            await ned.shows("edith  teh tea")
            await edith.press("up")
            await edith.shows("editing your message")
            assert edith.app.composer.text == "teh tea"
            await edith.press("escape")
            await edith.hides("editing your message")
            assert edith.app.composer.text == ""
            # A message's own e, with something half typed that comes back.
            await edith.writes("half a sen")
            await edith.press("alt+up", "e")
            await edith.shows("editing your message")
            assert edith.app.composer.text == "teh tea"
            await edith.press("escape")
            assert edith.app.composer.text == "half a sen"
            await edith.press("ctrl+u", "up")
            await edith.shows("editing your message")
            edith.app.composer.replace_text("the tea")
            await edith.press("enter")
            await ned.shows("edith  the tea")
            await edith.shows("edith  the tea")
            assert "teh tea" not in edith.screen() + ned.screen()
            assert edith.app.composer.mode is Mode.SAY

    play(story)


# -- without a connection ------------------------------------------------------------------------------------


def test_without_a_connection_one_goes_on_writing(tmp_path: Path) -> None:
    async def story() -> None:
        with ExitStack() as running:
            first = running.enter_context(RunningServer(tmp_path / "server"))
            async with chatting(first, tmp_path, "nell", "#cable") as nell:
                await nell.types("before")
                await nell.until(lambda: arrived(nell, "#cable"))
                await asyncio.to_thread(first.stop)
                await nell.shows(r"Connection lost: .*Next attempt in \d+ s")
                await nell.types("while it is away")
                await nell.types("and more")
                waiting = [one.text for one in lines(nell, "#cable") if one.delivery is Delivery.PENDING]
                assert waiting == ["while it is away", "and more"]
                row = next(one for one in nell.rows() if "while it is away" in one)
                assert "…" in row, "nothing says that it waits"
                await nell.writes("half a line")
                with RunningServer(tmp_path / "server", listen=[{"port": first.port}]):
                    await nell.press("alt+r")
                    await nell.hides("Connection lost|Connecting again")
                    await nell.until(lambda: arrived(nell, "#cable"))
                    assert said(nell, "#cable") == ["before", "while it is away", "and more"]
                    assert nell.app.composer.text == "half a line"
                    assert nell.app.window is not None
                    assert nell.app.window.title == "#cable"
                    await nell.app.networks[nell.network.key].stop("")

    play(story)


def test_indentation_reaches_the_others(server: RunningServer, tmp_path: Path) -> None:
    async def story() -> None:
        with server.irc("ines", "#code") as ines:
            async with chatting(server, tmp_path, "ira", "#code") as ira:
                await ira.types("    return 1")
                await heard(ines, "PRIVMSG #code :    return 1$")
                await ira.shows("ira      return 1")

    play(story)


# -- what was begun stays where it was begun -----------------------------------------------------------------


def test_taking_back_while_another_conversation_comes_up(server: RunningServer, tmp_path: Path) -> None:
    async def story() -> None:
        with server.irc("witness", "#begun", caps="message-tags draft/message-redaction") as witness:
            async with chatting(server, tmp_path, "rhea", "#begun", "#elsewhere") as rhea:
                await rhea.types("wrong room")
                await heard(witness, "PRIVMSG #begun :wrong room")
                await rhea.goes_to("#elsewhere")
                await rhea.types("stays")
                await rhea.shows("rhea  stays")
                await rhea.goes_to("#begun")
                await rhea.press("alt+up", "backspace")
                await rhea.shows("Take this back\\? wrong room")
                rhea.app.show_window(rhea.window("#elsewhere"))
                await rhea.press("y")
                await heard(witness, "REDACT #begun ")
                said = rhea.window("#elsewhere").conversation.timeline
                assert [line.redacted for line in said if line.text == "stays"] == [False]

    play(story)


def test_a_thread_is_of_the_conversation_in_which_it_was_opened(
    server: RunningServer, tmp_path: Path
) -> None:
    async def story() -> None:
        async with chatting(server, tmp_path, "thea", "#thread", "#other") as thea:
            await thea.types("the question")
            await thea.shows("thea  the question")
            await thea.until(lambda: list(thea.app.timeline.arrived()))
            await thea.types("/re 1 the answer")
            await thea.shows("the answer")
            await thea.press("alt+up", "t")
            await thea.shows("Replies to thea")
            thea.app.show_window(thea.window("#other"))
            await thea.press("enter")
            await thea.shows("Message #thread")
            await thea.shows("the question")

    play(story)


def test_what_was_found_is_shown_where_it_was_said(server: RunningServer, tmp_path: Path) -> None:
    """On the server that was asked, too, though another one is looked at by then."""

    async def story() -> None:
        with RunningServer(tmp_path / "other", {"server.name": "other.example"}) as other:
            async with chatting(server, tmp_path, "seth", "#attic", "#cellar") as seth:
                await seth.types("the old lamp")
                await seth.shows("seth  the old lamp")
                await seth.types(f"/connect 127.0.0.1:{other.port}")
                await seth.until(lambda: len(seth.app.networks) == 2)
                second = list(seth.app.networks.values())[1]
                await seth.until(lambda: second.session.was_online)
                await seth.goes_to("#cellar")
                await seth.types("/search lamp")
                await seth.shows("the old lamp")
                seth.app.show_window(seth.app.windows.add(second.key, second.chat.server))
                await seth.press("enter")
                await seth.shows("Message #attic")
                await seth.shows("seth  the old lamp")

    play(story)


# -- habits --------------------------------------------------------------------------------------------------


def test_what_is_for_one_person_says_so_before_enter(server: RunningServer, tmp_path: Path) -> None:
    async def story() -> None:
        with server.irc("bea", "#class") as bea, server.irc("cid", "#class") as cid:
            async with chatting(server, tmp_path, "ann", "#class") as ann:
                await ann.writes("bea: psst")
                await ann.shows("private to bea ▸ bea: psst")
                await ann.press("enter")
                await heard(bea, "PRIVMSG bea :psst")
                for typed in ("\\send bea one two", "/msg bea one two", "/w bea one two"):
                    await ann.writes(typed)
                    await ann.shows("private to bea ▸|command ▸")
                    await ann.press("enter")
                    await heard(bea, "PRIVMSG bea :one two")
                await ann.types("everybody")
                lines = await heard(cid, "PRIVMSG #class :everybody")
                assert not any("psst" in one or "one two" in one for one in lines)

    play(story)


def test_words_of_the_classroom(server: RunningServer, tmp_path: Path) -> None:
    async def story() -> None:
        with server.irc("bea", "#habits") as bea:
            async with chatting(server, tmp_path, "kim", "#habits") as kim:
                bea.so_far()
                await kim.types("who")
                await kim.shows("2 people are connected:")
                await kim.types("/list")
                await kim.shows("#habits")
                await kim.press("escape")
                await kim.types("\\list")
                await kim.shows("#habits")
                await kim.press("escape")
                await kim.types("\\help")
                await kim.shows("(?i)esc")
                await kim.until(lambda: len(kim.app.screen_stack) == 2)
                await kim.press("escape")
                await kim.until(lambda: len(kim.app.screen_stack) == 1)
                await kim.types("/nonsense")
                await kim.shows("There is no command /nonsense")
                assert kim.app.composer.text == "/nonsense"
                await kim.press("ctrl+u")
                await kim.types("//slash")
                assert not any("nonsense" in one or "who" in one for one in await heard(bea, ":/slash"))

    play(story)


# -- where it was typed --------------------------------------------------------------------------------------


def test_what_is_typed_is_said_where_it_was_typed(server: RunningServer, tmp_path: Path) -> None:
    async def story() -> None:
        async with chatting(server, tmp_path, "wanda", "#here", "#there") as wanda:
            talks = wanda.network.chat.conversations
            await wanda.until(
                lambda: all(name in talks and talks[name].joined for name in ("#here", "#there"))
            )
            await wanda.goes_to("#here")
            await wanda.writes("for here")
            await wanda.until(lambda: wanda.app.composer.text == "for here")
            wanda.app.composer._submit()
            window = wanda.window("#there")
            assert window is not None
            wanda.app.show_window(window)
            await wanda.until(lambda: said(wanda, "#here") == ["for here"])
            assert said(wanda, "#there") == []
            assert wanda.app.composer.text == ""
            await wanda.goes_to("#here")
            assert wanda.app.composer.text == ""

    play(story)


def test_a_room_that_opens_late_takes_nobody_away_from_what_they_write(
    server: RunningServer, tmp_path: Path
) -> None:
    async def story() -> None:
        async with chatting(server, tmp_path, "late", "#slow") as late:
            late.network.session.join("#third")
            await late.writes("hello")
            await late.shows("You are in #third now")
            await late.press("enter")
            await late.until(lambda: said(late, "#slow") == ["hello"])
            assert said(late, "#third") == []

    play(story)


def test_an_edit_and_a_reply_belong_to_their_windows(server: RunningServer, tmp_path: Path) -> None:
    async def story() -> None:
        async with chatting(server, tmp_path, "ed", "#ea", "#eb") as ed:
            for room in ("#ea", "#eb"):
                await ed.goes_to(room)
                await ed.types(f"line of {room}")
                await ed.until(partial(lambda name: said(ed, name) and arrived(ed, name), room))
            await ed.goes_to("#ea")
            await ed.press("up")
            await ed.writes("!")
            await ed.goes_to("#eb")
            await ed.press("alt+up", "r")
            await ed.shows("reply to ed: line of #eb")
            await ed.goes_to("#ea")
            assert ed.app.composer.mode is Mode.EDIT
            await ed.press("enter")
            await ed.until(lambda: said(ed, "#ea") == ["line of #ea!"])
            await ed.goes_to("#eb")
            assert said(ed, "#eb") == ["line of #eb"]
            # What is refused stays a reply.
            await ed.types("/nosuchthing at all")
            await ed.shows("reply to ed: line of #eb")
            ed.app.composer.replace_text("indeed")
            await ed.press("enter")
            await ed.until(lambda: len(said(ed, "#eb")) == 2)
            first, answer = lines(ed, "#eb")
            assert answer.reply_to == first.msgid

    play(story)


def test_a_reaction_is_for_the_message_that_was_asked_about(server: RunningServer, tmp_path: Path) -> None:
    async def story() -> None:
        async with chatting(server, tmp_path, "rea", "#ra", "#rb") as rea:
            await rea.types("like this")
            await rea.until(lambda: said(rea, "#ra") and arrived(rea, "#ra"))
            await rea.press("alt+up", "equals_sign")
            await rea.until(lambda: len(rea.app.screen_stack) == 2)
            window = rea.window("#rb")
            assert window is not None
            rea.app.show_window(window)
            await rea.writes(":thumbsup:")
            await rea.press("enter")
            await rea.until(lambda: lines(rea, "#ra")[0].reactions)

    play(story)


# -- for nobody ----------------------------------------------------------------------------------------------


def test_what_is_for_nobody_is_not_sent(server: RunningServer, tmp_path: Path) -> None:
    async def story() -> None:
        async with chatting(server, tmp_path, "tess", "#school") as tess:
            await tess.writes("Homework: page 12")
            await tess.shows("nobody of that name ▸")
            await tess.press("enter")
            await tess.shows('No one is called "Homework" here, so nothing was sent')
            assert "/say Homework: page 12" in " ".join(tess.screen().split())
            assert tess.app.composer.text == "Homework: page 12"
            assert tess.network.chat.find("Homework") is None
            assert said(tess, "#school") == []

    play(story)


def test_a_message_to_nobody_leaves_no_conversation_behind(server: RunningServer, tmp_path: Path) -> None:
    async def story() -> None:
        async with chatting(server, tmp_path, "gus", "#ghosts") as gus:
            await gus.types("/msg nobodyatall are you there")
            await gus.shows("Not sent to nobodyatall: are you there")
            await gus.until(lambda: gus.network.chat.find("nobodyatall") is None)
            assert gus.app.window is gus.window("#ghosts")

    play(story)


def test_that_somebody_is_away_is_told_where_one_has_written_to_them(
    server: RunningServer, tmp_path: Path
) -> None:
    async def story() -> None:
        with server.irc("dan") as dan:
            dan.send("AWAY :at lunch")
            dan.until(" 306 ")
            async with chatting(server, tmp_path, "writer", "#desks") as writer:
                await writer.types("/msg dan hello")
                await writer.shows("at lunch")
                assert writer.app.window is writer.window("#desks")

    play(story)


def test_passwords_for_services_are_shown_and_kept_nowhere(server: RunningServer, tmp_path: Path) -> None:
    async def story() -> None:
        async with chatting(server, tmp_path, "sec", "#safe") as sec:
            await sec.types("/query NickServ identify hunter2")
            await sec.shows("The name or the password is wrong")
            sec.network.session.received(parse(":NickServ!s@s PRIVMSG sec :who are you?"))
            await sec.goes_to("NickServ")
            await sec.types("identify sec hunter3")
            await sec.writes("/pm NickServ identify hunter4")
            await sec.until(lambda: not sec.app.memories[sec.network.key].problem)
            assert "hunter2" not in sec.screen()
            assert "hunter3" not in sec.screen()

    play(story)
    kept = "".join(path.read_text() for path in (tmp_path / "sec-state").glob("*.json"))
    assert "hunter" not in kept
