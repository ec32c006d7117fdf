"""A mark on a card (wire/apdu/mark.py): read it, check it, move it on. One small interface for all kinds of cards.

==================  ========  =======================================================================================
card                strength  how
==================  ========  =======================================================================================
DESFire             strong    a backup file, enciphered; changed as a whole or not at all; no key, no reading
NTAG 424            strong    the chip's own counter, signed; it moves by itself at each reading
MIFARE Classic      weak      two blocks in turn; Crypto-1 can be broken and the whole card copied
==================  ========  =======================================================================================
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from loyalty.devices.drivers.pcsc.classic_card import ClassicCard, Key
from loyalty.devices.drivers.pcsc.desfire_card import DesfireCard
from loyalty.devices.drivers.pcsc.ntag424_card import Ntag424Card
from loyalty.devices.drivers.pcsc.talk import half_done
from loyalty.devices.wire.apdu import Malformed, sun
from loyalty.devices.wire.apdu import mark as wire
from loyalty.devices.wire.apdu.authentication import Way
from loyalty.devices.wire.apdu.mark import Mark, Strength
from loyalty.errors import Invalid


class Marked(Protocol):
    """read_mark(): None for a card that never got one of ours, or one that was bent. Errors as those of the cards."""

    strength: Strength

    def read_mark(self) -> Mark | None: ...

    def write_mark(self, sequence: int) -> Mark:
        """The mark as it stands afterwards. `half` of an error: unknown when it may be there or not; read again."""


@dataclass(frozen=True)
class DesfirePlace:
    """Where the mark lies: a backup file of 16 bytes whose `key` may read and write. way: EV1 with every card."""

    application: int
    file: int
    key: int
    value: bytes
    way: Way = Way.EV1


def real_uid(card: DesfireCard, place: DesfirePlace) -> bytes:
    """Opens a session at the place; the UID, also of a card that shows a random one. For PcscReader.identify too."""
    card.select(place.application)
    card.authenticate(place.key, place.value, place.way)
    return card.uid()


class DesfireMark:
    """seal_key: makes the MAC; another than the card's key, so that a counter that can write cannot forge."""

    strength = Strength.STRONG

    def __init__(self, card: DesfireCard, place: DesfirePlace, seal_key: bytes) -> None:
        self._card, self._place, self._seal_key = card, place, seal_key

    def open(self) -> bytes:
        """The card's real UID, the session being open."""
        return real_uid(self._card, self._place)

    def read_mark(self) -> Mark | None:
        uid = self.open()
        raw = self._card.read(self._place.file, 0, wire.SIZE)
        return _found(self._seal_key, uid, raw, self.strength)

    def write_mark(self, sequence: int) -> Mark:
        raw = wire.sealed(self._seal_key, self.open(), _checked(sequence))
        with self._card.transaction():
            self._card.write(self._place.file, raw)
        return Mark(sequence, self.strength)


class Ntag424Mark:
    """The counter moves at each reading; there is nothing to write."""

    strength = Strength.STRONG

    def __init__(
        self, card: Ntag424Card, layout: sun.Layout, meta_key: bytes, file_key: bytes | Callable[[bytes | None], bytes]
    ) -> None:  # fmt: skip
        self._card, self._layout, self._meta_key, self._file_key = card, layout, meta_key, file_key

    def read_mark(self) -> Mark | None:
        """WrongCard when the signature is not made with these keys."""
        shown = self._card.signed(self._layout, self._meta_key, self._file_key)
        return None if shown.counter is None else Mark(shown.counter, self.strength, moves_itself=True)

    def write_mark(self, sequence: int) -> Mark:
        """Reads, which moves it; Invalid when the chip is not beyond `sequence` then."""
        now = self.read_mark()
        if now is None or now.sequence <= sequence:
            raise Invalid(f"The chip counts by itself; it does not stand beyond {sequence}.")
        return now


class ClassicMark:
    """blocks: two data blocks, best in one sector; the older one is written, so the newer survives a card pulled."""

    strength = Strength.WEAK

    def __init__(self, card: ClassicCard, uid: bytes, blocks: tuple[int, int], key: Key, seal_key: bytes) -> None:
        self._card, self._uid, self._blocks, self._key, self._seal_key = card, uid, blocks, key, seal_key

    def read_mark(self) -> Mark | None:
        found = [each for each in self._both() if each]
        return max(found, key=lambda each: each.sequence, default=None)

    def write_mark(self, sequence: int) -> Mark:
        raw = wire.sealed(self._seal_key, self._uid, _checked(sequence))
        first, second = self._both()
        older = self._blocks[0] if first is None or (second and first.sequence <= second.sequence) else self._blocks[1]
        with half_done("write the mark"):
            self._card.write_block(older, raw, self._key)
        return Mark(sequence, self.strength)

    def _both(self) -> list[Mark | None]:
        raws = [self._card.read_block(block, self._key) for block in self._blocks]
        return [_found(self._seal_key, self._uid, raw, self.strength) for raw in raws]


def _found(key: bytes, uid: bytes, raw: bytes, strength: Strength) -> Mark | None:
    try:
        return Mark(wire.opened(key, uid, raw), strength)
    except Malformed:
        return None


def _checked(sequence: int) -> int:
    if not 0 <= sequence <= wire.HIGHEST:
        raise Invalid(f"A mark counts from 0 to {wire.HIGHEST}, not {sequence}.")
    return sequence
