"""Files by ISO/IEC 7816-4, as phones read them from cards of NFC Forum type 4."""

from loyalty.devices.drivers.pcsc.talk import OTHER_CARD, Talk, refusal
from loyalty.devices.wire.apdu import Command, ntag424
from loyalty.errors import Garbled, WrongCard

_CONTAINER = 0xE103
_AT_ONCE = 0x30
"""Bytes of one command: fits every reader and every card (AN12196's own examples use more)."""
_LONGEST = 8192


class _Plain:
    def __init__(self, command: Command) -> None:
        self._command = command

    def command(self) -> Command:
        return self._command


class IsoFiles:
    """Inside an uninterrupted conversation."""

    def __init__(self, talk: Talk) -> None:
        self._talk = talk

    def open_ndef(self) -> tuple[int, int, bool]:
        """Selects the NDEF file; its number, how many bytes it holds, and whether everybody may write.

        WrongCard when this is no card of type 4.
        """
        self._ask(ntag424.select_name(ntag424.NDEF_APPLICATION), "open its NDEF application")
        container = self.read(_CONTAINER, 0, 15)
        if len(container) < 15 or container[7] != 0x04:
            raise WrongCard(
                "The card says nothing that a phone would understand about its NDEF file.", advice=OTHER_CARD
            )
        number, size = int.from_bytes(container[9:11], "big"), int.from_bytes(container[11:13], "big")
        return number, min(size, _LONGEST), container[14] == 0x00

    def read(self, number: int, offset: int, length: int) -> bytes:
        self._ask(ntag424.select_file(number), f"open file {number:04X}")
        out = b""
        while len(out) < length:
            wanted = min(_AT_ONCE, length - len(out))
            piece = self._ask(ntag424.read_binary(offset + len(out), wanted), f"read file {number:04X}")
            if not 0 < len(piece) <= wanted:
                raise Garbled(f"The card answered {len(piece)} bytes when asked for {wanted}.")
            out += piece
        return out

    def write(self, number: int, offset: int, data: bytes) -> None:
        self._ask(ntag424.select_file(number), f"open file {number:04X}")
        for at in range(0, len(data), _AT_ONCE):
            piece = data[at : at + _AT_ONCE]
            self._ask(ntag424.update_binary(offset + at, piece), f"write file {number:04X}")

    def _ask(self, command: Command, deed: str) -> bytes:
        answer = self._talk.send(_Plain(command))
        if not answer.ok:
            raise refusal(deed, answer.sw)
        return answer.data
