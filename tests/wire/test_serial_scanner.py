"""Codes from scanners: suffixes, prefixes, identifiers, lengths, and whatever noise comes in between."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.devices.wire.serial_scanner import AIM, SUFFIXES, Code, Decoder, Manner, Unreadable, encode

CR = Manner()
letters = st.characters(min_codepoint=0x20, max_codepoint=0x7E, exclude_characters="]")
codes = st.tuples(st.text(letters, min_size=1, max_size=60), st.sampled_from(sorted(set(AIM.values()))))
manners = st.builds(
    Manner,
    st.sampled_from([suffix for suffix in SUFFIXES.values() if suffix]),
    st.sampled_from([b"", b"\x04", b"$$"]),
    st.booleans(),
)


GOLDEN = [
    (b"]E05901234123457\r", Code("5901234123457", "]E0"), "ISO/IEC 15424"),
    (b"]C101095011010209171719050810ABCD\x1d2110\r", Code("01095011010209171719050810ABCD\x1d2110", "]C1"),
     "GS1 General Specifications, figure of a GS1-128 element string; ISO/IEC 15424"),
    (b"]L2ABCD\r", Code("ABCD", "]L2"), "Zebra DS2208 Product Reference Guide, page E-6"),
    (b"]A7ABC\r", Code("ABC", "]A7"), "Zebra LS2208 Reference Guide, page B-3"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        *((sent, code) for sent, code, _ in GOLDEN),
        (b"5901234123457\r", Code("5901234123457")),
        (b"]Q1M-000123\r", Code("M-000123", "]Q1")),
        ("Grüße\r".encode("latin-1"), Code("Grüße")),
        (b"]\r", Code("]")),
        (b"\nM-1\r", Code("M-1")),  # the line feed of a code before
    ],
)
def test_codes_as_scanners_send_them(sent, code):
    assert Decoder(CR).feed(sent) == [code]


@given(manners, st.lists(codes, min_size=1, max_size=4), st.data())
def test_any_pieces_give_the_same_codes(manner, scanned, pieces):
    sent = [Code(text, aim if manner.aim_id else "") for text, aim in scanned]
    stream = b"".join(encode(code, manner) for code in sent)
    cuts = sorted(pieces.draw(st.lists(st.integers(0, len(stream)), max_size=9)))
    decoder = Decoder(manner)
    parts = zip([0, *cuts], [*cuts, len(stream)], strict=True)
    assert [code for start, end in parts for code in decoder.feed(stream[start:end])] == sent
    assert not decoder.waiting


@given(manners, st.binary(max_size=700), st.data())
def test_any_pieces_of_noise_give_the_same(manner, noise, pieces):
    cuts = sorted(pieces.draw(st.lists(st.integers(0, len(noise)), max_size=9)))
    whole, cut = Decoder(manner), Decoder(manner)
    expected = whole.feed(noise) + whole.flush()
    parts = zip([0, *cuts], [*cuts, len(noise)], strict=True)
    assert [found for start, end in parts for found in cut.feed(noise[start:end])] + cut.flush() == expected


@pytest.mark.parametrize("name", SUFFIXES)
def test_every_suffix(name):
    decoder = Decoder(Manner(SUFFIXES[name]))
    found = decoder.feed(b"M-1" + SUFFIXES[name])
    assert (found or decoder.flush()) == [Code("M-1")]


def test_a_code_without_suffix_waits_for_the_silence():
    decoder = Decoder(CR)
    assert decoder.feed(b"M-000123") == [] and decoder.waiting
    assert decoder.flush() == [Code("M-000123")] and not decoder.waiting
    assert decoder.flush() == []


@pytest.mark.parametrize("size", [257, 260, 1000, 100_000])
@pytest.mark.parametrize("suffix", [b"\r", b"\r\n"])
def test_a_code_too_long_is_told_once_and_the_next_is_read(size, suffix):
    decoder = Decoder(Manner(suffix))
    found = []
    for at in range(0, size, 100):
        found += decoder.feed(b"9" * min(100, size - at))
        assert len(decoder._buffer) <= 262
    found += decoder.feed(suffix + b"M-1" + suffix)
    assert found == [Unreadable("A code is longer than 256 characters."), Code("M-1")]


def test_the_longest_code_with_everything_around_it():
    manner = Manner(b"\r\n", b"\x02$", True)
    code = Code("9" * 256, "]Q1")
    assert Decoder(Manner(b"\r\n", b"$$", True)).feed(encode(code, Manner(b"\r\n", b"$$", True))) == [code]
    assert Decoder(manner).feed(b"$" + encode(code, manner))[0] != code


@pytest.mark.parametrize("noise", [b"\x00", b"\xff\xff", b"\x07", b"\x7f"])
def test_noise_in_front_of_a_code_spoils_it(noise):
    assert Decoder(CR).feed(noise + b"M-1\rM-2\r") == [
        Unreadable("Characters arrived that no code holds."),
        Code("M-2"),
    ]


@pytest.mark.parametrize("lost", range(1, 5))
def test_a_code_that_lost_its_beginning_is_refused_where_that_can_be_seen(lost):
    manner = Manner(b"\r", b"$", True)
    (found,) = Decoder(manner).feed(encode(Code("M-000123", "]C0"), manner)[lost:])
    assert isinstance(found, Unreadable)


def test_an_identifier_alone_is_no_code():
    assert Decoder(CR).feed(b"]Q1\r") == [Unreadable("A code is empty.")]
    assert Decoder(CR).feed(b"\r\r\n\r") == []
