"""Data blocks: ESC s, the tracks, ? FS. MSR605 Programmer's Manual rev. B, section 7 (page 11).

An ISO block separates tracks by ESC and their number; a raw block says each track's length, for its bytes may be
anything. A unit may leave out a track that carries nothing.
"""

from collections.abc import Callable
from typing import TypeVar

ESC, FS, STX = 0x1B, 0x1C, 0x73
TRACKS = (1, 2, 3)
LONGEST_TRACK = 255
"""A raw track's length is one byte."""
Track = TypeVar("Track")


class Malformed(ValueError):
    """Bytes that are no message of this language."""


class Short(Exception):
    """The message goes on; its end has not come."""


class Cursor:
    """Walks over bytes that may still be incomplete: Short where they end."""

    def __init__(self, data: bytes) -> None:
        self._data, self.at = data, 0

    def byte(self) -> int:
        if self.at >= len(self._data):
            raise Short
        self.at += 1
        return self._data[self.at - 1]

    def take(self, count: int) -> bytes:
        if self.at + count > len(self._data):
            raise Short
        self.at += count
        return self._data[self.at - count : self.at]

    def expect(self, *values: int) -> None:
        for value in values:
            if self.byte() != value:
                raise Malformed(f"{value:02X}h was expected at byte {self.at}.")

    def peek(self) -> int:
        if self.at >= len(self._data):
            raise Short
        return self._data[self.at]


def iso_block(tracks: dict[int, bytes]) -> bytes:
    """All three tracks, empty where nothing is given."""
    inside = b"".join(bytes([ESC, track]) + tracks.get(track, b"") for track in TRACKS)
    return bytes([ESC, STX]) + inside + bytes([0x3F, FS])


def raw_block(tracks: dict[int, bytes]) -> bytes:
    """The same with lengths."""
    given = [(track, tracks.get(track, b"")) for track in TRACKS]
    if any(len(data) > LONGEST_TRACK for _, data in given):
        raise ValueError(f"A raw track has at most {LONGEST_TRACK} bytes.")
    inside = b"".join(bytes([ESC, track, len(data)]) + data for track, data in given)
    return bytes([ESC, STX]) + inside + bytes([0x3F, FS])


def read_block(cursor: Cursor, track: Callable[[Cursor], Track]) -> dict[int, Track]:
    """The tracks of a block that begins at the cursor; `track` reads what stands behind ESC and the number."""
    cursor.expect(ESC, STX)
    found: dict[int, Track] = {}
    while cursor.peek() == ESC:
        cursor.expect(ESC)
        number = cursor.byte()
        if number not in TRACKS or number <= max(found, default=0):
            raise Malformed(f"A track {number:02X}h cannot stand here.")
        found[number] = track(cursor)
    cursor.expect(0x3F, FS)
    return found


def raw_track(cursor: Cursor) -> bytes:
    return cursor.take(cursor.byte())


def iso_track(cursor: Cursor) -> bytes:
    """Text up to the next ESC or the block's end; ESC * and ESC + (bad, empty) belong to it."""
    start = cursor.at
    text = bytearray()
    while True:
        sign = cursor.peek()
        if sign == ESC:
            if not text and _next(cursor) in b"*+":
                return cursor.take(2)
            return bytes(text)
        if sign == FS:
            if text[-1:] != b"?":
                raise Malformed("A block ended without its question mark.")
            cursor.at -= 1  # the last one closes the block
            return bytes(text[:-1])
        if not 0x20 <= sign <= 0x5F or cursor.at - start > LONGEST_TRACK:
            raise Malformed(f"{sign:02X}h is no character of a track.")
        text.append(cursor.byte())


def _next(cursor: Cursor) -> int:
    at = cursor.at
    cursor.expect(ESC)
    value = cursor.peek()
    cursor.at = at
    return value
