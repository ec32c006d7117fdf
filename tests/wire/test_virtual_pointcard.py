"""The virtual PointCardRW's own language: every word, any split, broken lines. Its page is its manual."""

import binascii
import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loyalty.devices.wire.virtual_pointcard import (
    ANSWERS,
    EVENTS,
    MAX_LINE,
    REQUESTS,
    BadLine,
    Decoder,
    Line,
    encode,
)

GOLDEN = json.loads((Path(__file__).parent / "golden" / "virtual_pointcard.json").read_text("utf-8"))
PAGE = Path(__file__).parents[2] / "docs" / "devices" / "virtual-pointcard.md"
VALUES = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
NAMES = st.from_regex(r"[a-z][a-z0-9]{0,15}", fullmatch=True)
LINES = st.builds(
    Line, st.sampled_from("><!"), st.integers(0, 9999), st.sampled_from([*REQUESTS, *ANSWERS, *EVENTS]),
    st.lists(st.tuples(NAMES, VALUES), max_size=4).map(tuple),
)  # fmt: skip


@pytest.mark.parametrize("row", GOLDEN, ids=lambda row: row["line"][:24])
def test_golden_line(row):
    data = row["line"].encode("ascii") + b"\n"
    line = Line(row["who"], row["number"], row["word"], tuple(row["fields"].items()))
    assert encode(line) == data
    assert Decoder().feed(data) == [line]


def test_every_word_has_a_golden_line_and_a_place_on_its_page():
    words = {*REQUESTS, *ANSWERS, *EVENTS}
    assert {row["word"] for row in GOLDEN} == words
    page = PAGE.read_text("utf-8")
    assert {word for word in words if f"`{word}" not in page} == set()
    printed = re.findall(r"^ {4}([><!]\d+ [^\n]+\*[0-9A-F]{4})$", page, re.M)
    assert printed and all(isinstance(Decoder().feed(line.encode() + b"\n")[0], Line) for line in printed)


def test_the_check_is_the_catalogues_crc_16_xmodem():
    assert binascii.crc_hqx(b"123456789", 0) == 0x31C3


@settings(max_examples=30)
@given(st.lists(LINES, max_size=6), st.data())
def test_any_split_decodes_the_same(lines, data):
    stream = b"".join(map(encode, lines))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=6)))
    decoder, found = Decoder(), []
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        found += decoder.feed(stream[start:end])
    assert found == lines


@settings(max_examples=40)
@given(st.lists(st.one_of(st.binary(max_size=30), LINES.map(encode)), max_size=6).map(b"".join))
def test_garbage_raises_nothing_and_any_split_agrees(noise):
    whole, single = Decoder(), Decoder()
    assert whole.feed(noise) == [found for byte in noise for found in single.feed(bytes([byte]))]


@settings(max_examples=30)
@given(LINES, st.data())
def test_a_bent_lost_or_doubled_byte_never_makes_another_line(line, data):
    stream = encode(line)
    at = data.draw(st.integers(0, len(stream) - 2))
    bent = stream[:at] + bytes([stream[at] ^ 1 << data.draw(st.integers(0, 7))]) + stream[at + 1 :]
    for broken in (bent, stream[:at] + stream[at + 1 :], stream[: at + 1] + stream[at:]):
        assert all(isinstance(each, BadLine) for each in Decoder().feed(broken + b"\n") if each != line)


def test_endless_data_takes_no_endless_memory():
    decoder = Decoder()
    for _ in range(10):
        decoder.feed(b"x" * 4000)
        assert len(decoder._heard) <= MAX_LINE
    line = Line.of(">", 1, "STATE")
    assert decoder.feed(b"\n" + encode(line))[-1] == line


@pytest.mark.parametrize("bad", [Line(">", 1, "two words"), Line("?", 1, "STATE"), Line(">", 10_000, "STATE")])
def test_what_is_no_line_is_not_sent(bad):
    with pytest.raises(ValueError, match="no line of a virtual"):
        encode(bad)
    with pytest.raises(ValueError, match="at most 8192 bytes"):
        encode(Line.of(">", 1, "TEXT", text="x" * 9000))
