"""Bits <-> bytes, as units carry raw tracks. The same unit may write lowest bit first and read highest bit first."""

from collections.abc import Sequence


def packed(bits: Sequence[int], lowest_first: bool) -> bytes:
    """Eight bits to a byte, the last byte filled up with zeros."""
    out = bytearray((len(bits) + 7) // 8)
    for at, bit in enumerate(bits):
        out[at // 8] |= bit << (at % 8 if lowest_first else 7 - at % 8)
    return bytes(out)


def bits_in(data: bytes, lowest_first: bool) -> list[int]:
    """The bits of `data` in the order in which they pass the head."""
    return [byte >> (place if lowest_first else 7 - place) & 1 for byte in data for place in range(8)]
