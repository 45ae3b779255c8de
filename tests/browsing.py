"""People with a browser: Chromium driven by Playwright against a real server.

    def test_hello(serve, visit):
        server = serve()
        alice = visit(server, "alice")
        alice.say("hello")
        alice.sees("hello")

Nothing here sleeps: Playwright waits for what is expected, or fails at a deadline.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Locator, Page, Request, expect

from serving import RunningServer

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--enable-precise-memory-info",
]
DESK = {"width": 1280, "height": 800}
PHONE = {"width": 360, "height": 640}
PATIENCE_MS = 10_000
SLACK = float(os.environ.get("HUBBUB_SLACK", "5"))
"""How many times slower than promised a loaded machine may be before a test fails; what was measured is reported."""

expect.set_options(timeout=PATIENCE_MS)


class Visitor:
    """Somebody at a browser of their own."""

    def __init__(self, context: BrowserContext, server: RunningServer, *, closes: Callable[[], None]) -> None:
        self.context = context
        self.server = server
        self.requests: list[Request] = []
        self.problems: list[str] = []
        """What the page complained of."""
        context.set_default_timeout(PATIENCE_MS)
        context.on("request", lambda request: self.requests.append(request))
        self.page: Page = context.pages[0] if context.pages else context.new_page()
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on("console", self._heard)
        self._closes = closes

    def _heard(self, message: Any) -> None:
        # A connection that breaks off is the browser's to report, and often what a test is about.
        if message.type == "error" and not re.search(r"WebSocket|ERR_|Failed to load resource", message.text):
            self.problems.append(message.text)

    def close(self) -> None:
        self._closes()

    # -- where they are

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.server.port}"

    def go(self, path: str = "/") -> None:
        self.page.goto(self.origin + path)

    def enter(self, name: str, path: str = "/") -> None:
        """A first visit: a name, and in."""
        self.go(path)
        self.page.get_by_label("name", exact=True).fill(name)
        self.page.keyboard.press("Enter")
        expect(self.box).to_be_visible()

    def open(self, room: str) -> None:
        """Into a room by the box."""
        self.say(f"/join {room}")
        expect(self.page.get_by_role("textbox", name=f"Message {room}")).to_be_visible()

    # -- what they see

    @property
    def box(self) -> Locator:
        return self.page.get_by_role("textbox", name=re.compile("^Message "))

    @property
    def log(self) -> Locator:
        return self.page.get_by_role("log")

    @property
    def rooms(self) -> Locator:
        return self.page.get_by_role("navigation", name="Conversations")

    @property
    def dialog(self) -> Locator:
        return self.page.get_by_role("dialog").last

    def row(self, text: str) -> Locator:
        """The message that says this."""
        return self.log.get_by_role("article").filter(has_text=text)

    def sees(self, text: str) -> None:
        expect(self.row(text).last).to_be_visible()

    def focused(self) -> str:
        return str(self.page.evaluate("document.activeElement?.getAttribute('aria-label') ?? ''"))

    # -- what they do

    def say(self, text: str) -> None:
        self.box.fill(text)
        self.box.press("Enter")

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def choose(self, row: Locator, action: str) -> None:
        """A button of a message."""
        row.hover()
        row.get_by_role("toolbar", name="Message").get_by_role("button", name=action, exact=True).click()

    def frames(self) -> None:
        """Until what has happened is drawn."""
        self.page.evaluate(
            "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
        )


Visit = Callable[..., Visitor]
"""What the fixture `visit` gives: visit(server, name="", path="/", **context options)."""


def launched(playwright: Any) -> Browser:
    return playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=FLAGS)


def persistent(playwright: Any, folder: Path, **options: Any) -> BrowserContext:
    """A browser with a profile that outlives it."""
    return playwright.chromium.launch_persistent_context(
        str(folder), executable_path=CHROMIUM, headless=True, args=FLAGS, viewport=DESK, **options
    )
