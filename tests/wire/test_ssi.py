"""SSI packets: those of manuals and of another library, any pieces, any damage, repetitions."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.devices.wire import ssi
from loyalty.devices.wire.ssi import Opcode, Packet, Status

GOLDEN = json.loads((Path(__file__).parent / "golden" / "ssi.json").read_text("utf-8"))
packets = st.builds(
    Packet,
    st.sampled_from(list(Opcode)),
    st.sampled_from([ssi.DECODER, ssi.HOST]),
    st.binary(max_size=ssi.LONGEST_DATA),
    st.integers(0, 255),
)


def code(data: bytes, status: int = 0) -> Packet:
    return Packet(Opcode.DECODE_DATA, ssi.DECODER, data, status)


@pytest.mark.parametrize("row", GOLDEN, ids=lambda row: row["name"])
def test_packets_of_others(row):
    packet = Packet(int(row["opcode"], 16), row["source"], bytes.fromhex(row["data"]), row["status"])
    raw = bytes.fromhex(row["packet"])
    assert ssi.encode(packet) == raw
    assert ssi.Decoder().feed(raw) == [packet]


def test_the_parameter_that_asks_for_packets():
    assert ssi.encode(ssi.parameter(ssi.PACKETED_DECODE, 1)).hex() == "07c60400ffee01fd41"


def test_a_wrong_checksum_is_told():
    raw = bytes.fromhex("0500040000ffe7")  # clocklimited/motorola-ssi-scanner, test/checksum.test.js
    assert ssi.Decoder().feed(raw)[0] == ssi.BrokenPacket(7)


@given(st.lists(packets, min_size=1, max_size=4), st.data())
def test_any_pieces_give_the_same_packets(sent, pieces):
    raw = b"".join(map(ssi.encode, sent))
    decoder, found, at = ssi.Decoder(), [], 0
    while at < len(raw):
        size = pieces.draw(st.integers(1, 40))
        found += decoder.feed(raw[at : at + size])
        at += size
    assert found == sent and not decoder.waiting


@given(st.binary(max_size=600))
def test_noise_never_breaks_it_and_holds_little(noise):
    decoder = ssi.Decoder()
    whole = ssi.Decoder().feed(noise)
    assert [each for byte in noise for each in decoder.feed(bytes([byte]))] == whole
    assert decoder.forget() <= ssi.LONGEST + ssi.CHECK_BYTES
    assert decoder.feed(ssi.encode(code(b"\x0bX"))) == [code(b"\x0bX")]


@given(packets, st.data())
def test_one_turned_bit_is_never_taken_for_the_packet(packet, where):
    raw = bytearray(ssi.encode(packet))
    bit = where.draw(st.integers(0, 8 * len(raw) - 1))
    raw[bit // 8] ^= 1 << bit % 8
    assert packet not in ssi.Decoder().feed(bytes(raw))


def test_more_than_a_packet_holds_is_refused():
    with pytest.raises(ValueError, match="251"):
        ssi.encode(code(bytes(252)))


def test_several_packets_are_one_code():
    assembly = ssi.Assembly(1000)
    assert assembly.add(code(b"\x1cAB", Status.MORE_FOLLOWS)) is None
    assert assembly.add(code(b"\x1cCD", Status.MORE_FOLLOWS)) is None
    assert assembly.add(code(b"\x1cE")) == (0x1C, b"ABCDE")
    assert assembly.add(code(b"\x03F")) == (0x03, b"F")


def test_where_only_the_first_packet_has_the_type():
    assembly = ssi.Assembly(1000, type_in_each=False)
    assembly.add(code(b"\x1cAB", Status.MORE_FOLLOWS))
    assert assembly.add(code(b"CD")) == (0x1C, b"ABCD")


def test_a_repetition_counts_once_and_a_second_scan_twice():
    assembly = ssi.Assembly(1000)
    assert assembly.add(code(b"\x03A")) == (3, b"A")
    assert assembly.add(code(b"\x03A", Status.RETRANSMIT)) is None
    assert assembly.add(code(b"\x03A")) == (3, b"A")
    assert assembly.add(code(b"\x03B", Status.RETRANSMIT)) == (3, b"B")  # its first sending was lost


def test_a_repetition_in_the_middle_of_a_code():
    assembly = ssi.Assembly(1000)
    assembly.add(code(b"\x1cAB", Status.MORE_FOLLOWS))
    assert assembly.add(code(b"\x1cAB", Status.MORE_FOLLOWS | Status.RETRANSMIT)) is None
    assert assembly.add(code(b"\x1cCD")) == (0x1C, b"ABCD")


def test_a_code_without_end_is_cut():
    assembly = ssi.Assembly(1000)
    ends = [assembly.add(code(b"\x1c" + bytes(200), Status.MORE_FOLLOWS)) for _ in range(20)]
    assert max(len(end[1]) for end in ends if end) <= 1200
