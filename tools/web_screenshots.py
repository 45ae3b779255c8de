"""The browser client's pictures for tools/make_screenshots.py: Chromium on a server where people talk."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable
from datetime import datetime
from typing import Literal, NamedTuple

from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or "/usr/bin/chromium"
COLOURS = 128
"""So many are enough for what the page shows, and a third of the size."""


class WebPicture(NamedTuple):
    """`size`: width and height in CSS pixels; a phone has two dots for each; `key`: what is pressed at the end."""

    name: str
    scheme: Literal["light", "dark"]
    size: tuple[int, int]
    key: str = ""


WEB_PICTURES = (
    WebPicture("web-light", "light", (1120, 700)),
    WebPicture("web-dark", "dark", (1120, 700)),
    WebPicture("web-switcher", "light", (1120, 700), "Control+k"),
    WebPicture("web-phone", "light", (360, 640)),
)


def draw_web(
    origin: str, name: str, picture: WebPicture, now: Callable[[], datetime], happens: Callable[[], None]
) -> bytes:
    """A PNG of the page of somebody called `name`, who has seen what `happens`."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        width, height = picture.size
        is_phone = width < 700
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=picture.scheme,
            reduced_motion="reduce",
            locale="en-GB",
            timezone_id="UTC",
            is_mobile=is_phone,
            has_touch=is_phone,
            device_scale_factor=2 if is_phone else 1,
        )
        try:
            return smaller(photograph(context, origin, name, picture, now, happens))
        finally:
            browser.close()


def photograph(
    context: BrowserContext,
    origin: str,
    name: str,
    picture: WebPicture,
    now: Callable[[], datetime],
    happens: Callable[[], None],
) -> bytes:
    page = context.new_page()
    page.clock.set_fixed_time(now())
    page.goto(f"{origin}/r/tea")
    page.get_by_label("name", exact=True).fill(name)
    page.keyboard.press("Enter")
    for room in ("#garden", "#lobby", "#tea"):
        box = page.get_by_role("textbox", name="Message ")
        box.fill(f"/join {room}")
        box.press("Enter")
        expect(page.get_by_role("textbox", name=f"Message {room}")).to_be_visible()
    expect(page.get_by_text("seven", exact=True)).to_be_visible()
    happens()
    page.clock.set_fixed_time(now())
    # What is read aloud has come; Esc leads to it, and it is read.
    expect(page.get_by_text("have a look at").first).to_be_attached()
    page.keyboard.press("Escape")
    expect(page.get_by_text("brew.py", exact=True)).to_be_visible()
    no = page.get_by_role("button", name="No", exact=True)
    expect(no).to_be_visible()
    no.click()
    if picture.key:
        page.keyboard.press(picture.key)
        expect(page.get_by_role("dialog")).to_be_visible()
    at_rest(page)
    return page.screenshot(caret="hide")


def at_rest(page: Page) -> None:
    """Nothing under the pointer, and what has happened is drawn."""
    page.mouse.move(0, 0)
    page.evaluate("document.fonts.ready.then(() => new Promise(requestAnimationFrame))")


def smaller(png: bytes) -> bytes:
    """With a palette."""
    out = io.BytesIO()
    with Image.open(io.BytesIO(png)) as image:
        image.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()
