"""The whole terminal client against a real server: what people do with the keys and the mouse, and what they see."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from functools import partial
from pathlib import Path

import pytest
from textual import events

from chatting import Chatter, chatting, heard, is_read_in, play
from hubbub.client.chat import Place
from hubbub.client.events import Phase
from hubbub.client.lines import Delivery, Kind, Line
from hubbub.client.settings import Settings
from hubbub.irc.wire import parse
from hubbub.tui import app as app_module
from hubbub.tui.app import ChatApp, Start, run
from hubbub.tui.composer import Mode
from serving import RunningServer

MULTILINE = "message-tags batch labeled-response echo-message draft/multiline"


def said(chatter: Chatter, name: str) -> list[str]:
    return [line.text for line in lines(chatter, name)]


# -- coming in ----------------------------------------------------------------------------------------------


def test_a_name_that_is_taken_is_replaced_on_the_same_screen(server: RunningServer, tmp_path: Path) -> None:
    async def story() -> None:
        with server.irc("tina"):
            async with chatting(server, tmp_path, "tina", "#taken", online=False) as chatter:
                screen = await chatter.shows("tina: .*is free: press Enter")
                assert "If tina is you, type your password" in " ".join(screen.split())
                await chatter.press("enter")
                await chatter.shows("Message #taken")
                assert chatter.network.chat.nick != "tina"
                assert len(chatter.app.networks) == 1

    play(story)


def test_the_password_of_a_registered_name_gives_it_back(server: RunningServer, tmp_path: Path) -> None:
    async def story() -> None:
        async with chatting(server, tmp_path / "first", "rosa", "#garden") as rosa:
            await rosa.types("/register s3cret-enough")
            await rosa.until(lambda: rosa.network.chat.account == "rosa")
        async with chatting(server, tmp_path / "second", "rosa", "#garden", online=False) as rosa:
            await rosa.shows("rosa: ")
            await rosa.press("f2")
            await rosa.types("wrong password")
            await rosa.shows("or F2 to come as a guest")
            await rosa.types("s3cret-enough")
            await rosa.shows("Message #garden")
            assert rosa.network.chat.nick == "rosa"
            assert rosa.network.chat.account == "rosa"

    play(story)


def test_log_in_from_inside(server: RunningServer, tmp_path: Path) -> None:
    async def story() -> None:
        async with chatting(server, tmp_path / "a", "ivan", "#login") as ivan:
            await ivan.types("/register s3cret-enough")
            await ivan.until(lambda: ivan.network.chat.account == "ivan")
            async with chatting(server, tmp_path / "b", "visitor", "#login") as visitor:
                await visitor.types("/login ivan s3cret-enough")
                await visitor.until(lambda: visitor.network.chat.account == "ivan")
                await visitor.press("ctrl+up")
                assert "s3cret" not in visitor.app.composer.text

    play(story)
    kept = "".join(path.read_text() for path in tmp_path.rglob("*") if path.is_file())
    assert "ivan" in kept
    assert "s3cret" not in kept


def test_two_servers_at_once(server: RunningServer, tmp_path: Path) -> None:
    async def story() -> None:
        with RunningServer(tmp_path / "other", {"server.name": "other.example"}) as other:
            async with chatting(server, tmp_path, "twain", "#here") as twain:
                await twain.types(f"/connect 127.0.0.1:{other.port}")
                await twain.until(lambda: len(twain.app.networks) == 2)
                second = list(twain.app.networks.values())[1]
                await twain.until(lambda: second.session.was_online)
                twain.app.show_window(twain.app.windows.add(second.key, second.chat.server))
                await twain.types("/join #there")
                await twain.shows("Message #there")
                with other.irc("una", "#there") as una, server.irc("ulf", "#here") as ulf:
                    await twain.types("over there")
                    await heard(una, "PRIVMSG #there :over there")
                    await twain.goes_to("#here")
                    await twain.types("over here")
                    await heard(ulf, "PRIVMSG #here :over here")
                    assert not any("over there" in one for one in ulf.so_far())
                    una.send("PRIVMSG #there :twain: look")
                    await twain.shows(r"act: .*#there\(1@\)")

    play(story)


# -- completion ---------------------------------------------------------------------------------------------


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


# -- a block of text ----------------------------------------------------------------------------------------


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


# -- editing ------------------------------------------------------------------------------------------------


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


# -- activity -----------------------------------------------------------------------------------------------


def test_alt_a_goes_where_something_is_new_and_back(server: RunningServer, tmp_path: Path) -> None:
    async def story() -> None:
        with server.irc("bot", "#one", "#two", "#three") as bot:
            async with chatting(server, tmp_path, "walker", "#home", "#one", "#two", "#three") as walker:
                bot.send(
                    "PRIVMSG #one :something",
                    "PRIVMSG #two :walker: come",
                    "PRIVMSG walker :psst",
                )
                screen = await walker.shows(r"act: #two\(1@\) bot\(1\S*\) #one\(1\)")
                assert "Message #home" in screen
                for expected in ("#two", "bot", "#one", "#home"):
                    await walker.press("alt+a")
                    await walker.shows(f"Message {expected}$")
                    await walker.until(partial(lambda name: walker.unread(name) == 0, expected))
                await walker.press("alt+a")
                await walker.shows("Nothing is new")
                await walker.hides("act:")

    play(story)


def test_the_first_unread_is_where_one_goes_on_reading(server: RunningServer, tmp_path: Path) -> None:
    async def story() -> None:
        with server.irc("bot", "#desk") as bot:
            async with (
                chatting(server, tmp_path / "a", "lena", "#desk", "#other", size=(100, 20)) as lena,
            ):
                await lena.types("/register s3cret-enough")
                await lena.until(lambda: lena.network.chat.account == "lena")
                bot.send(*(f"PRIVMSG #desk :before {number}" for number in range(1, 6)))
                await lena.shows("before 5")
                await lena.until(lambda: lena.unread("#desk") == 0)
                await lena.goes_to("#other")
                bot.send(*(f"PRIVMSG #desk :news {number}" for number in range(1, 31)))
                await lena.until(lambda: lena.unread("#desk") == 30)
                await lena.goes_to("#desk")
                screen = await lena.shows(r"─ new ─")
                at = screen.split("\n")
                divider = next(number for number, row in enumerate(at) if "─ new ─" in row)
                assert "before 5" in at[divider - 1], screen
                assert "news 1" in at[divider + 1], screen
                bot.send("PRIVMSG #desk :news 31")
                await lena.shows(r"↓ \d+ new")
                after = lena.screen().split("\n")
                assert after[divider : divider + 5] == at[divider : divider + 5], "the view has jumped"
                await lena.until(lambda: lena.unread("#desk") == 31)
                async with second_client(server, tmp_path / "b", "lena") as other:
                    await other.until(lambda: other.unread("#desk") == 31)
                    await lena.press("escape")
                    await lena.shows("news 31")
                    await lena.hides("─ new ─")
                    await other.until(lambda: other.unread("#desk") == 0, within=1.0)

    play(story)


@asynccontextmanager
async def second_client(server: RunningServer, folder: Path, account: str) -> AsyncIterator[Chatter]:
    """Of the same account, looking at #other."""
    async with chatting(server, folder, f"{account}2") as other:
        await other.types(f"/login {account} s3cret-enough")
        await other.until(lambda: other.network.chat.account == account)
        await other.goes_to("#other")
        yield other


# -- what is older ------------------------------------------------------------------------------------------


def test_older_messages_load_while_one_scrolls_and_nothing_jumps(
    server: RunningServer, tmp_path: Path
) -> None:
    async def story() -> None:
        with server.irc("bot", "#long") as bot:
            bot.send(*(f"PRIVMSG #long :number {number}." for number in range(1, 401)))
            bot.so_far()
            async with chatting(server, tmp_path, "olga", "#long", size=(100, 24)) as olga:
                await olga.shows(r"number 400\.")
                loaded = len(said(olga, "#long"))
                assert loaded < 400
                for _ in range(60):
                    await olga.press("pageup")
                    await olga.until(lambda: is_read_in(olga, "#long"))
                await olga.shows(r" number 1\.")
                assert said(olga, "#long") == [f"number {number}." for number in range(1, 401)]
                before = olga.rows()[:-4]
                bot.send(*(f"PRIVMSG #long :later {number}" for number in range(1, 8)))
                await olga.shows("↓ 7 new")
                after = olga.rows()[:-4]
                assert [row[20:90] for row in after[:-1]] == [row[20:90] for row in before[:-1]]
                await olga.press("alt+end")
                await olga.shows("later 7")
                await olga.hides("↓ 7 new")

    play(story)


# -- without a connection -----------------------------------------------------------------------------------


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


def lines(chatter: Chatter, name: str) -> list[Line]:
    window = chatter.window(name)
    assert window is not None
    return [one for one in window.conversation.timeline if one.kind.is_said]


def arrived(chatter: Chatter, name: str) -> bool:
    return all(one.delivery is Delivery.ARRIVED for one in lines(chatter, name))


# -- search -------------------------------------------------------------------------------------------------


def test_search_goes_to_a_message_and_escape_returns(server: RunningServer, tmp_path: Path) -> None:
    async def story() -> None:
        with server.irc("bot", "#library") as bot:
            bot.send("PRIVMSG #library :the quokka smiles")
            bot.send(*(f"PRIVMSG #library :page {number}" for number in range(1, 301)))
            bot.send("PRIVMSG #library :a second quokka")
            bot.so_far()
            async with chatting(server, tmp_path, "finn", "#home", "#library") as finn:
                await finn.types("/search quokka")
                screen = await finn.shows("the quokka smiles")
                assert "a second quokka" in screen
                assert "#library" in screen
                assert "bot" in screen
                await finn.press("enter")
                await finn.shows("Message #library")
                await finn.shows("the quokka smiles")
                await finn.shows("page 1$|page 1 ")
                assert "a second quokka" not in finn.screen()
                assert finn.app.past is not None, "it was not loaded before"
                await finn.press("escape")
                await finn.shows("a second quokka")
                assert finn.app.past is None

    play(story)


# -- the mouse ----------------------------------------------------------------------------------------------


def test_the_mouse(server: RunningServer, tmp_path: Path) -> None:
    async def story() -> None:
        with ExitStack() as others:
            bot = others.enter_context(server.irc("bot", "#mouse", "#hole"))
            async with chatting(server, tmp_path, "mick", "#mouse", "#hole") as mick:
                for name in ("dan", "eve", "fay"):
                    others.enter_context(server.irc(name, "#mouse"))
                bot.send("PRIVMSG #mouse :come to #hole and see https://example.org/x")
                bot.send("PRIVMSG #hole :" + "a")
                await mick.shows("example.org")
                opened: list[str] = []
                mick.app.open_link = opened.append  # type: ignore[method-assign,assignment]
                await mick.click("https://example.org")
                await mick.until(lambda: opened == ["https://example.org/x"])
                row = next(one for one in mick.rows() if "come to" in one)
                column = row.index("bot")
                await mick.pilot.click(offset=(column, mick.rows().index(row)))
                await mick.until(lambda: mick.app.composer.text == "bot, ")
                mick.app.composer.replace_text("")
                await mick.click("#hole and")
                await mick.shows("Message #hole")
                await mick.click("#mouse")
                await mick.shows("Message #mouse")
                for number in range(40):
                    bot.send(f"PRIVMSG #mouse :row {number}")
                await mick.shows("row 39")
                await wheel(mick, "row 30", up=True)
                await mick.hides("row 39")
                assert mick.app.people_panel.scroll_y == 0
                await mick.press("escape")
                await mick.shows("row 39")
                mick.app.view.fold_rows = 2
                bot.send("PRIVMSG #mouse :" + "blah " * 80)
                await mick.shows(r"\[\+\d+ more lines\]")
                await mick.click("more lines]")
                await mick.hides("more lines")
                assert sum("blah" in row for row in mick.rows()) > 2
                await mick.click("  dan" if "  dan" in mick.screen() else "dan")
                await mick.shows("Message dan")
                assert mick.app.window is not None
                assert mick.app.window.place is Place.DIRECT

    play(story)


async def wheel(chatter: Chatter, text: str, *, up: bool) -> None:
    y, x = next((y, row.index(text)) for y, row in enumerate(chatter.rows()) if text in row)
    widget, _ = chatter.app.screen.get_widget_at(x, y)
    kind = events.MouseScrollUp if up else events.MouseScrollDown
    widget.post_message(
        kind(widget, 0, 0, 0, -1 if up else 1, 0, False, False, False, screen_x=x, screen_y=y)
    )
    await chatter.pilot.pause()


# -- habits -------------------------------------------------------------------------------------------------


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


# -- hostile text -------------------------------------------------------------------------------------------


def test_hostile_text_is_only_text(server: RunningServer, tmp_path: Path) -> None:
    async def story() -> None:
        with server.irc("mallory", "#danger") as mallory:
            async with chatting(server, tmp_path, "vera", "#danger") as vera:
                for text in (
                    "\x1b[2J\x1b[31mred\x1b]0;title\x07",
                    "\u202eevil\u2066 \u200f order",
                    "z" + "\u0301" * 200,
                    "\u200b" * 150 + "hidden",
                    "[bold]markup[/bold] [@click=app.quit]x[/]",
                    "\x9b31m\x9d0;x\x9c c1",
                ):
                    mallory.send(f"PRIVMSG #danger :{text}")
                mallory.send(*(["PRIVMSG #danger :" + "\u0301" * 160] * 12))
                mallory.send("PRIVMSG #danger :still whole")
                screen = await vera.shows("still whole")
                assert not set(screen) & set("\x1b\x07\x9b\x9d\u202e\u2066")
                assert "[bold]markup[/bold]" in screen
                await vera.types("fine")
                await heard(mallory, "PRIVMSG #danger :fine")
                assert any("1 person" in row or "2 people" in row for row in vera.rows())

    play(story)


# -- where it was typed -------------------------------------------------------------------------------------


def test_what_is_typed_is_said_where_it_was_typed(server: RunningServer, tmp_path: Path) -> None:
    async def story() -> None:
        async with chatting(server, tmp_path, "wanda", "#here", "#there") as wanda:
            talks = wanda.network.chat.conversations
            await wanda.until(lambda: all(name in talks and talks[name].joined for name in ("#here", "#there")))
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


# -- for nobody ---------------------------------------------------------------------------------------------


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


# -- coming back --------------------------------------------------------------------------------------------


def test_one_comes_back_to_the_same_rooms(server: RunningServer, tmp_path: Path) -> None:
    async def story() -> None:
        async with chatting(server, tmp_path, "mia") as mia:
            await mia.types("/join #red")
            await mia.shows("Message #red")
            await mia.types("/join #blue")
            await mia.shows("Message #blue")
            await mia.types("/join #gone")
            await mia.shows("Message #gone")
            await mia.types("/part")
            await mia.until(lambda: mia.window("#gone") is None)
            await mia.goes_to("#red")
            server_kept = mia.app.server_of(mia.network)
            assert server_kept.rooms == ["#red", "#blue"]
        async with chatting(server, tmp_path, "mia") as mia:
            await mia.until(lambda: is_read_in(mia, "#red") and is_read_in(mia, "#blue"))
            await mia.shows("Message #red")
            assert mia.window("#gone") is None

    play(story)


def test_the_key_of_a_room_is_kept_with_it(server: RunningServer, tmp_path: Path) -> None:
    async def story() -> None:
        async with chatting(server, tmp_path, "kay") as kay:
            await kay.types("/join #locked sesame")
            await kay.shows("Message #locked")
            assert kay.app.server_of(kay.network).rooms == ["#locked sesame"]

    play(story)


def test_the_room_of_the_address_is_shown(tmp_path: Path) -> None:
    async def story() -> None:
        with RunningServer(tmp_path / "server", {"rooms.default": "#lobby"}) as server:
            async with chatting(server, tmp_path, "lee", online=False) as lee:
                await lee.shows("Message #lobby")
            app = ChatApp(
                Settings.load(tmp_path / "other.toml"),
                start=Start("127.0.0.1", server.port, "leo", rooms=("#tea",)),
                environ={},
            )
            async with app.run_test(size=(110, 30)) as pilot:
                leo = Chatter(app, pilot)
                await leo.shows("Message #tea")
                await leo.until(lambda: leo.window("#lobby"))
                assert app.window is leo.window("#tea")
                await asyncio.gather(*(network.stop("") for network in app.networks.values()))

    play(story)


def test_a_known_account_is_asked_for_its_password_before_anything_is_sent(
    server: RunningServer, tmp_path: Path
) -> None:
    async def story() -> None:
        async with chatting(server, tmp_path / "first", "nora", "#back") as nora:
            await nora.types("/register s3cret-enough")
            await nora.until(lambda: nora.network.chat.account == "nora")
        async with chatting(
            server, tmp_path / "second", "nora", "#back", account="nora", online=False
        ) as nora:
            await nora.shows("Password of nora")
            await nora.types("s3cret-enough")
            await nora.shows("Message #back")
            assert nora.network.chat.account == "nora"
        async with chatting(
            server, tmp_path / "second", "nora", "#back", account="nora", online=False
        ) as nora:
            await nora.shows("Password of nora")
            await nora.press("f2", "ctrl+u")
            await nora.types("norra")
            await nora.shows("Message #back")
            assert nora.network.chat.nick == "norra"

    play(story)
    kept = (tmp_path / "second" / "nora.toml").read_text()
    assert "norra" not in kept
    assert "s3cret" not in kept


def test_a_password_that_was_refused_is_not_kept(server: RunningServer, tmp_path: Path) -> None:
    async def story() -> None:
        async with chatting(server, tmp_path, "paul", "#keys") as paul:
            kept: list[str] = []

            async def put(server: str, account: str, password: str) -> bool:
                kept.append(password)
                return True

            paul.app.passwords.put = put  # type: ignore[method-assign]
            await paul.types("/register correct horse")
            await paul.until(lambda: kept == ["correct horse"])
            await paul.types("/login paul wrong one")
            await paul.shows("The login to paul was refused")
            await paul.types("/away tea")
            await paul.until(lambda: paul.network.chat.away)
            assert kept == ["correct horse"]

    play(story)


def test_the_server_one_is_on_is_shown_instead_of_connected_twice(
    server: RunningServer, tmp_path: Path
) -> None:
    async def story() -> None:
        async with chatting(server, tmp_path, "twice", "#same") as twice:
            network = twice.network
            await twice.types(f"/connect 127.0.0.1:{server.port}")
            await twice.pilot.pause()
            assert list(twice.app.networks.values()) == [network]
            await twice.types("/disconnect")
            await twice.shows("Not connected; what you type is kept")
            assert lines_of_errors(twice, "#same") == []
            await twice.types(f"/connect 127.0.0.1:{server.port}")
            await twice.shows("Message #same")
            assert twice.network is network

    play(story)


def lines_of_errors(chatter: Chatter, name: str) -> list[str]:
    window = chatter.window(name)
    assert window is not None
    return [line.text for line in window.conversation.timeline if line.kind is Kind.ERROR]


# -- what is seen -------------------------------------------------------------------------------------------


def test_an_empty_room_says_where_the_help_is_until_it_was_found(
    server: RunningServer, tmp_path: Path
) -> None:
    async def story() -> None:
        async with chatting(server, tmp_path, "newt", "#empty1") as newt:
            await newt.shows("F1 help · Ctrl.K rooms and people")
            await newt.press("f1")
        async with chatting(server, tmp_path, "newt", "#empty2") as newt:
            await newt.shows("Message #empty2")
            assert "F1 help ·" not in newt.screen()

    play(story)


def test_panels_go_back_to_what_the_width_says(server: RunningServer, tmp_path: Path) -> None:
    async def story() -> None:
        async with chatting(server, tmp_path, "flip", "#wide", size=(60, 20)) as flip:
            people, rooms = flip.app.people_panel, flip.app.rooms_panel
            await flip.press("f7", "f8")
            assert not people.has_class("-hidden")
            assert not rooms.has_class("-hidden")
            await flip.press("f7", "f8")
            assert people.has_class("-hidden")
            await flip.pilot.resize_terminal(120, 20)
            await flip.until(lambda: not people.has_class("-hidden") and not rooms.has_class("-hidden"))

    play(story)


def test_the_screen_is_drawn_anew_after_the_shell(
    server: RunningServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[bool] = []

    async def story() -> None:
        async with chatting(server, tmp_path, "zed", "#shell") as zed:
            monkeypatch.setattr(zed.app, "action_redraw", lambda: drawn.append(True))
            zed.app.app_resume_signal.publish(zed.app)
            await zed.until(lambda: drawn)

    play(story)


@pytest.mark.parametrize("wrong", ["flag", "setting"])
def test_a_theme_that_isnt_there_is_said_before_the_chat(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, wrong: str
) -> None:
    monkeypatch.setattr(app_module, "BackgroundQuery", _NoTerminal)
    config = tmp_path / "chat.toml"
    config.write_text('theme = "nope"\n' if wrong == "setting" else "")
    code = run("", None, theme="nope" if wrong == "flag" else "", config=str(config))
    assert code == (2 if wrong == "flag" else 78)
    assert 'there is no theme "nope"; there are dark, light' in capsys.readouterr().err


class _NoTerminal:
    def ask(self) -> None: ...
    def answer(self) -> None: ...


def test_the_first_screen_hears_only_of_the_network_that_it_is_about(tmp_path: Path) -> None:
    async def story() -> None:
        with (
            RunningServer(tmp_path / "one") as one,
            RunningServer(tmp_path / "two", {"server.name": "two.example"}) as two,
            two.irc("hugo"),
        ):
            async with chatting(one, tmp_path, "hugo", "#first") as hugo:
                first = hugo.network
                await hugo.types(f"/connect 127.0.0.1:{two.port}")
                await hugo.shows(r"(?s)If\s+hugo\s+is")
                await asyncio.to_thread(one.stop)
                await hugo.until(lambda: first.phase is Phase.WAITING)
                await hugo.pilot.pause()
                assert "If hugo is you" in " ".join(hugo.screen().split())
                assert first._task is not None, "nobody tries again"
                await hugo.press("enter")
                second = list(hugo.app.networks.values())[1]
                await hugo.until(lambda: second.phase is Phase.ONLINE)
                assert second.chat.nick != "hugo"
                assert hugo.app.welcome is None
                assert first.session.name == "hugo"
                await hugo.shows("Waiting for the server; what you type is kept")
                await hugo.shows("#first · waiting for the server; what you type is kept")

    play(story)
