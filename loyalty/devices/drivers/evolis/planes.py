"""Which dots are heated: as few as the card allows.

The write plane always holds the whole new face: dots that are black already lose nothing by it, and a dot that had
faded is black again. What wears a rewritable card is erasing, so only dots that are to turn white are erased where the
printer takes a mask, all of them where it does not or where nobody knows what is on the card.
"""

from dataclasses import dataclass

from loyalty.contract.raster import Raster
from loyalty.devices.profiles import Profile
from loyalty.devices.wire.evolis.raster import plane_of


@dataclass(frozen=True)
class Planes:
    """None: this plane is not sent."""

    write: bytes | None
    erase: bytes | None

    @property
    def nothing(self) -> bool:
        return self.write is None and self.erase is None


def planes_for(face: Raster, present: Raster | None, profile: Profile) -> Planes:
    """What turns a card that shows `present` (None: not known) into one that shows `face`."""
    if present == face:
        return Planes(None, None)
    return Planes(_plane(face), _erase_plane(face, present, profile))


def _erase_plane(face: Raster, present: Raster | None, profile: Profile) -> bytes | None:
    if profile["erase"] == "none":
        return None
    if present is not None:
        vanishing = _without(present, face)
        if not any(vanishing.rows) or profile["erase"] == "mask":
            return _plane(vanishing)
    return b"\xff" * int(profile["plane_bytes"])


def _plane(picture: Raster) -> bytes | None:
    """None for a white picture: the vendor's library leaves such planes out."""
    return plane_of(picture) if any(picture.rows) else None


def _without(picture: Raster, other: Raster) -> Raster:
    """The dots of `picture` that `other` does not have."""
    size = len(picture.rows)
    dots = int.from_bytes(picture.rows) & ~int.from_bytes(other.rows)
    return Raster(picture.width, picture.height, dots.to_bytes(size))
