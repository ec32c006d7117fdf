"""GS ( k: two-dimensional codes. QR is drawn; of the others (PDF417, MaxiCode, …) the frame and the data's length."""

from dataclasses import dataclass

import segno
from PIL import Image, ImageDraw

from simulators.paper.pictures import modules

QR = 49
_LEVELS = {48: "l", 49: "m", 50: "q", 51: "h"}


@dataclass
class _Settings:
    dots: int = 3
    level: str = "l"
    micro: bool = False
    data: bytes = b""


class Symbols:
    """The printer's memory of the code being built. `refused`: the last print order could not be drawn truly."""

    def __init__(self) -> None:
        self._qr, self._other, self.refused = _Settings(), b"", False

    def take(self, data: bytes) -> Image.Image | None:
        """One function of GS ( k (cn fn …); the picture when it is the order to print."""
        self.refused = False
        if len(data) < 2:
            return None
        kind, function, rest = data[0], data[1], data[2:]
        if kind == QR:
            return self._take_qr(function, rest)
        if function == 80:
            self._other = rest[1:]
        elif function == 81:
            self.refused = True
            return _frame(f"2D code {kind}: {len(self._other)} bytes")
        return None

    def _take_qr(self, function: int, rest: bytes) -> Image.Image | None:
        if function == 65:
            self._qr.micro = rest[:1] == b"3"
        elif function == 67:
            self._qr.dots = max(1, min(rest[0], 16))
        elif function == 69:
            self._qr.level = _LEVELS.get(rest[0], "l")
        elif function == 80:
            self._qr.data = rest[1:]
        elif function == 81 and self._qr.data:
            return self._drawn()
        return None

    def _drawn(self) -> Image.Image | None:
        try:
            code = segno.make(_content(self._qr.data), error=self._qr.level, micro=self._qr.micro, boost_error=False)
        except (segno.DataOverflowError, ValueError):
            self.refused = True
            return None
        rows = tuple("".join("1" if module else "0" for module in row) for row in code.matrix)
        return modules(rows, self._qr.dots, self._qr.dots)


def _content(data: bytes) -> bytes | str:
    """Digits and capitals are packed closely, as printers do; the rest goes as bytes."""
    return data.decode("ascii") if data.isascii() else data


def _frame(text: str) -> Image.Image:
    image = Image.new("L", (360, 60), 0)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 359, 59), outline=255, width=2)
    draw.text((180, 30), text, fill=255, anchor="mm")
    return image
