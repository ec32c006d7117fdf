"""A receipt: in the printer's font where it can, as pictures in the same grid where it cannot."""

from dataclasses import replace

import pytest

from loyalty.contract.outcomes import ReceiptLine
from loyalty.contract.paper import Cut, Picture, QrCode, Text
from loyalty.printing.columns import width_of
from loyalty.printing.picture import image_of
from loyalty.printing.receipt import lay_out_receipt
from tests.printing.samples import CHINESE_RECEIPT, RECEIPT, SHOP_ZONE

PAPERS = [(48, 576), (32, 384)]


def ascii_only(text: str) -> bool:
    return text.isascii() and text.isprintable()


def lay_out(data, columns=48, dots=576, encodable=ascii_only):
    return lay_out_receipt(data, columns, dots, encodable, zone=SHOP_ZONE)


def texts(parts) -> list[str]:
    return [part.text for part in parts if isinstance(part, Text)]


@pytest.mark.parametrize(("columns", "dots"), PAPERS)
@pytest.mark.parametrize("data", [RECEIPT, CHINESE_RECEIPT], ids=["english", "chinese"])
def test_everything_fits_the_paper(data, columns, dots):
    for part in lay_out(data, columns, dots):
        if isinstance(part, Text):
            assert width_of(part.text) * part.width <= columns
        if isinstance(part, Picture):
            assert part.raster.width == dots


def test_an_english_receipt_says_all_there_is_to_say():
    said = "\n".join(texts(lay_out(RECEIPT)))
    for words in ("Harbour Tea House", "21 Nov 2026", "19:20", "No. 8800 1234 5678", "Flat white", "HKD 115.65",
                  "+115 points", "1,740 points", "Gold", "valid to 30 Apr 2027", "p_01JD9X6V5K"):  # fmt: skip
        assert words in said


@pytest.mark.parametrize(("columns", "dots"), PAPERS)
def test_amounts_stand_in_one_column(columns, dots):
    said = texts(lay_out(RECEIPT, columns, dots))
    ends = [line for line in said if line.endswith(("38.00", "90.50", "-12.85"))]
    assert [len(line) for line in ends] == [columns] * 3


def test_it_ends_with_the_purchase_as_a_square_and_a_cut():
    *_, square, _, _, last = lay_out(RECEIPT)
    assert square == QrCode("p_01JD9X6V5K", module_dots=6)
    assert last == Cut()


def test_lines_the_printer_cannot_write_become_pictures_with_the_amount_in_the_same_place():
    line = ReceiptLine("凍檸茶", "28.00")
    drawn = lay_out(replace(RECEIPT, lines=(line,)))
    written = lay_out(replace(RECEIPT, lines=(line,)), encodable=lambda text: True)
    at = next(i for i, part in enumerate(written) if isinstance(part, Text) and "凍檸茶" in part.text)
    picture = drawn[at]
    assert isinstance(picture, Picture)
    ink = image_of(picture.raster).point(lambda grey: 255 - grey)
    assert ink.crop((576 - 5 * 12, 0, 576, 30)).getbbox() is not None  # the amount
    assert ink.crop((6 * 12, 0, 576 - 5 * 12, 30)).getbbox() is None  # nothing between


def test_chinese_is_written_as_text_by_a_printer_that_can():
    parts = lay_out(CHINESE_RECEIPT, encodable=lambda text: True)
    assert any("多謝惠顧" in text for text in texts(parts))


def test_a_pictogram_is_named_rather_than_lost_or_boxed():
    said = texts(lay_out(replace(RECEIPT, lines=(ReceiptLine("Pizza 🍕", "8.00"),))))
    assert any(line.startswith("Pizza [U+1F355]") for line in said)


def test_a_sale_without_a_card_says_nothing_of_points():
    bare = replace(RECEIPT, masked_name="", number="", earned="", balance="", tier="", notes=())
    said = "\n".join(texts(lay_out(bare)))
    assert "Member" not in said and "Balance" not in said and "TOTAL" in said


@pytest.mark.parametrize(
    ("earned", "shown"), [("115", "+115"), ("0", "0"), ("-5", "-5"), ("+7", "+7"), ("0.00", "0.00")]
)
def test_earned_points_carry_their_sign(earned, shown):
    assert any(
        f" {shown} points" in line and "Earned" in line for line in texts(lay_out(replace(RECEIPT, earned=earned)))
    )


def test_on_narrow_paper_name_and_number_get_a_line_each():
    said = texts(lay_out(RECEIPT, 32, 384))
    assert f"{'Member':<20}Alexandra W." in said
    assert f"{'No.':<18}8800 1234 5678" in said


def test_a_total_too_wide_for_large_type_is_written_small():
    parts = lay_out(replace(RECEIPT, total="1,234,567.89"), 32, 384)
    assert next(part for part in parts if isinstance(part, Text) and "TOTAL" in part.text).width == 1


def test_a_long_shop_name_is_wrapped_at_its_size():
    parts = lay_out(replace(RECEIPT, shop="The Very Long Named Coffee Roasters of Kowloon"))
    name = [part.text for part in parts if isinstance(part, Text) and part.width == 2][:2]
    assert name == ["The Very Long Named", "Coffee Roasters of"]
