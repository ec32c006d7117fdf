"""What the card designer shows: the form's elements, a preview by the code that prints, and what is wrong with it."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from loyalty.checkout.sale import face_data, shown
from loyalty.contract.outcomes import Expiring, FaceData
from loyalty.devices.profiles import folder, read_profile
from loyalty.errors import Invalid, LoyaltyError
from loyalty.members.tables import Member
from loyalty.points.sql_facts import SqlFacts
from loyalty.printing.design import Design, read_design
from loyalty.printing.design_face import Remark, draw_design
from loyalty.printing.picture import face_png
from loyalty.web.shop import Shop
from loyalty.web.texts import _

FIELDS = ("kind", "text", "x", "y", "w", "h", "size", "bold", "align", "zone")
SAMPLES = ("latin", "chinese", "new")


@dataclass(frozen=True)
class Preview:
    """`address` is the picture as a data address; empty with the sentence `fault` when nothing could be drawn."""

    address: str = ""
    fault: str = ""
    remarks: tuple[Remark, ...] = ()
    dots: tuple[int, int] = (480, 320)


@cache
def printers() -> Mapping[str, tuple[str, tuple[int, int]]]:
    """Profile -> (maker and model, dots of its faces), for all card printers that are known."""
    found = {}
    for path in sorted(folder().glob("*.toml")):
        profile = read_profile(path.stem)
        if not profile.abstract and "card_printer" in profile.roles and "face_dots" in profile.facts:
            width, height = profile["face_dots"]
            found[profile.name] = (f"{profile.vendor} {profile.model}", (int(width), int(height)))
    return found


def rows_of(design: Design) -> list[dict[str, str]]:
    """As the form shows them."""
    return [{name: _shown(element[name]) for name in FIELDS} for element in design.document()["elements"]]


def rows_typed(form: "MultiDict[str, str]") -> list[dict[str, str]]:
    """Every element as it was typed, in order."""
    columns = {name: form.getlist(name) for name in FIELDS}
    count = min(len(values) for values in columns.values())
    return [{name: columns[name][place] for name in FIELDS} for place in range(count)]


def design_of(rows: Sequence[Mapping[str, str]]) -> Design:
    """Invalid with a pointer such as /elements/3/x."""
    elements: list[dict[str, Any]] = []
    for place, row in enumerate(rows):
        element: dict[str, Any] = dict(row) | {"bold": row["bold"] == "yes"}
        for name in ("x", "y", "w", "h", "size"):
            try:
                element[name] = float(row[name])
            except ValueError as error:
                raise Invalid("Write millimetres, such as 12.5.", pointer=f"/elements/{place}/{name}") from error
        elements.append(element)
    return read_design({"elements": elements})


def preview(design: Design, data: FaceData, printer: str, shop: Shop) -> Preview:
    """The dots that this printer would put on a card."""
    dots = printers().get(printer, ("", (480, 320)))[1]
    try:
        raster, remarks = draw_design(design, data, dots, zone=shop.zone)
    except LoyaltyError as fault:  # no font on this machine
        return Preview(fault=str(fault))
    picture = b64encode(face_png(raster)).decode("ascii")
    return Preview(f"data:image/png;base64,{picture}", remarks=remarks, dots=dots)


def face_of(session: Session, shop: Shop, who: str) -> FaceData:
    """A member by id, or one of SAMPLES."""
    member = session.get(Member, who) if who not in SAMPLES else None
    if member is not None and shop.programme is not None:
        return face_data(shown(SqlFacts(session), member.id, shop.now), shop.now)
    latin = FaceData(
        shop=shop.name, name="Maria-Antonia Featherstonehaugh", number="880012345678", balance="123,456",
        unit="points", tier=shop.levels[-1].name if shop.levels else "Gold", tier_rank=max(len(shop.levels) - 1, 2),
        language="en", as_of=shop.now, visited_on=shop.today,
        expiring=Expiring(shop.today + timedelta(days=40), Decimal(12_000)),
    )  # fmt: skip
    if who == "chinese":
        return replace(latin, name="歐陽堃喆啲嘢龘", unit="積分", language="zh-Hant")
    if who == "new":
        tier = shop.levels[0].name if shop.levels else ""
        return replace(latin, name="Li Na", balance="0", expiring=None, tier=tier, tier_rank=0)
    return latin


def remark_words(remark: Remark) -> str:
    """What is wrong, and how to mend it."""
    return {
        "overflow": _("“%(said)s” does not fit and is cut: make the element wider or its letters smaller.",
                      said=remark.detail),
        "too_narrow": _("The code would be too fine to be read: make it larger."),
        "glyph_missing": _("The font has no shape for %(said)s: write it otherwise.", said=remark.detail),
        "overlap": _("What is rewritten at visits touches what stays: move them apart."),
    }[remark.code]  # fmt: skip


def kind_words() -> Mapping[str, str]:
    """What an element is."""
    return {
        "text": _("Text"),
        "barcode": _("Barcode"),
        "qr": _("QR code"),
        "badge": _("Level badge"),
        "line": _("Line"),
    }


def field_words() -> Mapping[str, str]:
    """What can be written in a text."""
    return {
        "shop": _("shop"), "name": _("name"), "number": _("number"), "balance": _("balance"), "unit": _("unit"),
        "tier": _("level"), "expiry": _("what expires next"), "visit": _("last visit"), "as_of": _("time of printing"),
        "today": _("day of printing"),
    }  # fmt: skip


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)
