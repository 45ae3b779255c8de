"""Links to rooms and messages: for who comes for the first time, who is elsewhere, and after a reload."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from browsing import DESK, PHONE, Visit, Visitor
from serving import Connection, Serve

CAPS = "message-tags echo-message"
MANY = 300


def told(bob: Connection, room: str = "#tea") -> str:
    """A link to something that bob said long ago."""
    bob.send(f"PRIVMSG {room} :the kettle is mine")
    found = re.search("msgid=([^; ]+)", bob.waits_for(f"PRIVMSG {room} :the kettle is mine"))
    assert found is not None
    bob.send(*(f"PRIVMSG {room} :number {number};" for number in range(MANY)))
    bob.waits_for(f"number {MANY - 1};")
    return f"/m/{found[1]}?r={quote(room, safe='')}"


def is_at(visitor: Visitor, room: str) -> None:
    expect(visitor.page.get_by_role("textbox", name=f"Message {room}")).to_be_visible()


@pytest.mark.parametrize("size", [DESK, PHONE])
def test_a_message_for_who_comes_for_the_first_time(serve: Serve, visit: Visit, size: dict[str, int]) -> None:
    server = serve()
    with server.irc("bob", "#tea", caps=CAPS) as bob:
        link = told(bob)
        alice = visit(server, "alice", link, viewport=size)
        is_at(alice, "#tea")
        expect(alice.row("the kettle is mine")).to_be_in_viewport()
        expect(alice.page).to_have_url(re.compile("/r/tea$"))
        # The address is that of the room now; a reload leads to where one was reading.
        alice.page.reload()
        is_at(alice, "#tea")
        expect(alice.row("the kettle is mine")).to_be_in_viewport()
        alice.page.get_by_role("button", name="Back to the newest").click()
        alice.sees(f"number {MANY - 1};")
        # The link works once more, for who knows the room.
        alice.go(link)
        is_at(alice, "#tea")
        expect(alice.row("the kettle is mine")).to_be_in_viewport()


def test_for_who_is_in_other_rooms(serve: Serve, visit: Visit) -> None:
    server = serve()
    with server.irc("bob", "#tea", caps=CAPS) as bob:
        link = told(bob)
        alice = visit(server, "alice")
        alice.open("#milk")
        alice.go(link)
        is_at(alice, "#tea")
        expect(alice.row("the kettle is mine")).to_be_in_viewport()
        for room in ("lobby", "milk"):
            expect(alice.rooms.get_by_role("link", name=re.compile(room))).to_be_visible()
        alice.go("/r/coffee")
        is_at(alice, "#coffee")
        alice.page.reload()
        is_at(alice, "#coffee")


def test_to_what_is_not_there(serve: Serve, visit: Visit) -> None:
    server = serve()
    with server.irc("bob", "#tea", caps=CAPS) as bob:
        bob.send("PRIVMSG #tea :hello")
        bob.waits_for("hello")
        alice = visit(server, "alice", "/m/nosuchmessage?r=%23tea")
        is_at(alice, "#tea")
        expect(alice.page.get_by_text("can’t be found")).to_be_visible()
        expect(alice.page.get_by_text("You are reading older messages")).to_be_hidden()
        alice.sees("hello")


def test_to_a_room_that_one_may_not_enter(serve: Serve, visit: Visit) -> None:
    server = serve()
    with server.irc("bob", "#den", caps=CAPS) as bob:
        link = told(bob, "#den")
        bob.send("MODE #den +i")
        bob.waits_for("MODE #den \\+i")
        alice = visit(server)
        alice.go(link)
        alice.page.get_by_label("name", exact=True).fill("alice")
        alice.press("Enter")
        expect(alice.page.get_by_text(re.compile("invite", re.I)).first).to_be_visible()
        expect(alice.page.get_by_text("the kettle is mine")).to_have_count(0)
