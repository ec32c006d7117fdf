"""Movement, state and settings of the CRP-1231 family. Source: YACardEmu, CardIo.cpp."""

from dataclasses import dataclass
from enum import Enum
from typing import ClassVar, Self

from loyalty.devices.wire.sanwa.block import Bare, Command


class After(Enum):
    """What becomes of a card inside when the unit starts."""

    STANDARD = 0x30
    EJECT = 0x31
    RESET_SETTINGS = 0x32


@dataclass(frozen=True)
class _OneByte(Command):
    @classmethod
    def _byte(cls, data: bytes) -> int:
        if not data:
            raise ValueError("a byte is missing")
        return data[0]


@dataclass(frozen=True)
class Initialize(_OneByte):
    """Start afresh; a card inside is pushed out whatever `after` says."""

    after: After = After.STANDARD
    code: ClassVar = 0x10

    def data(self) -> bytes:
        return bytes([self.after.value])

    @classmethod
    def parse(cls, data: bytes) -> Self:
        return cls(After(cls._byte(data)))


@dataclass(frozen=True)
class AskStatus(Bare):
    """Nothing but the answer; done at the first ENQ."""

    code: ClassVar = 0x20


@dataclass(frozen=True)
class Cancel(Bare):
    """End the running command, such as a wait for a card."""

    code: ClassVar = 0x40


@dataclass(frozen=True)
class Eject(Bare):
    """Push the card out at the front."""

    code: ClassVar = 0x80


@dataclass(frozen=True)
class Clean(Bare):
    """A cleaning run; waits for the cleaning card and pushes it out."""

    code: ClassVar = 0xA0


@dataclass(frozen=True)
class Dispense(Command):
    """A new card out of the dispenser, or only the question whether there is one."""

    check_only: bool = False
    code: ClassVar = 0xB0

    def data(self) -> bytes:
        return b"2" if self.check_only else b"1"

    @classmethod
    def parse(cls, data: bytes) -> Self:
        if data[:1] not in (b"", b"1", b"2"):
            raise ValueError("31h dispenses, 32h asks")
        return cls(data[:1] == b"2")


@dataclass(frozen=True)
class Lamp(_OneByte):
    """0 off, 1 on, 2 blinking slowly, 3 fast."""

    light: int = 0
    code: ClassVar = 0xC0

    def data(self) -> bytes:
        return bytes([0x30 + self.light])

    @classmethod
    def parse(cls, data: bytes) -> Self:
        if not 0x30 <= cls._byte(data) <= 0x33:
            raise ValueError("the lamp knows 30h to 33h")
        return cls(data[0] - 0x30)


@dataclass(frozen=True)
class PrintRetries(_OneByte):
    """How often the unit tries to print again: 0 to 8."""

    most: int = 0
    code: ClassVar = 0xC1

    def data(self) -> bytes:
        return bytes([0x31 + self.most])

    @classmethod
    def parse(cls, data: bytes) -> Self:
        if not 0x31 <= cls._byte(data) <= 0x39:
            raise ValueError("31h to 39h are needed")
        return cls(data[0] - 0x31)


@dataclass(frozen=True)
class Shutter(_OneByte):
    """Open or close the slot; units without a shutter answer with state 32h."""

    open: bool = True
    code: ClassVar = 0xD0

    def data(self) -> bytes:
        return b"1" if self.open else b"0"

    @classmethod
    def parse(cls, data: bytes) -> Self:
        if cls._byte(data) not in (0x30, 0x31):
            raise ValueError("30h closes, 31h opens")
        return cls(data[0] == 0x31)


@dataclass(frozen=True)
class SetClock(Command):
    """twelve: yymmddhhmmss."""

    twelve: bytes = b"000101000000"
    code: ClassVar = 0xE1

    def data(self) -> bytes:
        return self.twelve

    @classmethod
    def parse(cls, data: bytes) -> Self:
        if len(data) != 12 or not data.isdigit():
            raise ValueError("twelve digits are needed")
        return cls(data)


@dataclass(frozen=True)
class AskVersion(Bare):
    """32 characters, such as AP:S1234-5678,OS:S9012-3456,0000."""

    code: ClassVar = 0xF0


@dataclass(frozen=True)
class AskClock(Bare):
    """Twelve digits, as in SetClock."""

    code: ClassVar = 0xF1


@dataclass(frozen=True)
class AskBattery(Bare):
    """Trouble 40h when the battery of the unit's clock is low."""

    code: ClassVar = 0xF5
