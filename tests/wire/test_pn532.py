"""The PN532's frames: bytes that real chips and other people's libraries sent, any pieces, any damage."""

import json
from dataclasses import is_dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.devices.wire import pn532 as pn
from loyalty.devices.wire.pn532 import answers, commands

GOLDEN = json.loads((Path(__file__).parent / "golden" / "pn532.json").read_text("utf-8"))
SPEAKER = {"host": pn.FROM_HOST, "chip": pn.FROM_CHIP}
byte = st.integers(0, 255)
data = st.binary(max_size=64)
uids = st.sampled_from([4, 7, 10]).flatmap(lambda size: st.binary(min_size=size, max_size=size))
targets = st.builds(pn.TargetA, st.integers(1, 2), st.integers(0, 0xFFFF), st.just(0x08), uids)
messages = st.one_of(
    st.builds(pn.Diagnose, byte, data),
    st.builds(pn.FirmwareVersion, byte, byte, byte, byte),
    st.builds(pn.GeneralStatus, byte, st.booleans(), st.just(((1, 0, 0, 0x10),)), byte),
    st.builds(pn.ReadRegister, st.lists(st.integers(0, 0xFFFF), max_size=9).map(tuple)),
    st.builds(pn.WriteRegister, st.lists(st.tuples(st.integers(0, 0xFFFF), byte), max_size=9).map(tuple)),
    st.builds(pn.SetSerialBaudRate, st.sampled_from(pn.BAUD_RATES)),
    st.builds(pn.SamConfiguration, byte, byte, byte),
    st.builds(pn.RfConfiguration, byte, data),
    st.builds(pn.InListPassiveTarget, byte, byte, data),
    st.builds(pn.PassiveTargets, st.integers(0, 2), data),
    st.builds(pn.InDataExchange, data, st.integers(1, 2), st.booleans()),
    st.builds(pn.DataExchanged, st.integers(0, 0x3F), st.binary(max_size=262), st.booleans()),
    st.builds(pn.InAutoPoll, byte, byte, data),
    st.builds(pn.AutoPolled, st.lists(st.tuples(byte, st.binary(max_size=20)), max_size=2).map(tuple)),
    st.sampled_from([pn.Done(0x33), pn.StatusAnswer(0x53, 0), pn.GetFirmwareVersion(), pn.InSelect(1), pn.Ack()]),
)


def speaker_of(message: pn.Frame) -> int:
    return pn.FROM_CHIP if getattr(message, "code", 0) & 1 else pn.FROM_HOST


@pytest.mark.parametrize("row", GOLDEN, ids=lambda row: row["name"])
def test_frames_of_real_chips_and_libraries(row):
    frame = bytes.fromhex(row["frame"])
    found = pn.Decoder(SPEAKER[row["speaker"]]).feed(frame)
    assert [str(message) for message in found] == [row["message"]]
    assert frame.endswith(pn.encode(found[0])[2:])  # a longer preamble is the only freedom


def test_every_message_has_a_golden_frame_with_its_source():
    named = {row["message"].partition("(")[0] for row in GOLDEN}
    kinds = {kind for module in (commands, answers) for kind, value in vars(module).items()
             if is_dataclass(value) and value.__module__ == module.__name__}  # fmt: skip
    assert kinds - {"Other"} <= named and len(kinds) > 20
    assert all(row["source"] for row in GOLDEN)


def test_the_longest_frame_is_extended():
    test = pn.Diagnose(0, bytes(range(256)) + bytes(range(6)))  # nfcpy 1.0.4 sends it at every start
    frame = pn.encode(test)
    assert frame.startswith(bytes.fromhex("0000ffffff0109f6d4000000010203"))
    assert frame.endswith(bytes.fromhex("0001020304059d00"))
    assert pn.Decoder(pn.FROM_HOST).feed(frame) == [test]
    with pytest.raises(ValueError, match="265"):
        pn.encode(pn.Diagnose(0, bytes(263)))


@given(messages)
def test_what_is_encoded_is_decoded(message):
    assert pn.Decoder(speaker_of(message)).feed(pn.encode(message)) == [message]


@given(targets, st.binary(min_size=1, max_size=9))
def test_targets_are_told_apart_and_leftovers_refused(target, rest):
    assert pn.PassiveTargets(1, target.encoded()).type_a() == (target,)
    with pytest.raises(pn.Malformed):
        pn.PassiveTargets(1, target.encoded() + rest).type_a()
    with pytest.raises(pn.Malformed):
        pn.PassiveTargets(1, target.encoded()[:-1]).type_a()


def test_an_answer_to_select_is_no_part_of_the_uid():
    frame = next(row["frame"] for row in GOLDEN if "ATS" in row["name"])
    (answer,) = pn.Decoder(pn.FROM_CHIP).feed(bytes.fromhex(frame))
    (card,) = answer.type_a()
    assert (card.uid.hex(), card.sak, card.ats.hex()) == ("fde60899", 0x28, "788090022090000000000" + "0fde60899")


@pytest.mark.parametrize(
    ("given_uid", "uid"),
    [
        ("8804a1b2c3d4e5f6", "04a1b2c3d4e5f6"),
        ("8801020388040506" + "0708090a", "0102030405060708090a"),
        ("88a1b2c3", "88a1b2c3"),
    ],
)
def test_cascade_tags_are_taken_off(given_uid, uid):
    assert pn.without_cascade_tags(bytes.fromhex(given_uid)).hex() == uid


@pytest.mark.parametrize("size", [0, 1, 3, 5, 6, 8, 9, 11, 12, 20])
def test_uids_have_4_7_or_10_bytes(size):
    with pytest.raises(pn.Malformed):
        pn.without_cascade_tags(bytes(size))


@given(st.lists(messages.filter(lambda message: speaker_of(message) == pn.FROM_CHIP), max_size=4), st.data())
def test_any_pieces_give_the_same_frames(sent, pieces):
    stream = b"".join(pn.encode(message) for message in sent)
    assert in_pieces(stream, pieces) == sent


@given(st.binary(max_size=80), st.data())
def test_any_pieces_of_noise_give_the_same_frames(noise, pieces):
    stream = noise + pn.encode(pn.Done(0x33)) + noise
    assert in_pieces(stream, pieces) == pn.Decoder(pn.FROM_CHIP).feed(stream)


def in_pieces(stream: bytes, pieces: st.DataObject) -> list[pn.Frame]:
    cuts = sorted(pieces.draw(st.lists(st.integers(0, len(stream)), max_size=12)))
    decoder = pn.Decoder(pn.FROM_CHIP)
    return [
        frame
        for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True)
        for frame in decoder.feed(stream[start:end])
    ]


@given(st.binary(min_size=1, max_size=60).filter(lambda noise: b"\x00\xff" not in noise and noise[-1] != 0))
def test_a_frame_is_found_behind_noise(noise):
    assert pn.Decoder(pn.FROM_CHIP).feed(noise + pn.encode(pn.Done(0x33)))[-1] == pn.Done(0x33)


@given(st.binary(min_size=2000, max_size=4000))
def test_memory_stays_bounded(noise):
    decoder = pn.Decoder(pn.FROM_CHIP)
    for at in range(0, len(noise), 50):
        decoder.feed(noise[at : at + 50])
        assert len(decoder._buffer) <= 7 + pn.MAX_LENGTH + 2


@pytest.mark.parametrize("row", [row for row in GOLDEN if row["speaker"] == "chip"], ids=lambda row: row["name"])
def test_one_wrong_bit_never_gives_another_answer(row):
    frame = bytes.fromhex(row["frame"])
    (true,) = pn.Decoder(pn.FROM_CHIP).feed(frame)
    for at in range(len(frame)):
        for bit in range(8):
            damaged = frame[:at] + bytes([frame[at] ^ 1 << bit]) + frame[at + 1 :]
            for found in pn.Decoder(pn.FROM_CHIP).feed(damaged + bytes(4)):
                assert found == true or isinstance(found, pn.BadFrame | pn.Ack | pn.Nack | pn.SyntaxErrorFrame)


@pytest.mark.parametrize(
    "frame",
    [
        "0000ff0200d4022a00",  # length checksum
        "0000ff02fed4022b00",  # data checksum
        "0000ff02fed5022900",  # a chip's identifier on a command
        "0000ff02fed4141800",  # SAMConfiguration without its mode
        "0000ffffff0200fe00",  # longer than a frame may be
    ],
)
def test_what_is_no_frame_is_told(frame):
    found = pn.Decoder(pn.FROM_HOST).feed(bytes.fromhex(frame))
    assert found and all(isinstance(one, pn.BadFrame) for one in found)


def test_content_that_makes_no_sense_is_told_from_damage():
    (found,) = pn.Decoder(pn.FROM_HOST).feed(bytes.fromhex("0000ff03fdd410091300"))
    assert isinstance(found, pn.BadFrame) and found.checksum_right
    (found,) = pn.Decoder(pn.FROM_HOST).feed(bytes.fromhex("0000ff03fdd410091400"))
    assert isinstance(found, pn.BadFrame) and not found.checksum_right


def test_only_messages_are_sent():
    with pytest.raises(ValueError, match="not something to send"):
        pn.encode(pn.BadFrame("x"))
