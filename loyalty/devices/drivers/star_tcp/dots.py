"""A raster as the unit takes it: columns from top to bottom, white left out.

At 9600 baud a full face of 480 x 320 dots takes 40 seconds to send, so only used stretches travel; small gaps are sent
along when that is shorter than beginning a new block. A row of 480 columns fits one block (960 of 1024 bytes of data).
"""

from collections.abc import Iterable, Iterator

from loyalty.contract.raster import Raster
from loyalty.devices.profiles import Profile
from loyalty.devices.wire.star_tcp.face import ImageBlock, ImageColumn

BLOCK_COST = 24
"""Bytes on the line that a further block costs: its frame, X and Y, ACK, response and ACK."""

Columns = list[bytes]
_REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def messages_for(face: Raster, profile: Profile) -> Iterator[ImageBlock | ImageColumn]:
    """What puts `face` into an emptied raster buffer, in the form that this firmware takes."""
    columns = columns_of(face, profile["raster_top_bit"])
    return blocks(columns) if profile["raster_command"] == "block" else single_columns(columns)


def columns_of(face: Raster, top_bit: str) -> Columns:
    """One bytes object per column; `top_bit` says which bit is the upper dot: `low` or `high`."""
    columns = [bytearray((face.height + 7) // 8) for _ in range(face.width)]
    for y in range(face.height):
        row = face.rows[y * face.stride : (y + 1) * face.stride]
        for at, byte in enumerate(row):
            while byte:
                x = at * 8 + 8 - byte.bit_length()
                byte &= ~(1 << byte.bit_length() - 1)
                if x < face.width:
                    columns[x][y // 8] |= 1 << y % 8
    return [bytes(column) if top_bit == "low" else bytes(column).translate(_REVERSED) for column in columns]


def single_columns(columns: Columns) -> Iterator[ImageColumn]:
    """For 43h: the used stretches of every column."""
    for x, column in enumerate(columns):
        used = (at for at, byte in enumerate(column) if byte)
        for start, end in runs(used, BLOCK_COST // 2):
            yield ImageColumn(x, start, column[start:end])


def blocks(columns: Columns) -> Iterator[ImageBlock]:
    """For 4Dh: every row of bytes, eight dots high, in its used stretches."""
    for y in range(len(columns[0])):
        for left, right in runs((x for x, column in enumerate(columns) if column[y]), BLOCK_COST // 2):
            yield ImageBlock(left, y, 1, bytes(column[y] for column in columns[left:right]))


def runs(used: Iterable[int], gap: int) -> Iterator[tuple[int, int]]:
    """Stretches (start, end) that cover rising numbers; unused ones are taken in where at most `gap` lie between."""
    start = end = None
    for number in used:
        if start is None or end is None:
            start = number
        elif number - end > gap:
            yield start, end
            start = number
        end = number + 1
    if start is not None and end is not None:
        yield start, end
