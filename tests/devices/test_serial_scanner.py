"""A scanner at the counter, on both kinds of line, as every profile sets it up, with every fault."""

import contextlib
import time
from dataclasses import replace

import pytest

from loyalty.contract.token import Token
from loyalty.devices.drivers.serial_scanner import SerialScanner, manner_of
from loyalty.devices.interfaces import Health, Scanner, Seen
from loyalty.devices.profiles import Fact, all_profiles, read_profile
from loyalty.devices.transports import open_transport
from loyalty.errors import ConfigError, Garbled, LinkLost
from simulators.line import PtyLine, TcpLine
from simulators.serial_scanner import build

PROFILES = [profile for profile in all_profiles() if profile.driver == "serial_scanner"]
EAN = "5901234123457"


def with_facts(profile, **values):
    facts = {name: Fact(value, "this test", "unverified") for name, value in values.items()}
    return replace(profile, facts=profile.facts | facts)


PLAIN = read_profile("serial-scanner")
PATIENT = with_facts(PLAIN, suffix_wait_s=20)
"""A busy machine stalls in the middle of a code; only where the suffix never comes need the driver be in a hurry."""


class Desk:
    """A simulated scanner and the driver on its port."""

    def __init__(self, profile=PATIENT, tcp=False):
        self.profile = profile
        self.ahead_s = 0.0
        """The driver's clock is ahead of ours by so much."""
        self.unit = build(self.profile, "fast")
        self.port = (TcpLine(self.unit, "127.0.0.1", 0) if tcp else PtyLine(self.unit)).port
        self.plugged: list[SerialScanner] = []
        self.plug()

    def unplug(self) -> None:
        """Closes what was opened; a socket left to the garbage collector closes slowly, in anybody's thread."""
        for scanner in self.plugged:
            scanner.close()
        self.unit.unplug()

    def plug(self) -> SerialScanner:
        transport = open_transport(self.port, self.profile)
        self.scanner = SerialScanner(transport, self.profile, lambda: time.monotonic() + self.ahead_s)
        self.plugged.append(self.scanner)
        self.wait_until(connected=True)
        return self.scanner

    def wait_until(self, connected: bool) -> None:
        """Until the unit knows as well that somebody listens, or that nobody does."""
        deadline = time.monotonic() + 20
        while self.unit.state()["host_connected"] is not connected:
            assert time.monotonic() < deadline
            time.sleep(0.001)

    def seen(self, data) -> Seen:
        return Seen(Token("barcode", data, self.port))


@pytest.fixture
def desk_of():
    """Opens desks and closes them in the end."""
    with contextlib.ExitStack() as open_desks:

        def opened(*arguments, **options):
            desk = Desk(*arguments, **options)
            open_desks.callback(desk.unplug)
            return desk

        yield opened


@pytest.fixture
def desk(desk_of):
    return desk_of()


@pytest.fixture
def network_desk(desk_of):
    return desk_of(tcp=True)


@pytest.fixture(params=["tcp", "pty"])
def any_desk(request, desk_of):
    return desk_of(tcp=request.param == "tcp")


def test_a_scan_shows_once(any_desk):
    assert isinstance(any_desk.scanner, Scanner)
    assert any_desk.scanner.poll(0.05) is None
    any_desk.unit.scan(EAN, "EAN-13")
    assert any_desk.scanner.poll(20) == any_desk.seen(EAN)
    assert any_desk.scanner.poll(0.05) is None


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name)
def test_every_profile_reads_what_its_scanner_sends(desk_of, profile):
    desk = desk_of(profile)
    for data, symbology in ((EAN, "EAN13"), ("M-000123", "QR"), ("0109501101020917\x1d2110", "GS1-128")):
        desk.unit.scan(data, symbology)
        assert desk.scanner.poll(20) == desk.seen(data)


@pytest.mark.parametrize("suffix", ["CR", "LF", "CRLF", "TAB", "ETX", "none"])
@pytest.mark.parametrize("prefix", ["", "24"])
@pytest.mark.parametrize("aim_id", [True, False])
def test_every_way_to_set_a_scanner_up(desk_of, suffix, prefix, aim_id):
    desk = desk_of(with_facts(PLAIN, suffix=suffix, prefix=prefix, aim_id=aim_id))
    desk.unit.scan("M-000123", "QR")
    assert desk.scanner.poll(20) == desk.seen("M-000123")
    assert desk.scanner.last.aim == ("]Q1" if aim_id else "")


def test_several_codes_come_one_by_one(desk):
    for data in ("A", "B", "C"):
        desk.unit.scan(data, "CODE128")
    assert [desk.scanner.poll(20) for _ in range(3)] == [desk.seen("A"), desk.seen("B"), desk.seen("C")]
    assert desk.scanner.poll(0.2) is None


def test_a_code_read_twice_is_one_scan(desk_of):
    desk = desk_of(with_facts(PATIENT, repeat_ignore_s=60))
    desk.unit.set_fault("double_read", {})
    desk.unit.scan("M-1", "QR")
    assert desk.scanner.poll(20) == desk.seen("M-1")
    assert desk.scanner.poll(0.2) is None
    desk.unit.clear_faults()
    desk.ahead_s = 61
    desk.unit.scan("M-1", "QR")
    assert desk.scanner.poll(20) == desk.seen("M-1")  # later it is a new one
    desk.unit.scan("M-2", "QR")
    desk.unit.scan("M-1", "QR")
    assert [desk.scanner.poll(20), desk.scanner.poll(20)] == [desk.seen("M-2"), desk.seen("M-1")]


def test_a_code_byte_by_byte_is_one_code(any_desk):
    for byte in b"M-000123":
        any_desk.unit.say(bytes([byte]))
        assert any_desk.scanner.poll(0.01) is None
    any_desk.unit.say(b"\r")
    assert any_desk.scanner.poll(20) == any_desk.seen("M-000123")


def test_a_slow_line_does_not_tear_a_code(desk_of):
    desk = desk_of(with_facts(PLAIN, suffix_wait_s=3))
    desk.unit.set_fault("slow", {"seconds": 0.03})
    desk.unit.scan("M-00012345", "QR")
    assert desk.scanner.poll(20) == desk.seen("M-00012345")


@pytest.mark.parametrize("tcp", [True, False])
def test_a_missing_suffix_only_costs_time(desk_of, tcp):
    any_desk = desk_of(PLAIN, tcp)
    any_desk.unit.set_fault("no_suffix", {})
    any_desk.unit.scan("M-000123", "QR")
    assert any_desk.scanner.poll(20) == any_desk.seen("M-000123")
    any_desk.unit.clear_faults()
    any_desk.unit.scan("M-000124", "QR")
    assert any_desk.scanner.poll(20) == any_desk.seen("M-000124")


def test_noise_is_told_and_the_next_code_read(any_desk):
    any_desk.unit.set_fault("noise", {})
    any_desk.unit.scan("M-1", "QR")
    with pytest.raises(Garbled) as told:
        any_desk.scanner.poll(20)
    assert "Scan again" in told.value.advice
    any_desk.unit.clear_faults()
    any_desk.unit.scan("M-2", "QR")
    assert any_desk.scanner.poll(20) == any_desk.seen("M-2")


def test_a_code_without_end_is_told_once(desk_of):
    desk = desk_of(PLAIN)
    for _ in range(20):
        desk.unit.say(b"9" * 100)
    with pytest.raises(Garbled, match="256"):
        desk.scanner.poll(20)
    assert desk.scanner.poll(0.5) is None
    desk.unit.scan("M-2", "QR")
    assert desk.scanner.poll(20) == desk.seen("M-2")


def test_a_pulled_network_cable_is_told_and_a_new_port_works(network_desk):
    desk = network_desk
    desk.unit.say(b"M-0001")  # the rest never comes
    assert desk.scanner.poll(0.1) is None
    desk.unit.set_fault("cut", {})
    with pytest.raises(LinkLost):
        desk.scanner.poll(20)
    desk.wait_until(connected=False)
    desk.unit.clear_faults()
    desk.plug()
    desk.unit.scan("M-2", "QR")
    assert desk.scanner.poll(20) == desk.seen("M-2")


def test_a_pulled_serial_cable_is_silence(desk):
    desk.unit.set_fault("cut", {})
    desk.unit.scan("M-1", "QR")
    assert desk.scanner.poll(0.2) is None
    desk.unit.clear_faults()
    desk.unit.scan("M-2", "QR")
    assert desk.scanner.poll(20) == desk.seen("M-2")


def test_its_state_is_unknown_until_it_spoke(desk):
    assert desk.scanner.status().health is Health.UNKNOWN
    desk.unit.scan("M-1", "QR")
    desk.scanner.poll(20)
    assert desk.scanner.status().health is Health.READY


@pytest.mark.parametrize(("name", "value"), [("suffix", "EOT"), ("prefix", "STX")])
def test_a_profile_that_cannot_be_is_refused(name, value):
    with pytest.raises(ConfigError, match=value):
        manner_of(with_facts(read_profile("serial-scanner"), **{name: value}))
