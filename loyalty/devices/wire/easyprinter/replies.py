"""The answers of an EasyPrinter S3. None says what it answers: the host has to remember what it asked.

State byte: Programmer's Manual 1.3 page 6, and Models/PrinterState.cs of the free client. Texts end with LF as the
manual shows it for the firmware; the client takes whatever arrives together. MIFARE UID: PrinterClient.cs.
"""

from dataclasses import dataclass, fields
from enum import Enum

MAX_REPLY = 64
"""Longer ones are noise: a UID of 10 bytes has 23, a firmware 9."""
HEX = b"0123456789ABCDEFabcdef"


@dataclass(frozen=True)
class State:
    """The bits of the state byte, lowest first."""

    print_sensor: bool = False
    front_sensor: bool = False
    back_sensor: bool = False
    card_inside: bool = False
    """A card is in the print position."""
    printing: bool = False
    printed: bool = False
    """The card inside has been printed."""
    at_chip: bool = False
    """The client calls it card in the peripheral unit; the manual leaves the bit unused."""
    error: bool = False

    @classmethod
    def of(cls, byte: int) -> "State":
        return cls(*(bool(byte >> bit & 1) for bit in range(8)))

    @property
    def byte(self) -> int:
        return sum(getattr(self, each.name) << bit for bit, each in enumerate(fields(self)))


@dataclass(frozen=True)
class TextReply:
    """Firmware `ppmmnnrr` (product, major, minor, revision), serial number, or card direction."""

    text: str


@dataclass(frozen=True)
class UidReply:
    """Upper-case hex; empty when the unit could not read one."""

    uid: str


@dataclass(frozen=True)
class BadReply:
    """Bytes that are no answer of the kind that was asked for."""

    data: bytes


Reply = State | TextReply | UidReply | BadReply


class Asked(Enum):
    """What kind of answer is awaited."""

    STATE = "state"
    TEXT = "text"
    UID = "uid"


def encode(reply: Reply) -> bytes:
    """The bytes of an answer."""
    match reply:
        case State():
            return bytes([reply.byte])
        case TextReply(text):
            return text.encode("latin-1") + b"\n"
        case UidReply(uid):
            return b"S " + uid.encode("ascii") + b"\r" if uid else b"E"
        case BadReply(data):
            return data
    raise TypeError(f"{reply!r} is no answer of an EasyPrinter")


class ReplyDecoder:
    """Reads answers of one kind, in any pieces."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self._heard = bytearray()

    def feed(self, data: bytes) -> list[Reply]:
        return [reply for byte in data if (reply := self._take(byte)) is not None]

    def _take(self, byte: int) -> Reply | None:
        if self._asked is Asked.STATE:
            return State.of(byte)
        self._heard.append(byte)
        heard = bytes(self._heard)
        reply = _uid(heard) if self._asked is Asked.UID else _text(heard)
        if reply is None and len(heard) >= MAX_REPLY:
            reply = BadReply(heard)
        if reply is not None:
            self._heard.clear()
        return reply


def _text(heard: bytes) -> Reply | None:
    if not heard.endswith(b"\n"):
        return None
    text = heard[:-1].decode("latin-1")
    return TextReply(text) if text.isascii() and text.isprintable() else BadReply(heard)


def _uid(heard: bytes) -> Reply | None:
    """`S`, a byte that the client skips, hex digits, CR; or `E`."""
    if heard == b"E":
        return UidReply("")
    if heard[0] != 0x53:
        return BadReply(heard)
    if not heard.endswith(b"\r") or len(heard) < 3:
        return None
    digits = heard[2:-1]
    good = len(digits) in (8, 14, 20) and all(byte in HEX for byte in digits)
    return UidReply(digits.decode("ascii").upper()) if good else BadReply(heard)
