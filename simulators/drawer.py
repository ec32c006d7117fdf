"""Cards that were in the unit before: put in again, a card has the face and the stripe it left with."""

from collections import OrderedDict

from simulators.card import SimCard
from simulators.face import CardFace

KEPT = 500
"""Cards remembered; the longest unseen is forgotten first."""


class Drawer:
    """A card is known by its uid, or else by kind and tracks as it was described or as it is written now."""

    def __init__(self, face_size: tuple[int, int]) -> None:
        self._size = face_size
        self._cards: OrderedDict[int, tuple[SimCard, dict[str, str]]] = OrderedDict()
        self._count = 0

    def find(self, described: SimCard) -> SimCard:
        """The very card that `described` names, or a new one with a clear face."""
        for number, (card, first) in self._cards.items():
            if _same(card, first, described):
                self._cards.move_to_end(number)
                if described.tracks and described.tracks != first:
                    card.tracks = dict(described.tracks)
                return card
        described.face = CardFace.from_json(self._size, described.face)
        self._count += 1
        self._cards[self._count] = described, dict(described.tracks)
        if len(self._cards) > KEPT:
            self._cards.popitem(last=False)
        return described


def _same(card: SimCard, first: dict[str, str], described: SimCard) -> bool:
    if card.kind != described.kind:
        return False
    if card.uid or described.uid:
        return card.uid == described.uid
    return described.tracks in (first, card.tracks)
