"""An SSI scanner at the counter: one scan for each pull of the trigger, whatever becomes of packets on the way."""

import pytest

from loyalty.devices.interfaces import Health, Scanner
from loyalty.errors import Garbled, LinkLost, NoAnswer, Rejected
from tests.devices.scanner_desk import LONG_S, ScannerDesk

NAME = "zebra-ds2208-ssi"


@pytest.fixture
def desk():
    desk = ScannerDesk(NAME, tcp=True, response_timeout_s=10.0)
    yield desk
    desk.close()


@pytest.fixture
def hasty_desk():
    """Where an answer never comes, nobody waits long for it."""
    desk = ScannerDesk(NAME, tcp=True, response_timeout_s=0.2)
    yield desk
    desk.close()


def scanned(desk, data, symbology="QR"):
    desk.scanner.status()  # ready before the trigger is pulled
    desk.unit.scan(data, symbology)
    return desk.scanner.poll(LONG_S)


def test_a_scan_shows_once_with_its_symbology(desk):
    assert isinstance(desk.scanner, Scanner)
    assert scanned(desk, "5901234123457", "EAN13") == desk.seen("5901234123457")
    assert desk.scanner.last.symbology == "EAN13"
    assert desk.scanner.poll(0.05) is None


def test_on_a_serial_line_too():
    desk = ScannerDesk(NAME)
    assert scanned(desk, "M-1") == desk.seen("M-1")
    desk.close()


@pytest.mark.parametrize("fault", ["lost_ack", "wrong_checksum", "double_send", "noise"])
def test_a_packet_sent_again_is_one_scan(desk, fault):
    desk.scanner.status()
    desk.unit.set_fault(fault, {})
    assert scanned(desk, "M-1") == desk.seen("M-1")
    assert desk.scanner.poll(0.2) is None
    assert fault not in desk.unit.state()["faults"]
    assert scanned(desk, "M-2") == desk.seen("M-2")


def test_two_lost_acknowledgements_are_one_scan_still(desk):
    desk.scanner.status()
    desk.unit.set_fault("lost_ack", {"times": 2})
    assert scanned(desk, "M-1") == desk.seen("M-1")
    assert desk.scanner.poll(0.2) is None
    assert "codes_given_up" not in desk.unit.state()["counters"]


@pytest.mark.parametrize("line_fault", ["drop", "garble", "duplicate"])
def test_a_byte_that_the_line_spoils(desk, line_fault):
    desk.scanner.status()
    desk.unit.set_fault(line_fault, {"after": 6})
    desk.unit.scan("M-000123", "QR")
    assert desk.scanner.poll(LONG_S) == desk.seen("M-000123")
    assert desk.scanner.poll(0.2) is None


def test_a_spoilt_answer_is_asked_for_again(desk):
    desk.scanner.status()
    desk.unit.set_fault("garble", {"after": 6})
    assert "PAACWS00" in desk.scanner.status().detail


def test_a_long_code_in_several_packets():
    desk = ScannerDesk(NAME, tcp=True)
    long_code = "".join(chr(0x21 + at % 90) for at in range(256))
    desk.scanner.status()
    desk.unit.set_fault("lost_ack", {})
    assert scanned(desk, long_code) == desk.seen(long_code)
    assert desk.scanner.poll(0.1) is None
    desk.close()


def test_member_numbers_and_coupons_of_gs1(desk):
    assert scanned(desk, "8018123456789012345675", "GS1-128") == desk.seen("123456789012345675", "number")
    assert scanned(desk, "2554006381333931000123", "GS1-128") == desk.seen("4006381333931000123", "coupon")
    desk.unit.scan("8018123456789012345674", "GS1-128")
    with pytest.raises(Garbled, match="check digit"):
        desk.scanner.poll(LONG_S)
    assert scanned(desk, "8018123456789012345675", "CODE128") == desk.seen("8018123456789012345675")


def test_its_verbs(desk):
    status = desk.scanner.status()
    assert status.health is Health.READY and "PAACWS00" in status.detail
    desk.scanner.beep(3)
    assert desk.unit.state()["counters"]["beeps"] == 1
    desk.scanner.disable()
    assert not desk.unit.state()["enabled"]
    desk.unit.scan("M-1", "QR")
    assert desk.scanner.poll(0.1) is None
    desk.scanner.enable()
    assert scanned(desk, "M-2") == desk.seen("M-2")
    desk.scanner.set_parameter(0x8C, 1)


def test_what_the_scanner_refuses_is_told(desk):
    desk.scanner.status()
    desk.unit.set_fault("refuse", {})
    with pytest.raises(Rejected, match="BEEP"):
        desk.scanner.beep()
    for wrong in (lambda: desk.scanner.beep(99), lambda: desk.scanner.set_parameter(999, 1)):
        with pytest.raises(Rejected):
            wrong()
    desk.scanner.beep()


def test_a_silent_scanner_is_told_and_found_again(hasty_desk):
    hasty_desk.unit.set_fault("silent", {})
    with pytest.raises(NoAnswer):
        hasty_desk.scanner.status()
    with pytest.raises(NoAnswer):
        hasty_desk.scanner.poll(0)
    hasty_desk.unit.clear_faults()
    assert hasty_desk.plug() is not None


def test_a_pulled_cable_is_told_and_a_new_port_works(desk):
    assert scanned(desk, "M-1") == desk.seen("M-1")
    desk.unit.set_fault("cut", {})
    with pytest.raises(LinkLost):
        while True:
            desk.scanner.poll(1)
    desk.until(lambda state: not state["host_connected"])
    desk.unit.clear_faults()
    desk.plug()
    assert scanned(desk, "M-2") == desk.seen("M-2")


def test_noise_alone_is_not_answered_for_ever(hasty_desk):
    hasty_desk.plug()
    hasty_desk.scanner.status()
    for _ in range(40):
        hasty_desk.unit.say(bytes.fromhex("07f30000014e52fe66"))
    assert hasty_desk.scanner.poll(0.5) is None
    refusals = bytes(hasty_desk.traced).count(bytes.fromhex("05d1040001ff25"))
    assert 1 <= refusals <= 8
