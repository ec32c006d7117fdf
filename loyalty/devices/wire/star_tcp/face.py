"""Print and erase commands. Star TCP300II command specification 2005, section 4-2 (pages 24 to 44).

Dots travel as two hex characters for each eight; the least significant bit is the upper dot (page 31, example "A3").
"""

import re
from dataclasses import dataclass
from enum import Enum
from typing import ClassVar, Self

from loyalty.devices.wire.star_tcp.block import Bare, Command

COLUMNS, COLUMN_BYTES = 480, 40
"""The buffers hold 480 columns of 320 dots."""


class Discharge(Enum):
    """What becomes of the card at the end."""

    HOLD = b"0"
    """It stays inside at the front, ready for the next command."""
    FRONT = b"1"
    """It is pushed out at the front and waits to be taken."""
    REAR = b"2"
    """It leaves at the back: bare mechanism with the firmware of 2003 only."""


@dataclass(frozen=True)
class ClearText(Bare):
    """Empty the print expansion buffer (text and embedded images)."""

    codes: ClassVar = (0x40,)


@dataclass(frozen=True)
class ClearRaster(Bare):
    """Empty the buffer of rasterised images; on a TCP300II the print expansion buffer too."""

    codes: ClassVar = (0x49,)


@dataclass(frozen=True)
class PrintText(Command):
    """Text into the print expansion buffer. Without `at` it goes on where the last text ended.

    at: (direction 0 card upright or 1 card lying, x, y) in dots; y is the lower edge of the characters.
    """

    text: bytes
    at: tuple[int, int, int] | None = None
    codes: ClassVar = (0x41,)

    def data(self) -> bytes:
        return (b"%d,%d,%d," % self.at if self.at else b"") + self.text

    @classmethod
    def parse(cls, code: int, data: bytes) -> Self:
        header = re.match(rb"([01]),(\d{1,3}),(\d{1,3}),", data)
        if not header:
            return cls(data)
        direction, x, y = (int(part) for part in header.groups())
        width, height = (COLUMNS, COLUMN_BYTES * 8) if direction else (COLUMN_BYTES * 8, COLUMNS)
        if x >= width or y >= height:
            raise ValueError("the text starts outside the card")
        return cls(data[header.end() :], (direction, x, y))


@dataclass(frozen=True)
class EmbeddedImage(Command):
    """A picture from the unit's own flash ROM into the print expansion buffer. number: 0..1999."""

    number: int
    codes: ClassVar = (0x42,)

    def data(self) -> bytes:
        return b"%d" % self.number

    @classmethod
    def parse(cls, code: int, data: bytes) -> Self:
        return cls(_number(data, 1999))


@dataclass(frozen=True)
class ImageColumn(Command):
    """One column of dots into the raster buffer (line mode). x: 0..479, y: in bytes from the top, 0..39."""

    x: int
    y: int
    dots: bytes
    codes: ClassVar = (0x43,)

    def data(self) -> bytes:
        return b"%d,%d,%s" % (self.x, self.y, _hex(self.dots))

    @classmethod
    def parse(cls, code: int, data: bytes) -> Self:
        x, y, dots = _parts(data, 3)
        column = cls(_number(x, COLUMNS - 1), _number(y or b"0", COLUMN_BYTES - 1), _dots(dots))
        if column.y + len(column.dots) > COLUMN_BYTES:
            raise ValueError("the column reaches below the card")
        return column


@dataclass(frozen=True)
class ImageBlock(Command):
    """Several columns of `height` bytes each, one right of the other, into the raster buffer (block mode)."""

    x: int
    y: int
    height: int
    dots: bytes
    codes: ClassVar = (0x4D,)

    def data(self) -> bytes:
        return b"%d,%d,%d,%s" % (self.x, self.y, self.height, _hex(self.dots))

    @classmethod
    def parse(cls, code: int, data: bytes) -> Self:
        x, y, height, dots = _parts(data, 4)
        block = cls(
            _number(x, COLUMNS - 1), _number(y or b"0", COLUMN_BYTES - 1), _number(height, COLUMN_BYTES), _dots(dots)
        )
        if not block.height or block.y + block.height > COLUMN_BYTES or len(block.dots) % block.height:
            raise ValueError("the columns do not fit the card")
        if block.x + len(block.dots) // block.height > COLUMNS:
            raise ValueError("the block reaches beyond the right edge")
        return block


@dataclass(frozen=True)
class RegisterGlyph(Command):
    """A one-byte character of the user's own. size 0: 24x12, 1: 16x8; slot 0..15; dots: columns from left to right."""

    size: int
    slot: int
    dots: bytes
    codes: ClassVar = (0x45,)

    def data(self) -> bytes:
        return b"%d,%X,%s" % (self.size, self.slot, _hex(self.dots))

    @classmethod
    def parse(cls, code: int, data: bytes) -> Self:
        size, slot, dots = _parts(data, 3)
        glyph = cls(_number(size, 1), int(slot, 16), _dots(dots))
        if len(glyph.dots) != (16 if glyph.size else 36) or glyph.slot > 15:
            raise ValueError("the glyph has the wrong size")
        return glyph


@dataclass(frozen=True)
class Barcode(Command):
    """A bar code into the print expansion buffer, card upright, bars between start_y and end_y. TCP300II only.

    kind: 0 Code 128, 2 Code 39, 4 ITF, 6 Codabar; one more prints the text below. mark: the start/stop parameter.
    """

    start_y: int
    end_y: int
    kind: int
    mark: bytes
    content: bytes
    codes: ClassVar = (0x4E,)

    def data(self) -> bytes:
        return b"%d,%d,%d,%s,%s" % (self.start_y, self.end_y, self.kind, self.mark, self.content)

    @classmethod
    def parse(cls, code: int, data: bytes) -> Self:
        start, end, kind, mark, content = _parts(data, 5)
        return cls(_number(start, COLUMNS - 1), _number(end, COLUMNS - 1), _number(kind, 7), mark, content)


@dataclass(frozen=True)
class EraseAndPrint(Command):
    """Erase the whole face, print both buffers over it, and let the card go. Waits without end for a card.

    Nothing given means 1,1,1. The firmware of 2003 takes `discharge` only. The buffers keep their content.
    """

    discharge: Discharge | None = None
    erase: bool | None = None
    print: bool | None = None
    codes: ClassVar = (0x46,)

    def data(self) -> bytes:
        flags = [] if self.erase is None else [b"%d" % self.erase]
        flags += [] if self.print is None else [b"%d" % self.print]
        return b",".join([self.discharge.value, *flags]) if self.discharge else b""

    @classmethod
    def parse(cls, code: int, data: bytes) -> Self:
        discharge, *flags = data.split(b",")
        if len(flags) > 2 or any(flag not in (b"0", b"1") for flag in flags):
            raise ValueError("erase and print are 0 or 1")
        if not discharge and flags:
            raise ValueError("the discharge is missing")
        return cls(Discharge(discharge) if discharge else None, *(flag == b"1" for flag in flags))


@dataclass(frozen=True)
class _Once(Command):
    discharge: Discharge | None = None

    def data(self) -> bytes:
        return self.discharge.value if self.discharge else b""

    @classmethod
    def parse(cls, code: int, data: bytes) -> Self:
        return cls(Discharge(data) if data else None)


class PrintOnly(_Once):
    """Print over what is on the face. Waits without end for a card."""

    codes: ClassVar = (0x47,)


class EraseOnly(_Once):
    """Erase the whole face. Waits without end for a card."""

    codes: ClassVar = (0x48,)


def _parts(data: bytes, count: int) -> list[bytes]:
    parts = data.split(b",", count - 1)
    if len(parts) != count:
        raise ValueError(f"{count} parameters are needed")
    return parts


def _number(text: bytes, highest: int) -> int:
    if not text.isdigit() or int(text) > highest:
        raise ValueError(f"{text!r} is no number from 0 to {highest}")
    return int(text)


def _hex(dots: bytes) -> bytes:
    return dots.hex().upper().encode()


def _dots(text: bytes) -> bytes:
    if not re.fullmatch(rb"([0-9A-Fa-f]{2})+", text):
        raise ValueError("dots are pairs of hex characters")
    return bytes.fromhex(text.decode())
