"""HID reports: over the Unix socket of a simulator, and through hidapi as far as a machine without devices goes."""

import socket
import sys

import pytest

from loyalty.devices.interfaces import ReportLink
from loyalty.devices.profiles import read_profile
from loyalty.devices.transports import open_transport
from loyalty.devices.transports.hid_socket import HidSocket
from loyalty.devices.transports.stripe_trace import StripeTrace
from loyalty.errors import ConfigError, LinkLost
from simulators.hid_line import HidLine
from simulators.unit import Unit

PROFILE = read_profile("msr605x")


class EchoUnit(Unit):
    """Says what it hears; its feature report is what was set."""

    def __init__(self):
        super().__init__(PROFILE)
        self.feature = b""

    def receive(self, data):
        self.send(data[::-1])

    def set_feature(self, data):
        self.feature = data

    def get_feature(self):
        self.send(b"between")
        return self.feature


@pytest.fixture
def unit(tmp_path):
    unit = EchoUnit()
    unit.port = HidLine(unit, str(tmp_path / "hid")).port
    yield unit
    unit.unplug()


@pytest.fixture
def link(unit):
    link = open_transport(unit.port, PROFILE)
    assert isinstance(link, HidSocket)
    yield link
    link.close()


def test_reports_stay_whole(link: ReportLink):
    for report in (b"\x01", bytes(64), bytes(range(256)) * 2):
        link.write(report)
    assert [link.read(20) for _ in range(3)] == [b"\x01", bytes(64), (bytes(range(256)) * 2)[::-1]]
    assert link.read(0) == b""


def test_a_report_that_comes_while_a_feature_is_asked_for_is_not_lost(link: ReportLink):
    link.set_feature(b"abcdef")
    assert link.get_feature(4) == b"abcd"
    assert link.read(20) == b"between"


def test_unplugged_and_plugged_in_a_hundred_times(unit, link):
    for cycle in range(100):
        unit.set_fault("cut", {})
        with pytest.raises(LinkLost):
            while True:
                link.read(20)
        link.close()
        unit.clear_faults()
        link = open_transport(unit.port, PROFILE)
        link.write(bytes([cycle]))
        assert link.read(20) == bytes([cycle])
    link.close()


def test_a_new_host_takes_the_place_of_the_old_one(unit, link):
    link.write(b"1")
    assert link.read(20) == b"1"
    other = open_transport(unit.port, PROFILE)
    other.write(b"2")
    assert other.read(20) == b"2"
    with pytest.raises(LinkLost):
        link.read(20)
    other.close()


def test_a_port_that_is_not_there(tmp_path):
    with pytest.raises(LinkLost, match="cannot be opened"):
        open_transport(f"hid+unix://{tmp_path}/none", PROFILE)
    pytest.importorskip("hid")
    for port in ("hid:ffff:fffe", "hid:/dev/hidraw99", "hid:ffff:fffe:SERIAL"):
        with pytest.raises(LinkLost, match="cannot be opened"):
            open_transport(port, PROFILE)


def test_without_the_extra_it_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "hid", None)
    monkeypatch.delitem(sys.modules, "loyalty.devices.transports.hid", raising=False)
    with pytest.raises(ConfigError, match=r"loyalty\[hid\]"):
        open_transport("hid:0801:0003", PROFILE)


def test_what_is_no_report_is_passed_over(tmp_path):
    path = str(tmp_path / "stranger")
    server = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    server.bind(path)
    server.listen()
    link = HidSocket(f"hid+unix://{path}")
    stranger = server.accept()[0]
    stranger.send(b"?what")
    assert link.read(20) == b""
    stranger.close()
    with pytest.raises(LinkLost):
        link.read(20)
    link.close()
    server.close()


def test_a_trace_shows_six_digits_in_any_pieces_and_nothing_of_what_is_no_text():
    heard = []
    trace = StripeTrace(lambda speaker, data: heard.append((speaker, data)), [b"\x1bm"])
    trace("host", b"\x1br")
    for byte in b";4111111111111111=3012101?":
        trace("device", bytes([byte]))
    assert b"".join(data for _, data in heard[1:]) == b";411111**********=301210*?"
    heard.clear()
    trace("host", b"\xc2\x1bm" + b"more")
    trace("device", b"\x1b0")
    assert heard == [("host", b"\xc2\x1bm****"), ("device", b"**")]
    trace("host", b"\x1be")
    trace("device", b"\x1by")
    assert heard[2:] == [("host", b"\x1be"), ("device", b"\x1by")]


def test_where_bytes_are_no_text_at_all_a_trace_keeps_lengths():
    heard = []
    trace = StripeTrace(lambda speaker, data: heard.append(data), [b""])
    trace("device", b";4111")
    trace("host", b"\x00\x01\x00secret")
    assert heard == [b"*****", b"\x00\x01\x00******"]


def test_a_printers_trace_is_left_alone(unit):
    heard = []
    printer = read_profile("star-tcp300ii")
    assert "magstripe" in printer.roles
    link = open_transport(unit.port, printer, lambda speaker, data: heard.append(data))
    link.write(b"0123456789")
    assert link.read(20) == b"9876543210"
    assert heard == [b"0123456789", b"9876543210"]
    link.close()
