"""What lies in a MIFARE Classic: sectors, their trailers with keys and access bits, value blocks.

Source: NXP MF1S50yyX data sheet rev. 3.0 sections 8.6 and 8.7. Access bits are stored twice, once turned over; a card
that finds the two at odds blocks the sector for good, so a trailer is only made from Access, which cannot disagree.
"""

from dataclasses import dataclass

from loyalty.devices.wire.apdu.exchange import Malformed

BLOCK = 16
KEY_LENGTH = 6
FACTORY_KEY = b"\xff" * KEY_LENGTH
READ, WRITE, INCREMENT, DECREMENT = "read", "write", "increment", "decrement"
"""DECREMENT also stands for transfer and restore, which go with it."""

# bits C1 C2 C3 -> who may read, write, increment, decrement: A, B, both or nobody
_DATA = {
    0b000: ("AB", "AB", "AB", "AB"), 0b010: ("AB", "", "", ""), 0b100: ("AB", "B", "", ""),
    0b110: ("AB", "B", "B", "AB"), 0b001: ("AB", "", "", "AB"), 0b011: ("B", "B", "", ""),
    0b101: ("B", "", "", ""), 0b111: ("", "", "", ""),
}  # fmt: skip
# bits C1 C2 C3 -> who may write key A, read the access bits, write them, read key B, write key B
_TRAILER = {
    0b000: ("A", "A", "", "A", "A"), 0b010: ("", "A", "", "A", ""), 0b100: ("B", "AB", "", "", "B"),
    0b110: ("", "AB", "", "", ""), 0b001: ("A", "A", "A", "A", "A"), 0b011: ("B", "AB", "B", "", "B"),
    0b101: ("", "AB", "B", "", ""), 0b111: ("", "AB", "", "", ""),
}  # fmt: skip


def sector_of(block: int) -> int:
    """The first 32 sectors have 4 blocks, the others (4K only) 16."""
    return block // 4 if block < 128 else 32 + (block - 128) // 16


def blocks_of(sector: int) -> range:
    return range(sector * 4, sector * 4 + 4) if sector < 32 else range(sector * 16 - 384, sector * 16 - 368)


def trailer_of(block: int) -> int:
    return blocks_of(sector_of(block))[-1]


def group_of(block: int) -> int:
    """Which of the four access conditions is for this block: 0 to 2 for data, 3 for the trailer."""
    blocks = blocks_of(sector_of(block))
    return 3 if block == blocks[-1] else (block - blocks[0]) * 3 // (len(blocks) - 1)


@dataclass(frozen=True)
class Access:
    """conditions: C1 C2 C3 as a number 0 to 7 for the three groups of data blocks and the trailer."""

    conditions: tuple[int, int, int, int] = (0, 0, 0, 1)

    def __post_init__(self) -> None:
        if len(self.conditions) != 4 or any(not 0 <= each <= 7 for each in self.conditions):
            raise ValueError(f"access conditions are four numbers 0 to 7, not {self.conditions}")

    def who_may(self, block: int, deed: str) -> str:
        """`AB`, `A`, `B` or empty: the keys that open this data block for `deed`."""
        return _DATA[self.conditions[group_of(block)]][(READ, WRITE, INCREMENT, DECREMENT).index(deed)]

    @property
    def _trailer(self) -> tuple[str, str, str, str, str]:
        return _TRAILER[self.conditions[3]]

    @property
    def writes_key_a(self) -> str:
        return self._trailer[0]

    @property
    def reads_access(self) -> str:
        return self._trailer[1]

    @property
    def writes_access(self) -> str:
        """Empty: the access bits can never be changed again."""
        return self._trailer[2]

    @property
    def writes_key_b(self) -> str:
        return self._trailer[4]

    @property
    def key_b_is_data(self) -> bool:
        """Key B can be read, therefore opens nothing (data sheet, note below table 7)."""
        return bool(self._trailer[3])

    def encoded(self) -> bytes:
        c1, c2, c3 = (sum((each >> bit & 1) << at for at, each in enumerate(self.conditions)) for bit in (2, 1, 0))
        return bytes([(~c2 & 15) << 4 | ~c1 & 15, c1 << 4 | ~c3 & 15, c3 << 4 | c2])

    @classmethod
    def parse(cls, raw: bytes) -> "Access":
        """Bytes 6 to 8 of a trailer; Malformed when the turned-over copy does not fit."""
        if len(raw) != 3:
            raise Malformed(f"access bits are 3 bytes, not {len(raw)}")
        c1, c2, c3 = raw[1] >> 4, raw[2] & 15, raw[2] >> 4
        if (raw[0] & 15, raw[0] >> 4, raw[1] & 15) != (~c1 & 15, ~c2 & 15, ~c3 & 15):
            raise Malformed(f"access bits and their copy disagree ({raw.hex(' ')}): a card would block the sector")
        first, second, third, last = ((c1 >> at & 1) << 2 | (c2 >> at & 1) << 1 | c3 >> at & 1 for at in range(4))
        return cls((first, second, third, last))


@dataclass(frozen=True)
class Trailer:
    """The last block of a sector. key_b holds data where access.key_b_is_data. user: byte 9, free for use."""

    key_a: bytes
    access: Access
    key_b: bytes
    user: int = 0x69

    def __post_init__(self) -> None:
        if len(self.key_a) != KEY_LENGTH or len(self.key_b) != KEY_LENGTH or not 0 <= self.user <= 255:
            raise ValueError("a trailer has two keys of 6 bytes and one byte for use")

    def encoded(self) -> bytes:
        return self.key_a + self.access.encoded() + bytes([self.user]) + self.key_b

    @classmethod
    def parse(cls, block: bytes) -> "Trailer":
        if len(block) != BLOCK:
            raise Malformed(f"a trailer has {BLOCK} bytes, not {len(block)}")
        return cls(block[:6], Access.parse(block[6:9]), block[10:], block[9])


def value_block(value: int, address: int) -> bytes:
    """Value (signed, 32 bits) and a byte for use, each also turned over and once more: data sheet 8.6.2.1."""
    number, turned = value.to_bytes(4, "little", signed=True), (~value).to_bytes(4, "little", signed=True)
    return number + turned + number + bytes([address, address ^ 0xFF] * 2)


def parse_value_block(block: bytes) -> tuple[int, int]:
    """Value and address; Malformed when the copies do not agree, which is how a torn write shows."""
    value = int.from_bytes(block[:4], "little", signed=True)
    if len(block) != BLOCK or block != value_block(value, block[12]):
        raise Malformed(f"no value block: {block.hex(' ')}")
    return value, block[12]
