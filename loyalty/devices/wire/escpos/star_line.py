"""Star's line mode as a second table for the same decoder: receipt programs write it too, and its codes overlap with
ESC/POS (ESC d cuts here and feeds there), so a printer reads one or the other.

Sources: Star Line Mode Command Specifications (line thermal printers), streams of receiptline 4.0.4 (tests/data/escpos)
and the code list of star-linemode (stuifzand-software, codes.spec). Only read, never written by a driver.
"""

from collections.abc import Mapping

from loyalty.devices.wire.escpos.messages import number
from loyalty.devices.wire.escpos.tables import ESC, GS, Layout

_RS = b"\x1e"


def _to_rs(_: bytes, data: bytes) -> int | None:
    end = data.find(_RS)
    return None if end < 0 else end + 1


def _raster(fixed: bytes, _: bytes) -> int:
    """m xL xH yL yH, then one colour byte and the rows."""
    return 1 + number(fixed[1:3]) * number(fixed[3:5])


_ESCAPES = {
    b"@": Layout("initialise"), b" ": Layout("right spacing", 1), b"s": Layout("kanji spacing", 2),
    b"0": Layout("line spacing"), b"z": Layout("default line spacing", 1), b"-": Layout("underline", 1),
    b"E": Layout("bold on"), b"F": Layout("bold off"), b"4": Layout("inverse on"), b"5": Layout("inverse off"),
    b"i": Layout("size", 2), b"l": Layout("margin", 1), b"Q": Layout("margin", 1), b"a": Layout("feed lines", 1),
    b"J": Layout("feed quarters", 1), b"$": Layout("kanji code", 1), b"p": Layout("kanji on"),
    b"q": Layout("kanji off"), b"R": Layout("national set", 1), b"b": Layout("bars", 4, _to_rs),
    b"d": Layout("star cut", 1), b"k": Layout("band picture", 2, lambda fixed, _: number(fixed) * 24),
    b"M": Layout("pitch 12"), b"g": Layout("pitch 14"), b"P": Layout("pitch 15"), b":": Layout("pitch 16"),
    b"W": Layout("wide", 1), b"h": Layout("high", 1), b"\x0e": Layout("double high on"),
    b"\x14": Layout("double high off"), b"_": Layout("overline", 1), b"/": Layout("slash zero", 1),
    b"\x07": Layout("drawer pulse", 2), _RS + b"a": Layout("status back", 1), _RS + b"F": Layout("font", 1),
    GS + b"a": Layout("align", 1), GS + b"A": Layout("absolute position", 2), GS + b"R": Layout("relative position", 2),
    GS + b"t": Layout("code page", 1), GS + b"S": Layout("raster", 5, _raster), GS + b"\x03": Layout("job mark", 3),
    GS + b"yS": Layout("qr setting", 2), GS + b"yD": Layout("qr data", 4, lambda fixed, _: number(fixed[2:4])),
    GS + b"yP": Layout("qr print"),
}  # fmt: skip
STAR_LINE: Mapping[bytes, Layout] = {
    b"\x00": Layout("nothing"), b"\x04": Layout("end"), b"\x07": Layout("drawer"), b"\x0b": Layout("vertical tab"),
    b"\x0e": Layout("double wide on"), b"\x14": Layout("double wide off"), b"\x0a": Layout("line feed"),
    b"\x0c": Layout("form feed"),
    b"\x0d": Layout("carriage return"), b"\x0f": Layout("upside down on"), b"\x12": Layout("upside down off"),
    b"\x18": Layout("cancel"), **{ESC + code: layout for code, layout in _ESCAPES.items()},
}  # fmt: skip
