"""The block of the Star TCP300 family: what a command is made of, before its meaning.

Source: Star Micronics, "TCP300II Series Product Specifications Manual, Commands", 21 October 2005, sections 3-1 to
3-5; the same in "TCP300 Series Programmer's Manual", third edition, 7 August 2003, sections 3-1 to 3-5.

    host to unit   STX CMD DATA(0..1024) ETX BCC
    unit to host   STX CMD STATUS DATA   ETX BCC
    BCC = XOR of every byte from CMD through ETX; it may take any value, 00h, 02h and 03h included.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import Enum
from functools import reduce
from operator import xor
from typing import ClassVar, Self

STX, ETX = 0x02, 0x03
MAX_DATA = 1024
"""Bytes of DATA in one command block."""
OK = 0x20
"""The STATUS of a command that was carried out."""


class LinkReply(Enum):
    """Single bytes that answer a block."""

    ACK = 0x06
    """Taken."""
    NAK = 0x15
    """Wrong BCC: send it again."""
    DLE = 0x10
    """Rejected: the command is withdrawn and no response follows."""


class Command(ABC):
    """What the host asks for. Subclasses are frozen dataclasses, one per line of the manual's command list."""

    codes: ClassVar[tuple[int, ...]] = ()
    """Every CMD byte that this message travels under."""

    @property
    def code(self) -> int:
        """The CMD byte of this very message."""
        return self.codes[0]

    def data(self) -> bytes:
        """The DATA field, without STX or ETX in it."""
        return b""

    @classmethod
    @abstractmethod
    def parse(cls, code: int, data: bytes) -> Self:
        """The message that `data` under `code` means; ValueError when the unit has to reject it."""


class Bare(Command):
    """A command without DATA."""

    @classmethod
    def parse(cls, code: int, data: bytes) -> Self:
        if data:
            raise ValueError(f"{code:02X}h takes no data")
        return cls()


@dataclass(frozen=True)
class Unknown(Command):
    """A command that is not in our list: a newer firmware's, or one whose layout is not public (44h, 4Ah, 4Bh)."""

    cmd: int
    content: bytes = b""

    @property
    def code(self) -> int:
        return self.cmd

    def data(self) -> bytes:
        return self.content

    @classmethod
    def parse(cls, code: int, data: bytes) -> Self:
        return cls(code, data)


@dataclass(frozen=True)
class Response:
    """What the unit answers after carrying a command out, or failing to. status 20h is success."""

    code: int
    status: int
    data: bytes = b""


@dataclass(frozen=True)
class BadBcc:
    """A block came whose check byte does not fit, or that is cut short. Answer it with NAK."""

    code: int | None


@dataclass(frozen=True)
class BadData:
    """A command came whose data the unit must reject. Answer it with DLE."""

    code: int
    why: str


def bcc(content: bytes) -> int:
    """XOR over CMD..ETX."""
    return reduce(xor, content, 0)


def frame(content: bytes) -> bytes:
    """STX, `content` (CMD and what follows it), ETX and BCC."""
    body = content + bytes([ETX])
    return bytes([STX]) + body + bytes([bcc(body)])
