"""Where a dot of a face is on the wire.

A face lies as a person reads it: x from left, y from top, 960 x 560 dots. On the wire, positions along the card run
from right to left and positions across it in units of 8 dots from the top, both from an edge outside the face
(PrintElementBase.cs, PrintDocument.cs, ImagePrintElement.cs of the free client).
"""

from dataclasses import dataclass

from loyalty.contract.raster import Raster
from loyalty.devices.wire.easyprinter.messages import EraseArea

WIDTH, HEIGHT, UNIT = 960, 560, 8
UNITS = HEIGHT // UNIT
ALONG_EDGE, ACROSS_EDGE = 130, 13
"""Position on the wire of the face's right edge, and of its top edge."""
ALONG_START, ALONG_END, ACROSS_END = 100, 1100, 96
"""The whole window that can be erased and printed; across it begins at 0."""
WHOLE = EraseArea(0, ALONG_START, ACROSS_END, ALONG_END)
WHOLE_ALONE = EraseArea(0, 0, ACROSS_END, ALONG_END)
"""What the client sends to erase without printing."""


@dataclass(frozen=True)
class Area:
    """A part of a face: dots left <= x < right, units of 8 dots top <= unit < bottom."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def dots(self) -> int:
        return (self.right - self.left) * (self.bottom - self.top) * UNIT

    def erase_area(self) -> EraseArea:
        """How the area is named when it is to be erased."""
        return EraseArea(self.top + ACROSS_EDGE, along(self.right), self.bottom + ACROSS_EDGE, along(self.left))


FACE = Area(0, 0, WIDTH, UNITS)


def along(x: int) -> int:
    """The position of the left edge of column x: 960 -> 130, 0 -> 1090."""
    return WIDTH - x + ALONG_EDGE


def x_of(position: int) -> int:
    """The column whose left edge is at this position; may lie outside the face."""
    return WIDTH + ALONG_EDGE - position


def columns_of(face: Raster) -> list[bytes]:
    """One bytes object per x, 70 bytes from top to bottom, the high bit is the upper dot."""
    columns = [bytearray(face.height // UNIT) for _ in range(face.width)]
    for y in range(face.height):
        row = face.rows[y * face.stride : (y + 1) * face.stride]
        mask = 0x80 >> y % UNIT
        for at, byte in enumerate(row):
            while byte:
                x = at * 8 + 8 - byte.bit_length()
                byte &= ~(1 << byte.bit_length() - 1)
                columns[x][y // UNIT] |= mask
    return [bytes(column) for column in columns]
