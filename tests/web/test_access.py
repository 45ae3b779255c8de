"""Ticks 4 and 5: for people who use a keyboard alone, or who hear the page."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from browsing import PHONE, Visit, Visitor
from serving import Connection, Serve

FOUND = """async () => {
    const { violations } = await axe.run(document, { resultTypes: ['violations'] });
    return violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id, nodes }) => ({
        id,
        nodes: nodes.slice(0, 4).map((one) => `${one.html.slice(0, 200)} ${one.failureSummary.slice(0, 300)}`),
    }));
}"""


def check(visitor: Visitor, axe: str) -> None:
    """Nothing that hinders anybody."""
    visitor.frames()
    visitor.page.evaluate(axe)
    # Colours on their way from one to another have no contrast that could be measured.
    visitor.page.wait_for_function(
        """() => document.getAnimations().every(
            (one) => one.playState !== 'running' || one.effect.getTiming().iterations === Infinity
        )"""
    )
    assert visitor.page.evaluate(FOUND) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_the_first_page(serve: Serve, visit: Visit, axe: str, scheme: str, width: int) -> None:
    server = serve()
    with server.irc("taken"):
        visitor = visit(server, color_scheme=scheme, viewport={"width": width, "height": 640})
        visitor.go()
        check(visitor, axe)
        visitor.page.get_by_label("name", exact=True).fill("taken")
        visitor.press("Enter")
        expect(visitor.page.get_by_role("alert").first).to_be_visible()
        check(visitor, axe)


def a_lot(bob: Connection, visitor: Visitor) -> None:
    """A room with all kinds of messages in it."""
    visitor.enter("alice")
    bob.send("PRIVMSG #lobby :Hello alice, see https://example.org/ and `code` and ||hidden||")
    bob.send("PRIVMSG #lobby :\x01ACTION waves\x01", "NOTICE #lobby :a notice", "PRIVMSG #lobby :> quoted")
    bob.send("TOPIC #lobby :What we talk about", "PRIVMSG alice :only for you")
    visitor.say("an answer")
    visitor.say("```python\nprint('hello')\n```")
    visitor.say("/msg bob only for you, too")
    visitor.page.get_by_role("link", name=re.compile("^#? ?lobby")).click()
    visitor.sees("an answer")
    visitor.choose(visitor.row("Hello alice"), "React with 👍")
    expect(visitor.log.get_by_role("button", name=re.compile("👍.*alice"))).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_room(serve: Serve, visit: Visit, axe: str, scheme: str) -> None:
    server = serve()
    with server.irc("bob", "#lobby", caps="message-tags") as bob:
        visitor = visit(server, color_scheme=scheme)
        a_lot(bob, visitor)
        check(visitor, axe)
        visitor.row("an answer").hover()
        check(visitor, axe)
        for text in ("bob: private words", "/help", ":smil"):
            visitor.box.fill(text)
            check(visitor, axe)


@pytest.mark.parametrize("pane", ["rooms", "people"])
def test_panes_of_a_phone(serve: Serve, visit: Visit, axe: str, pane: str) -> None:
    visitor = visit(serve(), "alice", viewport=PHONE, has_touch=True, is_mobile=True)
    check(visitor, axe)
    visitor.page.get_by_role("button", name="Conversations" if pane == "rooms" else "People").first.tap()
    expect(visitor.rooms if pane == "rooms" else visitor.page.get_by_role("complementary")).to_be_visible()
    check(visitor, axe)


DIALOGS: dict[str, Callable[[Visitor], None]] = {
    "switcher": lambda one: one.press("Control+k"),
    "help": lambda one: one.press("Control+/"),
    "search": lambda one: one.press("Control+f"),
    "upload": lambda one: one.press("Control+u"),
    "profile": lambda one: one.press("Control+,"),
    "rooms": lambda one: one.page.get_by_role("button", name="Find or make a room").click(),
    "invite": lambda one: one.page.get_by_role("button", name="Invite somebody").first.click(),
    "room": lambda one: one.page.get_by_role("button", name="Settings of the room").click(),
    "emoji": lambda one: one.page.get_by_role("button", name="Insert an emoji").click(),
    "somebody": lambda one: one.page.get_by_role("complementary").get_by_role("button", name="bob").click(),
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", list(DIALOGS))
def test_dialogs(serve: Serve, visit: Visit, axe: str, name: str, scheme: str) -> None:
    server = serve()
    with server.irc("bob", "#lobby"):
        visitor = visit(server, "alice", color_scheme=scheme)
        expect(visitor.page.get_by_role("complementary").get_by_role("button", name="bob")).to_be_visible()
        DIALOGS[name](visitor)
        expect(visitor.dialog).to_be_visible()
        check(visitor, axe)
        for tab in visitor.dialog.get_by_role("tab").all():
            tab.click()
            check(visitor, axe)
        visitor.press("Escape")
        expect(visitor.dialog).to_be_hidden()
        expect(visitor.box).to_be_focused()


def test_all_by_keyboard(serve: Serve, visit: Visit) -> None:
    server = serve()
    with server.irc("bob", "#lobby", caps="message-tags") as bob:
        alice = visit(server)
        alice.go()
        # From here on choosers are caught: asked for at the moment of the key, that would sometimes come too late.
        alice.page.on("filechooser", lambda _chooser: None)
        alice.page.keyboard.type("alice")
        alice.press("Enter")
        expect(alice.box).to_be_focused()
        bob.send("PRIVMSG #lobby :hello alice")
        alice.sees("hello alice")
        # To the message, and react with what is offered first.
        alice.press("Control+Shift+ArrowUp")
        expect(alice.row("hello alice")).to_be_focused()
        alice.press("+")
        expect(alice.dialog).to_be_visible()
        alice.page.keyboard.type("thumbs")
        expect(alice.dialog.get_by_role("option").first).to_be_visible()
        alice.press("Enter")
        bob.waits_for(r"draft/react=\S*👍\S* :alice!\S+ TAGMSG #lobby")
        expect(alice.box).to_be_focused()
        # Another room, by its name.
        alice.press("Control+k")
        alice.page.keyboard.type("tea")
        expect(alice.dialog.get_by_role("option").filter(has_text="#tea")).to_be_visible()
        alice.press("Enter")
        expect(alice.page.get_by_role("textbox", name="Message #tea")).to_be_focused()
        # A file: the chooser is the browser's, but the way there is by keys.
        alice.press("Control+u")
        expect(alice.dialog.get_by_role("button", name="Choose files")).to_be_focused()
        with alice.page.expect_file_chooser() as chooser:
            alice.press("Enter")
        chooser.value.set_files([{"name": "note.txt", "mimeType": "text/plain", "buffer": b"words"}])
        alice.dialog.get_by_role("textbox", name="Caption for note.txt").press("Enter")
        alice.press("Escape")
        expect(alice.log.get_by_role("link", name=re.compile("note.txt")).first).to_be_visible()
        # And out.
        alice.press("Control+,")
        tab_to(alice, "Account")
        alice.press("Enter")
        tab_to(alice, "Log out here")
        alice.press("Enter")
        expect(alice.page.get_by_role("heading", name="Log out")).to_be_visible()
        alice.press("Enter")
        expect(alice.page.get_by_label("name", exact=True)).to_be_visible()
        bob.waits_for(r"^:alice!\S+ QUIT|^\S* ?:alice!\S+ QUIT")


def tab_to(visitor: Visitor, name: str) -> None:
    """By Tab, and by the arrows where tabs are; what has the focus is seen to have it."""
    for _ in range(60):
        words = visitor.page.evaluate(
            "(document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent ?? '').trim()"
        )
        assert visitor.page.evaluate(SEEN), words
        if words == name:
            return
        is_tab = visitor.page.evaluate("document.activeElement?.getAttribute('role') === 'tab'")
        titles = visitor.page.get_by_role("tab").all_text_contents()
        visitor.press("ArrowRight" if is_tab and name in titles else "Tab")
    raise AssertionError(f"Tab doesn't lead to {name}")


SEEN = """() => {
    const element = document.activeElement;
    if (element === null || element === document.body || element.matches('dialog, [tabindex="-1"]')) return true;
    const style = getComputedStyle(element);
    const box = element.getBoundingClientRect();
    // A frame around may show it instead.
    const frame = element.closest(':focus-within:not(body, html, dialog, main, #app)');
    const marked = style.outlineStyle !== 'none' || style.boxShadow !== 'none' || frame !== null;
    return marked && box.width > 0;
}"""


def test_the_skip_link_comes_first(serve: Serve, visit: Visit) -> None:
    visitor = visit(serve(), "alice")
    # Where somebody begins who comes to the page.
    visitor.page.evaluate("""() => {
        const start = document.createElement('p');
        start.tabIndex = -1;
        document.body.prepend(start);
        start.focus();
        start.remove();
    }""")
    visitor.press("Tab")
    skip = visitor.page.get_by_role("link", name="Skip to the message box")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    visitor.press("Enter")
    expect(visitor.box).to_be_focused()


HEARD = """(log) => {
    window.heard = [];
    new MutationObserver((changes) => {
        for (const change of changes) {
            if (change.target.closest('[aria-live]')?.getAttribute('aria-live') === 'off') continue;
            for (const node of change.addedNodes) {
                if (!(node instanceof Element)) continue;
                const row = node.matches('[role=article]') ? node : node.querySelector('[role=article]');
                const named = (row ?? node).getAttribute('aria-labelledby');
                const words = named?.split(' ').map((id) => document.getElementById(id)?.textContent.trim()).join(', ');
                window.heard.push(words ?? node.textContent);
            }
        }
    }).observe(log, { childList: true, subtree: true });
}"""


def test_a_message_is_announced_once(serve: Serve, visit: Visit) -> None:
    server = serve()
    with server.irc("bob", "#lobby", caps="message-tags") as bob:
        alice = visit(server, "alice")
        bob.send("PRIVMSG #lobby :before")
        alice.sees("before")
        expect(alice.log).to_have_attribute("aria-live", "polite")
        alice.log.evaluate(HEARD)
        bob.send("@+typing=active TAGMSG #lobby", "PRIVMSG #lobby :once only")
        alice.sees("once only")
        alice.frames()
        heard = alice.page.evaluate("window.heard")
        assert len(heard) == 1, heard
        assert re.fullmatch(r"bob(?:moderator)?, once only, \d+:\d\d(?:\s[AP]M)?", heard[0]), heard


def test_live_text_does_not_chatter(serve: Serve, visit: Visit) -> None:
    server = serve()
    with server.irc("bob", "#lobby", caps="message-tags") as bob:
        alice = visit(server, "alice")
        bob.send("@+typing=active TAGMSG #lobby")
        typing = alice.page.get_by_text("bob is typing")
        expect(typing).to_be_visible()
        assert typing.evaluate("(one) => one.closest('[aria-live]')?.getAttribute('aria-live')") == "off"


def test_another_room_is_announced(serve: Serve, visit: Visit) -> None:
    alice = visit(serve(), "alice")
    alice.open("#tea")
    expect(
        alice.page.locator("[aria-live=polite]").filter(has_text=re.compile("^#tea is shown"))
    ).to_have_count(1)


# -- what the system asks for ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wish",
    [
        {"contrast": "more", "color_scheme": "light"},
        {"contrast": "more", "color_scheme": "dark"},
        {"forced_colors": "active", "color_scheme": "dark"},
    ],
    ids=["light", "dark", "forced"],
)
def test_high_contrast(serve: Serve, visit: Visit, axe: str, wish: dict[str, str]) -> None:
    server = serve()
    with server.irc("bob", "#lobby", caps="message-tags") as bob:
        visitor = visit(server, **wish)
        a_lot(bob, visitor)
        check(visitor, axe)
        least = visitor.page.evaluate(LEAST_CONTRAST)
        assert least["ratio"] >= 7, least


LEAST_CONTRAST = """() => {
    const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    const rgba = (colour) => {
        canvas.clearRect(0, 0, 1, 1);
        canvas.fillStyle = colour;
        canvas.fillRect(0, 0, 1, 1);
        return [...canvas.getImageData(0, 0, 1, 1).data];
    };
    const light = ([r, g, b]) => [r, g, b].map((one) => one / 255)
        .map((one) => (one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4))
        .reduce((sum, one, at) => sum + one * [0.2126, 0.7152, 0.0722][at], 0);
    const behind = (element) => {
        for (let one = element; one !== null; one = one.parentElement) {
            const found = rgba(getComputedStyle(one).backgroundColor);
            if (found[3] === 255) return found;
        }
        return [255, 255, 255];
    };
    const words = document.querySelectorAll(
        '.words, .time, .topic, .entry-name, .me-state, .row.event p, h1, h2, h3'
    );
    return [...words].filter((one) => one.checkVisibility({ opacityProperty: true })).map((one) => {
        const [above, below] = [light(rgba(getComputedStyle(one).color)), light(behind(one))];
        const ratio = (Math.max(above, below) + 0.05) / (Math.min(above, below) + 0.05);
        return { ratio, text: one.textContent };
    }).reduce((least, one) => (one.ratio < least.ratio ? one : least));
}"""


def test_the_focus_is_seen_without_backgrounds(serve: Serve, visit: Visit) -> None:
    """With forced colours shadows are not drawn: the box needs a line around it."""
    alice = visit(serve(), "alice", forced_colors="active")
    expect(alice.box).to_be_focused()
    line = alice.page.locator(".box").evaluate("(one) => getComputedStyle(one).outlineStyle")
    assert line == "solid"
    alice.press("Tab")
    assert alice.page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"


def test_every_control_shows_its_focus(serve: Serve, visit: Visit) -> None:
    server = serve()
    with server.irc("bob", "#lobby", caps="message-tags") as bob:
        visitor = visit(server)
        a_lot(bob, visitor)
        visitor.row("an answer").last.hover()
        seen = set()
        for _ in range(60):
            visitor.press("Tab")
            words = visitor.focused()
            assert visitor.page.evaluate(SEEN), words
            seen.add(words)
        assert {"Send files", "Insert an emoji", "Search here", "Reply", "Settings of the room"} <= seen


MIRRORED = """() => {
    const middle = (selector) => {
        const { left, right } = document.querySelector(selector).getBoundingClientRect();
        return (left + right) / 2;
    };
    const isLeft = (one, other) => middle(one) < middle(other);
    return [
        ['.rooms', '.talk'], ['.talk', '.people'], ['.row .avatar', '.row .author'],
        ['.row .author', '.row .author ~ .time'], ['.where', '.top-bar .icon-button:not(.narrow-only)'],
        ['.attach', '.send'], ['.entry .hash', '.entry .entry-name'], ['.row .message', '.row .actions'],
    ].map(([one, other]) => [one, other, isLeft(one, other)]);
}"""


def test_the_page_is_mirrored(serve: Serve, visit: Visit) -> None:
    server = serve()
    with server.irc("bob", "#lobby") as bob:
        alice = visit(server, "alice")
        bob.send("PRIVMSG #lobby :words", "TOPIC #lobby :Tea")
        alice.row("words").hover()
        expect(alice.page.get_by_role("toolbar", name="Message")).to_be_visible()
        usual = alice.page.evaluate(MIRRORED)
        assert all(is_left for *_, is_left in usual), usual
        alice.page.evaluate("document.documentElement.dir = 'rtl'")
        alice.page.mouse.move(0, 0)
        alice.row("words").hover()
        alice.frames()
        mirrored = alice.page.evaluate(MIRRORED)
        assert not any(is_left for *_, is_left in mirrored), mirrored
        # The name of a room keeps its own direction.
        alice.press("Control+k")
        name = alice.dialog.get_by_role("option").filter(has_text="#lobby").locator(".choice-name")
        assert name.evaluate("(one) => getComputedStyle(one).unicodeBidi") == "plaintext"


# -- the phone -------------------------------------------------------------------------------------------------

KEYBOARD = """(height) => {
    const seen = new EventTarget();
    Object.assign(seen, { height, width: innerWidth, scale: 1, offsetTop: 0 });
    Object.defineProperty(window, 'visualViewport', { value: seen, configurable: true });
}"""


def test_the_soft_keyboard_covers_nothing(serve: Serve, visit: Visit) -> None:
    """A browser that lays its keyboard over the page says so by visualViewport alone."""
    visible = 340
    alice = visit(serve(), viewport=PHONE, has_touch=True, is_mobile=True)
    alice.context.add_init_script(f"({KEYBOARD})(innerHeight)")
    alice.enter("alice")
    alice.page.evaluate(
        "(height) => { visualViewport.height = height; visualViewport.dispatchEvent(new Event('resize')); }",
        visible,
    )
    alice.box.fill("a long text " * 60)
    alice.frames()
    for part in (".box", ".top-bar"):
        frame = alice.page.locator(part).bounding_box()
        assert frame is not None
        assert frame["y"] >= 0
        assert frame["y"] + frame["height"] <= visible, part
    alice.press("Control+,")
    frame = alice.dialog.bounding_box()
    assert frame is not None
    assert frame["y"] >= 0
    assert frame["y"] + frame["height"] <= visible


def test_a_room_can_be_left_on_a_phone(serve: Serve, visit: Visit) -> None:
    alice = visit(serve(), "alice", viewport=PHONE, has_touch=True, is_mobile=True)
    alice.open("#tea")
    people = alice.page.get_by_role("button", name="People")
    # Nobody is shown beside the messages.
    expect(people).to_have_attribute("aria-pressed", "false")
    people.tap()
    alice.page.get_by_role("button", name="Settings of the room").tap()
    alice.dialog.get_by_role("button", name="Leave the room").tap()
    alice.page.get_by_role("button", name="Conversations").tap()
    expect(alice.rooms.get_by_role("link", name="lobby")).to_be_visible()
    expect(alice.rooms.get_by_role("link", name="tea")).to_have_count(0)


def test_the_badge_stands_beside_the_arrow(serve: Serve, visit: Visit) -> None:
    server = serve()
    with server.irc("bob", "#lobby") as bob:
        alice = visit(server, "alice", viewport=PHONE, has_touch=True, is_mobile=True)
        bob.send("PRIVMSG alice :psst")
        back = alice.page.get_by_role("button", name="Conversations").first
        expect(back.locator(".badge")).to_be_visible()
        arrow, badge = (back.locator(part).bounding_box() for part in (".icon", ".badge"))
        assert arrow is not None
        assert badge is not None
        assert arrow["x"] + arrow["width"] <= badge["x"]


# -- the buttons of a message ----------------------------------------------------------------------------------

COVERED = """(bar) => {
    const own = bar.getBoundingClientRect();
    const row = bar.closest('.row');
    const hits = [];
    const range = document.createRange();
    const texts = document.createTreeWalker(document.querySelector('[role=log]'), NodeFilter.SHOW_TEXT);
    while (texts.nextNode() !== null) {
        const text = texts.currentNode;
        if (bar.contains(text) || text.parentElement.closest('.visually-hidden') !== null) continue;
        if (getComputedStyle(text.parentElement.closest('.time') ?? row).opacity === '0') continue;
        range.selectNodeContents(text);
        for (const box of range.getClientRects()) {
            // Letters don't fill their line.
            const isBeside = box.right <= own.left || box.left >= own.right;
            const isAbove = box.bottom - 4 <= own.top || box.top + 4 >= own.bottom;
            if (!isBeside && !isAbove) hits.push(text.textContent.slice(0, 60));
        }
    }
    return hits;
}"""


@pytest.mark.parametrize("width", [960, 1280])
def test_buttons_cover_no_words(serve: Serve, visit: Visit, width: int) -> None:
    server = serve()
    with server.irc("bob", "#lobby", caps="message-tags") as bob:
        alice = visit(server, "alice", viewport={"width": width, "height": 800})
        texts = ["short", "a long text without an end " * 14, "short again", "word " * 70 + "last"]
        bob.send(*(f"PRIVMSG #lobby :{text}" for text in texts))
        alice.sees("last")
        for row in alice.log.get_by_role("article").filter(has_text=re.compile("short|without|last")).all():
            row.hover()
            bar = row.get_by_role("toolbar", name="Message")
            expect(bar).to_be_visible()
            assert bar.evaluate(COVERED) == []
