"""SLE4432, 4442, 5532 and 5542 in readers of ACS: 256 bytes of memory behind a code of three bytes.

Sources: ACR39x manual 1.03 pages 30 to 33; ACR1281U-C1 API 1.08 pages 32 to 36; ACR33U-A1 manual page 42; Siemens
SLE4432/4442 data sheet (error counter, protection bits). Writing needs the code; three wrong codes in a row lock the
card for good. The answer to a code is 90 07 when it was right, 90 00 when the card is now LOCKED: a reader of status
words that takes 90 00 for success takes a lost card for a good one.
"""

from dataclasses import dataclass

from loyalty.devices.wire.apdu.exchange import Command, Malformed, Response

SIZE, PROTECTABLE, CODE_LENGTH = 256, 32, 3
CARD_TYPE = 0x06
ALL_TRIES = 0x07
FACTORY_CODE = b"\xff\xff\xff"


@dataclass(frozen=True)
class SelectType:
    """Must be the first command after the card was put in; also drops the code presented before."""

    card_type: int = CARD_TYPE

    def command(self) -> Command:
        return Command(0xFF, 0xA4, 0, 0, bytes([self.card_type]))


@dataclass(frozen=True)
class ReadMemory:
    """Answered with `length` bytes and the four bytes of protection bits behind them."""

    address: int
    length: int

    def command(self) -> Command:
        return Command(0xFF, 0xB0, 0, self.address, le=self.length)


@dataclass(frozen=True)
class ReadErrorCounter:
    """Answered with the counter and three bytes that mean nothing."""

    def command(self) -> Command:
        return Command(0xFF, 0xB1, 0, 0, le=4)


@dataclass(frozen=True)
class ReadProtection:
    def command(self) -> Command:
        return Command(0xFF, 0xB2, 0, 0, le=4)


@dataclass(frozen=True)
class WriteMemory:
    """Answered with 90 00 even when the card kept what it had; read back."""

    address: int
    data: bytes

    def command(self) -> Command:
        return Command(0xFF, 0xD0, 0, self.address, self.data)


@dataclass(frozen=True)
class Protect:
    """For good: these bytes, which the card must already hold, can never be changed again. address: 0 to 31."""

    address: int
    data: bytes

    def command(self) -> Command:
        return Command(0xFF, 0xD1, 0, self.address, self.data)


@dataclass(frozen=True)
class PresentCode:
    """Costs a try when the code is wrong."""

    code: bytes

    def command(self) -> Command:
        return Command(0xFF, 0x20, 0, 0, self.code)


@dataclass(frozen=True)
class ChangeCode:
    """The old one must have been presented."""

    code: bytes

    def command(self) -> Command:
        return Command(0xFF, 0xD2, 0, 1, self.code)


Message = SelectType | ReadMemory | ReadErrorCounter | ReadProtection | WriteMemory | Protect | PresentCode | ChangeCode


def tries_left(counter: int) -> int:
    """Each try is a bit of the counter's low three that is still set."""
    return (counter & ALL_TRIES).bit_count()


def counter_after(answer: Response) -> int:
    """The error counter in the answer to PresentCode: 7 when the code was right. Malformed for no such answer."""
    if answer.sw >> 8 != 0x90 or answer.data:
        raise Malformed(f"no answer to a card's code: {answer.encoded().hex(' ')}")
    return answer.sw & 0xFF


def protected_bytes(bits: bytes) -> frozenset[int]:
    """Addresses of the bytes that can no longer be changed; bits: four bytes, lowest bit first, 0 is protected.

    Malformed for another length.
    """
    if len(bits) != PROTECTABLE // 8:
        raise Malformed(f"protection takes {PROTECTABLE // 8} bytes, not {len(bits)}")
    return frozenset(at for at in range(PROTECTABLE) if not bits[at // 8] >> at % 8 & 1)


def parse(command: Command) -> Message | None:
    """The reader's side: the message in a command, None when it is none of these; Malformed when one has gone wrong."""
    match command.header:
        case 0xFF, 0xA4, 0, 0 if len(command.data) == 1:
            return SelectType(command.data[0])
        case 0xFF, 0xB0, 0, address if command.le is not None:
            return ReadMemory(address, command.le)
        case 0xFF, 0xB1, 0, 0:
            return ReadErrorCounter()
        case 0xFF, 0xB2, 0, 0:
            return ReadProtection()
        case 0xFF, 0xD0, 0, address if command.data:
            return WriteMemory(address, command.data)
        case 0xFF, 0xD1, 0, address if command.data:
            return Protect(address, command.data)
        case (0xFF, 0x20, 0, 0) | (0xFF, 0xD2, 0, 1):
            if len(command.data) != CODE_LENGTH:
                raise Malformed(f"a code has {CODE_LENGTH} bytes, not {len(command.data)}")
            return PresentCode(command.data) if command.ins == 0x20 else ChangeCode(command.data)
    return None
