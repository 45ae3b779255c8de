"""Ticks 11 and 18: without a connection, and as an app."""

from __future__ import annotations

import json

from playwright.sync_api import expect

from browsing import Visit, Visitor
from serving import RunningServer, Serve


def again(serve: Serve, server: RunningServer) -> RunningServer:
    """The same server after a restart, at the same port."""
    return serve(listen=({"port": server.port},))


def try_now(visitor: Visitor) -> None:
    """By the button, unless the page has come back by itself at that very moment."""
    visitor.page.evaluate(
        """() => [...document.querySelectorAll("button")].find((one) => one.textContent === "Try now")?.click()"""
    )


def asks_before_it_goes(visitor: Visitor) -> bool:
    """Whether the browser asks first when somebody closes the page."""
    asked: bool = visitor.page.evaluate(
        """() => !dispatchEvent(new Event("beforeunload", { cancelable: true }))"""
    )
    return asked


def test_written_without_a_connection(serve: Serve, visit: Visit) -> None:
    server = serve()
    alice = visit(server, "alice")
    alice.say("before")
    alice.sees("before")
    server.stop()
    expect(alice.page.get_by_role("button", name="Try now")).to_be_visible()
    alice.say("meanwhile")
    alice.say("and this")
    expect(alice.row("meanwhile").get_by_text("Sending…")).to_be_visible()
    assert alice.row("meanwhile").evaluate("(row) => row.classList.contains('pending')")
    assert asks_before_it_goes(alice)
    server = again(serve, server)
    try_now(alice)
    expect(alice.row("and this").get_by_text("Sending…")).to_be_hidden()
    expect(alice.row("meanwhile")).to_have_count(1)
    expect(alice.page.get_by_role("button", name="Try now")).to_be_hidden()
    assert not asks_before_it_goes(alice)
    with server.irc("bob", "#lobby", caps="draft/chathistory batch message-tags server-time") as bob:
        bob.send("CHATHISTORY LATEST #lobby * 50")
        lines = bob.until(r" BATCH -")
        said = [line.rpartition(" PRIVMSG #lobby :")[2] for line in lines if " PRIVMSG #lobby :" in line]
        assert said == ["before", "meanwhile", "and this"]


def test_nothing_is_missed_by_a_break(serve: Serve, visit: Visit) -> None:
    server = serve()
    alice = visit(server, "alice")
    alice.say("mine")
    alice.sees("mine")
    alice.page.evaluate("window.kept = true")
    for number in range(3):
        server.stop()
        server = again(serve, server)
        with server.irc("bob", "#lobby") as bob:
            bob.send(f"PRIVMSG #lobby :meanwhile {number}")
            bob.so_far()
        expect(alice.row(f"meanwhile {number}")).to_have_count(1, timeout=30_000)
    assert [alice.row(f"meanwhile {number}").count() for number in range(3)] == [1, 1, 1]
    expect(alice.row("mine")).to_have_count(1)
    assert alice.page.evaluate("window.kept"), "the page was loaded anew"


def test_what_was_refused_can_be_tried_again(serve: Serve, visit: Visit) -> None:
    server = serve()
    with server.irc("bob", "#lobby", "#quiet") as bob:
        alice = visit(server, "alice")
        alice.open("#quiet")
        bob.send("MODE #quiet +m")
        bob.waits_for(" MODE #quiet ")
        alice.say("may I?")
        expect(alice.log.get_by_text("Not sent")).to_be_visible()
        expect(alice.log.get_by_role("button", name="Copy", exact=True)).to_be_visible()
        bob.send("MODE #quiet -m")
        bob.waits_for(" MODE #quiet ")
        alice.log.get_by_role("button", name="Retry").click()
        bob.waits_for(r"^:alice!\S+ PRIVMSG #quiet :may I\?")
        expect(alice.log.get_by_text("Not sent")).to_be_hidden()


def test_it_can_be_installed(serve: Serve, visit: Visit) -> None:
    alice = visit(serve(), "alice")
    link = alice.page.locator("link[rel=manifest]").get_attribute("href")
    assert link is not None
    answer = alice.page.request.get(alice.origin + link)
    assert answer.headers["content-type"].startswith("application/manifest+json")
    manifest = json.loads(answer.text())
    assert manifest["start_url"] == "/"
    assert manifest["display"] == "standalone"
    assert {"192x192", "512x512"} <= {icon["sizes"] for icon in manifest["icons"]}
    for icon in manifest["icons"]:
        assert alice.page.request.get(alice.origin + icon["src"]).ok
    assert manifest["share_target"]["method"] == "POST"
    faults = alice.context.new_cdp_session(alice.page).send("Page.getInstallabilityErrors")
    kinds = [error["errorId"] for error in faults["installabilityErrors"]]
    assert set(kinds) <= {"in-incognito"}


def test_it_opens_without_a_connection(serve: Serve, visit: Visit) -> None:
    server = serve()
    with server.irc("bob", "#lobby") as bob:
        alice = visit(server, "alice")
        bob.send("PRIVMSG #lobby :remember this")
        alice.sees("remember this")
        alice.page.wait_for_function("() => navigator.serviceWorker.controller !== null")
        alice.page.wait_for_function("async () => (await caches.match('/')) !== undefined")
    alice.page.reload()
    alice.sees("remember this")
    server.stop()
    alice.page.reload()
    expect(alice.page.get_by_text("remember this")).to_be_visible()
