"""Reading: what is new and what is older, finding it, the mouse and hostile text, against a real server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from functools import partial
from pathlib import Path

from textual import events

from chatting import Chatter, chatting, heard, is_read_in, play, said
from hubbub.client.chat import Place
from serving import RunningServer

# -- activity ------------------------------------------------------------------------------------------------


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
                    await other.until(lambda: other.unread("#desk") == 0)

    play(story)


@asynccontextmanager
async def second_client(server: RunningServer, folder: Path, account: str) -> AsyncIterator[Chatter]:
    """Of the same account, looking at #other."""
    async with chatting(server, folder, f"{account}2") as other:
        await other.types(f"/login {account} s3cret-enough")
        await other.until(lambda: other.network.chat.account == account)
        await other.goes_to("#other")
        yield other


# -- what is older -------------------------------------------------------------------------------------------


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


# -- search --------------------------------------------------------------------------------------------------


def test_search_goes_to_a_message_and_escape_returns(server: RunningServer, tmp_path: Path) -> None:
    async def story() -> None:
        with server.irc("bot", "#library") as bot:
            bot.send("PRIVMSG #library :the quokka smiles")
            bot.send(*(f"PRIVMSG #library :page {number}" for number in range(1, 301)))
            bot.send("PRIVMSG #library :a second quokka")
            bot.so_far()
            async with chatting(server, tmp_path, "finn", "#study", "#library") as finn:
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


# -- older messages on request -------------------------------------------------------------------------------


def test_history_on_request_waits_for_the_server_and_asks_once_for_a_page(
    server: RunningServer, tmp_path: Path
) -> None:
    async def story() -> None:
        with server.irc("scribe", "#annals") as scribe:
            scribe.send(*(f"PRIVMSG #annals :year {number}" for number in range(1, 401)))
            scribe.so_far()
            async with chatting(server, tmp_path, "clio", "#annals") as clio:
                conversation = clio.window("#annals").conversation
                before = len(conversation.timeline)
                load = clio.network.session.load_older
                asked: list[str] = []

                def held(conversation, timeline=None):
                    asked.append(conversation.name)
                    conversation.loading = True

                clio.network.session.load_older = held
                await clio.types("/history 200")
                await clio.until(lambda: asked)
                for number in range(8):
                    # What happens meanwhile is not what it waits for.
                    scribe.send(f"PRIVMSG #annals :meanwhile {number}.")
                    await clio.shows(rf"meanwhile {number}\.")
                assert asked == ["#annals"]
                clio.network.session.load_older = load
                conversation.loading = False
                load(conversation)
                await clio.until(lambda: len(conversation.timeline) >= before + 200)
                await clio.until(lambda: not clio.app.view.following)

    play(story)


# -- the mouse -----------------------------------------------------------------------------------------------


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
                mick.app.open_link = opened.append
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


# -- hostile text --------------------------------------------------------------------------------------------


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
