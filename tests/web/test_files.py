"""Tick 10: files, by button, drop and paste."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import expect

from browsing import Visit, Visitor
from serving import Serve

DROPPED = """(files) => {
    const data = new DataTransfer();
    for (const { name, type, bytes } of files) data.items.add(new File([new Uint8Array(bytes)], name, { type }));
    for (const kind of ['dragenter', 'dragover', 'drop']) {
        document.body.dispatchEvent(new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true }));
    }
}"""
PASTED = """(box, { name, type, bytes }) => {
    const data = new DataTransfer();
    data.items.add(new File([new Uint8Array(bytes)], name, { type }));
    box.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
}"""


def picture(colour: str) -> bytes:
    data = BytesIO()
    Image.new("RGB", (640, 480), colour).save(data, "PNG")
    return data.getvalue()


def as_file(name: str, data: bytes, kind: str = "image/png") -> dict[str, Any]:
    return {"name": name, "type": kind, "bytes": list(data)}


def links(visitor: Visitor, name: str) -> Any:
    return visitor.log.locator(f"a[href*={name!r}], a:has-text({name!r}), img[alt*={name!r}]")


def test_the_dialog_is_gone_when_all_is_sent(serve: Serve, visit: Visit) -> None:
    alice = visit(serve(), "alice")
    for colour in ("red", "green"):
        alice.page.evaluate(DROPPED, [as_file(f"{colour}.png", picture(colour))])
        caption = alice.dialog.get_by_role("textbox", name=f"Caption for {colour}.png")
        caption.fill(f"a {colour} one")
        caption.press("Enter")
        alice.sees(f"a {colour} one")
        expect(alice.page.get_by_role("dialog")).to_have_count(0)
        expect(alice.box).to_be_focused()


def test_three_dropped_and_one_pasted(serve: Serve, visit: Visit) -> None:
    server = serve()
    with server.irc("bob", "#lobby") as bob:
        alice = visit(server, "alice")
        pictures = [as_file(f"{colour}.png", picture(colour)) for colour in ("red", "green", "blue")]
        alice.page.evaluate(DROPPED, pictures)
        expect(alice.dialog.get_by_role("listitem")).to_have_count(3)
        expect(alice.dialog.locator("img.preview")).to_have_count(3)
        alice.dialog.get_by_role("textbox", name="Caption for green.png").fill("as grass")
        alice.dialog.get_by_role("button", name="Send 3 files").click()
        said = [line for _ in range(3) for line in bob.until(r"PRIVMSG #lobby :.*/f/\S+")]
        assert any("as grass" in line for line in said)
        if alice.dialog.is_visible():
            alice.press("Escape")
        expect(alice.log.locator("img")).to_have_count(3)
        for shown in alice.log.locator("img").all():
            # The place is kept before the picture is there.
            assert shown.get_attribute("width")
            assert shown.get_attribute("height")
        alice.box.evaluate(PASTED, as_file("image.png", picture("black")))
        expect(alice.dialog.get_by_role("listitem")).to_have_count(1)
        alice.dialog.get_by_role("button", name="Send", exact=True).click()
        bob.waits_for(r"PRIVMSG #lobby :.*/f/\S+")
        expect(alice.log.locator("img")).to_have_count(4)


def test_taken_away_before_it_is_sent(serve: Serve, visit: Visit) -> None:
    alice = visit(serve(), "alice")
    alice.page.evaluate(
        DROPPED, [as_file("one.txt", b"1", "text/plain"), as_file("two.txt", b"2", "text/plain")]
    )
    alice.dialog.get_by_role("button", name="Take away one.txt").click()
    expect(alice.dialog.get_by_role("listitem")).to_have_count(1)
    alice.press("Escape")
    alice.press("Control+u")
    expect(alice.dialog.get_by_role("listitem")).to_have_count(0)


def choose_large(visitor: Visitor, folder: Path, size: int) -> None:
    large = folder / "large.bin"
    large.write_bytes(b"\7" * size)
    visitor.press("Control+u")
    visitor.dialog.locator("input[type=file]").set_input_files(large)


def slow(visitor: Visitor, bytes_per_second: int) -> None:
    """An upload that takes its time."""
    session = visitor.context.new_cdp_session(visitor.page)
    limits = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": bytes_per_second}
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", limits)


def test_progress_and_cancel(serve: Serve, visit: Visit, tmp_path: Path) -> None:
    server = serve()
    with server.irc("bob", "#lobby") as bob:
        alice = visit(server, "alice")
        slow(alice, 500_000)
        choose_large(alice, tmp_path, 20_000_000)
        alice.dialog.get_by_role("button", name="Send", exact=True).click()
        progress = alice.dialog.get_by_role("progressbar", name="large.bin on its way")
        expect(progress).to_be_visible()
        alice.dialog.get_by_role("button", name="Cancel large.bin").click()
        expect(progress).to_be_hidden()
        alice.press("Escape")
        alice.say("after all no file")
        said = bob.waits_for(r"PRIVMSG #lobby :")
        assert said.endswith("after all no file")


def test_retry(serve: Serve, visit: Visit, tmp_path: Path) -> None:
    server = serve()
    with server.irc("bob", "#lobby") as bob:
        # A service worker would fetch past the route.
        alice = visit(server, "alice", service_workers="block")
        alice.page.route(
            re.compile("/(?:files|f|upload)"), lambda route: route.fulfill(status=403, body="no")
        )
        choose_large(alice, tmp_path, 1_000)
        alice.dialog.get_by_role("button", name="Send", exact=True).click()
        again = alice.dialog.get_by_role("button", name="Try large.bin again")
        expect(again).to_be_visible()
        alice.page.unroute_all()
        again.click()
        bob.waits_for(r"PRIVMSG #lobby :.*/f/\S+")


@pytest.mark.timeout(120)
def test_it_goes_on_after_a_reload(serve: Serve, visit: Visit, tmp_path: Path) -> None:
    server = serve()
    size = 24_000_000
    with server.irc("bob", "#lobby") as bob:
        alice = visit(server, "alice")
        slow(alice, 6_000_000)
        choose_large(alice, tmp_path, size)
        alice.dialog.get_by_role("button", name="Send", exact=True).click()
        progress = alice.dialog.get_by_role("progressbar")
        expect(progress).to_be_visible()
        alice.page.wait_for_function("() => document.querySelector('progress')?.value > 9e6", timeout=60_000)
        alice.page.reload()
        alice.page.get_by_role("button", name="Go on").click()
        expect(alice.dialog.get_by_text("are there. Choose the same file again")).to_be_visible()
        patched: list[int] = []
        alice.page.on(
            "request",
            lambda request: (
                patched.append(int(request.headers.get("upload-offset", "-1")))
                if request.method == "PATCH"
                else None
            ),
        )
        # The very file: what only has its name and size may have changed meanwhile.
        alice.dialog.locator("input[type=file]").set_input_files(tmp_path / "large.bin")
        alice.dialog.get_by_role("button", name=re.compile("^Send")).click()
        said = bob.waits_for(r"^:alice!\S+ PRIVMSG #lobby :.*/f/\S+", within=60)
        # Only while something is asked of the page do its requests reach us.
        alice.frames()
        assert patched[0] >= 8 * 1024 * 1024
        assert alice.page.request.get(said.split()[-1].lstrip(":")).body() == b"\7" * size
