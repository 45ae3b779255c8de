"""The app as a whole, against a real server: what is seen, and what goes with it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from chatting import chatting, play
from hubbub.client.events import Phase
from hubbub.tui import app as app_module
from hubbub.tui.app import run
from serving import RunningServer

# -- a terminal that knows nothing but ASCII -----------------------------------------------------------------


@pytest.mark.parametrize("environ", [{"TERM": "vt100", "LANG": "C"}, {"LANG": "en_US.US-ASCII"}])
def test_ascii_alone_where_the_terminal_knows_no_more(
    server: RunningServer, tmp_path: Path, environ: dict[str, str]
) -> None:
    async def story() -> None:
        with server.irc("emil", "#ascii") as emil:
            async with chatting(server, tmp_path, "otto", "#ascii", environ=environ) as otto:
                emil.send("PRIVMSG #ascii :Grüße → 日本 👍 …")
                await otto.shows("emil  Gru.e > [?]{4} [?]{2} [.]")
                assert otto.screen().isascii()
                await otto.press("f1")
                await otto.shows("Keys")
                assert otto.screen().isascii(), otto.screen()
                await otto.press("escape")
                await otto.press("ctrl+k")
                await otto.shows("[+]-+")
                assert otto.screen().isascii()

    play(story)


def test_umlauts_where_the_locale_has_them(server: RunningServer, tmp_path: Path) -> None:
    async def story() -> None:
        with server.irc("ulla", "#latin") as ulla:
            environ = {"LANG": "de_DE.ISO-8859-1"}
            async with chatting(server, tmp_path, "uwe", "#latin", environ=environ) as uwe:
                ulla.send("PRIVMSG #latin :Grüße →")
                await uwe.shows("ulla  Grüße >")
                uwe.screen().encode("latin-1")

    play(story)


# -- what is seen --------------------------------------------------------------------------------------------


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
        async with chatting(server, tmp_path, "zelda", "#shell") as zed:
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
