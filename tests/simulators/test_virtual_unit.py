"""The virtual PointCardRW by its printed language alone, without our driver: what a stranger's client would meet."""

import io
import json
import socket
import subprocess
import sys
import urllib.request

import pytest
from PIL import Image

from simulators.__main__ import start
from simulators.card import SimCard
from tests.waits import first_line


def crc(text):
    """CRC-16/XMODEM, bit by bit: not the product's own."""
    sum16 = 0
    for byte in text.encode("ascii"):
        sum16 ^= byte << 8
        for _ in range(8):
            sum16 = (sum16 << 1 ^ (0x1021 if sum16 & 0x8000 else 0)) & 0xFFFF
    return f"{sum16:04X}"


class Stranger:
    """Says lines and reads lines."""

    def __init__(self, connect):
        self._file = connect.makefile("rwb", buffering=0)

    def tell(self, body):
        self._file.write(f"{body}*{crc(body)}\n".encode())

    def hear(self):
        """The next line that is no event, its check tried."""
        while True:
            body, _, check = self._file.readline().decode("ascii").strip().rpartition("*")
            assert check == crc(body)
            if not body.startswith("!"):
                return body

    def ask(self, body):
        self.tell(body)
        return self.hear()


@pytest.fixture
def unit_and_stranger():
    unit, ready, server = start("virtual-pointcard", tcp="127.0.0.1:0")
    host, _, port = ready["port"].removeprefix("socket://").partition(":")
    with socket.create_connection((host, int(port)), 10) as connection:
        yield unit, Stranger(connection), connection
    server.close()


def test_a_whole_visit(unit_and_stranger):
    unit, stranger, _ = unit_and_stranger
    assert stranger.ask(">0 HELLO").startswith("<0 OK model=Virtual%20PointCardRW firmware=1.0 capabilities=")
    assert stranger.ask(">1 BEGIN-INSERTION") == "<1 OK"
    unit.put_card(SimCard("rewritable", "04A1B2C3", {"2": "M-0412"}))
    assert stranger.ask(">2 END-INSERTION") == "<2 OK"
    assert stranger.ask(">3 READ tracks=2,3") == "<3 OK s2=OK t2=M-0412 s3=NODATA t3= done="
    assert stranger.ask(">4 TEXT x=10 y=10 text=880%20points") == "<4 OK"
    assert stranger.ask(">5 WORK print=1 order=stripe energy=5") == "<5 OK done=print"
    assert stranger.ask(">5 WORK print=1 order=stripe energy=5") == "<5 OK done=print"
    assert unit.counters["prints"] == 1 and unit.counters["resent"] == 1
    assert stranger.ask(">6 BEGIN-REMOVAL") == "<6 OK done="
    assert stranger.ask(">7 END-REMOVAL").startswith("<7 ERROR code=RELEASE")
    unit.take_card()
    assert stranger.ask(">8 END-REMOVAL") == "<8 OK"


def test_bad_lines_and_bad_requests(unit_and_stranger):
    _, stranger, connection = unit_and_stranger
    connection.sendall(b">1 STATE*0000\n")
    assert stranger.hear() == "<0 AGAIN"
    connection.sendall(b"\n\n")  # ends half a line; says nothing
    for number, (request, code) in enumerate((
        ("WHO", "ILLEGAL"), ("READ tracks=9", "ILLEGAL"), ("READ tracks=", "ILLEGAL"), ("READ tracks=1", "NOCARD"),
        ("RASTER x=0 y=0 width=8 rows=xyz", "ILLEGAL"), ("RASTER x=0 y=400 width=8 rows=FF", "ILLEGAL"),
        ("RASTER x=639 y=0 width=8 rows=FF", "ILLEGAL"), ("SET-TRACK track=7 data=x", "ILLEGAL"),
        ("SET-TRACK track=1 data=%C3%A9", "ENCODE"), ("WORK print=1 order=none energy=5", "ILLEGAL"),
        ("WORK erase=1,2,3 print=1 order=face energy=5", "ILLEGAL"), ("MEDIA", "NOCARD"),
        ("WORK tracks=1 print=0 order=face energy=5", "ILLEGAL"), ("TEXT x=1 y=1 text=", "ILLEGAL"),
    ), 1):  # fmt: skip
        assert f"code={code}" in stranger.ask(f">{number} {request}"), request


def test_as_a_process_with_its_control_interface():
    command = [sys.executable, "-m", "simulators", "virtual-pointcard", "--tcp", "127.0.0.1:0", "--speed", "fast"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            ready = json.loads(first_line(process))
            card = {"card": {"kind": "rewritable", "uid": "04A1B2C3", "face": {"cycles": 250}}}
            request = urllib.request.Request(ready["control"] + "/card", json.dumps(card).encode(), method="POST")
            state = json.loads(urllib.request.urlopen(request, timeout=10).read())
            assert (state["position"], state["cycles"], state["simulated"]) == ("REMAINING", 250, True)
            face = urllib.request.urlopen(ready["control"] + "/face.png", timeout=10).read()
            assert Image.open(io.BytesIO(face)).width > 1280
        finally:
            process.terminate()
