"""A serial line's own manners: who is kept waiting for whom."""

import os
import tty

import pytest

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


def test_nothing_is_waited_for_where_nothing_is_asked(device):
    master, name = device
    port = SerialPort(name, {})
    port.write(bytes(1000))
    assert port.read(0) == b""
    os.write(master, b"pushed")
    assert port.read(5) == b"pushed"
    port.close()
