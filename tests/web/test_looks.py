"""Tick 17: colours, sizes and directions. HUBBUB_SCREENSHOTS=folder keeps what was seen."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from browsing import Visit, Visitor
from serving import Connection, Serve

SIDEWAYS = """() => [...document.querySelectorAll('*')].filter((one) => {
    const box = one.getBoundingClientRect();
    return box.width > 0 && box.right > innerWidth + 1 && one.closest('pre, .visually-hidden, .skip') === null;
}).map((one) => one.outerHTML.slice(0, 120)).slice(0, 5)"""
FITTING = """() => [...document.querySelectorAll('[role=log], dialog[open]')].every(
    (one) => one.scrollWidth <= one.clientWidth + 1
)"""


def fits(visitor: Visitor) -> None:
    visitor.frames()
    assert visitor.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), visitor.page.evaluate(
        SIDEWAYS
    )
    assert visitor.page.evaluate(FITTING)


def lively(bob: Connection, visitor: Visitor) -> None:
    """A room with something of everything."""
    bob.send("TOPIC #lobby :All about tea, biscuits, and what goes with them")
    bob.send(
        "PRIVMSG #lobby :Good morning! Has anybody seen the kettle?", "PRIVMSG #lobby :It was here yesterday."
    )
    visitor.sees("yesterday")
    visitor.say("In the *kitchen*, behind `cups/blue_ones`")
    visitor.sees("kitchen")
    visitor.choose(visitor.row("Good morning"), "React with 👍")
    visitor.choose(visitor.row("Good morning").first, "Reply")
    visitor.say("Found it, thanks for asking")
    visitor.box.fill(
        "```python\ndef brew(minutes: int) -> str:\n    # not too long\n    return f'tea after {minutes} min'\n```"
    )
    visitor.box.press("Enter")
    bob.send(
        "PRIVMSG #lobby :\x01ACTION puts the kettle on\x01",
        "PRIVMSG #lobby :alice: https://example.org/a/rather/long/address/that/goes/on?and=on&on=on",
    )
    bob.send(
        "PRIVMSG #lobby :> who wants some?\r\nPRIVMSG #lobby :مرحبا بالعالم، هل تريد الشاي؟",
        "PRIVMSG alice :a private word",
        f"PRIVMSG #lobby :{'wordwithoutend' * 20}",
    )
    visitor.sees("wordwithoutend")


def shoot(visitor: Visitor, folder: Path, name: str) -> None:
    visitor.page.mouse.move(0, 0)
    visitor.frames()
    visitor.page.screenshot(path=str(folder / f"{name}.png"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    wanted = Path(os.environ.get("HUBBUB_SCREENSHOTS") or tmp_path / "screenshots")
    wanted.mkdir(parents=True, exist_ok=True)
    return wanted


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_main_states(serve: Serve, visit: Visit, folder: Path, scheme: str, width: int) -> None:
    server = serve()
    size = {"width": width, "height": 640 if width == 360 else 800}
    with server.irc("bob", "#lobby", caps="message-tags") as bob, server.irc("carol", "#lobby", "#tea"):
        alice = visit(server, color_scheme=scheme, viewport=size)
        look = f"{width}-{scheme}"
        alice.go()
        shoot(alice, folder, f"{look}-1-welcome")
        fits(alice)
        alice.enter("alice")
        lively(bob, alice)
        shoot(alice, folder, f"{look}-2-room")
        fits(alice)
        alice.row("Found it").hover()
        alice.page.screenshot(path=str(folder / f"{look}-3-actions.png"))
        alice.box.fill("bob: between us")
        shoot(alice, folder, f"{look}-4-private")
        alice.box.fill("")
        for key, name in (
            ("k", "switcher"),
            ("/", "help"),
            ("f", "search"),
            ("u", "upload"),
            (",", "profile"),
        ):
            alice.press(f"Control+{key}")
            expect(alice.dialog).to_be_visible()
            shoot(alice, folder, f"{look}-5-{name}")
            fits(alice)
            alice.press("Escape")
            expect(alice.dialog).to_be_hidden()
        if width == 360:
            alice.page.get_by_role("button", name="Conversations").click()
            shoot(alice, folder, f"{look}-6-rooms")
            fits(alice)
            alice.rooms.get_by_role("link", name=re.compile("lobby")).click()
            alice.page.get_by_role("button", name="People").click()
            shoot(alice, folder, f"{look}-6-people")
            fits(alice)
            alice.page.get_by_role("complementary").get_by_role("button", name="Back").click()
        else:
            for name, title in (
                ("Settings of the room", "room"),
                ("Invite somebody", "invite"),
                ("Find or make a room", "rooms"),
                ("Insert an emoji", "emoji"),
            ):
                alice.page.get_by_role("button", name=name).first.click()
                expect(alice.dialog).to_be_visible()
                shoot(alice, folder, f"{look}-5-{title}")
                alice.press("Escape")
                expect(alice.dialog).to_be_hidden()
        server.stop()
        expect(alice.page.get_by_role("button", name="Try now")).to_be_visible()
        alice.say("written meanwhile")
        shoot(alice, folder, f"{look}-7-offline")
        fits(alice)


@pytest.mark.parametrize("size", [16, 24])
def test_twice_as_large(serve: Serve, visit: Visit, size: int) -> None:
    """200 % of 1280 pixels are 640; and a larger font in the browser."""
    server = serve()
    with server.irc("bob", "#lobby", caps="message-tags") as bob:
        alice = visit(server, viewport={"width": 640, "height": 400}, device_scale_factor=2)
        alice.context.new_cdp_session(alice.page).send(
            "Page.setFontSizes", {"fontSizes": {"standard": size, "fixed": size}}
        )
        alice.enter("alice")
        lively(bob, alice)
        assert alice.page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)") == size
        fits(alice)
        for key in ("k", "/", ",", "u"):
            alice.press(f"Control+{key}")
            expect(alice.dialog).to_be_visible()
            fits(alice)
            alice.press("Escape")


def test_from_right_to_left(serve: Serve, visit: Visit) -> None:
    server = serve()
    with server.irc("bob", "#lobby") as bob:
        alice = visit(server, "alice")
        bob.send("PRIVMSG #lobby :مرحبا بالعالم", "PRIVMSG #lobby :left to right")
        alice.sees("left to right")
        directions = [
            alice.row(text).locator("[dir=auto]").first.evaluate("(one) => getComputedStyle(one).direction")
            for text in ("مرحبا", "left to right")
        ]
        assert directions == ["rtl", "ltr"]
        # The whole page the other way round.
        alice.page.evaluate("document.documentElement.dir = 'rtl'")
        fits(alice)
        nav, main = (alice.page.locator(name).bounding_box() for name in ("nav.rooms", "main"))
        assert nav is not None
        assert main is not None
        assert nav["x"] > main["x"]


def test_less_motion(serve: Serve, visit: Visit) -> None:
    alice = visit(serve(), "alice", reduced_motion="reduce")
    alice.press("Control+k")
    expect(alice.dialog).to_be_visible()
    assert (
        alice.page.evaluate(
            "document.getAnimations().filter((one) => one.effect.getTiming().duration > 20).length"
        )
        == 0
    )


def test_more_contrast(serve: Serve, visit: Visit) -> None:
    def line(visitor: Visitor) -> str:
        return str(
            visitor.page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--line')")
        )

    server = serve()
    usual, strong = visit(server, "alice"), visit(server, "bob", contrast="more")
    assert line(usual) != line(strong)
    forced = visit(server, "carol", forced_colors="active")
    expect(forced.box).to_be_visible()


COLOURED = """async (family) => {
    const font = `32px ${family}`;
    await document.fonts.load(font, '😂');
    const canvas = document.createElement('canvas');
    const pen = canvas.getContext('2d');
    pen.font = font;
    pen.fillText('😂', 10, 60);
    const { data } = pen.getImageData(0, 0, 100, 100);
    return data.some((part, at) => at % 4 === 0 && part !== data[at + 2]);
}"""
EMOJI_FONTS = '"Apple Color Emoji", "Segoe UI Emoji", "Noto Color Emoji"'


def test_faces_have_colours(serve: Serve, visit: Visit) -> None:
    """Also where a font for text has faces of its own, and comes first."""
    alice = visit(serve(), "alice")
    if not alice.page.evaluate(COLOURED, EMOJI_FONTS):
        pytest.skip("no font with coloured emoji is installed")
    family = alice.page.evaluate("getComputedStyle(document.querySelector('#box')).fontFamily")
    assert alice.page.evaluate(COLOURED, family)
