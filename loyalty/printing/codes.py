"""Code 128 and QR as rows of modules, and how large they may be; a canvas draws them in whole dots."""

from functools import lru_cache

import segno
from barcode.codex import Code128

QUIET_128 = 10
"""Blank modules on either side of a Code 128 (ISO/IEC 15417)."""
QUIET_QR = 4
"""Blank modules around a QR code (ISO/IEC 18004)."""
LEAST_DOTS = 2
"""A module of one dot does not survive a rewritable card's bleeding; two are the least that is drawn."""


@lru_cache(256)
def code128(data: str) -> str:
    """The bars of `data` as one row of 1 and 0, without quiet zones; "" when Code 128 has no sign for a character."""
    if not data or not data.isascii() or not data.isprintable():
        return ""
    row: str = Code128(data).build()[0]
    return row.strip("0")


@lru_cache(256)
def qr(data: str) -> tuple[str, ...]:
    """The modules of `data`, rows top to bottom, without quiet zone; error correction M or, where free, better."""
    code = segno.make_qr(data, error="m")
    return tuple("".join("1" if module else "0" for module in row) for row in code.matrix)


def module_dots(modules: int, room: int, largest: int, left_free: int = 0, quiet: int = QUIET_128) -> int:
    """Dots per module so that a code with its quiet zones fits `room`; 0 when it would be less than LEAST_DOTS.

    left_free: dots that are blank anyway on the left and count as quiet zone there.
    """
    for dots in range(largest, LEAST_DOTS - 1, -1):
        if modules * dots + quiet * dots + max(0, quiet * dots - left_free) <= room:
            return dots
    return 0
