"""Cards as a reader for chip cards meets them: in its contact slot, or in the field of its antenna."""

from typing import Protocol

from loyalty.devices.wire.apdu import atr
from simulators.card import SimCard
from simulators.chipcards.field import card_in_field
from simulators.chipcards.files import CONTACT_ATR, Files
from simulators.contactless import Card, Classic, IsoDep, Reply
from simulators.pcsc.sle4442 import Sle4442Chip


class Chip(Protocol):
    atr: bytes
    """Empty: the card does not answer its reset."""

    def power(self, on: bool) -> None:
        """Power or field comes or goes; either way the card forgets what was selected and opened."""


class Mute:
    """Plastic without contacts, or a card put in the wrong way round."""

    atr = b""

    def power(self, on: bool) -> None:
        """Nothing to forget."""


class FileChip:
    """A processor card in the contact slot."""

    atr = CONTACT_ATR

    def __init__(self, card: SimCard) -> None:
        self._files = Files(card)

    def power(self, on: bool) -> None:
        self._files.power(on)

    def apdu(self, command: bytes) -> bytes:
        return self._files.apdu(command)


class InField:
    """A contactless card, selected by the reader whenever it is asked something."""

    def __init__(self, near: Card) -> None:
        self.near = near
        self.historical = _historical(near.ats)
        if isinstance(near, IsoDep):
            self.atr = atr.iso14443_4_atr(self.historical)
        elif isinstance(near, Classic):
            self.atr = atr.storage_atr(atr.CLASSIC_4K if len(near.blocks) > 64 else atr.CLASSIC_1K)
        else:
            self.atr = atr.storage_atr(atr.ULTRALIGHT)

    @property
    def uid(self) -> bytes:
        """As the card shows it now; some show another one each time."""
        return self.near.uid

    def power(self, on: bool) -> None:
        self.near.lose_power()

    def exchange(self, command: bytes) -> Reply | None:
        """The card's own command, without checksum; None is silence."""
        self._select()
        return self.near.exchange(command)

    def authenticate(self, kind: int, block: int, key: bytes) -> bool:
        self._select()
        return self.near.authenticate(bytes([kind, block]) + key + self.uid[-4:])

    def apdu(self, command: bytes) -> bytes | None:
        """None when this card knows no APDUs."""
        self._select()
        return self.near.apdu(command)

    def _select(self) -> None:
        if not self.near.active:
            self.near.answers_request()


def chip_of(card: SimCard, slot: str) -> Chip | None:
    """What a reader with this slot (`contactless`, `contact`, `both`) meets of a card; None when it notices nothing.

    CardInvalid for a card whose memory cannot be.
    """
    near = card_in_field(card) if slot != "contact" else None
    if near or slot == "contactless":
        return InField(near) if near else None
    if card.kind == "sle4442":
        return Sle4442Chip(card)
    return FileChip(card) if card.kind == "iso7816" else Mute()


def _historical(ats: bytes) -> bytes:
    """The part of an ATS (without its length) behind TA, TB and TC, whose presence T0 tells (ISO/IEC 14443-4 5.2)."""
    return ats[1 + (ats[0] >> 4 & 7).bit_count() :] if ats else b""
