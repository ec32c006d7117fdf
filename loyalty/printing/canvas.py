"""A sheet of dots to draw on: shapes and text, black or white, nothing in between on the result.

Text is drawn with soft edges and cut at a fixed level afterwards: strokes come out evenly thick, which FreeType's
own black-and-white mode does not manage for Chinese below 24 dots.
"""

import re
from dataclasses import dataclass

from PIL import Image, ImageDraw

from loyalty.contract.raster import Raster
from loyalty.printing.fonts import Typeface

INK, PAPER = 255, 0
_CUT = 100
"""Grey level from which a dot is black, of 255; below one half, so that thin strokes stay whole."""
_CUT_TABLE = [INK if level >= _CUT else PAPER for level in range(256)]
_WIDE = re.compile("[\u2e80-\uffef\U00020000-\U0003ffff]")


@dataclass(frozen=True)
class Fitted:
    """Text as it fits a width: the size in dots, and the text, shortened when even the smallest size is too wide."""

    text: str
    size: int
    width: int
    shortened: bool = False


class Canvas:
    """width x height dots, all white. Coordinates from the top left; text stands on its baseline."""

    def __init__(self, width: int, height: int, face: Typeface) -> None:
        self.width, self.height, self.face = width, height, face
        self._image = Image.new("L", (width, height), PAPER)
        self._draw = ImageDraw.Draw(self._image)

    def measure(self, text: str, size: int, bold: bool = False) -> int:
        """Advance of `text` in dots."""
        return round(self.face.at(size).getlength(text) + 2 * _stroke(text, size, bold))

    def fit(self, text: str, width: int, size: int, smallest: int, bold: bool = False) -> Fitted:
        """The largest size from `size` down to `smallest` at which `text` is at most `width` wide."""
        text = self.face.require(text)
        full = self.measure(text, size, bold)
        if full > width:
            size = max(smallest, min(size, size * width // full))
        while (wide := self.measure(text, size, bold)) > width and size > smallest:
            size -= 1
        if wide <= width:
            return Fitted(text, size, wide)
        dots = "…" if has_wide(text) else "..."  # the font centres … as Chinese wants it; Latin wants it low
        while text and self.measure(text + dots, size, bold) > width:
            text = text[:-1].rstrip()
        return Fitted(text + dots, size, self.measure(text + dots, size, bold), True)

    def text(self, x: int, baseline: int, text: str, size: int, *, bold: bool = False, white: bool = False,
             right: bool = False) -> None:  # fmt: skip
        """One line starting (or, with `right`, ending) at x. GlyphMissing before anything is drawn."""
        self._draw.text(
            (x, baseline), self.face.require(text), font=self.face.at(size), fill=PAPER if white else INK,
            anchor="rs" if right else "ls", stroke_width=_stroke(text, size, bold, white),
        )  # fmt: skip

    def fill(self, x: int, y: int, width: int, height: int, white: bool = False) -> None:
        """A solid rectangle."""
        if width > 0 and height > 0:
            self._draw.rectangle((x, y, x + width - 1, y + height - 1), fill=PAPER if white else INK)

    def pill(self, x: int, y: int, width: int, height: int, radius: int, *, line: int = 0, white: bool = False) -> None:
        """A rectangle with round corners: solid, or an outline of `line` dots."""
        ink = PAPER if white else INK
        self._draw.rounded_rectangle(
            (x, y, x + width - 1, y + height - 1), radius, fill=None if line else ink, outline=ink, width=line or 1
        )

    def diamond(self, x: int, y: int, half: int, white: bool = False) -> None:
        """A square on its corner, centred on (x, y)."""
        corners = ((x, y - half), (x + half, y), (x, y + half), (x - half, y))
        self._draw.polygon(corners, fill=PAPER if white else INK)

    def modules(self, x: int, y: int, rows: tuple[str, ...], dots: int, row_dots: int = 0) -> None:
        """Rows of a code, `1` black, each module `dots` wide and `row_dots` (or `dots`) high; never scaled."""
        high = row_dots or dots
        for number, row in enumerate(rows):
            start = row.find("1")
            while start >= 0:
                end = row.find("0", start)
                end = len(row) if end < 0 else end
                self.fill(x + start * dots, y + number * high, (end - start) * dots, high)
                start = row.find("1", end)

    def raster(self) -> Raster:
        """What has been drawn, cut to black and white."""
        cut = self._image.point(_CUT_TABLE, "1")
        return Raster(self.width, self.height, cut.tobytes())


def has_wide(text: str) -> bool:
    """Is a Chinese character or full-width sign in it?"""
    return bool(_WIDE.search(text))


def _stroke(text: str, size: int, bold: bool, white: bool = False) -> float:
    """Dots added on each side of a line. Chinese gets little, its inner spaces must stay open; white on black is
    eaten into by the cut and gets back what it loses."""
    if has_wide(text):
        return 0.3 if white or (bold and size >= 24) else 0.0
    return round(size * 0.018 + 0.1, 1) if bold or white else 0.0
