"""What phones read from a card: NDEF records on NTAG21x and Ultralight (type 2) and on type 4 cards."""

from loyalty.devices.drivers.pcsc.iso_files import IsoFiles
from loyalty.devices.drivers.pcsc.page_card import PageCard
from loyalty.devices.drivers.pcsc.talk import OTHER_CARD, Talk, half_done, not_kept
from loyalty.devices.wire.apdu import Malformed, type2
from loyalty.devices.wire.apdu import ndef_message as nm
from loyalty.errors import Garbled, Invalid, WrongCard

_MAGIC, _CONTAINER_PAGE, _READ = 0xE1, 3, 16
_EMPTY = bytes(2)


class NdefCard:
    """pages: the card where it is of type 2; None: type 4. Errors as those of the cards, WrongCard without NDEF."""

    def __init__(self, talk: Talk, pages: PageCard | None) -> None:
        self._talk, self._pages, self._files = talk, pages, IsoFiles(talk)

    def read(self) -> tuple[nm.Record, ...]:
        """Empty when the card has an empty message."""
        with self._talk.uninterrupted():
            raw = self._read_pages(self._pages) if self._pages else self._read_file()
        try:
            return nm.decode(raw)
        except Malformed as error:
            raise WrongCard(f"What the card carries is not readable: {error}.", advice=OTHER_CARD) from error

    def write(self, *records: nm.Record) -> None:
        """Read back. A card that goes meanwhile has an empty message, or the old or the new one; no mixture."""
        try:
            message = nm.encode(records)
        except ValueError as error:
            raise Invalid(f"These records cannot be written: {error}.") from error
        with self._talk.uninterrupted(), half_done("write a message"):
            if self._pages:
                self._write_pages(self._pages, message)
            else:
                self._write_file(message)
            if (self._read_pages(self._pages) if self._pages else self._read_file()) != message:
                raise not_kept("write a message")

    def _read_file(self) -> bytes:
        number, size, _ = self._files.open_ndef()
        length = int.from_bytes(self._files.read(number, 0, 2), "big")
        if length + 2 > size:
            raise WrongCard(f"The card's message would be longer than its file: {length} in {size}.", advice=OTHER_CARD)
        return self._files.read(number, 2, length) if length else b""

    def _write_file(self, message: bytes) -> None:
        """Length 0, the message, its length: in this order nobody ever reads half of it."""
        number, size, writable = self._files.open_ndef()
        if not writable:
            raise Invalid("This card's message is not for everybody to write.")
        _insist_fits(message, size - 2)
        self._files.write(number, 0, _EMPTY)
        self._files.write(number, 2, message)
        self._files.write(number, 0, len(message).to_bytes(2, "big"))

    def _room(self, pages: PageCard) -> int:
        """Bytes for blocks from page 4 on."""
        container = pages.read(_CONTAINER_PAGE)[: type2.PAGE]
        if container[0] != _MAGIC:
            raise WrongCard("This card is not made ready for NDEF.", advice=OTHER_CARD)
        return container[2] * 8

    def _read_pages(self, pages: PageCard) -> bytes:
        room = self._room(pages)
        area = pages.read(type2.FIRST_USER_PAGE)
        needed = nm.needed(area)
        if needed > room:
            raise WrongCard("The card's message would be longer than the card.", advice=OTHER_CARD)
        while len(area) < needed:
            area += pages.read(type2.FIRST_USER_PAGE + len(area) // type2.PAGE)
        try:
            return nm.from_blocks(area[: max(needed, 0)]) or b""
        except Malformed as error:
            raise Garbled(f"The card's message makes no sense: {error}.") from error

    def _write_pages(self, pages: PageCard, message: bytes) -> None:
        """An empty message first, the first page with the length last."""
        area = nm.in_blocks(message)
        _insist_fits(area, self._room(pages))
        size = type2.PAGE
        pages.write(type2.FIRST_USER_PAGE, b"\x03\x00\xfe\x00")
        for at in range(size, len(area), size):
            pages.write(type2.FIRST_USER_PAGE + at // size, area[at : at + size])
        pages.write(type2.FIRST_USER_PAGE, area[:size])


def _insist_fits(data: bytes, room: int) -> None:
    if len(data) > room:
        raise Invalid(f"The card has room for {room} bytes; this needs {len(data)}.")
