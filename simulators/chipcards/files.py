"""A card with a processor that keeps files: ISO/IEC 7816-4 SELECT by file identifier, READ BINARY, UPDATE BINARY.

Its memory: `{"files": {"2F01": "<hex>"}}`; 3F00 is the root. What is written is kept there.
"""

from loyalty.devices.wire.apdu import Command, Malformed, Response
from simulators.card import CardInvalid, SimCard
from simulators.contactless import IsoDep

ROOT = "3F00"
CONTACT_ATR = bytes.fromhex("3B87014C4F59414C5459DC")
"""TS direct, TD1 offers T=1, the historical bytes, the check byte."""


class Files:
    """The application; forgets what was selected when the power goes."""

    def __init__(self, card: SimCard) -> None:
        self._card = card
        try:
            given = dict(card.memory.get("files") or {"2F01": ""})
            self._files = {str(name).upper(): bytearray(bytes.fromhex(text)) for name, text in given.items()}
        except (TypeError, ValueError) as error:
            raise CardInvalid(f'The memory of an iso7816 is {{"files": {{"2F01": "<hex>"}}}}: {error}.') from error
        self.power(False)

    def power(self, on: bool) -> None:
        self._selected: str | None = None

    def apdu(self, raw: bytes) -> bytes:
        try:
            return self._answer(Command.parse(raw)).encoded()
        except Malformed:
            return Response(sw=0x6700).encoded()

    def _answer(self, command: Command) -> Response:
        if command.cla != 0x00:
            return Response(sw=0x6E00)
        match command.ins:
            case 0xA4:
                return self._select(command)
            case 0xB0 | 0xD6:
                return self._with_file(command)
        return Response(sw=0x6D00)

    def _select(self, command: Command) -> Response:
        name = command.data.hex().upper() or ROOT
        if command.p1 != 0 or (name != ROOT and name not in self._files):
            return Response(sw=0x6A82)
        self._selected = name
        return Response()

    def _with_file(self, command: Command) -> Response:
        file, offset = self._files.get(self._selected or ""), command.p1 << 8 | command.p2
        if file is None:
            return Response(sw=0x6986)
        if offset > len(file):
            return Response(sw=0x6B00)
        if command.ins == 0xB0:
            content = bytes(file[offset : offset + (command.le or 0)])
            return Response(content, 0x9000 if len(content) == command.le or command.le == 256 else 0x6282)
        if offset + len(command.data) > len(file):
            return Response(sw=0x6A84)
        file[offset : offset + len(command.data)] = command.data
        self._card.memory["files"] = {name: bytes(content).hex().upper() for name, content in self._files.items()}
        return Response()


class FileCard(IsoDep):
    """The same application behind an antenna."""

    def __init__(self, card: SimCard) -> None:
        self._files = Files(card)
        super().__init__(card)

    def leave_field(self) -> None:
        super().leave_field()
        self._files.power(False)

    def apdu(self, command: bytes) -> bytes:
        return self._files.apdu(command)
