"""The simulated Star unit's end of the line by raw bytes, as the manual writes them, without our driver."""

import time

import pytest

from loyalty.devices.wire.star_tcp.block import frame
from tests.simulators.star_socket import DOT, Wire


@pytest.fixture
def wire():
    wire = Wire()
    yield wire
    wire.close()


@pytest.fixture
def old_wire():
    wire = Wire("star-tcp300")
    yield wire
    wire.close()


def test_the_manuals_status_request(wire):
    wire.send(bytes.fromhex("0259035A"))
    assert wire.read() == bytes.fromhex("0602592030303030303003 7A".replace(" ", ""))


def test_a_wrong_bcc_is_answered_with_nak(wire):
    wire.send(bytes.fromhex("02590300"))
    assert wire.read() == b"\x15"


def test_everything_before_stx_is_discarded(wire):
    wire.send(b"\x00\xff\x06\x15\x10hello" + bytes.fromhex("0259035A"))
    assert wire.read()[:3] == b"\x06\x02\x59"


def test_until_it_is_acknowledged_the_unit_hears_nothing_else_and_repeats_on_nak(wire):
    wire.send(bytes.fromhex("0259035A"))
    answer = wire.read()[1:]
    wire.send(bytes.fromhex("0259035A"))
    assert wire.read() == b""
    wire.send(b"\x15")
    assert wire.read() == answer
    wire.send(b"\x06" + bytes.fromhex("0258035B"))
    assert b"TCP3II V1.00.00" in wire.read()


@pytest.mark.parametrize("content", [b"\x31" + b"2", b"\x43500,0,FF", b"\x462", b"\x42" + b"7", b"\x38" + b"ab"])
def test_what_the_unit_must_reject_is_answered_with_dle_and_nothing_else(wire, content):
    wire.put()
    wire.send(frame(content))
    assert wire.read() == b"\x10"
    assert wire.ask(b"\x59")[0] == 0x20


def test_a_command_the_firmware_does_not_have_gets_status_41(wire, old_wire):
    assert wire.ask(b"\x44" + b"x") == b"\x41"
    assert old_wire.ask(b"\x4e1,2,1,A,11") == b"\x41"


def test_the_firmware_of_2003_takes_one_parameter(old_wire):
    old_wire.put()
    old_wire.send(frame(b"\x461,1,1"))
    assert old_wire.read() == b"\x10"
    assert old_wire.ask(b"\x461") == b"\x20"


def test_a_wait_for_a_card_is_ended_by_54h_and_only_that_is_answered(wire):
    wire.send(frame(b"\x22"))
    assert wire.read() == b"\x06"
    assert wire.unit.state()["waiting_for_card"]
    wire.send(frame(b"\x59"))  # no priority command: not heard
    assert wire.read() == b""
    wire.send(frame(b"\x54"))
    assert wire.read() == b"\x06" + frame(b"\x54\x20")
    wire.send(b"\x06")
    assert not wire.unit.state()["waiting_for_card"]


def test_reset_goes_ahead_of_everything_and_pushes_the_card_out(wire):
    wire.put()
    assert wire.ask(b"\x53") == b"\x20"
    assert wire.ask(DOT) == b"\x20"
    wire.unit.set_fault("slow", {"seconds": 5})
    wire.send(frame(b"\x46"))
    assert wire.read() == b"\x06"
    assert wire.ask(b"\x5f") == b"\x20"
    assert wire.ask(b"\x59") == b"\x20200000"
    assert wire.unit.state()["buffers_empty"]
    assert wire.unit.shown.blank


def test_a_waiting_command_goes_on_when_the_card_comes(wire):
    wire.send(frame(b"\x22"))
    assert wire.read() == b"\x06"
    wire.put()
    assert wire.read(0.3) == frame(b"\x22\x20M-0412")


def test_closing_the_path_starts_the_unit_afresh(wire):
    wire.put()
    wire.ask(b"\x53")
    wire.ask(DOT)
    wire.ask(b"\x39M-0413")
    wire.unit.set_fault("path_open", {})
    wire.send(frame(b"\x59"))
    assert wire.read() == b""
    wire.unit.clear_faults("path_open")
    assert wire.ask(b"\x59") == b"\x20200000"
    assert wire.unit.state()["buffers_empty"]
    wire.put()
    wire.send(frame(b"\x322"))
    assert wire.read() == b"\x10"  # the data for the stripe is gone as well


def test_power_cut_after_so_many_bytes(wire):
    wire.unit.set_fault("power_cut", {"after_bytes": 6})
    assert wire.ask(b"\x59")[0] == 0x20  # four bytes and the ACK
    wire.send(frame(b"\x59"))
    assert wire.read() == b""
    wire.unit.clear_faults()
    assert wire.ask(b"\x59")[0] == 0x20


def test_at_real_speed_the_line_takes_its_time():
    wire = Wire(speed="real")
    started = time.monotonic()
    wire.ask(b"\x41" + b"a" * 100)
    assert time.monotonic() - started > 100 * 10 / 9600
    wire.close()
