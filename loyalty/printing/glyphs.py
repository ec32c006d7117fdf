"""Which characters a font file can draw: its `cmap` table, read straight from the file.

Pillow draws a box where a font has no glyph and does not say so; a member whose name comes out as boxes is a
defect, so every text is checked before it is drawn. Source of the layout: OpenType specification, chapters
"otff" (collections, table directory) and "cmap" (formats 4 and 12).
"""

import struct
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Coverage:
    """The code points of one face, as closed ranges in rising order."""

    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def __contains__(self, code_point: int) -> bool:
        at = bisect_right(self.starts, code_point) - 1
        return at >= 0 and code_point <= self.ends[at]


def read_coverage(path: Path, face: int) -> Coverage:
    """The coverage of face number `face` of a .ttc, .otc, .ttf or .otf file; ValueError when it is none of these."""
    with path.open("rb") as file:
        head = file.read(12)
        offset = 0
        if head[:4] == b"ttcf":
            (count,) = struct.unpack(">I", head[8:12])
            if face >= count:
                raise ValueError(f"{path} has {count} faces, number {face} was asked for")
            file.seek(12 + 4 * face)
            (offset,) = struct.unpack(">I", file.read(4))
        file.seek(offset)
        (tables,) = struct.unpack(">4xH6x", file.read(12))
        for tag, _, start, length in struct.iter_unpack(">4sIII", file.read(16 * tables)):
            if tag == b"cmap":
                file.seek(start)
                return _coverage(file.read(length))
    raise ValueError(f"{path} is no OpenType font: it has no cmap table")


def _coverage(cmap: bytes) -> Coverage:
    (count,) = struct.unpack_from(">H", cmap, 2)
    found: dict[int, int] = {}
    for number in range(count):
        (start,) = struct.unpack_from(">I", cmap, 8 + 8 * number)
        (kind,) = struct.unpack_from(">H", cmap, start)
        found[kind] = start
    if 12 in found:
        ranges = sorted(_groups(cmap, found[12]))
    elif 4 in found:
        ranges = sorted(_segments(cmap, found[4]))
    else:
        raise ValueError("the font's cmap has neither format 12 nor format 4")
    return Coverage(tuple(first for first, _ in ranges), tuple(last for _, last in ranges))


def _groups(cmap: bytes, start: int) -> Iterator[tuple[int, int]]:
    (count,) = struct.unpack_from(">I", cmap, start + 12)
    for first, last, glyph in struct.iter_unpack(">III", cmap[start + 16 : start + 16 + 12 * count]):
        if glyph:
            yield first, last


def _segments(cmap: bytes, start: int) -> Iterator[tuple[int, int]]:
    (doubled,) = struct.unpack_from(">H", cmap, start + 6)
    ends = struct.unpack_from(f">{doubled // 2}H", cmap, start + 14)
    starts = struct.unpack_from(f">{doubled // 2}H", cmap, start + 16 + doubled)
    for first, last in zip(starts, ends, strict=True):
        if first != 0xFFFF:
            yield first, last
