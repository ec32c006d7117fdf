"""What a PN532 answers. UM0701-02 rev. 02, chapter 7; an answer's code is that of its command plus one."""

from dataclasses import dataclass
from typing import ClassVar

from loyalty.devices.wire.pn532.targets import TargetA, type_a_targets

STATUS = {
    0x00: "done", 0x01: "the card did not answer in time", 0x02: "checksum error on the air",
    0x03: "parity error on the air", 0x04: "erroneous bit count in anticollision", 0x05: "framing error",
    0x06: "bit collision", 0x07: "buffer too small", 0x09: "RF buffer overflow", 0x0A: "RF field not on in time",
    0x0B: "RF protocol error", 0x0D: "overheated", 0x0E: "internal buffer overflow", 0x10: "invalid parameter",
    0x12: "command not supported", 0x13: "wrong data format", 0x14: "authentication refused", 0x23: "UID check byte",
    0x25: "invalid state", 0x26: "not allowed in this configuration", 0x27: "not acceptable now",
    0x29: "released by its initiator", 0x2A: "the card has been exchanged", 0x2B: "the card has disappeared",
    0x2C: "NFCID3 mismatch", 0x2D: "over-current", 0x2E: "NAD missing",
}  # fmt: skip
"""Error codes, UM0701-02 section 7.1."""


@dataclass(frozen=True)
class Diagnosed:
    """7.2.1. Of test 0 the test number and data sent; of the others a status."""

    data: bytes
    code: ClassVar[int] = 0x01

    def body(self) -> bytes:
        return self.data


@dataclass(frozen=True)
class FirmwareVersion:
    """7.2.2. ic: 0x32 for a PN532. support: bit 0 ISO 14443A, bit 1 14443B, bit 2 ISO 18092."""

    ic: int
    version: int
    revision: int
    support: int
    code: ClassVar[int] = 0x03

    def body(self) -> bytes:
        return bytes([self.ic, self.version, self.revision, self.support])


@dataclass(frozen=True)
class GeneralStatus:
    """7.2.3. error: the last one (STATUS). targets: (number, rate in, rate out, modulation) of each card held."""

    error: int
    external_field: bool
    targets: tuple[tuple[int, int, int, int], ...] = ()
    sam: int = 0
    code: ClassVar[int] = 0x05

    def body(self) -> bytes:
        held = b"".join(bytes(target) for target in self.targets)
        return bytes([self.error, self.external_field, len(self.targets)]) + held + bytes([self.sam])


@dataclass(frozen=True)
class RegisterValues:
    """7.2.4. In the order asked for."""

    values: bytes
    code: ClassVar[int] = 0x07

    def body(self) -> bytes:
        return self.values


@dataclass(frozen=True)
class PassiveTargets:
    """7.3.5. How many were found, and their data, whose shape the modulation asked for decides."""

    count: int
    data: bytes = b""
    code: ClassVar[int] = 0x4B

    def body(self) -> bytes:
        return bytes([self.count]) + self.data

    def type_a(self) -> tuple[TargetA, ...]:
        """The cards, when they were looked for with TYPE_A_106. Malformed when one byte is missing or too many."""
        return type_a_targets(self.count, self.data)


@dataclass(frozen=True)
class DataExchanged:
    """7.3.8. status: see STATUS."""

    status: int
    data: bytes = b""
    more: bool = False
    code: ClassVar[int] = 0x41

    def body(self) -> bytes:
        return bytes([self.status | self.more << 6]) + self.data


@dataclass(frozen=True)
class Communicated:
    """7.3.9. status: see STATUS."""

    status: int
    data: bytes = b""
    code: ClassVar[int] = 0x43

    def body(self) -> bytes:
        return bytes([self.status]) + self.data


@dataclass(frozen=True)
class AutoPolled:
    """7.3.13. (type, target data) of each card found."""

    found: tuple[tuple[int, bytes], ...] = ()
    code: ClassVar[int] = 0x61

    def body(self) -> bytes:
        return bytes([len(self.found)]) + b"".join(bytes([kind, len(data)]) + data for kind, data in self.found)


@dataclass(frozen=True)
class Done:
    """An answer without content: to WriteRegister, SetSerialBaudRate, SetParameters, Sam- and RfConfiguration."""

    code: int

    def body(self) -> bytes:
        return b""


@dataclass(frozen=True)
class StatusAnswer:
    """The answer that is only a status: to PowerDown, InDeselect, InRelease, InSelect."""

    code: int
    status: int

    def body(self) -> bytes:
        return bytes([self.status])


@dataclass(frozen=True)
class Other:
    """A code that this list does not know, with its bytes."""

    code: int
    data: bytes

    def body(self) -> bytes:
        return self.data
