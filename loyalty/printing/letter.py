"""Letters and address labels as PDF, A4, drawn with the font that cards and receipts use.

Each page is a picture: Pillow writes the PDF itself, and Chinese stands on every printer without a font in the file.
"""

import io
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image, ImageDraw

from loyalty.printing.fonts import Typeface, clean, typeface

DPI = 200
PAGE = (round(210 / 25.4 * DPI), round(297 / 25.4 * DPI))
"""A4 in dots."""
LABELS = (3, 8)
"""Columns and rows of a sheet of labels, 70 mm by 37 mm."""
MISSING = "〓"
_OPENING = "「『（《〈【“‘(["
_APOSTROPHE = re.compile("(?<=[A-Za-zÀ-ɏ])’(?=[A-Za-zÀ-ɏ])")
"""As wide as a Chinese character in a Chinese font: O’Connor would fall apart."""
_CLOSING = "，。、；：？！」』）》〉】”’…,.;:!?)]%"


def _mm(value: float) -> int:
    return round(value / 25.4 * DPI)


@dataclass(frozen=True)
class Letter:
    """One sheet: the address has lines, the body paragraphs. language: en, zh-Hant or zh-Hans."""

    name: str
    address: str
    subject: str
    body: str
    language: str
    shop: str
    date: str


def letters_pdf(letters: Sequence[Letter], font: str | Path | None = None) -> bytes:
    """Each begins on a page of its own. ValueError without any; ConfigError without a font."""
    return _pdf([page for each in letters for page in _letter(each, typeface(each.language, font))])


def labels_pdf(letters: Sequence[Letter], font: str | Path | None = None) -> bytes:
    """Name and address of each, 24 on a sheet, by rows."""
    size = LABELS[0] * LABELS[1]
    return _pdf([_sheet(letters[place : place + size], font) for place in range(0, len(letters), size)])


def _pdf(pages: Sequence[Image.Image]) -> bytes:
    if not pages:
        raise ValueError("no page")
    out = io.BytesIO()
    pages[0].save(out, "PDF", resolution=DPI, save_all=True, append_images=list(pages[1:]))
    return out.getvalue()


def _letter(letter: Letter, face: Typeface) -> list[Image.Image]:
    pen = _Pen(face, _mm(25), _mm(20), PAGE[0] - _mm(45))
    pen.write(letter.shop, 32)
    pen.y = _mm(50)  # where a window envelope shows it
    for line in (letter.name, *letter.address.splitlines()[:7]):
        pen.write(line, 30)
    pen.y = max(pen.y, _mm(92))
    pen.write(letter.date, 30)
    pen.y += 24
    pen.write(letter.subject, 38)
    pen.y += 18
    for line in letter.body.replace("\r\n", "\n").split("\n"):
        pen.write(line, 30)
    return pen.pages


def _sheet(letters: Sequence[Letter], font: str | Path | None) -> Image.Image:
    page = _blank()
    wide, high = PAGE[0] // LABELS[0], PAGE[1] // LABELS[1]
    for place, letter in enumerate(letters):
        row, column = divmod(place, LABELS[0])
        at = (column * wide + _mm(5), row * high + _mm(5), wide - _mm(10))
        pen = _Pen(typeface(letter.language, font), *at, [page], lowest=(row + 1) * high - _mm(3), turns=False)
        for line in (letter.name, *letter.address.splitlines()):
            pen.write(line, 25)
    return page


def _blank() -> Image.Image:
    return Image.new("1", PAGE, 1)


@dataclass
class _Pen:
    """Writes lines below one another, broken at `width` dots; `y` is where the next one begins. Where a page is full
    it takes another, or leaves the rest out when it has no more than this one (`turns`).
    """

    face: Typeface
    x: int
    y: int
    width: int
    pages: list[Image.Image] = field(default_factory=lambda: [_blank()])
    lowest: int = PAGE[1] - _mm(20)
    turns: bool = True

    def write(self, text: str, size: int) -> None:
        font = self.face.at(size)
        for line in broken(self._drawable(text), font.getlength, self.width):
            if self.y + size > self.lowest:
                if not self.turns:
                    return
                self.pages.append(_blank())
                self.y = _mm(25)
            ImageDraw.Draw(self.pages[-1]).text((self.x, self.y), line, font=font, fill=0)
            self.y += round(size * 1.5)

    def _drawable(self, text: str) -> str:
        """With printers' mark for a missing type where the font has no shape: one emoji must not stop all letters."""
        for character in self.face.missing_glyphs(text):
            text = text.replace(character, MISSING)
        return clean(_APOSTROPHE.sub("'", text))


def broken(text: str, length: Callable[[str], float], width: int) -> list[str]:
    """Lines that fit: Latin breaks at blanks, Chinese between any two characters, save that no line begins with a comma
    or ends with an opening bracket; what is wider than a line, as a long address on the web, breaks where it must.
    """
    lines, line = [], ""
    for piece in _pieces(text):
        if line and length(line + piece.rstrip()) > width:
            lines.append(line.rstrip())
            line = ""
        line += piece
        while len(line) > 1 and length(line.rstrip()) > width:
            most = next((many for many in range(len(line) - 1, 1, -1) if length(line[:many]) <= width), 1)
            lines.append(line[:most])
            line = line[most:]
    return [*lines, line.rstrip()]


def _pieces(text: str) -> list[str]:
    found: list[str] = []
    for character in text:
        last = found[-1][-1] if found else " "
        joins = (_is_narrow(character) and _is_narrow(last)) or character in _CLOSING or last in _OPENING
        if found and (character == " " or (joins and last != " ")):
            found[-1] += character
        else:
            found.append(character)
    return found


def _is_narrow(character: str) -> bool:
    return unicodedata.east_asian_width(character) not in "WF"
