"""Scanners as USB HID point-of-sale devices (usage page 8Ch, "Bar Code Scanner"): one report or several for a code.

    02 | length | AIM identifier, 3 | data, 56 | maker's code letter | 0 | 1 when more follows        64 bytes

Sources: HID Point of Sale Usage Tables 1.02 (usages 12h scanned data report, FBh symbology identifier, FEh decoded
data, FFh decode data continued); the layout from reports of a Honeywell 1602g in the README of
HenkVanAsselt/python_hon_usbhid, and Access-IS LSR118 manual, page 68. Menu commands go out as FD, length, command.
"""

from dataclasses import dataclass

from loyalty.devices.wire.aim import IDENTIFIER

NUMBER, SIZE, ROOM = 0x02, 64, 56
_AIM, _DATA, _LETTER, _MORE = 2, 5, 61, 63
COMMAND_NUMBER = 0xFD
MENU_ANSWER = "]Z6"
"""The identifier under which a Honeywell answers a menu command."""


class Malformed(ValueError):
    """A report that no scanner sends. The text never holds what was scanned."""


@dataclass(frozen=True)
class Piece:
    """A code, or a part of one. aim: its identifier, or empty. letter: the maker's own name for the symbology."""

    data: bytes
    aim: str = ""
    more_follows: bool = False
    letter: int = 0


def encode(piece: Piece) -> bytes:
    """The report with its number. ValueError for more than 56 bytes or an identifier that is none."""
    if len(piece.data) > ROOM or len(piece.aim) not in (0, 3):
        raise ValueError(f"A report holds {ROOM} bytes and an identifier of 3 characters or none.")
    head = bytes([NUMBER, len(piece.data)]) + piece.aim.encode("ascii").ljust(3, b"\x00")
    return head + piece.data.ljust(ROOM, b"\x00") + bytes([piece.letter, 0, piece.more_follows])


def decode(report: bytes) -> Piece:
    """The piece in a report; some systems leave its number away. Malformed for anything else."""
    if len(report) == SIZE - 1:
        report = bytes([NUMBER]) + report
    if len(report) != SIZE or report[0] != NUMBER:
        raise Malformed(f"A report has {SIZE} bytes and the number 2; {len(report)} bytes came.")
    length, aim = report[1], report[_AIM:_DATA].rstrip(b"\x00").decode("latin-1")
    if length > ROOM or report[_MORE] > 1 or (aim and not IDENTIFIER.fullmatch(aim)):
        raise Malformed("A length, an identifier or a mark came that does not exist.")
    return Piece(report[_DATA : _DATA + length], aim, bool(report[_MORE]), report[_LETTER])


def pieces_of(data: bytes, aim: str) -> list[Piece]:
    """A code as a scanner cuts it up."""
    cuts = [data[at : at + ROOM] for at in range(0, len(data), ROOM)] or [b""]
    return [Piece(cut, aim, number < len(cuts) - 1) for number, cut in enumerate(cuts)]


def encode_command(command: bytes) -> bytes:
    """The output report of a menu command such as 16 4D 0D REVINF."""
    return bytes([COMMAND_NUMBER, len(command)]) + command


def decode_command(report: bytes) -> bytes | None:
    """None for what is no command."""
    if len(report) < 2 or report[0] != COMMAND_NUMBER or len(report) < 2 + report[1]:
        return None
    return report[2 : 2 + report[1]]


class Assembly:
    """Pieces put together. A code longer than `longest` is cut off there, so that nothing grows without end."""

    def __init__(self, longest: int) -> None:
        self._longest, self._parts, self._size = longest, list[bytes](), 0

    def add(self, piece: Piece) -> tuple[bytes, str] | None:
        """(data, identifier) with the last piece, None before."""
        if self._size <= self._longest:
            self._parts.append(piece.data)
            self._size += len(piece.data)
        if piece.more_follows:
            return None
        whole = b"".join(self._parts)
        self._parts, self._size = [], 0
        return whole, piece.aim
