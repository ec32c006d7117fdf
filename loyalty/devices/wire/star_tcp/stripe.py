"""Magnetic stripe commands. Star TCP300II command specification 2005, section 4-1 (pages 12 to 23)."""

from dataclasses import dataclass
from typing import ClassVar, Self

from loyalty.devices.wire.star_tcp.block import Command

TRACKS = (1, 2, 3)
JIS_LENGTH = 69
"""Longest data of a 7-bit track (JIS X 6302), sentinels and LRC not counted."""
LONGEST = 104
"""Longest data of any format (ISO 7811/2 third track)."""


@dataclass(frozen=True)
class OfTrack(Command):
    """A command that exists once per track, under three codes in a row."""

    track: int

    @property
    def code(self) -> int:
        return self.codes[self.track - 1]


@dataclass(frozen=True)
class _Read(OfTrack):
    @classmethod
    def parse(cls, code: int, data: bytes) -> Self:
        if data:
            raise ValueError("a read command takes no data")
        return cls(cls.codes.index(code) + 1)


class ReadTrack(_Read):
    """Read a track; waits without end for a card."""

    codes: ClassVar = (0x21, 0x22, 0x23)


class ReadTrackIfCard(_Read):
    """Read a track; status 22h at once when there is no card."""

    codes: ClassVar = (0x25, 0x26, 0x27)


class ReadTrackBuffer(_Read):
    """What the last read of this track yielded; moves the card only if nothing was read yet."""

    codes: ClassVar = (0x29, 0x2A, 0x2B)


@dataclass(frozen=True)
class _SetData(OfTrack):
    text: bytes
    lowest: ClassVar[int] = 0x00
    highest: ClassVar[int] = 0x7E
    longest: ClassVar[int] = JIS_LENGTH

    def data(self) -> bytes:
        return self.text

    @classmethod
    def parse(cls, code: int, data: bytes) -> Self:
        if len(data) > cls.longest:
            raise ValueError(f"a track takes {cls.longest} characters, {len(data)} came")
        if any(byte in (0x02, 0x03) or not cls.lowest <= byte <= cls.highest for byte in data):
            raise ValueError("a character that this format cannot carry")
        return cls(cls.codes.index(code) + 1, data)


class SetTrackReversed(_SetData):
    """Data to write, 7-bit, written in the reverse direction. TCP300II only."""

    codes: ClassVar = (0x35, 0x36, 0x37)
    lowest: ClassVar = 0x01


class SetTrack7Bit(_SetData):
    """Data to write, 7-bit JIS X 6302. 00h is for the firmware of 2003 only."""

    codes: ClassVar = (0x38, 0x39, 0x3A)


class SetTrackDefault(_SetData):
    """Data to write, in the format that the unit's EEPROM names for this track."""

    codes: ClassVar = (0x3B, 0x3C, 0x3D)
    longest: ClassVar = LONGEST


@dataclass(frozen=True)
class _Write(Command):
    tracks: tuple[int, ...]
    """In rising order; on the wire a mask '1'..'7', bit 0 for track 1."""

    def data(self) -> bytes:
        return str(sum(1 << track - 1 for track in self.tracks)).encode()

    @classmethod
    def parse(cls, code: int, data: bytes) -> Self:
        if len(data) != 1 or not b"1" <= data <= b"7":
            raise ValueError("the track mask is one character from 1 to 7")
        return cls(tuple(track for track in TRACKS if int(data) & 1 << track - 1))


class WriteStripe(_Write):
    """Write the data that was set and read it back; waits without end for a card, which stays inside."""

    codes: ClassVar = (0x31,)


class WriteStripeIfCard(_Write):
    """The same; status 22h at once when there is no card."""

    codes: ClassVar = (0x32,)
