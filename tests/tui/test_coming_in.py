"""Coming in and coming back: names, passwords, servers and rooms, against a real server."""

from __future__ import annotations

import asyncio
from pathlib import Path

from chatting import Chatter, chatting, heard, is_read_in, play
from hubbub.client.lines import Kind
from hubbub.client.settings import Settings
from hubbub.tui.app import ChatApp, Start
from serving import RunningServer

# -- coming in -----------------------------------------------------------------------------------------------


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
            async with chatting(server, tmp_path, "twain", "#near") as twain:
                await twain.types(f"/connect 127.0.0.1:{other.port}")
                await twain.until(lambda: len(twain.app.networks) == 2)
                second = list(twain.app.networks.values())[1]
                await twain.until(lambda: second.session.was_online)
                twain.app.show_window(twain.app.windows.add(second.key, second.chat.server))
                await twain.types("/join #far")
                await twain.shows("Message #far")
                with other.irc("una", "#far") as una, server.irc("ulf", "#near") as ulf:
                    await twain.types("over there")
                    await heard(una, "PRIVMSG #far :over there")
                    await twain.goes_to("#near")
                    await twain.types("over here")
                    await heard(ulf, "PRIVMSG #near :over here")
                    assert not any("over there" in one for one in ulf.so_far())
                    una.send("PRIVMSG #far :twain: look")
                    await twain.shows(r"act: .*#far\(1@\)")

    play(story)


# -- coming back ---------------------------------------------------------------------------------------------


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

            paul.app.passwords.put = put
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
