"""Tick 20: who may moderate does so where the message is; others see nothing of it."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from browsing import Visit
from serving import Serve

POWERS = re.compile(r"^(?:Put .* out|Ban .*|Kick|Mute .*minutes|bob: operator|bob: voice)$", re.I)


def test_a_moderator_puts_out_with_a_reason_and_undoes_it(serve: Serve, visit: Visit) -> None:
    server = serve()
    alice = visit(server, "alice")
    with server.irc("bob", "#lobby") as bob:
        bob.send("PRIVMSG #lobby :rubbish")
        alice.sees("rubbish")
        alice.page.get_by_role("button", name="Settings of the room").click()
        alice.dialog.get_by_role("tab", name="People").click()
        alice.dialog.get_by_role("button", name="Ban bob").click()
        alice.dialog.get_by_role("textbox", name=re.compile("Reason")).fill("enough")
        alice.dialog.get_by_role("button", name="Ban", exact=True).click()
        bob.waits_for(r"^:alice!\S+ KICK #lobby bob :enough")
        bob.send("JOIN #lobby")
        bob.waits_for(" 474 ")
        alice.page.get_by_role("button", name="Undo").click()
        alice.press("Escape")
        expect(alice.dialog).to_be_hidden()
        bob.send("JOIN #lobby")
        bob.waits_for(r" 366 | 474 ")


def test_in_place(serve: Serve, visit: Visit) -> None:
    server = serve()
    alice = visit(server, "alice")
    with server.irc("bob", "#lobby") as bob:
        bob.send("PRIVMSG #lobby :rubbish")
        alice.sees("rubbish")
        alice.row("rubbish").hover()
        expect(alice.row("rubbish").get_by_role("button", name="Delete")).to_be_visible()
        alice.row("rubbish").get_by_role("button", name="bob").click()
        expect(alice.dialog.get_by_role("button", name=re.compile("Put bob out|Kick"))).to_be_visible()
        expect(alice.dialog.get_by_role("button", name=re.compile("10 min"))).to_be_visible()


def test_others_see_no_dead_buttons(serve: Serve, visit: Visit) -> None:
    server = serve()
    with server.irc("bob", "#lobby") as bob:
        alice = visit(server, "alice")
        bob.send("MODE #lobby +t", "PRIVMSG #lobby :words")
        alice.sees("words")
        alice.row("words").hover()
        expect(alice.row("words").get_by_role("button", name="Reply", exact=True)).to_be_visible()
        for name in ("Delete", "Edit"):
            expect(alice.row("words").get_by_role("button", name=name)).to_have_count(0)
        alice.page.get_by_role("button", name="Settings of the room").click()
        expect(alice.dialog).to_be_visible()
        tabs = alice.dialog.get_by_role("tab").all()
        for tab in tabs:
            tab.click()
            expect(alice.dialog.get_by_role("button", name=POWERS)).to_have_count(0)
        expect(alice.dialog.get_by_role("button", name="Change the topic")).to_have_count(0)
        alice.press("Escape")
        alice.page.get_by_role("complementary").get_by_role("button", name="bob").click()
        expect(alice.dialog.get_by_role("button", name="Write")).to_be_visible()
        expect(alice.dialog.get_by_role("button", name=POWERS)).to_have_count(0)
