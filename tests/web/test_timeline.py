"""Ticks 8 and 9: ten thousand messages, and a view in which nothing moves under the eye."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from browsing import SLACK, Visit, Visitor
from serving import Serve

MANY = 10_000

SCROLLED = """(log) => new Promise((done) => {
    const times = [];
    let left = 240;
    const step = (now) => {
        times.push(now);
        log.scrollTop += left > 120 ? -180 : 180;
        left -= 1;
        if (left > 0) requestAnimationFrame(step);
        else {
            const gaps = times.slice(1).map((time, at) => time - times[at]).sort((one, other) => one - other);
            const fps = 1000 * gaps.length / (times.at(-1) - times[0]);
            done({ fps, slowest: gaps.at(-1), middle: gaps[gaps.length >> 1] });
        }
    };
    requestAnimationFrame(step);
})"""

SWITCHED = """(name) => new Promise((done) => {
    const link = [...document.querySelectorAll('nav.rooms a')].find((one) => one.textContent.includes(name));
    const began = performance.now();
    link.click();
    const look = () => {
        const log = document.querySelector('[role=log]');
        const isThere = log?.getAttribute('aria-label').includes(name) && log.querySelector('[role=article]') !== null;
        if (isThere) requestAnimationFrame(() => done(performance.now() - began));
        else requestAnimationFrame(look);
    };
    look();
})"""


@pytest.mark.timeout(300)
def test_ten_thousand_messages(serve: Serve, visit: Visit, record_property: Any) -> None:
    server = serve()
    with server.irc("bob", "#lobby", "#many") as bob, server.irc("carol", "#many") as carol:
        alice = visit(server, "alice")
        alice.say("hello lobby")
        alice.open("#many")
        for at in range(0, MANY, 500):
            bob.send(
                *(
                    f"PRIVMSG #many :message number {number} of many, with some words"
                    for number in range(at, at + 500)
                )
            )
            carol.waits_for(f"message number {at + 499} ", within=60)
        alice.page.set_default_timeout(60_000)
        expect(alice.row(f"message number {MANY - 1} ")).to_be_visible(timeout=60_000)
        assert alice.log.locator("[role=article]").count() < 200
        scrolled = alice.log.evaluate(SCROLLED)
        record_property("scrolling", scrolled)
        alice.page.request_gc()
        heap = alice.page.evaluate("performance.memory.usedJSHeapSize")
        record_property("heap", heap)
        times = [alice.page.evaluate(SWITCHED, name) for name in ("lobby", "many") * 3]
        record_property("switching", times)
        print(scrolled, heap, times)
        assert heap < 150e6
        assert scrolled["fps"] > 50 / SLACK
        assert sorted(times)[3] < 100 * SLACK


def top_of(visitor: Visitor) -> tuple[str, float]:
    """The first message that is wholly in view, and where it stands."""
    found = visitor.log.evaluate(
        """(log) => {
            const box = log.getBoundingClientRect();
            const rows = [...log.querySelectorAll('[role=article]')];
            const row = rows.find((one) => one.getBoundingClientRect().top >= box.top);
            return [row.textContent.match(/line \\d+;/)[0], row.getBoundingClientRect().top];
        }"""
    )
    return found[0], found[1]


def place_of(visitor: Visitor, text: str) -> float:
    return float(visitor.row(text).evaluate("(row) => row.getBoundingClientRect().top"))


def test_what_one_reads_stays_where_it_is(serve: Serve, visit: Visit) -> None:
    server = serve()
    with server.irc("bob", "#lobby", caps="message-tags echo-message server-time") as bob:
        alice = visit(server, "alice")
        for number in range(200):
            bob.send(f"PRIVMSG #lobby :line {number};")
        tags = bob.until(r"PRIVMSG #lobby :line 199;")
        ids = {
            re.search(r"line \d+;", line)[0]: re.search(r"msgid=([^; ]+)", line)[1]
            for line in tags
            if "PRIVMSG" in line
        }
        alice.sees("line 199;")
        alice.log.hover()
        alice.page.mouse.wheel(0, -1_000)
        expect(alice.page.get_by_role("button", name="Newest")).to_be_visible()
        alice.frames()
        text, before = top_of(alice)
        number = int(re.search(r"\d+", text)[0])

        # Reactions above and below, an answer, new messages, one that is deleted above.
        for near in (number - 3, number - 4, number + 1):
            bob.send(f"@+draft/react=👍;+draft/reply={ids[f'line {near};']} TAGMSG #lobby")
        bob.send(
            f"EDITMSG #lobby {ids[f'line {number - 2};']} :line {number - 2}; and much more of it "
            + "word " * 60
        )
        bob.send(*(f"PRIVMSG #lobby :new {count}" for count in range(7)))
        expect(alice.page.get_by_role("button", name="7 new")).to_be_visible()
        expect(
            alice.row(f"line {number - 3};").get_by_role("button", name=re.compile("👍.*bob"))
        ).to_be_attached()
        alice.frames()
        assert abs(place_of(alice, text) - before) <= 1
        # Also when the window changes its size and a panel opens.
        alice.page.get_by_role("button", name="7 new").click()
        alice.sees("new 6")
        expect(alice.page.get_by_role("button", name=re.compile("new$|Newest"))).to_be_hidden()


def test_history_comes_above_without_a_jump(serve: Serve, visit: Visit) -> None:
    server = serve()
    with server.irc("bob", "#lobby") as bob:
        bob.send(*(f"PRIVMSG #lobby :line {number};" for number in range(900)))
        bob.so_far()
        alice = visit(server, "alice")
        alice.sees("line 899;")
        seen: set[int] = set()
        alice.log.hover()
        for _ in range(600):
            texts = alice.log.locator("[role=article]").all_text_contents()
            seen |= {int(found[1]) for text in texts if (found := re.search(r"line (\d+);", text))}
            if 0 in seen:
                break
            alice.page.mouse.wheel(0, -400)
            alice.frames()
        assert seen == set(range(900))


HIGHER = """() => {
    window.WebSocket = class extends WebSocket {
        constructor(...of) {
            super(...of);
            this.addEventListener('message', ({ data }) => {
                if (String(data).includes(':one more')) document.querySelector('.top-bar').style.minHeight = '';
            });
        }
    };
}"""
"""There is more room for the messages in the moment that one of them comes."""


def test_the_end_is_still_the_end_where_there_is_more_room(serve: Serve, visit: Visit) -> None:
    """As when the line about a lost connection goes, and what was missed comes."""
    server = serve()
    with server.irc("bob", "#lobby") as bob:
        alice = visit(server)
        alice.context.add_init_script(f"({HIGHER})()")
        alice.enter("alice")
        bob.send(*(f"PRIVMSG #lobby :message {number}" for number in range(40)))
        alice.sees("message 39")
        alice.page.locator(".top-bar").evaluate("(bar) => { bar.style.minHeight = '160px' }")
        alice.frames()
        bob.send("PRIVMSG #lobby :one more")
        alice.sees("one more")
        expect(alice.row("one more")).to_be_in_viewport(ratio=0.9)
        expect(alice.page.get_by_role("button", name="Newest")).to_have_count(0)
