"""Tick 19: nothing that people say or send becomes part of the page."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from browsing import Visit
from serving import Serve

CORPUS = [
    "<script>window.hurt=1</script>",
    "<img src=x onerror=window.hurt=1>",
    "<svg onload=window.hurt=1>",
    "<iframe srcdoc='<script>parent.hurt=1</script>'></iframe>",
    "javascript:window.hurt=1",
    "[click](javascript:window.hurt=1)",
    "<javascript:window.hurt=1>",
    "[a](data:text/html,<script>window.hurt=1</script>)",
    "**<b onmouseover=window.hurt=1>x</b>**",
    "```html\n<script>window.hurt=1</script>\n```",
    '```"><img src=x onerror=window.hurt=1>\ncode\n```',
    "`<script>window.hurt=1</script>`",
    "||<img src=x onerror=window.hurt=1>||",
    'https://example.org/"onmouseover="window.hurt=1',
    "https://example.org/<script>window.hurt=1</script>",
    "vbscript:window.hurt=1",
    "&lt;script&gt;window.hurt=1&lt;/script&gt;",
    "{{constructor.constructor('window.hurt=1')()}}",
    ":<img src=x onerror=window.hurt=1>:",
    "\x0304,01<img src=x onerror=window.hurt=1>\x0f",
    "\u202e<script>window.hurt=1</script>",
    "__proto__ constructor toString",
    "#<img/src/onerror=window.hurt=1>",
    "@<svg/onload=window.hurt=1>",
]


def test_the_policy(serve: Serve, visit: Visit) -> None:
    alice = visit(serve(), "alice")
    policy = alice.page.request.get(alice.origin).headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["script-src"] == "'self'"
    assert rules["style-src"] == "'self'"
    assert alice.page.locator("[style]").count() == 0 or "style-src" in rules
    assert alice.page.locator("script:not([src]), style, [onclick], [onload]").count() == 0


def test_nothing_said_is_run(serve: Serve, visit: Visit) -> None:
    server = serve()
    with server.irc(
        "bob", "#lobby", caps="batch draft/multiline message-tags labeled-response echo-message"
    ) as bob:
        alice = visit(server, "alice")
        for at, text in enumerate(CORPUS):
            lines = text.split("\n")
            bob.send(
                f"BATCH +{at} draft/multiline #lobby",
                *(f"@batch={at} PRIVMSG #lobby :{line}" for line in lines),
                f"BATCH -{at}",
            )
        bob.send("TOPIC #lobby :<img src=x onerror=window.hurt=1>", "PRIVMSG #lobby :the last one")
        alice.sees("the last one")
        for entry in alice.log.get_by_role("button", name="Hidden text: show it").all():
            entry.click()
        alice.frames()
        assert alice.page.evaluate("window.hurt") is None
        assert (
            alice.log.locator("script, iframe, object, embed, [onerror], [onload], [onmouseover]").count()
            == 0
        )
        for link in alice.log.locator("a").all():
            assert re.match(r"https?:|/r/|mailto:|ircs?:|/f/", link.get_attribute("href") or "")
            if link.get_attribute("target") == "_blank":
                assert {"noopener", "noreferrer"} <= set((link.get_attribute("rel") or "").split())


def test_names_and_profiles_are_words(serve: Serve, visit: Visit) -> None:
    server = serve()
    with server.irc("bob", "#lobby", caps="draft/metadata-2") as bob:
        bob.send(
            "METADATA * SET display-name :<img src=x onerror=window.hurt=1>",
            "METADATA * SET avatar :javascript:window.hurt=1",
        )
        bob.send(
            "METADATA * SET color :red;background:url(//x)",
            "METADATA * SET status :<script>window.hurt=1</script>",
        )
        bob.so_far()
        alice = visit(server, "alice")
        alice.page.get_by_role("complementary").get_by_role(
            "button", name=re.compile("bob|img")
        ).first.click()
        expect(alice.dialog).to_be_visible()
        alice.frames()
        assert alice.page.evaluate("window.hurt") is None
        hosts = {request.url.split("/")[2] for request in alice.requests if request.url.startswith("http")}
        assert hosts == {f"127.0.0.1:{server.port}"}


@pytest.mark.parametrize(
    ("name", "kind", "body"),
    [
        ("x.svg", "image/svg+xml", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
        ("x.html", "text/html", b"<script>alert(1)</script>"),
        ("x.xhtml", "application/xhtml+xml", b"<html xmlns='http://www.w3.org/1999/xhtml'/>"),
    ],
)
def test_active_files_are_downloaded(serve: Serve, visit: Visit, name: str, kind: str, body: bytes) -> None:
    alice = visit(serve(), "alice")
    alice.press("Control+u")
    alice.dialog.locator("input[type=file]").set_input_files(
        [{"name": name, "mimeType": kind, "buffer": body}]
    )
    alice.dialog.get_by_role("button", name="Send", exact=True).click()
    link = alice.log.get_by_role("link", name=re.compile(re.escape(name))).first
    expect(link).to_be_attached()
    address = link.get_attribute("href")
    assert address is not None
    answer = alice.page.request.get(address if address.startswith("http") else alice.origin + address)
    assert answer.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_other_logins_can_be_ended(serve: Serve, visit: Visit) -> None:
    server = serve()
    alice = visit(server, "alice")
    alice.press("Control+,")
    alice.dialog.get_by_role("tab", name="Account").click()
    alice.dialog.get_by_label("New password").fill("correct horse")
    alice.dialog.get_by_label("The same again").fill("correct horse")
    alice.dialog.get_by_role("button", name="Claim alice").click()
    expect(alice.dialog.get_by_text("You are logged in as")).to_be_visible()
    other = visit(server)
    other.go()
    other.page.get_by_label("name", exact=True).fill("alice")
    other.press("Enter")
    other.page.get_by_label(re.compile("password")).fill("correct horse")
    other.press("Enter")
    expect(other.box).to_be_visible()
    alice.press("Escape")
    alice.press("Control+,")
    alice.dialog.get_by_role("tab", name="Account").click()
    alice.dialog.get_by_role("button", name="Log out the others").click()
    expect(other.page.get_by_text(re.compile("logged out|log in|password|ended", re.I)).first).to_be_visible()
