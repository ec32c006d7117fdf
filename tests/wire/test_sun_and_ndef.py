"""Addresses that a chip signs, settings of its files, NDEF messages and marks: published values, any nonsense."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.devices.wire.apdu import Malformed, mark, sun
from loyalty.devices.wire.apdu import ndef_message as nm
from loyalty.devices.wire.apdu.card_version import parse_version
from loyalty.devices.wire.apdu.file_settings import (
    Access,
    DataFile,
    Kind,
    Mirror,
    Mode,
    TagFile,
    ValueFile,
    parse_file,
    parse_tag_file,
)
from loyalty.devices.wire.apdu.mark import Mark, Strength, Verdict, judge

hexed = bytes.fromhex
ZERO = bytes(16)
ADDRESS = (
    "https://example.org/t?picc_data=FD91EC264309878BE6345CBE53BADF40"
    "&enc=CEE9A53E3E463EF1F459635736738962&cmac=ECC1E7F6C6C73BF6"
)  # NXP AN12196 rev. 1.8 section 3.4
LAYOUT = sun.Layout(content="enc", mac_from="enc")


def test_an_address_of_an12196():
    shown = sun.verify(ADDRESS, LAYOUT, ZERO, ZERO)
    assert shown == sun.Shown(hexed("04958CAA5C5E80"), 8, b"x" * 16)


def test_a_mac_over_the_content_alone_with_keys_of_its_own():  # sdm-backend test_sun3_custom
    shown = sun.opened(hexed("42aff114f2cb3b6141be6dc95dfc5416"), hexed("8acaddef0a9b62cdae39a16b83fc14de"))
    assert (shown.uid.hex(), shown.counter) == ("041d3c8a2d6b80", 291)
    key, enciphered = hexed("b62a9baf092439bd43c62aee96b970c5"), "B8436E11F627BB7F543FCC0C1E0D1A89"
    assert sun.made_mac(key, shown, enciphered.encode()).hex() == "238b2543a8debad8"
    content = sun.opened_content(key, shown, hexed(enciphered))
    assert content.hex() == "4e545858716e6f5f6f42467077792d56"
    assert sun.closed_content(key, shown, content).hex().upper() == enciphered


def test_uid_and_counter_in_clear():  # sdm-backend test_plain_sdm
    address = "https://example.org/t?uid=041E3C8A2D6B80&ctr=000006&cmac=4B00064004B0B3D3"
    shown = sun.verify(address, sun.Layout(picc=None), ZERO, lambda uid: ZERO if uid else b"")
    assert shown == sun.Shown(hexed("041E3C8A2D6B80"), 6)


@pytest.mark.parametrize(
    "address",
    [
        ADDRESS.replace("ECC1", "ECC2"), ADDRESS.replace("FD91", "FD92"), ADDRESS.replace("CEE9", "CEE8"),
        ADDRESS[:-2], ADDRESS.replace("cmac=", "mac="), "", "https://example.org/", ADDRESS.replace("FD91", "ZZ91"),
    ],
)  # fmt: skip
def test_an_address_that_is_not_the_tags(address):
    with pytest.raises(Malformed):
        sun.verify(address, LAYOUT, ZERO, ZERO)
    with pytest.raises(Malformed):
        sun.verify(ADDRESS, LAYOUT, ZERO, b"\1" * 16)


def test_an_address_is_good_once():
    shown = sun.verify(ADDRESS, LAYOUT, ZERO, ZERO)
    assert [sun.is_newer(shown, last) for last in (None, 7, 8, 9)] == [True, True, False, False]
    assert not sun.is_newer(sun.Shown(shown.uid, None), None)


@given(st.text(max_size=200) | st.text("0123456789abcdefpicdatmnu_?&=", max_size=200))
def test_no_text_breaks_the_check(text):
    with pytest.raises(Malformed):
        sun.verify(text, LAYOUT, ZERO, ZERO)


@given(st.binary(min_size=16, max_size=16), st.integers(0, 0xFFFFFF), st.binary(min_size=7, max_size=7))
def test_what_the_chip_enciphers_opens(key, counter, uid):
    shown = sun.Shown(uid, counter)
    assert sun.opened(key, sun.closed(key, shown, bytes(16))) == shown


# Settings of files.


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        ("0040EEEE000100D1FE001F00004400004400002000006A0000",
         TagFile(Mode.PLAIN, Access(14, 14, 14, 14), 256, Mirror(0, 0, 14, picc_at=31, mac_from=68, mac_at=106,
                                                                 enciphered=(68, 32)))),  # AN12196 table 8
        ("000000E0000100", TagFile(Mode.PLAIN, Access(14, 0, 0, 0), 256)),
    ],
)  # fmt: skip
def test_settings_of_a_tag(raw, found):
    assert parse_tag_file(hexed(raw)) == found
    assert found.encoded().hex().upper() == raw


def test_settings_as_they_are_set():  # AN12196 rev. 1.8 table 19
    settings = TagFile(Mode.PLAIN, Access(14, 0, 0, 0), 256, Mirror(2, 1, 1, picc_at=0x20, mac_from=0x43, mac_at=0x43))
    assert settings.changeable().hex().upper() == "4000E0C1F121200000430000430000"


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        ("00000000480100", DataFile(Kind.STANDARD, Mode.PLAIN, Access(0, 0, 0, 0), 328)),  # a real EV3, desox 0.2.0
        # libfreefare 0.4.0 reads it so
        ("0203301200000000e80300000000000001", ValueFile(Mode.FULL, Access(1, 2, 3, 0), 0, 1000, 0, True)),
    ],
)  # fmt: skip
def test_settings_of_a_desfire(raw, found):
    assert parse_file(hexed(raw)) == found
    assert found.encoded().hex() == raw


@given(st.binary(max_size=40))
def test_no_settings_break_the_reader(raw):
    for parse in (parse_file, parse_tag_file, parse_version, Mirror.parse):
        try:
            parse(raw)
        except Malformed:
            continue


@given(st.integers(0, 15), st.integers(0, 15), st.booleans(), st.booleans(), st.none() | st.integers(0, 99))
def test_settings_of_a_mirror_survive(meta, file, uid, counter, limit):
    at = {
        "uid_at": 1 if uid and meta == 14 else None, "counter_at": 2 if counter and meta == 14 else None,
        "picc_at": 3 if meta < 14 else None, "mac_from": 4 if file != 15 else None, "mac_at": 5 if file != 15 else None,
    }  # fmt: skip
    mirror = Mirror(meta, file, 1, **at, limit=limit, with_uid=uid, with_counter=counter)
    assert Mirror.parse(mirror.encoded()) == mirror


# NDEF.


@pytest.mark.parametrize(
    ("records", "raw"),
    [
        ((nm.Uri("https://www.nxp.com"),), "d101085502" + b"nxp.com".hex()),  # NFC Forum URI 1.0 section 3.2.2: 02
        ((nm.Text("Hello", "en"),), "d101085402656e48656c6c6f"),  # NFC Forum Text 1.0 section 3.2.1
    ],
)
def test_records(records, raw):
    assert nm.encode(records).hex() == raw
    assert nm.decode(hexed(raw)) == records


def test_messages_of_several_records():
    records = (nm.Uri("https://example.org/c/1"), nm.Text("會員卡", "zh-Hant"), nm.Other("application/json", b"{}"))
    assert nm.decode(nm.encode(records)) == records
    with pytest.raises(ValueError):
        nm.encode(())


@pytest.mark.parametrize(
    ("area", "message"),
    [
        ("0300FE00", b""), ("0103A00C34030BD1010754", None), ("0000FE", None), ("", None),
        ("FD02AABB0301D0FE", b"\xd0"), ("03FF0003AABBCCFE", b"\xaa\xbb\xcc"),
    ],
)  # fmt: skip
def test_messages_among_other_blocks(area, message):
    raw = hexed(area)
    if area.startswith("0103A0"):
        with pytest.raises(Malformed, match="breaks off"):
            nm.from_blocks(raw)
    else:
        assert nm.from_blocks(raw) == message


@given(st.binary(max_size=400))
def test_a_message_lies_in_blocks_and_comes_back(message):
    area = nm.in_blocks(message)
    assert nm.from_blocks(area + b"\xaa" * 8) == message
    assert len(area) % 4 == 0 and area[nm.needed(area[:16].ljust(16, b"\0"))] == 0xFE


@given(st.binary(max_size=200))
def test_no_bytes_break_ndef(raw):
    for read in (nm.decode, nm.from_blocks, nm.needed):
        try:
            read(raw)
        except Malformed:
            continue


# Versions and marks.


@pytest.mark.parametrize(
    ("raw", "model"),
    [
        ("04010101001A0504010101041A0504112233445566BA54C012343514", "DESFire EV1"),
        ("04010112001A0504010102011A0504112233445566BA54C012343514", "DESFire EV2"),
        ("0404023000110504040201021105" + "04958CAA5C5E80CF1A4C35123018", "NTAG 424 DNA"),
    ],
)  # fmt: skip
def test_models_by_their_version(raw, model):
    assert parse_version(hexed(raw)).model == model


UID, KEY = hexed("04A1B2C3D4E5F6"), b"k" * 16


def test_a_mark_is_the_cards_own():
    raw = mark.sealed(KEY, UID, 41)
    assert len(raw) == mark.SIZE and mark.opened(KEY, UID, raw) == 41
    for key, uid, given_raw in (
        (b"x" * 16, UID, raw),
        (KEY, UID[::-1], raw),
        (KEY, UID, raw[:-1]),
        (KEY, UID, bytes(16)),
    ):
        with pytest.raises(Malformed):
            mark.opened(key, uid, given_raw)
    with pytest.raises(ValueError):
        mark.sealed(KEY, UID, -1)


@given(st.integers(0, 127))
def test_one_wrong_bit_in_a_mark_is_seen(bit):
    raw = bytearray(mark.sealed(KEY, UID, 41))
    raw[bit // 8] ^= 1 << bit % 8
    with pytest.raises(Malformed):
        mark.opened(KEY, UID, bytes(raw))


@pytest.mark.parametrize(
    ("sequence", "moves", "last", "verdict"),
    [
        (5, False, None, Verdict.NEW), (5, False, 5, Verdict.CURRENT), (6, False, 5, Verdict.AHEAD),
        (4, False, 5, Verdict.BEHIND), (5, True, 5, Verdict.BEHIND), (6, True, 5, Verdict.AHEAD),
        (None, False, 5, Verdict.MISSING), (None, False, None, Verdict.NEW),
    ],
)  # fmt: skip
def test_verdicts(sequence, moves, last, verdict):
    shown = None if sequence is None else Mark(sequence, Strength.STRONG, moves)
    assert judge(shown, last) is verdict
