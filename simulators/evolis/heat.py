"""What an Evolis head does to a card's face: dots burnt, dots of a mask cleared, ink from a ribbon."""

from weakref import WeakKeyDictionary

from PIL import Image, ImageChops

from loyalty.contract.raster import Raster
from simulators.card import SimCard
from simulators.face import CardFace

NO_THERMAL_LAYER = ("plain", "magnetic")
"""Kinds whose face stays as it is under heat alone."""


class Heat:
    """Cards wear by the share of the face that is erased: a whole face is one cycle."""

    def __init__(self) -> None:
        self._shares: WeakKeyDictionary[CardFace, float] = WeakKeyDictionary()

    def erase(self, card: SimCard, mask: Raster) -> None:
        if card.kind in NO_THERMAL_LAYER:
            return
        face: CardFace = card.face
        chosen = picture_of(mask)
        kept = ImageChops.subtract(face.printed, chosen)
        cycles = face.cycles
        face.printed = ImageChops.darker(face.printed, chosen)
        face.erase()  # fades what is left in `printed`, the chosen dots, to ghosts
        face.printed = kept
        worn = self._shares.get(face, 0.0) + chosen.histogram()[255] / (mask.width * mask.height)
        face.cycles = cycles + int(worn)
        self._shares[face] = worn - int(worn)

    def write(self, card: SimCard, dots: Raster, *, ribbon: bool) -> None:
        if ribbon or card.kind not in NO_THERMAL_LAYER:
            face: CardFace = card.face
            face.print(picture_of(dots))


def picture_of(dots: Raster) -> Image.Image:
    """Mode L, 255 where the head heats."""
    return Image.frombytes("1", (dots.width, dots.height), dots.rows).convert("L")
