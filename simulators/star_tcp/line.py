"""The unit's end of the line: what a Star TCP300 does with bytes, whatever they ask for.

Transmission control matrix, Star TCP300II command specification 2005, pages 4 and 5. Not in it, and therefore a guess:
a command that is no priority command is discarded while another one runs.
"""

from collections.abc import Callable

from loyalty.devices.wire.star_tcp.block import BadBcc, BadData, Command, LinkReply, Response
from loyalty.devices.wire.star_tcp.codec import Decoder, Message, encode

Say = Callable[[bytes, str], None]
Note = Callable[[str, bytes, str], None]


class UnitLine:
    """`refuse` says why a command is rejected, or None; `start` carries one out and calls `respond` in the end."""

    def __init__(
        self, say: Say, note: Note, refuse: Callable[[Command], str | None], start: Callable[[Command], None],
        spoil: Callable[[str], bool], priority: frozenset[int],
    ) -> None:  # fmt: skip
        self._say, self._note, self._refuse, self._start, self._spoil = say, note, refuse, start, spoil
        self._priority = priority
        self._decoder = Decoder("device")
        self._heard = bytearray()
        self._waiting: Response | None = None
        """The response that the host has not acknowledged yet."""
        self.working = False

    def reset(self) -> None:
        self._decoder.reset()
        self._heard.clear()
        self._waiting, self.working = None, False

    def receive(self, data: bytes) -> None:
        for byte in data:
            self._heard.append(byte)
            if self._waiting is not None:
                self._await_ack(byte)
                continue
            for message in self._decoder.feed(bytes([byte])):
                self._take(message)
            if self._decoder.idle:
                self._hear("discarded")

    def respond(self, response: Response) -> None:
        """Send and wait for the host's ACK; nothing else is heard until it comes."""
        self.working, self._waiting = False, response
        self._send_response()

    def _await_ack(self, byte: int) -> None:
        if byte == LinkReply.ACK.value:
            self._waiting = None
            self._hear("ACK")
        elif byte == LinkReply.NAK.value:
            self._hear("NAK")
            self._send_response()
        else:
            self._hear("discarded: an ACK is awaited")

    def _take(self, message: Message) -> None:
        self._hear(words(message))
        if isinstance(message, LinkReply | Response):
            return
        if self.working and not (isinstance(message, Command) and message.code in self._priority):
            return
        if self._spoil("nak") or isinstance(message, BadBcc):
            self._reply(LinkReply.NAK)
        elif self._spoil("dle") or isinstance(message, BadData) or self._refuse(message):
            self._reply(LinkReply.DLE)
        else:
            self._reply(LinkReply.ACK)
            self.working = True
            self._start(message)

    def _reply(self, reply: LinkReply) -> None:
        self._say(encode(reply), reply.name)

    def _send_response(self) -> None:
        if self._waiting is not None:
            data = encode(self._waiting)
            bad = self._spoil("bad_bcc")
            self._say(data[:-1] + bytes([data[-1] ^ 0xFF]) if bad else data, words(self._waiting))

    def _hear(self, meaning: str) -> None:
        if self._heard:
            self._note(">", bytes(self._heard), meaning)
            self._heard.clear()


def words(message: Message) -> str:
    """A message in a few words, for the trace."""
    if isinstance(message, LinkReply):
        return message.name
    if isinstance(message, BadBcc):
        return "wrong BCC"
    if isinstance(message, BadData):
        return f"{message.code:02X}h rejected: {message.why}"
    if isinstance(message, Response):
        return f"{message.code:02X}h status {message.status:02X}h {_short(message.data)}".strip()
    return f"{type(message).__name__} {_short(message.data())}".strip()


def _short(data: bytes) -> str:
    text = data.decode("ascii", "backslashreplace")
    return text if len(text) <= 40 else f"{text[:28]}… ({len(text)})"
