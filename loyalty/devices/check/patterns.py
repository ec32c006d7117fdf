"""What a check prints: a face in which every fault of geometry shows. Drawn dot by dot, without a font."""

from loyalty.contract.raster import Raster

WORDS = (
    "a frame on all four sides, an F in the upper left corner, grey stripes on the right, nothing older shining through"
)
_F = ("11111", "10000", "10000", "11110", "10000", "10000", "10000")


def trial_face(dots: tuple[int, int]) -> Raster:
    """Frame: is anything cut off? F: mirrored or upside down? Stripes: dead dots of the head? Few dots: little wear."""
    width, height = dots
    stride = (width + 7) // 8
    rows = [bytearray(stride) for _ in range(height)]

    def fill(left: int, top: int, right: int, bottom: int) -> None:
        for y in range(max(0, top), min(height, bottom)):
            for x in range(max(0, left), min(width, right)):
                rows[y][x // 8] |= 0x80 >> x % 8

    for box in ((0, 0, width, 2), (0, height - 2, width, height), (0, 0, 2, height), (width - 2, 0, width, height)):
        fill(*box)
    cell = max(1, height // 24)
    for y, line in enumerate(_F):
        for x, dot in enumerate(line):
            if dot == "1":
                fill((x + 2) * cell, (y + 2) * cell, (x + 3) * cell, (y + 3) * cell)
    for x in range(width * 3 // 4, width - 3 * cell, 4):
        fill(x, 2 * cell, x + 2, height - 2 * cell)
    return Raster(width, height, b"".join(bytes(row) for row in rows))
