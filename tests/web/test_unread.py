"""Tick 15: what is unread, in the title, in the list and on the server."""

from __future__ import annotations

import random
import re

import pytest
from playwright.sync_api import expect

from browsing import Visit, Visitor
from serving import Serve

ROOMS = ("#ale", "#beer", "#cider")
STEPS = 200
UNREAD = re.compile(r"\bunread\b")


def shown(visitor: Visitor) -> dict[str, tuple[int, bool]]:
    """By room: the number in its badge, and whether it is bold."""
    found = visitor.rooms.evaluate(
        """(nav) => [...nav.querySelectorAll('a.entry')].map((entry) => [
            entry.querySelector('.entry-name').textContent,
            parseInt(entry.querySelector('.badge')?.textContent ?? '0'),
            entry.classList.contains('unread'),
        ])"""
    )
    return {name: (badge, bold) for name, badge, bold in found}


def in_title(visitor: Visitor) -> int:
    found = re.match(r"\((\d+)\) ", visitor.page.title())
    return int(found[1]) if found else 0


def test_badges_are_the_same_everywhere(serve: Serve, visit: Visit) -> None:
    server = serve()
    with server.irc("bob", "#lobby", "#tea") as bob:
        alice = visit(server, "alice")
        alice.open("#tea")
        bob.send("PRIVMSG #lobby :nothing special", "PRIVMSG #lobby :alice: look", "PRIVMSG alice :psst")
        expect(alice.page).to_have_title(re.compile(r"^\(2\) #tea"))
        assert shown(alice)["lobby"] == (1, True)
        assert shown(alice)["bob"] == (1, True)
        icon = alice.page.locator("link[rel=icon]").get_attribute("href")
        alice.rooms.get_by_role("link", name=re.compile("lobby")).click()
        expect(alice.log.get_by_text("New", exact=True)).to_be_visible()
        expect(alice.page).to_have_title(re.compile(r"^\(1\) #lobby"))
        alice.press("Shift+Escape")
        expect(alice.page).to_have_title("#lobby · hubbub")
        assert alice.page.locator("link[rel=icon]").get_attribute("href") != icon
        alice.page.reload()
        expect(alice.box).to_be_visible()
        expect(alice.page).to_have_title("#lobby · hubbub")
        assert all(badge == 0 for badge, _ in shown(alice).values())


def claim(visitor: Visitor) -> None:
    visitor.press("Control+,")
    visitor.dialog.get_by_role("tab", name="Account").click()
    visitor.dialog.get_by_label("New password").fill("correct horse")
    visitor.dialog.get_by_label("The same again").fill("correct horse")
    visitor.dialog.get_by_role("button", name=re.compile("^Claim")).click()
    expect(visitor.dialog.get_by_text("You are logged in as")).to_be_visible()
    visitor.press("Escape")
    expect(visitor.dialog).to_be_hidden()


def test_read_in_one_is_read_in_the_other(serve: Serve, visit: Visit) -> None:
    server = serve()
    with server.irc("bob", "#lobby", "#tea") as bob:
        alice = visit(server, "alice")
        claim(alice)
        alice.open("#tea")
        other = visit(server)
        other.go()
        other.page.get_by_label("name", exact=True).fill("alice")
        other.press("Enter")
        other.page.get_by_label(re.compile("password")).fill("correct horse")
        other.press("Enter")
        expect(other.box).to_be_visible()
        other.open("#tea")
        # Only the page in front is looked at.
        alice.page.bring_to_front()
        for one in (alice, other):
            one.open("#ale")
        bob.send("PRIVMSG #tea :alice, look")
        for one in (alice, other):
            expect(one.rooms.get_by_role("link", name=re.compile("tea.*for you"))).to_be_visible()
        alice.rooms.get_by_role("link", name=re.compile("tea")).click()
        for one in (alice, other):
            expect(one.rooms.get_by_role("link", name=re.compile("tea.*for you"))).to_be_hidden()


@pytest.mark.timeout(240)
def test_two_hundred_steps(serve: Serve, visit: Visit) -> None:
    server = serve()
    chance = random.Random(5)
    with server.irc("bob", *ROOMS) as bob:
        alice = visit(server, "alice")
        for room in ROOMS:
            alice.open(room)
        expected = dict.fromkeys(ROOMS, 0)
        any_unread = dict.fromkeys(ROOMS, False)
        here = ROOMS[-1]
        for step in range(STEPS):
            room = chance.choice(ROOMS)
            act = chance.choice(("say", "say", "mention", "go", "reload" if step % 20 == 0 else "go"))
            if act in ("say", "mention"):
                bob.send(f"PRIVMSG {room} :{'alice, ' if act == 'mention' else ''}step {step};")
                bob.so_far()
                if room == here:
                    alice.sees(f"step {step};")
                else:
                    expected[room] += act == "mention"
                    any_unread[room] = True
            elif act == "go":
                alice.rooms.get_by_role("link", name=re.compile(room[1:])).click()
                here = room
                expected[here], any_unread[here] = 0, False
                expect(alice.page.get_by_role("textbox", name=f"Message {here}")).to_be_visible()
            else:
                alice.page.reload()
                expect(alice.page.get_by_role("textbox", name=f"Message {here}")).to_be_visible()
            agree(alice, expected, any_unread, step)
        # What the server holds is the same as what a page shows that begins anew.
        alice.page.reload()
        expect(alice.box).to_be_visible()
        agree(alice, expected, any_unread, STEPS)


def agree(visitor: Visitor, badges: dict[str, int], unread: dict[str, bool], step: int) -> None:
    """The list and the title show this, soon."""
    total = sum(badges.values())
    sign = f"({total}) " if total else "• " if any(unread.values()) else ""
    expect(visitor.page, f"after step {step}").to_have_title(re.compile(f"^{re.escape(sign)}#"))
    entries = visitor.rooms
    for room, badge in badges.items():
        entry = entries.get_by_role("link").filter(has_text=room[1:])
        expect(entry.locator(".badge"), f"{room} after step {step}").to_have_count(1 if badge else 0)
        if badge:
            expect(entry.locator(".badge"), f"{room} after step {step}").to_contain_text(str(badge))
    for room, bold in unread.items():
        found = expect(entries.get_by_role("link").filter(has_text=room[1:]), f"{room} after step {step}")
        if bold:
            found.to_have_class(UNREAD)
        else:
            found.not_to_have_class(UNREAD)


def test_marked_as_unread_by_hand(serve: Serve, visit: Visit) -> None:
    server = serve()
    with server.irc("bob", "#lobby", "#tea") as bob:
        alice = visit(server, "alice")
        alice.open("#tea")
        for text in ("one", "alice: two", "three"):
            bob.send(f"PRIVMSG #tea :{text}")
        alice.sees("three")
        expect(alice.page).to_have_title("#tea · hubbub")
        alice.row("alice: two").click(modifiers=["Alt"])
        expect(alice.log.get_by_text("New", exact=True)).to_be_visible()
        expect(alice.page).to_have_title(re.compile(r"^\(1\) #tea"))
        # Looking at it is not enough, and neither is what comes.
        bob.send("PRIVMSG #tea :alice: four")
        expect(alice.page).to_have_title(re.compile(r"^\(2\) #tea"))
        alice.box.focus()
        alice.press("Escape")
        expect(alice.page).to_have_title("#tea · hubbub")
        expect(alice.log.get_by_text("New", exact=True)).to_be_hidden()

        # Whoever comes back to it reads it.
        alice.row("alice: four").click(modifiers=["Alt"])
        expect(alice.page).to_have_title(re.compile(r"^\(1\) #tea"))
        alice.rooms.get_by_role("link", name=re.compile("lobby")).click()
        expect(alice.page).to_have_title(re.compile(r"^\(1\) #lobby"))
        alice.press("Shift+Escape")
        expect(alice.page).to_have_title("#lobby · hubbub")

        # What the server holds was never taken back: a reload shows that.
        alice.rooms.get_by_role("link", name=re.compile("tea")).click()
        alice.row("alice: four").click(modifiers=["Alt"])
        expect(alice.page).to_have_title(re.compile(r"^\(1\) #tea"))
        alice.page.reload()
        expect(alice.box).to_be_visible()
        expect(alice.page).to_have_title("#tea · hubbub")


def test_what_a_service_says_is_no_conversation(serve: Serve, visit: Visit) -> None:
    alice = visit(serve(), "alice")
    alice.say("/msg NickServ HELP")
    expect(alice.log.get_by_text("IDENTIFY").first).to_be_visible()
    alice.say("/query NickServ")
    expect(alice.page.get_by_role("textbox", name="Message NickServ")).to_be_visible()
    # HELP alone is the client's own.
    alice.say("HELP REGISTER")
    expect(alice.log.get_by_text("REGISTER").first).to_be_visible()
    assert alice.log.get_by_role("article").filter(has_text="alice").count() == 0
    alice.rooms.get_by_role("link", name=re.compile("lobby")).click()
    expect(alice.page).to_have_title("#lobby · hubbub")
