"""ISO/IEC 7816-4: a command to a card (APDU) and its answer, both directions.

Case 1: header. Case 2: header Le. Case 3: header Lc data. Case 4: header Lc data Le. Le 00 means 256. The extended
forms (three-byte Lc) are written and read where a length needs them.
"""

from dataclasses import dataclass

SUCCESS = 0x9000


class Malformed(ValueError):
    """Bytes that are no message; the text says what is wrong with them."""


@dataclass(frozen=True)
class Command:
    """cla, ins, p1, p2: bytes of the header. le: how many bytes at most are wanted back, None when none are."""

    cla: int
    ins: int
    p1: int
    p2: int
    data: bytes = b""
    le: int | None = None

    @property
    def header(self) -> tuple[int, int, int, int]:
        return self.cla, self.ins, self.p1, self.p2

    def encoded(self) -> bytes:
        """ValueError for more than 65,535 bytes of data or 65,536 bytes wanted."""
        if len(self.data) > 0xFFFF or not 0 <= (self.le or 0) <= 0x10000:
            raise ValueError(f"a command holds 65,535 bytes and asks for 65,536, not {len(self.data)} and {self.le}")
        wide = len(self.data) > 255 or (self.le or 0) > 256
        out = bytes(self.header)
        if self.data:
            out += (b"\0" + len(self.data).to_bytes(2, "big") if wide else bytes([len(self.data)])) + self.data
        if self.le is None:
            return out
        if not wide:
            return out + bytes([self.le & 0xFF])
        return out + (b"" if self.data else b"\0") + (self.le & 0xFFFF).to_bytes(2, "big")

    @classmethod
    def parse(cls, raw: bytes) -> "Command":
        """Malformed when the lengths inside do not fit the whole."""
        if len(raw) < 4:
            raise Malformed(f"a command has at least 4 bytes, not {len(raw)}")
        cla, ins, p1, p2 = raw[:4]
        body = raw[4:]
        if len(body) >= 3 and body[0] == 0:
            return cls(cla, ins, p1, p2, *_wide(body))
        if len(body) <= 1:
            return cls(cla, ins, p1, p2, le=(body[0] or 256) if body else None)
        size = body[0]
        data, rest = body[1 : 1 + size], body[1 + size :]
        if len(data) != size or len(rest) > 1:
            raise Malformed(f"a command says that it holds {size} bytes and brings {len(body) - 1}")
        return cls(cla, ins, p1, p2, data, (rest[0] or 256) if rest else None)


def _wide(body: bytes) -> tuple[bytes, int | None]:
    if len(body) == 3:
        return b"", int.from_bytes(body[1:], "big") or 0x10000
    size = int.from_bytes(body[1:3], "big")
    data, rest = body[3 : 3 + size], body[3 + size :]
    if len(data) != size or len(rest) not in (0, 2):
        raise Malformed(f"a command says that it holds {size} bytes and brings {len(body) - 3}")
    return data, (int.from_bytes(rest, "big") or 0x10000) if rest else None


@dataclass(frozen=True)
class Response:
    """sw: the status word, SW1 SW2 as one number; 9000h is success with nearly every command."""

    data: bytes = b""
    sw: int = SUCCESS

    @property
    def ok(self) -> bool:
        return self.sw == SUCCESS

    def encoded(self) -> bytes:
        return self.data + self.sw.to_bytes(2, "big")

    @classmethod
    def parse(cls, raw: bytes) -> "Response":
        if len(raw) < 2:
            raise Malformed(f"an answer has at least its status word of 2 bytes, not {len(raw)}")
        return cls(raw[:-2], int.from_bytes(raw[-2:], "big"))


MEANING = {
    0x6282: "the end was reached before all was read",
    0x6300: "the operation failed",
    0x6581: "the memory failed",
    0x6700: "wrong length",
    0x6981: "the command does not fit the card",
    0x6982: "not permitted",
    0x6983: "the key cannot be used or is blocked",
    0x6984: "no key is loaded",
    0x6985: "the conditions are not met",
    0x6986: "not allowed now",
    0x6988: "that place for a key does not exist",
    0x6989: "wrong length of a key",
    0x6A81: "not supported",
    0x6A82: "that address or file does not exist",
    0x6A86: "wrong parameters",
    0x6B00: "wrong address",
    0x6D00: "unknown instruction",
    0x6E00: "unknown class",
}


INSTRUCTIONS = {
    0xA4: "select", 0xB0: "read", 0xB1: "read", 0xB2: "read record", 0xCA: "get data", 0xD6: "write", 0xD7: "value",
    0x82: "load key", 0x86: "authenticate", 0x88: "authenticate", 0xC0: "get response",
}  # fmt: skip
"""ISO/IEC 7816-4 table 4 and PC/SC part 3 section 3.2.2, by INS."""


def meaning_of(sw: int) -> str:
    """A status word in words, for a log or a person: ISO/IEC 7816-4 table 5; PC/SC part 3 section 3.2.2."""
    if sw >> 8 == 0x6C:
        return f"wrong length, {sw & 0xFF or 256} would be right"
    return MEANING.get(sw, "refused") + f" ({sw:04X})"
