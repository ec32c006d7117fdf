"""What lies in memory cards: access bits and value blocks of MIFARE Classic, settings of NTAG21x."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.devices.wire.apdu import Malformed, type2
from loyalty.devices.wire.apdu.classic import (
    DECREMENT,
    FACTORY_KEY,
    INCREMENT,
    READ,
    WRITE,
    Access,
    Trailer,
    blocks_of,
    group_of,
    parse_value_block,
    sector_of,
    trailer_of,
    value_block,
)

conditions = st.tuples(*[st.integers(0, 7)] * 4)


@pytest.mark.parametrize(
    ("access", "raw"),
    [
        ((0b000, 0b000, 0b000, 0b001), "FF0780"),  # NXP MF1S50 data sheet: as delivered
        ((0b110, 0b110, 0b110, 0b011), "08778F"),  # computed by the table of the data sheet
        ((0b100, 0b100, 0b100, 0b011), "787788"),  # likewise; what MAD and NDEF use
    ],
)
def test_access_bits(access, raw):
    assert Access(access).encoded().hex().upper() == raw
    assert Access.parse(bytes.fromhex(raw)) == Access(access)


@given(conditions)
def test_access_bits_survive(given_conditions):
    assert Access.parse(Access(given_conditions).encoded()) == Access(given_conditions)


@given(conditions, st.integers(0, 23))
def test_one_wrong_bit_is_always_seen(given_conditions, bit):
    raw = bytearray(Access(given_conditions).encoded())
    raw[bit // 8] ^= 1 << bit % 8
    with pytest.raises(Malformed):
        Access.parse(bytes(raw))


def test_access_bits_that_make_no_sense():
    with pytest.raises(Malformed, match="3 bytes"):
        Access.parse(b"\xff")
    with pytest.raises(ValueError):
        Access((0, 0, 0, 8))


# NXP MF1S50yyX rev. 3.0 tables 7 and 8.
RIGHTS = {
    0b000: "AB AB AB AB", 0b010: "AB - - -", 0b100: "AB B - -", 0b110: "AB B B AB", 0b001: "AB - - AB",
    0b011: "B B - -", 0b101: "B - - -", 0b111: "- - - -",
}  # fmt: skip


@pytest.mark.parametrize(("condition", "rights"), RIGHTS.items())
def test_who_may_do_what_with_data(condition, rights):
    access = Access((condition, condition, condition, 1))
    for deed, who in zip((READ, WRITE, INCREMENT, DECREMENT), rights.split(), strict=True):
        assert access.who_may(4, deed) == who.strip("-")


@pytest.mark.parametrize(
    ("condition", "key_a", "access_read", "access", "key_b", "b_is_data"),
    [
        (0b000, "A", "A", "", "A", True), (0b010, "", "A", "", "", True), (0b100, "B", "AB", "", "B", False),
        (0b110, "", "AB", "", "", False), (0b001, "A", "A", "A", "A", True), (0b011, "B", "AB", "B", "B", False),
        (0b101, "", "AB", "B", "", False), (0b111, "", "AB", "", "", False),
    ],
)  # fmt: skip
def test_who_may_do_what_with_the_trailer(condition, key_a, access_read, access, key_b, b_is_data):
    found = Access((0, 0, 0, condition))
    assert (found.writes_key_a, found.reads_access, found.writes_access) == (key_a, access_read, access)
    assert (found.writes_key_b, found.key_b_is_data) == (key_b, b_is_data)


def test_sectors_of_a_4k_card():
    assert (blocks_of(1), blocks_of(31), blocks_of(32), blocks_of(39)) == (
        range(4, 8), range(124, 128), range(128, 144), range(240, 256),
    )  # fmt: skip
    assert all(block in blocks_of(sector_of(block)) for block in range(256))
    assert (trailer_of(5), trailer_of(130), trailer_of(255)) == (7, 143, 255)
    assert [group_of(block) for block in range(128, 144)] == [0] * 5 + [1] * 5 + [2] * 5 + [3]
    assert [group_of(block) for block in range(4, 8)] == [0, 1, 2, 3]


def test_a_trailer_as_delivered():
    trailer = Trailer(FACTORY_KEY, Access(), FACTORY_KEY)
    assert trailer.encoded().hex() == "ffffffffffffff078069ffffffffffff"
    assert Trailer.parse(trailer.encoded()) == trailer
    for wrong in (b"", bytes(16)):
        with pytest.raises(Malformed):
            Trailer.parse(wrong)
    with pytest.raises(ValueError):
        Trailer(b"short", Access(), FACTORY_KEY)


@pytest.mark.parametrize(
    ("value", "address", "raw"),
    [
        (1234567, 17, "87D612007829EDFF87D6120011EE11EE"),  # NXP MF1S50yyX rev. 3.0 table 4
        (101, 5, "650000009AFFFFFF6500000005FA05FA"),  # ACR122L manual page 46
    ],
)
def test_value_blocks(value, address, raw):
    assert value_block(value, address).hex().upper() == raw
    assert parse_value_block(bytes.fromhex(raw)) == (value, address)


@given(st.integers(-(2**31), 2**31 - 1), st.integers(0, 255), st.integers(0, 127))
def test_a_torn_value_is_seen(value, address, bit):
    raw = bytearray(value_block(value, address))
    assert parse_value_block(bytes(raw)) == (value, address)
    raw[bit // 8] ^= 1 << bit % 8
    with pytest.raises(Malformed):
        parse_value_block(bytes(raw))


# Answers to GET_VERSION that nfcpy 1.0.4 knows (tt2_nxp.py).
@pytest.mark.parametrize(
    ("version", "model"),
    [("0004040201000F03", "NTAG213"), ("0004040201001103", "NTAG215"), ("0004040201001303", "NTAG216")],
)
def test_models_by_their_version(version, model):
    assert type2.model_of(bytes.fromhex(version)) == model
    with pytest.raises(Malformed):
        type2.model_of(b"")


protections = st.builds(
    type2.Protection, st.integers(0, 255), st.booleans(), st.booleans(), st.booleans(), st.booleans(), st.integers(0, 7)
)


@given(protections, st.binary(min_size=8, max_size=8))
def test_settings_of_an_ntag(protection, before):
    after = protection.encoded(before)
    assert type2.Protection.parse(after) == protection
    assert (after[:3], after[5:]) == (before[:3], before[5:])
    with pytest.raises(Malformed):
        type2.Protection.parse(before[:7])


def test_an_ntag_as_delivered_guards_nothing():
    assert type2.Protection.parse(bytes.fromhex("040000FF00050000")) == type2.Protection()
