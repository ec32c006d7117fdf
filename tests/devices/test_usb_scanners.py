"""Scanners on USB: HID POS reports and typed keys, from a Unix socket below the driver; every fault, many replugs."""

import pytest

from loyalty.devices.interfaces import Health, Scanner
from loyalty.devices.trace.telling import teller_for
from loyalty.devices.transports.evdev import EvdevDevice, devices
from loyalty.errors import ConfigError, Garbled, LinkLost, NoAnswer, Rejected
from tests.devices.scanner_desk import LONG_S, ScannerDesk

HID, HONEYWELL, TYPING, MENU = "hid-pos-scanner", "honeywell-1900-hid-pos", "evdev-scanner", "honeywell-1900-menu"


@pytest.fixture
def desk_of():
    desks = []

    def opened(name, **facts):
        desks.append(ScannerDesk(name, tcp=name == MENU, **facts))
        return desks[-1]

    yield opened
    for desk in desks:
        desk.close()


def scanned(desk, data, symbology="QR"):
    desk.unit.scan(data, symbology)
    return desk.scanner.poll(LONG_S)


@pytest.mark.parametrize("name", [HID, HONEYWELL, TYPING, MENU])
def test_a_scan_shows_once(desk_of, name):
    desk = desk_of(name, gap_s=LONG_S) if name == TYPING else desk_of(name)
    assert isinstance(desk.scanner, Scanner)
    for data in ("5901234123457", "M-000123", "a" * 60 + "~!" * 98, "Grüße", "0109501101530003\x1d2110"):
        assert scanned(desk, data, "EAN13" if data.isdigit() else "QR") == desk.seen(data)
    assert desk.scanner.poll(0.05) is None
    assert desk.scanner.status().health is Health.READY


@pytest.mark.parametrize("name", [HID, TYPING])
def test_unplugged_and_plugged_in_a_hundred_times(desk_of, name):
    desk = desk_of(name)
    for cycle in range(100):
        assert scanned(desk, f"M-{cycle}") == desk.seen(f"M-{cycle}")
        desk.unit.set_fault("cut", {})
        with pytest.raises(LinkLost):
            while True:
                desk.scanner.poll(1)
        desk.scanner.close()
        desk.until(lambda state: not state["host_connected"])
        desk.unit.clear_faults()
        desk.plug()


@pytest.mark.parametrize("name", [HID, TYPING])
def test_a_code_read_twice_is_one_scan(desk_of, name):
    desk = desk_of(name, repeat_ignore_s=60)
    desk.unit.set_fault("double_read", {})
    assert scanned(desk, "M-1") == desk.seen("M-1")
    assert desk.scanner.poll(0.1) is None
    assert scanned(desk, "M-2") == desk.seen("M-2")


def test_member_numbers_of_gs1(desk_of):
    desk = desk_of(HID)
    assert scanned(desk, "8018123456789012345675", "GS1-128") == desk.seen("123456789012345675", "number")
    assert desk.scanner.last.symbology == "GS1128"
    desk.unit.scan("8018123456789012345674", "GS1-128")
    with pytest.raises(Garbled, match="check digit"):
        desk.scanner.poll(LONG_S)
    plain = desk_of(HID, gs1=False)
    assert scanned(plain, "8018123456789012345675", "GS1-128") == plain.seen("8018123456789012345675")


def test_a_typed_identifier_comes_off(desk_of):
    desk = desk_of(TYPING)
    assert scanned(desk, "]C18018123456789012345675") == desk.seen("123456789012345675", "number")


def test_a_report_that_is_none_is_told_and_the_next_code_read(desk_of):
    desk = desk_of(HID)
    desk.unit.set_fault("bad_report", {})
    desk.unit.scan("M-1", "QR")
    with pytest.raises(Garbled) as told:
        desk.scanner.poll(LONG_S)
    assert "Scan again" in told.value.advice
    assert scanned(desk, "M-2") == desk.seen("M-2")


def test_a_trace_has_nothing_of_a_typed_code(desk_of):
    for name in (TYPING, HID):
        desk = desk_of(name)
        scanned(desk, "123456789012")
        told = teller_for(desk.profile).tell("device", bytes(desk.traced))
        assert told.private and "123456" not in told.meaning


@pytest.mark.parametrize(
    ("fault", "ends_with"), [("other_suffix", "any"), ("no_suffix", "ENTER"), ("caps_lock", "ENTER")]
)
def test_how_a_typed_code_may_end_and_begin(desk_of, fault, ends_with):
    desk = desk_of(TYPING, ends_with=ends_with)
    desk.unit.set_fault(fault, {})
    assert scanned(desk, "12345-67") == desk.seen("12345-67")


def test_keys_that_the_kernel_threw_away_spoil_the_code(desk_of):
    desk = desk_of(TYPING)
    desk.unit.set_fault("dropped", {})
    desk.unit.scan("M-000123", "QR")
    with pytest.raises(Garbled, match="lost"):
        desk.scanner.poll(LONG_S)
    assert scanned(desk, "M-2") == desk.seen("M-2")


def test_a_honeywell_is_asked_and_set(desk_of):
    desk = desk_of(MENU)
    assert desk.scanner.status().detail == "Product Name: Xenon 1900"
    assert desk.scanner.setting("CBRENA") == "1"
    desk.scanner.set_setting("CBRENA", "0")
    assert (desk.scanner.setting("CBRENA"), desk.unit.state()["settings"]["CBRENA"]) == ("0", "0")
    desk.scanner.beep()
    desk.scanner.trigger(True)
    desk.scanner.trigger(False)
    desk.until(lambda state: state["counters"].get("trigger_releases") == 1)
    assert desk.unit.state()["counters"] | {"scans": 0} == {
        "scans": 0, "beeps": 1, "trigger_pulls": 1, "trigger_releases": 1,
    }  # fmt: skip
    desk.unit.scan("M-1", "QR")
    assert desk.scanner.setting("BEPLVL") == "3"
    assert desk.scanner.poll(LONG_S) == desk.seen("M-1")


def test_what_a_honeywell_refuses(desk_of):
    desk = desk_of(MENU, answer_s=0.3)
    for wrong in (lambda: desk.scanner.setting("XXXXXX"), lambda: desk.scanner.setting("no")):
        with pytest.raises(Rejected):
            wrong()
    desk.unit.set_fault("refuse", {})
    with pytest.raises(Rejected, match="does not take"):
        desk.scanner.set_setting("CBRENA", "7")
    desk.unit.set_fault("silent", {})
    with pytest.raises(NoAnswer):
        desk.scanner.setting("CBRENA")


def test_menu_commands_over_hid(desk_of):
    desk = desk_of(HONEYWELL)
    assert desk.scanner.menu("REVINF").startswith("Product Name: Voyager")
    desk.unit.scan("M-1", "QR")
    assert desk.scanner.revision() == "Product Name: Voyager 1602g"
    assert desk.scanner.poll(LONG_S) == desk.seen("M-1")
    with pytest.raises(Rejected, match="does not know"):
        desk.scanner.menu("XXXXXX1")
    desk.unit.set_fault("refuse", {})
    with pytest.raises(Rejected, match="does not take"):
        desk.scanner.menu("REVINF")
    with pytest.raises(Rejected, match="not known"):
        desk_of(HID).scanner.beep()


@pytest.mark.parametrize("name", ["event3", "/dev/input/event3", "", "../event3", "by-path/x"])
def test_only_a_device_with_a_name_of_its_own_is_taken(name):
    with pytest.raises(ConfigError, match="name one device"):
        EvdevDevice(f"evdev:{name}")


def test_what_is_not_there_or_no_input_device_is_told(tmp_path):
    with pytest.raises(LinkLost, match="cannot be opened"):
        EvdevDevice("evdev:usb-Maker_Scanner-event-kbd", tmp_path)
    (tmp_path / "usb-Maker_Scanner-event-kbd").write_bytes(b"")
    (tmp_path / "usb-Mouse-event-mouse").write_bytes(b"")
    assert devices(tmp_path) == ["evdev:usb-Maker_Scanner-event-kbd"]
    with pytest.raises(LinkLost, match="no input device"):
        EvdevDevice("evdev:usb-Maker_Scanner-event-kbd", tmp_path)
    assert devices(tmp_path / "none") == []
