"""What a Star TCP300 keeps in volatile memory: two print buffers and the data set for the stripe."""

from PIL import Image, ImageDraw, ImageFont

from loyalty.devices.wire.star_tcp.block import Command
from loyalty.devices.wire.star_tcp.face import Barcode, ImageBlock, ImageColumn, PrintText

BLACK = 255


class Buffers:
    """Dots as pictures of mode L, 255 = burn. Nothing here is emptied by printing.

    The unit's own characters and bar codes are not drawn as it would: text takes Pillow's built-in font, and a bar
    code is a frame with its data in it. A host that needs exact dots sends a raster.
    """

    def __init__(self, size: tuple[int, int], top_bit: str) -> None:
        self._size, self._top_bit = size, top_bit
        self.stripe: dict[int, bytes] = {}
        self.clear()

    @property
    def empty(self) -> bool:
        """No dot is left of any job."""
        return self.text.getbbox() is None and self.raster.getbbox() is None

    def clear(self) -> None:
        """As after power-on."""
        self.clear_text()
        self.clear_raster()
        self.stripe.clear()

    def clear_text(self) -> None:
        self.text = Image.new("L", self._size)
        self._pen = (0, 0, 0)

    def clear_raster(self) -> None:
        self.raster = Image.new("L", self._size)

    def picture(self) -> Image.Image:
        """Both buffers, one over the other."""
        return Image.composite(Image.new("L", self._size, BLACK), self.text, self.raster)

    def expand(self, command: Command) -> bool:
        """Put a picture command into its buffer; False when it does not fit (status 51h)."""
        if isinstance(command, ImageColumn):
            self._columns(command.x, command.y, len(command.dots), command.dots)
        elif isinstance(command, ImageBlock):
            self._columns(command.x, command.y, command.height, command.dots)
        elif isinstance(command, PrintText):
            return self._write(command)
        elif isinstance(command, Barcode):
            return self._frame(command)
        return True

    def _columns(self, x: int, y: int, height: int, dots: bytes) -> None:
        for at, byte in enumerate(dots):
            column, top = x + at // height, (y + at % height) * 8
            for bit in range(8):
                mask = 1 << bit if self._top_bit == "low" else 0x80 >> bit
                self.raster.putpixel((column, top + bit), BLACK if byte & mask else 0)

    def _write(self, command: PrintText) -> bool:
        direction, x, y = command.at or self._pen
        font = ImageFont.load_default(22)
        text = command.text.decode("latin-1").replace("\x1b", "")
        layer = self._layer(direction)
        _, _, right, _ = ImageDraw.Draw(layer).textbbox((x, y), text, font=font, anchor="ls")
        if right > layer.width:
            return False
        ImageDraw.Draw(layer).text((x, y), text, fill=BLACK, font=font, anchor="ls")
        self._pen = (direction, int(right), y)
        self._keep(layer, direction)
        return True

    def _frame(self, command: Barcode) -> bool:
        layer = self._layer(0)
        box = (20, min(command.start_y, command.end_y), layer.width - 20, max(command.start_y, command.end_y))
        draw = ImageDraw.Draw(layer)
        draw.rectangle(box, outline=BLACK)
        draw.text((26, box[1] + 4), command.content.decode("latin-1"), fill=BLACK, font=ImageFont.load_default(14))
        self._keep(layer, 0)
        return True

    def _layer(self, direction: int) -> Image.Image:
        return Image.new("L", self._size if direction else self._size[::-1])

    def _keep(self, layer: Image.Image, direction: int) -> None:
        lying = layer if direction else layer.transpose(Image.Transpose.ROTATE_90)
        self.text.paste(BLACK, (0, 0), lying)
