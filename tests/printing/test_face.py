"""A card's face: it can be read by people and scanners, and only what changed is different."""

import io
import time
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import zxingcpp
from PIL import Image, ImageChops

from loyalty.contract.outcomes import Expiring, FaceData
from loyalty.contract.raster import Raster
from loyalty.errors import Invalid
from loyalty.printing.face import face_zones, render_face
from loyalty.printing.fonts import GlyphMissing
from loyalty.printing.picture import image_of
from tests.printing.samples import ENGLISH, FACES, GOLDEN, HONG_KONG, MAINLAND, NEWCOMER, SHOP_ZONE, has_pinned_font

SIZES = ((480, 320), (600, 400), (1016, 648))


def render(data: FaceData, dots: tuple[int, int] = (480, 320)) -> Raster:
    return render_face(data, dots, zone=SHOP_ZONE)


def codes_on(raster: Raster) -> set[tuple[str, str]]:
    return {(code.format.name, code.text) for code in zxingcpp.read_barcodes(image_of(raster))}


def changed_rows(before: FaceData, after: FaceData) -> tuple[int, int]:
    """First row that differs and the row after the last."""
    box = ImageChops.difference(image_of(render(before)), image_of(render(after))).getbbox()
    assert box, "the faces are the same"
    return box[1], box[3]


@pytest.mark.parametrize("dots", SIZES)
@pytest.mark.parametrize("data", FACES.values(), ids=FACES)
def test_both_codes_read_as_the_number(data, dots):
    assert codes_on(render(data, dots)) == {("Code128", data.number), ("QRCode", data.number)}


@pytest.mark.parametrize("number", ["1", "12345", "00000000", "1234567890123456", "A-17", "HK12345678"])
def test_numbers_of_any_usual_shape_read(number):
    assert codes_on(render(replace(ENGLISH, number=number))) == {("Code128", number), ("QRCode", number)}


def test_a_number_too_long_for_bars_keeps_its_square():
    number = "LOYALTY-MEMBER-0001"
    assert codes_on(render(replace(ENGLISH, number=number))) == {("QRCode", number)}


def test_a_number_too_long_for_both_codes_side_by_side_keeps_the_bars():
    number = "123456789012345678901234567890"
    assert codes_on(render(replace(ENGLISH, number=number))) == {("Code128", number)}


@pytest.mark.parametrize("dots", SIZES)
@pytest.mark.parametrize("data", FACES.values(), ids=FACES)
def test_three_millimetres_stay_free_at_the_left_and_below(data, dots):
    left, _, right, bottom = ImageChops.invert(image_of(render(data, dots))).getbbox()
    assert left >= dots[1] * 23 // 320  # 24 dots at 8 dots/mm; a round letter may hang out by one
    assert right <= dots[0] - 4
    assert bottom <= dots[1] - dots[1] * 24 // 320 + 1


def test_a_usual_visit_changes_the_foot_only():
    zones = face_zones((480, 320))
    after = replace(
        ENGLISH, balance="1,855", as_of=datetime(2026, 12, 3, 2, 5, tzinfo=UTC), visited_on=date(2026, 12, 3),
        expiring=Expiring(date(2027, 5, 31), Decimal("115.50")),
    )  # fmt: skip
    assert changed_rows(ENGLISH, after)[0] > zones.foot[1]


def test_a_new_level_changes_the_head_only():
    zones = face_zones((480, 320))
    _, last = changed_rows(ENGLISH, replace(ENGLISH, tier="Platinum", tier_rank=3))
    assert last <= zones.head[3]


def test_the_zones_cover_the_face_without_overlap():
    zones = face_zones((1016, 648))
    assert zones.head[1] == 0
    assert zones.head[3] == zones.body[1]
    assert zones.body[1] + zones.body[3] == zones.foot[1]
    assert zones.foot[1] + zones.foot[3] == 648


def test_every_rank_has_a_badge_of_its_own():
    badges = {render(replace(ENGLISH, tier="VIP", tier_rank=rank)).rows for rank in range(5)}
    assert len(badges) == 5
    assert render(replace(ENGLISH, tier="VIP", tier_rank=9)) == render(replace(ENGLISH, tier="VIP", tier_rank=4))


def test_without_levels_there_is_no_badge():
    left, right = 265, 479
    head = image_of(render(replace(ENGLISH, tier=""))).crop((left, 0, right, 44))
    assert ImageChops.invert(head).getbbox() is None


@pytest.mark.parametrize("field", ["shop", "name", "unit", "tier"])
def test_a_character_without_a_shape_is_an_error_that_names_it(field):
    with pytest.raises(GlyphMissing, match=r"🍕 \(U\+1F355\)") as raised:
        render(replace(ENGLISH, **{field: "Pizza 🍕"}))
    assert raised.value.code == "glyph_missing"


@pytest.mark.parametrize("name", ["W" * 200, "蘇" * 60, "Anna " * 40, "x"])
def test_no_name_runs_into_the_square(name):
    assert ("QRCode", "880012345678") in codes_on(render(replace(ENGLISH, name=name)))


@pytest.mark.parametrize("text", ["T" * 300, "茶" * 100])
def test_no_text_however_long_leaves_its_place(text):
    data = replace(ENGLISH, shop=text, tier=text, unit=text)
    raster = render(data)
    assert codes_on(raster) == {("Code128", data.number), ("QRCode", data.number)}
    assert ImageChops.invert(image_of(raster)).getbbox()[2] <= 464


def test_long_balances_shrink_and_do_not_touch_the_time():
    raster = render(replace(MAINLAND, balance="123,456,789.50"))
    gap = image_of(raster).crop((308, 205, 314, 245))
    assert ImageChops.invert(gap).getbbox() is None


def test_a_long_western_name_takes_two_lines():
    assert render(NEWCOMER) != render(replace(NEWCOMER, name="Maria-Antonia"))


def test_the_time_is_the_shops():
    assert render_face(ENGLISH, zone=SHOP_ZONE) != render_face(ENGLISH, zone=UTC)
    assert render_face(ENGLISH) == render_face(ENGLISH, zone=UTC)  # as the moment itself says


def test_a_face_below_480_by_320_is_refused():
    with pytest.raises(Invalid, match="480x320"):
        render_face(ENGLISH, (479, 320))


def test_a_face_takes_less_than_15_ms():
    render(HONG_KONG)
    times = []
    for _ in range(10):
        start = time.perf_counter()
        render(HONG_KONG)
        times.append(time.perf_counter() - start)
    assert min(times) < 0.015


@pytest.mark.skipif(not has_pinned_font(), reason="another version of Noto Sans CJK draws other dots")
@pytest.mark.parametrize("name", FACES)
def test_faces_look_as_they_were_approved(name):
    """A change of the design is looked at, then drawn anew with `python -m tests.printing.samples`."""
    approved = Image.open(io.BytesIO((GOLDEN / f"{name}.png").read_bytes())).convert("L")
    drawn = image_of(render(FACES[name]))
    assert ImageChops.difference(approved, drawn).getbbox() is None
