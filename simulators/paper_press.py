"""Turns ESC/POS commands into dots on paper: text in the ROM's fonts, pictures, codes, feeds and cuts.

Follows the commands of Epson's TM series in standard mode. Page mode prints as it comes; downloaded characters and
turned text are taken in and left out of the picture, and counted as `not_drawn`.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from PIL import Image, ImageOps

from loyalty.devices.profiles import Profile
from loyalty.devices.wire.escpos import Command, Printable, number
from simulators import paper_pictures
from simulators.paper import Paper
from simulators.paper_barcode import bars
from simulators.paper_codepages import decode, decode_kanji, kanji_length
from simulators.paper_font import glyph
from simulators.paper_qr import Symbols

FONTS = {0: (12, 24), 1: (9, 17)}
KNIFE_MM = 14
"""From head to knife; why a cut needs a feed before it."""


@dataclass
class Style:
    """Everything that ESC @ sets back."""

    font: int = 0
    wide: int = 1
    high: int = 1
    bold: bool = False
    underline: int = 0
    inverse: bool = False
    upside_down: bool = False
    align: int = 0
    spacing: int = 30
    gap: int = 0
    left: int = 0
    width: int = 0
    code_page: int = 0
    kanji: bool = False
    kanji_wide: int = 1
    kanji_high: int = 1
    bar_height: int = 162
    bar_width: int = 3
    bar_text: int = 0
    bar_font: int = 0
    tabs: tuple[int, ...] = tuple(range(8, 64, 8))


@dataclass
class Line:
    """What stands on the line that has not been fed yet."""

    at: int = 0
    pieces: list[tuple[int, Image.Image]] = field(default_factory=list)


class Press:
    """Takes decoded messages one by one; `paper` carries the result, `counts` what could not be drawn."""

    def __init__(self, profile: Profile, paper: Paper) -> None:
        self.paper, self.counts = paper, Counter[str]()
        self._kanji_at_reset = bool(profile["kanji_at_reset"])
        self._kanji_codec = str(profile["kanji_codec"])
        self._symbols = Symbols()
        self._stored: Image.Image | None = None
        self._defined: Image.Image | None = None
        self._verbs = _VERBS
        self.reset()

    def reset(self) -> None:
        """ESC @ or power: styles as after switching on, the unfinished line forgotten."""
        self.style = Style(width=self.paper.dots, kanji=self._kanji_at_reset)
        self._line, self._lead = Line(), b""

    def take(self, message: Command | Printable) -> None:
        """Draw one message."""
        if isinstance(message, Printable):
            self._print(message.data)
            return
        verb = self._verbs.get(message.name)
        if verb is None:
            self.counts["not_drawn"] += 1
        else:
            verb(self, message)

    # -- text ------------------------------------------------------------------------------------------------------

    def _print(self, data: bytes) -> None:
        data, self._lead, at = self._lead + data, b"", 0
        while at < len(data):
            if self.style.kanji and data[at] >= 0x81:
                size = kanji_length(self._kanji_codec, data[at:])
                if at + size > len(data):
                    self._lead = data[at:]
                    return
                self._kanji(decode_kanji(self._kanji_codec, data[at : at + size]))
                at += size
            else:
                self._character(decode(self.style.code_page, data[at]))
                at += 1

    def _character(self, character: str) -> None:
        style = self.style
        image = glyph(character, FONTS[style.font], style.bold, self._kanji_codec)
        self._place(self._styled(image, style.wide, style.high))

    def _kanji(self, character: str) -> None:
        style = self.style
        image = glyph(character, (24, 24), style.bold, self._kanji_codec)
        self._place(self._styled(image, max(style.wide, style.kanji_wide), max(style.high, style.kanji_high)))

    def _styled(self, image: Image.Image, wide: int, high: int) -> Image.Image:
        image = image.resize((image.width * wide, image.height * high), Image.Resampling.NEAREST)
        if self.style.underline:
            image = image.copy()
            image.paste(255, (0, image.height - self.style.underline, image.width, image.height))
        return ImageOps.invert(image) if self.style.inverse else image

    def _place(self, image: Image.Image) -> None:
        """On the present line; when it does not fit any more, on the next."""
        if self._line.at + image.width > self.style.width and self._line.pieces:
            self.feed_line()
        self._line.pieces.append((self._line.at, image))
        self._line.at += image.width + self.style.gap

    def feed_line(self) -> None:
        """Print the line and feed the line spacing, or more where the line is higher."""
        high = self._flush()
        self.paper.feed(max(self.style.spacing - high, 0))

    def _flush(self) -> int:
        """Print what stands on the line, feeding no more than its height; returns the rows printed."""
        pieces, self._line = self._line.pieces, Line()
        if not pieces:
            return 0
        high = max(image.height for _, image in pieces)
        used = max(at + image.width for at, image in pieces)
        sheet = Image.new("L", (self.paper.dots, high), 0)
        shift = self.style.left + self._aligned(used)
        for at, image in pieces:
            sheet.paste(image, (shift + at, high - image.height))
        self.paper.stamp(sheet.rotate(180) if self.style.upside_down else sheet)
        return high

    def _aligned(self, used: int) -> int:
        free = max(self.style.width - used, 0)
        return (0, free // 2, free)[self.style.align]

    # -- pictures and codes ----------------------------------------------------------------------------------------

    def picture(self, image: Image.Image) -> None:
        """A picture on rows of its own, aligned as the text is."""
        self._flush()
        sheet = Image.new("L", (self.paper.dots, image.height), 0)
        sheet.paste(image, (self.style.left + self._aligned(image.width), 0))
        self.paper.stamp(sheet)

    def _raster(self, command: Command) -> None:
        self.picture(paper_pictures.raster(command))

    def _column_picture(self, command: Command) -> None:
        self._place(paper_pictures.columns(command))

    def _graphics(self, command: Command) -> None:
        """GS ( L and GS 8 L: store a picture, print the stored one."""
        function = command.data[1] if len(command.data) > 1 else 0
        if function in (112, 113):
            self._stored = paper_pictures.graphics(command.data)
        elif function in (2, 50) and self._stored:
            self.picture(self._stored)
            self._stored = None
        else:
            self.counts["not_drawn"] += 1

    def _group(self, command: Command) -> None:
        """GS ( x and GS 8 x."""
        letter = chr(command.arguments[0])
        if letter == "L":
            self._graphics(command)
        elif letter == "k":
            symbol = self._symbols.take(command.data)
            if symbol:
                self.picture(symbol)
            if self._symbols.refused:
                self.counts["not_drawn"] += 1
        else:
            self.counts["settings"] += 1

    def _bars(self, command: Command) -> None:
        kind = command.arguments[0]
        data = command.data[1:] if kind > 6 else command.data[:-1]
        try:
            modules, text = bars(kind, data)
        except (ValueError, KeyError):
            self.counts["bad_bars"] += 1  # a real printer prints nothing here either, or the raw text
            return
        image = paper_pictures.modules((modules,), self.style.bar_width, self.style.bar_height)
        above, below = self.style.bar_text & 1, self.style.bar_text & 2
        self.picture(paper_pictures.with_text(image, text, FONTS[self.style.bar_font], bool(above), bool(below)))

    def _define(self, command: Command) -> None:
        self._defined = paper_pictures.columns_of(command.data, command.arguments[0] * 8, command.arguments[1])

    def _print_defined(self, command: Command) -> None:
        if self._defined:
            self.picture(paper_pictures.stretched(self._defined, command.arguments[0]))

    # -- paper -----------------------------------------------------------------------------------------------------

    def _feed_dots(self, command: Command) -> None:
        self._flush()
        self.paper.feed(command.arguments[0])

    def _feed_lines(self, command: Command) -> None:
        high = self._flush()
        self.paper.feed(max(command.arguments[0] * self.style.spacing - high, 0))

    def _cut(self, command: Command) -> None:
        self._flush()
        if command.data:  # forms B, C, D feed to the knife first
            self.paper.feed(self.paper.knife_rows + command.data[0])
        self.paper.cut()

    # -- styles ----------------------------------------------------------------------------------------------------

    def _print_mode(self, command: Command) -> None:
        bits, style = command.arguments[0], self.style
        style.font, style.bold = bits & 1, bool(bits & 0x08)
        style.high, style.wide = 2 if bits & 0x10 else 1, 2 if bits & 0x20 else 1
        style.underline = 1 if bits & 0x80 else 0

    def _size(self, command: Command) -> None:
        self.style.wide, self.style.high = (command.arguments[0] >> 4 & 7) + 1, (command.arguments[0] & 7) + 1

    def _kanji_mode(self, command: Command) -> None:
        bits = command.arguments[0]
        self.style.kanji_wide, self.style.kanji_high = 2 if bits & 4 else 1, 2 if bits & 8 else 1

    def _font(self, command: Command) -> None:
        self.style.font = command.arguments[0] & 1

    def _align(self, command: Command) -> None:
        if not self._line.pieces and command.arguments[0] & 0x0F <= 2:
            self.style.align = command.arguments[0] & 0x0F

    def _position(self, command: Command) -> None:
        self._line.at = min(number(command.arguments), self.style.width)

    def _move(self, command: Command) -> None:
        by = int.from_bytes(command.arguments, "little", signed=True)
        self._line.at = max(0, min(self._line.at + by, self.style.width))

    def _tab(self, command: Command) -> None:
        cell = FONTS[self.style.font][0] * self.style.wide
        self._line.at = next((stop * cell for stop in self.style.tabs if stop * cell > self._line.at), self._line.at)

    def _width(self, command: Command) -> None:
        self.style.width = max(24, min(number(command.arguments), self.paper.dots - self.style.left))

    def _left(self, command: Command) -> None:
        self.style.left = min(number(command.arguments), self.paper.dots - 24)


Verb = Callable[[Press, Command], None]


def _set(name: str, value: Callable[[bytes], object]) -> Verb:
    return lambda press, command: setattr(press.style, name, value(command.arguments))


def _nothing(press: Press, command: Command) -> None:
    """Takes effect elsewhere, or on nothing that paper shows."""


_VERBS: dict[str, Verb] = {
    "line feed": lambda press, _: press.feed_line(), "form feed": lambda press, _: press.feed_line(),
    "initialise": lambda press, _: press.reset(), "tab": Press._tab, "print mode": Press._print_mode,
    "size": Press._size, "font": Press._font, "align": Press._align, "absolute position": Press._position,
    "relative position": Press._move, "print width": Press._width, "left margin": Press._left,
    "kanji mode": Press._kanji_mode, "kanji on": _set("kanji", lambda _: True),
    "kanji off": _set("kanji", lambda _: False), "bold": _set("bold", lambda a: bool(a[0] & 1)),
    "double strike": _set("bold", lambda a: bool(a[0] & 1)), "inverse": _set("inverse", lambda a: bool(a[0] & 1)),
    "underline": _set("underline", lambda a: a[0] & 3), "upside down": _set("upside_down", lambda a: bool(a[0] & 1)),
    "line spacing": _set("spacing", lambda a: a[0]), "default line spacing": _set("spacing", lambda _: 30),
    "right spacing": _set("gap", lambda a: a[0]), "code page": _set("code_page", lambda a: a[0]),
    "bar height": _set("bar_height", lambda a: max(a[0], 1)), "bar width": _set("bar_width", lambda a: max(a[0], 1)),
    "bar text": _set("bar_text", lambda a: a[0] & 3), "bar font": _set("bar_font", lambda a: a[0] & 1),
    "tab stops": lambda press, command: setattr(press.style, "tabs", tuple(command.data[:-1])),
    "feed dots": Press._feed_dots, "feed lines": Press._feed_lines, "cut": Press._cut, "cut old": Press._cut,
    "raster": Press._raster, "column picture": Press._column_picture, "bars": Press._bars,
    "group set": Press._group, "large group set": Press._group, "define picture": Press._define,
    "print defined picture": Press._print_defined,
    **dict.fromkeys((
        "nothing", "bell", "carriage return", "cancel", "select device", "one way", "panel and paper", "smooth",
        "head speed", "motion units", "kanji underline", "kanji spacing", "kanji double", "kanji code", "national set",
        "return home", "field set", "escape set", "colour", "standard mode", "drawer", "status back", "send status",
        "send identity", "send paper status", "send drawer status", "ink status back", "line start", "recovery",
    ), _nothing),
}  # fmt: skip
