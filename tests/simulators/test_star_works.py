"""The simulated Star unit's works by raw bytes: card, stripe, buffers and face, without our driver."""


import pytest

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


def test_status_if_no_card(wire):
    assert wire.ask(b"\x26") == b"\x22"
    wire.put()
    assert wire.ask(b"\x26") == b"\x20M-0412"
    assert wire.ask(b"\x2a") == b"\x20M-0412"


def test_positions_as_the_sensors_tell_them(wire):
    def sensors():
        return wire.ask(b"\x59")[1:]

    wire.put()
    assert sensors() == b"100000"
    wire.ask(b"\x53")
    assert sensors() == b"011000"
    wire.ask(b"\x51")
    assert sensors() == b"000100"
    wire.ask(b"\x501")
    assert sensors() == b"200000"
    wire.ask(b"\x55")
    assert sensors() == b"100000"
    wire.ask(b"\x500")
    assert sensors() == b"100000"
    wire.ask(b"\x501")
    wire.ask(b"\x53")  # pulls a discharged card back in
    assert sensors() == b"011000"
    wire.unit.set_fault("cover_open", {})
    assert sensors() == b"011010"


def test_printing_keeps_the_buffers_so_the_next_card_gets_the_same_picture(wire):
    wire.ask(DOT)
    for uid in ("04000001", "04000002"):
        wire.put({"kind": "rewritable", "uid": uid})
        wire.ask(b"\x46")
        assert wire.unit.shown.printed.getpixel((0, 0)) == 255
    wire.ask(b"\x49")
    assert wire.unit.state()["buffers_empty"]


def test_49h_empties_one_buffer_in_2003_and_both_in_2005(wire, old_wire):
    for bench, empty in ((wire, True), (old_wire, False)):
        bench.ask(b"\x411,20,100,Text")
        bench.ask(DOT)
        bench.ask(b"\x49")
        assert bench.unit.state()["buffers_empty"] is empty
        bench.ask(b"\x40")
        assert bench.unit.state()["buffers_empty"]


def test_print_without_erasing_adds_to_what_is_there(wire):
    wire.put()
    wire.ask(DOT)
    wire.ask(b"\x460")
    wire.ask(b"\x49")
    wire.ask(b"\x4310,0,01")
    wire.ask(b"\x461,0")
    printed = wire.unit.shown.printed
    assert (printed.getpixel((0, 0)), printed.getpixel((10, 0))) == (255, 255)


def test_erase_only_and_print_only(old_wire):
    old_wire.put()
    old_wire.ask(DOT)
    old_wire.ask(b"\x470")
    assert not old_wire.unit.shown.blank
    old_wire.ask(b"\x481")
    assert old_wire.unit.shown.blank


def test_several_columns_in_one_block(wire):
    wire.ask(b"\x4d5,1,2,0100000280FF")
    raster = wire.unit.buffers.raster
    black = {(x, y) for x in range(480) for y in range(320) if raster.getpixel((x, y))}
    assert black == {(5, 8), (6, 17), (7, 15), *((7, y) for y in range(16, 24))}


def test_writing_needs_data_and_reads_back(wire):
    wire.put()
    wire.ask(b"\x39M-0413")
    assert wire.ask(b"\x322") == b"\x20"
    assert wire.ask(b"\x26") == b"\x20M-0413"
    wire.put({"kind": "plain"})
    assert wire.ask(b"\x322") == b"\x23"


def test_settings_wear_the_eeprom_and_counters_count(wire):
    wire.ask(b"\x91R2")
    wire.ask(b"\x900")
    assert wire.unit.counters["eeprom_writes"] == 2
    wire.put()
    wire.ask(b"\x46")
    assert wire.ask(b"\x96") == b"\x201"
    assert wire.ask(b"\x95")[1:] == str(wire.unit.counters["transports"]).encode()
