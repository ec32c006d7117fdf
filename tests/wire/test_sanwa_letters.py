"""The two-letter language of the CR-1231R against what its listeners wrote down, and against any noise."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.devices.wire.sanwa.block import BadFrame, LinkByte
from loyalty.devices.wire.sanwa.letters import Answer, LetterDecoder, Order, Sensors, encode_letters

SOURCE = "Flycast card_reader.cpp 04b536a8, comment before ClubKartCardReader and CommandBytes; XOR computed"
TRACK = bytes(range(0x20, 0x20 + 69))
GOLDEN = [
    ("device", Order("IN"), "02494e0304"),
    ("device", Order("CA"), "0243410301"),
    ("device", Order("OT", b"0"), "024f54300328"),
    ("device", Order("HI"), "0248490302"),
    ("device", Order("CL"), "02434c030c"),
    ("device", Order("RT", b"5"), "025254350330"),
    ("device", Order("RL"), "02524c031d"),
    ("device", Order("SS"), "0253530303"),
    ("device", Order("WL", b"A" * 69), "02574c" + "41" * 69 + "0359"),
    ("host", Answer("OK"), "024f4b0307"),
    ("host", Answer("OK", b"A" * 69), "024f4b" + "41" * 69 + "0346"),
    ("host", Answer("O1"), "024f31037d"),
    ("host", Answer("N4"), "024e340379"),
    ("host", Answer("NF"), "024e46030b"),
    ("host", Answer("000111"), "023030303131310302"),
    ("host", LinkByte.ACK, "06"),
    ("host", LinkByte.NAK, "15"),
]
"""All from SOURCE."""


@pytest.mark.parametrize(("role", "message", "hexes"), GOLDEN, ids=lambda part: str(part)[:30])
def test_golden(role, message, hexes):
    assert encode_letters(message).hex() == hexes
    assert LetterDecoder(role).feed(bytes.fromhex(hexes)) == [message]


@pytest.mark.parametrize("role", ["host", "device"])
@given(st.data())
def test_any_split_decodes_the_same(role, data):
    rows = [row for row in GOLDEN if row[0] == role]
    chosen = data.draw(st.lists(st.sampled_from(rows), max_size=5))
    stream = b"".join(bytes.fromhex(row[2]) for row in chosen)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=6)))
    decoder, found = LetterDecoder(role), []
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        found += decoder.feed(stream[start:end])
    assert found == [row[1] for row in chosen]


@given(st.binary(max_size=300), st.sampled_from(["host", "device"]))
def test_garbage_raises_nothing_and_grows_nothing(noise, role):
    whole, single, found = LetterDecoder(role), LetterDecoder(role), []
    together = whole.feed(noise)
    for byte in noise:
        found += single.feed(bytes([byte]))
        assert len(single._frame or b"") <= 73
    assert found == together


@pytest.mark.parametrize(("role", "message", "hexes"), GOLDEN, ids=lambda part: str(part)[:30])
def test_one_turned_bit_never_yields_another_order_or_answer(role, message, hexes):
    raw = bytes.fromhex(hexes)
    for at in range(min(len(raw), 12)):
        for bit in range(8):
            bent = raw[:at] + bytes([raw[at] ^ 1 << bit]) + raw[at + 1 :]
            found = LetterDecoder(role).feed(bent)
            assert all(isinstance(each, BadFrame | LinkByte) for each in found), bent.hex()


def test_a_track_may_hold_any_byte():
    answer = Answer("OK", bytes(range(69)))
    assert LetterDecoder("host").feed(encode_letters(answer)) == [answer]


def test_sensors():
    assert Sensors.parse("000111") == Sensors("inside", True)
    assert Sensors.parse("100000") == Sensors("front", False)
    assert Sensors.parse("000000") == Sensors("none", False)
    assert Sensors.parse(Sensors("front", True).text()) == Sensors("front", True)
    for wrong in ("", "00011", "00011x"):
        with pytest.raises(ValueError):
            Sensors.parse(wrong)
