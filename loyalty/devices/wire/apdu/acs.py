"""What readers of ACS know beyond PC/SC part 3.

Sources: ACR122T API 2.02 pages 18 to 24 (value blocks, direct transmit, lights; the ACR122U's manual has the same);
ACR122L manual page 46; ACM1252U-Y3 manual 1.03 pages 23 to 30 (transparent session), 46 to 48 (escapes) and 86.
"""

from dataclasses import dataclass
from enum import IntEnum

from loyalty.devices.wire.apdu.exchange import Command, Malformed


class ValueStep(IntEnum):
    STORE, INCREMENT, DECREMENT = 0, 1, 2


@dataclass(frozen=True)
class ChangeValue:
    """A value block is made, or counted up or down. value: signed, 32 bits."""

    block: int
    step: ValueStep
    value: int

    def command(self) -> Command:
        return Command(0xFF, 0xD7, 0, self.block, bytes([self.step]) + self.value.to_bytes(4, "big", signed=True))


@dataclass(frozen=True)
class ReadValue:
    block: int

    def command(self) -> Command:
        return Command(0xFF, 0xB1, 0, self.block, le=4)


@dataclass(frozen=True)
class CopyValue:
    """Both blocks lie in one sector."""

    source: int
    target: int

    def command(self) -> Command:
        return Command(0xFF, 0xD7, 0, self.source, bytes([3, self.target]))


@dataclass(frozen=True)
class Lights122:
    """Lights and buzzer of an ACR122. states: the bits of page 22; t1, t2: units of 100 ms; buzzer: 0 none, 1 t1, 2 t2.

    The answer's SW2 is the lights' state afterwards, so 90 xx is success whatever xx is.
    """

    states: int
    t1: int = 0
    t2: int = 0
    repeats: int = 0
    buzzer: int = 0

    RED, GREEN = 0x01, 0x02

    def command(self) -> Command:
        return Command(0xFF, 0x00, 0x40, self.states, bytes([self.t1, self.t2, self.repeats, self.buzzer]))


@dataclass(frozen=True)
class Firmware122:
    """Answered with ten letters and no status word."""

    def command(self) -> Command:
        return Command(0xFF, 0x00, 0x48, 0, le=256)


@dataclass(frozen=True)
class DirectTransmit:
    """A command to the PN532 inside an ACR122: `frame` begins with D4, the answer with D5."""

    frame: bytes

    def command(self) -> Command:
        return Command(0xFF, 0x00, 0x00, 0x00, self.frame)


COMMUNICATE_THRU = b"\xd4\x42"
"""PN532 InCommunicateThru: bytes to the card as they are; the answer is D5 43, a status, the card's bytes."""


@dataclass(frozen=True)
class Escape:
    """E0 00 00 what length data, to the reader itself (not to a card). Answered with E1 00 00 00 length data."""

    what: int
    data: bytes = b""

    FIRMWARE, BUZZER, LIGHTS = 0x18, 0x28, 0x29

    def encoded(self) -> bytes:
        return bytes([0xE0, 0, 0, self.what, len(self.data)]) + self.data

    @classmethod
    def parse(cls, raw: bytes) -> "Escape":
        if len(raw) < 5 or raw[:3] != b"\xe0\0\0" or len(raw) != 5 + raw[4]:
            raise Malformed(f"no escape command of an ACR1252: {raw.hex(' ')}")
        return cls(raw[3], raw[5:])


def escape_answer(data: bytes) -> bytes:
    return bytes([0xE1, 0, 0, 0, len(data)]) + data


def parse_escape_answer(raw: bytes) -> bytes:
    """The data of an escape's answer; Malformed otherwise."""
    if len(raw) < 5 or raw[:4] != b"\xe1\0\0\0" or len(raw) != 5 + raw[4]:
        raise Malformed(f"no answer to an escape command: {raw.hex(' ')}")
    return raw[5:]


@dataclass(frozen=True)
class Session:
    """Begins or ends transparent exchange; in between the reader leaves the card alone (PC/SC part 3, 2.02)."""

    begin: bool

    def command(self) -> Command:
        return Command(0xFF, 0xC2, 0, 0, bytes([0x81 if self.begin else 0x82, 0]))


@dataclass(frozen=True)
class Transceive:
    """`data` goes to the card as it is, with a checksum; at most 255 bytes, the reader's answer in tag 97."""

    data: bytes

    def command(self) -> Command:
        return Command(0xFF, 0xC2, 0, 1, bytes([0x95, len(self.data)]) + self.data, 256)


def transceived(card: bytes | None) -> bytes:
    """The reader's answer: what the card said, or for None that it kept silent."""
    if card is None:
        return bytes.fromhex("C003016401")
    return bytes.fromhex("C003009000") + b"\x92\x01\x00\x96\x02\x00\x00\x97" + bytes([len(card)]) + card


def parse_transceived(raw: bytes) -> bytes | None:
    """What the card said, None when it kept silent or the reader failed; Malformed for no such answer."""
    objects: dict[int, bytes] = {}
    at = 0
    while at < len(raw):
        if at + 2 > len(raw) or at + 2 + raw[at + 1] > len(raw):
            raise Malformed(f"an answer to a transparent exchange breaks off: {raw.hex(' ')}")
        objects[raw[at]] = raw[at + 2 : at + 2 + raw[at + 1]]
        at += 2 + raw[at + 1]
    state = objects.get(0xC0, b"")
    if len(state) != 3:
        raise Malformed(f"an answer to a transparent exchange without its state: {raw.hex(' ')}")
    return objects.get(0x97, b"") if state[1:] == b"\x90\x00" else None


Message = ChangeValue | ReadValue | CopyValue | Lights122 | Firmware122 | DirectTransmit | Session | Transceive


def parse(command: Command) -> Message | None:
    """The reader's side: the message in a command, None when it is none of these; Malformed when one has gone wrong."""
    match command.header:
        case 0xFF, 0xB1, 0, block if not command.data:
            return ReadValue(block)
        case 0xFF, 0xD7, 0, block:
            return _value_command(block, command.data)
        case 0xFF, 0x00, 0x40, states:
            if len(command.data) != 4:
                raise Malformed(f"lights need 4 bytes, not {len(command.data)}")
            return Lights122(states, *command.data)
        case 0xFF, 0x00, 0x48, 0:
            return Firmware122()
        case 0xFF, 0x00, 0x00, 0x00 if command.data:
            return DirectTransmit(command.data)
        case 0xFF, 0xC2, 0, 0 if command.data in (b"\x81\0", b"\x82\0"):
            return Session(command.data[0] == 0x81)
        case 0xFF, 0xC2, 0, 1 if command.data[:1] == b"\x95":
            if command.data[1:2] != bytes([len(command.data) - 2]):
                raise Malformed("the length inside a transparent exchange is wrong")
            return Transceive(command.data[2:])
    return None


def _value_command(block: int, data: bytes) -> Message:
    if len(data) == 5 and data[0] in tuple(ValueStep):
        return ChangeValue(block, ValueStep(data[0]), int.from_bytes(data[1:], "big", signed=True))
    if len(data) == 2 and data[0] == 3:
        return CopyValue(block, data[1])
    raise Malformed(f"no operation on a value: {data.hex(' ')}")
