"""What the host says to an MSR605. MSR605 Programmer's Manual rev. B, section 6 (pages 6 to 10)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar

from loyalty.devices.wire.msr605.blocks import (
    ESC,
    TRACKS,
    Cursor,
    Malformed,
    Short,
    iso_block,
    iso_track,
    raw_block,
    raw_track,
    read_block,
)


@dataclass(frozen=True)
class Reset:
    """Ends whatever waits for a card. No answer."""

    code: ClassVar = 0x61


@dataclass(frozen=True)
class ReadIso:
    """Waits for a card; the answer is IsoTracks."""

    code: ClassVar = 0x72


@dataclass(frozen=True)
class WriteIso:
    """Waits for a card. tracks: data without sentinels; a track that is left out stays as it is."""

    code: ClassVar = 0x77
    tracks: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class CommTest:
    """Answered by LinkGood."""

    code: ClassVar = 0x65


@dataclass(frozen=True)
class Lights:
    """off, on, green, yellow or red. No answer."""

    show: str
    codes: ClassVar = {"off": 0x81, "on": 0x82, "green": 0x83, "yellow": 0x84, "red": 0x85}


@dataclass(frozen=True)
class SensorTest:
    """Waits for a card; Status 30h when the sensor saw one."""

    code: ClassVar = 0x86


@dataclass(frozen=True)
class RamTest:
    code: ClassVar = 0x87


@dataclass(frozen=True)
class SetLeadingZeros:
    """Zero bits written before the start sentinel; factory setting 61 and 22."""

    code: ClassVar = 0x7A
    tracks_1_3: int
    track_2: int


@dataclass(frozen=True)
class GetLeadingZeros:
    code: ClassVar = 0x6C


@dataclass(frozen=True)
class Erase:
    """Waits for a card."""

    code: ClassVar = 0x63
    tracks: tuple[int, ...]
    masks: ClassVar = {
        (1,): 0x00, (2,): 0x02, (3,): 0x04, (1, 2): 0x03, (1, 3): 0x05, (2, 3): 0x06, (1, 2, 3): 0x07,
    }  # fmt: skip
    """Track 1 alone is 00h, not 01h (page 8)."""


@dataclass(frozen=True)
class SetDensity:
    """bits_per_inch: 210 or 75."""

    code: ClassVar = 0x62
    track: int
    bits_per_inch: int
    codes: ClassVar = {(1, 210): 0xA1, (1, 75): 0xA0, (2, 210): 0xD2, (2, 75): 0x4B, (3, 210): 0xC1, (3, 75): 0xC0}


@dataclass(frozen=True)
class ReadRaw:
    """Waits for a card; the answer is RawTracks."""

    code: ClassVar = 0x6D


@dataclass(frozen=True)
class WriteRaw:
    """Waits for a card. tracks: bits packed as SetBits says; a track that is left out stays as it is."""

    code: ClassVar = 0x6E
    tracks: dict[int, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class GetModel:
    code: ClassVar = 0x74


@dataclass(frozen=True)
class GetFirmware:
    code: ClassVar = 0x76


@dataclass(frozen=True)
class SetBits:
    """Bits per character of raw tracks, 5 to 8; 8: the bare bits in whole bytes."""

    code: ClassVar = 0x6F
    per_character: tuple[int, int, int]


@dataclass(frozen=True)
class SetCoercivity:
    high: bool
    codes: ClassVar = {True: 0x78, False: 0x79}


@dataclass(frozen=True)
class GetCoercivity:
    code: ClassVar = 0x64


@dataclass(frozen=True)
class Unknown:
    """ESC and a code of no command, or a command whose parameters cannot be; answered by Status 34h or 32h."""

    code: int
    malformed: bool = False


Command = (
    Reset | ReadIso | WriteIso | CommTest | Lights | SensorTest | RamTest | SetLeadingZeros | GetLeadingZeros | Erase
    | SetDensity | ReadRaw | WriteRaw | GetModel | GetFirmware | SetBits | SetCoercivity | GetCoercivity | Unknown
)  # fmt: skip
_BARE: dict[int, Callable[[], Command]] = {
    kind.code: kind
    for kind in (
        Reset, ReadIso, CommTest, SensorTest, RamTest, GetLeadingZeros, ReadRaw, GetModel, GetFirmware, GetCoercivity,
    )
}  # fmt: skip
_BARE |= {code: (lambda show=show: Lights(show)) for show, code in Lights.codes.items()}  # type: ignore[misc]
_BARE |= {code: (lambda high=high: SetCoercivity(high)) for high, code in SetCoercivity.codes.items()}  # type: ignore[misc]


def encode(command: Command) -> bytes:
    """The bytes of a command. KeyError or ValueError for parameters that cannot be."""
    match command:
        case Lights(show):
            return bytes([ESC, Lights.codes[show]])
        case SetCoercivity(high):
            return bytes([ESC, SetCoercivity.codes[high]])
        case WriteIso(tracks):
            block = iso_block({track: text.encode("ascii") for track, text in tracks.items()})
            return bytes([ESC, command.code]) + block
        case WriteRaw(data):
            return bytes([ESC, command.code]) + raw_block(data)
        case SetLeadingZeros(first, second):
            return bytes([ESC, command.code, first, second])
        case Erase(erased):
            return bytes([ESC, command.code, Erase.masks[erased]])
        case SetDensity(track, density):
            return bytes([ESC, command.code, SetDensity.codes[track, density]])
        case SetBits(bits):
            return bytes([ESC, command.code, *bits])
    return bytes([ESC, command.code])


class CommandDecoder:
    """The unit's ear: bytes in any pieces in, whole commands out. What stands before an ESC is passed over."""

    def __init__(self) -> None:
        self._buffer = b""

    def feed(self, data: bytes) -> list[Command]:
        self._buffer += data
        found: list[Command] = []
        while True:
            self._buffer = self._buffer[self._buffer.find(ESC) :] if ESC in self._buffer else b""
            cursor = Cursor(self._buffer)
            try:
                cursor.expect(ESC)
                code = cursor.byte()
                command = _parameters(code, cursor)
            except Short:
                return found
            except (Malformed, KeyError, UnicodeDecodeError):
                command = Unknown(code, malformed=True)
            self._buffer = self._buffer[cursor.at :]
            found.append(command)


def _parameters(code: int, cursor: Cursor) -> Command:
    if code in _BARE:
        return _BARE[code]()
    if code == WriteIso.code:
        return WriteIso({track: data.decode("ascii") for track, data in read_block(cursor, iso_track).items() if data})
    if code == WriteRaw.code:
        return WriteRaw({track: data for track, data in read_block(cursor, raw_track).items() if data})
    if code == SetLeadingZeros.code:
        return SetLeadingZeros(cursor.byte(), cursor.byte())
    if code == Erase.code:
        return Erase({mask: tracks for tracks, mask in Erase.masks.items()}[cursor.byte()])
    if code == SetDensity.code:
        return SetDensity(*{value: key for key, value in SetDensity.codes.items()}[cursor.byte()])
    if code == SetBits.code:
        bits = [cursor.byte() for _ in TRACKS]
        if not all(5 <= count <= 8 for count in bits):
            raise Malformed("A character has 5 to 8 bits.")
        return SetBits((bits[0], bits[1], bits[2]))
    return Unknown(code)
