"""Paper coming out of a printer: a 1-bit picture that grows downwards and is cut."""

import io

from PIL import Image

MARGIN_MM = 4
"""White on either side of the printable width (72 of 80 mm)."""
_KEPT_CUTS = 2


class Paper:
    """`dots` wide. Row 0 is the first row since the last cut but two; older paper is thrown away.

    knife_rows: the knife stands this far above the print head, so a cut goes through what was printed before.
    """

    def __init__(self, dots: int, dots_per_mm: int, knife_rows: int) -> None:
        self.dots, self.dots_per_mm, self.knife_rows = dots, dots_per_mm, knife_rows
        self._stride = (dots + 7) // 8
        self._rows = bytearray()
        self._cuts: list[int] = []
        self.rows_printed = 0
        """Rows since the roll was put in."""

    @property
    def height(self) -> int:
        return len(self._rows) // self._stride

    def feed(self, rows: int) -> None:
        """Blank paper; a negative number pulls paper back and nothing is printed twice."""
        if rows > 0:
            self._rows += bytes(self._stride * rows)
            self.rows_printed += rows

    def stamp(self, image: Image.Image) -> None:
        """A picture (mode 1 or L, set pixels black) over the whole width, below what is there."""
        sheet = Image.new("1", (self.dots, image.height))
        sheet.paste(image.convert("1"), (0, 0))
        self._rows += sheet.tobytes()
        self.rows_printed += image.height

    def cut(self) -> None:
        """Cut at the knife, not at the head. A cut through paper that is blank since the last one is no new slip."""
        at = max(0, self.height - self.knife_rows)
        if not any(self._rows[(self._cuts[-1] if self._cuts else 0) * self._stride : at * self._stride]):
            return
        self._cuts = [cut for cut in self._cuts if cut < at] + [at]
        if len(self._cuts) > _KEPT_CUTS:
            gone = self._cuts[-_KEPT_CUTS - 1]
            del self._rows[: gone * self._stride]
            self._cuts = [cut - gone for cut in self._cuts if cut > gone]

    def tear_off(self) -> None:
        """By hand, at the bar: what was printed is gone with its owner."""
        self._rows.clear()
        self._cuts.clear()

    def image(self) -> Image.Image:
        """The paper since the last cut but one, black on white with its margins; cuts are dashed lines."""
        start = self._cuts[-2] if len(self._cuts) > 1 else 0
        high = max(self.height - start, 1)
        rows = bytes(self._rows[start * self._stride :]) or bytes(self._stride)
        printed = Image.frombytes("1", (self.dots, high), rows).convert("L").point(_FLIP)
        margin = MARGIN_MM * self.dots_per_mm
        sheet = Image.new("L", (self.dots + 2 * margin, high), 255)
        sheet.paste(printed, (margin, 0))
        for cut in self._cuts:
            if cut > start:
                for x in range(0, sheet.width, 12):
                    sheet.paste(0, (x, cut - start - 1, x + 6, cut - start))
        return sheet.convert("1")

    def png(self) -> bytes:
        out = io.BytesIO()
        self.image().save(out, "PNG")
        return out.getvalue()


_FLIP = [255 - grey for grey in range(256)]
