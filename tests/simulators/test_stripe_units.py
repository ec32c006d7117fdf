"""Simulated stripe units from outside: their control interface, what they refuse, what they let be seen."""

import json
import socket
import subprocess
import sys

import pytest

from simulators.__main__ import main, start
from tests.journeys.programs import call
from tests.waits import first_line

NAMES = ["msr605", "msr605x", "magtek-sureswipe", "idtech-minimag-serial", "idtech-minimag-keyboard"]


@pytest.fixture(params=NAMES)
def started(request):
    unit, ready, control = start(request.param)
    yield unit, ready["control"]
    control.close()


def test_a_card_is_put_or_swiped_and_seen_without_long_numbers(started):
    control = started[1]
    card = {"kind": "magnetic", "tracks": {"2": "4111111111111111=3012101"}}
    assert call("POST", f"{control}/card", {"card": card})[0] == 200
    assert call("POST", f"{control}/swipe", {"tracks": {"1": "%HELLO?", "2": ";5555555555554444?"}})[0] == 200
    state = call("GET", f"{control}/state")[1]
    assert state["card"]["tracks"] == {"1": "HELLO", "2": "555555**********"}
    assert state["counters"]["swipes"] == 2
    assert call("DELETE", f"{control}/card")[0] == 200
    assert call("GET", f"{control}/state")[1]["card"] is None
    said = "".join(row["hex"] for row in call("GET", f"{control}/wire")[1])
    assert "35" * 7 not in said and "31" * 7 not in said


@pytest.mark.parametrize(
    ("tracks", "why"),
    [({}, "names its tracks"), ({"2": "ABC"}, "Track 2 cannot hold 'A'"), ({"5": "1"}, "Tracks are 1, 2 and 3"),
     ({"2": "1" * 40}, "takes 37 characters")],
)  # fmt: skip
def test_what_no_stripe_holds_is_refused_in_one_sentence(started, tracks, why):
    status, answer = call("POST", f"{started[1]}/swipe", {"tracks": tracks})
    assert status == 400 and why in answer["error"]


def test_faults_have_names_and_numbers(started):
    control = started[1]
    assert call("POST", f"{control}/fault", {"name": "stripe_lrc", "track": 2})[0] == 200
    status, answer = call("POST", f"{control}/fault", {"name": "stripe_lrc", "colour": "red"})
    assert status == 400 and "whole numbers" in answer["error"]
    status, answer = call("POST", f"{control}/fault", {"name": "cover_open"})
    assert status == 400 and "has no fault" in answer["error"]


@pytest.mark.parametrize("option", ["--tcp", "--vpcd"])
def test_a_usb_device_has_no_network_port(option, capsys):
    assert main(["magtek-sureswipe", option, "127.0.0.1:0"]) == 2
    assert "USB HID" in capsys.readouterr().err


def test_as_a_program_with_a_socket_of_ones_own(tmp_path):
    path = tmp_path / "reports"
    command = [sys.executable, "-m", "simulators", "magtek-sureswipe", "--socket", str(path), "--speed", "fast"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as program:
        try:
            ready = json.loads(first_line(program))
            assert ready["port"] == f"hid+unix://{path}"
            host = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            host.settimeout(20)
            host.connect(str(path))
            host.send(b"F" + bytes([0, 1, 0]).ljust(24, b"\x00"))
            host.send(b"G")
            assert host.recv(100)[:14] == b"A\x00\x0b21042812D01"
            assert call("POST", ready["control"] + "/swipe", {"tracks": {"2": "1001"}})[0] == 200
            report = host.recv(400)
            assert len(report) == 338 and report[:8] == b"I" + bytes([0, 0, 0, 0, 6, 0, 0])
            assert report[118:124] == b";1001?"
            host.close()
        finally:
            program.terminate()


def test_the_unit_writes_what_a_stranger_packs():
    """Bytes of the MSR605 Programmer's Manual rev. B, pages 17 to 20, from a plain socket."""
    unit, ready, control = start("msr605", tcp="127.0.0.1:0")
    address, _, port = ready["port"].removeprefix("socket://").rpartition(":")
    with socket.create_connection((address, int(port)), 20) as host:
        for bits, block in (
            ("080808", "0108c5b07814954e3e2a1b02052b8849eaaf1b03052b8849eaaf"),
            ("070505", "0109456162235152131f2a1b02080b01021304151f151b03080b01021304151f15"),
        ):
            host.sendall(bytes.fromhex(f"1b6f{bits}"))
            assert host.recv(5, socket.MSG_WAITALL).hex() == f"1b30{bits}"
            host.sendall(bytes.fromhex(f"1b6e1b731b{block}3f1c"))
            with unit.changed:
                assert unit.changed.wait_for(lambda: unit.state()["light"] == "yellow", 20)
            unit.swipe({"1": "BEFORE"})
            assert host.recv(2, socket.MSG_WAITALL) == b"\x1b0"
            assert unit.card.tracks == {"1": "ABC123", "2": "12345", "3": "12345"}
        host.sendall(b"\x1br")
        with unit.changed:
            assert unit.changed.wait_for(lambda: unit.state()["waiting"] == "ReadIso", 20)
        unit.swipe({"1": "01", "2": "23", "3": "45"})
        golden = bytes.fromhex("1b731b012530313f1b023b32333f1b033b34353f3f1c1b30")
        assert host.recv(len(golden), socket.MSG_WAITALL) == golden  # page 14
    control.close()
