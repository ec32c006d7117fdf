"""What is sent to print: a face, a part of one, or elements that the unit draws itself.

Order of a document and of each element: PrintClient.cs, PrintDocument.cs and the elements of the free client. A text
takes the unit's own letters; a box is drawn as columns of dots, as a picture is. The language has no bar codes: they
come as pictures.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from loyalty.contract.raster import Raster
from loyalty.devices.wire.easyprinter import geometry
from loyalty.devices.wire.easyprinter.geometry import ACROSS_EDGE, Area, along
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
    encode,
)

SKIP = 3
"""Empty columns that are sent along rather than jumped over: a jump costs 7 bytes, an empty column 4."""
SIZES = {"small": Plain.TEXT_SMALL, "medium": Plain.TEXT_MEDIUM, "large": Plain.TEXT_LARGE}


@dataclass(frozen=True)
class TextElement:
    """x: dots from the left, 0 to 960. y: units of 8 dots up from the lower edge, 0 to 70. Beyond them, the edge."""

    text: str
    x: int
    y: int
    size: str = "medium"
    turned: bool = False
    """Turned by 90 degrees."""
    double_width: bool = False
    double_height: bool = False

    def messages(self) -> Iterator[Message]:
        yield Plain.TEXT_ACROSS if self.turned else Plain.TEXT_ALONG
        yield SIZES[self.size]
        yield DoubleWidth(self.double_width)
        yield DoubleHeight(self.double_height)
        yield Across(geometry.UNITS - min(max(self.y, 0), geometry.UNITS) + ACROSS_EDGE)
        yield Along(along(min(max(self.x, 0), geometry.WIDTH)))
        yield Text(self.text)


@dataclass(frozen=True)
class BoxElement:
    """A frame of lines, `thick` dots wide, around an area; a line is a box that is all edge."""

    area: Area
    thick: int = 2

    def messages(self) -> Iterator[Message]:
        height = (self.area.bottom - self.area.top) * geometry.UNIT
        edge = ((1 << self.thick) - 1) << max(height - self.thick, 0) | (1 << min(self.thick, height)) - 1
        full = ((1 << height) - 1).to_bytes(height // 8)
        side = (edge & (1 << height) - 1).to_bytes(height // 8)
        lead = bytes(ACROSS_EDGE + self.area.top)
        yield Along(along(self.area.right))
        for x in range(self.area.right - 1, self.area.left - 1, -1):
            inner = self.area.left + self.thick <= x < self.area.right - self.thick
            yield Column(lead + (side if inner else full))


Element = TextElement | BoxElement


def document(
    elements: Sequence[Element | Sequence[Message]], area: EraseArea = geometry.WHOLE, *, turn: bool = True,
) -> Iterator[Message]:  # fmt: skip
    """A whole job: erase `area`, draw the elements, start."""
    if turn:
        yield Plain.TURN_FACE
    yield PrintWindow(area.along, area.along_end)
    yield area
    for element in elements:
        yield from element.messages() if isinstance(element, TextElement | BoxElement) else element
    yield Plain.START


def picture(face: Raster, area: Area = geometry.FACE, *, sparing: bool = True) -> Iterator[Message]:
    """The dots of `face` that lie in `area`, column by column from the right.

    `sparing` leaves out what is white: it need not travel. Otherwise every column is as the free client sends it.
    """
    columns = geometry.columns_of(face)
    lead = bytes(ACROSS_EDGE + area.top)
    wanted = [(x, columns[x][area.top : area.bottom]) for x in range(area.right - 1, area.left - 1, -1)]
    if not sparing:
        yield Along(along(area.right))
        yield from (Column(lead + dots) for _, dots in wanted)
        return
    due = None
    for x, dots in wanted:
        dots = dots.rstrip(b"\0")
        if not dots:
            continue
        if due is None or due - x > SKIP:
            yield Along(along(x + 1))
        else:
            yield from (Column(b"\0") for _ in range(due - x))
        yield Column(lead + dots)
        due = x - 1


def encoded(messages: Iterator[Message] | Sequence[Message]) -> bytes:
    return b"".join(encode(message) for message in messages)
