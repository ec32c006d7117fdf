"""The print head: characters, pictures and codes go on a line, lines go on paper.

What each command of a language does to the press stands in paper_verbs (ESC/POS) and paper_star (Star line mode).
"""

from collections import Counter
from collections.abc import Callable, Mapping

from PIL import Image, ImageOps

from loyalty.devices.profiles import Profile
from loyalty.devices.wire.escpos import Command, Printable
from simulators.paper.codepages import decode, decode_kanji, kanji_length
from simulators.paper.font import glyph
from simulators.paper.qr import Symbols
from simulators.paper.roll import Paper
from simulators.paper.style import FONTS, Line, Style


class Press:
    """Takes decoded messages one by one; `paper` carries the result, `counts` what could not be drawn."""

    def __init__(self, profile: Profile, paper: Paper, verbs: Mapping[str, "Verb"]) -> None:
        self.paper, self.counts = paper, Counter[str]()
        self._kanji_at_reset = bool(profile["kanji_at_reset"])
        self._kanji_codec = str(profile["kanji_codec"])
        self._verbs = verbs
        self.symbols = Symbols()
        self.stored: Image.Image | None = None
        """GS ( L: stored and not yet printed."""
        self.defined: Image.Image | None = None
        """GS *: kept until ESC @."""
        self.reset()

    def reset(self) -> None:
        """ESC @ or power: styles as after switching on, the unfinished line forgotten."""
        self.style = Style(width=self.paper.dots, kanji=self._kanji_at_reset)
        self.line, self._lead, self.stored, self.defined = Line(), b"", None, None

    def take(self, message: Command | Printable) -> None:
        """Draw one message."""
        if isinstance(message, Printable):
            self._print(message.data)
        elif verb := self._verbs.get(message.name):
            verb(self, message)
        else:
            self.counts["not_drawn"] += 1

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
        self.place(self._styled(image, style.wide, style.high))

    def _kanji(self, character: str) -> None:
        style = self.style
        image = glyph(character, (24, 24), style.bold, self._kanji_codec)
        self.place(self._styled(image, max(style.wide, style.kanji_wide), max(style.high, style.kanji_high)))

    def _styled(self, image: Image.Image, wide: int, high: int) -> Image.Image:
        image = image.resize((image.width * wide, image.height * high), Image.Resampling.NEAREST)
        if self.style.underline:
            image.paste(255, (0, image.height - self.style.underline, image.width, image.height))
        return ImageOps.invert(image) if self.style.inverse else image

    def place(self, image: Image.Image) -> None:
        """On the present line; when it does not fit any more, on the next."""
        if self.line.at + image.width > self.style.width and self.line.pieces:
            self.feed_line()
        self.line.pieces.append((self.line.at, image))
        self.line.at += image.width + self.style.gap

    def feed_line(self, lines: int = 1) -> None:
        """Print the line and feed the line spacing, or more where the line is higher."""
        high = self.flush()
        self.paper.feed(max(self.style.spacing * lines - high, 0))

    def feed_dots(self, dots: int) -> None:
        """Print the line and feed exactly these dots on."""
        self.flush()
        self.paper.feed(dots)

    def flush(self) -> int:
        """Print what stands on the line, feeding no more than its height; returns the rows printed."""
        pieces, self.line = self.line.pieces, Line()
        if not pieces:
            return 0
        high = max(image.height for _, image in pieces)
        shift = self.style.left + self._aligned(max(at + image.width for at, image in pieces))
        sheet = Image.new("L", (self.paper.dots, high), 0)
        for at, image in pieces:
            sheet.paste(image, (shift + at, high - image.height))
        self.paper.stamp(sheet.rotate(180) if self.style.upside_down else sheet)
        return high

    def _aligned(self, used: int) -> int:
        free = max(self.style.width - used, 0)
        return (0, free // 2, free)[self.style.align]

    def picture(self, image: Image.Image) -> None:
        """A picture on rows of its own, aligned as the text is; what is too wide is lost at the right."""
        self.flush()
        sheet = Image.new("L", (self.paper.dots, image.height), 0)
        sheet.paste(image, (self.style.left + self._aligned(image.width), 0))
        self.paper.stamp(sheet)

    def cut(self, feed_rows: int | None) -> None:
        """feed_rows: to the knife and so much further; None cuts where the paper stands."""
        self.flush()
        if feed_rows is not None:
            self.paper.feed(self.paper.knife_rows + feed_rows)
        self.paper.cut()


Verb = Callable[[Press, Command], None]
