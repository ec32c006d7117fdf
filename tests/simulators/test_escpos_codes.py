"""Linear codes and squares of the simulated printer, read by a scanner's eyes."""

import pytest
from barcode.charsets import code39, code128

from simulators.paper import barcode as paper_barcode
from simulators.paper.barcode import bars
from tests.simulators.escpos_slip import Slip

# a scanner reads UPC as the EAN-13 it is, UPC-E unpacked
BARS = [
    (65, b"01234567890", ("EAN13", "0012345678905")),
    (66, b"0123456", ("UPCE", "0012345000065")),
    (67, b"400638133393", ("EAN13", "4006381333931")),
    (68, b"9638507", ("EAN8", "96385074")),
    (69, b"ABC-12 $/+%.", ("Code39", "ABC-12 $/+%.")),
    (70, b"0123456789", ("ITF", "0123456789")),
    (71, b"A40156B", ("Codabar", "A40156B")),
    (72, b"Code 93/x", ("Code93", "Code 93/x")),
    (73, b"{A12\x09{B ab{C\x0c\x22", ("Code128", "12\t ab1234")),
]


@pytest.mark.parametrize(("kind", "data", "read"), BARS, ids=[row[2][0] for row in BARS])
def test_every_linear_code_reads(kind, data, read):
    slip = Slip().take(b"\x1dw\x02\x1dk" + bytes((kind, len(data))) + data)
    assert slip.codes() == [read]


def test_form_a_of_the_bar_command_reads_the_same():
    assert Slip().take(b"\x1dk\x02400638133393\x00").codes() == [("EAN13", "4006381333931")]


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        (67, b"12"), (65, b"x" * 12), (66, b"01234567890"), (69, b"a_b"), (70, b"123"), (71, b"12"), (73, b"{Cx"),
        (99, b"1"),
    ],
)  # fmt: skip
def test_data_that_a_code_cannot_carry_prints_nothing(kind, data):
    slip = Slip().take(b"\x1dk" + bytes((kind, len(data))) + data)
    assert slip.box() is None and slip.press.counts["bad_bars"] == 1


def test_the_text_of_a_code_stands_above_or_below():
    plain = Slip().take(b"\x1dh\x40\x1dk\x02400638133393\x00").paper.height
    below = Slip().take(b"\x1dh\x40\x1dH\x02\x1dk\x02400638133393\x00").paper.height
    both = Slip().take(b"\x1dh\x40\x1dH\x03\x1dk\x02400638133393\x00").paper.height
    assert (plain, below, both) == (64, 90, 116)


def test_the_tables_agree_with_another_hands():
    """python-barcode drew its own tables."""
    for sign, (_, modules) in code39.MAP.items():
        assert bars(69, sign.encode())[0][16:31] == modules
    widths = [paper_barcode._128[value] for value in range(len(code128.CODES))]
    assert ["".join(("0" if at % 2 else "1") * int(n) for at, n in enumerate(w)) for w in widths] == list(code128.CODES)


def qr(data: bytes, dots_: int = 4, level: bytes = b"1", model: bytes = b"2") -> bytes:
    def function(body: bytes) -> bytes:
        return b"\x1d(k" + len(body).to_bytes(2, "little") + body

    settings = function(b"1A" + model + b"\0") + function(b"1C" + bytes((dots_,))) + function(b"1E" + level)
    return settings + function(b"1P0" + data) + function(b"1Q0")


@pytest.mark.parametrize("data", [b"M00012345", "https://shop.example/r/茶".encode(), b"0" * 300])
@pytest.mark.parametrize("level", [b"0", b"1", b"2", b"3"])
def test_squares_read_at_every_level(data, level):
    assert Slip().take(qr(data, level=level)).codes() == [("QRCode", data.decode())]


def test_a_square_is_as_large_as_its_modules():
    left, _, right, _ = Slip().take(qr(b"M00012345", dots_=6)).box()
    assert right - left == 21 * 6


def test_more_data_than_a_square_holds_is_counted_and_not_drawn():
    slip = Slip().take(qr(b"x" * 3000))
    assert slip.box() is None and slip.press.counts["not_drawn"] == 1
