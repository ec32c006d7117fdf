"""What each ESC/POS command does to the press, as on Epson's TM series in standard mode.

Page mode prints as it comes. Characters and pictures downloaded to the printer's memory and turned text are taken in
and left out of the picture; the press counts them as `not_drawn`.
"""

from collections.abc import Callable, Mapping

from loyalty.devices.wire.escpos import Command, number
from simulators.paper import pictures as paper_pictures
from simulators.paper.barcode import bars
from simulators.paper.press import Press, Verb
from simulators.paper.style import FONTS

SILENT = (
    "nothing", "bell", "carriage return", "cancel", "select device", "one way", "panel and paper", "smooth",
    "head speed", "motion units", "kanji underline", "kanji spacing", "kanji double", "kanji code", "national set",
    "return home", "field set", "escape set", "colour", "standard mode", "drawer", "status back", "send status",
    "send identity", "send paper status", "send drawer status", "ink status back", "line start", "recovery",
)  # fmt: skip
"""Commands that paper does not show, or that the unit answers."""


def _set(name: str, value: Callable[[bytes], object]) -> Verb:
    return lambda press, command: setattr(press.style, name, value(command.arguments))


def _switch(name: str) -> Verb:
    return _set(name, lambda arguments: bool(arguments[0] & 1))


def _print_mode(press: Press, command: Command) -> None:
    bits, style = command.arguments[0], press.style
    style.font, style.bold = bits & 1, bool(bits & 0x08)
    style.high, style.wide = 2 if bits & 0x10 else 1, 2 if bits & 0x20 else 1
    style.underline = 1 if bits & 0x80 else 0


def _size(press: Press, command: Command) -> None:
    press.style.wide, press.style.high = (command.arguments[0] >> 4 & 7) + 1, (command.arguments[0] & 7) + 1


def _kanji_mode(press: Press, command: Command) -> None:
    bits = command.arguments[0]
    press.style.kanji_wide, press.style.kanji_high = 2 if bits & 4 else 1, 2 if bits & 8 else 1


def align(press: Press, command: Command) -> None:
    """Counts at the start of a line only."""
    if not press.line.pieces and command.arguments[0] & 0x0F <= 2:
        press.style.align = command.arguments[0] & 0x0F


def position(press: Press, command: Command) -> None:
    """nL nH from the left margin."""
    press.line.at = min(number(command.arguments), press.style.width)


def move(press: Press, command: Command) -> None:
    """nL nH from here, negative to the left."""
    by = int.from_bytes(command.arguments, "little", signed=True)
    press.line.at = max(0, min(press.line.at + by, press.style.width))


def _tab(press: Press, _: Command) -> None:
    cell = FONTS[press.style.font][0] * press.style.wide
    press.line.at = next((stop * cell for stop in press.style.tabs if stop * cell > press.line.at), press.line.at)


def _width(press: Press, command: Command) -> None:
    press.style.width = max(24, min(number(command.arguments), press.paper.dots - press.style.left))


def _left(press: Press, command: Command) -> None:
    press.style.left = min(number(command.arguments), press.paper.dots - 24)


def _group(press: Press, command: Command) -> None:
    """GS ( x and GS 8 x."""
    letter = chr(command.arguments[0])
    if letter == "L":
        _graphics(press, command.data)
    elif letter == "k":
        if symbol := press.symbols.take(command.data):
            press.picture(symbol)
        if press.symbols.refused:
            press.counts["not_drawn"] += 1
    else:
        press.counts["settings"] += 1


def _graphics(press: Press, data: bytes) -> None:
    """GS ( L: store a picture, print the stored one."""
    function = data[1] if len(data) > 1 else 0
    if function in (112, 113) and len(data) >= 10:
        press.stored = paper_pictures.graphics(data)
    elif function in (2, 50):
        if press.stored:
            press.picture(press.stored)
        press.stored = None
    else:
        press.counts["not_drawn"] += 1


def _bars(press: Press, command: Command) -> None:
    kind = command.arguments[0]
    draw_bars(press, kind, command.data[1:] if kind > 6 else command.data[:-1])


def draw_bars(press: Press, kind: int, data: bytes) -> None:
    """A linear code with the press's settings; data that the code cannot carry prints nothing, as on real printers."""
    style = press.style
    try:
        modules, text = bars(kind, data)
    except ValueError:
        press.counts["bad_bars"] += 1
        return
    image = paper_pictures.modules((modules,), style.bar_width, style.bar_height)
    above, below = bool(style.bar_text & 1), bool(style.bar_text & 2)
    press.picture(paper_pictures.with_text(image, text, FONTS[style.bar_font], above, below))


def _define(press: Press, command: Command) -> None:
    press.defined = paper_pictures.columns_of(command.data, command.arguments[0] * 8, command.arguments[1])


def _print_defined(press: Press, command: Command) -> None:
    if press.defined:
        press.picture(paper_pictures.stretched(press.defined, command.arguments[0]))


ESCPOS: Mapping[str, Verb] = {
    "initialise": lambda press, _: press.reset(), "line feed": lambda press, _: press.feed_line(),
    "form feed": lambda press, _: press.feed_line(), "feed dots": lambda press, c: press.feed_dots(c.arguments[0]),
    "feed lines": lambda press, c: press.feed_line(c.arguments[0]),
    "cut": lambda press, c: press.cut(c.data[0] if c.data else None), "cut old": lambda press, _: press.cut(None),
    "tab": _tab, "print mode": _print_mode, "size": _size, "kanji mode": _kanji_mode, "align": align,
    "absolute position": position, "relative position": move, "print width": _width, "left margin": _left,
    "font": _set("font", lambda a: a[0] & 1), "kanji on": _set("kanji", lambda _: True),
    "kanji off": _set("kanji", lambda _: False), "bold": _switch("bold"), "double strike": _switch("bold"),
    "inverse": _switch("inverse"), "upside down": _switch("upside_down"),
    "underline": _set("underline", lambda a: a[0] & 3), "line spacing": _set("spacing", lambda a: a[0]),
    "default line spacing": _set("spacing", lambda _: 30), "right spacing": _set("gap", lambda a: a[0]),
    "code page": _set("code_page", lambda a: a[0]), "bar height": _set("bar_height", lambda a: max(a[0], 1)),
    "bar width": _set("bar_width", lambda a: max(a[0], 1)), "bar text": _set("bar_text", lambda a: a[0] & 3),
    "bar font": _set("bar_font", lambda a: a[0] & 1),
    "tab stops": lambda press, c: setattr(press.style, "tabs", tuple(c.data[:-1])),
    "raster": lambda press, c: press.picture(paper_pictures.raster(c)),
    "column picture": lambda press, c: press.place(paper_pictures.columns(c)), "bars": _bars,
    "group set": _group, "large group set": _group, "define picture": _define, "print defined picture": _print_defined,
    **dict.fromkeys(SILENT, lambda press, command: None),
}  # fmt: skip
