"""The language of the CR-1231R, an older unit without printer: orders of two letters. One track of 69 bytes.

Source: Flycast, core/hw/naomi/card_reader.cpp, commit 04b536a8, comment before class ClubKartCardReader.

    host to unit   STX ORDER [PARAMETER] [DATA] ETX XOR     unit answers ACK or NAK at once
    unit to host   STX ANSWER [DATA] ETX XOR                when it has done it; the order is not named
    XOR is taken over ORDER, or ANSWER, to ETX. There is no length: the order, or the answer, tells it.
"""

from dataclasses import dataclass
from typing import Literal

from loyalty.devices.wire.sanwa.block import ETX, STX, BadFrame, LinkByte, check

TRACK_BYTES = 69
LENGTHS = {"OT": 3, "RT": 3, "WL": 2 + TRACK_BYTES}
"""Bytes from the order to ETX, where it is not 2."""
_SENSORS = 6
_LINK_BYTES = {byte.value: byte for byte in (LinkByte.ACK, LinkByte.NAK)}
_INSIDE, _FRONT = (0x1C, 0x0C, 0x0E, 0x08, 0x07, 0x03), (0x10, 0x18)


@dataclass(frozen=True)
class Order:
    """IN start | CA cancel | OT 0 eject | HI from the dispenser | CL clean | RT 5 ? | RL read | WL write | SS sensors.

    more: the parameter or the data of the track.
    """

    name: str
    more: bytes = b""


@dataclass(frozen=True)
class Answer:
    """text: OK, O1 (cancelled), N0 to NF, or six digits after SS. data: the track after RL."""

    text: str
    data: bytes = b""


@dataclass(frozen=True)
class Sensors:
    """The answer to SS. What the single sensors see is known only in groups: nothing, in the slot, inside."""

    card: Literal["none", "front", "inside"]
    stocked: bool

    @classmethod
    def parse(cls, text: str) -> "Sensors":
        """ValueError when these are no sensors."""
        if len(text) != _SENSORS or set(text) - {"0", "1"}:
            raise ValueError(f"{text!r} are no sensors")
        seen = int(text[:5], 2)
        return cls("none" if not seen else "front" if seen in _FRONT else "inside", text[5] == "1")

    def text(self) -> str:
        seen = {"none": 0, "front": _FRONT[0], "inside": _INSIDE[-1]}[self.card]
        return f"{seen:05b}{int(self.stocked)}"


LetterMessage = Order | Answer | LinkByte | BadFrame


def encode_letters(message: Order | Answer | LinkByte) -> bytes:
    """The bytes of one message."""
    if isinstance(message, LinkByte):
        return bytes([message.value])
    head = message.name if isinstance(message, Order) else message.text
    body = head.encode("ascii") + (message.more if isinstance(message, Order) else message.data) + bytes([ETX])
    return bytes([STX]) + body + bytes([check(body)])


class LetterDecoder:
    """Any pieces in, whole messages out. A host hears answers, a device orders."""

    def __init__(self, role: Literal["host", "device"]) -> None:
        self._role = role
        self._frame: bytearray | None = None

    @property
    def idle(self) -> bool:
        """No frame has been begun."""
        return self._frame is None

    def reset(self) -> None:
        """Forget a frame that was begun."""
        self._frame = None

    def feed(self, data: bytes) -> list[LetterMessage]:
        found = (self._take(byte) for byte in data)
        return [message for message in found if message is not None]

    def _take(self, byte: int) -> LetterMessage | None:
        if self._frame is None:
            if byte == STX:
                self._frame = bytearray()
            return _LINK_BYTES.get(byte)
        self._frame.append(byte)
        frame = bytes(self._frame)
        if len(frame) < 2:
            return None
        lengths = _lengths(frame[:2], self._role)
        for length in lengths:
            if len(frame) == length + 2 and frame[length] == ETX and check(frame[:-1]) == byte:
                self.reset()
                return self._message(frame[:length])
        if len(frame) < lengths[-1] + 2:
            return None
        self.reset()
        return BadFrame()

    def _message(self, body: bytes) -> LetterMessage:
        if self._role == "device":
            return Order(body[:2].decode("latin-1"), body[2:])
        if len(body) == _SENSORS:
            return Answer(body.decode("latin-1"))
        return Answer(body[:2].decode("latin-1"), body[2:])


def _lengths(head: bytes, role: str) -> tuple[int, ...]:
    """How many bytes may stand before ETX, shortest first."""
    if role == "device":
        return (LENGTHS.get(head.decode("latin-1"), 2),)
    if head[0] in b"01":
        return (_SENSORS,)
    return (2, 2 + TRACK_BYTES) if head == b"OK" else (2,)
