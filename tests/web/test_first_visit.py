"""Ticks 1 to 3: the first visit, coming back, and coming by an invite link on a phone."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from http.client import HTTPConnection
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from PIL import Image
from playwright.sync_api import expect

from browsing import PHONE, SLACK, Visit, Visitor, persistent
from serving import Connection, RunningServer, Serve

MOST_BYTES = 200_000


def test_a_name_and_a_message_and_nothing_else(serve: Serve, visit: Visit, record_property: Any) -> None:
    server = serve()
    with server.irc("bob", "#lobby") as bob:
        alice = visit(server)
        began = time.monotonic()
        alice.go()
        # Three interactions: the name is typed where the focus is, Enter, and the message likewise.
        expect(alice.page.get_by_label("name", exact=True)).to_be_focused()
        alice.page.keyboard.type("alice")
        alice.press("Enter")
        expect(alice.box).to_be_focused()
        alice.page.keyboard.type("hello")
        alice.press("Enter")
        bob.waits_for(r"^:alice!\S+ PRIVMSG #lobby :hello")
        took = time.monotonic() - began
        alice.sees("hello")
        record_property("seconds", took)
        assert took < 2 * SLACK

        # Also what comes later by itself: whatever the service worker keeps.
        alice.page.wait_for_load_state("networkidle")
        asked = {request.url for request in alice.requests if not request.url.startswith(("blob:", "data:"))}
        assert {urlsplit(url).netloc for url in asked} == {f"127.0.0.1:{server.port}"}
        first = {request.url for request in alice.requests if request.service_worker is None}
        sizes = {url: size_of(server, url) for url in first}
        record_property("bytes", sum(sizes.values()))
        assert sum(sizes.values()) <= MOST_BYTES, sizes


def size_of(server: RunningServer, url: str) -> int:
    """Bytes on the wire with gzip."""
    connection = HTTPConnection("127.0.0.1", server.port, timeout=10)
    connection.request("GET", urlsplit(url).path, headers={"Accept-Encoding": "gzip"})
    answer = connection.getresponse()
    head = sum(len(name) + len(value) + 4 for name, value in answer.getheaders())
    size = head + len(answer.read())
    connection.close()
    return size


def test_what_can_be_no_name_is_said_in_words(serve: Serve, visit: Visit) -> None:
    visitor = visit(serve())
    visitor.go()
    name = visitor.page.get_by_label("name", exact=True)
    name.fill("al ice")
    name.press("Enter")
    refused = visitor.page.get_by_role("alert")
    expect(refused).to_contain_text("no spaces")
    # Nobody's, so there is no password to be asked for.
    expect(visitor.page.get_by_label(re.compile("password"))).to_have_count(0)
    refused.get_by_role("button", name="Be al_ice instead").click()
    expect(visitor.box).to_be_focused()


def test_a_taken_name_is_answered_in_place(serve: Serve, visit: Visit) -> None:
    server = serve()
    with server.irc("alice"):
        visitor = visit(server)
        visitor.go()
        visitor.page.get_by_label("name", exact=True).fill("alice")
        visitor.press("Enter")
        expect(visitor.page.get_by_role("alert").first).to_be_visible()
        visitor.page.get_by_role("button", name=re.compile("instead")).click()
        expect(visitor.box).to_be_visible()


def test_a_reload_changes_nothing(serve: Serve, visit: Visit) -> None:
    server = serve()
    with server.irc("bob", "#lobby", "#tea") as bob:
        alice = visit(server, "alice")
        alice.open("#tea")
        for number in range(120):
            bob.send(f"PRIVMSG #tea :line {number}")
        alice.sees("line 119")
        # The view has come to rest at its end, as for somebody who has seen the last line before scrolling.
        alice.page.wait_for_function(
            "(log) => log.scrollTop + log.clientHeight >= log.scrollHeight - 2",
            arg=alice.log.element_handle(),
        )
        alice.frames()
        alice.log.evaluate("(log) => { log.scrollTop = log.scrollHeight / 2; }")
        expect(alice.page.get_by_role("button", name="Newest")).to_be_visible()
        alice.box.fill("half a thought")
        alice.frames()
        before = first_in_view(alice)
        alice.page.reload()
        expect(alice.page.get_by_role("textbox", name="Message #tea")).to_have_value("half a thought")
        stays(alice, before)
        alice.say("still alice")
        bob.waits_for(r"^:alice!\S+ PRIVMSG #tea :still alice")


def test_a_reload_far_back_and_at_the_end(serve: Serve, visit: Visit) -> None:
    """What one was reading isn't among the newest messages; then one is at the end, below something large."""
    server = serve()
    with server.irc("bob", "#lobby", "#tea") as bob:
        alice = visit(server, "alice")
        alice.open("#tea")
        for number in range(260):
            bob.send(f"PRIVMSG #tea :line {number} " + "with some words " * (number % 9))
        alice.sees("line 259")
        alice.log.evaluate("(log) => { log.scrollTop = log.scrollHeight / 5; }")
        expect(alice.page.get_by_role("button", name="Newest")).to_be_visible()
        alice.frames()
        before = first_in_view(alice)
        for _ in range(2):
            alice.page.reload()
            stays(alice, before)
        # What is said meanwhile moves nothing, and a reload shows the same again.
        bob.send("PRIVMSG #tea :alice, come here")
        alice.page.reload()
        stays(alice, before)
        alice.press("Escape", "Escape")
        expect(alice.page.get_by_text("alice, come here")).to_be_in_viewport()
        alice.page.reload()
        expect(alice.page.get_by_text("alice, come here")).to_be_in_viewport()


def test_a_reload_among_pictures(serve: Serve, visit: Visit) -> None:
    """They come one after another once the page is there again, above and below what one reads."""
    server = serve()
    with server.irc("bob", "#lobby", "#tea", caps="hubbub.chat/upload message-tags") as bob:
        alice = visit(server, "alice")
        alice.open("#tea")
        for number in range(40):
            about = f" {picture(server, bob)}" if number % 4 == 0 or number > 34 else ""
            bob.send(f"PRIVMSG #tea :line {number}{about}")
        alice.sees("line 39")
        expect(alice.log.locator("img").last).to_be_visible()
        alice.page.wait_for_load_state("networkidle")
        alice.log.evaluate("(log) => { log.scrollTop = log.scrollHeight - 2.5 * log.clientHeight; }")
        expect(alice.page.get_by_role("button", name="Newest")).to_be_visible()
        alice.frames()
        before = first_in_view(alice)
        alice.page.reload()
        expect(alice.page.get_by_text(before[0], exact=True)).to_be_in_viewport()
        alice.page.wait_for_load_state("networkidle")
        alice.frames()
        stays(alice, before)
        # At the end one is at the end again, however long the pictures take.
        alice.press("Escape", "Escape")
        expect(alice.row("line 39")).to_be_in_viewport()
        alice.page.reload()
        expect(alice.row("line 39").locator("img")).to_be_in_viewport()


def picture(server: RunningServer, bob: Connection) -> str:
    """The link of a new one."""
    bob.send("UPLOAD #tea")
    token = bob.waits_for(" UPLOAD ").split(" ")[4]
    data = BytesIO()
    Image.effect_noise((320, 240), 50).save(data, "PNG")
    connection = HTTPConnection("127.0.0.1", server.port, timeout=10)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "image/png"}
    connection.request("POST", "/files", data.getvalue(), headers)
    link = connection.getresponse().headers["Location"]
    connection.close()
    assert link is not None
    return link


def stays(visitor: Visitor, before: tuple[str, float]) -> None:
    """The same line is at the same height, and no more comes that moves it."""
    text, top = before
    expect(visitor.page.get_by_text(text, exact=True)).to_be_in_viewport()
    visitor.page.wait_for_load_state("networkidle")
    visitor.frames()
    found, height = first_in_view(visitor)
    assert found == text
    assert abs(height - top) < 2


def first_in_view(visitor: Visitor) -> tuple[str, float]:
    """The text of the first message that is wholly in view, and how far down it begins, in pixels."""
    text, top = visitor.log.evaluate(
        """(log) => {
            const top = log.getBoundingClientRect().top;
            const rows = [...log.querySelectorAll('[role=article]')].filter((row) => row.textContent.includes('line '));
            const row = rows.find((one) => one.getBoundingClientRect().top >= top);
            return [row.querySelector('p').textContent, row.getBoundingClientRect().top - top];
        }"""
    )
    return str(text), float(top)


def test_closed_and_opened_again(serve: Serve, playwright: Any, tmp_path: Path) -> None:
    server = serve()
    with server.irc("bob", "#lobby") as bob:
        for visit_number in (1, 2):
            context = persistent(playwright, tmp_path / "profile")
            visitor = Visitor(context, server, closes=context.close)
            if visit_number == 1:
                visitor.enter("alice")
            else:
                visitor.go()
            expect(visitor.box).to_be_visible()
            visitor.say(f"visit {visit_number}")
            bob.waits_for(rf"^:alice!\S+ PRIVMSG #lobby :visit {visit_number}")
            visitor.close()
            bob.waits_for(r"^:alice!\S+ (QUIT|PART)")


def test_with_cookies_blocked(serve: Serve, playwright: Any, tmp_path: Path) -> None:
    server = serve()
    profile = tmp_path / "profile" / "Default"
    profile.mkdir(parents=True)
    settings = {"profile": {"default_content_setting_values": {"cookies": 2}}}
    (profile / "Preferences").write_text(json.dumps(settings))
    context = persistent(playwright, tmp_path / "profile")
    visitor = Visitor(context, server, closes=context.close)
    try:
        visitor.go()
        expect(visitor.page.get_by_text("This browser keeps nothing")).to_be_visible()
        visitor.enter("alice")
        visitor.say("hello")
        visitor.sees("hello")
        assert not visitor.problems
    finally:
        visitor.close()


def test_an_invite_link_on_a_phone(serve: Serve, visit: Visit, tmp_path: Path) -> None:
    server = serve()
    with server.irc("bob", "#tea") as bob:
        bob.send("MODE #tea +i", "TOPIC #tea :all about tea")
        bob.waits_for(" TOPIC ")
        link = urlsplit(invited(tmp_path / "server" / "data", "tea")).path
        guest = visit(server, viewport=PHONE, has_touch=True, is_mobile=True)
        guest.go(link)
        expect(guest.page.get_by_text("#tea")).to_be_visible()
        guest.page.get_by_label("name", exact=True).fill("zoe")
        guest.press("Enter")
        expect(guest.page.get_by_role("textbox", name="Message #tea")).to_be_visible()
        guest.say("here I am")
        bob.waits_for(r"^:zoe!\S+ PRIVMSG #tea :here I am")
        # The keyboard takes half of the screen.
        guest.page.set_viewport_size({"width": 360, "height": 320})
        guest.box.tap()
        expect(guest.box).to_be_in_viewport(ratio=1)
        no_sideways(guest)
        picture = guest.page.request.get(f"{guest.origin}{link}.svg")
        assert picture.ok
        assert b"<svg" in picture.body()


def no_sideways(visitor: Visitor) -> None:
    """The page is not wider than the window."""
    width, window = visitor.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert width <= window


def invited(data: Path, room: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "hubbub", "invite", "--room", room, "--data", str(data)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env={name: value for name, value in os.environ.items() if not name.startswith("HUBBUB_")},
        timeout=60,
        check=True,
    )
    return done.stdout.splitlines()[0]
