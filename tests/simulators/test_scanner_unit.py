"""The simulated scanner: what it sends, and what it refuses to have read."""

import pytest

from loyalty.devices.profiles import read_profile
from simulators.card import CardInvalid
from simulators.serial_scanner import build
from simulators.unit import FaultUnknown


@pytest.fixture
def unit():
    unit = build(read_profile("serial-scanner"), "fast")
    unit.said = bytearray()
    unit.send = unit.said.extend
    return unit


def test_a_code_goes_out_with_its_suffix(unit):
    unit.scan("5901234123457", "EAN-13")
    assert unit.said == b"5901234123457\r"
    assert unit.state()["counters"] == {"scans": 1}


@pytest.mark.parametrize(
    ("data", "symbology", "why"),
    [
        ("5901234123458", "EAN-13", "check digit"),
        ("590123412345", "EAN13", "13 digits"),
        ("96385075", "EAN8", "8 digits"),
        ("", "QR", "1 to 256"),
        ("9" * 257, "QR", "1 to 256"),
        ("王", "QR", "latin-1"),
        ("1", "RUNES", "no symbology"),
    ],
)
def test_what_no_scanner_reads_is_refused(unit, data, symbology, why):
    with pytest.raises(CardInvalid, match=why):
        unit.scan(data, symbology)
    assert not unit.said


@pytest.mark.parametrize(
    ("data", "symbology"), [("96385074", "ean 8"), ("036000291452", "UPC-A"), ("A\x1dB", "gs1-128")]
)
def test_what_scanners_read(unit, data, symbology):
    unit.scan(data, symbology)
    assert unit.said == data.encode() + b"\r"


@pytest.mark.parametrize(
    ("fault", "sent"), [("no_suffix", b"A"), ("double_read", b"A\rA\r"), ("noise", b"\x00\xff\xf0\xffA\r")]
)
def test_faults(unit, fault, sent):
    unit.set_fault(fault, {})
    unit.scan("A", "QR")
    assert unit.said == sent


def test_slow_takes_seconds(unit):
    with pytest.raises(FaultUnknown):
        unit.set_fault("slow", {"seconds": "x"})
    unit.set_fault("slow", {"seconds": 0.001})
    unit.scan("AB", "QR")
    assert unit.said == b"AB\r"


def test_it_hears_nothing(unit):
    unit.receive(b"hello")
    assert not unit.said and unit.log.after(0)[0]["meaning"] == "not heard"
