"""What the printer says: status bytes, both directions.

Every kind of answer can be told from the others by its bits (Citizen iDP3221 p. 200), which is why a printer may
push a changed status (ASB) between two answers and nothing gets lost:

    0xx1xx10  answer to DLE EOT n            00010001 XON   00010011 XOFF
    0xx1xx00  first of four ASB bytes        0xx0xxxx  ASB bytes 2 to 4, or an answer to GS r / GS I
    01011111  `_` text NUL: answer to GS I   00110111  `7` data NUL: answer to GS ( H and others
"""

from dataclasses import dataclass

from loyalty.devices.wire.escpos.tables import DLE, GS

CONDITIONS = (
    "drawer_high", "offline", "cover_open", "feed_button", "paper_end", "paper_near_end", "waits",
    "cutter", "unrecoverable", "recoverable",
)  # fmt: skip
_NOW = {
    1: {"drawer_high": 0x04, "offline": 0x08, "waits": 0x20, "feed_button": 0x40},
    2: {"cover_open": 0x04, "feed_button": 0x08, "paper_end": 0x20, "error": 0x40},
    3: {"cutter": 0x08, "unrecoverable": 0x20, "recoverable": 0x40},
    4: {"paper_near_end": 0x0C, "paper_end": 0x60},
}
"""Bits of the answers to DLE EOT n (TM-U295 p. 5-4, TP80K p. 72)."""
_BACK: tuple[dict[str, int], ...] = (
    {"drawer_high": 0x04, "offline": 0x08, "cover_open": 0x20, "feed_button": 0x40},
    {"cutter": 0x08, "unrecoverable": 0x20, "recoverable": 0x40},
    {"paper_near_end": 0x03, "paper_end": 0x0C},
    {},
)
_ERRORS = {"cutter", "unrecoverable", "recoverable"}


@dataclass(frozen=True)
class NowAnswer:
    """Answer to DLE EOT; which of the four was asked, the answer does not say."""

    byte: int


@dataclass(frozen=True)
class StatusBack:
    """Automatic status back (GS a): four bytes, sent when something changes."""

    data: bytes


@dataclass(frozen=True)
class ByteAnswer:
    """Answer to GS r (paper, drawer) or GS I 1 to 3."""

    byte: int


@dataclass(frozen=True)
class BlockAnswer:
    """A block that ends with NUL; header `_` for GS I 65 and up."""

    header: int
    data: bytes


@dataclass(frozen=True)
class Flow:
    """XON (ready) or XOFF (stop)."""

    ready: bool


Answer = NowAnswer | StatusBack | ByteAnswer | BlockAnswer | Flow
_BLOCKS = {0x5F, 0x37}
_LONGEST_BLOCK = 256


class Demultiplexer:
    """Bytes from the printer in any pieces in, whole answers out. `noise` counts bytes that are no answer."""

    def __init__(self) -> None:
        self._back = bytearray()
        self._block: bytearray | None = None
        self.noise = 0

    def feed(self, data: bytes) -> list[Answer]:
        return [answer for byte in data if (answer := self._take(byte)) is not None]

    def _take(self, byte: int) -> Answer | None:
        if self._block is not None:
            return self._in_block(byte)
        if byte in (0x11, 0x13):
            return Flow(byte == 0x11)
        if byte in _BLOCKS:
            self._block = bytearray([byte])
            return None
        if byte & 0x93 == 0x12:
            return NowAnswer(byte)
        if byte & 0x93 == 0x10:
            self._back = bytearray([byte])
            return None
        if byte & 0x90:
            self.noise += 1
            return None
        return self._low(byte)

    def _low(self, byte: int) -> Answer | None:
        if not self._back:
            return ByteAnswer(byte)
        self._back.append(byte)
        if len(self._back) < 4:
            return None
        whole, self._back = bytes(self._back), bytearray()
        return StatusBack(whole)

    def _in_block(self, byte: int) -> Answer | None:
        assert self._block is not None
        if byte == 0:
            header, *data = self._block
            self._block = None
            return BlockAnswer(header, bytes(data))
        self._block.append(byte)
        if len(self._block) > _LONGEST_BLOCK:
            self.noise += len(self._block)
            self._block = None
        return None


def ask_now(kind: int) -> bytes:
    """DLE EOT n. 1 printer, 2 why offline, 3 errors, 4 paper."""
    return DLE + bytes((4, kind))


def ask_in_order(kind: int = 1) -> bytes:
    """GS r n, obeyed in its turn: its answer says that all before it has been processed. 1 paper, 2 drawer."""
    return GS + b"r" + bytes((kind,))


def status_back(on: bool) -> bytes:
    """GS a: push every change of drawer, online, error and paper, or none."""
    return GS + b"a" + bytes((0x0F if on else 0,))


def conditions_now(kind: int, byte: int) -> frozenset[str]:
    """What the answer to DLE EOT `kind` says, as names of CONDITIONS; "error" for an error of unnamed kind."""
    return frozenset(name for name, bits in _NOW[kind].items() if byte & bits)


def answer_now(kind: int, conditions: frozenset[str]) -> bytes:
    """The byte that a printer in these conditions answers to DLE EOT `kind`."""
    held = conditions | ({"error"} if conditions & _ERRORS else set())
    return bytes((0x12 | sum(bits for name, bits in _NOW.get(kind, {}).items() if name in held),))


def conditions_back(data: bytes) -> frozenset[str]:
    """What four ASB bytes say."""
    return frozenset(name for byte, bits in zip(data, _BACK, strict=True) for name, mask in bits.items() if byte & mask)


def answer_back(conditions: frozenset[str]) -> bytes:
    """The four ASB bytes of a printer in these conditions."""
    first, *rest = (sum(mask for name, mask in bits.items() if name in conditions) for bits in _BACK)
    return bytes((0x10 | first, *rest))


def conditions_in_order(byte: int) -> frozenset[str]:
    """What the answer to GS r 1 says about the paper."""
    return frozenset(name for name, bits in (("paper_near_end", 0x03), ("paper_end", 0x0C)) if byte & bits)


def answer_in_order(kind: int, conditions: frozenset[str]) -> bytes:
    """The byte that a printer in these conditions answers to GS r 1 (paper) or 2 (drawer)."""
    if kind in (2, 50):
        return bytes((1 if "drawer_high" in conditions else 0,))
    return bytes(((0x03 if "paper_near_end" in conditions else 0) | (0x0C if "paper_end" in conditions else 0),))
