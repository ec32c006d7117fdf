"""The language of the display: STX, a letter, data, ETX; the display answers ACK, NAK, or `R` and its version.

C clear | B n brightness | L n text: line n | Q how are you
"""

from dataclasses import dataclass

STX, ETX, ACK, NAK = 0x02, 0x03, 0x06, 0x15
LONGEST = 64


@dataclass(frozen=True)
class Command:
    letter: str
    text: str = ""


@dataclass(frozen=True)
class Reply:
    good: bool
    version: str = ""


def encode(command: Command) -> bytes:
    return bytes([STX]) + (command.letter + command.text).encode("ascii") + bytes([ETX])


def encode_reply(reply: Reply) -> bytes:
    if reply.version:
        return bytes([STX]) + b"R" + reply.version.encode("ascii") + bytes([ETX])
    return bytes([ACK if reply.good else NAK])


class CommandDecoder:
    """The display's side: any pieces in, whole commands out."""

    def __init__(self) -> None:
        self._block: bytearray | None = None

    def feed(self, data: bytes) -> list[Command]:
        found = []
        for byte in data:
            if byte == STX:
                self._block = bytearray()
            elif byte == ETX and self._block:
                text = self._block.decode("ascii", "replace")
                found.append(Command(text[0], text[1:]))
                self._block = None
            elif self._block is not None and len(self._block) < LONGEST:
                self._block.append(byte)
        return found


class ReplyDecoder:
    """The host's side."""

    def __init__(self) -> None:
        self._blocks = CommandDecoder()

    def feed(self, data: bytes) -> list[Reply]:
        found = []
        for byte in data:
            if byte in (ACK, NAK):
                found.append(Reply(byte == ACK))
            found += [Reply(True, command.text) for command in self._blocks.feed(bytes([byte]))]
        return found
