"""The MSR605's language: the manual's bytes, any pieces, any damage; its HID packets."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.devices.wire import msr605 as msr
from loyalty.devices.wire.msr605 import answers
from loyalty.devices.wire.msr605.packets import SIZE, Unpacker, packets

GOLDEN = json.loads((Path(__file__).parent / "golden" / "msr605.json").read_text("utf-8"))
HOST = [row for row in GOLDEN if row["speaker"] == "host"]
UNIT = [row for row in GOLDEN if row["speaker"] == "unit"]
tracks = st.dictionaries(st.sampled_from([1, 2, 3]), st.binary(min_size=1, max_size=255))
texts = st.dictionaries(st.sampled_from([1, 2, 3]), st.text(st.sampled_from("0123456789=<>:"), min_size=1, max_size=60))
commands = st.one_of(
    st.sampled_from([msr.Reset(), msr.ReadRaw(), msr.GetModel(), msr.SetCoercivity(True), msr.Lights("red")]),
    st.builds(msr.WriteIso, texts), st.builds(msr.WriteRaw, tracks),
    st.builds(msr.SetLeadingZeros, st.integers(0, 255), st.integers(0, 255)),
    st.builds(msr.Erase, st.sampled_from(sorted(msr.Erase.masks))),
    st.builds(msr.SetBits, st.tuples(*[st.integers(5, 8)] * 3)),
    st.builds(lambda which: msr.SetDensity(*which), st.sampled_from(sorted(msr.SetDensity.codes))),
)  # fmt: skip


def command_of(hexed):
    (command,) = msr.CommandDecoder().feed(bytes.fromhex(hexed))
    return command


def pieces_of(data, draw):
    cuts = sorted(draw.draw(st.lists(st.integers(0, len(data)), max_size=8)))
    return [data[start:end] for start, end in zip([0, *cuts], [*cuts, len(data)], strict=True)]


@pytest.mark.parametrize("row", HOST, ids=lambda row: row["message"])
def test_commands_of_the_manual(row):
    command = command_of(row["bytes"])
    assert str(command) == row["message"]
    assert msr.encode(command).hex() == row["bytes"]


@pytest.mark.parametrize("row", UNIT, ids=lambda row: row["message"])
def test_answers_of_the_manual(row):
    answer = msr.AnswerDecoder(command_of(row["to"])).feed(bytes.fromhex(row["bytes"]))
    assert str(answer) == row["message"]
    if "free_form" not in row:
        assert answers.encode(answer).hex() == row["bytes"]


KINDS = {kind for kind in msr.__all__ if kind[0].isupper()} - {
    "AnswerDecoder", "CommandDecoder", "BAD", "Malformed", "Unknown",
}  # fmt: skip


@given(st.lists(commands, min_size=1, max_size=4), st.data())
def test_any_pieces_give_the_same_commands(sent, draw):
    decoder = msr.CommandDecoder()
    stream = b"".join(msr.encode(command) for command in sent)
    assert [command for piece in pieces_of(stream, draw) for command in decoder.feed(piece)] == sent


swipes = st.one_of(
    st.builds(answers.RawTracks, st.just(0x30), tracks), st.builds(answers.IsoTracks, st.just(0x31), texts)
)


@given(swipes, st.data())
def test_any_pieces_give_the_same_swipe(answer, draw):
    command = msr.ReadRaw() if isinstance(answer, answers.RawTracks) else msr.ReadIso()
    decoder = msr.AnswerDecoder(command)
    found = [decoder.feed(piece) for piece in pieces_of(answers.encode(answer), draw)]
    assert found[-1] == answer


@pytest.mark.parametrize("at", range(1, 33))
def test_every_split_of_a_raw_block(at):
    whole = bytes.fromhex("1b731b0108c5b07814954e3e2a1b02052b8849eaaf1b03003f1c1b30")
    decoder = msr.AnswerDecoder(msr.ReadRaw())
    if at < len(whole):
        assert decoder.feed(whole[:at]) is None and decoder.began
        whole = whole[at:]
    answer = decoder.feed(whole)
    assert isinstance(answer, answers.RawTracks) and sorted(answer.tracks) == [1, 2]


@given(st.lists(st.binary(max_size=80), max_size=12))
def test_noise_at_the_unit_is_a_command_or_nothing(noise):
    decoder = msr.CommandDecoder()
    for piece in noise:
        for command in decoder.feed(piece):
            assert isinstance(command, msr.Unknown) or msr.encode(command)


@given(st.sampled_from(["1b72", "1b6d", "1b65", "1b6c", "1b74", "1b76", "1b6f080808", "1b64"]),
       st.lists(st.binary(max_size=300), max_size=8))  # fmt: skip
def test_noise_at_the_host_is_an_answer_or_malformed(command, noise):
    decoder = msr.AnswerDecoder(command_of(command))
    for piece in noise:
        try:
            if decoder.feed(piece) is not None:
                return
        except msr.Malformed:
            return
    assert decoder.refusal() is None or decoder.refusal().code in answers.STATUS


def test_an_answer_without_end_is_not_kept_for_ever():
    decoder = msr.AnswerDecoder(msr.ReadIso())
    with pytest.raises(msr.Malformed):
        decoder.feed(b"\x1bs\x1b\x01" + b"A" * 2000)


def test_a_refusal_where_something_else_was_asked_for():
    decoder = msr.AnswerDecoder(msr.GetModel())
    assert decoder.feed(b"\x1b4") is None
    assert decoder.refusal() == msr.Status(0x34)


def test_packets_of_the_msr605x():
    """README of the msr605x library, Protocol Details."""
    assert packets(b"string") == [b"\xc6string".ljust(64, b"\x00")]
    assert packets(b"\x1ba") == [b"\xc2\x1ba".ljust(64, b"\x00")]
    assert [packet[0] for packet in packets(bytes(64))] == [0xBF, 0x41]
    assert [packet[0] for packet in packets(bytes(130))] == [0xBF, 0x3F, 0x44]


@given(st.binary(min_size=1, max_size=400))
def test_packets_come_apart_again(message):
    unpacker = Unpacker()
    assert b"".join(unpacker.feed(packet) for packet in packets(message)) == message and not unpacker.lost


@given(st.lists(st.binary(max_size=70), max_size=9))
def test_noise_in_packets_is_dropped(reports):
    unpacker = Unpacker()
    for report in reports:
        assert len(report) == SIZE or unpacker.feed(report) == b""
