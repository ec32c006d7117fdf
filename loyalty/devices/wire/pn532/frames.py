"""NXP PN532 on its high speed UART (HSU): frames, both directions. 115200 8N1 after power-on.

Source: NXP UM0701-02 "PN532 User Manual" rev. 02, section 6.2.1 (frames); AN10609_3 rev. 1.2 (waking a PN532/C106).
An information frame is 00 | 00 FF | LEN LCS | TFI PD0..n | DCS | 00, where LEN + LCS = 0 and TFI + … + DCS = 0
(mod 256); TFI is D4 from the host, D5 from the chip. Longer ones carry FF FF LENhi LENlo LCS instead of LEN LCS.
"""

from dataclasses import dataclass

from loyalty.devices.wire.pn532.parsing import Message, parse_message
from loyalty.devices.wire.pn532.targets import Malformed

FROM_HOST, FROM_CHIP = 0xD4, 0xD5
MAX_LENGTH = 265
"""Of TFI and data; longer lengths can only be noise (section 6.2.1.2: TFI, code and 263 bytes)."""
WAKE = b"\x55" * 2 + b"\x00" * 14
"""Edges that wake the chip, then 1.2 ms of line time at 115200 bit/s while its oscillator starts."""
_ERROR_FRAME = b"\x7f"


@dataclass(frozen=True)
class Ack:
    """6.2.1.3. The command is running; from the host: stop what you are doing."""


@dataclass(frozen=True)
class Nack:
    """6.2.1.4. From the host: send your last answer again."""


@dataclass(frozen=True)
class SyntaxErrorFrame:
    """6.2.1.5. The chip did not understand the command."""


@dataclass(frozen=True)
class BadFrame:
    """Something that began like a frame and is none. Its bytes are skipped."""

    reason: str
    checksum_right: bool = False
    """True when it arrived whole and only its content makes no sense; a chip answers that with SyntaxErrorFrame."""


Frame = Ack | Nack | SyntaxErrorFrame | BadFrame | Message
_FIXED: dict[type, bytes] = {
    Ack: bytes.fromhex("0000ff00ff00"),
    Nack: bytes.fromhex("0000ffff0000"),
    SyntaxErrorFrame: bytes.fromhex("0000ff01ff7f8100"),
}


def encode(message: Frame) -> bytes:
    """The whole frame, pre- and postamble included. ValueError for what does not fit in one."""
    if type(message) in _FIXED:
        return _FIXED[type(message)]
    if isinstance(message, BadFrame | Ack | Nack | SyntaxErrorFrame):
        raise ValueError(f"{message} is not something to send")
    content = bytes([FROM_CHIP if message.code & 1 else FROM_HOST, message.code]) + message.body()
    if len(content) > MAX_LENGTH:
        raise ValueError(f"A PN532 frame holds {MAX_LENGTH} bytes, not {len(content)}; send it in pieces.")
    return b"\x00\x00\xff" + _length(len(content)) + content + bytes([-sum(content) & 0xFF, 0])


def _length(size: int) -> bytes:
    if size < 0x100:
        return bytes([size, -size & 0xFF])
    high, low = divmod(size, 0x100)
    return bytes([0xFF, 0xFF, high, low, -(high + low) & 0xFF])


class Decoder:
    """Bytes in any pieces in, whole messages out. Keeps at most one frame.

    speaker: FROM_HOST or FROM_CHIP, whose frames these are. A chip's frame counts only with its postamble: without
    it a lost zero inside the frame could slip past the checksum. Hosts may leave the postamble out.
    """

    def __init__(self, speaker: int) -> None:
        self._speaker = speaker
        self._tail = 1 if speaker == FROM_CHIP else 0
        self._buffer = bytearray()

    @property
    def inside_frame(self) -> bool:
        """True while the bytes seen last may be the beginning of a frame."""
        return len(self._buffer) > 1

    def feed(self, data: bytes) -> list[Frame]:
        self._buffer += data
        found: list[Frame] = []
        while (frame := self._next()) is not None:
            found.append(frame)
        return found

    def _next(self) -> Frame | None:
        """The next frame, its bytes taken off; None when more are needed."""
        buffer = self._buffer
        start = buffer.find(b"\x00\xff")
        if start < 0:
            del buffer[: len(buffer) - buffer.endswith(b"\x00")]
            return None
        del buffer[:start]
        if len(buffer) < 4:
            return None
        for kind, frame in ((Ack, b"\x00\xff"), (Nack, b"\xff\x00")):
            if buffer[2:4] == frame:
                del buffer[:4]
                return kind()
        return self._extended() if buffer[2:4] == b"\xff\xff" else self._information(buffer[2], sum(buffer[2:4]), 4)

    def _extended(self) -> Frame | None:
        if len(self._buffer) < 7:
            return None
        return self._information(self._buffer[4] << 8 | self._buffer[5], sum(self._buffer[4:7]), 7)

    def _information(self, size: int, checksum: int, at: int) -> Frame | None:
        buffer = self._buffer
        if checksum & 0xFF or not 0 < size <= MAX_LENGTH:
            del buffer[:2]
            return BadFrame("length")
        end = at + size + 1 + self._tail
        if len(buffer) < end:
            return None
        content, check = bytes(buffer[at : at + size]), buffer[at + size]
        if content == _ERROR_FRAME and check == 0x81:
            del buffer[: at + 2]
            return SyntaxErrorFrame()
        if (sum(content) + check) & 0xFF or (self._tail and buffer[end - 1]):
            del buffer[:2]
            return BadFrame("checksum")
        del buffer[:end]
        return self._message(content)

    def _message(self, content: bytes) -> Frame:
        if len(content) < 2 or content[0] != self._speaker or content[1] & 1 != self._speaker & 1:
            return BadFrame("frame identifier", checksum_right=True)
        try:
            return parse_message(content[1], content[2:])
        except Malformed as error:
            return BadFrame(str(error), checksum_right=True)
