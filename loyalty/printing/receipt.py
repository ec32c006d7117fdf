"""The customer's receipt as paper parts: in the printer's own font where it has the characters, else as pictures.

A line with a character that the printer's code page lacks (every Chinese line on most printers) is drawn in the same
grid of columns, so that amounts stay below each other whether a line is text or picture.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path

from loyalty.contract.outcomes import ReceiptData
from loyalty.contract.paper import Cut, Feed, Part, Picture, QrCode, Text
from loyalty.contract.raster import Raster
from loyalty.printing import words
from loyalty.printing.canvas import Canvas
from loyalty.printing.columns import cells, spread, width_of, wrap
from loyalty.printing.fonts import Typeface, clean, typeface

Encodable = Callable[[str], bool]
"""Can the printer write this text in its own font?"""
CELL = (12, 24)
"""Font A of a receipt printer: dots of one column and height of one line."""
GAP = 6
"""Dots between lines: printers feed 30 dots for a line of 24."""


@dataclass(frozen=True)
class _Sheet:
    """Where lines become parts."""

    columns: int
    dots: int
    encodable: Encodable
    face: Typeface

    def line(self, text: str, *, bold: bool = False, size: int = 1, align: str = "left") -> Part:
        """One line, at most columns/size wide; a picture when the printer cannot write it."""
        if self.encodable(text):
            return Text(text, bold=bold, width=size, height=size, align=align)
        return Picture(self._drawn(text, bold, size, align))

    def lines(self, text: str, *, bold: bool = False, size: int = 1, align: str = "left") -> Iterator[Part]:
        for line in wrap(self.spelled(text), self.columns // size):
            yield self.line(line, bold=bold, size=size, align=align)

    def pair(self, left: str, right: str, *, bold: bool = False, size: int = 1) -> Iterator[Part]:
        left, right = self.spelled(left), self.spelled(right)
        if size > 1 and width_of(left) + width_of(right) + 1 > self.columns // size:
            size = 1
        for line in spread(left, right, self.columns // size):
            yield self.line(line, bold=bold, size=size)

    def rule(self, dotted: bool = False) -> Part:
        """A thin line over the whole width, or a row of dots."""
        canvas = Canvas(self.dots, 20, self.face)
        for x in range(0, self.dots, 6 if dotted else self.dots):
            canvas.fill(x, 9, 2 if dotted else self.dots, 2)
        return Picture(canvas.raster())

    def spelled(self, text: str) -> str:
        """Cleaned; a character without any shape is named by its code point rather than lost or boxed: a receipt
        must come out even when an article's name carries a pictogram."""
        text = clean(text)
        if self.encodable(text):
            return text
        for character in self.face.missing_glyphs(text):
            text = text.replace(character, f"[U+{ord(character):04X}]")
        return text

    def _drawn(self, text: str, bold: bool, size: int, align: str) -> Raster:
        column = self.dots // self.columns
        canvas = Canvas(self.dots, (CELL[1] + GAP) * size, self.face)
        used = width_of(text) * column * size
        free = self.dots - used if align == "right" else (self.dots - used) // 2 if align == "center" else 0
        em, at = min(CELL[1], 2 * column) * size, free
        for character in text:
            room = cells(character) * column * size
            wide = canvas.measure(character, em)
            if not character.isspace():
                canvas.text(at + (room - wide) // 2, 21 * size, character, em, bold=bold)
            at += room
        return canvas.raster()


def lay_out_receipt(
    data: ReceiptData, columns: int, dots: int, encodable: Encodable, *,
    zone: tzinfo | None = None, font: str | Path | None = None,
) -> tuple[Part, ...]:  # fmt: skip
    """The receipt for a printer of `columns` characters and `dots` dots across, ending with Cut.

    encodable: the driver's `can_encode`. zone: the shop's time zone, else the zone that `data.printed_at` carries.
    ConfigError without a font.
    """
    sheet = _Sheet(columns, dots, encodable, typeface(data.language, font, mono=True))
    said = words.words_of(data.language)
    return (
        *_head(sheet, data, said, zone),
        *_sale(sheet, data, said),
        *_points(sheet, data, said),
        *_foot(sheet, data, said),
    )


def _head(sheet: _Sheet, data: ReceiptData, said: words.Words, zone: tzinfo | None) -> Iterator[Part]:
    moment = data.printed_at.astimezone(zone) if zone else data.printed_at
    yield from sheet.lines(data.shop, bold=True, size=2, align="center")
    if data.title:
        yield from sheet.lines(data.title, align="center")
    yield Feed(1)
    yield from sheet.pair(words.date_text(said, moment.date()), words.time_text(moment))
    yield from _member(sheet, data, said)


def _member(sheet: _Sheet, data: ReceiptData, said: words.Words) -> Iterator[Part]:
    """Name and number on one line where they fit, else on two; nothing for a sale without a card."""
    number = words.grouped(data.number)
    member, numbered = f"{said.member} {data.masked_name}", said.number.format(number=number)
    if not data.masked_name and not data.number:
        return
    if data.masked_name and data.number and width_of(member) + width_of(numbered) + 2 <= sheet.columns:
        yield from sheet.pair(member, numbered)
        return
    if data.masked_name:
        yield from sheet.pair(said.member, data.masked_name)
    if data.number:
        yield from sheet.pair(said.number.format(number="").strip(), number)


def _sale(sheet: _Sheet, data: ReceiptData, said: words.Words) -> Iterator[Part]:
    if data.lines:
        yield sheet.rule(dotted=True)
    for line in data.lines:
        yield from sheet.pair(line.text, line.amount)
    if not data.total:  # a slip for a reward
        return
    yield sheet.rule()
    yield from sheet.pair(said.total, f"{data.currency} {data.total}".strip(), bold=True, size=2)
    yield sheet.rule()


def _points(sheet: _Sheet, data: ReceiptData, said: words.Words) -> Iterator[Part]:
    if data.earned:
        plus = "" if data.earned[0] in "+-\N{MINUS SIGN}" or not data.earned.strip("0.,") else "+"
        yield from sheet.pair(said.earned, f"{plus}{data.earned} {data.unit}")
    if data.balance:
        yield from sheet.pair(said.balance, f"{data.balance} {data.unit}", bold=True)
    if data.tier:
        yield from sheet.pair(said.level, data.tier)


def _foot(sheet: _Sheet, data: ReceiptData, said: words.Words) -> Iterator[Part]:
    if data.notes:
        yield sheet.rule(dotted=True)
    for note in data.notes:
        yield from sheet.lines(note, align="center")
    if data.claim or data.purchase:  # one code only: nobody is to scan the wrong one
        yield Feed(1)
        yield QrCode(data.claim or data.purchase, module_dots=6 if sheet.dots >= 512 else 5)
        yield Feed(1)
    if data.purchase:
        yield from sheet.lines(said.scan.format(purchase=data.purchase), align="center")
    yield Cut()
