"""The R byte: where the card is. LR and S31R say it with a digit, BR with bits that also tell shutter and dispenser.

Source: YACardEmu, CardIo.h; Flycast, comment before class SanwaCRP1231BR (SSTCCCCC).
"""

from dataclasses import dataclass
from enum import Enum
from typing import Literal

Dialect = Literal["digit", "bits"]
_CLOSED, _OPEN = 0x40, 0x80
_STOCKED = 0x20


class Place(Enum):
    NONE = "none"
    FRONT = "front"
    """In the slot: put in, or pushed out and not taken. Only BR units tell it."""
    HEAD = "head"
    """At the magnetic head."""
    THERMAL = "thermal"
    DISPENSER = "dispenser"
    OUT = "out"
    """Pushed out and not taken yet. Only LR and S31R units tell it."""


_DIGITS = {0x30: Place.NONE, 0x31: Place.HEAD, 0x32: Place.THERMAL, 0x33: Place.DISPENSER, 0x34: Place.OUT}
_BITS = {0x00: Place.NONE, 0x01: Place.FRONT, 0x18: Place.HEAD, 0x07: Place.THERMAL, 0x1C: Place.DISPENSER}


@dataclass(frozen=True)
class Whereabouts:
    """shutter_open, stocked: None when this unit does not tell. Both shutter sensors at once count as not open."""

    place: Place
    shutter_open: bool | None = None
    stocked: bool | None = None


def read_place(byte: int, dialect: Dialect) -> Whereabouts:
    """ValueError for a byte that this dialect does not have."""
    if dialect == "digit":
        if byte not in _DIGITS:
            raise ValueError(f"{byte:02X}h is no place of a card")
        return Whereabouts(_DIGITS[byte])
    if not byte & (_OPEN | _CLOSED):
        raise ValueError(f"{byte:02X}h tells that the shutter's sensors fail")
    place = _BITS.get(byte & 0x1F, Place.HEAD)  # between two sensors it is inside
    return Whereabouts(place, byte & (_OPEN | _CLOSED) == _OPEN, bool(byte & _STOCKED))


def write_place(where: Whereabouts, dialect: Dialect) -> int:
    """The R byte of a unit."""
    if dialect == "digit":
        codes = {place: code for code, place in _DIGITS.items()} | {Place.FRONT: 0x30}
        return codes[where.place]
    codes = {place: code for code, place in _BITS.items()} | {Place.OUT: 0x01}
    return (_OPEN if where.shutter_open else _CLOSED) | (_STOCKED if where.stocked else 0) | codes[where.place]
