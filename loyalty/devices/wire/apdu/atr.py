"""ISO/IEC 7816-3 section 8: the answer to reset, and the answers that PC/SC part 3 makes up for contactless cards.

    TS T0 [TA1 TB1 TC1 TD1 [TA2 …]] historical bytes [TCK]

T0's high half says which of TA1 to TD1 follow, its low half how many historical bytes; each TD says which of the next
four follow and, in its low half, a protocol. TCK is there unless T=0 is the only protocol; it makes the exclusive or
of T0 to TCK zero. Services hand on what the reader gave them, so an answer is checked here before it is believed.
"""

from dataclasses import dataclass
from functools import reduce
from operator import xor

from loyalty.devices.wire.apdu.exchange import Malformed

LONGEST = 33
_STORAGE = bytes.fromhex("4F0CA000000306")  # PC/SC part 3 section 3.1.3.2.3: the workgroup's RID, then SS NN NN
PART_3_A, FELICA_STANDARD = 0x03, 0x11
STORAGE_CARDS = {
    0x0001: "MIFARE Classic 1K", 0x0002: "MIFARE Classic 4K", 0x0003: "MIFARE Ultralight", 0x0014: "ICODE SLI",
    0x0026: "MIFARE Mini", 0x003A: "MIFARE Ultralight C", 0x003B: "FeliCa",
}  # fmt: skip
"""Names by NN (PC/SC part 3 supplement). Every NTAG21x calls itself Ultralight here."""
CLASSIC_1K, CLASSIC_4K, ULTRALIGHT = 0x0001, 0x0002, 0x0003
SLE4442 = bytes.fromhex("3B04A2131091")
"""What ACS readers answer for SLE4432, 4442, 5532 and 5542; A2 13 10 91 are the card's own four bytes."""


@dataclass(frozen=True)
class Atr:
    """raw: as it came. protocols: those offered, in order; T=0 alone when none is named. historical: up to 15 bytes."""

    raw: bytes
    inverse: bool
    protocols: tuple[int, ...]
    historical: bytes
    interface: tuple[tuple[str, int], ...]

    @property
    def storage(self) -> int | None:
        """NN of a storage card that the reader speaks for, see STORAGE_CARDS; None for a card with a processor."""
        if self.historical[:1] != b"\x80" or self.historical[1:8] != _STORAGE or len(self.historical) < 11:
            return None
        return int.from_bytes(self.historical[9:11], "big")

    @property
    def name(self) -> str:
        if self.raw == SLE4442:
            return "SLE4442"
        if self.storage is not None:
            return STORAGE_CARDS.get(self.storage, f"storage card {self.storage:04X}")
        if self.raw[1] >> 4 == 8 and self.raw[2:4] == b"\x80\x01":
            return "contactless processor card"
        return f"card with T={self.protocols[0]}"


def parse_atr(raw: bytes) -> Atr:
    """The answer to reset in its parts; Malformed, saying why, for one that no card gives."""
    if not 2 <= len(raw) <= LONGEST:
        raise Malformed(f"an answer to reset has 2 to {LONGEST} bytes, not {len(raw)}")
    if raw[0] not in (0x3B, 0x3F):
        raise Malformed(f"an answer to reset begins with 3B or 3F, not {raw[0]:02X}")
    interface, protocols, at = _interface_bytes(raw)
    count = raw[1] & 0x0F
    historical, rest = raw[at : at + count], raw[at + count :]
    if len(historical) != count:
        raise Malformed(f"the answer to reset breaks off in its {count} historical bytes")
    checked = any(protocol != 0 for protocol in protocols)
    if len(rest) != checked:
        raise Malformed(f"{len(rest)} bytes follow the historical bytes, {int(checked)} should")
    if checked and reduce(xor, raw[1:]):
        raise Malformed("the check byte of the answer to reset is wrong")
    offered = tuple(dict.fromkeys(protocol for protocol in protocols if protocol != 15)) or (0,)
    return Atr(raw, raw[0] == 0x3F, offered, historical, interface)


def _interface_bytes(raw: bytes) -> tuple[tuple[tuple[str, int], ...], list[int], int]:
    """What lies between T0 and the historical bytes: (name, value) pairs, protocols, and where it ends."""
    found: list[tuple[str, int]] = []
    protocols: list[int] = []
    at, follows, number = 2, raw[1] >> 4, 1
    while follows:
        more = 0
        for bit, letter in enumerate("ABCD"):
            if not follows & 1 << bit:
                continue
            if at >= len(raw):
                raise Malformed(f"the answer to reset breaks off before T{letter}{number}")
            found.append((f"T{letter}{number}", raw[at]))
            if letter == "D":
                more, protocol = raw[at] >> 4, raw[at] & 0x0F
                if number == 1 and protocol == 15:
                    raise Malformed("T=15 cannot be the first protocol")
                protocols.append(protocol)
            at += 1
        follows, number = more, number + 1
    return tuple(found), protocols, at


def storage_atr(number: int, standard: int = PART_3_A) -> bytes:
    """What a PC/SC reader answers for the storage card `number` (NN), whose wireless standard is `standard` (SS)."""
    body = bytes.fromhex("8F800180") + _STORAGE + bytes([standard]) + number.to_bytes(2, "big") + bytes(4)
    return b"\x3b" + body + bytes([reduce(xor, body)])


def iso14443_4_atr(historical: bytes) -> bytes:
    """What it answers for a contactless card with a processor, whose ATS brought these historical bytes."""
    body = bytes([0x80 | len(historical), 0x80, 0x01]) + historical
    return b"\x3b" + body + bytes([reduce(xor, body)])
