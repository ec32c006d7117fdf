"""The line of the virtual PointCardRW: a language of our own, spoken by no product (docs/devices/virtual-pointcard.md).

One line per message: who speaks (`>` host, `<` unit, `!` unit unasked), a number, a word, fields `name=value`, `*`, a
CRC-16/XMODEM of all that in four hex digits, LF. Values are percent-encoded UTF-8. An answer has the number of its
request; a request that comes again with the same number is not done again but answered again.
"""

import binascii
import re
from dataclasses import dataclass
from urllib.parse import quote, unquote

REQUEST, ANSWER, EVENT = ">", "<", "!"
MAX_LINE = 8192
"""Bytes of a line with its end; longer ones are noise."""
MAX_NUMBER = 9999
REQUESTS = {
    "HELLO": "begin a session: numbers start again; model, firmware, capabilities",
    "STATE": "card, buffers, cover, head, what runs",
    "BEGIN-INSERTION": "take in the next card, wait without end",
    "END-INSERTION": "stop waiting; NOCARD unless a card is inside",
    "BEGIN-REMOVAL": "push the card out",
    "END-REMOVAL": "RELEASE while the card is in the slot",
    "READ": "tracks=1,2: data and state of each track",
    "SET-TRACK": "track, data: what WORK is to write",
    "TEXT": "x, y, style, text: letters of the unit into the print buffer",
    "RASTER": "x, y, width, rows: dots into the print buffer, hex, rows padded to bytes",
    "ROTATE": "to=normal|right90|left90|rotate180: for texts after it",
    "VALIDATE": "text, style: could it be printed?",
    "WORK": "erase=x,y,w,h;… print=1 tracks=1,2 order=stripe|face energy=1..10: all of it in one operation",
    "CLEAN": "run a cleaning card",
    "CANCEL": "end what runs or waits",
    "CLEAR-INPUT": "forget what was read",
    "CLEAR-OUTPUT": "empty print buffer and track data",
    "LAST": "how far the last WORK got, also that of an earlier session",
    "MEDIA": "cycles and ghosts of the card inside, its number",
    "STATISTICS": "counters; reset=1 sets them to 0",
    "DISPLAY": "text for the customer",
    "RESET": "end everything, push the card out",
}
ANSWERS = {
    "OK": "done",
    "ERROR": "code, done, doing: what went wrong and how far it got",
    "WAIT": "still at it",
    "AGAIN": "a line came in pieces; say it again",
}
EVENTS = {"CARD": "at: the card has moved"}
_FORM = re.compile(r"([<>!])(\d{1,4}) ([A-Z-]{2,16})((?: [a-z0-9]{1,16}=[^ =]*)*)\Z")


@dataclass(frozen=True)
class Line:
    """A message. `fields` in the order in which they travel."""

    who: str
    number: int
    word: str
    fields: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, who: str, number: int, word: str, /, **fields: object) -> "Line":
        return cls(who, number, word, tuple((name, str(value)) for name, value in fields.items()))

    def __getitem__(self, name: str) -> str:
        """The value of a field, or an empty text."""
        return dict(self.fields).get(name, "")


@dataclass(frozen=True)
class BadLine:
    """Bytes up to a line's end that are none: lost or bent on the way."""

    data: bytes


def encode(line: Line) -> bytes:
    fields = "".join(f" {name}={quote(value, safe=',;:/+-')}" for name, value in line.fields)
    body = f"{line.who}{line.number} {line.word}{fields}"
    if not _FORM.match(body):
        raise ValueError(f"{body!r} is no line of a virtual PointCardRW.")
    data = body.encode("ascii")
    whole = data + b"*%04X\n" % binascii.crc_hqx(data, 0)
    if len(whole) > MAX_LINE:
        raise ValueError(f"A line has at most {MAX_LINE} bytes, this one {len(whole)}.")
    return whole


class Decoder:
    """Either way; keeps at most one line."""

    def __init__(self) -> None:
        self._heard = bytearray()
        self._noise = False

    def feed(self, data: bytes) -> list[Line | BadLine]:
        found: list[Line | BadLine] = []
        for byte in data:
            self._heard.append(byte)
            if byte == 0x0A:
                whole = bytes(self._heard)
                found.append(BadLine(whole) if self._noise else parse(whole))
                self._heard.clear()
                self._noise = False
            elif len(self._heard) >= MAX_LINE:
                self._heard.clear()
                self._noise = True
        return found


def parse(data: bytes) -> Line | BadLine:
    """A line with its end."""
    body, star, check = data.removesuffix(b"\n").rpartition(b"*")
    if not star or check != b"%04X" % binascii.crc_hqx(body, 0) or not body.isascii():
        return BadLine(data)
    found = _FORM.match(body.decode("ascii"))
    if not found:
        return BadLine(data)
    try:
        pairs = [field.split("=") for field in found[4].split()]
        fields = tuple((name, unquote(value, errors="strict")) for name, value in pairs)
    except UnicodeDecodeError:
        return BadLine(data)
    return Line(found[1], int(found[2]), found[3], fields)
