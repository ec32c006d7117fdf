"""How a printer prints just now, and the line it is filling."""

from dataclasses import dataclass, field

from PIL import Image

FONTS = {0: (12, 24), 1: (9, 17)}
"""Cells of font A and B in dots."""


@dataclass
class Style:
    """Everything that ESC @ sets back."""

    font: int = 0
    wide: int = 1
    high: int = 1
    bold: bool = False
    underline: int = 0
    inverse: bool = False
    upside_down: bool = False
    align: int = 0
    spacing: int = 30
    gap: int = 0
    left: int = 0
    width: int = 0
    code_page: int = 0
    kanji: bool = False
    kanji_wide: int = 1
    kanji_high: int = 1
    bar_height: int = 162
    bar_width: int = 3
    bar_text: int = 0
    bar_font: int = 0
    tabs: tuple[int, ...] = tuple(range(8, 64, 8))


@dataclass
class Line:
    """What stands on the line that has not been fed yet."""

    at: int = 0
    pieces: list[tuple[int, Image.Image]] = field(default_factory=list)
