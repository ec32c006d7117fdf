"""Print streams of the driver against those of the vendor's library."""

import hashlib
import json
from pathlib import Path

import pytest

from loyalty.devices.drivers.evolis import EvolisRewritePrinter
from loyalty.devices.profiles import read_profile
from loyalty.devices.wire.evolis.decoder import Decoder
from loyalty.devices.wire.evolis.messages import Plane
from tests.devices.evolis_bench import LEVEL, NAME, face_of, noon
from tests.devices.star_bench import with_facts

GOLDEN = json.loads((Path(__file__).parents[1] / "wire" / "golden" / "evolis.json").read_text("utf-8"))
STREAMS = [row for row in GOLDEN["streams"] if row.get("eject", True)]


class Recorder:
    """A line to a printer that says yes to everything: keeps what a job sends."""

    url = "socket://a.printer"

    def __init__(self) -> None:
        self.sent, self._asked = b"", b""

    def write(self, data: bytes) -> None:
        self.sent += data
        self._asked = data

    def read(self, timeout_s: float) -> bytes:
        status = bytes.fromhex("0000001008010000020000000000000000000000020007040000000000")
        texts = {b"": status, b"\x1bRtp\r\0": b"Evolis Primacy 2\0"}
        return texts.get(self._asked, b"1923\0" if b"Rfv" in self._asked else b"OK\0")

    def close(self) -> None:
        pass


@pytest.mark.parametrize("row", STREAMS, ids=lambda row: row["name"])
def test_the_stream_equals_the_vendors_but_for_the_time(row):
    """sha256 of what the vendor's library writes for the same picture, with its time stamp set to 0."""
    line = Recorder()
    profile = with_facts(read_profile("evolis-primacy2"), job_settings=read_profile(row["profile"])["job_settings"])
    driver = EvolisRewritePrinter(line, profile, clock=noon, session=7)
    driver.start()
    driver.rewrite(face_of(*row["face"]), None if row["present"] is None else face_of(*row["present"]))
    start, end = line.sent.index(b"\x1bPsync;1;0\r"), line.sent.index(b"\x1bPsync;11;0\r") + len(b"\x1bPsync;11;0\r")
    stream = line.sent[start:end]
    assert (len(stream), hashlib.sha256(stream).hexdigest()) == (row["bytes"], row["sha256"])
    assert line.sent[end:].startswith(b"\0\x1bRfv\r\0")


def test_what_is_sent_decodes_to_what_was_meant():
    line = Recorder()
    driver = EvolisRewritePrinter(line, read_profile("evolis-primacy"), clock=noon, session=7)
    driver.start()
    driver.rewrite(face_of(LEVEL), face_of(NAME))
    planes = [message for message in Decoder().feed(line.sent) if isinstance(message, Plane)]
    assert [(plane.panel, plane.dots.count(0xFF) > 0) for plane in planes] == [("k", True), ("o", True)]
