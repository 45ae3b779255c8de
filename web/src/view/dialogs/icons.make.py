"""Draws the icons of the app: web/public/icons. Needs Pillow; run by hand when the drawing changes.

Two bubbles of speech over each other, as simple shapes, so that SVG and PNG are the same.
"""

from pathlib import Path

from PIL import Image, ImageDraw

ICONS = Path(__file__).parents[3] / "public" / "icons"
GROUND, BACK, FRONT = "#1f6f5c", "#7fd1b9", "#ffffff"
SIZE = 512
SCALE = 4
"""Drawn larger, then made smaller: smooth edges."""

SVG = f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 512 512">
<rect width="512" height="512" rx="112" fill="{GROUND}"/>
<path d="M208 96h176a56 56 0 0 1 56 56v88a56 56 0 0 1-56 56h-8v56l-56-56H208a56 56 0 0 1-56-56v-88a56 56 0 0 1 56-56z" fill="{BACK}"/>
<path d="M128 184h152a56 56 0 0 1 56 56v80a56 56 0 0 1-56 56h-88l-64 64v-64a56 56 0 0 1-56-56v-80a56 56 0 0 1 56-56z" fill="{FRONT}"/>
<circle cx="140" cy="280" r="20" fill="{GROUND}"/><circle cx="204" cy="280" r="20" fill="{GROUND}"/><circle cx="268" cy="280" r="20" fill="{GROUND}"/>
</svg>
"""


def icon(pixels: int, *, maskable: bool = False) -> Image.Image:
    """Maskable icons fill the whole square; what matters stays in the middle of it."""
    side = SIZE * SCALE
    image = Image.new("RGBA", (side, side), GROUND if maskable else (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    if not maskable:
        draw.rounded_rectangle((0, 0, side - 1, side - 1), 112 * SCALE, GROUND)
    shrink = 0.75 if maskable else 1.0

    def place(*points: float) -> list[float]:
        return [(256 + (point - 256) * shrink) * SCALE for point in points]

    draw.rounded_rectangle(place(152, 96, 440, 296), 56 * SCALE * shrink, BACK)
    draw.polygon(place(320, 290, 376, 290, 376, 352), BACK)
    draw.rounded_rectangle(place(72, 184, 336, 376), 56 * SCALE * shrink, FRONT)
    draw.polygon(place(128, 370, 192, 370, 128, 440), FRONT)
    for middle in (140, 204, 268):
        draw.ellipse(place(middle - 20, 260, middle + 20, 300), GROUND)
    return image.resize((pixels, pixels), Image.Resampling.LANCZOS)


def main() -> None:
    ICONS.mkdir(parents=True, exist_ok=True)
    (ICONS / "icon.svg").write_text(SVG)
    for pixels in (192, 512):
        icon(pixels).save(ICONS / f"icon-{pixels}.png", optimize=True)
    icon(512, maskable=True).save(ICONS / "maskable-512.png", optimize=True)
    icon(180, maskable=True).save(ICONS / "apple-touch-icon.png", optimize=True)


if __name__ == "__main__":
    main()
