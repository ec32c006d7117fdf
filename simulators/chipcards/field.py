"""Which chip an antenna meets in a card."""

from simulators.card import SimCard
from simulators.chipcards.classic import GuardedClassic
from simulators.chipcards.desfire import Desfire
from simulators.chipcards.files import FileCard
from simulators.chipcards.ntag import GuardedNtag
from simulators.chipcards.ntag424 import Ntag424
from simulators.contactless import Card, Type2

_KINDS: dict[str, type[Card]] = {
    "classic1k": GuardedClassic, "classic4k": GuardedClassic, "ultralight": Type2, "ntag213": GuardedNtag,
    "ntag215": GuardedNtag, "ntag216": GuardedNtag, "desfire": Desfire, "ntag424": Ntag424, "iso7816": FileCard,
}  # fmt: skip


def card_in_field(card: SimCard) -> Card | None:
    """What the antenna meets of this card; None when it has no contactless chip. CardInvalid for impossible memory."""
    if not card.uid or card.kind == "sle4442":
        return None
    # A visual or magnetic card with a chip in it: those sold carry MIFARE Classic (4 bytes) or NTAG213 (7 bytes).
    other = GuardedClassic if len(card.uid) == 8 else GuardedNtag
    return _KINDS.get(card.kind, other)(card)
