"""Which part of a face is heated: as little as the card allows.

Erasing wears a rewritable card. A job of this unit erases one rectangle, so it is the smallest one that holds every dot
that changes, in whole units of 8 dots across the card.
"""

from loyalty.contract.raster import Raster
from loyalty.devices.wire.easyprinter.geometry import FACE, UNIT, Area


def area_to_change(face: Raster, present: Raster | None) -> Area | None:
    """The rectangle that turns a card that shows `present` (None: not known) into `face`; None for no change."""
    if present is None:
        return FACE
    size = len(face.rows)
    differs = (int.from_bytes(face.rows) ^ int.from_bytes(present.rows)).to_bytes(size)
    if not any(differs):
        return None
    stride = face.stride
    rows = [y for y in range(face.height) if any(differs[y * stride : (y + 1) * stride])]
    merged = 0
    for y in rows:
        merged |= int.from_bytes(differs[y * stride : (y + 1) * stride])
    bits = stride * 8
    left = bits - merged.bit_length()
    right = bits - ((merged & -merged).bit_length() - 1)
    return Area(left, rows[0] // UNIT, right, rows[-1] // UNIT + 1)
