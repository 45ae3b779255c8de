"""Ticks 12 and 13: what can be done with a message, and what becomes of what is typed."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from browsing import Visit
from serving import Serve

CAPS = "message-tags echo-message server-time draft/message-redaction"


def test_edit_by_key_and_mouse(serve: Serve, visit: Visit) -> None:
    server = serve()
    with server.irc("bob", "#lobby") as bob:
        alice = visit(server, "alice")
        alice.say("helo")
        bob.waits_for("PRIVMSG #lobby :helo")
        expect(alice.row("helo").locator("xpath=self::*[not(contains(@class, 'pending'))]")).to_be_visible()
        alice.press("ArrowUp")
        expect(alice.box).to_have_value("helo")
        alice.box.fill("hello")
        alice.press("Enter")
        bob.waits_for(r"PRIVMSG #lobby :.*hello")
        expect(alice.row("hello").get_by_role("button", name="(edited)")).to_be_visible()
        alice.choose(alice.row("hello"), "Edit")
        expect(alice.box).to_have_value("hello")
        alice.box.fill("hello all")
        alice.press("Enter")
        edited = alice.row("hello all").get_by_role("button", name="(edited)")
        expect(edited).to_be_visible()
        edited.click()
        for text in ("helo", "hello", "hello all"):
            expect(alice.dialog.get_by_text(text, exact=True)).to_be_visible()


def test_delete_and_have_it_back(serve: Serve, visit: Visit) -> None:
    server = serve()
    with server.irc("bob", "#lobby", caps=CAPS) as bob:
        alice = visit(server, "alice")
        alice.page.clock.install()
        alice.say("kept")
        alice.say("gone")
        alice.sees("gone")
        alice.choose(alice.row("kept"), "Delete")
        expect(alice.log.get_by_text("Message deleted")).to_be_visible()
        alice.page.get_by_role("button", name="Undo").click()
        alice.sees("kept")
        alice.choose(alice.row("gone"), "Delete")
        expect(alice.page.get_by_role("button", name="Undo")).to_be_visible()
        alice.page.clock.run_for(5_500)
        bob.waits_for(r"^\S* ?:alice!\S+ REDACT #lobby ")
        expect(alice.log.get_by_text("Message deleted")).to_have_count(1)
        alice.sees("kept")


def test_reply_and_react(serve: Serve, visit: Visit) -> None:
    server = serve()
    with server.irc("bob", "#lobby", caps=CAPS) as bob:
        alice = visit(server, "alice")
        bob.send("PRIVMSG #lobby :a question")
        alice.sees("a question")
        alice.choose(alice.row("a question"), "Reply")
        expect(alice.box).to_be_focused()
        alice.say("an answer")
        bob.waits_for(r"\+(?:draft/)?reply=\S+ :alice!\S+ PRIVMSG #lobby :an answer")
        expect(alice.row("an answer")).to_contain_text("a question")
        alice.choose(alice.row("a question").first, "React with ❤️")
        bob.waits_for("❤")
        reaction = alice.row("a question").first.get_by_role("button", name=re.compile("❤"), pressed=True)
        reaction.click()
        bob.waits_for("unreact")
        # By keys alone: two each.
        alice.press("Control+Shift+ArrowUp", "r")
        expect(alice.page.get_by_text("Reply to")).to_be_visible()
        expect(alice.box).to_be_focused()
        alice.press("Escape")
        expect(alice.page.get_by_text("Reply to")).to_be_hidden()


@pytest.mark.parametrize(
    "text",
    [
        "snake_case_name and other_name",
        "2 * 3 * 4",
        "/usr/lib_x/a_b",
        "*",
        "__init__.py",
        "a*b*c",
        "`",
        "~~",
        "1_000_000",
    ],
)
def test_what_is_not_meant_as_markdown(serve: Serve, visit: Visit, text: str) -> None:
    alice = visit(serve(), "alice")
    alice.say(f"/say {text}" if text.startswith("/") else text)
    expect(alice.row(text)).to_be_visible()
    expect(alice.row(text).locator("strong, em, code, s")).to_have_count(0)


def test_markdown(serve: Serve, visit: Visit) -> None:
    alice = visit(serve(), "alice")
    alice.say("**bold** *slanted* `a  b` ~~no~~ ||secret||")
    row = alice.row("bold")
    expect(row.locator("strong")).to_have_text("bold")
    expect(row.locator("em")).to_have_text("slanted")
    assert row.locator("code").text_content() == "a  b"
    expect(row.locator("s")).to_have_text("no")
    row.get_by_role("button", name="Hidden text: show it").click()
    expect(row.get_by_text("secret")).to_be_visible()


def test_a_block_of_code(serve: Serve, visit: Visit) -> None:
    alice = visit(serve(), "alice")
    alice.context.grant_permissions(["clipboard-read", "clipboard-write"])
    code = "def f(x):\n    if x:\n        return  'two  spaces'"
    alice.box.fill(f"```python\n{code}\n```")
    alice.press("Enter")
    block = alice.log.locator("pre")
    expect(block).to_be_visible()
    assert block.text_content() == code
    alice.log.hover()
    alice.log.get_by_role("button", name="Copy the code").click()
    expect(alice.page.get_by_text("Code copied")).to_be_visible()
    assert alice.page.evaluate("navigator.clipboard.readText()") == code


def test_code_is_coloured(serve: Serve, visit: Visit) -> None:
    alice = visit(serve(), "alice")
    alice.box.fill("```python\ndef f():\n    return 'text'\n```")
    alice.press("Enter")
    expect(alice.log.locator("pre code span[class]:not([class=''])").first).to_be_attached()


def test_enter_belongs_to_the_input_method(serve: Serve, visit: Visit) -> None:
    alice = visit(serve(), "alice")
    alice.say("first")
    alice.box.fill("@ali")
    keys = alice.context.new_cdp_session(alice.page)
    alice.box.fill("")
    keys.send("Input.imeSetComposition", {"text": "にほ", "selectionStart": 2, "selectionEnd": 2})
    keys.send(
        "Input.dispatchKeyEvent", {"type": "rawKeyDown", "key": "Process", "windowsVirtualKeyCode": 229}
    )
    keys.send("Input.insertText", {"text": "日本"})
    expect(alice.box).to_have_value("日本")
    expect(alice.row("日本")).to_have_count(0)
    alice.press("Enter")
    alice.sees("日本")


def test_completion_can_be_left(serve: Serve, visit: Visit) -> None:
    server = serve()
    with server.irc("bobby", "#lobby") as bobby:
        alice = visit(server, "alice")
        alice.page.keyboard.type("@bo")
        proposals = alice.page.get_by_role("listbox", name="Proposals")
        expect(proposals.get_by_role("option", name=re.compile("bobby"))).to_be_visible()
        alice.press("Escape")
        expect(proposals).to_be_hidden()
        alice.press("Enter")
        bobby.waits_for(r"^:alice!\S+ PRIVMSG #lobby :@bo$")
        alice.page.keyboard.type("@bo")
        expect(proposals).to_be_visible()
        alice.press("Tab")
        expect(alice.box).to_have_value(re.compile("^@?bobby"))


def test_names_of_emoji_are_sent_as_emoji(serve: Serve, visit: Visit) -> None:
    server = serve()
    with server.irc("bob", "#lobby") as bob:
        alice = visit(server, "alice")
        # At once, before their names have come.
        alice.say("a cup of :tea: and `:tea:`, at 12:30:45")
        said = bob.waits_for(r"^:alice!\S+ PRIVMSG #lobby :")
        assert said.endswith(":a cup of 🍵 and `:tea:`, at 12:30:45")
        expect(alice.box).to_have_value("")
