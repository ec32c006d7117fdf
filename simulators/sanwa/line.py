"""The unit's end of the line: what a CRP-1231 does with bytes, whatever they ask for.

Every command interrupts the one before. Before the first command after power-on an ENQ finds no answer; what a real
unit says then is not known.
"""

from collections.abc import Callable

from loyalty.devices.wire.sanwa.block import BadData, BadFrame, Command, LinkByte, Reply
from loyalty.devices.wire.sanwa.codec import Decoder, Message, encode

Say = Callable[[bytes, str], None]
Note = Callable[[str, bytes, str], None]


class UnitLine:
    """`start` begins a command; `reply` is what ENQ gets; `spoil` says whether a fault strikes now."""

    def __init__(
        self, say: Say, note: Note, start: Callable[[Command | BadData], None], reply: Callable[[], Reply | None],
        spoil: Callable[[str], bool],
    ) -> None:  # fmt: skip
        self._say, self._note, self._start, self._reply, self._spoil = say, note, start, reply, spoil
        self._decoder = Decoder("device")
        self._heard = bytearray()

    def reset(self) -> None:
        self._decoder.reset()
        self._heard.clear()

    def receive(self, data: bytes) -> None:
        for byte in data:
            self._heard.append(byte)
            for message in self._decoder.feed(bytes([byte])):
                self._take(message)
            if self._decoder.idle and self._heard and byte:
                self._hear("discarded")
        if self._decoder.idle:
            self._hear("discarded")

    def _take(self, message: Message) -> None:
        self._hear(words(message))
        if message is LinkByte.ENQ:
            if reply := self._reply():
                self._answer(reply)
        elif isinstance(message, BadFrame):
            self._say(encode(LinkByte.NAK), "NAK")
        elif isinstance(message, Command | BadData):
            if self._spoil("nak"):
                self._say(encode(LinkByte.NAK), "NAK")
                return
            self._start(message)
            self._say(encode(LinkByte.ACK), "ACK")

    def _answer(self, reply: Reply) -> None:
        data = encode(reply)
        bad = self._spoil("bad_check")
        self._say(data[:-1] + bytes([data[-1] ^ 0xFF]) if bad else data, words(reply))

    def _hear(self, meaning: str) -> None:
        if self._heard:
            self._note(">", bytes(self._heard), meaning)
            self._heard.clear()


def words(message: Message) -> str:
    """A message in a few words, for the trace."""
    if isinstance(message, LinkByte):
        return message.name
    if isinstance(message, BadFrame):
        return "damaged frame"
    if isinstance(message, BadData):
        return f"{message.number:02X}h: {message.why}"
    if isinstance(message, Reply):
        told = f"{message.number:02X}h place {message.place:02X}h trouble {message.trouble:02X}h"
        return f"{told} state {message.state:02X}h {_short(message.data)}".strip()
    return f"{type(message).__name__} {_short(message.data())}".strip()


def _short(data: bytes) -> str:
    text = data.rstrip(b" \x00").decode("ascii", "backslashreplace")
    return text if len(text) <= 40 else f"{text[:28]}… ({len(text)})"
