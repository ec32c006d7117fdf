"""Pictures in the forms that ESC/POS has: rows (GS v 0, GS ( L), columns (ESC *, GS *), and modules of codes."""

from PIL import Image

from loyalty.devices.wire.escpos import Command, number
from simulators.paper.font import glyph


def raster(command: Command) -> Image.Image:
    """GS v 0 m xL xH yL yH: rows of bytes; m 1 doubles the width, 2 the height."""
    mode, wide, high = command.arguments[1], number(command.arguments[2:4]), number(command.arguments[4:6])
    if not wide or not high:
        return Image.new("L", (1, 1), 0)
    return stretched(Image.frombytes("1", (wide * 8, high), command.data).convert("L"), mode)


def stretched(image: Image.Image, mode: int) -> Image.Image:
    """0 as it is, 1 twice as wide, 2 twice as high, 3 both."""
    size = image.width * (2 if mode & 1 else 1), image.height * (2 if mode & 2 else 1)
    return image if size == image.size else image.resize(size, Image.Resampling.NEAREST)


def graphics(data: bytes) -> Image.Image:
    """GS ( L, functions 112 (rows) and 113 (columns): m fn a bx by c xL xH yL yH d…"""
    by = (data[3], data[4])
    wide, high = number(data[6:8]), number(data[8:10])
    body = data[10:]
    if data[1] == 112:
        body = body[: (wide + 7) // 8 * high].ljust((wide + 7) // 8 * high, b"\0")
        image = Image.frombytes("1", (wide, high), body).convert("L")
    else:
        image = columns_of(body, wide, (high + 7) // 8)
    return image.resize((image.width * max(by[0], 1), image.height * max(by[1], 1)), Image.Resampling.NEAREST)


def columns(command: Command) -> Image.Image:
    """ESC * m nL nH: 8 or 24 dots high, each column from the top; low densities are stretched to the head's."""
    mode = command.arguments[0]
    tall = mode in (32, 33)
    image = columns_of(command.data, number(command.arguments[1:3]), 3 if tall else 1)
    wide = image.width * (1 if mode in (1, 33) else 2)
    return image.resize((max(wide, 1), 24), Image.Resampling.NEAREST)


def columns_of(data: bytes, wide: int, bytes_high: int) -> Image.Image:
    """Columns left to right, each `bytes_high` bytes from the top, the highest bit uppermost."""
    if not wide or not bytes_high:
        return Image.new("L", (1, 1), 0)
    body = data[: wide * bytes_high].ljust(wide * bytes_high, b"\0")
    sideways = Image.frombytes("1", (bytes_high * 8, wide), body)
    return sideways.transpose(Image.Transpose.TRANSPOSE).convert("L")


def modules(rows: tuple[str, ...], wide: int, high: int) -> Image.Image:
    """Rows of 1 and 0, each module `wide` x `high` dots."""
    image = Image.new("L", (len(rows[0]), len(rows)), 0)
    image.putdata([255 if module == "1" else 0 for row in rows for module in row])
    return image.resize((image.width * wide, image.height * high), Image.Resampling.NEAREST)


def with_text(image: Image.Image, text: str, cell: tuple[int, int], above: bool, below: bool) -> Image.Image:
    """The text of a bar code in the printer's font, centred over or under it."""
    if not above and not below:
        return image
    wide = max(image.width, len(text) * cell[0])
    line = cell[1] + 2
    sheet = Image.new("L", (wide, image.height + line * (above + below)), 0)
    sheet.paste(image, ((wide - image.width) // 2, line if above else 0))
    for top in ([0] if above else []) + ([sheet.height - cell[1]] if below else []):
        for at, character in enumerate(text):
            sheet.paste(glyph(character, cell, False), ((wide - len(text) * cell[0]) // 2 + at * cell[0], top))
    return sheet
