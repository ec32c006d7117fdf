"""The language of the EasyPrinter S3 against what its free client sends, and against broken lines."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loyalty.devices.wire.easyprinter import messages, replies
from loyalty.devices.wire.easyprinter.decoder import Decoder
from loyalty.devices.wire.easyprinter.document import TextElement, document, encoded
from loyalty.devices.wire.easyprinter.messages import (
    MAX_TEXT,
    Across,
    Along,
    Column,
    DisplayText,
    EraseArea,
    Move,
    Plain,
    PrintWindow,
    Text,
    Unknown,
    encode,
)
from loyalty.devices.wire.easyprinter.replies import (
    MAX_REPLY,
    Asked,
    BadReply,
    ReplyDecoder,
    State,
    TextReply,
    UidReply,
)

GOLDEN = json.loads((Path(__file__).parent / "golden" / "easyprinter.json").read_text("utf-8"))


def message(row):
    if row["kind"] == "Plain":
        return Plain[row["name"]]
    args = {name: tuple(value) if isinstance(value, list) else value for name, value in row["args"].items()}
    if row["kind"] in ("Column", "Unknown"):
        args = {name: bytes.fromhex(value) for name, value in args.items()}
    return getattr(messages, row["kind"])(**args)


@pytest.mark.parametrize("row", GOLDEN["messages"], ids=lambda row: row.get("name", row["kind"]))
def test_golden_message(row):
    data = bytes.fromhex(row["hex"])
    assert encode(message(row)) == data
    ends = b"\x1a" if row["kind"] == "Text" else b""
    assert Decoder().feed(data + ends) == [message(row), *([Plain.STATE] if ends else [])]


@pytest.mark.parametrize("row", GOLDEN["documents"], ids=lambda row: row["name"])
def test_golden_document(row):
    spoken = list(document([TextElement(**element) for element in row["elements"]]))
    assert encoded(spoken).hex() == row["hex"]
    assert Decoder().feed(bytes.fromhex(row["hex"])) == spoken


@pytest.mark.parametrize("row", GOLDEN["elements"], ids=lambda row: row["name"])
def test_golden_element(row):
    assert encoded(list(TextElement(**row["element"]).messages())).hex() == row["hex"]


@pytest.mark.parametrize("row", GOLDEN["answers"], ids=lambda row: f"{row['kind']} {row['hex']}")
def test_golden_answer(row):
    data = bytes.fromhex(row["hex"])
    if row["kind"] == "State":
        expected, asked = State(**dict.fromkeys(row["bits"], True)), Asked.STATE
        assert expected.byte == row["byte"]
    else:
        asked = Asked.TEXT if row["kind"] == "TextReply" else Asked.UID
        kind = getattr(replies, row["kind"])
        expected = kind(data) if kind is BadReply else kind(row["text"])
    assert ReplyDecoder(asked).feed(data) == [expected]
    assert replies.encode(expected) == data


def test_every_message_has_a_golden_vector_with_its_source():
    assert all(row["source"] for rows in GOLDEN.values() for row in rows)
    assert {row["kind"] for row in GOLDEN["messages"]} == {kind.__name__ for kind in messages.Message.__args__}
    assert {row.get("name") for row in GOLDEN["messages"] if row["kind"] == "Plain"} == set(Plain.__members__)
    assert {row["kind"] for row in GOLDEN["answers"]} == {kind.__name__ for kind in replies.Reply.__args__}


DIGITS2, DIGITS4 = st.integers(0, 99), st.integers(0, 9999)
LATIN = st.text(st.characters(codec="latin-1", min_codepoint=0x20), min_size=1, max_size=40)
SPOKEN = st.one_of(
    st.sampled_from(Plain),
    st.builds(Move, st.integers(0, 0xFFFF), st.booleans()),
    st.builds(EraseArea, DIGITS2, DIGITS4, DIGITS2, DIGITS4),
    st.builds(PrintWindow, DIGITS4, DIGITS4),
    st.builds(Across, DIGITS2),
    st.builds(Along, DIGITS4),
    st.builds(Column, st.binary(min_size=1, max_size=255)),
    st.just(DisplayText(("Hello", "", "880 points", ""))),
)


@settings(max_examples=30)
@given(st.lists(st.one_of(SPOKEN, st.builds(Text, LATIN).map(lambda text: [text, Plain.STATE])), max_size=8), st.data())
def test_any_split_decodes_the_same(spoken, data):
    spoken = [each for entry in spoken for each in (entry if isinstance(entry, list) else [entry])]
    stream = encoded(spoken)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    decoder, found = Decoder(), []
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        found += decoder.feed(stream[start:end])
    assert found == spoken


BEGINNINGS = [b"\x1b", b"\x1bL1", b"\x1b%d01", b"\x1bQ\xff", b"\x1bQ\0", b"\x1b$D1", b"\x1bj", b"\x0c", b"\x1a"]
NOISE = st.lists(st.one_of(st.binary(max_size=30), st.sampled_from(BEGINNINGS)), max_size=12).map(b"".join)


@settings(max_examples=40)
@given(NOISE)
def test_garbage_raises_nothing_and_any_split_agrees(noise):
    for make in (Decoder, *(lambda asked=asked: ReplyDecoder(asked) for asked in Asked)):
        whole, single = make(), make()
        assert whole.feed(noise) == [found for byte in noise for found in single.feed(bytes([byte]))]


@settings(max_examples=30)
@given(st.lists(SPOKEN, min_size=1, max_size=5), st.data())
def test_a_spoilt_byte_takes_no_more_than_a_column_with_it(spoken, data):
    stream = bytearray(encoded(spoken))
    at = data.draw(st.integers(0, len(stream) - 1))
    stream[at : at + 1] = data.draw(st.binary(max_size=2))
    decoder = Decoder()
    decoder.feed(bytes(stream) + b"\x1a" * 256)
    assert decoder.feed(b"\x1ba")[-1] is Plain.FIRMWARE


@pytest.mark.slow
@settings(max_examples=20_000)
@given(st.binary(max_size=300), st.data())
def test_many_random_bytes(noise, data):
    decoder = Decoder()
    for size in data.draw(st.lists(st.integers(1, 100), max_size=5)):
        decoder.feed(noise[:size])
    decoder.feed(noise + b"\x1a" * 256)
    assert decoder.feed(b"\x1ba")[-1] is Plain.FIRMWARE


def test_endless_data_takes_no_endless_memory():
    decoder, answers = Decoder(), [ReplyDecoder(asked) for asked in (Asked.TEXT, Asked.UID)]
    for _ in range(20):
        decoder.feed(b"x" * 4000)
        assert len(decoder._text) <= MAX_TEXT
        for answer in answers:
            answer.feed(b"S" * 4000)
            assert len(answer._heard) <= MAX_REPLY


def test_what_is_no_command_does_not_swallow_the_next():
    assert Decoder().feed(b"\x1bL100\x1bU") == [Unknown(b"\x1bL100"), Plain.TURN_FACE]
    assert Decoder().feed(b"\x1bL100\x0c") == [Unknown(b"\x1bL100"), Plain.START]
    assert Decoder().feed(b"\x1bQ\0\x1a") == [Unknown(b"\x1bQ\0"), Plain.STATE]
    assert Decoder().feed(b"\x1b\x1a") == [Unknown(b"\x1b"), Plain.STATE]
    assert Decoder().feed(b"\x1b$D1" + b"\xff" * 80)[0] == Unknown(b"\x1b$D1" + b"\xff" * 80)
    assert Decoder().feed(b"\x1b$D1" + b"\n" * 80)[0] == Unknown(b"\x1b$D1" + b"\n" * 80)


def test_a_half_heard_command_is_forgotten_at_power_on():
    decoder = Decoder()
    decoder.feed(b"\x1bQ\x05ab")
    assert not decoder.idle
    decoder.reset()
    assert decoder.idle and decoder.feed(b"\x1a") == [Plain.STATE]


@pytest.mark.parametrize("bad", [
    Move(70000), DisplayText(("x" * 21,)), DisplayText(("",) * 5), DisplayText(("Ä",)), Across(100), Along(-1),
    Column(b""), Column(bytes(256)), Text(""), Text("a\x1b"), Text("會員"), Text("x" * 513),
])  # fmt: skip
def test_what_the_language_cannot_carry_is_refused(bad):
    with pytest.raises(ValueError, match=r"cannot take .+\.$"):
        encode(bad)


def test_answers_are_bounded_and_honest():
    assert ReplyDecoder(Asked.UID).feed(b"S 04A1\r") == [BadReply(b"S 04A1\r")]
    assert ReplyDecoder(Asked.UID).feed(b"S 04a1b2c3\r") == [UidReply("04A1B2C3")]
    assert ReplyDecoder(Asked.TEXT).feed(b"EP\x07\n") == [BadReply(b"EP\x07\n")]
    assert ReplyDecoder(Asked.TEXT).feed(b"EP000226\nEP") == [TextReply("EP000226")]
