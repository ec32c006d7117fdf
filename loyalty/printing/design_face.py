"""Draws a shop's own design of the card's face: one function for the preview on a screen and for the card itself."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import tzinfo
from pathlib import Path

from loyalty.contract.outcomes import FaceData
from loyalty.contract.raster import Raster
from loyalty.printing import words
from loyalty.printing.badge import draw_badge
from loyalty.printing.canvas import Canvas, has_wide
from loyalty.printing.codes import QUIET_QR, code128, module_dots, qr
from loyalty.printing.design import HEIGHT_MM, WIDTH_MM, Design, Element
from loyalty.printing.face import render_face
from loyalty.printing.fonts import GlyphMissing, typeface

SMALLEST = 0.6
"""Share of its size to which a text may shrink before it is cut."""
_LARGEST_MODULE_MM = 0.5


@dataclass(frozen=True)
class Remark:
    """What is wrong with element number `place`. code: overflow, too_narrow, glyph_missing, overlap."""

    place: int
    code: str
    detail: str = ""


@dataclass
class _Sheet:
    canvas: Canvas
    per_mm: float
    values: dict[str, str]
    data: FaceData
    remarks: list[Remark] = field(default_factory=list)

    def at(self, millimetres: float) -> int:
        return round(millimetres * self.per_mm)


def render_card(
    design: Design | None, data: FaceData, dots: tuple[int, int], *, zone: tzinfo | None = None,
    font: str | Path | None = None,
) -> Raster:  # fmt: skip
    """The face by the shop's design, or by the product's own without one. Errors as render_face."""
    if design is None:
        return render_face(data, dots, zone=zone, font=font)
    raster, remarks = draw_design(design, data, dots, zone=zone, font=font)
    if missing := "".join(remark.detail for remark in remarks if remark.code == "glyph_missing"):
        raise GlyphMissing("".join(dict.fromkeys(missing)))
    return raster


def draw_design(
    design: Design, data: FaceData, dots: tuple[int, int], *, zone: tzinfo | None = None,
    font: str | Path | None = None,
) -> tuple[Raster, tuple[Remark, ...]]:  # fmt: skip
    """The dots, and what a person should mend; texts that cannot be drawn are left out. ConfigError without a font."""
    per_mm = min(dots[0] / WIDTH_MM, dots[1] / HEIGHT_MM)
    sheet = _Sheet(Canvas(*dots, typeface(data.language, font)), per_mm, _values(data, zone), data)
    for place, element in enumerate(design.elements):
        try:
            _DRAW[element.kind](sheet, element, place)
        except GlyphMissing as error:
            sheet.remarks.append(Remark(place, "glyph_missing", error.characters))
    sheet.remarks.extend(_overlaps(design))
    return sheet.canvas.raster(), tuple(sheet.remarks)


def _values(data: FaceData, zone: tzinfo | None) -> dict[str, str]:
    said = words.words_of(data.language)
    moment = data.as_of.astimezone(zone) if zone else data.as_of
    expiry = ""
    if data.expiring:
        amount, until = words.number_text(data.expiring.amount), words.date_text(said, data.expiring.on)
        expiry = said.valid_to.format(amount=amount, unit=data.unit, date=until)
    return {
        "shop": data.shop, "name": data.name, "number": said.number.format(number=words.grouped(data.number)),
        "balance": data.balance, "unit": data.unit, "tier": data.tier, "expiry": expiry,
        "visit": said.last_visit.format(date=words.date_text(said, data.visited_on)),
        "as_of": said.as_of.format(time=words.time_text(moment)), "today": words.date_text(said, moment.date()),
    }  # fmt: skip


def _text(sheet: _Sheet, element: Element, place: int) -> None:
    text = element.text.format(**sheet.values).strip()
    if not text:
        return
    size, width = max(sheet.at(element.size), 1), sheet.at(element.w)
    bold = element.bold and not has_wide(text)  # a bold 龘 is a blot
    fitted = sheet.canvas.fit(text, width, size, max(1, round(size * SMALLEST)), bold=bold)
    if fitted.shortened or sheet.at(element.h) < fitted.size * 0.9:
        sheet.remarks.append(Remark(place, "overflow", text))
    room = {"left": 0, "right": width - fitted.width, "center": (width - fitted.width) // 2}[element.align]
    baseline = sheet.at(element.y) + round(size * 0.9)
    sheet.canvas.text(sheet.at(element.x) + room, baseline, fitted.text, fitted.size, bold=bold)


def _barcode(sheet: _Sheet, element: Element, place: int) -> None:
    bars = code128(sheet.data.number)
    dots = module_dots(len(bars), sheet.at(element.w), sheet.at(_LARGEST_MODULE_MM)) if bars else 0
    if not dots:
        sheet.remarks.append(Remark(place, "too_narrow"))
        return
    left = sheet.at(element.x) + (sheet.at(element.w) - len(bars) * dots) // 2
    sheet.canvas.modules(left, sheet.at(element.y), (bars,), dots, row_dots=sheet.at(element.h))


def _qr(sheet: _Sheet, element: Element, place: int) -> None:
    squares, room = qr(sheet.data.number), sheet.at(min(element.w, element.h))
    dots = module_dots(len(squares), room, 2 * sheet.at(_LARGEST_MODULE_MM), quiet=QUIET_QR)
    if not dots:
        sheet.remarks.append(Remark(place, "too_narrow"))
        return
    edge = (room - len(squares) * dots) // 2
    sheet.canvas.modules(sheet.at(element.x) + edge, sheet.at(element.y) + edge, squares, dots)


def _badge(sheet: _Sheet, element: Element, place: int) -> None:
    right, height = sheet.at(element.x + element.w), sheet.at(element.h)
    width = sheet.at(element.w)
    wide = draw_badge(
        sheet.canvas, right, sheet.at(element.y), height, width, sheet.data.tier, sheet.data.tier_rank
    )
    if wide > width:
        sheet.remarks.append(Remark(place, "overflow", sheet.data.tier))


def _line(sheet: _Sheet, element: Element, place: int) -> None:
    sheet.canvas.fill(
        sheet.at(element.x), sheet.at(element.y), sheet.at(element.w), max(1, sheet.at(element.h))
    )


_DRAW: dict[str, Callable[[_Sheet, Element, int], None]] = {
    "text": _text, "barcode": _barcode, "qr": _qr, "badge": _badge, "line": _line
}  # fmt: skip


def _overlaps(design: Design) -> list[Remark]:
    """What is rewritten at visits must not touch what stays: a half rewritten letter is a blot for good."""
    found = []
    for place, one in enumerate(design.elements):
        for other in design.elements:
            apart = (
                one.x + one.w <= other.x or other.x + other.w <= one.x
                or one.y + one.h <= other.y or other.y + other.h <= one.y
            )  # fmt: skip
            if one.zone == "erase" and other.zone == "static" and not apart:
                found.append(Remark(place, "overlap"))
                break
    return found
