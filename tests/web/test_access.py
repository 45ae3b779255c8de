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


@pytest.mark.xfail(reason="open: Enter on 'Choose files' opens no file chooser", strict=False)
def test_all_by_keyboard(serve: Serve, visit: Visit) -> None:
    server = serve()
    with server.irc("bob", "#lobby", caps="message-tags") as bob:
        alice = visit(server)
        alice.go()
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
        tab_to(alice, "Log out")
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
