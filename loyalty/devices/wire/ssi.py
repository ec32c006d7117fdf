"""Simple Serial Interface (SSI) of Zebra, Symbol and Motorola scanners: packets with a checksum, each acknowledged.

    length | opcode | source | status | data ... | checksum, high byte first

Sources: Symbol SE 923 Scan Engine Integration Guide 70-37052-01, chapter 6 (DECODE_DATA on page 6-15); Zebra DS2208
Product Reference Guide, pages 7-8 (status bits) and 8-3 (handshake); Zebra DS4308 guide, page 7-5 (retries); Opticon
MDL guide, page 27 (causes of a NAK); Symbol CS3000 manual, table B-1 (code types). Length counts no checksum; the
checksum is the two's complement of the sum of all bytes before it.
"""

from dataclasses import dataclass
from enum import IntEnum, IntFlag

DECODER, HOST = 0, 4
"""Who speaks: the scanner, or the computer."""
LEAST, CHECK_BYTES, LONGEST = 4, 2, 255
LONGEST_DATA = LONGEST - LEAST
WAKE_UP = b"\x00"
"""Before anything else on a line without RTS/CTS; a sleeping scanner loses the first byte (DS4308, page 7-5)."""
NO_READ = b"NR"


class Opcode(IntEnum):
    REQUEST_REVISION = 0xA3
    REPLY_REVISION = 0xA4
    AIM_OFF = 0xC4
    AIM_ON = 0xC5
    PARAM_SEND = 0xC6
    PARAM_REQUEST = 0xC7
    PARAM_DEFAULTS = 0xC8
    ACK = 0xD0
    NAK = 0xD1
    FLUSH_QUEUE = 0xD2
    START_DECODE = 0xE4
    STOP_DECODE = 0xE5
    BEEP = 0xE6
    LED_ON = 0xE7
    LED_OFF = 0xE8
    SCAN_ENABLE = 0xE9
    SCAN_DISABLE = 0xEA
    SLEEP = 0xEB
    DECODE_DATA = 0xF3
    EVENT = 0xF6


class Status(IntFlag):
    """Other bits are the maker's own and are let pass."""

    RETRANSMIT = 1
    MORE_FOLLOWS = 2
    PERMANENT = 8
    """PARAM_SEND: kept over a power cycle. The memory bears a limited number of these."""


class Cause(IntEnum):
    """Why something was not acknowledged."""

    RESEND = 1
    BAD_CONTEXT = 2
    DENIED = 6


ACK_NAK, PACKETED_DECODE = 0x9F, 0xEE
"""Parameters: handshake on, codes as DECODE_DATA packets and not as bare characters."""
CODE_TYPES = {
    0x01: "CODE39", 0x02: "CODABAR", 0x03: "CODE128", 0x06: "ITF", 0x07: "CODE93", 0x08: "UPCA", 0x09: "UPCE",
    0x0A: "EAN8", 0x0B: "EAN13", 0x0C: "CODE11", 0x0E: "MSI", 0x0F: "GS1128", 0x11: "PDF417", 0x1B: "DATAMATRIX",
    0x1C: "QR", 0x24: "DATABAR",
}  # fmt: skip


@dataclass(frozen=True)
class Packet:
    """opcode: one of Opcode, or a maker's own. source: DECODER or HOST. data: 0 to 251 bytes."""

    opcode: int
    source: int = HOST
    data: bytes = b""
    status: int = 0

    @property
    def again(self) -> bool:
        return bool(self.status & Status.RETRANSMIT)

    @property
    def more_follows(self) -> bool:
        return bool(self.status & Status.MORE_FOLLOWS)


@dataclass(frozen=True)
class BrokenPacket:
    """What looked like a packet and has a wrong checksum."""

    length: int


def checksum(packet: bytes) -> int:
    return -sum(packet) & 0xFFFF


def encode(packet: Packet) -> bytes:
    """ValueError for more data than a packet holds."""
    if len(packet.data) > LONGEST_DATA:
        raise ValueError(f"A packet holds {LONGEST_DATA} bytes, not {len(packet.data)}.")
    head = bytes([LEAST + len(packet.data), packet.opcode, packet.source, packet.status])
    return head + packet.data + checksum(head + packet.data).to_bytes(CHECK_BYTES, "big")


def parameter(number: int, value: int, beep: int = 0xFF) -> Packet:
    """PARAM_SEND of one parameter, until the next power cycle. beep FFh: none."""
    return Packet(Opcode.PARAM_SEND, HOST, bytes([beep, number, value]))


class Decoder:
    """Bytes in any pieces in, whole packets out. Bytes that begin no packet are passed over.

    Only the receiver knows the time: it calls forget() after a silence, for a packet that broke off.
    """

    def __init__(self) -> None:
        self._buffer = bytearray()

    @property
    def waiting(self) -> bool:
        """A packet has begun and is not complete."""
        return bool(self._buffer)

    def forget(self) -> int:
        """Give up what has begun; how many bytes that were."""
        lost = len(self._buffer)
        self._buffer.clear()
        return lost

    def feed(self, data: bytes) -> list[Packet | BrokenPacket]:
        self._buffer += data
        found: list[Packet | BrokenPacket] = []
        while self._buffer:
            if not _may_begin(self._buffer):
                del self._buffer[0]
                continue
            size = self._buffer[0] + CHECK_BYTES
            if len(self._buffer) < max(size, LEAST):
                break
            whole = bytes(self._buffer[:size])
            if checksum(whole[:-CHECK_BYTES]) == int.from_bytes(whole[-CHECK_BYTES:], "big"):
                del self._buffer[:size]
                found.append(Packet(whole[1], whole[2], whole[LEAST:-CHECK_BYTES], whole[3]))
            else:
                del self._buffer[0]  # the next packet may begin inside: a length that was damaged is no length
                found.append(BrokenPacket(size))
        return found


def _may_begin(buffer: bytearray) -> bool:
    """As far as the bytes at hand tell."""
    return (
        buffer[0] >= LEAST
        and (len(buffer) < 2 or buffer[1] >= 0x80 or buffer[1] == 0)
        and (len(buffer) < 3 or buffer[2] in (DECODER, HOST))
    )


class Assembly:
    """Packets of one code, put together: the code type and every byte, once the last has come."""

    def __init__(self, longest: int, type_in_each: bool = True) -> None:
        self._longest, self._type_in_each = longest, type_in_each
        self._parts: list[bytes] = []
        self._type = 0
        self._last: Packet | None = None

    def add(self, packet: Packet) -> tuple[int, bytes] | None:
        """(code type, data) when this was the last packet; None before, and for one that came already."""
        if packet.again and self._last is not None and _same(packet, self._last):
            return None
        self._last = packet
        if not packet.data:
            self._parts.clear()
            return None
        first = not self._parts
        if first:
            self._type = packet.data[0]
        self._parts.append(packet.data[1:] if first or self._type_in_each else packet.data)
        if packet.more_follows and sum(map(len, self._parts)) <= self._longest:
            return None
        data = b"".join(self._parts)
        self._parts.clear()
        return self._type, data


def _same(one: Packet, other: Packet) -> bool:
    return (one.opcode, one.data, one.more_follows) == (other.opcode, other.data, other.more_follows)
