"""What a virtual unit keeps in volatile memory: the print buffer, data for the tracks, and what it has read."""

from PIL import Image, ImageDraw, ImageFont

from loyalty.contract.raster import Raster
from loyalty.devices.wire.virtual_pointcard import Line
from simulators.virtual_pointcard.stops import Trouble

BLACK = 255
STYLES = {"normal": (1, 1), "bold": (1, 1), "italic": (1, 1), "dhigh": (1, 2), "dwide": (2, 1), "dwidedhigh": (2, 2)}
"""Style -> width and height of letters, as factors."""
TURNS = {
    "normal": None, "right90": Image.Transpose.ROTATE_270, "left90": Image.Transpose.ROTATE_90,
    "rotate180": Image.Transpose.ROTATE_180,
}  # fmt: skip
LETTER = 28
"""Height of a letter in dots."""


class Buffers:
    def __init__(self, size: tuple[int, int]) -> None:
        self.size = size
        self.read: dict[int, str] = {}
        self.clear()

    def clear(self) -> None:
        """CLEAR-OUTPUT."""
        self.dots = Image.new("L", self.size)
        self.tracks: dict[int, str] = {}
        self.rotation = "normal"

    @property
    def held(self) -> list[str]:
        """Names of what is not empty."""
        full = {"print": self.dots.getbbox(), "tracks": self.tracks, "input": self.read}
        return [name for name, content in full.items() if content]

    def rotate(self, to: str) -> None:
        if to not in TURNS:
            raise Trouble("ILLEGAL", f"rotation is one of {', '.join(TURNS)}")
        self.rotation = to

    def raster(self, line: Line) -> None:
        """Dots of whole rows; black ones are added."""
        x, y, width = (number(line, name) for name in ("x", "y", "width"))
        try:
            rows = bytes.fromhex(line["rows"])
        except ValueError:
            raise Trouble("ILLEGAL", "rows are hex digits") from None
        stride = (width + 7) // 8
        if not rows or not stride or len(rows) % stride or x + width > self.size[0]:
            raise Trouble("ILLEGAL", "rows do not fit the width")
        if y + len(rows) // stride > self.size[1]:
            raise Trouble("ILLEGAL", "rows reach beyond the face")
        dots = Image.frombytes("1", (width, len(rows) // stride), rows).convert("L")
        self.dots.paste(BLACK, (x, y), dots)

    def text(self, line: Line) -> None:
        letters = self._letters(line["text"], line["style"] or "normal")
        turn = TURNS[self.rotation]
        letters = letters.transpose(turn) if turn is not None else letters
        x, y = number(line, "x"), number(line, "y")
        if x + letters.width > self.size[0] or y + letters.height > self.size[1]:
            raise Trouble("ILLEGAL", "the text reaches beyond the face")
        self.dots.paste(BLACK, (x, y), letters)

    def validate(self, line: Line) -> None:
        letters = self._letters(line["text"], line["style"] or "normal")
        if letters.width > self.size[0]:
            raise Trouble("ILLEGAL", "the text is wider than the face")

    def picture(self, erased: Image.Image | None) -> Raster:
        """What is burnt: all of the buffer, or where something was erased only that part."""
        dots = self.dots.copy()
        if erased is not None:
            dots.paste(0, (0, 0), erased.point(lambda dark: 255 - dark))
        return raster_of(dots)

    def _letters(self, text: str, style: str) -> Image.Image:
        if style not in STYLES:
            raise Trouble("ILLEGAL", f"style is one of {', '.join(STYLES)}")
        if not text or not text.isprintable():
            raise Trouble("ILLEGAL", "a text has letters, and no control characters")
        wide, high = STYLES[style]
        font = ImageFont.load_default(LETTER)
        box = font.getbbox(text, anchor="lt", stroke_width=1 if style == "bold" else 0)
        letters = Image.new("L", (max(1, int(box[2] - box[0])), max(1, int(box[3] - box[1]))))
        draw = ImageDraw.Draw(letters)
        draw.text((0, 0), text, fill=BLACK, font=font, anchor="lt", stroke_width=1 if style == "bold" else 0)
        if style == "italic":
            letters = letters.transform(letters.size, Image.Transform.AFFINE, (1, 0.2, -4, 0, 1, 0))
        letters = letters.point(lambda dark: BLACK if dark > 127 else 0)
        return letters.resize((letters.width * wide, letters.height * high), Image.Resampling.NEAREST)


def number(line: Line, name: str, least: int = 0, most: int = 9999) -> int:
    """A field that has to be a number; ILLEGAL otherwise."""
    text = line[name]
    if not (text.isdecimal() and len(text) <= 5 and least <= int(text) <= most):
        raise Trouble("ILLEGAL", f"{name} is a number from {least} to {most}, not {text!r}")
    return int(text)


def raster_of(picture: Image.Image) -> Raster:
    dots = picture.convert("1", dither=Image.Dither.NONE)
    return Raster(dots.width, dots.height, dots.tobytes())
