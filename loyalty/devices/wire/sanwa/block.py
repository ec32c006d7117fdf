"""The frame of the CRP-1231 family: what a command is made of, before its meaning.

Source: YACardEmu, CardIo.cpp, ReceivePacket and BuildPacket; the same in Flycast, class SanwaCRP1231BR.

    host to unit   STX LEN CMD 00 00 00 DATA ETX XOR     unit answers ACK, or NAK to a damaged frame
    host to unit   ENQ                                   as often as it likes, until the command is no longer running
    unit to host   STX LEN CMD R P S DATA ETX XOR        the command it has, where the card is, trouble, state
    LEN counts itself to ETX; XOR is taken over LEN to ETX. Any byte may stand in DATA.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import Enum
from functools import reduce
from operator import xor
from typing import ClassVar, Self

STX, ETX = 0x02, 0x03
SHORTEST, LONGEST = 6, 255
"""LEN of a frame without data, and the largest that fits its byte."""
MAX_DATA = LONGEST - SHORTEST
"""Bytes of DATA in one frame."""
NO_TROUBLE = 0x30
"""P of a command that went well."""


class LinkByte(Enum):
    """Single bytes outside a frame."""

    ENQ = 0x05
    """How far is the command?"""
    ACK = 0x06
    """Taken."""
    NAK = 0x15
    """Damaged: send it again."""


class State(Enum):
    """The S byte."""

    DONE = 0x30
    ILLEGAL = 0x32
    RUNNING = 0x33
    WAITING_FOR_CARD = 0x34
    DISPENSER_EMPTY = 0x35
    NO_DISPENSER = 0x36
    DISPENSER_FULL = 0x37


class Command(ABC):
    """What the host asks for. Subclasses are frozen dataclasses."""

    code: ClassVar[int] = 0

    @property
    def number(self) -> int:
        """The CMD byte of this very message."""
        return self.code

    def data(self) -> bytes:
        """The DATA field."""
        return b""

    @classmethod
    @abstractmethod
    def parse(cls, data: bytes) -> Self:
        """The message that `data` means; ValueError when it means nothing."""


class Bare(Command):
    """A command without DATA; what comes is not looked at."""

    @classmethod
    def parse(cls, data: bytes) -> Self:
        return cls()


@dataclass(frozen=True)
class Unknown(Command):
    """A command that is not in our list; the unit answers with state 32h."""

    cmd: int
    content: bytes = b""

    @property
    def number(self) -> int:
        return self.cmd

    def data(self) -> bytes:
        return self.content

    @classmethod
    def parse(cls, data: bytes) -> Self:
        return cls(data[0], data[1:])


@dataclass(frozen=True)
class BadData:
    """A command came whose data is too short or says nothing."""

    number: int
    why: str


@dataclass(frozen=True)
class Reply:
    """The answer to ENQ. place, trouble, state: the bytes R, P and S; `number`: the command that it speaks of."""

    number: int
    place: int
    trouble: int
    state: int
    data: bytes = b""


@dataclass(frozen=True)
class BadFrame:
    """ETX not where LEN says, or a wrong check byte. A unit answers with NAK, a host asks again."""


def check(content: bytes) -> int:
    """XOR over LEN to ETX."""
    return reduce(xor, content, 0)


def frame(content: bytes) -> bytes:
    """`content`: CMD, the three bytes after it, and DATA. ValueError when it does not fit one frame."""
    if len(content) + 2 > LONGEST:
        raise ValueError(f"{len(content)} bytes do not fit one frame of {LONGEST - 2}")
    body = bytes([len(content) + 2]) + content + bytes([ETX])
    return bytes([STX]) + body + bytes([check(body)])
