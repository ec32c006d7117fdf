"""A face as characters: the unit prints text, so every 24 x 24 dots of the raster become a character of our own.

The units have a command for pictures (7Bh) whose layout nobody knows. Characters of one's own (7Ah) and text (7Ch) are
known, and each print command may name as many characters as there are slots; a full face takes several.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from loyalty.contract.raster import Raster
from loyalty.devices.profiles import Profile
from loyalty.devices.wire.sanwa.block import MAX_DATA
from loyalty.devices.wire.sanwa.face import GLYPH_DOTS, PrintText, RegisterGlyph
from loyalty.devices.wire.sanwa.text import Glyph, NewLine, Piece, encode_pieces

Tile = bytes
Grid = list[list[Tile]]
"""Tiles by line of the upright card, then by column."""
BLANK: Tile = bytes(GLYPH_DOTS * GLYPH_DOTS // 8)
TEXT_BYTES = MAX_DATA - 3
_ROW_MASK = (1 << GLYPH_DOTS) - 1


@dataclass(frozen=True)
class Band:
    """Some lines of the face: what has to be registered for them, and the command that prints them."""

    glyphs: tuple[RegisterGlyph, ...]
    text: PrintText


@dataclass(frozen=True)
class Plan:
    """What turns a card that shows one face into one that shows another."""

    erase: bool
    bands: tuple[Band, ...]

    @property
    def nothing(self) -> bool:
        return not self.erase and not self.bands


def plan_for(face: Raster, present: Raster | None, profile: Profile) -> Plan:
    """The least that the unit can do. `present`: what the card shows, None when nobody knows.

    Erasing wears the card and takes the whole face. It is left out when no black dot has to turn white; then only lines
    with new dots are printed.
    """
    wanted = grid_of(face, profile)
    if present is None:
        return Plan(True, tuple(bands(wanted, profile)))
    if _vanishing(present, face):
        return Plan(True, tuple(bands(wanted, profile)))
    shown = grid_of(present, profile)
    changed = [line if line != old else [BLANK] * len(line) for line, old in zip(wanted, shown, strict=True)]
    return Plan(False, tuple(bands(changed, profile)))


def grid_of(face: Raster, profile: Profile) -> Grid:
    """The lying face, turned upright and cut up."""
    rows = _upright(face, profile["face_turn"])
    columns, lines = profile["face_grid"]["columns"], profile["face_grid"]["lines"]
    return [
        [_tile(rows, line, columns - 1 - column) for column in range(columns)] for line in range(lines)
    ]


def bands(grid: Grid, profile: Profile) -> Iterator[Band]:
    """As many lines at a time as there are slots for their characters and room in a command; white lines are left out.

    Every band registers all it needs, so that it can be printed again when the unit has been off.
    """
    first, last = profile["glyph_slots"]
    band: list[list[Tile]] = []
    top = 0
    for number, line in enumerate(grid):
        inked = _inked(line)
        if not band and not inked:
            continue
        grown = [*band, inked]
        if band and (len(_kinds(grown)) > last - first + 1 or len(_text(grown, first)) > TEXT_BYTES):
            yield _band(band, top, first, profile)
            grown = [inked]
        top = number if len(grown) == 1 else top
        band = grown if any(grown) else []
    if any(band):
        yield _band(band, top, first, profile)


def _band(band: list[list[Tile]], top: int, first: int, profile: Profile) -> Band:
    while not band[-1]:
        band = band[:-1]
    glyphs = tuple(RegisterGlyph(first + at, tile) for at, tile in enumerate(_kinds(band)))
    return Band(glyphs, PrintText(_text(band, first), top, profile["print_mode"]))


def _kinds(band: list[list[Tile]]) -> list[Tile]:
    """The different tiles, in the order of their slots."""
    return list(dict.fromkeys(tile for line in band for tile in line))


def _text(band: list[list[Tile]], first: int) -> bytes:
    slots = {tile: first + at for at, tile in enumerate(_kinds(band))}
    pieces: list[Piece] = []
    for line in band:
        pieces += [Glyph(slots[tile]) for tile in line]
        pieces.append(NewLine())
    return encode_pieces(pieces[:-1])


def _inked(line: list[Tile]) -> list[Tile]:
    """The line without the white at its end."""
    end = len(line)
    while end and line[end - 1] == BLANK:
        end -= 1
    return line[:end]


def _upright(face: Raster, turn: str) -> list[int]:
    """The rows of the upright card as numbers of face.height bits, left dot highest."""
    rows = [0] * face.width
    for y in range(face.height):
        shift = y if turn == "clockwise" else face.height - 1 - y
        line = int.from_bytes(face.rows[y * face.stride : (y + 1) * face.stride]) >> face.stride * 8 - face.width
        while line:
            x = face.width - line.bit_length()
            line &= ~(1 << line.bit_length() - 1)
            rows[x if turn == "clockwise" else face.width - 1 - x] |= 1 << shift
    return rows


def _tile(rows: list[int], line: int, from_right: int) -> Tile:
    shift = from_right * GLYPH_DOTS
    cut = rows[line * GLYPH_DOTS : (line + 1) * GLYPH_DOTS]
    return b"".join((row >> shift & _ROW_MASK).to_bytes(GLYPH_DOTS // 8) for row in cut)


def _vanishing(present: Raster, face: Raster) -> bool:
    """Has any black dot to turn white?"""
    return bool(int.from_bytes(present.rows) & ~int.from_bytes(face.rows))
