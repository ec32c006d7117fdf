"""Ports that no other file pulls a hundred times: a tty that comes back under its name, a request per connection."""

import os
import time
import tty

import pytest

from loyalty.devices.profiles import read_profile
from loyalty.devices.transports import open_transport
from loyalty.devices.transports.request_socket import RequestSocket
from loyalty.errors import LinkLost
from simulators.__main__ import start

SCANNER = read_profile("zebra-ds2208-serial")


def heard(link, size):
    end, data = time.monotonic() + 20, b""
    while len(data) < size and time.monotonic() < end:
        data += link.read(0.2)
    return data


def test_a_serial_port_is_unplugged_and_plugged_in_a_hundred_times(tmp_path):
    """As /dev/serial/by-id has it: one name, behind which the tty is another each time."""
    name = tmp_path / "usb-Maker_Scanner"
    with pytest.raises(LinkLost, match="cannot be opened"):
        open_transport(str(name), SCANNER)
    for cycle in range(100):
        device, terminal = os.openpty()
        tty.setraw(device)
        name.symlink_to(os.ttyname(terminal))
        link = open_transport(str(name), SCANNER)
        os.close(terminal)
        os.write(device, b"%d" % cycle)
        assert heard(link, len(str(cycle))) == b"%d" % cycle
        os.close(device)
        name.unlink()
        with pytest.raises(LinkLost):
            heard(link, 1)
        with pytest.raises(LinkLost):
            link.write(b"x")
        link.close()


def test_a_network_printer_is_unplugged_and_plugged_in_a_hundred_times():
    unit, ready, server = start("evolis-primacy", tcp="127.0.0.1:0")
    link = RequestSocket(ready["port"])
    for _ in range(100):
        unit.set_fault("cut", {})
        with pytest.raises(LinkLost):
            for _ in range(100):
                link.write(b"\x1bRfv\r")
                link.read(0.2)
        unit.clear_faults()
        link.write(b"\x1bRfv\r")
        assert heard(link, 4)
    link.close()
    server.close()
