"""PC/SC part 3 section 3.2.2: commands by which a reader speaks for a card that knows no APDUs.

The layouts agree with ACS's manuals (ACR122U API 2.04 sections 4 and 5; ACR1252U API 1.09 section 5.1). `parse` is
the reader's side. Numbers are blocks of 16 bytes on MIFARE Classic and pages of 4 on Ultralight and NTAG.
"""

from dataclasses import dataclass

from loyalty.devices.wire.apdu.exchange import Command, Malformed

KEY_A, KEY_B = 0x60, 0x61


@dataclass(frozen=True)
class GetData:
    """ats False: the card's UID. ats True: the historical bytes of its ATS (ISO 14443-4 cards only)."""

    ats: bool = False

    def command(self) -> Command:
        return Command(0xFF, 0xCA, int(self.ats), 0, le=256)


@dataclass(frozen=True)
class LoadKey:
    """A key into one of the reader's places. structure 00: plain, forgotten when the reader loses its power."""

    slot: int
    key: bytes
    structure: int = 0x00

    def command(self) -> Command:
        return Command(0xFF, 0x82, self.structure, self.slot, self.key)


@dataclass(frozen=True)
class Authenticate:
    """Opens the sector that `block` lies in with the key loaded at `slot`. kind: KEY_A or KEY_B."""

    block: int
    kind: int
    slot: int

    def command(self) -> Command:
        return Command(0xFF, 0x86, 0, 0, bytes([1, self.block >> 8, self.block & 0xFF, self.kind, self.slot]))


@dataclass(frozen=True)
class Read:
    number: int
    length: int = 16

    def command(self) -> Command:
        return Command(0xFF, 0xB0, self.number >> 8, self.number & 0xFF, le=self.length)


@dataclass(frozen=True)
class Write:
    number: int
    data: bytes

    def command(self) -> Command:
        return Command(0xFF, 0xD6, self.number >> 8, self.number & 0xFF, self.data)


Message = GetData | LoadKey | Authenticate | Read | Write


def parse(command: Command) -> Message | None:
    """The message in a command; None when it is none of these; Malformed when it is one gone wrong."""
    if command.cla != 0xFF:
        return None
    number = command.p1 << 8 | command.p2
    match command.ins:
        case 0xCA if command.p1 in (0, 1) and command.p2 == 0:
            return GetData(command.p1 == 1)
        case 0x82:
            if len(command.data) != 6:
                raise Malformed(f"a key has 6 bytes, not {len(command.data)}")
            return LoadKey(command.p2, command.data, command.p1)
        case 0x86:
            return _authenticate(command.data)
        case 0xB0 if command.le is not None:
            return Read(number, command.le)
        case 0xD6 if command.data:
            return Write(number, command.data)
    return None


def _authenticate(data: bytes) -> Authenticate:
    if len(data) != 5 or data[0] != 1 or data[3] not in (KEY_A, KEY_B):
        raise Malformed(f"an authentication is 01 00 block 60|61 place, not {data.hex(' ')}")
    return Authenticate(data[1] << 8 | data[2], data[3], data[4])
