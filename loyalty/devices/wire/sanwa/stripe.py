"""Magnetic stripe commands of the CRP-1231 family. YACardEmu, CardIo.cpp, commands 33h, 35h and 53h.

A track is 69 bytes, the length of JIS X 6302 type II without its sentinels. Several tracks follow each other.
"""

from dataclasses import dataclass
from enum import Enum
from typing import ClassVar, Self

from loyalty.devices.wire.sanwa.block import Bare, Command

TRACK_BYTES = 69
SETS = ((1,), (2,), (3,), (1, 2), (1, 3), (2, 3), (1, 2, 3))
"""Tracks that one command can name, in the order of their codes from 30h."""


class Length(Enum):
    FULL = 0x30
    """69 bytes for each track."""
    VARIABLE = 0x31
    """1 to 47 bytes; not what the units that were listened to are asked for."""
    CARD_ONLY = 0x32
    """Pull the card in and read nothing."""


class Bits(Enum):
    SEVEN_AND_PARITY = 0x30
    EIGHT = 0x31


@dataclass(frozen=True)
class _OfTracks(Command):
    tracks: tuple[int, ...] = (1, 2, 3)
    length: Length = Length.FULL
    bits: Bits = Bits.SEVEN_AND_PARITY

    def data(self) -> bytes:
        return bytes([self.length.value, self.bits.value, 0x30 + SETS.index(self.tracks)])


@dataclass(frozen=True)
class ReadTracks(_OfTracks):
    """Read tracks; without a card the unit waits for one (state 34h)."""

    code: ClassVar = 0x33

    @classmethod
    def parse(cls, data: bytes) -> Self:
        return cls(*_head(data))


@dataclass(frozen=True)
class WriteTracks(_OfTracks):
    """Write tracks. content: 69 bytes for each, in rising order."""

    content: bytes = b""
    code: ClassVar = 0x53

    def data(self) -> bytes:
        return super().data() + self.content

    @classmethod
    def parse(cls, data: bytes) -> Self:
        tracks, length, bits = _head(data)
        if length is Length.FULL and len(data) - 3 < len(tracks) * TRACK_BYTES:
            raise ValueError("data for a track is missing")
        return cls(tracks, length, bits, data[3:])


@dataclass(frozen=True)
class ReadMemory(Bare):
    """All 207 bytes that the unit has of the card inside."""

    code: ClassVar = 0x35


def _head(data: bytes) -> tuple[tuple[int, ...], Length, Bits]:
    if len(data) < 3 or not 0x30 <= data[2] < 0x30 + len(SETS):
        raise ValueError("length, bits and tracks are needed")
    return SETS[data[2] - 0x30], Length(data[0]), Bits(data[1])
