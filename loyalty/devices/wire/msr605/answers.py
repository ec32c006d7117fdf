"""What an MSR605 answers. MSR605 Programmer's Manual rev. B, sections 6 to 8 (pages 6 to 14).

The language has no frame, length or check of its own: what an answer means follows from the command before it, and
only raw tracks carry something (parity and LRC) that shows damage. Bad and empty tracks in an ISO block, ESC * and
ESC +: msr206.h of libmsr.
"""

from dataclasses import dataclass, field
from typing import ClassVar

from loyalty.devices.wire.msr605 import commands as ask
from loyalty.devices.wire.msr605.blocks import (
    ESC,
    STX,
    Cursor,
    Malformed,
    Short,
    iso_block,
    iso_track,
    raw_block,
    raw_track,
    read_block,
)

BAD = "*"
"""In the place of an ISO track that lies on the card and cannot be read."""
_BAD_TRACK, _EMPTY_TRACK = b"\x1b*", b"\x1b+"
LONGEST = 1024
STATUS = {
    0x30: "done", 0x31: "reading or writing failed", 0x32: "wrong command format", 0x34: "unknown command",
    0x39: "the card was drawn wrongly while writing", 0x41: "failed",
}  # fmt: skip


@dataclass(frozen=True)
class Status:
    """code: one of STATUS."""

    code: int

    @property
    def good(self) -> bool:
        return self.code == 0x30

    @property
    def meaning(self) -> str:
        return STATUS.get(self.code, f"status {self.code:02X}h")


@dataclass(frozen=True)
class IsoTracks:
    """tracks: as text with sentinels, BAD for one that cannot be read; empty ones are left out."""

    status: int
    tracks: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class RawTracks:
    """tracks: the bytes as the unit sends them; empty ones are left out."""

    status: int
    tracks: dict[int, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class LinkGood:
    code: ClassVar = 0x79


@dataclass(frozen=True)
class LeadingZeros:
    tracks_1_3: int
    track_2: int


@dataclass(frozen=True)
class Model:
    letter: str


@dataclass(frozen=True)
class Firmware:
    """As the unit spells it: REV, a letter, the version, 8 characters in all."""

    text: str
    size: ClassVar = 8


@dataclass(frozen=True)
class BitsSet:
    per_character: tuple[int, int, int]


@dataclass(frozen=True)
class Coercivity:
    high: bool


Answer = Status | IsoTracks | RawTracks | LinkGood | LeadingZeros | Model | Firmware | BitsSet | Coercivity


def encode(answer: Answer) -> bytes:
    match answer:
        case IsoTracks(status, texts):
            block = {track: _BAD_TRACK if text == BAD else text.encode("ascii") for track, text in texts.items()}
            return iso_block(block) + bytes([ESC, status])
        case RawTracks(status, tracks):
            return raw_block(tracks) + bytes([ESC, status])
        case Status(code):
            return bytes([ESC, code])
        case LinkGood():
            return bytes([ESC, LinkGood.code])
        case LeadingZeros(first, second):
            return bytes([ESC, first, second])
        case Model(letter):
            return bytes([ESC, ord(letter), 0x53])
        case Firmware(text):
            return bytes([ESC]) + text.encode("ascii")
        case BitsSet(bits):
            return bytes([ESC, 0x30, *bits])
        case Coercivity(high):
            return bytes([ESC, ord("H" if high else "L")])


class AnswerDecoder:
    """The host's ear, for the answer to one command."""

    def __init__(self, command: ask.Command) -> None:
        self._command, self._buffer = command, b""

    @property
    def began(self) -> bool:
        """Some of the answer is here."""
        return bool(self._buffer)

    def feed(self, data: bytes) -> Answer | None:
        """The answer once it is whole; Malformed when what came is none. What follows it is nobody's."""
        self._buffer += data
        cursor = Cursor(self._buffer)
        try:
            return self._answer(cursor)
        except Short:
            if len(self._buffer) > LONGEST:
                raise Malformed("An answer has no end.") from None
            return None

    def refusal(self) -> Status | None:
        """What lies here is all that came: a status instead of the answer that was asked for."""
        if len(self._buffer) == 2 and self._buffer[0] == ESC and self._buffer[1] in STATUS:
            return Status(self._buffer[1])
        return None

    def _answer(self, cursor: Cursor) -> Answer:
        match self._command:
            case ask.ReadIso() | ask.ReadRaw():
                return self._swipe(cursor)
            case ask.GetLeadingZeros():
                cursor.expect(ESC)
                return LeadingZeros(cursor.byte(), cursor.byte())
            case ask.GetModel():
                cursor.expect(ESC)
                letter = chr(cursor.byte())
                cursor.expect(0x53)
                return Model(letter)
            case ask.GetFirmware():
                cursor.expect(ESC)
                text = cursor.take(Firmware.size)
                if not all(0x20 <= byte <= 0x7E for byte in text):
                    raise Malformed("A version is text.")
                return Firmware(text.decode("ascii"))
        cursor.expect(ESC)
        return self._short(cursor.byte(), cursor)

    def _short(self, code: int, cursor: Cursor) -> Answer:
        if isinstance(self._command, ask.CommTest) and code == LinkGood.code:
            return LinkGood()
        if isinstance(self._command, ask.GetCoercivity) and chr(code) in "HhLl":
            return Coercivity(chr(code) in "Hh")
        if isinstance(self._command, ask.SetBits) and code == 0x30:
            return BitsSet((cursor.byte(), cursor.byte(), cursor.byte()))
        if code not in STATUS:
            raise Malformed(f"{code:02X}h is no status.")
        return Status(code)

    def _swipe(self, cursor: Cursor) -> Answer:
        cursor.expect(ESC)
        if cursor.peek() != STX:
            return self._short(cursor.byte(), cursor)
        cursor.at -= 1
        if isinstance(self._command, ask.ReadRaw):
            raw = read_block(cursor, raw_track)
            return RawTracks(_status(cursor), {track: data for track, data in raw.items() if data})
        iso = read_block(cursor, iso_track)
        texts = {track: BAD if data == _BAD_TRACK else data.decode("ascii") for track, data in iso.items()
                 if data and data != _EMPTY_TRACK}  # fmt: skip
        return IsoTracks(_status(cursor), texts)


def _status(cursor: Cursor) -> int:
    cursor.expect(ESC)
    code = cursor.byte()
    if code not in STATUS:
        raise Malformed(f"{code:02X}h is no status.")
    return code
