"""Faces, areas and boxes as an EasyPrinter S3 takes them: nothing lost, nothing added."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loyalty.contract.raster import Raster
from loyalty.devices.wire.easyprinter.document import SIZES, BoxElement, TextElement, encoded, picture
from loyalty.devices.wire.easyprinter.geometry import FACE, WHOLE, Area, along, x_of
from loyalty.devices.wire.easyprinter.messages import Across, Along, Column, EraseArea, encode

GOLDEN = json.loads((Path(__file__).parent / "golden" / "easyprinter.json").read_text("utf-8"))


def face_of(dots):
    rows = bytearray(120 * 560)
    for x, y in dots:
        rows[y * 120 + x // 8] |= 0x80 >> x % 8
    return Raster(960, 560, bytes(rows))


def painted(spoken):
    """The black dots that the messages set, as (x, y) on the face, by the client's words and not by our own code."""
    black, x = set(), None
    for each in spoken:
        if isinstance(each, Along):
            x = 960 - (each.dots - 130)
        elif isinstance(each, Column):
            x -= 1
            for at, byte in enumerate(each.dots):
                black |= {(x, (at - 13) * 8 + bit) for bit in range(8) if byte & 0x80 >> bit}
    return black


@pytest.mark.parametrize("row", GOLDEN["pictures"], ids=lambda row: row["name"])
def test_golden_picture(row):
    face, area = face_of(row["dots"]), Area(*row["area"])
    spoken = list(picture(face, area, sparing=False))
    assert encoded(spoken).hex() == row["hex"]
    assert painted(spoken) == painted(picture(face, area)) == {tuple(dot) for dot in row["dots"]}


def test_positions_are_those_of_the_client():
    assert (along(0), along(960), x_of(1090), x_of(130)) == (1090, 130, 0, 960)
    assert FACE.erase_area() == EraseArea(13, 130, 83, 1090)
    assert Area(0, 69, 8, 70).dots == 64
    assert encode(WHOLE) == b"\x1bL1000100961100"


@settings(max_examples=8)
@given(st.lists(st.tuples(st.integers(0, 959), st.integers(0, 559)), max_size=40), st.booleans())
def test_every_black_dot_and_no_other_arrives(dots, sparing):
    assert painted(picture(face_of(dots), sparing=sparing)) == set(dots)


def test_only_the_dots_of_the_area_are_sent_and_white_can_stay_at_home():
    face = face_of([(x, y) for x in range(100, 200) for y in range(100, 200)])
    area = Area(150, 20, 180, 23)
    assert painted(picture(face, area, sparing=False)) == {(x, y) for x in range(150, 180) for y in range(160, 184)}
    small = face_of([(10, 10), (900, 500)])
    assert len(encoded(list(picture(small)))) < 200 < 80_000 < len(encoded(list(picture(small, sparing=False))))
    assert list(picture(face_of([]))) == []


def test_a_box_is_its_four_edges():
    dots = painted(BoxElement(Area(100, 10, 120, 12)).messages())
    inside = {(x, y) for x in range(102, 118) for y in range(82, 94)}
    assert dots == {(x, y) for x in range(100, 120) for y in range(80, 96)} - inside
    line = painted(BoxElement(Area(0, 0, 4, 1), thick=8).messages())
    assert line == {(x, y) for x in range(4) for y in range(8)}


def test_elements_beyond_the_face_are_moved_to_its_edge():
    spoken = list(TextElement("A", 5000, -3, "small").messages())
    assert Across(83) in spoken and Along(130) in spoken and SIZES["small"] in spoken
