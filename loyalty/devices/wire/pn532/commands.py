"""What a host asks of a PN532. UM0701-02 rev. 02, chapter 7; section numbers stand at each command. Codes are even."""

from dataclasses import dataclass
from typing import ClassVar

TYPE_A_106, FELICA_212, FELICA_424, TYPE_B_106, JEWEL_106 = range(5)
"""Modulations of InListPassiveTarget, section 7.3.5."""
BAUD_RATES = (9600, 19200, 38400, 57600, 115200, 230400, 460800, 921600, 1288000)
"""By the code that SetSerialBaudRate carries, section 7.2.8."""


@dataclass(frozen=True)
class Diagnose:
    """7.2.1. test 0: the chip echoes `data`; 1: ROM; 2: RAM; 6: is the ISO 14443-4 card still there."""

    test: int
    data: bytes = b""
    code: ClassVar[int] = 0x00

    def body(self) -> bytes:
        return bytes([self.test]) + self.data


@dataclass(frozen=True)
class GetFirmwareVersion:
    """7.2.2."""

    code: ClassVar[int] = 0x02

    def body(self) -> bytes:
        return b""


@dataclass(frozen=True)
class GetGeneralStatus:
    """7.2.3."""

    code: ClassVar[int] = 0x04

    def body(self) -> bytes:
        return b""


@dataclass(frozen=True)
class ReadRegister:
    """7.2.4."""

    addresses: tuple[int, ...]
    code: ClassVar[int] = 0x06

    def body(self) -> bytes:
        return b"".join(address.to_bytes(2, "big") for address in self.addresses)


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
class InDataExchange:
    """7.3.8. To the card `target`; the chip adds what its protocol needs (CRC, ISO 14443-4 blocks, authentication)."""

    data: bytes
    target: int = 1
    more: bool = False
    code: ClassVar[int] = 0x40

    def body(self) -> bytes:
        return bytes([self.target | self.more << 6]) + self.data


@dataclass(frozen=True)
class InCommunicateThru:
    """7.3.9. Bytes to the card as they are."""

    data: bytes
    code: ClassVar[int] = 0x42

    def body(self) -> bytes:
        return self.data


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
