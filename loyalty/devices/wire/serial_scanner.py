"""Barcode scanners on a serial line in their plain data mode: prefix, AIM identifier, the code, suffix. One way only.

Sources: the prefix and suffix chapters of the Zebra, Honeywell and Datalogic guides named in firmware_profiles;
ISO/IEC 15424 (symbology identifiers: `]`, a letter for the symbology, a modifier). Characters travel as latin-1;
GS (1D), which separates the fields of GS1 codes, stays in the data.
"""

import re
from dataclasses import dataclass

MAX_CHARACTERS = 256
"""Of one code; as long as a Token may be."""
SUFFIXES = {"CR": b"\r", "LF": b"\n", "CRLF": b"\r\n", "TAB": b"\t", "ETX": b"\x03", "none": b""}
AIM = {
    "CODE128": "]C0", "GS1128": "]C1", "EAN13": "]E0", "UPCA": "]E0", "UPCE": "]E0", "EAN8": "]E4", "CODE39": "]A0",
    "CODABAR": "]F0", "CODE93": "]G0", "ITF": "]I0", "DATAMATRIX": "]d1", "GS1DATAMATRIX": "]d2", "QR": "]Q1",
    "GS1QR": "]Q3", "DATABAR": "]e0", "PDF417": "]L0", "AZTEC": "]z0", "GS1DOTCODE": "]J1",
}  # fmt: skip
"""The identifier by symbology, as scanners send it without options."""
_IDENTIFIER = re.compile(rb"\][A-Za-z][0-9A-Za-z]")
_NOISE = re.compile(rb"[\x00-\x03\x05-\x08\x0b\x0c\x0e-\x1b\x7f\xff]")
# Kept: EOT, TAB, LF, CR, FS, GS, RS, US, which codes hold; FF occurs in no UTF-8 and is what a hanging line gives.


@dataclass(frozen=True)
class Manner:
    """How a scanner is set up to send. aim_id: every code begins with its AIM identifier."""

    suffix: bytes = b"\r"
    prefix: bytes = b""
    aim_id: bool = False


@dataclass(frozen=True)
class Code:
    """One scan. aim: its symbology identifier such as `]Q1`, where one was sent; never part of data."""

    data: str
    aim: str = ""


@dataclass(frozen=True)
class Unreadable:
    """Characters that are no code, and why."""

    reason: str


def encode(code: Code, manner: Manner) -> bytes:
    """The bytes of one scan. UnicodeEncodeError for what latin-1 does not have."""
    identifier = code.aim.encode("ascii") if manner.aim_id else b""
    return manner.prefix + identifier + code.data.encode("latin-1") + manner.suffix


class Decoder:
    """Bytes in any pieces in, whole codes out. Only the receiver knows the time: it calls flush() after a silence."""

    def __init__(self, manner: Manner) -> None:
        self._manner = manner
        self._buffer = bytearray()
        self._limit = len(manner.prefix) + 3 + MAX_CHARACTERS
        self._skipping = False

    @property
    def waiting(self) -> bool:
        """True while characters lie here whose end has not come."""
        return bool(self._buffer) or self._skipping

    def feed(self, data: bytes) -> list[Code | Unreadable]:
        self._buffer += data
        found: list[Code | Unreadable] = []
        suffix = self._manner.suffix
        while suffix and (end := self._buffer.find(suffix)) >= 0:
            piece = bytes(self._buffer[:end])
            del self._buffer[: end + len(suffix)]
            found += self._take(piece)
            self._skipping = False
        if len(self._buffer) > self._limit + len(suffix):
            found += self._overlong()
            del self._buffer[: len(self._buffer) - max(0, len(suffix) - 1)]
        return found

    def flush(self) -> list[Code | Unreadable]:
        """The line has been silent: what lies here is a code without its suffix, or the end of one too long."""
        piece = bytes(self._buffer)
        self._buffer.clear()
        found = self._take(piece)
        self._skipping = False
        return found

    def _take(self, piece: bytes) -> list[Code | Unreadable]:
        if self._skipping:
            return []
        if len(piece) > self._limit:
            return self._overlong()
        found = _interpret(piece, self._manner)
        return [found] if found else []

    def _overlong(self) -> list[Code | Unreadable]:
        """Told once, however much follows."""
        told, self._skipping = self._skipping, True
        return [] if told else [Unreadable(f"A code is longer than {MAX_CHARACTERS} characters.")]


def _interpret(piece: bytes, manner: Manner) -> Code | Unreadable | None:
    piece = piece.strip(b"\r\n")  # a scanner that sends CR LF where CR is expected leaves the LF to the next code
    if not piece:
        return None
    if _NOISE.search(piece):
        return Unreadable("Characters arrived that no code holds.")
    if not piece.startswith(manner.prefix):
        return Unreadable(f"A code came without its prefix {manner.prefix!r}.")
    piece = piece[len(manner.prefix) :]
    identifier = _IDENTIFIER.match(piece)
    if manner.aim_id and not identifier:
        return Unreadable("A code came without its AIM identifier.")
    data = piece[3:] if identifier else piece
    if not data:
        return Unreadable("A code is empty.")
    if len(data) > MAX_CHARACTERS:
        return Unreadable(f"A code is longer than {MAX_CHARACTERS} characters.")
    return Code(data.decode("latin-1"), piece[:3].decode("ascii") if identifier else "")
