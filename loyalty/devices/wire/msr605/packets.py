"""The MSR605X carries the same language in HID reports of 64 bytes: a header, up to 63 bytes, zeros.

Header: bit 7 the first packet of a message, bit 6 its last, bits 0 to 5 how many bytes follow. Source: the README of
the msr605x library (Protocol Details), whose example is `C6 "string"`.
"""

SIZE, ROOM = 64, 63
_FIRST, _LAST = 0x80, 0x40


def packets(message: bytes) -> list[bytes]:
    """The reports that carry `message`."""
    pieces = [message[at : at + ROOM] for at in range(0, len(message), ROOM)] or [b""]
    out = []
    for number, piece in enumerate(pieces):
        header = len(piece) | (_FIRST if number == 0 else 0) | (_LAST if number == len(pieces) - 1 else 0)
        out.append((bytes([header]) + piece).ljust(SIZE, b"\x00"))
    return out


class Unpacker:
    """Reports in, the bytes they carry out. A report of another size or out of turn is dropped: `lost` counts them."""

    def __init__(self) -> None:
        self._inside, self.lost = False, 0

    def feed(self, report: bytes) -> bytes:
        header = report[0] if len(report) == SIZE else 0
        first = bool(header & _FIRST)
        if not header or first == self._inside:
            self._inside, self.lost = False, self.lost + 1
            return b""
        self._inside = not header & _LAST
        return report[1 : 1 + (header & 0x3F)]
