"""Customer displays of two lines (VFD or LCD, 20 columns) in Epson's command mode.

Sources: POS-X XP8200 manual, page 12, "EPSON Command Mode" (every command here with its bytes and ranges), the same set
in node-escpos/driver, packages/screen/src/commands.ts. Text is what a code page holds; Chinese models take two bytes
and two columns for a character (GB18030 or Big5, by model).
"""

import unicodedata
from dataclasses import dataclass

ESC, US = 0x1B, 0x1F
COLUMNS, LINES = 20, 2
BRIGHTEST = 4
_ARGUMENTS = {
    (US, 0x24): 2, (US, 0x43): 1, (US, 0x58): 1, (US, 0x45): 1, (ESC, 0x74): 1, (ESC, 0x52): 1, (US, 0x72): 1,
    (ESC, 0x40): 0, (US, 0x01): 0, (US, 0x02): 0, (US, 0x03): 0,
}  # fmt: skip
"""Commands of two bytes, and how many bytes follow; unknown ones are passed over with none."""


@dataclass(frozen=True)
class Initialize:
    """ESC @: dark, the cursor at home, every setting as after power on."""


@dataclass(frozen=True)
class Clear:
    """CLR."""


@dataclass(frozen=True)
class Overwrite:
    """US MD1: a full line does not scroll."""


@dataclass(frozen=True)
class MoveTo:
    """US $: column 1 to 20, line 1 or 2."""

    column: int
    line: int


@dataclass(frozen=True)
class Cursor:
    """US C."""

    shown: bool


@dataclass(frozen=True)
class Brightness:
    """US X: 1 to 4."""

    level: int


@dataclass(frozen=True)
class CodePage:
    """ESC t: a number of the model's own table."""

    number: int


@dataclass(frozen=True)
class Text:
    """Bytes that are shown, in the model's characters."""

    data: bytes


@dataclass(frozen=True)
class Other:
    """A command that is not used here."""

    data: bytes


Message = Initialize | Clear | Overwrite | MoveTo | Cursor | Brightness | CodePage | Text | Other


def encode(message: Message) -> bytes:
    match message:
        case Initialize():
            return bytes([ESC, 0x40])
        case Clear():
            return b"\x0c"
        case Overwrite():
            return bytes([US, 0x01])
        case MoveTo(column, line):
            return bytes([US, 0x24, column, line])
        case Cursor(shown):
            return bytes([US, 0x43, shown])
        case Brightness(level):
            return bytes([US, 0x58, level])
        case CodePage(number):
            return bytes([ESC, 0x74, number])
        case Text(data) | Other(data):
            return data


def width_of(text: str) -> int:
    """Columns that the text takes: two for a Chinese character or full-width sign."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


class Decoder:
    """Bytes in any pieces in, messages out: a text comes byte by byte as pieces tell, its characters side by side."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[Message]:
        found: list[Message] = []
        for byte in data:
            self._buffer.append(byte)
            if message := self._whole():
                found.append(message)
                self._buffer.clear()
        return found

    def _whole(self) -> Message | None:
        first = self._buffer[0]
        if first not in (ESC, US):
            return Clear() if first == 0x0C else Text(bytes([first])) if first >= 0x20 else Other(bytes([first]))
        if len(self._buffer) < 2:
            return None
        if len(self._buffer) < 2 + _ARGUMENTS.get((first, self._buffer[1]), 0):
            return None
        return _command(bytes(self._buffer))


def _command(raw: bytes) -> Message:
    match raw[0], raw[1]:
        case (0x1B, 0x40):
            return Initialize()
        case (0x1F, 0x01):
            return Overwrite()
        case (0x1F, 0x24) if 1 <= raw[2] <= COLUMNS and 1 <= raw[3] <= LINES:
            return MoveTo(raw[2], raw[3])
        case (0x1F, 0x43) if raw[2] <= 1:
            return Cursor(bool(raw[2]))
        case (0x1F, 0x58) if 1 <= raw[2] <= BRIGHTEST:
            return Brightness(raw[2])
        case (0x1B, 0x74):
            return CodePage(raw[2])
    return Other(raw)
