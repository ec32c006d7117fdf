"""Card, display, cleaning and other commands. Star TCP300II command specification 2005, sections 4-3 to 4-6."""

import re
from dataclasses import dataclass
from typing import ClassVar, Self

from loyalty.devices.wire.star_tcp.block import Bare, Command
from loyalty.devices.wire.star_tcp.face import Discharge


@dataclass(frozen=True)
class EjectCard(Command):
    """Push the card out; HOLD leaves it where it can be used again, a second 50h then pushes it out fully."""

    discharge: Discharge = Discharge.FRONT
    codes: ClassVar = (0x50,)

    def data(self) -> bytes:
        return self.discharge.value

    @classmethod
    def parse(cls, code: int, data: bytes) -> Self:
        if data not in (b"0", b"1"):
            raise ValueError("the discharge is 0 or 1")
        return cls(Discharge(data))


@dataclass(frozen=True)
class HoldAtRear(Bare):
    """Take a card in and hold it at the back; waits without end for one, pulls a discharged one back."""

    codes: ClassVar = (0x51,)


@dataclass(frozen=True)
class HoldAtFront(Bare):
    """Take a card in and hold it at the front; waits without end for one, pulls a discharged one back."""

    codes: ClassVar = (0x53,)


@dataclass(frozen=True)
class CancelInsertionWait(Bare):
    """End a wait for a card. Goes ahead of a running command, which is dropped without a response (page 46)."""

    codes: ClassVar = (0x54,)


@dataclass(frozen=True)
class CancelRemovalWait(Bare):
    """Let a discharged card count as inserted again."""

    codes: ClassVar = (0x55,)


@dataclass(frozen=True)
class Clean(Bare):
    """A cleaning run; wants the cleaning card."""

    codes: ClassVar = (0x52,)


@dataclass(frozen=True)
class RomVersion(Bare):
    """Ask for the model and firmware: `TCP3II V1.00.00`."""

    codes: ClassVar = (0x58,)


@dataclass(frozen=True)
class SensorStatus(Bare):
    """Ask for the sensors; the response's data is read by `Sensors`."""

    codes: ClassVar = (0x59,)


@dataclass(frozen=True)
class TransportCount(Bare):
    """Ask how often cards passed the magnetic head: decimal text, a round trip counts two."""

    codes: ClassVar = (0x95,)


@dataclass(frozen=True)
class PrintCount(Bare):
    """Ask how often was printed: decimal text."""

    codes: ClassVar = (0x96,)


@dataclass(frozen=True)
class Reset(Bare):
    """Start the unit afresh, ahead of a running command: buffers are lost, a card inside is pushed out."""

    codes: ClassVar = (0x5F,)


@dataclass(frozen=True)
class Lamp(Command):
    """Buzzer and status lamp. Operations: ' ' as it is, 0 off, 1 on, 2 blink, 3 once, 4 three times; colour G, R, O."""

    buzzer: str = " "
    colour: str = "G"
    operation: str = " "
    codes: ClassVar = (0x5A,)

    def data(self) -> bytes:
        return (self.buzzer + self.colour + self.operation).encode()

    @classmethod
    def parse(cls, code: int, data: bytes) -> Self:
        plain = data.replace(b",", b"") if len(data) == 5 else data
        if not re.fullmatch(rb"[ 0-4][Gg1Rr2Oo3][ 0-4]", plain):
            raise ValueError("three characters are needed: buzzer, colour, lamp")
        colour = {"1": "G", "2": "R", "3": "O"}.get(chr(plain[1]), chr(plain[1]).upper())
        return cls(chr(plain[0]), colour, chr(plain[2]))


@dataclass(frozen=True)
class _Stored(Command):
    content: bytes

    def data(self) -> bytes:
        return self.content

    @classmethod
    def parse(cls, code: int, data: bytes) -> Self:
        if not data:
            raise ValueError("the setting is missing")
        return cls(data)


class CleaningButton(_Stored):
    """Allow or forbid the cleaning button. Written to EEPROM; the values are not public."""

    codes: ClassVar = (0x5B,)


class LineSettings(_Stored):
    """Speed and parity of the line. Written to EEPROM; the values are not public."""

    codes: ClassVar = (0x90,)


class ModelSetting(_Stored):
    """A letter and its value, such as `R2` (read retries) or `E22` (format of track 2). Written to EEPROM."""

    codes: ClassVar = (0x91,)


@dataclass(frozen=True)
class Sensors:
    """The data of the answer to 59h: six characters, seven on the bare mechanism (page 48).

    inlet: 0 nothing, 1 a card to take in, 2 a discharged card that waits to be taken. inside: the three sensors within.
    """

    inlet: int
    inside: tuple[bool, bool, bool]
    cover_open: bool

    def data(self) -> bytes:
        return b"%d%d%d%d%d0" % (self.inlet, *self.inside, self.cover_open)

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """ValueError when these are no sensors."""
        if not re.fullmatch(rb"[012][01]{4}0[01]?", data):
            raise ValueError(f"{data!r} is no sensor status")
        flags = [byte == 0x31 for byte in data]
        return cls(data[0] - 0x30, (flags[1], flags[2], flags[3]), flags[4])
