"""Bytes <-> messages of the CRP-1231 family, for both ends of the line. No I/O, no clock."""

from typing import Literal

from loyalty.devices.wire.sanwa import control, face, stripe
from loyalty.devices.wire.sanwa.block import (
    ETX,
    SHORTEST,
    STX,
    BadData,
    BadFrame,
    Command,
    LinkByte,
    Reply,
    Unknown,
    check,
    frame,
)

COMMANDS: tuple[type[Command], ...] = (
    control.Initialize, control.AskStatus, stripe.ReadTracks, stripe.ReadMemory, control.Cancel, stripe.WriteTracks,
    face.PrintSettings, face.RegisterGlyph, face.PrintImage, face.PrintText, face.EraseFace, face.PrintBarcode,
    control.Eject, control.Clean, control.Dispense, control.Lamp, control.PrintRetries, control.Shutter,
    control.SetClock, control.AskVersion, control.AskClock, control.AskBattery,
)  # fmt: skip
"""Every command we can name."""
_BY_CODE = {kind.code: kind for kind in COMMANDS}
_LINK_BYTES = {byte.value: byte for byte in LinkByte}
FLUSH = bytes(256)
"""Fills up whatever frame a unit is still waiting to see the end of; zeros can never complete a valid one but for its
check byte."""

Message = Command | Reply | LinkByte | BadFrame | BadData
Role = Literal["host", "device"]


def encode(message: Command | Reply | LinkByte) -> bytes:
    """The bytes of one message; ValueError when its data does not fit a frame."""
    if isinstance(message, LinkByte):
        return bytes([message.value])
    if isinstance(message, Reply):
        return frame(bytes([message.number, message.place, message.trouble, message.state]) + message.data)
    return frame(bytes([message.number, 0, 0, 0]) + message.data())


class Decoder:
    """Any pieces in, whole messages out. `role` is the end that listens: a host hears replies, a device commands.

    A frame ends where its LEN says, never at an ETX before; a frame that is cut short waits for its end. Bytes outside
    a frame that mean nothing are left out.
    """

    def __init__(self, role: Role) -> None:
        self._role = role
        self._frame: bytearray | None = None
        """LEN and what followed it; None outside a frame."""

    @property
    def idle(self) -> bool:
        """No frame has been begun."""
        return self._frame is None

    def reset(self) -> None:
        """Forget a frame that was begun."""
        self._frame = None

    def feed(self, data: bytes) -> list[Message]:
        found = (self._take(byte) for byte in data)
        return [message for message in found if message is not None]

    def _take(self, byte: int) -> Message | None:
        if self._frame is None:
            if byte == STX:
                self._frame = bytearray()
            return _LINK_BYTES.get(byte)
        self._frame.append(byte)
        if self._frame[0] < SHORTEST:
            self.reset()
            return BadFrame()
        if len(self._frame) <= self._frame[0]:
            return None
        whole = bytes(self._frame)
        self.reset()
        return self._finish(whole)

    def _finish(self, whole: bytes) -> Message:
        body, given = whole[:-1], whole[-1]
        if body[-1] != ETX or check(body) != given:
            return BadFrame()
        number, place, trouble, state = body[1:5]
        if self._role == "host":
            return Reply(number, place, trouble, state, body[5:-1])
        kind = _BY_CODE.get(number)
        if kind is None:
            return Unknown(number, body[5:-1])
        try:
            return kind.parse(body[5:-1])
        except ValueError as error:
            return BadData(number, str(error))
