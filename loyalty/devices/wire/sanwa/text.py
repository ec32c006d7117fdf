"""What the text of 7Ch is made of. YACardEmu, Printer.cpp, PrintLine.

    0D next line | 11 double height | 14 normal size | 1B 73 y x size in digits | 1B 67 n glyph n | else Shift-JIS
"""

from dataclasses import dataclass

RETURN, DOUBLE, NORMAL, ESCAPE, GLYPH, SCALE = 0x0D, 0x11, 0x14, 0x1B, 0x67, 0x73


@dataclass(frozen=True)
class NewLine:
    """To the beginning of the next line, in normal size."""


@dataclass(frozen=True)
class Size:
    """How many times as high and as wide."""

    high: int = 1
    wide: int = 1


@dataclass(frozen=True)
class Glyph:
    """A character that was registered with 7Ah."""

    slot: int


@dataclass(frozen=True)
class Letters:
    """A stretch of characters. raw: Shift-JIS."""

    raw: bytes

    def __str__(self) -> str:
        return self.raw.decode("shift_jis", "replace")


Piece = NewLine | Size | Glyph | Letters


def encode_pieces(pieces: list[Piece]) -> bytes:
    """The text of a print command."""
    return b"".join(_bytes(piece) for piece in pieces)


def _bytes(piece: Piece) -> bytes:
    if isinstance(piece, NewLine):
        return bytes([RETURN])
    if isinstance(piece, Glyph):
        return bytes([ESCAPE, GLYPH, piece.slot])
    if isinstance(piece, Size):
        return bytes([ESCAPE, SCALE, 0x30 + piece.high, 0x30 + piece.wide])
    return piece.raw


def pieces_of(text: bytes) -> list[Piece]:
    """What is to be printed, in order. What is cut off at the end, and escapes without a name, are left out."""
    found: list[Piece] = []
    letters = bytearray()
    at = 0
    while at < len(text):
        piece, length = _piece(text, at)
        if isinstance(piece, Letters):
            letters += piece.raw
        elif piece is not None:
            _close(letters, found)
            found.append(piece)
        at += length
    _close(letters, found)
    return found


def _close(letters: bytearray, found: list[Piece]) -> None:
    if letters:
        found.append(Letters(bytes(letters)))
        letters.clear()


def _piece(text: bytes, at: int) -> tuple[Piece | None, int]:
    byte, rest = text[at], text[at + 1 :]
    if byte == RETURN:
        return NewLine(), 1
    if byte == DOUBLE:
        return Size(2, 1), 1
    if byte == NORMAL:
        return Size(), 1
    if byte == ESCAPE:
        return _escape(rest)
    lead = 0x81 <= byte <= 0x9F or 0xE0 <= byte <= 0xFC
    length = 2 if lead and rest else 1
    return Letters(text[at : at + length]), length


def _escape(rest: bytes) -> tuple[Piece | None, int]:
    if len(rest) >= 2 and rest[0] == GLYPH:
        return Glyph(rest[1]), 3
    if len(rest) >= 3 and rest[0] == SCALE and all(0x31 <= digit <= 0x39 for digit in rest[1:3]):
        return Size(rest[1] - 0x30, rest[2] - 0x30), 4
    return None, 2
