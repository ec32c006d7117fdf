"""The Star TCP300 language against bytes from its manuals, and against whatever a line can do to them."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.devices.wire.star_tcp import block, control, face, stripe
from loyalty.devices.wire.star_tcp.block import BadBcc, BadData, LinkReply, Response, Unknown
from loyalty.devices.wire.star_tcp.codec import COMMANDS, Decoder, encode

GOLDEN = json.loads((Path(__file__).parent / "golden" / "star_tcp.json").read_text("utf-8"))
KINDS = {kind.__name__: kind for kind in (*COMMANDS, Response, LinkReply)}


def message(row):
    """The message that a golden row describes."""
    arguments = dict(row["args"])
    for key, value in arguments.items():
        if key == "discharge":
            arguments[key] = face.Discharge[value]
        elif key == "dots":
            arguments[key] = bytes.fromhex(value)
        elif isinstance(value, list):
            arguments[key] = tuple(value)
        elif isinstance(value, str) and row["kind"] != "Lamp":
            arguments[key] = value.encode()
    return KINDS[row["kind"]](**arguments)


@pytest.mark.parametrize("row", GOLDEN, ids=lambda row: row["name"])
def test_golden(row):
    data, expected = bytes.fromhex(row["hex"]), message(row)
    assert encode(expected) == data
    role = "device" if row["kind"] not in ("Response", "LinkReply") else "host"
    assert Decoder(role).feed(data) == [expected]


def test_every_message_has_a_golden_vector_with_its_source():
    assert {row["kind"] for row in GOLDEN} == set(KINDS)
    assert all(row["source"] for row in GOLDEN)


def test_no_code_belongs_to_two_messages():
    codes = [code for kind in COMMANDS for code in kind.codes]
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize("role", ["host", "device"])
@given(st.data())
def test_any_split_decodes_the_same(role, data):
    rows = [row for row in GOLDEN if (row["kind"] in ("Response", "LinkReply")) == (role == "host")]
    chosen = data.draw(st.lists(st.sampled_from(rows), max_size=6))
    noise = data.draw(st.lists(st.sampled_from(sorted({*range(256)} - {2, 6, 16, 21})), max_size=5).map(bytes))
    stream = noise.join(bytes.fromhex(row["hex"]) for row in chosen)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    decoder, found = Decoder(role), []
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        found += decoder.feed(stream[start:end])
    assert found == [message(row) for row in chosen]


@given(st.binary(max_size=400), st.sampled_from(["host", "device"]))
def test_garbage_raises_nothing_and_any_split_agrees(noise, role):
    whole, single = Decoder(role), Decoder(role)
    together = whole.feed(noise)
    assert together == [message for byte in noise for message in single.feed(bytes([byte]))]


@pytest.mark.parametrize("role", ["host", "device"])
def test_endless_data_takes_no_endless_memory(role):
    decoder = Decoder(role)
    decoder.feed(b"\x02\x41")
    for _ in range(100):
        decoder.feed(b"x" * 1000)
        assert len(decoder._block or b"") <= block.MAX_DATA + 2


@pytest.mark.parametrize("row", GOLDEN, ids=lambda row: row["name"])
def test_one_turned_bit_never_yields_a_valid_message(row):
    role = "host" if row["kind"] in ("Response", "LinkReply") else "device"
    for at in range(len(row["hex"]) // 2):
        for bit in range(8):
            raw = bytearray.fromhex(row["hex"])
            raw[at] ^= 1 << bit
            found = Decoder(role).feed(bytes(raw))
            assert all(isinstance(each, BadBcc | BadData | LinkReply) for each in found), raw.hex()


def test_the_byte_after_etx_is_the_bcc_whatever_it_is():
    assert Decoder("device").feed(bytes.fromhex("0231320300")) == [stripe.WriteStripe((2,))]
    answer = Response(0x20, 0x20)  # its BCC is 03, which is ETX
    assert encode(answer)[-1] == 0x03
    assert Decoder("host").feed(encode(answer) + encode(LinkReply.ACK)) == [answer, LinkReply.ACK]


def test_wrong_bcc_is_told_with_its_code():
    assert Decoder("device").feed(bytes.fromhex("02590300")) == [BadBcc(0x59)]
    assert Decoder("host").feed(bytes.fromhex("0259203030303030300300")) == [BadBcc(0x59)]


def test_wrong_data_is_found_before_a_wrong_bcc():
    assert isinstance(Decoder("device").feed(b"\x02\x43zz\x03\x00")[0], BadData)


def test_a_host_starts_afresh_at_stx_and_a_unit_does_not():
    good = encode(Response(0x59, 0x20, b"000000"))
    assert Decoder("host").feed(good[:5] + good) == [Response(0x59, 0x20, b"000000")]
    assert Decoder("device").feed(bytes.fromhex("0259 0259035A")) != [control.SensorStatus()]


def test_1024_bytes_of_data_are_taken_and_one_more_is_not():
    def text(size):
        return Decoder("device").feed(encode(face.PrintText(b"a" * size)))

    assert text(1024) == [face.PrintText(b"a" * 1024)]
    assert isinstance(text(1025)[0], BadData)


def test_codes_without_a_name_come_through():
    assert Decoder("device").feed(encode(Unknown(0x44, b"0,1"))) == [Unknown(0x44, b"0,1")]


def test_lamp_takes_commas_and_small_letters():
    with_commas = block.frame(b"\x5a3,o,2")
    assert Decoder("device").feed(with_commas) == [control.Lamp("3", "O", "2")]


REJECTED = [
    b"\x43480,0,FF", b"\x430,39,FFFF", b"\x430,0,F", b"\x430,0,", b"\x4d479,0,1,FFFF", b"\x4d0,0,0,FF",
    b"\x4d0,0,2,FFFFFF", b"\x463", b"\x461,2", b"\x46,1", b"\x50", b"\x318", b"\x31", b"\x39\x7f",
    b"\x39" + b"x" * 70, b"\x35\x00", b"\x422000", b"\x590", b"\x220", b"\x410,320,0,x", b"\x411,480,0,x",
    b"\x5a9G1", b"\x450,G,00", b"\x4e1,2,9,A,1", b"\x91",
]  # fmt: skip


@pytest.mark.parametrize("content", REJECTED, ids=lambda content: content[:12].hex())
def test_wrong_parameters_are_rejected(content):
    [found] = Decoder("device").feed(block.frame(content))
    assert isinstance(found, BadData)
    assert found.code == content[0]


def test_sensors():
    sensors = control.Sensors.parse(b"010010")
    assert (sensors.inlet, sensors.inside, sensors.cover_open) == (0, (True, False, False), True)
    assert sensors.data() == b"010010"
    assert control.Sensors.parse(b"2000001").inlet == 2  # the bare mechanism has a seventh character
    for wrong in (b"", b"00000", b"300000", b"000001x"):
        with pytest.raises(ValueError):
            control.Sensors.parse(wrong)
