"""The rectangles that change from one face to another: few and small."""

from collections.abc import Iterator

from loyalty.contract.raster import Raster

GAP = 16
"""Unchanged rows or columns between two changes that make two rectangles of them."""
MOST = 64
"""Rectangles in one operation; a face that changes in more places is one rectangle."""
Box = tuple[int, int, int, int]
"""x, y, width, height in dots."""


def areas_to_change(face: Raster, present: Raster) -> list[Box]:
    """Bands of rows that differ, each cut where enough columns do not. Empty when the faces are the same."""
    size, stride, bits = len(face.rows), face.stride, face.stride * 8
    differs = (int.from_bytes(face.rows) ^ int.from_bytes(present.rows)).to_bytes(size)
    rows = [int.from_bytes(differs[y * stride : (y + 1) * stride]) for y in range(face.height)]
    boxes = []
    for top, bottom in _runs(y for y, row in enumerate(rows) if row):
        merged = 0
        for row in rows[top:bottom]:
            merged |= row
        for left, right in _runs(x for x in range(face.width) if merged >> (bits - 1 - x) & 1):
            boxes.append((left, top, right - left, bottom - top))
    return boxes if len(boxes) <= MOST else [_around(boxes)]


def _around(boxes: list[Box]) -> Box:
    """The rectangle that holds them all."""
    left, top = min(box[0] for box in boxes), min(box[1] for box in boxes)
    return left, top, max(box[0] + box[2] for box in boxes) - left, max(box[1] + box[3] for box in boxes) - top


def _runs(used: Iterator[int]) -> Iterator[tuple[int, int]]:
    """Stretches (start, end) that cover rising numbers, taking in gaps of fewer than GAP."""
    start = end = -1
    for number in used:
        if end < 0:
            start = number
        elif number - end >= GAP:
            yield start, end
            start = number
        end = number + 1
    if end >= 0:
        yield start, end
