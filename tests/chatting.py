"""The terminal client against a real server: inside a test's own event loop, or in a terminal of its own.

    async with chatting(server, tmp_path, "alice", "#tea") as alice:
        await alice.types("hello")
        await alice.shows("alice  hello")

Nothing here sleeps for its own sake: what is awaited is looked for until it is there, or a deadline has passed.
"""

from __future__ import annotations

import asyncio
import re
import shlex
import sys
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

from textual import events
from textual.keys import _character_to_key
from textual.pilot import Pilot

from hubbub.client.events import Phase
from hubbub.client.lines import Delivery, Line
from hubbub.client.network import Network
from hubbub.client.settings import Settings
from hubbub.tui.app import ChatApp, Start
from hubbub.tui.windows import Window
from serving import Connection, RunningServer
from terminal import Terminal
from tui.showing import rows

T = TypeVar("T")
PATIENCE = 15.0
SHELL = "stty -a > before; {chat}; echo ended with $?; stty -a > after; exec cat"


# -- in the test's own event loop ---------------------------------------------------------------------------


class Chatter:
    """Somebody at a keyboard, with a screen that can be read."""

    def __init__(self, app: ChatApp, pilot: Pilot[int]) -> None:
        self.app = app
        self.pilot = pilot

    # -- what they do

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)

    async def types(self, text: str) -> None:
        """A text, and Enter."""
        await self.writes(text)
        await self.press("enter")

    async def writes(self, text: str) -> None:
        # Faster than Pilot.press, which lets everything come to rest after each key.
        for letter in text:
            self.app.post_message(events.Key(_character_to_key(letter), letter))
        await self.pilot.pause()

    async def click(self, text: str, *, times: int = 1) -> None:
        """On the first place where it stands."""
        row, column = next((y, line.index(text)) for y, line in enumerate(self.rows()) if text in line)
        await self.pilot.click(offset=(column, row), times=times)

    async def goes_to(self, name: str) -> None:
        window = await self.until(lambda: self.window(name))
        self.app.show_window(window)
        await self.until(lambda: self.app.window is window)

    # -- what they see

    def rows(self) -> list[str]:
        return rows(self.app)

    def screen(self) -> str:
        return "\n".join(self.rows())

    async def shows(self, pattern: str, within: float = PATIENCE) -> str:
        """The screen, once the pattern is found on it."""
        deadline = time.monotonic() + within
        while not re.search(pattern, screen := self.screen(), re.MULTILINE):
            assert time.monotonic() < deadline, f"no {pattern!r} on the screen:\n{screen}"
            await self.pilot.pause(0.01)
        return screen

    async def hides(self, pattern: str, within: float = PATIENCE) -> str:
        """The screen, once the pattern isn't found on it any more."""
        deadline = time.monotonic() + within
        while re.search(pattern, screen := self.screen(), re.MULTILINE):
            assert time.monotonic() < deadline, f"{pattern!r} stays on the screen:\n{screen}"
            await self.pilot.pause(0.01)
        return screen

    async def until(self, is_so: Callable[[], T], within: float = PATIENCE) -> T:
        deadline = time.monotonic() + within
        while not (found := is_so()):
            assert time.monotonic() < deadline, f"it did not come to that:\n{self.screen()}"
            await self.pilot.pause(0.01)
        return found

    # -- what the program knows

    @property
    def network(self) -> Network:
        return next(iter(self.app.networks.values()))

    def window(self, name: str) -> Window | None:
        found = self.network.chat.find(name)
        return self.app.windows.of(found) if found is not None else None

    def unread(self, name: str) -> int:
        window = self.window(name)
        return window.conversation.unread if window is not None else -1


@asynccontextmanager
async def chatting(
    server: RunningServer | int,
    folder: Path,
    name: str,
    *rooms: str,
    size: tuple[int, int] = (110, 30),
    environ: Mapping[str, str] | None = None,
    settings: Settings | None = None,
    account: str = "",
    listener: int = 0,
    online: bool = True,
) -> AsyncIterator[Chatter]:
    """Somebody who is in these rooms; the first of them is shown. `server`: or a port."""
    port = server if isinstance(server, int) else server.ports[listener]
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    app = ChatApp(
        settings or Settings.load(folder / f"{name}.toml"),
        start=Start("127.0.0.1", port, name, account, rooms=rooms),
        environ=environ or {},
        state=folder / f"{name}-state",
    )
    async with app.run_test(size=size) as pilot:
        chatter = Chatter(app, pilot)
        try:
            if online:
                await chatter.until(lambda: chatter.network.phase is Phase.ONLINE)
                for room in rooms:
                    await chatter.until(lambda room=room: is_read_in(chatter, room))
                if rooms:
                    await chatter.goes_to(rooms[0])
            yield chatter
        finally:
            app.leave_window()
            await asyncio.gather(*(network.stop("") for network in app.networks.values()))
            app.close_memories()


def is_read_in(chatter: Chatter, room: str) -> bool:
    found = chatter.network.chat.find(room)
    return found is not None and found.joined and not found.loading


async def heard(neighbour: Connection, pattern: str) -> list[str]:
    """What a neighbour gets, while the client goes on."""
    return await asyncio.to_thread(neighbour.until, pattern)


def play(story: Callable[[], Coroutine[Any, Any, None]]) -> None:
    async def bounded() -> None:
        async with asyncio.timeout(60):
            await story()

    asyncio.run(bounded())


def said(chatter: Chatter, name: str) -> list[str]:
    return [line.text for line in lines(chatter, name)]


def lines(chatter: Chatter, name: str) -> list[Line]:
    window = chatter.window(name)
    assert window is not None
    return [one for one in window.conversation.timeline if one.kind.is_said]


def arrived(chatter: Chatter, name: str) -> bool:
    return all(one.delivery is Delivery.ARRIVED for one in lines(chatter, name))


# -- in a terminal of its own -------------------------------------------------------------------------------


class ChatTerminal(Terminal):
    """`hubbub chat` started from a shell that is still there afterwards. The folder is its home."""

    def __init__(
        self,
        folder: Path,
        *arguments: str,
        environ: Mapping[str, str] | None = None,
        width: int = 100,
        height: int = 30,
        program: Sequence[str] = ("-m", "hubbub"),
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        given = {
            "HUBBUB_CHAT_CONFIG": str(folder / "chat.toml"),
            "HUBBUB_CHAT_STATE": str(folder / "state"),
            "XDG_RUNTIME_DIR": str(folder),
            "PYTHONWARNINGS": "ignore",
            **(environ or {}),
        }
        settings = [f"{name}={value}" for name, value in given.items()]
        chat = shlex.join(["env", *settings, sys.executable, *program, "chat", *arguments])
        shell = f"cd {shlex.quote(str(folder))}; {SHELL.format(chat=chat)}"
        super().__init__(folder, ["sh", "-c", shell], width, height)
        self._tmux("set", "status", "off")
        self.said = folder / "bytes"
        self._tmux("pipe-pane", f"cat >> {shlex.quote(str(self.said))}")

    def resize(self, width: int, height: int) -> None:
        self._tmux("resize-window", "-x", str(width), "-y", str(height))

    def cursor(self) -> tuple[int, int]:
        x, y = self._tmux("display-message", "-p", "#{cursor_x} #{cursor_y}").split()
        return int(x), int(y)

    def rows(self) -> list[str]:
        return self._tmux("capture-pane", "-p").split("\n")

    def styled(self) -> str:
        return self._tmux("capture-pane", "-p", "-e")

    def mouse(self, text: str, button: int = 0) -> None:
        """A click on the first place where it stands, as a terminal tells of it."""
        row, column = next((y, line.index(text)) for y, line in enumerate(self.rows()) if text in line)
        for end in "Mm":
            self.keys(f"\x1b[<{button};{column + 1};{row + 1}{end}")

    def until(self, is_so: Callable[[], T], within: float = PATIENCE) -> T:
        deadline = time.monotonic() + within
        while not (found := is_so()):
            assert time.monotonic() < deadline, f"it did not come to that:\n{self.screen()}"
            # Neither a screen nor a file sends an event when it changes.
            time.sleep(0.03)
        return found

    def hides(self, pattern: str) -> str:
        """The screen, once the pattern isn't found on it any more."""
        self.until(lambda: not re.search(pattern, self.screen(), re.MULTILINE))
        return self.screen()

    def process(self) -> int:
        """The client's number."""
        shell = self._tmux("display-message", "-p", "#{pane_pid}").strip()
        children = Path(f"/proc/{shell}/task/{shell}/children")
        return int(self.until(lambda: children.read_text().strip()).split()[0])

    def ended(self, code: int) -> str:
        """The screen after the end; the terminal is as it was before."""
        screen = self.shows(f"^ended with {code}$")
        self.enter("cat is there")
        # Once as the terminal shows what is typed, and once from cat: it is no longer raw.
        self.shows("^cat is there\ncat is there$")
        assert (self.folder / "after").read_text() == (self.folder / "before").read_text()
        return screen
