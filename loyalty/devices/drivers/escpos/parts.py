"""Paper parts -> bytes. python-escpos writes styles, QR, cut and drawer pulses; it never sees a port.

What it does wrong in 3.1 is kept from the paper: its text() guesses code pages and loses Chinese punctuation, its
barcode() prints on standard output and leaves the paper centred, its graphics mode breaks above 65,535 bytes. Text,
bars and pictures are therefore written by wire.escpos.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import singledispatchmethod

from escpos.constants import QR_ECLEVEL_M
from escpos.printer import Dummy

from loyalty.contract.paper import BarCode, Cut, Feed, OpenDrawer, Part, Picture, QrCode, Text
from loyalty.devices.profiles import Profile
from loyalty.devices.wire.escpos import encode
from loyalty.errors import Rejected

FEED_TO_KNIFE_LINES = 6
"""Lines between head and knife (python-escpos feeds as many before it cuts)."""


MOST_QR_BYTES = 700
"""More than any receipt needs; and no length near 1,040, whose two bytes would read as DLE EOT."""


class PartEncoder:
    """Parts as bytes for one model. Pieces end at the end of a command; every part sets its own alignment."""

    def __init__(self, profile: Profile) -> None:
        self.paper_dots = int(profile["paper_dots"])
        self.columns = int(profile["columns"])
        self._codec = str(profile["codec"])
        self._cut = str(profile["cut"])
        self._strip_rows = int(profile["raster_strip_rows"])
        self._page = encode.code_page(int(profile["code_page"]))
        self._kanji_off = encode.KANJI_OFF if profile["kanji_at_reset"] else b""

    def can_encode(self, text: str) -> bool:
        """Does every character stand in the printer's code page?"""
        try:
            text.encode(self._codec)
        except UnicodeEncodeError:
            return False
        return text.isprintable()

    def start(self) -> bytes:
        """What makes the printer forget the job before."""
        return encode.INITIALISE + self._kanji_off + self._page

    def all(self, parts: Sequence[Part]) -> list[bytes]:
        """Every part's bytes; Rejected with the reason before anything has been sent."""
        return [piece for part in parts for piece in self._encode(part)]

    @singledispatchmethod
    def _encode(self, part: Part) -> Iterator[bytes]:
        raise Rejected(f"A receipt printer cannot print {part!r}.")

    @_encode.register
    def _text(self, part: Text) -> Iterator[bytes]:
        if not self.can_encode(part.text):
            raise Rejected(f"The printer has no characters for {part.text!r}.", advice="Send this line as a picture.")
        style = _library(lambda d: d.set(
            align=part.align, bold=part.bold, custom_size=True, width=part.width, height=part.height,
        ))  # fmt: skip
        yield style + part.text.encode(self._codec) + encode.LINE_FEED

    @_encode.register
    def _picture(self, part: Picture) -> Iterator[bytes]:
        if part.raster.width > self.paper_dots:
            raise Rejected(f"The picture is {part.raster.width} dots wide, the paper {self.paper_dots}.")
        yield encode.align(part.align)
        yield from encode.raster(part.raster, self._strip_rows)

    @_encode.register
    def _qr(self, part: QrCode) -> Iterator[bytes]:
        if not 1 <= part.module_dots <= 16 or not part.data:
            raise Rejected(f"A QR code has 1 to 16 dots per module and some data, not {part!r}.")
        if not part.data.isprintable() or len(part.data.encode()) > MOST_QR_BYTES:
            raise Rejected(f"A QR code on paper carries printable text of at most {MOST_QR_BYTES} bytes.")
        code = _library(lambda d: d.qr(part.data, ec=QR_ECLEVEL_M, size=part.module_dots, native=True))
        yield encode.align(part.align) + code

    @_encode.register
    def _bars(self, part: BarCode) -> Iterator[bytes]:
        modules = 11 * (len(part.data) + 3) + 2 + 20
        try:
            code = encode.code_128(part.data, part.height_dots, 3 if modules * 3 <= self.paper_dots else 2, part.text)
        except ValueError as error:
            raise Rejected(f"This barcode cannot be printed: {error}.") from error
        yield encode.align("center") + code

    @_encode.register
    def _feed(self, part: Feed) -> Iterator[bytes]:
        if part.lines > 0:
            yield encode.feed_lines(part.lines)

    @_encode.register
    def _knife(self, part: Cut) -> Iterator[bytes]:
        if self._cut == "none":
            yield encode.feed_lines(FEED_TO_KNIFE_LINES)
        else:
            yield _library(lambda d: d.cut("PART" if self._cut == "partial" else "FULL"))

    @_encode.register
    def _drawer(self, part: OpenDrawer) -> Iterator[bytes]:
        if part.pin not in (2, 5):
            raise Rejected(f"A drawer hangs on pin 2 or 5, not {part.pin}.")
        yield _library(lambda d: d.cashdraw(part.pin))


def _library(write: Callable[[Dummy], None]) -> bytes:
    """What python-escpos writes for one call."""
    dummy = Dummy()
    write(dummy)
    output: bytes = dummy.output
    return output
