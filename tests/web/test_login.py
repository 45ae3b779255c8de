"""Tick 19, and staying logged in: the password is asked for once on a device, until somebody logs it out."""

from __future__ import annotations

import json
import re
from typing import Any

from playwright.sync_api import expect

from browsing import Visit, Visitor
from serving import RunningServer, Serve

PASSWORD = "open-sesame"
KEPT = "hubbub.login"
"""Where a browser keeps what stays logged in."""


def account(visitor: Visitor) -> None:
    """Open the dialog about one's account."""
    visitor.page.get_by_role("button", name=re.compile("you$|^You|profile", re.I)).first.click()
    visitor.dialog.get_by_role("tab", name="Account").click()


def kept(visitor: Visitor) -> str:
    """The token that the browser has; "" for none."""
    stored = json.loads(visitor.page.evaluate(f"localStorage[{KEPT!r}] ?? '{{}}'"))
    return str(stored.get("token", ""))


def keeps(visitor: Visitor) -> str:
    """The token, as soon as there is one."""
    visitor.page.wait_for_function(f"() => JSON.parse(localStorage[{KEPT!r}] ?? '{{}}').token")
    return kept(visitor)


def keeps_nothing(visitor: Visitor) -> None:
    visitor.page.wait_for_function(f"() => !JSON.parse(localStorage[{KEPT!r}] ?? '{{}}').token")


def claim(visitor: Visitor, *, stay: bool = True) -> None:
    account(visitor)
    form = visitor.dialog.get_by_role("form", name="Claim your name")
    form.get_by_label("New password").fill(PASSWORD)
    form.get_by_label("The same again").fill(PASSWORD)
    if not stay:
        form.get_by_label("Stay logged in").uncheck()
    form.get_by_role("button", name=re.compile("Claim")).click()
    expect(visitor.dialog.get_by_text("You are logged in as")).to_be_visible()
    visitor.press("Escape")


def is_asked(visitor: Visitor) -> None:
    expect(visitor.page.get_by_label(re.compile("password"))).to_be_visible(timeout=20_000)


def answers(visitor: Visitor) -> None:
    """The password."""
    visitor.page.get_by_label(re.compile("password")).fill(PASSWORD)
    visitor.press("Enter")
    expect(visitor.box).to_be_visible()


def whois(server: RunningServer, nick: str) -> str:
    """The account of somebody; "" for a guest."""
    with server.irc("looker") as looker:
        looker.send(f"WHOIS {nick}")
        for line in looker.until(" 318 "):
            if " 330 " in line:
                return line.split(" ")[4]
    return ""


def test_a_claimed_name_is_still_mine_after_a_reload(serve: Serve, visit: Visit) -> None:
    server = serve()
    alice = visit(server, "alice")
    claim(alice)
    token = keeps(alice)
    for _ in range(2):
        alice.box.fill("half a thought")
        alice.page.reload()
        expect(alice.box).to_have_value("half a thought")
        expect(alice.page.get_by_label(re.compile("password"))).to_have_count(0)
        alice.say("still me")
        expect(alice.row("still me").last).to_be_visible()
        assert whois(server, "alice") == "alice"
        alice.page.wait_for_function("() => !document.querySelector('.welcome')")
    assert kept(alice) == token
    stored = alice.page.evaluate("JSON.stringify({...localStorage}) + JSON.stringify({...sessionStorage})")
    assert token in stored
    assert PASSWORD not in stored
    assert not any(token in line or PASSWORD in line for line in server.log())


def test_it_outlives_the_server(serve: Serve, visit: Visit) -> None:
    server = serve()
    alice = visit(server, "alice")
    claim(alice)
    keeps(alice)
    server.kill()
    server = serve(listen=({"port": server.port},))
    expect(alice.page.get_by_role("button", name=re.compile("Send|Emoji")).first).to_be_visible()
    with server.irc("bob", "#lobby") as bob:
        bob.send("PRIVMSG #lobby :back")
        expect(alice.row("back")).to_be_visible(timeout=30_000)
        alice.say("so am I")
        bob.waits_for(r"^:alice!\S+ PRIVMSG #lobby :so am I")
    assert whois(server, "alice") == "alice"


def test_who_is_logged_out_from_elsewhere_is_asked(serve: Serve, visit: Visit) -> None:
    server = serve()
    alice = visit(server, "alice")
    claim(alice)
    keeps(alice)
    phone = visit(server)
    phone.go()
    phone.page.get_by_label("name", exact=True).fill("alice")
    phone.press("Enter")
    is_asked(phone)
    expect(phone.page.get_by_label("Stay logged in on this device")).to_be_checked()
    answers(phone)
    token = keeps(phone)
    phone.box.fill("a thought of mine")

    account(alice)
    logins = alice.dialog.get_by_role("listitem")
    expect(logins).to_have_count(2)
    expect(logins.nth(1)).to_contain_text(re.compile(r"(Chrome|browser).* since .*\d"))
    alice.dialog.get_by_role("button", name="Log out the others").click()
    expect(logins).to_have_count(1)
    expect(alice.dialog.get_by_text("devices logged out: 1")).to_be_attached()
    alice.press("Escape")

    is_asked(phone)
    expect(phone.page.get_by_text("This device was logged out. Your password, please.")).to_be_visible()
    keeps_nothing(phone)
    answers(phone)
    expect(phone.box).to_have_value("a thought of mine")
    assert keeps(phone) != token
    phone.page.reload()
    expect(phone.box).to_have_value("a thought of mine")
    # The one that asked for it has stayed.
    alice.page.reload()
    expect(alice.box).to_be_visible()
    alice.say("still here")
    phone.sees("still here")


def test_a_device_that_was_logged_out_while_it_was_away_is_asked(serve: Serve, visit: Visit) -> None:
    server = serve()
    alice = visit(server, "alice")
    claim(alice)
    keeps(alice)
    alice.page.goto("about:blank")
    with server.irc("bob", caps="sasl") as bob:
        bob.send(f"NS IDENTIFY alice {PASSWORD}")
        bob.waits_for(" 900 ")
        bob.send("NS SESSIONS")
        bob.waits_for(r"2\. \S+ on \S+, stays logged in, last used ")
        bob.send("NS SESSIONS LOGOUT 2")
        bob.waits_for("devices logged out: 1")
    alice.go()
    is_asked(alice)
    expect(alice.page.get_by_text("This device was logged out")).to_be_visible()
    answers(alice)
    keeps(alice)


def test_logging_out_here_leaves_nothing_that_works(serve: Serve, visit: Visit) -> None:
    server = serve()
    alice = visit(server, "alice")
    claim(alice)
    token = keeps(alice)
    account(alice)
    alice.dialog.get_by_role("button", name="Log out here").click()
    alice.dialog.get_by_role("button", name="Log out", exact=True).click()
    expect(alice.page.get_by_label("name", exact=True)).to_be_focused()
    keeps_nothing(alice)
    with server.irc("bob", caps="sasl hubbub.chat/login-token") as bob:
        bob.send(f"NS IDENTIFY alice {PASSWORD}")
        bob.waits_for(" 900 ")
        bob.send("LOGINTOKEN LIST")
        bob.waits_for("LOGINTOKEN END 0$")
    # Somebody has put it aside in the meantime.
    stolen = json.dumps({"account": "alice", "token": token})
    alice.page.evaluate("([key, value]) => localStorage.setItem(key, value)", [KEPT, stolen])
    alice.page.evaluate(
        """() => localStorage.setItem("hubbub.settings", '{"nick":"alice","account":"alice"}')"""
    )
    alice.page.reload()
    is_asked(alice)


def changes_password(visitor: Visitor, before: str, after: str) -> None:
    form = visitor.dialog.get_by_role("form", name="Change the password")
    form.get_by_label("Current password").fill(before)
    form.get_by_label("New password").fill(after)
    form.get_by_role("button", name="Change").click()


def test_another_password_ends_it_elsewhere_but_not_here(serve: Serve, visit: Visit) -> None:
    server = serve()
    alice = visit(server, "alice")
    claim(alice)
    token = keeps(alice)
    account(alice)
    changes_password(alice, PASSWORD, "another-one")
    alice.page.wait_for_function(
        f"(before) => ![undefined, '', before].includes(JSON.parse(localStorage[{KEPT!r}]).token)", arg=token
    )
    alice.press("Escape")
    alice.page.reload()
    expect(alice.box).to_be_visible()
    # Now it is the token that has logged in.
    account(alice)
    changes_password(alice, "guessed", "mine-from-now-on")
    expect(alice.dialog).to_contain_text("The name or the password is wrong")
    changes_password(alice, "another-one", "and-another")
    expect(alice.dialog).to_contain_text("Your password has been changed")
    alice.press("Escape")
    alice.say("still me")
    alice.sees("still me")
    assert whois(server, "alice") == "alice"


def test_only_if_it_is_wanted(serve: Serve, visit: Visit) -> None:
    server = serve()
    alice = visit(server, "alice")
    claim(alice, stay=False)
    assert kept(alice) == ""
    alice.page.reload()
    is_asked(alice)
    answers(alice)
    keeps(alice)


def test_two_windows_of_one_browser(serve: Serve, visit: Visit) -> None:
    server = serve()
    alice = visit(server, "alice")
    claim(alice)
    keeps(alice)
    page: Any = alice.context.new_page()
    page.goto(alice.origin)
    expect(page.get_by_role("textbox", name=re.compile("^Message "))).to_be_visible()
    page.get_by_role("textbox", name=re.compile("^Message ")).fill("from the second")
    page.keyboard.press("Enter")
    alice.sees("from the second")
    assert whois(server, "alice") == "alice"
