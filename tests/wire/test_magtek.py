"""MagTek's swipe report and feature report: offsets and examples of the manuals, any damage."""

from dataclasses import is_dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.devices.wire import magtek as mt

T2 = ";1001=99?"


def golden(room: int) -> bytes:
    """By the table on page 15 of 99875191 (110 bytes for a track) or page 18 of 99875338 (112)."""
    report = bytearray(7 + 3 * room)
    report[3:6] = (8, len(T2), 0)
    report[7:15] = b"%A B/C1?"
    report[7 + room : 7 + room + len(T2)] = T2.encode()
    return bytes(report)


CARD = mt.CardData({1: "%A B/C1?", 2: T2}, (), 0)
FEATURES = [
    # message, hex, source
    (mt.SetProperty(0x03, b"\x08"), "01020308", "99875191, page 22: set MAX PACKET SIZE"),
    (mt.GetProperty(0x03), "000103", "99875191, page 22: get MAX PACKET SIZE"),
    (mt.SetProperty(0x04, b"\x95"), "01020495", "99875191, page 23: set TRACK ID ENABLE"),
    (mt.GetProperty(0x04), "000104", "99875191, page 23: get TRACK ID ENABLE"),
    (mt.SetProperty(0x10, b"\x01"), "01021001", "99875191, page 23: set INTERFACE TYPE"),
    (mt.ResetDevice(), "0200", "99875338, page 25: command 2, no data"),
]
ANSWERS = [
    (mt.Result(0), "0000", "99875191, page 23: set TRACK ID ENABLE, response"),
    (mt.Result(0, b"\x95"), "000195", "99875191, page 23: get TRACK ID ENABLE, response"),
]
reports = st.one_of(st.binary(max_size=400), st.binary(min_size=337, max_size=337))


@pytest.mark.parametrize("room", [110, 112])
def test_the_report_of_the_manual(room):
    assert mt.decode(golden(room), room) == CARD
    assert mt.encode(CARD, room) == golden(room)
    assert len(golden(110)) == 337


def test_every_message_has_its_vector():
    named = {type(row[0]) for row in (*FEATURES, *ANSWERS)} | {type(CARD)}
    assert {each for each in vars(mt).values() if is_dataclass(each) and each.__module__ == mt.__name__} == named


def test_what_pads_a_track_and_what_follows_is_nobodys():
    report = bytearray(golden(110) + b"MagnePrint")
    report[20:117] = b"\xa5" * 97
    assert mt.decode(bytes(report)) == CARD


@pytest.mark.parametrize(("message", "hexed", "source"), FEATURES)
def test_feature_reports_of_the_manual(message, hexed, source):
    report = bytes.fromhex(hexed).ljust(24, b"\x00")
    assert mt.encode_feature(message) == report
    assert mt.decode_command(report) == message


@pytest.mark.parametrize(("message", "hexed", "source"), ANSWERS)
def test_answers_of_the_manual(message, hexed, source):
    report = bytes.fromhex(hexed).ljust(24, b"\x00")
    assert mt.encode_feature(message) == report
    assert mt.decode_result(report) == message


def test_an_unreadable_track():
    report = bytearray(golden(110))
    report[1], report[4] = 1, 0
    assert mt.decode(bytes(report)) == mt.CardData({1: "%A B/C1?"}, (2,), 0)
    report[4] = 9
    with pytest.raises(mt.Malformed):
        mt.decode(bytes(report))


@pytest.mark.parametrize(
    ("at", "value"), [(0, 2), (3, 111), (3, 1), (3, 7), (4, 8), (6, 9), (7, 0x3B), (8, 0x80), (117, 0x25), (118, 0x3F)]
)
def test_what_no_reader_sends_is_malformed(at, value):
    report = bytearray(golden(110))
    report[at] = value
    with pytest.raises(mt.Malformed) as told:
        mt.decode(bytes(report))
    assert "1001" not in str(told.value)


@given(reports)
def test_noise_is_a_card_or_malformed(report):
    try:
        card = mt.decode(report)
    except mt.Malformed:
        return
    assert all(text.endswith("?") for text in card.tracks.values())


@given(st.integers(0, 336), st.integers(0, 255))
def test_a_report_changed_in_one_byte_is_the_card_another_of_its_shape_or_malformed(at, value):
    report = bytearray(golden(110))
    report[at] = value
    try:
        card = mt.decode(bytes(report))
    except mt.Malformed:
        return
    assert set(card.tracks) <= {1, 2} and all(text[0] in "%;@" and text[-1] == "?" for text in card.tracks.values())


@given(st.binary(max_size=30))
def test_noise_in_features(report):
    mt.decode_command(report)
    try:
        mt.decode_result(report)
    except mt.Malformed:
        assert len(report) != 24 or report[1] > 22
