"""A raster as the unit takes it: columns from top to bottom, white left out.

At 9600 baud a full face of 480 x 320 dots takes 40 seconds to send, so only used areas travel; small gaps are sent
along when that is shorter than beginning a new block.
"""

from collections.abc import Iterable, Iterator

from loyalty.contract.raster import Raster
from loyalty.devices.profiles import Profile
from loyalty.devices.wire.star_tcp.block import MAX_DATA
from loyalty.devices.wire.star_tcp.face import ImageBlock, ImageColumn

BLOCK_COST = 24
"""Bytes on the line that a further block costs: its frame, X and Y, ACK, response and ACK."""
_BLOCK_HEAD = len("479,39,40,")

Columns = list[bytes]
Box = tuple[int, int, int, int]
"""Left and right in dots, top and bottom in bytes; right and bottom are the first ones outside."""
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
    """For 4Dh: the used areas, each in as many blocks as it takes."""
    for left, right, top, bottom in areas(columns, (0, len(columns), 0, len(columns[0]))):
        height = bottom - top
        most = (MAX_DATA - _BLOCK_HEAD) // (2 * height)
        for x in range(left, right, most):
            dots = b"".join(column[top:bottom] for column in columns[x : min(x + most, right)])
            yield ImageBlock(x, top, height, dots)


def areas(columns: Columns, box: Box) -> Iterator[Box]:
    """Parts of `box` with something on them, cut along white rows and columns until no cut saves anything."""
    left, right, top, bottom = box
    used_rows = (row for row in range(top, bottom) if any(column[row] for column in columns[left:right]))
    parts: list[Box] = []
    for upper, lower in runs(used_rows, BLOCK_COST // (2 * (right - left))):
        used = (x for x in range(left, right) if any(columns[x][upper:lower]))
        parts += [(start, end, upper, lower) for start, end in runs(used, BLOCK_COST // (2 * (lower - upper)))]
    if parts == [box]:
        yield box
    else:
        for part in parts:
            yield from areas(columns, part)


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
