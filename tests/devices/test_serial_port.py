"""A serial line's own manners: who is kept waiting for whom."""

import os
import tty

import pytest

from loyalty.devices.profiles import read_profile
from loyalty.devices.transports import open_transport
from loyalty.devices.transports.serial_port import SerialPort
from loyalty.errors import LinkLost

XOFF, XON = b"\x13", b"\x11"


@pytest.fixture
def device():
    master, slave = os.openpty()
    tty.setraw(slave)
    yield master, os.ttyname(slave)
    os.close(master)
    os.close(slave)


def test_a_device_that_holds_the_line_is_told_and_forgiven(device):
    master, name = device
    port = SerialPort(name, {"xonxoff": True}, patience_s=0.2)
    port.write(b"one")
    assert os.read(master, 10) == b"one"
    os.write(master, XOFF)
    with pytest.raises(LinkLost, match="broke while writing"):
        port.write(b"two")
    os.write(master, XON)
    port.write(b"three")
    assert os.read(master, 10).endswith(b"three")
    os.write(master, b"answer")
    assert port.read(5) == b"answer"
    port.close()


@pytest.mark.parametrize(("port", "why", "advice"), [
    ("/dev/there-is-none", "none of this name", "devices list"),
    ("socket://127.0.0.1:9", "nothing listens there", "switched on"),
    ("socket://no-such-host.invalid:9", "no machine has this name", "how the name is written"),
    ("socket://127.0.0.1", "write it as socket://host:port", "cable"),
])  # fmt: skip
def test_a_port_that_stays_shut_says_why_and_what_to_do(port, why, advice):
    with pytest.raises(LinkLost, match=why) as told:
        open_transport(port, read_profile("star-tcp300ii"))
    assert advice in told.value.advice


def test_nothing_is_waited_for_where_nothing_is_asked(device):
    master, name = device
    port = SerialPort(name, {})
    port.write(bytes(1000))
    assert port.read(0) == b""
    os.write(master, b"pushed")
    assert port.read(5) == b"pushed"
    port.close()
