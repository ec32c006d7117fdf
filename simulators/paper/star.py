"""What Star's line mode does to the press: the other language that receipt programs write."""

from collections.abc import Mapping

from PIL import Image

from loyalty.devices.wire.escpos import Command, number
from simulators.paper.codepages import KATAKANA
from simulators.paper.press import Press, Verb
from simulators.paper.qr import QR
from simulators.paper.verbs import align, draw_bars, move, position

_BARS = {"0": 66, "1": 65, "2": 68, "3": 67, "4": 69, "5": 70, "6": 73, "7": 72, "8": 71}
"""ESC b n1: Star's number of a linear code -> the number that ESC/POS has for it."""
_CODE_PAGES = {1: 0, 2: KATAKANA, 3: 0, 4: 19, 5: 18, 6: 3, 7: 35, 8: 4, 9: 5, 10: 17, 32: 16, 33: 45, 34: 46}
"""ESC GS t n -> the same page's number in ESC/POS. Source: receiptline 4.0.4 and receipt-printer-encoder 4.0.1."""
_QR_SETTINGS = {0: 65, 1: 69, 2: 67}
_LEVELS = {0: 48, 1: 49, 2: 50, 3: 51}


def _initialise(press: Press, _: Command) -> None:
    press.reset()
    press.style.code_page = KATAKANA  # the page with the line-drawing signs is Star's Japanese default


def _size(press: Press, command: Command) -> None:
    press.style.high, press.style.wide = command.arguments[0] % 48 + 1, command.arguments[1] % 48 + 1


def _raster(press: Press, command: Command) -> None:
    """ESC GS S m xL xH yL yH n d…"""
    wide, high = number(command.arguments[1:3]), number(command.arguments[3:5])
    press.picture(Image.frombytes("1", (wide * 8, high), command.data[1:]).convert("L"))


def _band(press: Press, command: Command) -> None:
    """ESC k n1 n2 d…: 24 rows on the line, from where it has come to."""
    press.place(Image.frombytes("1", (number(command.arguments) * 8, 24), command.data).convert("L"))


def _bars(press: Press, command: Command) -> None:
    """ESC b n1 n2 n3 n4 d… RS: code, text below or not, module width, height in dots."""
    kind, text, width, height = command.arguments
    press.style.bar_text = 2 if text in (2, 4, 50, 52) else 0
    press.style.bar_width, press.style.bar_height = width % 48 + 1, height
    data = command.data[:-1]
    draw_bars(press, _BARS.get(chr(kind) if kind >= 48 else str(kind), 0), data)


def _cut(press: Press, command: Command) -> None:
    press.cut(0 if command.arguments[0] % 48 >= 2 else None)


def _qr_setting(press: Press, command: Command) -> None:
    which, value = command.arguments
    value = _LEVELS.get(value, 48) if which == 1 else value
    press.symbols.take(bytes((QR, _QR_SETTINGS.get(which, 0), value)))


def _qr_data(press: Press, command: Command) -> None:
    press.symbols.take(bytes((QR, 80, 48)) + command.data)


def _qr_print(press: Press, _: Command) -> None:
    if symbol := press.symbols.take(bytes((QR, 81, 48))):
        press.picture(symbol)


def _turn(name: str, on: bool | int) -> Verb:
    return lambda press, _: setattr(press.style, name, on)


def _times(name: str) -> Verb:
    """ESC W n, ESC h n."""
    return lambda press, command: setattr(press.style, name, command.arguments[0] % 48 + 1)


STAR: Mapping[str, Verb] = {
    "initialise": _initialise, "line feed": lambda press, _: press.feed_line(),
    "form feed": lambda press, _: press.feed_line(), "feed lines": lambda press, c: press.feed_line(c.arguments[0]),
    "feed quarters": lambda press, c: press.feed_dots(c.arguments[0] * 2), "size": _size, "align": align,
    "absolute position": position, "relative position": move, "raster": _raster, "bars": _bars, "star cut": _cut,
    "font": lambda press, c: setattr(press.style, "font", c.arguments[0] & 1),
    "bold on": _turn("bold", True), "bold off": _turn("bold", False), "inverse on": _turn("inverse", True),
    "inverse off": _turn("inverse", False), "upside down on": _turn("upside_down", True),
    "upside down off": _turn("upside_down", False),
    "band picture": _band, "wide": _times("wide"), "high": _times("high"), "double wide on": _turn("wide", 2),
    "double wide off": _turn("wide", 1), "double high on": _turn("high", 2), "double high off": _turn("high", 1),
    "pitch 12": _turn("gap", 0), "pitch 14": _turn("gap", 2), "pitch 15": _turn("gap", 3),
    "pitch 16": _turn("gap", 4),
    "code page": lambda press, c: setattr(press.style, "code_page", _CODE_PAGES.get(c.arguments[0], 0)),
    "underline": lambda press, c: setattr(press.style, "underline", c.arguments[0] & 1),
    "right spacing": lambda press, c: setattr(press.style, "gap", c.arguments[0] & 15),
    "line spacing": lambda press, _: setattr(press.style, "spacing", 24),
    "default line spacing": lambda press, _: setattr(press.style, "spacing", 32),
    "qr setting": _qr_setting, "qr data": _qr_data, "qr print": _qr_print,
    **dict.fromkeys((
        "nothing", "carriage return", "cancel", "status back", "kanji spacing", "margin", "kanji code", "kanji on",
        "kanji off", "job mark", "drawer", "drawer pulse", "national set",
        "end", "vertical tab", "overline", "slash zero",
    ), lambda press, command: None),
}  # fmt: skip
