"""ESC/POS commands that say how long they are: pictures in small pieces, lists, and lengths that cannot be."""

import pytest

from loyalty.devices.wire.escpos import Command, Decoder, Printable, Unknown
from loyalty.devices.wire.escpos.decoder import LONGEST


def stored(*sizes: tuple[int, int]) -> bytes:
    """FS q: pictures of x and y eights of dots for the printer's memory."""
    pictures = (bytes((x, 0, y, 0)) + b"\x0a" * (x * y * 8) for x, y in sizes)
    return b"\x1cq" + bytes((len(sizes),)) + b"".join(pictures)


@pytest.mark.parametrize("step", [1, 7, 4096])
@pytest.mark.parametrize(
    "command",
    [
        stored((40, 40), (1, 1), (72, 30)),  # longer than what is looked at first
        b"\x1b&\x03\x20\x7e" + b"".join(bytes((12,)) + bytes(36) for _ in range(95)),
        b"\x1dv0\x00\x48\x00\x60\x00" + b"\x1d" * (72 * 96),
    ],
    ids=["stored pictures", "own glyphs", "raster"],
)
def test_what_is_longer_than_a_piece_is_whole_with_its_last_byte(command, step):
    decoder = Decoder()
    for at in range(0, len(command) - 1, step):
        assert decoder.feed(command[at : min(at + step, len(command) - 1)]) == []
    [message] = decoder.feed(command[-1:])
    assert isinstance(message, Command) and decoder.pending == 0
    assert len(message.arguments + message.data) == len(command) - 2
    assert decoder.feed(b"ok") == [Printable(b"ok")]


def test_four_gigabytes_are_not_waited_for():
    decoder = Decoder()
    first, *rest = decoder.feed(b"\x1d8L\xff\xff\xff\xff")
    assert first == Unknown(b"\x1d8") and rest  # its code is passed over; what follows is heard as it comes
    assert decoder.pending < LONGEST


@pytest.mark.slow
def test_megabytes_behind_a_length_that_cannot_be_are_not_kept():
    decoder = Decoder()
    decoder.feed(b"\x1d8L\xff\xff\xff\xff")
    for _ in range(3):
        decoder.feed(bytes(LONGEST))
    assert decoder.pending < LONGEST


def test_a_list_without_its_end_is_given_up():
    decoder = Decoder()
    decoder.feed(b"\x1dk\x04" + b"A" * 20_000)  # bars in form A end with NUL
    assert decoder.pending < 9_000


def test_forgetting_half_a_picture_forgets_what_it_wanted():
    decoder = Decoder()
    decoder.feed(b"\x1dv0\x00\x48\x00\x60\x00")
    decoder.clear()
    assert decoder.feed(b"ok") == [Printable(b"ok")]
