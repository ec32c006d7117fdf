"""What a CRP-1231 keeps in volatile memory for printing: registered characters, text, and how they look on the card.

Where characters lie, and that they touch each other, is the profile's guess. The unit's own characters are not drawn as
it would: Latin text takes Pillow's built-in font, everything else is a frame. A host that needs exact dots registers
them.
"""

from PIL import Image, ImageDraw, ImageFont

from loyalty.devices.profiles import Profile
from loyalty.devices.wire.sanwa.face import GLYPH_DOTS, PrintText
from loyalty.devices.wire.sanwa.text import Glyph, Letters, NewLine, Size, pieces_of

BLACK = 255


class Ink:
    """Pictures of mode L, 255 = burn."""

    def __init__(self, profile: Profile) -> None:
        width, height = profile["face_dots"]
        self._upright = (int(height), int(width))
        self._turn = Image.Transpose.ROTATE_90 if profile["face_turn"] == "clockwise" else Image.Transpose.ROTATE_270
        self.glyphs: dict[int, Image.Image] = {}
        self._texts: list[PrintText] = []

    @property
    def empty(self) -> bool:
        """No text is left of any job."""
        return not self._texts

    def clear(self) -> None:
        """As after power-on."""
        self.glyphs.clear()
        self._texts.clear()

    def register(self, slot: int, dots: bytes) -> None:
        self.glyphs[slot] = Image.frombytes("1", (GLYPH_DOTS, GLYPH_DOTS), dots).convert("L")

    def keep(self, command: PrintText) -> None:
        """The text, after or instead of what was kept."""
        if command.buffer == 0x30:
            self._texts.clear()
        self._texts.append(command)

    def picture(self) -> Image.Image:
        """All text that is kept, on the lying face."""
        page = Image.new("L", self._upright)
        for command in self._texts:
            _write(page, command, self.glyphs)
        return page.transpose(self._turn)


def _write(page: Image.Image, command: PrintText, glyphs: dict[int, Image.Image]) -> None:
    x, y, size, tallest = 0, command.line * GLYPH_DOTS, Size(), 1
    for piece in pieces_of(command.text):
        if isinstance(piece, NewLine):
            x, y, size, tallest = 0, y + GLYPH_DOTS * tallest, Size(), 1
        elif isinstance(piece, Size):
            size, tallest = piece, max(tallest, piece.high)
        elif isinstance(piece, Glyph):
            if piece.slot in glyphs:
                _burn(page, glyphs[piece.slot], x, y, size)
            x += GLYPH_DOTS * size.wide
        else:
            x = _letters(page, piece, x, y, size)


def _letters(page: Image.Image, piece: Letters, x: int, y: int, size: Size) -> int:
    for sign in str(piece):
        width = GLYPH_DOTS // 2 if sign.isascii() else GLYPH_DOTS
        cell = Image.new("L", (width, GLYPH_DOTS))
        draw = ImageDraw.Draw(cell)
        if sign.isascii():
            draw.text((1, 19), sign, fill=BLACK, font=ImageFont.load_default(19), anchor="ls")
        elif sign != "\N{IDEOGRAPHIC SPACE}":
            draw.rectangle((3, 3, width - 4, GLYPH_DOTS - 4), outline=BLACK)
        _burn(page, cell, x, y, size)
        x += width * size.wide
    return x


def _burn(page: Image.Image, cell: Image.Image, x: int, y: int, size: Size) -> None:
    if size != Size():
        cell = cell.resize((cell.width * size.wide, cell.height * size.high), Image.Resampling.NEAREST)
    page.paste(BLACK, (x, y), cell)
