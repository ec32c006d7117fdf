"""A printer behind a line that goes one way: what is handed over is what a printer prints, and nothing is made up."""

import os
import threading
from datetime import UTC, datetime

import pytest

from loyalty.contract.paper import Cut, QrCode, Text
from loyalty.devices.check import PersonHands, run_check
from loyalty.devices.interfaces import Health
from loyalty.devices.profiles import read_profile
from loyalty.devices.registry import driver_for
from loyalty.devices.transports import open_transport
from loyalty.devices.transports.ports import spools
from loyalty.devices.transports.spool_file import SpoolFile
from loyalty.errors import ConfigError, LinkLost, Rejected
from tests.devices.escpos_bench import Till

PROFILE = read_profile("escpos-80mm")
SLIP = [Text("88 points"), QrCode("M-0412", 4), Cut()]


def opened(port):
    return driver_for(PROFILE)(open_transport(port, PROFILE), PROFILE)


def test_what_lies_in_the_file_is_what_a_printer_prints(tmp_path):
    printer = opened(f"spool://{tmp_path}/next.prn")
    printer.print(SLIP)
    printer.open_drawer()
    till = Till()
    till.unit.receive((tmp_path / "next.prn").read_bytes())
    till.settle()
    assert till.codes(within_s=20) == [("QRCode", "M-0412")]
    state = till.unit.state()
    assert not state["unknown_commands"] and state["drawer"]["pulses"] == 1
    till.close()


def test_it_is_never_said_to_be_ready(tmp_path):
    printer = opened(f"spool://{tmp_path}/next.prn")
    status = printer.status()
    assert status.health is Health.UNKNOWN and "cannot be told" in status.detail
    assert printer.drawer_is_open() is None
    with pytest.raises(Rejected):
        printer.print([Text("a"), QrCode("x" * 800, 4)])
    assert (tmp_path / "next.prn").read_bytes() == b""


def test_taken_away_and_opened_anew_a_hundred_times(tmp_path):
    port, taken = f"spool://{tmp_path}/a%20queue", tmp_path / "taken"
    for cycle in range(100):
        link = open_transport(port, PROFILE)
        link.write(b"job %d" % cycle)
        (tmp_path / "a queue").rename(taken)
        if cycle % 2:
            (tmp_path / "a queue").write_bytes(b"")
        with pytest.raises(LinkLost, match="gone" if not cycle % 2 else "another one"):
            (link.read if cycle % 3 else link.write)(0 if cycle % 3 else b"late")
        link.close()
        assert taken.read_bytes() == b"job %d" % cycle


def test_a_printer_that_goes_away_in_the_middle_and_comes_back(tmp_path):
    """A node as /dev/usb/lp0 is one, of which this machine has none: a pipe breaks and blocks as that does."""
    node = tmp_path / "lp0"
    os.mkfifo(node)
    with pytest.raises(LinkLost, match="nobody reads"):
        open_transport(f"spool://{node}", PROFILE)
    reader = os.open(node, os.O_RDONLY | os.O_NONBLOCK)
    link = SpoolFile(f"spool://{node}", write_s=0.1)
    with pytest.raises(LinkLost, match="no byte"):
        link.write(bytes(1 << 20))
    os.close(reader)
    with pytest.raises(LinkLost, match="broke"):
        link.write(b"more")
    link.close()
    heard = []
    thread = threading.Thread(target=lambda: heard.append(node.read_bytes()))
    thread.start()
    link = None
    while link is None:  # until the reader is there
        try:
            link = open_transport(f"spool://{node}", PROFILE)
        except LinkLost:
            continue
    link.write(bytes(1 << 18))
    link.close()
    thread.join(30)
    assert heard == [bytes(1 << 18)]


def test_ports_that_cannot_be(tmp_path):
    for port, words in (("spool://lp0", "names no file"), (f"spool://{tmp_path}", "cannot be opened"),
                        (f"spool://{tmp_path}/no/where", "cannot be opened")):  # fmt: skip
        with pytest.raises(LinkLost, match=words):
            open_transport(port, PROFILE)
    full = open_transport("spool:///dev/full", PROFILE)
    with pytest.raises(LinkLost, match="broke while writing"):
        full.write(b"x")
    full.close()
    with pytest.raises(ConfigError, match="has to answer"):
        open_transport(f"spool://{tmp_path}/x", read_profile("star-tcp300ii"))
    (tmp_path / "lp1").touch()
    assert spools(tmp_path) == [f"spool://{tmp_path}/lp1"] and spools(tmp_path / "none") == []


def test_the_check_says_what_only_a_person_can_tell(tmp_path):
    hands = PersonHands(lambda words: None, lambda question: None)
    report = run_check(PROFILE, f"spool://{tmp_path}/next.prn", hands, datetime(2026, 11, 22, tzinfo=UTC))
    assert report.held, report.to_text()
    seen = {step.name: (step.result, step.seen) for step in report.steps}
    assert seen["printed"][1].startswith("every byte was handed over")
    assert seen["identity"][0] == seen["steady"][0] == seen["slip"][0] == "skipped"
