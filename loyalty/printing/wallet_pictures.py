"""Pictures of a pass in a phone's wallet: drawn from the shop's name and the colour of the level."""

import io
from functools import lru_cache

from PIL import Image, ImageDraw

from loyalty.errors import LoyaltyError
from loyalty.printing.fonts import typeface

SCALES = (1, 2, 3)
ICON, LOGO, STRIP = (29, 29), (50, 50), (375, 123)
"""Points at scale 1, width and height; sources: passmeister.com's table of Apple's sizes, unverified on a phone."""
_BRAND = "#0f766e"


@lru_cache(64)
def wallet_pictures(shop: str, colour: str) -> tuple[tuple[str, bytes], ...]:
    """Names and PNG bytes: icon, logo and strip in three sizes each. `colour`: `#rrggbb` of the pass.

    Without a font, or for a name whose first sign it lacks, the mark is a plain ring.
    """
    found = []
    for scale in SCALES:
        tail = "" if scale == 1 else f"@{scale}x"
        found.append((f"icon{tail}.png", _png(_mark(shop, ICON[0] * scale, _BRAND, "white"))))
        found.append((f"logo{tail}.png", _png(_mark(shop, LOGO[0] * scale, "white", colour))))
        found.append((f"strip{tail}.png", _png(_strip(scale, colour))))
    return tuple(found)


def mark_png(shop: str, side: int) -> bytes:
    """The shop's mark alone, `side` pixels wide and high, on the colour of the pages."""
    return _png(_mark(shop, side, _BRAND, "white"))


def _mark(shop: str, side: int, ground: str, ink: str) -> Image.Image:
    image = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((0, 0, side - 1, side - 1), side // 5, fill=ground)
    sign = shop.strip()[:1].upper()
    try:
        face = typeface("zh-Hant")
        face.require(sign)
    except LoyaltyError:
        sign = ""
    if not sign:
        edge = side // 4
        draw.ellipse((edge, edge, side - edge, side - edge), outline=ink, width=max(1, side // 10))
        return image
    font = face.at(side * 3 // 5)
    draw.text((side / 2, side / 2), sign, fill=ink, font=font, anchor="mm")
    return image


def _strip(scale: int, colour: str) -> Image.Image:
    """Circles as of a ripple, a little lighter than the ground: letters stand on them."""
    width, height = STRIP[0] * scale, STRIP[1] * scale
    image = Image.new("RGB", (width, height), colour)
    overlay = Image.new("L", (width, height), 0)
    draw = ImageDraw.Draw(overlay)
    for ring in range(7, 0, -1):
        reach = ring * 34 * scale
        box = (width - reach, height - reach, width + reach, height + reach)
        draw.ellipse(box, fill=(8 - ring) * 6)
    image.paste(Image.new("RGB", (width, height), "white"), mask=overlay)
    return image


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
