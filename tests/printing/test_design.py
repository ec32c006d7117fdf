"""A shop's own design of the face: read strictly, drawn by the code that prints, with remarks for its maker."""

import io
from dataclasses import replace
from typing import Any

import pytest
from PIL import Image

from loyalty.errors import Invalid
from loyalty.printing.design import STANDARD, Design, Element, read_design
from loyalty.printing.design_face import draw_design, render_card
from loyalty.printing.face import render_face
from loyalty.printing.fonts import GlyphMissing
from loyalty.printing.picture import face_png, raster_of
from tests.printing.samples import ENGLISH, FACES, HONG_KONG, NEWCOMER, SHOP_ZONE

SIZES = ((480, 320), (640, 440), (1012, 638))


def remarks(*elements: Element, data=ENGLISH) -> list[tuple[int, str]]:
    return [(one.place, one.code) for one in draw_design(Design(elements), data, (480, 320))[1]]


def test_a_design_comes_back_as_it_was_written() -> None:
    assert read_design(STANDARD.document()) == STANDARD


@pytest.mark.parametrize("dots", SIZES)
@pytest.mark.parametrize("name", FACES)
def test_the_preview_is_the_print_byte_for_byte(name: str, dots: tuple[int, int]) -> None:
    printed = render_card(STANDARD, FACES[name], dots, zone=SHOP_ZONE)
    shown, found = draw_design(STANDARD, FACES[name], dots, zone=SHOP_ZONE)
    assert (shown.width, shown.height) == dots
    assert raster_of(Image.open(io.BytesIO(face_png(shown)))).rows == printed.rows
    assert {remark.code for remark in found} <= {"overflow"}, found  # only the longest of all names is cut


def test_without_a_design_the_products_own_face_is_drawn() -> None:
    assert render_card(None, ENGLISH, (480, 320)) == render_face(ENGLISH)
    assert render_card(STANDARD, ENGLISH, (480, 320)) != render_face(ENGLISH)


def test_what_is_too_long_or_too_narrow_is_remarked() -> None:
    name = Element("text", 3, 3, 36, 5, "{name}", 5)
    assert remarks(name) == [] and remarks(name, data=NEWCOMER) == [(0, "overflow")]
    assert remarks(replace(name, w=15.0), data=HONG_KONG) == [(0, "overflow")]
    assert remarks(replace(name, h=2.0)) == [(0, "overflow")]
    assert remarks(Element("barcode", 3, 3, 15, 5)) == [(0, "too_narrow")]
    assert remarks(Element("qr", 3, 3, 5, 5)) == [(0, "too_narrow")]
    assert remarks(Element("barcode", 3, 3, 45, 5), Element("qr", 30, 20, 15, 15)) == []


def test_what_is_rewritten_must_not_touch_what_stays() -> None:
    stays, changes = Element("line", 3, 10, 50, 1), Element("text", 3, 8, 30, 4, "{balance}", 3, zone="erase")
    assert remarks(stays, changes) == [(1, "overlap")]
    assert remarks(stays, replace(changes, y=11.0)) == []


def test_a_sign_without_a_shape_is_named_and_never_printed_as_a_box() -> None:
    design = Design((Element("text", 3, 3, 50, 5, "\u0e01 {name}"), Element("line", 3, 20, 50, 1)))
    raster, found = draw_design(design, ENGLISH, (480, 320))
    assert [(one.place, one.code, one.detail) for one in found] == [(0, "glyph_missing", "\u0e01")]
    assert any(raster.rows)  # the rest is shown all the same
    with pytest.raises(GlyphMissing, match=r"U\+0E01"):
        render_card(design, ENGLISH, (480, 320))


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"kind": "photo"}, "kind"), ({"x": 59}, "x"), ({"y": "3"}, "y"), ({"w": 0}, "y"), ({"size": 30}, "size"),
        ({"text": "{password}"}, "text"), ({"text": "{name"}, "text"), ({"text": "{name!r:>99}"}, "text"),
        ({"text": "{name.__class__}"}, "text"), ({"colour": "red"}, "colour"), ({"zone": "air"}, "zone"),
        ({"x": True}, "x"), ({"x": float("nan")}, "x"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_its_place(change: dict[str, Any], pointer: str) -> None:
    good = {"kind": "text", "x": 3, "y": 3, "w": 20, "h": 5, "text": "{name}"}
    assert read_design({"elements": [good]})
    with pytest.raises(Invalid) as refused:
        read_design({"elements": [good, good | change]})
    assert refused.value.pointer == f"/elements/1/{pointer}"
    for document in (None, [], {"elements": []}, {"elements": [good] * 41}, {"elements": ["x"]}):
        with pytest.raises(Invalid):
            read_design(document)
