"""What an Evolis printer says: a text up to NUL, a status block behind it when asked for, or ACK and NACK.

text 00                    the value asked for, OK, or a text that begins with ERR (guide A5013 Rev. E)
text 00 xx xx status       as answer to an empty request, and to any after Pps;1 (vendor's library 9.4.1; what the
                           two bytes mean is not known, it takes any)
06 | 15 code               with Pem;4, error management by ACK and NACK (guide A5013 Rev. E)
"""

from collections.abc import Iterator
from dataclasses import dataclass

from loyalty.devices.wire.evolis.status import Status, parse

ACK, NACK = 0x06, 0x15
MAX_TEXT = 2048
NACK_CODES = "12TCFRKDW"
"""1 command 2 parameter T time-out or mechanical C cover F feeder R ribbon K, D, W stripe: check sum, data, writing."""


@dataclass(frozen=True)
class Reply:
    text: str
    status: Status | None = None

    @property
    def refused(self) -> bool:
        """The printer did not do it: `ERR…`, or a card that is missing."""
        return self.text.startswith("ERR") or self.text == "NO CARD"


@dataclass(frozen=True)
class Ack:
    pass


@dataclass(frozen=True)
class Nack:
    code: str


@dataclass(frozen=True)
class BadReply:
    """Bytes that are no reply; `why` in a few words."""

    why: str


Answer = Reply | Ack | Nack | BadReply


def encode(answer: Answer) -> bytes:
    match answer:
        case Reply(text, None):
            return text.encode("latin-1", "replace") + b"\0"
        case Reply(text, Status() as status):
            return text.encode("latin-1", "replace") + b"\0\0\0" + status.data()
        case Ack():
            return bytes([ACK])
        case Nack(code):
            return bytes([NACK]) + code.encode("ascii")
    raise TypeError(f"{answer!r} is not said by an Evolis printer")


class ReplyDecoder:
    """Any pieces in, whole answers out. `with_status`: a status block is awaited behind each text."""

    def __init__(self, with_status: bool = False) -> None:
        self.with_status = with_status
        self._heard = bytearray()

    def reset(self) -> None:
        self._heard.clear()

    @property
    def idle(self) -> bool:
        return not self._heard

    def feed(self, data: bytes) -> list[Answer]:
        return list(self._answers(data))

    def _answers(self, data: bytes) -> Iterator[Answer]:
        for byte in data:
            self._heard.append(byte)
            answer = self._whole()
            if answer is not None:
                self._heard.clear()
                yield answer

    def _whole(self) -> Answer | None:
        heard = self._heard
        if heard[0] == ACK:
            return Ack()
        if heard[0] == NACK:
            return None if len(heard) < 2 else _nack(heard[1])
        end = heard.find(0)
        if end < 0:
            return BadReply("a text without end") if len(heard) > MAX_TEXT else None
        text = heard[:end].decode("latin-1")
        if not self.with_status:
            return Reply(text)
        try:
            found = parse(bytes(heard[end + 3 :]))
        except ValueError as error:
            return BadReply(str(error))
        return Reply(text, found[0]) if found else None


def _nack(code: int) -> Answer:
    sign = chr(code)
    return Nack(sign) if sign in NACK_CODES else BadReply(f"NACK with the unknown code {code:02X}h")
