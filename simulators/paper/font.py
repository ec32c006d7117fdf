"""The characters in a printer's ROM, drawn from a font on this machine: 12x24 dots (font A), 9x17 (font B), 24x24."""

import unicodedata
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

_DEBIAN = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")
_OTHER_SCRIPTS = Path("/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf")
_MONO = {"gb18030": 7, "big5": 8, "big5hkscs": 9}
"""Face of the collection in which Latin is half as wide as Chinese, by code set."""
_CUT = [255 if grey >= 110 else 0 for grey in range(256)]
_NO_CHARACTER = "\U0010fffe"
Cell = tuple[int, int]
Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


@lru_cache(4000)
def glyph(character: str, cell: Cell, bold: bool, code_set: str = "gb18030") -> Image.Image:
    """The character in a cell of exactly these dots, mode L, 255 is black. Wider shapes are squeezed in."""
    image = Image.new("L", cell, 0)
    if character.isspace():
        return image
    size = 2 * cell[0] if cell[0] < cell[1] else cell[0]
    font, character = _drawable(character, size, code_set)
    baseline = round(cell[1] * 0.84)
    wide = max(cell[0], round(font.getlength(character)))
    sheet = Image.new("L", (wide, cell[1]), 0)
    ImageDraw.Draw(sheet).text(
        (wide // 2, baseline), character, font=font, fill=255, anchor="ms", stroke_width=0.4 if bold else 0
    )
    return sheet.resize(cell).point(_CUT) if wide > cell[0] else sheet.point(_CUT)


def _drawable(character: str, size: int, code_set: str) -> tuple[Font, str]:
    """A font that has the character; else its base letter; else the blank square that ROMs print."""
    fonts = [font for font in (_font(size, code_set), _other_font(size)) if font]
    for shape in (character, unicodedata.normalize("NFD", character)[0], "□"):
        for font in fonts:
            if _has(font, shape):
                return font, shape
    return fonts[0], "?"


def _has(font: Font, character: str) -> bool:
    """A font draws what it lacks as it draws a code point that no font has."""
    shape, unknown = font.getmask(character), font.getmask(_NO_CHARACTER)
    return shape.size != unknown.size or bytes(shape) != bytes(unknown)


@cache
def _font(size: int, code_set: str) -> Font:
    for path in (_packaged(), _DEBIAN):
        if path and path.is_file():
            return ImageFont.truetype(path, size, index=_MONO.get(code_set, 7), layout_engine=ImageFont.Layout.BASIC)
    return ImageFont.load_default(size * 0.85)  # Pillow's own, Latin only: such a printer has no Chinese ROM


@cache
def _other_font(size: int) -> Font | None:
    """Greek with accents, Polish, Hebrew: where the system has it."""
    return ImageFont.truetype(_OTHER_SCRIPTS, round(size * 0.83)) if _OTHER_SCRIPTS.is_file() else None


def _packaged() -> Path | None:
    spec = find_spec("noto_cjk_sans_otc")
    return Path(spec.origin).with_name("NotoSansCJK-Regular.ttc") if spec and spec.origin else None
