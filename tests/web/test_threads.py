"""Threads: a view over replies. The room stays complete, and whoever knows no threads sees ordinary replies."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from browsing import PHONE, Visit, Visitor
from serving import Connection, Serve

CAPS = "message-tags echo-message server-time"
REPLY = r"\+reply=(\S+?)[; ]"


SERIOUS = """async () => {
    const { violations } = await axe.run(document, { resultTypes: ['violations'] });
    return violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(({ id, nodes }) => [id, nodes.map((one) => `${one.html} ${one.failureSummary}`)]);
}"""
STILL = """() => document.getAnimations().every(
    (one) => one.playState !== 'running' || one.effect.getTiming().iterations === Infinity
)"""


def check(visitor: Visitor, axe: str) -> None:
    """Nothing that hinders anybody."""
    visitor.frames()
    visitor.page.evaluate(axe)
    visitor.page.wait_for_function(STILL)
    assert visitor.page.evaluate(SERIOUS) == []


def msgid_of(line: str) -> str:
    found = re.search(r"msgid=([^; ]+)", line)
    assert found is not None, line
    return found[1]


def side(visitor: Visitor) -> Locator:
    return visitor.page.get_by_role("complementary", name=re.compile("^Thread in"))


def messages(visitor: Visitor) -> Locator:
    return side(visitor).get_by_role("list", name="Messages in this thread").get_by_role("listitem")


def box(visitor: Visitor) -> Locator:
    return side(visitor).get_by_role("textbox", name="Reply in thread")


def line_below(visitor: Visitor, text: str) -> Locator:
    return visitor.row(text).first.get_by_role("button", name=re.compile("repl(y|ies)"))


def asked(bob: Connection, visitor: Visitor, text: str = "a question") -> str:
    """A message of bob's, and its id."""
    bob.send(f"PRIVMSG #lobby :{text}")
    visitor.sees(text)
    return msgid_of(bob.waits_for(f"PRIVMSG #lobby :{text}"))


def test_by_mouse_in_two_windows(serve: Serve, visit: Visit) -> None:
    server = serve()
    with server.irc("bob", "#lobby", caps=CAPS) as bob, server.irc("old", "#lobby") as old:
        alice, carol = visit(server, "alice"), visit(server, "carol")
        root = asked(bob, alice)
        # Two actions: the button, and what is typed.
        alice.choose(alice.row("a question"), "Reply in thread")
        expect(box(alice)).to_be_focused()
        alice.page.keyboard.type("the first answer")
        alice.press("Enter")
        sent = bob.waits_for("PRIVMSG #lobby :the first answer")
        assert re.search(REPLY, sent)[1] == root
        old.waits_for(r"^:alice!\S+ PRIVMSG #lobby :the first answer$")
        # Everybody sees it in the room, and whoever wants to sees the thread.
        carol.sees("the first answer")
        expect(line_below(carol, "a question")).to_have_text(re.compile(r"^1 reply · last \d"))
        line_below(carol, "a question").click()
        expect(messages(carol)).to_contain_text(["a question", "the first answer"])
        # It goes on live, in the room and beside it.
        bob.send(f"@+reply={root} PRIVMSG #lobby :the second answer")
        for one in (alice, carol):
            expect(messages(one)).to_contain_text(["a question", "the first answer", "the second answer"])
            one.sees("the second answer")
            expect(line_below(one, "a question")).to_have_text(re.compile("^2 replies · last"))
        # An answer to an answer belongs to it; what is said besides doesn't.
        nested = msgid_of(bob.waits_for("PRIVMSG #lobby :the second answer"))
        bob.send("PRIVMSG #lobby :something else", f"@+reply={nested} PRIVMSG #lobby :the third answer")
        expect(messages(carol)).to_have_count(4)
        expect(messages(carol).last).to_contain_text("the third answer")
        carol.sees("something else")
        expect(messages(carol).get_by_text("something else")).to_have_count(0)


def test_what_can_be_done_with_its_messages(serve: Serve, visit: Visit) -> None:
    server = serve()
    with server.irc("bob", "#lobby", caps=f"{CAPS} draft/message-redaction") as bob:
        alice, carol = visit(server, "alice"), visit(server, "carol")
        asked(bob, alice)
        alice.choose(alice.row("a question"), "Reply in thread")
        box(alice).fill("helo")
        box(alice).press("Enter")
        own = messages(alice).filter(has_text="helo")
        expect(own.locator(".row:not(.pending)")).to_be_visible()
        # The last one by key, and by its button: in the box of the thread.
        box(alice).press("ArrowUp")
        expect(box(alice)).to_have_value("helo")
        box(alice).fill("hello")
        box(alice).press("Enter")
        carol.sees("hello")
        alice.choose(messages(alice).filter(has_text="hello"), "Edit")
        expect(box(alice)).to_be_focused()
        expect(alice.box).to_have_value("")
        alice.press("Escape")
        expect(box(alice)).to_have_value("")
        expect(side(alice)).to_be_visible()
        alice.choose(messages(alice).first, "React with 👍")
        expect(carol.row("a question").first.get_by_role("button", name=re.compile("👍"))).to_be_visible()
        alice.choose(messages(alice).first, "React")
        expect(alice.dialog).to_be_visible()
        alice.press("Escape")
        expect(box(alice)).to_be_focused()
        # A reply to a reply names it.
        alice.choose(messages(alice).filter(has_text="hello"), "Reply")
        expect(side(alice).get_by_text("Reply to")).to_be_visible()
        box(alice).fill("one more")
        box(alice).press("Enter")
        expect(messages(alice).last.get_by_text("In answer to")).to_be_attached()
        box(alice).fill("/me nods")
        box(alice).press("Enter")
        assert re.search(REPLY, bob.waits_for("ACTION nods"))
        expect(messages(alice)).to_have_count(4)
        alice.choose(messages(alice).filter(has_text="hello").first, "Delete")
        expect(messages(alice).nth(1)).to_contain_text("Message deleted")
        bob.waits_for("REDACT #lobby")
        expect(line_below(carol, "a question")).to_have_text(re.compile("^2 replies"))


def test_by_keys_alone(serve: Serve, visit: Visit) -> None:
    server = serve()
    with server.irc("bob", "#lobby", caps=CAPS) as bob:
        alice = visit(server, "alice")
        root = asked(bob, alice)
        alice.press("Control+Shift+ArrowUp", "t")
        expect(box(alice)).to_be_focused()
        alice.page.keyboard.type("an answer")
        alice.press("Enter")
        assert re.search(REPLY, bob.waits_for("PRIVMSG #lobby :an answer"))[1] == root
        expect(messages(alice)).to_have_count(2)
        # Esc closes it, and the message that had the focus has it again.
        alice.press("Escape")
        expect(side(alice)).to_have_count(0)
        expect(alice.row("a question").first).to_be_focused()
        # From any reply into the same thread, whose messages are walked through like those of the room.
        alice.press("ArrowDown", "t")
        expect(box(alice)).to_be_focused()
        expect(messages(alice)).to_contain_text(["a question", "an answer"])
        alice.press("Control+Shift+ArrowUp")
        expect(messages(alice).last.get_by_role("article")).to_be_focused()
        alice.press("k")
        expect(messages(alice).first.get_by_role("article")).to_be_focused()
        alice.press("r")
        expect(side(alice).get_by_text("Reply to")).to_be_visible()
        expect(box(alice)).to_be_focused()
        alice.press("Escape")
        expect(side(alice).get_by_text("Reply to")).to_be_hidden()
        alice.press("Escape")
        expect(side(alice)).to_have_count(0)


def test_drafts_are_kept(serve: Serve, visit: Visit) -> None:
    server = serve()
    with server.irc("bob", "#lobby", caps=CAPS) as bob:
        alice = visit(server, "alice")
        asked(bob, alice)
        asked(bob, alice, "another question")
        alice.choose(alice.row("a question"), "Reply in thread")
        box(alice).fill("not yet")
        alice.box.fill("nor this")
        alice.choose(alice.row("another question"), "Reply in thread")
        expect(box(alice)).to_have_value("")
        alice.choose(alice.row("a question"), "Reply in thread")
        expect(box(alice)).to_have_value("not yet")
        alice.page.reload()
        alice.sees("a question")
        expect(alice.box).to_have_value("nor this")
        alice.choose(alice.row("a question"), "Reply in thread")
        expect(box(alice)).to_have_value("not yet")


def test_it_hides_nothing_that_is_unread(serve: Serve, visit: Visit) -> None:
    server = serve()
    with server.irc("bob", "#lobby", caps=CAPS) as bob:
        alice = visit(server, "alice")
        root = asked(bob, alice)
        alice.open("#tea")
        bob.send(f"@+reply={root} PRIVMSG #lobby :alice: an answer", f"@+reply={root} PRIVMSG #lobby :again")
        entry = alice.rooms.get_by_role("link", name=re.compile("lobby"))
        expect(entry.locator(".badge")).to_contain_text("1")
        entry.click()
        alice.sees("again")
        # The list of threads says where there is something new.
        alice.page.get_by_role("button", name="Threads: 1 with new replies").click()
        listed = alice.page.get_by_role("complementary", name="Threads in #lobby").get_by_role(
            "button", name="a question"
        )
        expect(listed).to_be_focused()
        expect(listed).to_contain_text("2 new")
        alice.press("Enter")
        expect(messages(alice)).to_have_count(3)
        expect(alice.page.get_by_role("button", name="Threads", exact=True)).to_be_visible()


def test_what_is_not_loaded_is_fetched(serve: Serve, visit: Visit) -> None:
    server = serve()
    with server.irc("bob", "#lobby", caps=CAPS) as bob:
        alice = visit(server, "alice")
        root = asked(bob, alice)
        first = f"@+reply={root} PRIVMSG #lobby :an early answer"
        bob.send(first, *(f"PRIVMSG #lobby :number {number}." for number in range(350)))
        early = msgid_of(bob.waits_for("PRIVMSG #lobby :an early answer"))
        bob.send(f"@+reply={early} PRIVMSG #lobby :a late answer")
        alice.sees("a late answer")
        carol = visit(server, "carol")
        carol.sees("a late answer")
        expect(carol.row("a question")).to_have_count(0)
        carol.choose(carol.row("a late answer"), "Reply in thread")
        expect(messages(carol)).to_contain_text(["a question", "an early answer", "a late answer"])
        expect(side(carol).get_by_text("Looking for")).to_be_hidden()
        # What becomes of them is seen as well.
        carol.choose(messages(carol).first, "React with 👍")
        expect(
            messages(carol).first.get_by_role("button", name=re.compile("👍"), pressed=True)
        ).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 800, 1280])
def test_it_can_be_seen_and_read(
    serve: Serve, visit: Visit, axe: str, tmp_path: Path, scheme: str, width: int
) -> None:
    folder = Path(os.environ.get("HUBBUB_SCREENSHOTS") or tmp_path)
    server = serve()
    with server.irc("bob", "#lobby", caps=CAPS) as bob:
        alice = visit(server, "alice", color_scheme=scheme, viewport={"width": width, "height": 640})
        root = asked(bob, alice, "Has anybody seen the kettle?")
        bob.send(
            f"@+reply={root} PRIVMSG #lobby :It was here yesterday.",
            f"@+reply={root} PRIVMSG #lobby :wordwithoutend{'x' * 120}",
        )
        bob.send("PRIVMSG #lobby :Good morning!")
        alice.sees("Good morning!")
        alice.page.mouse.move(0, 0)
        expect(line_below(alice, "kettle")).to_have_text(re.compile("^2 replies"))
        alice.page.screenshot(path=str(folder / f"threads-{width}-{scheme}-1-room.png"))
        check(alice, axe)
        line_below(alice, "kettle").click()
        expect(messages(alice)).to_have_count(3)
        box(alice).fill("In the kitchen")
        box(alice).press("Enter")
        expect(messages(alice)).to_have_count(4)
        check(alice, axe)
        fits(alice)
        alice.page.screenshot(path=str(folder / f"threads-{width}-{scheme}-2-thread.png"))
        alice.press("Escape")
        alice.page.get_by_role("button", name="Threads").click()
        expect(alice.page.get_by_role("button", name=re.compile("kettle.*3 replies"))).to_be_visible()
        check(alice, axe)
        alice.page.screenshot(path=str(folder / f"threads-{width}-{scheme}-3-list.png"))


def fits(visitor: Visitor) -> None:
    assert visitor.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert side(visitor).evaluate(
        "(one) => [one, ...one.querySelectorAll('.scroll')].every((each) => each.scrollWidth <= each.clientWidth + 1)"
    )


def test_on_a_phone(serve: Serve, visit: Visit) -> None:
    server = serve()
    options: dict[str, Any] = {"viewport": PHONE, "has_touch": True, "is_mobile": True}
    with server.irc("bob", "#lobby", caps=CAPS) as bob:
        alice = visit(server, "alice", **options)
        root = asked(bob, alice)
        bob.send(f"@+reply={root} PRIVMSG #lobby :an answer")
        line_below(alice, "a question").tap()
        expect(messages(alice)).to_have_count(2)
        expect(alice.log).to_be_hidden()
        wide = side(alice).bounding_box()
        assert wide is not None
        assert wide["width"] == PHONE["width"]
        # What is said in the room meanwhile is not seen, so it is not read.
        bob.send("PRIVMSG #lobby :alice: come back")
        box(alice).fill("I am here")
        side(alice).get_by_role("button", name="Send", exact=True).tap()
        bob.waits_for("I am here")
        expect(messages(alice)).to_have_count(3)
        expect(alice.page).to_have_title(re.compile(r"^\(1\) #lobby"))
        side(alice).get_by_role("button", name="Back").tap()
        expect(side(alice)).to_have_count(0)
        expect(alice.page).to_have_title(re.compile("^#lobby"))
        alice.sees("come back")
        alice.sees("I am here")
