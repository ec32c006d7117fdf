"""What a card printer and its host say about a person is in no export: whole, in pieces, and on the whole way."""

import pytest

from loyalty.devices.profiles import read_profile
from loyalty.devices.registry import module_of
from loyalty.devices.trace import Trace
from loyalty.devices.transports import open_transport
from loyalty.devices.wire import virtual_pointcard as pointcard
from loyalty.devices.wire.sanwa.block import Reply
from loyalty.devices.wire.sanwa.codec import encode as sanwa
from loyalty.devices.wire.star_tcp.block import Response
from loyalty.devices.wire.star_tcp.codec import encode as star
from loyalty.devices.wire.star_tcp.control import SensorStatus
from loyalty.devices.wire.star_tcp.face import PrintText
from simulators.__main__ import start
from simulators.card import SimCard

SECRET = b"M-0412"  # short, and no long number: only what the message is tells that it concerns somebody
SAID = [
    ("star-tcp300", "device", star(Response(0x2A, 0x20, SECRET))),
    ("star-tcp300", "host", star(PrintText(SECRET))),
    ("sanwa-crp1231lr", "device", sanwa(Reply(0x33, 0x30, 0x30, 0x30, SECRET))),
    ("sanwa-crp1231lr", "host", b"\x02\x06xx" + SECRET),  # a frame that was damaged, and its rest
    ("sanwa-cr1231r", "device", b"\x02" + SECRET + b"\x03"),
    ("easyprinter-s3", "host", SECRET + b"\x09"),
    ("easyprinter-s3", "device", b"S " + SECRET + b"\r"),
    ("evolis-primacy2", "device", SECRET + b"\0"),
    ("evolis-primacy2", "host", b"\x1bDm;1;" + SECRET + b"\r"),
    ("virtual-pointcard", "host", pointcard.encode(pointcard.Line.of(">", 3, "SET-TRACK", track=2, data="M-0412"))),
]


def exported(trace):
    rows = trace.shown()
    return "".join(row.hex for row in rows), " ".join(row.meaning for row in rows)


@pytest.mark.parametrize("size", [1, 3, 500])
@pytest.mark.parametrize(("profile", "speaker", "data"), SAID, ids=[f"{row[0]} {row[1]}" for row in SAID])
def test_short_names_and_numbers_are_hidden_in_any_pieces(profile, speaker, data, size):
    trace = Trace(read_profile(profile))
    for at in range(0, len(data), size):
        trace.note(speaker, data[at : at + size])
    dots, words = exported(trace)
    assert SECRET.hex() not in dots and SECRET.decode() not in words
    assert len(dots) == 2 * len(data)


def test_the_rows_of_what_concerns_nobody_are_open_once_that_is_known():
    data = star(SensorStatus())
    trace = Trace(read_profile("star-tcp300"))
    for byte in data[:-1]:
        trace.note("host", bytes([byte]))
    assert "59" not in exported(trace)[0]  # it might have become anything
    trace.note("host", data[-1:])
    dots, words = exported(trace)
    assert dots == data.hex() and "SensorStatus" in words


def test_the_rest_of_what_was_damaged_stays_hidden():
    trace = Trace(read_profile("sanwa-crp1231lr"))
    for piece in (b"\x02\x06xx", SECRET, sanwa(Reply(0x20, 0x30, 0x30, 0x30))):
        trace.note("device", piece)
    assert SECRET.hex() not in exported(trace)[0]


@pytest.mark.parametrize("name", ["star-tcp300ii", "sanwa-crp1231lr", "evolis-primacy2", "virtual-pointcard"])
def test_a_stripe_written_and_read_is_in_no_export(name):
    profile, number = read_profile(name), "40127"
    unit, ready, server = start(name, tcp="127.0.0.1:0")
    trace = Trace(profile)
    driver = module_of(profile).open_driver(open_transport(ready["port"], profile, trace.note), profile)
    try:
        track = driver.tracks[0]
        unit.put_card(SimCard.from_json({"kind": "rewritable", "uid": "", "tracks": {str(track): ""}}))
        driver.take_in(20, lambda: False)
        driver.write_stripe({track: number})
        assert driver.read_stripe(track) == number
    finally:
        driver.close()
        server.close()
    said = "".join(row.hex for row in trace.after(0))
    assert number.encode().hex() in said
    dots, words = exported(trace)
    assert number.encode().hex() not in dots and number not in words
