"""Bytes <-> messages of the Star TCP300 family, for both ends of the line. No I/O, no clock."""

from typing import Literal

from loyalty.devices.wire.star_tcp import control, face, stripe
from loyalty.devices.wire.star_tcp.block import (
    ETX,
    MAX_DATA,
    STX,
    BadBcc,
    BadData,
    Command,
    LinkReply,
    Response,
    Unknown,
    bcc,
    frame,
)

COMMANDS: tuple[type[Command], ...] = (
    stripe.ReadTrack, stripe.ReadTrackIfCard, stripe.ReadTrackBuffer, stripe.SetTrackReversed, stripe.SetTrack7Bit,
    stripe.SetTrackDefault, stripe.WriteStripe, stripe.WriteStripeIfCard,
    face.ClearText, face.ClearRaster, face.PrintText, face.EmbeddedImage, face.ImageColumn, face.ImageBlock,
    face.RegisterGlyph, face.Barcode, face.EraseAndPrint, face.PrintOnly, face.EraseOnly,
    control.EjectCard, control.HoldAtRear, control.HoldAtFront, control.CancelInsertionWait, control.CancelRemovalWait,
    control.Clean, control.CleaningButton, control.RomVersion, control.SensorStatus, control.Lamp,
    control.TransportCount, control.PrintCount, control.Reset, control.LineSettings, control.ModelSetting,
)  # fmt: skip
"""Every command we can name."""
_BY_CODE = {code: kind for kind in COMMANDS for code in kind.codes}
_REPLIES = {reply.value: reply for reply in LinkReply}

Message = Command | Response | LinkReply | BadBcc | BadData
Role = Literal["host", "device"]


def encode(message: Command | Response | LinkReply) -> bytes:
    """The bytes of one message."""
    if isinstance(message, LinkReply):
        return bytes([message.value])
    if isinstance(message, Response):
        return frame(bytes([message.code, message.status]) + message.data)
    return frame(bytes([message.code]) + message.data())


class Decoder:
    """Any pieces in, whole messages out. `role` is the end that listens.

    host: Response, LinkReply and BadBcc; a new STX within a block starts afresh, since data never holds one.
    device: Command (Unknown for codes without a name), BadBcc and BadData; an STX within a block is buffered, and
    wrong data is found before a wrong BCC, both as in the transmission control matrix (page 5). LinkReplies of the
    host come through too; what they mean depends on the unit's state.
    """

    def __init__(self, role: Role) -> None:
        self._role = role
        self._block: bytearray | None = None
        """CMD and what followed it; None outside a block."""
        self._closed = False
        """ETX was seen; the next byte is the BCC, whatever it is."""

    @property
    def idle(self) -> bool:
        """No block has been begun."""
        return self._block is None

    def reset(self) -> None:
        """Forget a block that was begun."""
        self._block, self._closed = None, False

    def feed(self, data: bytes) -> list[Message]:
        found = (self._take(byte) for byte in data)
        return [message for message in found if message is not None]

    def _take(self, byte: int) -> Message | None:
        if self._block is None:
            if byte == STX:
                self._block = bytearray()
            return _REPLIES.get(byte)
        block = self._block
        if self._closed:
            self.reset()
            return self._finish(bytes(block), byte)
        if byte == ETX:
            self._closed = True
        elif byte == STX and self._role == "host":
            block.clear()
        elif len(block) > MAX_DATA + 1:
            self.reset()
            return BadBcc(None) if self._role == "host" else BadData(block[0], "more than 1024 bytes of data")
        else:
            block.append(byte)
        return None

    def _finish(self, block: bytes, check: int) -> Message:
        good = bcc(block) ^ ETX == check
        if self._role == "host":
            return Response(block[0], block[1], block[2:]) if good and len(block) > 1 else BadBcc(_first(block))
        kind = _BY_CODE.get(block[0], Unknown) if block else Unknown
        if kind is Unknown or not block:
            return Unknown(block[0], block[1:]) if good and block else BadBcc(_first(block))
        if len(block) > MAX_DATA + 1:
            return BadData(block[0], "more than 1024 bytes of data")
        try:
            command = kind.parse(block[0], block[1:])
        except ValueError as error:
            return BadData(block[0], str(error))
        return command if good else BadBcc(block[0])


def _first(block: bytes) -> int | None:
    return block[0] if block else None
