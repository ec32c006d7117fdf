"""Named values as horizontal bars in a PNG, for a mail or a slide."""

import io
from collections.abc import Sequence
from decimal import Decimal

from PIL import Image, ImageDraw, ImageFont

WIDTH, ROW, PAD, NAMES = 960, 30, 24, 180
_INK, _QUIET, _BAR = "#1b2430", "#5b6675", "#2f6fdb"
MOST = 60


def bar_chart(title: str, values: Sequence[tuple[str, Decimal]]) -> bytes:
    """A PNG 960 pixels wide, the first `MOST` values as bars from zero; what is below zero is drawn grey."""
    shown = values[:MOST]
    image = Image.new("RGB", (WIDTH, PAD * 3 + 20 + ROW * max(1, len(shown))), "white")
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(16)
    draw.text((PAD, PAD), title, fill=_INK, font=ImageFont.load_default(20))
    highest = max((abs(value) for _, value in shown), default=Decimal(0)) or Decimal(1)
    room = WIDTH - 2 * PAD - NAMES - 130
    for number, (name, value) in enumerate(shown):
        top = PAD * 2 + 20 + ROW * number
        draw.text((PAD, top), name[:20], fill=_INK, font=font)
        length = int(room * abs(value) / highest)
        left = PAD + NAMES
        draw.rectangle((left, top + 2, left + length, top + ROW - 8), fill=_BAR if value >= 0 else _QUIET)
        draw.text((left + length + 8, top), f"{value:,f}", fill=_INK, font=font)
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()
