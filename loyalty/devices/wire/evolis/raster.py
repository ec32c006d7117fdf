"""A picture as an Evolis plane holds it, and back.

The card travels lengthwise, so a line of the plane is a column of the picture, from its left edge to its right; in a
line the lowest dot of the column comes first, most significant bit first. Observed with the vendor's library 9.4.1:
the dot (0, 0) of 1016 x 648 is bit 01h of byte 80, (1015, 647) is bit 80h of byte 82215.
"""

from collections.abc import Iterator

from loyalty.contract.raster import Raster
from loyalty.devices.wire.evolis.messages import CompressedPlane, Geometry, Plane

WHITE_LINE, BLACK_LINE = 0x00, 0xFF


def plane_of(face: Raster) -> bytes:
    """The dots of `face` as a plane, one bit to the dot, 1 = heat."""
    # text of 0 and 1 instead of bits: slices with a step, int() and format() do the turning at the speed of C
    picture = "".join(f"{int.from_bytes(row):0{8 * face.stride}b}"[: face.width] for row in _rows(face))
    line_bytes = (face.height + 7) // 8
    padding = "0" * (8 * line_bytes - face.height)
    lines = (picture[x :: face.width][::-1] + padding for x in range(face.width))
    return b"".join(int(line, 2).to_bytes(line_bytes) for line in lines)


def raster_of(dots: bytes, geometry: Geometry) -> Raster:
    """The picture that a plane of one bit to the dot shows; missing bytes are white, surplus ones are left out."""
    size, width, height = geometry.line_bytes, geometry.width, geometry.height
    dots = dots.ljust(width * size, b"\0")
    lines = (dots[at : at + size] for at in range(0, width * size, size))
    picture = "".join(f"{int.from_bytes(line):0{8 * size}b}"[:height] for line in lines)
    stride = (width + 7) // 8
    padding = "0" * (8 * stride - width)
    rows = (picture[y::height] + padding for y in range(height - 1, -1, -1))
    return Raster(width, height, b"".join(int(row, 2).to_bytes(stride) for row in rows))


def _rows(face: Raster) -> Iterator[bytes]:
    for at in range(0, len(face.rows), face.stride):
        yield face.rows[at : at + face.stride]


def lines_of(plane: Plane, geometry: Geometry) -> bytes:
    """The plane at one line to the column; at 600 and 1200 dpi each column travels two or four times.

    ValueError when it has more than one bit to the dot.
    """
    if plane.levels != 2:
        raise ValueError(f"a plane of {plane.levels} levels is no black and white picture")
    steps, size = (plane.dpi[0] // 300 if plane.dpi else 1), geometry.line_bytes
    starts = range(0, geometry.width * size * steps, size * steps)
    return plane.dots if steps == 1 else b"".join(plane.dots[at : at + size] for at in starts)


def compressed(dots: bytes, panel: str, geometry: Geometry) -> CompressedPlane:
    """The same dots line by line, white ends left out (guide A5013 Rev. E, section 4)."""
    size, data = geometry.line_bytes, bytearray()
    for at in range(0, len(dots), size):
        line = dots[at : at + size]
        used = line.rstrip(b"\0")
        if not used:
            data.append(WHITE_LINE)
        elif line.count(0xFF) == size:
            data.append(BLACK_LINE)
        else:
            data.append(len(used))
            data += used
    return CompressedPlane(panel, 2, 0, bytes(data))


def expanded(plane: CompressedPlane, geometry: Geometry) -> bytes:
    """All lines of the plane; those before the first and behind the last are white. ValueError for a bad length."""
    size, data, at = geometry.line_bytes, plane.data, 0
    lines = [bytes(size)] * plane.first_line
    while at < len(data):
        length = data[at]
        if length == BLACK_LINE:
            lines.append(b"\xff" * size)
            length = 0
        elif length > size:
            raise ValueError(f"a line of {length} bytes, where {size} is the longest")
        else:
            lines.append(data[at + 1 : at + 1 + length].ljust(size, b"\0"))
        at += 1 + length
    return b"".join(lines[: geometry.width]).ljust(geometry.width * size, b"\0")
