"""A conversation with its meaning: kept, shown, exported, and without what concerns a person."""

import json
from pathlib import Path

import pytest

from loyalty.devices.drivers.pn532 import open_driver
from loyalty.devices.profiles import all_profiles, read_profile
from loyalty.devices.trace import Header, Row, Trace, read_trace, write_trace
from loyalty.devices.transports import open_transport
from loyalty.devices.wire.escpos import encode
from loyalty.devices.wire.star_tcp.codec import encode as star
from loyalty.devices.wire.star_tcp.control import SensorStatus
from loyalty.devices.wire.star_tcp.stripe import SetTrack7Bit
from loyalty.errors import Invalid
from simulators.__main__ import start
from simulators.card import SimCard

UID = "04A1B2C3D4E5F6"
HEADER = Header("pn532", "/dev/ttyUSB0", "2026-11-21T20:00:00Z", True)


def trace_of(profile: str, *said: tuple[str, bytes]) -> list[Row]:
    trace = Trace(read_profile(profile))
    for speaker, data in said:
        trace.note(speaker, data)
    return trace.after(0)


def test_rows_say_what_the_bytes_mean() -> None:
    asked, answered = trace_of("star-tcp300ii", ("host", star(SensorStatus())),
                               ("device", bytes.fromhex("0602592030303030303003") + b"\x7a"))  # fmt: skip
    assert "SensorStatus" in asked.meaning and asked.direction == ">"
    assert answered.meaning.startswith("ACK; Response code=89 status=32")
    assert asked.to_text().endswith("> 02 59 03 5a   SensorStatus")


def test_the_ring_keeps_the_last_rows_and_their_numbers() -> None:
    trace = Trace(read_profile("pn532"), size=3)
    for byte in range(5):
        trace.note("host", bytes([byte]))
    assert [row.n for row in trace.after(0)] == [3, 4, 5]
    assert [row.n for row in trace.after(4)] == [5]


@pytest.mark.parametrize(
    ("profile", "speaker", "data", "secret"),
    [
        ("star-tcp300ii", "host", star(SetTrack7Bit(2, b"M-0412")), b"M-0412"),
        ("escpos-80mm", "host", encode.INITIALISE + b"CHAN TAI MAN" + encode.LINE_FEED, b"CHAN TAI"),
        ("honeywell-1900-serial", "device", b"2987654321098\r\n", b"2987654321098"),
        ("pn532", "device", bytes.fromhex("0000ff0ef2d54b01010044000704a1b2c3000000"), b"\x04\xa1"),
        ("acr122u", "host", bytes.fromhex("FF82000006A0A1A2A3A4A5"), bytes.fromhex("A0A1A2A3A4A5")),
        ("evolis-primacy2", "host", b"\x1bDm;2;4711081500\r", b"4711081500"),
        ("msr605", "host", b"\x1bw\x1bs\x1b\x0212345678?\x1c", b"12345678"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_concerns_a_person_is_hidden(profile: str, speaker: str, data: bytes, secret: bytes) -> None:
    trace = Trace(read_profile(profile))
    trace.note(speaker, data)
    (row,) = trace.shown()
    pairs = [row.hex[at : at + 2] for at in range(0, len(row.hex), 2)]
    assert len(pairs) == len(data) and "??" in pairs
    at = data.find(secret)
    if at >= 0:
        assert set(pairs[at : at + len(secret)]) == {"??"}
    assert secret.decode("latin-1") not in row.meaning


def test_a_state_is_shown_though_it_is_six_digits() -> None:
    trace = Trace(read_profile("star-tcp300ii"))
    state = bytes.fromhex("0259203030303030300" + "37a")
    trace.note("device", b"\x06" + state)
    (row,) = trace.shown()
    assert row.hex == "06" + state.hex()
    (hidden,) = trace.shown(["000000"])  # unless a card had this number
    assert "??" in hidden.hex


def test_a_card_that_was_seen_is_nowhere_in_the_export() -> None:
    unit, ready, server = start("pn532", tcp="127.0.0.1:0")
    trace = Trace(read_profile("pn532"))
    profile = read_profile("pn532")
    reader = open_driver(open_transport(ready["port"], profile, trace.note), profile)  # type: ignore[arg-type]
    try:
        unit.put_card(SimCard.from_json({"kind": "ntag213", "uid": UID}))
        seen = None
        while seen is None:
            seen = reader.poll(1)
    finally:
        reader.close()
        server.close()
    assert any(UID.lower() in row.hex for row in trace.after(0))
    told = json.dumps([row.to_json() for row in trace.shown([UID])])
    assert UID.lower() not in told.lower().replace(" ", "")
    assert "InListPassiveTarget" in told


def test_a_trace_on_disk_reads_back(tmp_path: Path) -> None:
    rows = trace_of("pn532", ("host", b"\x00\x00\xff\x02\xfe\xd4\x02\x2a\x00"))
    write_trace(tmp_path / "a.jsonl", HEADER, rows)
    header, read = read_trace(tmp_path / "a.jsonl")
    assert header == HEADER
    assert [row.to_json() for row in read] == [row.to_json() for row in rows]


@pytest.mark.parametrize("text", ["", "{}", "not json", '{"form": "other"}', "[1]"])
def test_a_file_that_is_no_trace_is_refused_in_one_sentence(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.jsonl").write_text(text)
    with pytest.raises(Invalid, match="is no trace"):
        read_trace(tmp_path / "a.jsonl")


@pytest.mark.parametrize("profile", list(all_profiles()), ids=lambda profile: profile.name)
def test_any_bytes_can_be_told(profile) -> None:
    trace = Trace(profile)
    for speaker in ("host", "device"):
        for data in (b"", bytes(range(256)), b"\x02" * 40, b"\x1b\x1b\x00"):
            trace.note(speaker, data)
    assert len(trace.shown()) == 8
