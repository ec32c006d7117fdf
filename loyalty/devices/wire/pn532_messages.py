"""What a host and an NXP PN532 say to each other: commands, answers, targets.

Source: NXP UM0701-02 "PN532 User Manual" rev. 02 (2007, firmware 1.6), chapter 7; section numbers stand at each
message. A command has an even code, its answer the next odd one. Framing lies in loyalty.devices.wire.pn532.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Protocol

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

TYPE_A_106, FELICA_212, FELICA_424, TYPE_B_106, JEWEL_106 = range(5)
"""Modulations of InListPassiveTarget, section 7.3.5."""
BAUD_RATES = (9600, 19200, 38400, 57600, 115200, 230400, 460800, 921600, 1288000)
"""By the code that SetSerialBaudRate carries, section 7.2.8."""
CASCADE_TAG = 0x88


class Malformed(ValueError):
    """The bytes are not what the manual says this message holds."""


class Message(Protocol):
    """Anything that travels in an information frame."""

    @property
    def code(self) -> int: ...

    def body(self) -> bytes:
        """The bytes after the code."""
        ...


@dataclass(frozen=True)
class Diagnose:
    """7.2.1. test 0: the chip echoes `data`; 1: ROM; 2: RAM; 6: is the ISO 14443-4 card still there."""

    test: int
    data: bytes = b""
    code: ClassVar[int] = 0x00

    def body(self) -> bytes:
        return bytes([self.test]) + self.data


@dataclass(frozen=True)
class Diagnosed:
    """7.2.1. Of test 0 the test number and data sent; of the others a status."""

    data: bytes
    code: ClassVar[int] = 0x01

    def body(self) -> bytes:
        return self.data


@dataclass(frozen=True)
class GetFirmwareVersion:
    """7.2.2."""

    code: ClassVar[int] = 0x02

    def body(self) -> bytes:
        return b""


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
class GetGeneralStatus:
    """7.2.3."""

    code: ClassVar[int] = 0x04

    def body(self) -> bytes:
        return b""


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
class ReadRegister:
    """7.2.4."""

    addresses: tuple[int, ...]
    code: ClassVar[int] = 0x06

    def body(self) -> bytes:
        return b"".join(address.to_bytes(2, "big") for address in self.addresses)


@dataclass(frozen=True)
class RegisterValues:
    """7.2.4. In the order asked for."""

    values: bytes
    code: ClassVar[int] = 0x07

    def body(self) -> bytes:
        return self.values


@dataclass(frozen=True)
class WriteRegister:
    """7.2.5. Pairs of address and value."""

    writes: tuple[tuple[int, int], ...]
    code: ClassVar[int] = 0x08

    def body(self) -> bytes:
        return b"".join(address.to_bytes(2, "big") + bytes([value]) for address, value in self.writes)


@dataclass(frozen=True)
class SetSerialBaudRate:
    """7.2.8. The chip changes over after the host's ACK to its answer."""

    rate: int
    code: ClassVar[int] = 0x10

    def body(self) -> bytes:
        return bytes([BAUD_RATES.index(self.rate)])


@dataclass(frozen=True)
class SetParameters:
    """7.2.9. Bit 4: send RATS to ISO 14443-4 cards by itself."""

    flags: int
    code: ClassVar[int] = 0x12

    def body(self) -> bytes:
        return bytes([self.flags])


@dataclass(frozen=True)
class SamConfiguration:
    """7.2.10. mode 1: no SAM used. timeout in 50 ms; hosts may leave out what follows the mode."""

    mode: int = 1
    timeout: int | None = None
    irq: int | None = None
    code: ClassVar[int] = 0x14

    def body(self) -> bytes:
        return bytes(value for value in (self.mode, self.timeout, self.irq) if value is not None)


@dataclass(frozen=True)
class PowerDown:
    """7.2.11. wake_by: bit 4 HSU, bit 5 SPI, bit 7 I2C."""

    wake_by: int
    irq: int | None = None
    code: ClassVar[int] = 0x16

    def body(self) -> bytes:
        return bytes([self.wake_by]) + (b"" if self.irq is None else bytes([self.irq]))


@dataclass(frozen=True)
class RfConfiguration:
    """7.3.1. item 1: field on/off; 2: time-outs; 5: retries (ATR, PSL, passive activation; FF: for ever)."""

    item: int
    data: bytes
    code: ClassVar[int] = 0x32

    def body(self) -> bytes:
        return bytes([self.item]) + self.data


@dataclass(frozen=True)
class InListPassiveTarget:
    """7.3.5. Looks for cards, as often as RfConfiguration item 5 says. select: the UID wanted, with cascade tags."""

    max_targets: int = 1
    modulation: int = TYPE_A_106
    select: bytes = b""
    code: ClassVar[int] = 0x4A

    def body(self) -> bytes:
        return bytes([self.max_targets, self.modulation]) + self.select


@dataclass(frozen=True)
class TargetA:
    """An ISO 14443-A card at 106 kbit/s. uid: 4, 7 or 10 bytes. atqa: high byte first, as the chip gives it."""

    number: int
    atqa: int
    sak: int
    uid: bytes
    ats: bytes = b""
    """Without its length byte; only ISO 14443-4 cards (SAK bit 5) have one."""

    def encoded(self) -> bytes:
        head = bytes([self.number]) + self.atqa.to_bytes(2, "big") + bytes([self.sak, len(self.uid)]) + self.uid
        return head + (bytes([len(self.ats) + 1]) + self.ats if self.ats else b"")


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
        rest, found = self.data, []
        for _ in range(self.count):
            target, rest = _target_a(rest)
            found.append(target)
        if rest:
            raise Malformed(f"{len(rest)} bytes follow the last target")
        return tuple(found)


@dataclass(frozen=True)
class InDataExchange:
    """7.3.8. To the card `target`; the chip adds what its protocol needs (CRC, ISO 14443-4 blocks, authentication)."""

    data: bytes
    target: int = 1
    more: bool = False
    code: ClassVar[int] = 0x40

    def body(self) -> bytes:
        return bytes([self.target | self.more << 6]) + self.data


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
class InCommunicateThru:
    """7.3.9. Bytes to the card as they are."""

    data: bytes
    code: ClassVar[int] = 0x42

    def body(self) -> bytes:
        return self.data


@dataclass(frozen=True)
class Communicated:
    """7.3.9. status: see STATUS."""

    status: int
    data: bytes = b""
    code: ClassVar[int] = 0x43

    def body(self) -> bytes:
        return bytes([self.status]) + self.data


@dataclass(frozen=True)
class InDeselect:
    """7.3.10. target 0: all."""

    target: int = 0
    code: ClassVar[int] = 0x44

    def body(self) -> bytes:
        return bytes([self.target])


@dataclass(frozen=True)
class InRelease:
    """7.3.11. target 0: all."""

    target: int = 0
    code: ClassVar[int] = 0x52

    def body(self) -> bytes:
        return bytes([self.target])


@dataclass(frozen=True)
class InSelect:
    """7.3.12."""

    target: int = 1
    code: ClassVar[int] = 0x54

    def body(self) -> bytes:
        return bytes([self.target])


@dataclass(frozen=True)
class InAutoPoll:
    """7.3.13. rounds: FF for ever. period in 150 ms. types: 00 and 10 any 106 kbit/s A card, 20 only ISO 14443-4 …"""

    rounds: int
    period: int
    types: bytes
    code: ClassVar[int] = 0x60

    def body(self) -> bytes:
        return bytes([self.rounds, self.period]) + self.types


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


def parse_message(code: int, data: bytes) -> Message:
    """The message of that code; Malformed when `data` does not fit it."""
    reader = _READERS.get(code)
    if reader is None:
        return Other(code, data)
    try:
        return reader(data)
    except (IndexError, TypeError) as error:
        raise Malformed(f"code {code:02X} with {len(data)} bytes") from error


def _exactly(size: int, data: bytes) -> bytes:
    if len(data) != size:
        raise Malformed(f"{len(data)} bytes instead of {size}")
    return data


def _target_a(data: bytes) -> tuple[TargetA, bytes]:
    if len(data) < 5:
        raise Malformed("a target is cut short")
    size, sak = data[4], data[3]
    uid, rest = data[5 : 5 + size], data[5 + size :]
    if len(uid) != size:
        raise Malformed("a UID is cut short")
    ats = b""
    if sak & 0x20 and rest:
        if not 1 <= rest[0] <= len(rest):
            raise Malformed("an ATS is cut short")
        ats, rest = rest[1 : rest[0]], rest[rest[0] :]
    return TargetA(data[0], int.from_bytes(data[1:3], "big"), sak, without_cascade_tags(uid), ats), rest


def without_cascade_tags(uid: bytes) -> bytes:
    """The UID itself; chips differ in whether they leave the cascade tags 88 in. Malformed when no size fits."""
    if len(uid) == 8 and uid[0] == CASCADE_TAG:
        return uid[1:]
    if len(uid) == 12 and uid[0] == uid[4] == CASCADE_TAG:
        return uid[1:4] + uid[5:]
    if len(uid) not in (4, 7, 10):
        raise Malformed(f"a UID of {len(uid)} bytes")
    return uid


def _general_status(data: bytes) -> GeneralStatus:
    count = data[2]
    _exactly(4 + 4 * count, data)
    held = tuple((data[i], data[i + 1], data[i + 2], data[i + 3]) for i in range(3, 3 + 4 * count, 4))
    return GeneralStatus(data[0], bool(data[1]), held, data[-1])


def _register_writes(data: bytes) -> WriteRegister:
    if len(data) % 3:
        raise Malformed("register writes are triples")
    return WriteRegister(
        tuple((int.from_bytes(data[i : i + 2], "big"), data[i + 2]) for i in range(0, len(data), 3))
    )


def _register_reads(data: bytes) -> ReadRegister:
    if len(data) % 2:
        raise Malformed("register addresses are pairs")
    return ReadRegister(tuple(int.from_bytes(data[i : i + 2], "big") for i in range(0, len(data), 2)))


def _auto_polled(data: bytes) -> AutoPolled:
    found, at = [], 1
    for _ in range(data[0]):
        kind, size = data[at], data[at + 1]
        found.append((kind, data[at + 2 : at + 2 + size]))
        at += 2 + size
    _exactly(at, data)
    return AutoPolled(tuple(found))


def _done(code: int) -> Callable[[bytes], Message]:
    def read(data: bytes) -> Message:
        _exactly(0, data)
        return Done(code)

    return read


def _status(code: int) -> Callable[[bytes], Message]:
    return lambda data: StatusAnswer(code, _exactly(1, data)[0])


def _baud_rate(data: bytes) -> SetSerialBaudRate:
    return SetSerialBaudRate(BAUD_RATES[_exactly(1, data)[0]])


def _firmware_version(data: bytes) -> FirmwareVersion:
    ic, version, revision, support = _exactly(4, data)
    return FirmwareVersion(ic, version, revision, support)


_READERS: dict[int, Callable[[bytes], Message]] = {
    0x00: lambda data: Diagnose(data[0], data[1:]),
    0x01: Diagnosed,
    0x02: lambda data: GetFirmwareVersion(*_exactly(0, data)),
    0x03: _firmware_version,
    0x04: lambda data: GetGeneralStatus(*_exactly(0, data)),
    0x05: _general_status,
    0x06: _register_reads,
    0x07: RegisterValues,
    0x08: _register_writes,
    0x10: _baud_rate,
    0x12: lambda data: SetParameters(_exactly(1, data)[0]),
    0x14: lambda data: SamConfiguration(*data),
    0x16: lambda data: PowerDown(*data),
    0x32: lambda data: RfConfiguration(data[0], data[1:]),
    0x40: lambda data: InDataExchange(data[1:], data[0] & 0x3F, bool(data[0] & 0x40)),
    0x41: lambda data: DataExchanged(data[0] & 0x3F, data[1:], bool(data[0] & 0x40)),
    0x42: InCommunicateThru,
    0x43: lambda data: Communicated(data[0] & 0x3F, data[1:]),
    0x44: lambda data: InDeselect(_exactly(1, data)[0]),
    0x4A: lambda data: InListPassiveTarget(data[0], data[1], data[2:]),
    0x4B: lambda data: PassiveTargets(data[0], data[1:]),
    0x52: lambda data: InRelease(_exactly(1, data)[0]),
    0x54: lambda data: InSelect(_exactly(1, data)[0]),
    0x60: lambda data: InAutoPoll(data[0], data[1], data[2:]),
    0x61: _auto_polled,
    **{code: _done(code) for code in (0x09, 0x11, 0x13, 0x15, 0x33)},
    **{code: _status(code) for code in (0x17, 0x45, 0x53, 0x55)},
}
