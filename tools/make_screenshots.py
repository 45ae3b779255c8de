"""Draw both clients for the documentation: docs/screenshots, of a real conversation on a real server.

    .venv/bin/python tools/make_screenshots.py [--only NAME]

A server runs in a process of its own; people with scripted parts talk in it; the terminal client runs without a
terminal (*.svg), the browser client in Chromium (*.png, see web_screenshots.py), and each is photographed once it shows
what it should. Server and clients are told the time, so two runs differ by little: who reads the pictures in git sees
what a change of the code changed. The pictures load nothing from anywhere.

Chromium needs a font with emoji: on Debian, apt-get install fonts-noto-color-emoji.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from web_screenshots import WEB_PICTURES, WebPicture, draw_web

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "screenshots"
SIZE = (110, 32)
PATIENCE = 20.0
HOST = "127.0.0.1"
NAME = "bob"
BEGINNING = datetime(2026, 11, 20, 12, 24, tzinfo=UTC)
CAPS = "CAP REQ :message-tags server-time echo-message"

SETTINGS = """\
data = "{folder}/data"
[server]
name = "hub.example"
network = "hubbub"
[[listen]]
host = "{host}"
port = {port}
[rooms]
default = "#lobby"
[flood]
enabled = false
[throttle]
enabled = false
"""

# The server believes the time of a file; see Clock.
SERVER = """\
import os, sys, time
clock = sys.argv.pop(1)
time.time_ns = lambda: os.stat(clock).st_mtime_ns
time.time = lambda: os.stat(clock).st_mtime
from hubbub.cli import main
sys.exit(main())
"""


class Failed(RuntimeError):
    """What should be in the picture did not come."""


# -- time ---------------------------------------------------------------------------------------------------


class Clock:
    """What time it is, for the server in its process and for the client in this one."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.now = BEGINNING
        file.touch()
        self.go_to(BEGINNING)

    def go_to(self, moment: datetime) -> None:
        self.now = moment
        nanoseconds = int(moment.timestamp()) * 1_000_000_000
        os.utime(self._file, ns=(nanoseconds, nanoseconds))

    def pass_by(self, seconds: float) -> None:
        self.go_to(self.now + timedelta(seconds=seconds))

    def rule(self) -> None:
        """From here on, in this process too."""
        time.time = lambda: self.now.timestamp()
        time.time_ns = lambda: int(self.now.timestamp()) * 1_000_000_000


# -- the server and the people ------------------------------------------------------------------------------


@contextmanager
def server(folder: Path, clock: Path) -> Iterator[int]:
    """Its port, as long as the block runs."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
    settings = folder / "config.toml"
    settings.write_text(SETTINGS.format(folder=folder, host=HOST, port=port))
    command = [sys.executable, "-c", SERVER, str(clock), "serve", "--config", str(settings)]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        _await_port(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(PATIENCE)


def _await_port(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)) == 0:
                return
        # Nobody tells when a port opens: it is knocked at.
        time.sleep(0.02)
    raise Failed("the server did not start")


class Person:
    """An IRC client with a part to play. Every line is at its place before the next one is said."""

    def __init__(self, port: int, nick: str, *rooms: str) -> None:
        self._nick = nick
        self._socket = socket.create_connection((HOST, port), PATIENCE)
        self._lines = self._socket.makefile("r", encoding="utf-8", newline="\r\n")
        self.send(CAPS, "CAP END", f"NICK {nick}", f"USER {nick} 0 * :{nick.title()}")
        self.until(" 376 | 422 ")
        for room in rooms:
            self.send(f"JOIN {room}")
            self.until(" 366 ")

    def send(self, *lines: str) -> None:
        self._socket.sendall("".join(f"{line}\r\n" for line in lines).encode())

    def until(self, pattern: str) -> str:
        for line in self._lines:
            if re.search(pattern, line):
                return str(line)
        raise Failed("the server closed the connection")

    def say(self, target: str, text: str, reply_to: str = "") -> str:
        """Returns the message's id."""
        tags = f"@+reply={reply_to} " if reply_to else ""
        self.send(f"{tags}PRIVMSG {target} :{text}")
        echo = self.until(rf"^@\S* :{self._nick}!\S+ PRIVMSG ")
        found = re.search(r"[@;]msgid=([^; ]+)", echo)
        return found[1] if found else ""

    def react(self, target: str, msgid: str, emoji: str) -> None:
        self.send(f"@+draft/react={emoji};+reply={msgid} TAGMSG {target}")
        self.fence()

    def fence(self) -> None:
        self.send("PING fence")
        self.until(" PONG ")

    def leave(self) -> None:
        self._lines.close()
        self._socket.close()


class Cast:
    """Whoever has come; they stay until the picture is taken."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._people: dict[str, Person] = {}

    def enter(self, nick: str, *rooms: str) -> Person:
        self._people[nick] = Person(self._port, nick, *rooms)
        return self._people[nick]

    def __getitem__(self, nick: str) -> Person:
        return self._people[nick]

    def leave(self) -> None:
        for person in self._people.values():
            person.leave()


def morning(cast: Cast, clock: Clock) -> None:
    """What is history when the client comes in."""
    alice = cast.enter("alice", "#tea")
    alice.send("TOPIC #tea :Leaves, water, patience")
    alice.fence()
    carol, dan = cast.enter("carol", "#tea", "#garden"), cast.enter("dan", "#tea", "#lobby")
    first = alice.say("#tea", "good morning! the new oolong is here")
    clock.pass_by(40)
    dan.react("#tea", first, "👍")
    carol.react("#tea", first, "👍")
    carol.say("#tea", "which one? the roasted one from last year?")
    clock.pass_by(35)
    answer = alice.say("#tea", "yes, the same garden, picked in April")
    clock.pass_by(70)
    dan.say("#tea", "\x01ACTION puts the kettle on\x01")
    clock.pass_by(25)
    dan.say("#tea", "90 °C or boiling?", answer)
    clock.pass_by(65)
    alice.say("#tea", "boiling is fine for the roasted ones: 5 g, 100 ml, twenty seconds")
    alice.say("#tea", "and again, a little longer each time. it gives \x02seven\x02 cups")


def noon(cast: Cast, clock: Clock) -> None:
    """What happens while the client looks on."""
    alice, carol, dan = cast["alice"], cast["carol"], cast["dan"]
    clock.pass_by(90)
    for nick in ("erin", "frank", "grace"):
        cast.enter(nick, "#tea")
    carol.say("#garden", "the tomatoes are in")
    carol.say("#garden", "all forty of them")
    dan.say("#lobby", f"{NAME}: are you coming on Friday?")
    clock.pass_by(45)
    question = carol.say("#tea", f"{NAME}: there is a cup left, sencha from Uji 🍵")
    alice.react("#tea", question, "😍")
    clock.pass_by(30)
    alice.say(NAME, "shall we meet at four?")
    carol.say("#tea", "have a look at `brew.py`, it rings when it's time")


# -- the client ---------------------------------------------------------------------------------------------


class Picture(NamedTuple):
    """`keys`: pressed one after the other; `shows`: what must then be on the screen."""

    name: str
    theme: str
    keys: tuple[str, ...]
    shows: str


PICTURES = (
    Picture("chat-dark", "hubbub-dark", (), "brew.py"),
    Picture("chat-light", "hubbub-light", (), "brew.py"),
    Picture("switcher", "hubbub-dark", ("ctrl+k",), r"Go to[\s\S]*#garden"),
    Picture("search", "hubbub-dark", ("ctrl+f", *"oolong", "enter"), "roasted|oolong is here"),
    Picture("help", "hubbub-dark", ("f1",), "Ctrl"),
)
ALL: tuple[Picture | WebPicture, ...] = (*PICTURES, *WEB_PICTURES)


def make_client(port: int, folder: Path, theme: str) -> Any:
    """A ChatApp as `hubbub chat` makes it, with nothing of whoever runs this."""
    # Only now, as they read the environment.
    from hubbub.client.settings import Settings
    from hubbub.tui.app import ChatApp
    from hubbub.tui.start import Start

    settings = Settings.load(folder / "chat.toml")
    start = Start(HOST, port, name=NAME, rooms=("#garden", "#tea"))
    return ChatApp(settings, start=start, state=folder / "state", theme=theme)


async def photograph(port: int, clock: Clock, folder: Path, cast: Cast, picture: Picture) -> str:
    app = make_client(port, folder, picture.theme)
    app.animation_level = "none"
    async with app.run_test(size=SIZE) as pilot:
        await until(app, "#tea")
        await switch_to(app, pilot, "#tea")
        await until(app, "seven")
        await asyncio.to_thread(noon, cast, clock)
        await until(app, "brew.py")
        # What is looked at counts as read a moment later.
        await until(app, r"#garden\s+2▏[\s\S]*#lobby\s+1@ 1▏[\s\S]*#tea\s+▏[\s\S]*alice\s+1▏")
        hold_cursors(app)
        await settled(app)
        for key in picture.keys:
            await pilot.press(key)
        await until(app, picture.shows)
        hold_cursors(app)
        taken = clean(await settled(app))
        await asyncio.gather(*(network.stop() for network in app.networks.values()))
        return taken


def hold_cursors(app: Any) -> None:
    """Else the picture would depend on whether they are on or off at that moment."""
    for screen in app.screen_stack:
        for widget in screen.query("*"):
            if hasattr(widget, "cursor_blink"):
                widget.cursor_blink = False


async def switch_to(app: Any, pilot: Any, room: str) -> None:
    await pilot.press("ctrl+k", *room.removeprefix("#"))
    await until(app, rf"│ ▌{room}")
    await pilot.press("enter")


async def until(app: Any, pattern: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not re.search(pattern, text_of(app)):
        if time.monotonic() > deadline:
            raise Failed(f"{pattern!r} is not on the screen:\n{text_of(app)}")
        # What is waited for may come from the server, of which the pilot hears nothing: the screen is looked at again.
        await asyncio.sleep(0.05)


async def settled(app: Any) -> str:
    """The picture, once it has stayed the same for a moment."""
    looks: list[str] = []
    while len(looks) < 4 or len(set(looks[-4:])) > 1:
        # That nothing more will change is no event: it is looked for longer than the app's timers take.
        await asyncio.sleep(0.15)
        looks.append(app.export_screenshot(title=f"hubbub chat hub.example --name {NAME}"))
        if len(looks) > 100:
            raise Failed("the screen never comes to rest")
    return looks[-1]


def text_of(app: Any) -> str:
    """What is on the screen."""
    lines = app.screen._compositor.render_strips()
    return "\n".join(line.text for line in lines)


# -- the pictures -------------------------------------------------------------------------------------------


def clean(svg: str) -> str:
    """Without the web font and the maker's address: no picture of ours asks anybody for anything."""
    svg = re.sub(r"\s*@font-face \{[^}]*\}", "", svg)
    svg = re.sub(r"\s*<!--.*?-->", "", svg, flags=re.DOTALL)
    svg = svg.replace(
        "font-family: Fira Code, monospace", 'font-family: "Fira Code", Menlo, Consolas, monospace'
    )
    svg = "\n".join(line.rstrip() for line in svg.splitlines() if line.strip()) + "\n"
    if outside := re.findall(r"(?<!xmlns=.)https?://[^\s\"')<]*", svg):
        raise Failed(f"the picture names {outside[0]}")
    return svg


def environment(folder: Path) -> Mapping[str, str]:
    folders = {
        f"XDG_{kind}_HOME": str(folder / kind.lower()) for kind in ("CONFIG", "STATE", "DATA", "CACHE")
    }
    return {**folders, "HOME": str(folder), "TZ": "UTC", "LC_ALL": "C.UTF-8", "TERM": "xterm-256color"}


@contextmanager
def stage() -> Iterator[tuple[Path, Clock, int, Cast]]:
    """A server of its own for each picture, so that they don't depend on each other."""
    with tempfile.TemporaryDirectory(prefix="hubbub-picture-") as name:
        folder = Path(name)
        os.environ.update(environment(folder))
        time.tzset()
        clock = Clock(folder / "clock")
        clock.rule()
        with server(folder, folder / "clock") as port:
            cast = Cast(port)
            morning(cast, clock)
            clock.pass_by(20)
            try:
                yield folder, clock, port, cast
            finally:
                cast.leave()


def draw(picture: Picture | WebPicture) -> bytes:
    with stage() as (folder, clock, port, cast):
        if isinstance(picture, Picture):
            return asyncio.run(photograph(port, clock, folder, cast, picture)).encode()
        return draw_web(f"http://{HOST}:{port}", NAME, picture, lambda: clock.now, lambda: noon(cast, clock))


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--only", metavar="NAME", choices=[picture.name for picture in ALL])
    only = parser.parse_args(words).only
    FOLDER.mkdir(parents=True, exist_ok=True)
    for picture in ALL:
        if only in (None, picture.name):
            path = FOLDER / f"{picture.name}.{'svg' if isinstance(picture, Picture) else 'png'}"
            path.write_bytes(draw(picture))
            print(f"docs/screenshots/{path.name} written")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
