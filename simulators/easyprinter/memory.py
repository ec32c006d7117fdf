"""What an EasyPrinter keeps in volatile memory: the document as it comes in.

The unit's own letters are not drawn as it would: text takes Pillow's built-in font. A host that needs exact dots sends
columns. What a document sets (window, area, sizes) is taken to be forgotten with it; the sources do not say.
"""

from PIL import Image, ImageDraw, ImageFont

from loyalty.contract.raster import Raster
from loyalty.devices.wire.easyprinter.geometry import ACROSS_EDGE, HEIGHT, UNIT, UNITS, WHOLE, WIDTH, Area, x_of
from loyalty.devices.wire.easyprinter.messages import (
    Across,
    Along,
    Column,
    DoubleHeight,
    DoubleWidth,
    EraseArea,
    Message,
    Plain,
    PrintWindow,
    Text,
)

BLACK = 255
SIZES = {Plain.TEXT_SMALL: 24, Plain.TEXT_MEDIUM: 36, Plain.TEXT_LARGE: 56}
"""Height of letters in dots; ours."""


class Memory:
    """Dots as a picture of mode L, 255 = burn, as a person sees the face."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """As after power-on, and after a document was printed or thrown away."""
        self.dots = Image.new("L", (WIDTH, HEIGHT))
        self.area, self.window = WHOLE, PrintWindow(WHOLE.along, WHOLE.along_end)
        self.heard = 0
        """Messages of the document so far."""
        self._turned = self._across_text = self._wide = self._high = False
        self._size = SIZES[Plain.TEXT_MEDIUM]
        self._along, self._across = WHOLE.along_end, ACROSS_EDGE

    @property
    def empty(self) -> bool:
        return not self.heard

    def take(self, message: Message) -> None:
        self.heard += 1
        match message:
            case EraseArea():
                self.area = message
            case PrintWindow():
                self.window = message
            case Along(dots):
                self._along = dots
            case Across(units):
                self._across = units
            case DoubleWidth(on):
                self._wide = on
            case DoubleHeight(on):
                self._high = on
            case Column(dots):
                self._burn(dots)
            case Text(text):
                self._write(text)
            case Plain.TURN_FACE:
                self._turned = True
            case Plain.TEXT_ALONG | Plain.TEXT_ACROSS:
                self._across_text = message is Plain.TEXT_ACROSS
            case Plain.TEXT_SMALL | Plain.TEXT_MEDIUM | Plain.TEXT_LARGE:
                self._size = SIZES[message]

    def picture(self) -> Raster:
        """What is burnt: the dots inside the window; upside down unless the document turned the face."""
        kept = Image.new("L", (WIDTH, HEIGHT))
        left, right = max(x_of(self.window.end), 0), min(x_of(self.window.start), WIDTH)
        if left < right:
            kept.paste(self.dots.crop((left, 0, right, HEIGHT)), (left, 0))
        return _raster(kept if self._turned else kept.transpose(Image.Transpose.ROTATE_180))

    def mask(self) -> Raster:
        """Black where the face is erased."""
        part = self.erased()
        mask = Image.new("L", (WIDTH, HEIGHT))
        mask.paste(BLACK, (part.left, part.top * UNIT, part.right, part.bottom * UNIT))
        whole = part.right - part.left == WIDTH and part.bottom - part.top == UNITS
        return _raster(mask if self._turned or whole else mask.transpose(Image.Transpose.ROTATE_180))

    def erased(self) -> Area:
        """The part of the face in the area that is erased; empty (right == left) when there is none."""
        left, right = _within(x_of(self.area.along_end), WIDTH), _within(x_of(self.area.along), WIDTH)
        top, bottom = (_within(edge - ACROSS_EDGE, UNITS) for edge in (self.area.across, self.area.across_end))
        return Area(left, top, max(left, right), max(top, bottom))

    def _burn(self, column: bytes) -> None:
        """One column; the next one lies to its left."""
        self._along += 1
        x = x_of(self._along)
        if not 0 <= x < WIDTH:
            return
        for at, byte in enumerate(column[ACROSS_EDGE : ACROSS_EDGE + UNITS]):
            for bit in range(8 if byte else 0):
                if byte & 0x80 >> bit:
                    self.dots.putpixel((x, at * UNIT + bit), BLACK)

    def _write(self, text: str) -> None:
        font = ImageFont.load_default(self._size)
        _, _, right, bottom = font.getbbox(text, anchor="lt")
        layer = Image.new("L", (max(int(right), 1), max(int(bottom), 1)))
        ImageDraw.Draw(layer).text((0, 0), text, fill=BLACK, font=font, anchor="lt")
        layer = layer.resize((layer.width * (1 + self._wide), layer.height * (1 + self._high)))
        if self._across_text:
            layer = layer.transpose(Image.Transpose.ROTATE_90)
        y = (self._across - ACROSS_EDGE) * UNIT - (0 if self._across_text else layer.height)
        box = (x_of(self._along), max(0, y))
        self.dots.paste(BLACK, box, layer.point(lambda dark: BLACK if dark > 127 else 0))


def _within(number: int, most: int) -> int:
    return min(max(number, 0), most)


def _raster(picture: Image.Image) -> Raster:
    return Raster(picture.width, picture.height, picture.convert("1", dither=Image.Dither.NONE).tobytes())
