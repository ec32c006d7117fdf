"""Which codes start which command and how long each is. One row per command; the decoder knows nothing else."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from loyalty.devices.wire.escpos.messages import number

ESC, FS, GS, DLE = b"\x1b", b"\x1c", b"\x1d", b"\x10"
Rest = Callable[[bytes, bytes], int | None]
"""(fixed arguments, what has arrived after them) -> length of the data, where that is more than has arrived perhaps
not all of it; None while the sign that ends them has not come."""


@dataclass(frozen=True)
class Layout:
    """fixed: argument bytes after the code. rest: how much data follows them."""

    name: str
    fixed: int = 0
    rest: Rest | None = None


def _sized(at: int, width: int = 2) -> Rest:
    """The length stands in the fixed arguments, low byte first."""
    return lambda fixed, _: number(fixed[at : at + width])


def _to_nul(_: bytes, data: bytes) -> int | None:
    end = data.find(0)
    return None if end < 0 else end + 1


def _columns(fixed: bytes, _: bytes) -> int:
    """ESC * m nL nH: columns of 8 or 24 dots."""
    return number(fixed[1:3]) * (3 if fixed[0] in (32, 33) else 1)


def _cut(fixed: bytes, _: bytes) -> int:
    """GS V m [n]: forms B, C and D carry a feed."""
    return 1 if fixed[0] in (65, 66, 97, 98, 103, 104) else 0


def _bars(fixed: bytes, data: bytes) -> int | None:
    """GS k m: form A (m 0 to 6) ends with NUL, form B starts with its length."""
    if fixed[0] <= 6:
        return _to_nul(fixed, data)
    return data[0] + 1 if data else None


def _glyphs(fixed: bytes, data: bytes) -> int:
    """ESC & y c1 c2 [x d1..d(y*x)]…"""
    at = 0
    for _ in range(fixed[2] - fixed[1] + 1):
        if at >= len(data):
            return at + 1
        at += 1 + data[at] * fixed[0]
    return at


def _stored(fixed: bytes, data: bytes) -> int:
    """FS q n [xL xH yL yH d…]…: pictures for the printer's memory, 8 dots in each byte both ways."""
    at = 0
    for _ in range(fixed[0]):
        if at + 4 > len(data):
            return at + 4
        at += 4 + number(data[at : at + 2]) * number(data[at + 2 : at + 4]) * 8
    return at


def _rows(code: bytes, rows: Mapping[str, Layout]) -> dict[bytes, Layout]:
    return {code + key.encode(): layout for key, layout in rows.items()}


CONTROLS = {
    b"\x00": Layout("nothing"), b"\x07": Layout("bell"), b"\x09": Layout("tab"), b"\x0a": Layout("line feed"),
    b"\x0c": Layout("form feed"), b"\x0d": Layout("carriage return"), b"\x18": Layout("cancel"),
}  # fmt: skip
ESCAPES = _rows(ESC, {
    "@": Layout("initialise"), "!": Layout("print mode", 1), " ": Layout("right spacing", 1),
    "$": Layout("absolute position", 2), "\\": Layout("relative position", 2), "%": Layout("own glyphs on", 1),
    "&": Layout("define glyphs", 3, _glyphs), "?": Layout("cancel glyph", 1), "-": Layout("underline", 1),
    "*": Layout("column picture", 3, _columns), "2": Layout("default line spacing"), "3": Layout("line spacing", 1),
    "<": Layout("return home"), "=": Layout("select device", 1), "D": Layout("tab stops", 0, _to_nul),
    "E": Layout("bold", 1), "G": Layout("double strike", 1), "J": Layout("feed dots", 1), "K": Layout("back dots", 1),
    "L": Layout("page mode"), "M": Layout("font", 1), "R": Layout("national set", 1), "S": Layout("standard mode"),
    "T": Layout("page direction", 1), "U": Layout("one way", 1), "V": Layout("turn", 1), "W": Layout("page area", 8),
    "a": Layout("align", 1), "c": Layout("panel and paper", 2), "d": Layout("feed lines", 1),
    "e": Layout("back lines", 1), "i": Layout("cut old"), "m": Layout("cut old"), "p": Layout("drawer", 3),
    "r": Layout("colour", 1), "t": Layout("code page", 1), "u": Layout("send drawer status", 1),
    "v": Layout("send paper status"), "{": Layout("upside down", 1), "(": Layout("escape set", 3, _sized(1)),
})  # fmt: skip
GROUPS = _rows(GS, {
    "!": Layout("size", 1), "$": Layout("page vertical", 2), "/": Layout("print defined picture", 1),
    "*": Layout("define picture", 2, lambda fixed, _: fixed[0] * fixed[1] * 8), ":": Layout("macro"),
    "B": Layout("inverse", 1), "E": Layout("head speed", 1), "H": Layout("bar text", 1), "L": Layout("left margin", 2),
    "C": Layout("counter", 1, lambda fixed, _: {48: 2, 49: 6, 50: 2}.get(fixed[0], 0)),
    "I": Layout("send identity", 1), "P": Layout("motion units", 2), "T": Layout("line start", 1),
    "V": Layout("cut", 1, _cut), "W": Layout("print width", 2), "\\": Layout("page relative", 2),
    "^": Layout("run macro", 3), "a": Layout("status back", 1), "b": Layout("smooth", 1), "c": Layout("print counter"),
    "f": Layout("bar font", 1), "g": Layout("maintenance counter", 4), "h": Layout("bar height", 1),
    "j": Layout("ink status back", 1), "k": Layout("bars", 1, _bars), "r": Layout("send status", 1),
    "v": Layout("raster", 6, lambda fixed, _: number(fixed[2:4]) * number(fixed[4:6])), "w": Layout("bar width", 1),
    "z": Layout("recovery", 3), "(": Layout("group set", 3, _sized(1)), "8": Layout("large group set", 5, _sized(1, 4)),
})  # fmt: skip
FIELDS = _rows(FS, {
    "!": Layout("kanji mode", 1), "&": Layout("kanji on"), ".": Layout("kanji off"), "-": Layout("kanji underline", 1),
    "2": Layout("define kanji", 2, lambda *_: 72), "?": Layout("cancel kanji", 2), "C": Layout("kanji code", 1),
    "S": Layout("kanji spacing", 2), "W": Layout("kanji double", 1), "p": Layout("print stored picture", 2),
    "q": Layout("store pictures", 1, _stored), "(": Layout("field set", 3, _sized(1)),
})  # fmt: skip
ESCPOS: Mapping[bytes, Layout] = CONTROLS | ESCAPES | GROUPS | FIELDS
REAL_TIME = {DLE + b"\x04": "send status now", DLE + b"\x05": "recover", DLE + b"\x14": "do now"}
DO_NOW = {1: 2, 2: 2, 3: 5, 7: 1, 8: 7}
"""DLE DC4 fn …: bytes after fn. 1 drawer pulse, 2 power off, 3 buzzer, 7 send status, 8 clear the buffers."""
