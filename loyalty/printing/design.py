"""A shop's own design of the card's face, as data: elements placed in millimetres on a face of 60 x 40.

    {"elements": [{"kind": "text", "text": "{name}", "x": 3, "y": 7, "w": 36, "h": 6, "size": 5, "bold": true,
                   "align": "left", "zone": "static"}, {"kind": "qr", "x": 42, "y": 8, "w": 14, "h": 14}, …]}

`zone` says what changes: `static` stands for the life of the card, `erase` is rewritten at visits; design_face.py draws
both, and remarks where they touch.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from string import Formatter
from typing import Any

from loyalty.errors import Invalid

WIDTH_MM, HEIGHT_MM = 60.0, 40.0
"""What the 480 x 320 dots of the smallest face are at 8 dots a millimetre; larger faces show the same, larger."""
KINDS = ("text", "barcode", "qr", "badge", "line")
ALIGN, ZONES = ("left", "right", "center"), ("static", "erase")
FIELDS = ("shop", "name", "number", "balance", "unit", "tier", "expiry", "visit", "as_of", "today")
MOST = 40
_LEAST_MM = 0.25
_NUMBERS = ("x", "y", "w", "h", "size")
_TEXTS = {"kind": KINDS, "align": ALIGN, "zone": ZONES}


@dataclass(frozen=True)
class Element:
    """x, y from the top left, w and h, size of the letters: all in millimetres. text: with {fields} of FIELDS."""

    kind: str
    x: float
    y: float
    w: float
    h: float
    text: str = ""
    size: float = 3.0
    bold: bool = False
    align: str = "left"
    zone: str = "static"


@dataclass(frozen=True)
class Design:
    elements: tuple[Element, ...]

    def document(self) -> dict[str, Any]:
        """As it is stored and sent; read_design reads it back."""
        return {"elements": [asdict(element) for element in self.elements]}


def read_design(document: Any) -> Design:
    """Invalid with a pointer to the first element that cannot be."""
    elements = document.get("elements") if isinstance(document, Mapping) else None
    if not isinstance(elements, list | tuple) or not 1 <= len(elements) <= MOST:
        raise Invalid(f"A design of the card's face has 1 to {MOST} elements.", pointer="/elements")
    return Design(tuple(_element(each, f"/elements/{place}") for place, each in enumerate(elements)))


def _element(given: Any, pointer: str) -> Element:
    if not isinstance(given, Mapping):
        raise Invalid("An element is a table with kind, x, y, w and h.", pointer=pointer)
    known = {name: given[name] for name in Element.__dataclass_fields__ if name in given}
    if strange := sorted(set(given) - set(known)):
        raise Invalid(f"An element has no {strange[0]!r}; take it out.", pointer=f"{pointer}/{strange[0]}")
    for name, words in _TEXTS.items():
        if known.get(name, words[0]) not in words or (name == "kind" and name not in known):
            raise Invalid(f"{name} is one of {', '.join(words)}.", pointer=f"{pointer}/{name}")
    for name in _NUMBERS:
        known[name] = _millimetres(known.get(name, 3.0 if name == "size" else None), f"{pointer}/{name}")
    text = _text(known.get("text", ""), pointer)
    element = Element(**{**known, "bold": bool(known.get("bold", False)), "text": text})
    if element.x + element.w > WIDTH_MM or element.y + element.h > HEIGHT_MM or min(element.w, element.h) < _LEAST_MM:
        raise Invalid(
            f"The element reaches beyond the card or has no size; the face is {WIDTH_MM:g} x {HEIGHT_MM:g} mm.",
            pointer=f"{pointer}/{'x' if element.x + element.w > WIDTH_MM else 'y'}",
        )
    if element.kind == "text" and not 1.5 <= element.size <= 20:
        raise Invalid("Letters are 1.5 to 20 mm high.", pointer=f"{pointer}/size")
    return element


def _millimetres(value: Any, pointer: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= WIDTH_MM:
        raise Invalid(f"Write millimetres from 0 to {WIDTH_MM:g}.", pointer=pointer)
    return float(value)


def _text(value: Any, pointer: str) -> str:
    if not isinstance(value, str) or len(value) > 200:
        raise Invalid("A text has at most 200 characters.", pointer=f"{pointer}/text")
    try:
        named = [(name, form) for _plain, name, form, _more in Formatter().parse(value) if name is not None]
    except ValueError as error:
        raise Invalid("A brace stands alone; write a field as {name}.", pointer=f"{pointer}/text") from error
    for name, form in named:
        if name not in FIELDS or form:
            raise Invalid(f"There is no field {{{name}}}; known are {', '.join(FIELDS)}.", pointer=f"{pointer}/text")
    return value


def _e(kind: str, x: float, y: float, w: float, h: float, text: str = "", size: float = 3.0, **more: Any) -> Element:
    return Element(kind, x, y, w, h, text, size, **more)


STANDARD = Design(
    (
        _e("text", 3, 1.2, 30, 4, "{shop}", 3.2, bold=True),
        _e("badge", 34, 1, 23.5, 4.25),
        _e("line", 3, 5.9, 54.5, 0.25),
        _e("text", 3, 7.5, 36, 6, "{name}", 5.2, bold=True),
        _e("text", 3, 13.6, 36, 3, "{number}", 2.6),
        _e("barcode", 1.5, 17, 40, 5.2),
        _e("qr", 42.5, 7.5, 15, 15),
        _e("line", 3, 24, 54.5, 0.25),
        _e("text", 3, 24.8, 36, 6.6, "{balance} {unit}", 5.2, bold=True, zone="erase"),
        _e("text", 40, 25, 17.5, 3, "{as_of}", 2.4, align="right", zone="erase"),
        _e("text", 40, 28, 17.5, 3, "{today}", 2.4, align="right", zone="erase"),
        _e("text", 3, 31.4, 54, 3, "{expiry}", 2.6, zone="erase"),
        _e("text", 3, 34.2, 54, 3, "{visit}", 2.6, zone="erase"),
    )
)
"""Where a shop begins that draws its own: much like the face that comes with the product."""
