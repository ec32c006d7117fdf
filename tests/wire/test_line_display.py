"""Commands of customer displays: the bytes of the manual, any pieces, any damage."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.devices.wire import line_display as ld

GOLDEN = [
    # message, hex: POS-X XP8200 manual, page 12, "EPSON Command Mode"
    (ld.Initialize(), "1b40"),
    (ld.Clear(), "0c"),
    (ld.Overwrite(), "1f01"),
    (ld.MoveTo(1, 1), "1f240101"),
    (ld.MoveTo(20, 2), "1f241402"),
    (ld.Cursor(False), "1f4300"),
    (ld.Cursor(True), "1f4301"),
    (ld.Brightness(4), "1f5804"),
    (ld.CodePage(5), "1b7405"),
    (ld.Text(b"A"), "41"),
]


@pytest.mark.parametrize(("message", "hexed"), GOLDEN, ids=lambda part: str(part))
def test_commands_of_the_manual(message, hexed):
    assert ld.encode(message).hex() == hexed
    assert ld.Decoder().feed(bytes.fromhex(hexed)) == [message]


def test_every_command_has_its_vector():
    assert {type(message) for message, _ in GOLDEN} == set(ld.Message.__args__) - {ld.Other}


@pytest.mark.parametrize("hexed", ["1f240003", "1f241501", "1f5800", "1f5805", "1f4302", "1f4532", "0a", "1f0a"])
def test_what_is_out_of_range_or_not_used_is_passed_over(hexed):
    (found,) = ld.Decoder().feed(bytes.fromhex(hexed))
    assert found == ld.Other(bytes.fromhex(hexed))


@given(st.binary(max_size=200), st.integers(1, 20))
def test_any_bytes_in_any_pieces(data, size):
    decoder, found = ld.Decoder(), []
    for at in range(0, len(data), size):
        found += decoder.feed(data[at : at + size])
    assert found == ld.Decoder().feed(data)
    assert data.startswith(b"".join(map(ld.encode, found)))


@pytest.mark.parametrize(("text", "width"), [("TOTAL", 5), ("合計 12.80", 10), ("", 0), ("A全", 3)])
def test_a_chinese_sign_takes_two_columns(text, width):
    assert ld.width_of(text) == width
