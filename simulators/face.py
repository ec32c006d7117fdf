"""The rewritable face of a card: what was printed, what is left of earlier prints, and how it looks to a person.

Leuco dye turns dark above about 170 C and clears when held at about 120 C; every cycle leaves a little more behind and
takes a little of the contrast. Media makers name 500 cycles, 200 to 300 in practice. The curves below are ours, made
to look right at these numbers; no measurement stands behind them.
"""

import base64
import io
from typing import Any

from PIL import Image, ImageChops, ImageDraw

CARD_MM = (85.6, 54.0)
CORNER_MM = 3.18
WORN_OUT = 500
"""Cycles after which a face is at its worst."""
OFF_WHITE, INK, EDGE = (244, 241, 230), (30, 31, 40), (198, 193, 178)
SCALE = 2


class CardFace:
    """width x height dots. Darkness is kept as 0 (clear) to 255 (black)."""

    def __init__(self, size: tuple[int, int], cycles: int = 0) -> None:
        self.size, self.cycles = size, cycles
        self.printed = Image.new("L", size)
        self.ghost = Image.new("L", size)

    @classmethod
    def from_json(cls, size: tuple[int, int], given: Any) -> "CardFace":
        """A worn card for trials: {"cycles": 250, "png": base64 of a picture, black is printed}; both optional."""
        if given is None:
            return cls(size)
        if not isinstance(given, dict) or set(given) - {"cycles", "png"}:
            raise ValueError(f'A face is described as {{"cycles": 250, "png": "…base64…"}}, not {given!r}.')
        face = cls(size, int(given.get("cycles", 0)))
        if "png" in given:
            picture = Image.open(io.BytesIO(base64.b64decode(given["png"]))).convert("L").resize(size)
            face.printed = picture.point(lambda light: 255 if light < 128 else 0)
        return face

    @property
    def blank(self) -> bool:
        """Nothing is printed; ghosts do not count."""
        return self.printed.getbbox() is None

    def erase(self) -> None:
        """One cycle more: what was printed fades to a ghost."""
        left = 0.02 + 0.22 * self._wear()
        self.ghost = ImageChops.lighter(self.ghost, self.printed.point(lambda dark: round(dark * left)))
        self.printed = Image.new("L", self.size)
        self.cycles += 1

    def print(self, dots: Image.Image) -> None:
        """Dots of a mode L picture (255 = burn) over what is there: heat adds, it never clears."""
        self.printed = ImageChops.lighter(self.printed, dots)

    def seen(self) -> Image.Image:
        """Darkness as the eye has it: the print, paler with age, over the ghosts."""
        strength = 1.0 - 0.3 * self._wear()
        return ImageChops.lighter(self.ghost, self.printed.point(lambda dark: round(dark * strength)))

    def _wear(self) -> float:
        return min(self.cycles / WORN_OUT, 1.0)


def margins(size: tuple[int, int], dots_per_mm: float) -> tuple[int, int]:
    """Dots of card left of and above the printed area, which lies in the middle."""
    return tuple(max(0, round((mm * dots_per_mm - dots) / 2)) for mm, dots in zip(CARD_MM, size, strict=True))  # type: ignore[return-value]


def card_png(face: CardFace, dots_per_mm: float, scale: int = SCALE) -> bytes:
    """The card as a picture, `scale` pixels per dot, with its rounded body around the face."""
    left, top = margins(face.size, dots_per_mm)
    width, height = face.size[0] + 2 * left, face.size[1] + 2 * top
    card = Image.new("RGBA", (width * scale, height * scale))
    box = (0, 0, width * scale - 1, height * scale - 1)
    corner = round(CORNER_MM * dots_per_mm * scale)
    ImageDraw.Draw(card).rounded_rectangle(box, corner, fill=(*OFF_WHITE, 255), outline=(*EDGE, 255), width=scale)
    dark = face.seen().resize((face.size[0] * scale, face.size[1] * scale), Image.Resampling.NEAREST)
    card.paste(INK, (left * scale, top * scale), dark)
    png = io.BytesIO()
    card.save(png, "PNG")
    return png.getvalue()
