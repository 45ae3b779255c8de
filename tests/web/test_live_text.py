"""Tick 14: letters as they are typed, between two windows; everybody else sees the message alone."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, expect

from browsing import PHONE, Visit, Visitor
from serving import RunningServer, Serve
from web.test_threads import check

LOBBY = {"live.rooms": ["#lobby"]}
PASTED = """(box, text) => {
    box.focus();
    box.setRangeText(text, box.selectionStart, box.selectionEnd, 'end');
    box.dispatchEvent(new InputEvent('input', { inputType: 'insertFromPaste', bubbles: true }));
}"""


def begins(visitor: Visitor) -> None:
    """Switch it on for the first time, by the button beside the box."""
    visitor.page.get_by_role("button", name="Show what you type as you type it").click()
    visitor.dialog.get_by_role("button", name="Show what I type").click()
    expect(mark(visitor)).to_be_visible()


def mark(visitor: Visitor) -> Locator:
    return visitor.page.get_by_role("button", name=re.compile("^LIVE"))


def lines(visitor: Visitor) -> Locator:
    """What others type; screen readers don't hear it."""
    return visitor.page.locator(".live-row:not(:empty)")


def types(visitor: Visitor, text: str) -> None:
    visitor.box.press_sequentially(text)


def picture(visitor: Visitor, name: str) -> None:
    """For people to look at, where HUBBUB_PICTURES names a folder."""
    folder = os.environ.get("HUBBUB_PICTURES")
    if folder:
        visitor.page.screenshot(path=Path(folder) / f"live-{name}.png")


def test_two_windows_type_to_each_other(serve: Serve, visit: Visit, axe: str) -> None:
    server = serve(LOBBY)
    with server.irc("old", "#lobby", caps="message-tags") as old:
        alice, bob = visit(server, "alice"), visit(server, "bob")
        begins(alice)
        expect(mark(bob)).to_be_hidden()
        begins(bob)
        types(alice, "a kettle singz")
        expect(lines(bob)).to_have_text(["alicea kettle singz▏"])
        expect(alice.page.locator(".live-audience")).to_have_text("1 sees this: bob")
        alice.box.press("Backspace")
        types(alice, "s")
        expect(lines(bob)).to_have_text(["alicea kettle sings▏"])
        types(bob, "so it does")
        expect(lines(alice)).to_have_text(["bobso it does▏"])
        picture(alice, "desk")
        check(alice, axe)
        alice.box.press("Enter")
        bob.sees("a kettle sings")
        expect(lines(bob)).to_have_count(0)
        expect(bob.row("a kettle sings")).to_have_count(1)
        received = old.until("PRIVMSG #lobby :a kettle sings$")
        typing = [line for line in received if "TAGMSG" in line]
        assert typing
        assert all(line.startswith("@+typing=") for line in typing)
        assert "singz" not in "".join(received)


def test_one_click_stops_it(serve: Serve, visit: Visit) -> None:
    server = serve(LOBBY)
    alice, bob = visit(server, "alice"), visit(server, "bob")
    begins(alice)
    begins(bob)
    types(alice, "seen")
    expect(lines(bob)).to_have_text(["aliceseen▏"])
    mark(alice).click()
    expect(mark(alice)).to_be_hidden()
    expect(lines(bob)).to_have_count(0)
    types(alice, " and unseen")
    alice.box.press("Enter")
    bob.sees("seen and unseen")
    expect(lines(bob)).to_have_count(0)
    # Asked once, not again: on and off by one click each.
    alice.page.get_by_role("button", name="Show what you type as you type it").click()
    expect(mark(alice)).to_be_visible()


def test_whoever_is_asked_and_presses_enter_shares_nothing(serve: Serve, visit: Visit) -> None:
    alice = visit(serve(LOBBY), "alice")
    alice.say("/live on")
    expect(alice.dialog).to_contain_text("Both sides must share")
    assert alice.page.evaluate("document.activeElement?.textContent") == "Cancel"
    alice.press("Enter")
    expect(alice.page.get_by_role("dialog")).to_have_count(0)
    expect(mark(alice)).to_have_count(0)


def test_what_is_pasted_and_what_is_a_command_is_not_seen(serve: Serve, visit: Visit) -> None:
    server = serve(LOBBY)
    with server.irc("eve", "#lobby", caps="message-tags hubbub.chat/live") as eve:
        eve.until(r"MODE #lobby \+L")
        eve.send("LIVE ON #lobby")
        alice = visit(server, "alice")
        begins(alice)
        types(alice, "look ")
        alice.box.evaluate(PASTED, "hunter2")
        expect(alice.page.get_by_text("pasted text waits for Enter")).to_be_visible()
        types(alice, "!")
        eve.until(r"live=\S+\+5,1,!")
        for _ in range(len("look hunter2!")):
            alice.box.press("Backspace")
        types(alice, "/msg eve secret")
        alice.box.fill("")
        types(alice, "eve: secret")
        alice.box.fill("")
        types(alice, "plain")
        alice.box.press("Enter")
        received = "".join(eve.until("PRIVMSG #lobby :plain$"))
        for letters in ("hunter", "2", "sec", ",/", "m,"):
            assert not re.search(rf"live=\S*,{re.escape(letters)}", received)


def test_it_is_remembered_and_ends_where_it_is_not_allowed(serve: Serve, visit: Visit) -> None:
    server = serve(LOBBY)
    with server.irc("bob", "#own", caps="message-tags hubbub.chat/live") as bob:
        alice = visit(server, "alice")
        begins(alice)
        alice.page.reload()
        expect(mark(alice)).to_be_visible()
        alice.open("#own")
        button = alice.page.get_by_role("button", name="Show what you type as you type it")
        expect(button).to_be_hidden()
        bob.send("MODE #own +L")
        button.click()
        expect(mark(alice)).to_be_visible()
        bob.send("MODE #own -L")
        expect(mark(alice)).to_be_hidden()


def test_an_operator_allows_it_in_the_settings_of_the_room(serve: Serve, visit: Visit) -> None:
    server = serve()
    alice = visit(server, "alice")
    alice.open("#tea")
    alice.page.get_by_role("button", name="Settings of the room").click()
    alice.dialog.get_by_label("Who wants to may show what they type as they type it").check()
    alice.press("Escape")
    begins(alice)
    expect(alice.page.locator(".live-audience")).to_have_text("nobody yet")


def test_in_private_on_a_phone(serve: Serve, visit: Visit, axe: str) -> None:
    server = serve()
    alice, bob = visit(server, "alice", viewport=PHONE), visit(server, "bob")
    alice.say("/msg bob hello")
    bob.page.get_by_role("navigation", name="Conversations").get_by_role(
        "link", name=re.compile("alice")
    ).or_(bob.rooms.get_by_role("button", name=re.compile("alice"))).first.click()
    bob.say("hello yourself")
    alice.say("/msg bob")
    expect(alice.page.get_by_role("textbox", name="Message bob")).to_be_visible()
    begins(alice)
    begins(bob)
    types(alice, "psst, a long whisper that does not fit into one line of a telephone")
    expect(lines(bob)).to_have_text(re.compile("^alicepsst, a long .* telephone▏$"))
    types(bob, "go on")
    expect(lines(alice)).to_have_text(["bobgo on▏"])
    picture(alice, "phone")
    check(alice, axe)


def test_letters_move_nothing_that_one_reads(serve: Serve, visit: Visit) -> None:
    server: RunningServer = serve(LOBBY)
    with server.irc("bob", "#lobby", caps="message-tags hubbub.chat/live") as bob:
        bob.until(r"MODE #lobby \+L")
        bob.send("LIVE ON #lobby", *(f"PRIVMSG #lobby :line {number}" for number in range(60)))
        alice = visit(server, "alice")
        begins(alice)
        alice.sees("line 59")
        alice.row("line 20").first.scroll_into_view_if_needed()
        alice.frames()
        before = top(alice, "line 20")
        bob.send("@+hubbub.chat/live=x/0/n+0,5,later TAGMSG #lobby")
        expect(lines(alice)).to_have_text(["boblater▏"])
        alice.frames()
        assert abs(top(alice, "line 20") - before) <= 1


def top(visitor: Visitor, text: str) -> Any:
    box = visitor.row(text).first.bounding_box()
    assert box is not None
    return box["y"]
