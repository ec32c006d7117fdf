"""The receipt driver against the simulated printer, byte by byte over a real line."""

import pytest
import zxingcpp
from PIL import ImageChops

from loyalty.contract.paper import BarCode, Cut, OpenDrawer, Picture, QrCode, Text
from loyalty.contract.raster import Raster
from loyalty.devices.drivers.escpos import open_driver
from loyalty.devices.interfaces import CashDrawer, ReceiptPrinter
from loyalty.devices.registry import driver_for
from loyalty.devices.wire.escpos import Command, Decoder, RealTimeEar, Unknown
from loyalty.errors import (
    ConfigError,
    Rejected,
)
from tests.devices.escpos_bench import Till, with_facts
from tests.printing.samples import CHINESE_RECEIPT, RECEIPT

SLIP = (Text("Thank you"), QrCode("p_1"), Cut())


@pytest.fixture
def till():
    till = Till()
    yield till
    till.close()


@pytest.fixture(params=[False, True], ids=["tcp", "pty"])
def any_till(request):
    till = Till(pty=request.param)
    yield till
    till.close()


# -- what comes out ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("profile", ["escpos-80mm", "escpos-58mm"])
@pytest.mark.parametrize("data", [RECEIPT, CHINESE_RECEIPT], ids=["english", "chinese"])
def test_a_whole_receipt_comes_out_and_its_square_reads(profile, data):
    till = Till(profile)
    till.printer.print(till.lay_out(data))
    assert till.codes() == [("QRCode", data.purchase)]
    state = till.unit.state()
    assert (state["unknown_commands"], state["not_drawn"], state["waiting"]) == ([], {}, 0)
    till.close()


def test_it_works_over_a_serial_line_as_well(any_till):
    any_till.printer.print(SLIP)
    assert any_till.codes() == [("QRCode", "p_1")]


def test_two_receipts_in_a_row_are_two_slips(till):
    till.printer.print((Text("first"), QrCode("p_1"), Cut()))
    till.printer.print((Text("second"), QrCode("p_2"), Cut()))
    assert till.codes() == [("QRCode", "p_2")]
    assert till.unit.state()["counters"]["cuts"] == 2


def test_bars_read_and_leave_the_text_after_them_at_the_left(till):
    till.printer.print((BarCode("880012345678"), Text("left"), Cut()))
    paper = till.paper()
    assert ("Code128", "880012345678") in till.codes()
    (code,) = zxingcpp.read_barcodes(paper)
    assert code.position.top_left.x > 150
    below = paper.crop((0, code.position.bottom_left.y + 40, paper.width, paper.height - 130))
    left, _, right, _ = ImageChops.invert(below).getbbox()
    assert left < 50 and right < 120


@pytest.mark.parametrize("data", ["LOYALTY-17", "1", "12345", "a{b}c", "16200100", "0" * 24])
def test_bars_of_any_data_read(till, data):
    till.printer.print((BarCode(data, text=False), Cut()))
    assert till.codes() == [("Code128", data)]


def test_a_picture_arrives_dot_by_dot_though_sent_in_strips(till):
    rows = bytes((x * 7 + y * 13) % 256 for y in range(200) for x in range(72))
    till.printer.print((Picture(Raster(576, 200, rows)), Cut()))
    printed = till.unit.mechanism.paper.image().crop((32, 0, 608, 200))
    at = printed.point(lambda grey: 255 - grey).convert("1").tobytes()
    different = [(a, b) for a, b in zip(rows, at, strict=True) if a != b]
    assert all(a == 0x10 and b == 0x18 for a, b in different)  # see encode.harmless


def test_sizes_and_weights_are_the_printers_own(till):
    till.printer.print((Text("A", bold=True, width=2, height=3, align="center"), Cut()))
    commands = {m.name: m for m in Decoder().feed(till.sent()) if isinstance(m, Command)}
    assert commands["size"].arguments == b"\x12"
    assert b"\x1bE\x01" in till.sent() and b"\x1ba\x01" in till.sent()


def test_what_is_sent_holds_only_known_commands_and_asks_nothing_inside_them(till):
    till.printer.print(till.lay_out(CHINESE_RECEIPT))
    job = till.sent()
    assert not [message for message in Decoder().feed(job) if isinstance(message, Unknown)]
    start = job.index(b"\x1b@")
    end = job.rindex(b"\x1dr\x01")
    assert RealTimeEar().feed(job[start:end]) == []


def test_the_library_keeps_standard_output_clean(till, capsys):
    till.printer.print((BarCode("12"), QrCode("x"), OpenDrawer(), Cut()))
    assert capsys.readouterr() == ("", "")


def test_the_drawer_springs_open_and_says_so(till):
    assert till.printer.drawer_is_open() is False
    till.printer.open_drawer()
    assert till.printer.drawer_is_open() is True
    assert till.unit.state()["drawer"] == {"open": True, "pulses": 1}


def test_a_drawer_without_a_contact_says_nothing():
    till = Till(drawer_sensor="none")
    assert till.printer.drawer_is_open() is None
    till.close()


def test_a_printer_without_a_knife_is_sent_no_cut():
    till = Till("escpos-58mm")
    till.printer.print(SLIP)
    assert b"\x1dV" not in till.sent()
    till.close()


# -- what is refused before anything is sent ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "part",
    [
        Text("凍檸茶"),
        Text("bell\a"),
        Picture(Raster.blank(584, 1)),
        QrCode(""),
        QrCode("x", module_dots=17),
        QrCode("a\x10\x14b"),
        QrCode("x" * 701),
        BarCode("é"),
        BarCode("1" * 600),
        OpenDrawer(pin=3),
    ],
    ids=lambda part: type(part).__name__,
)
def test_a_part_that_cannot_be_printed_is_rejected_and_nothing_is_sent(till, part):
    with pytest.raises(Rejected):
        till.printer.print((Text("before"), part, Cut()))
    assert till.sent() == b""


def test_a_printer_that_speaks_another_language_is_refused(till):
    with pytest.raises(ConfigError, match="star line"):
        open_driver(None, with_facts(till.profile, language="star line"))


def test_the_registry_finds_the_driver_and_it_has_its_roles(till):
    assert driver_for(till.profile) is open_driver
    assert isinstance(till.printer, ReceiptPrinter)
    assert isinstance(till.printer, CashDrawer)
