"""Print and erase commands of the CRP-1231 family. YACardEmu, CardIo.cpp and Printer.cpp.

The layouts behind 78h, 7Bh and 7Eh are not known: the programs that stand in for a unit accept them unread.
"""

from dataclasses import dataclass
from typing import ClassVar, Self

from loyalty.devices.wire.sanwa.block import Bare, Command

GLYPH_DOTS = 24
GLYPH_BYTES = GLYPH_DOTS * GLYPH_DOTS // 8
LAST_LINE = 0x14


@dataclass(frozen=True)
class _Unread(Command):
    content: bytes = b""

    def data(self) -> bytes:
        return self.content

    @classmethod
    def parse(cls, data: bytes) -> Self:
        return cls(data)


class PrintSettings(_Unread):
    """Settings of the printer, of unknown layout."""

    code: ClassVar = 0x78


class PrintImage(_Unread):
    """A picture, of unknown layout."""

    code: ClassVar = 0x7B


class PrintBarcode(_Unread):
    """A bar code, of unknown layout."""

    code: ClassVar = 0x7E


@dataclass(frozen=True)
class RegisterGlyph(Command):
    """A character of one's own. dots: 24 rows of 3 bytes, top to bottom, most significant bit left."""

    slot: int
    dots: bytes
    code: ClassVar = 0x7A

    def data(self) -> bytes:
        return bytes([self.slot]) + self.dots

    @classmethod
    def parse(cls, data: bytes) -> Self:
        if len(data) != 1 + GLYPH_BYTES:
            raise ValueError("a slot and 72 bytes of dots are needed")
        return cls(data[0], data[1:])


@dataclass(frozen=True)
class PrintText(Command):
    """Text to print over what is on the face; see text.py for what it may hold.

    line: 0 to 14h, counted from the top of the upright card. mode, buffer: 30h or 31h; which of the two modes prints at
    once is told differently (profile, `print_mode`). buffer 30h forgets earlier text, 31h goes on behind it.
    """

    text: bytes
    line: int = 0
    mode: int = 0x30
    buffer: int = 0x30
    code: ClassVar = 0x7C

    def data(self) -> bytes:
        return bytes([self.mode, self.buffer, self.line]) + self.text

    @classmethod
    def parse(cls, data: bytes) -> Self:
        if len(data) < 3:
            raise ValueError("mode, buffer and line are needed")
        return cls(data[3:], data[2], data[0], data[1])


@dataclass(frozen=True)
class EraseFace(Bare):
    """Erase the whole face."""

    code: ClassVar = 0x7D
