"""Finds the one font of all printed things, Noto Sans CJK, and draws no character that it lacks.

Search order: the path given (setting `font` or LOYALTY_FONT, read by the program and passed in), the package
noto-cjk-sans-otc (extra `[cjk]`), Debian's fonts-noto-cjk. The figures of the font all have one width, so numbers
stand still when they change. The package has the regular weight only: bold is a stroke around it, the same on
every machine.
"""

import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from PIL import ImageFont

from loyalty.errors import ConfigError, LoyaltyError
from loyalty.printing.glyphs import Coverage, read_coverage

DEBIAN = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")
FACES = {"zh-Hans": 2, "zh-Hant-TW": 3, "zh-Hant": 4, "zh-Hant-HK": 4}
"""Face in the collection by language: 2 SC, 3 TC, 4 HK. Others (en) draw Chinese names as Hong Kong writes them."""
_OTHER_FACE = 4
_MONO = 5
"""Added to a face's number: the same script with Latin of half width."""
_UNSEEN = {0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)}
"""Joiners and variation selectors: they ask for a variant of the character before them and have no shape."""


class GlyphMissing(LoyaltyError):
    """The font has no shape for a character; nothing was drawn."""

    code = "glyph_missing"

    def __init__(self, characters: str) -> None:
        named = ", ".join(f"{c} (U+{ord(c):04X})" for c in characters)
        super().__init__(
            f"The font has no shape for {named}; write the text without it, or set `font` to a font file that has it."
        )
        self.characters = characters


@dataclass(frozen=True)
class Typeface:
    """One face of a font file."""

    path: Path
    face: int
    coverage: Coverage

    def at(self, size: int) -> ImageFont.FreeTypeFont:
        """The font with an em of `size` dots; opened once per size."""
        return _opened(self.path, self.face, size)

    def missing_glyphs(self, text: str) -> str:
        """The characters of `text` that cannot be drawn, each once, in order."""
        return "".join(dict.fromkeys(c for c in clean(text) if ord(c) not in self.coverage))

    def require(self, text: str) -> str:
        """`text` cleaned for drawing; GlyphMissing when a character has no shape."""
        if missing := self.missing_glyphs(text):
            raise GlyphMissing(missing)
        return clean(text)


def clean(text: str) -> str:
    """Composed form, any white space as one blank, nothing invisible."""
    composed = unicodedata.normalize("NFC", text)
    return " ".join("".join(c for c in composed if ord(c) not in _UNSEEN).split())


def find_font(setting: str | Path | None = None) -> Path:
    """The font file; ConfigError that says how to get one. A setting that names no file is an error, not a hint."""
    if setting:
        if not Path(setting).is_file():
            raise ConfigError(f"The font {str(setting)!r} is no file; set `font` to a Noto Sans CJK collection (.ttc).")
        return Path(setting)
    for path in (_packaged(), DEBIAN):
        if path and path.is_file():
            return path
    raise ConfigError(
        "No font with Chinese characters was found, so cards and receipts cannot be drawn; run "
        "`apt install fonts-noto-cjk` or install the extra: `pip install 'loyalty[cjk]'`."
    )


def typeface(language: str = "en", setting: str | Path | None = None, *, mono: bool = False) -> Typeface:
    """The face that writes `language` (en, zh-Hant, zh-Hans and their regions); ConfigError without a font.

    mono: Latin in half the width of a Chinese character, for columns; in a collection that has it.
    """
    path = find_font(setting)
    face = FACES.get(language, FACES.get(language[:7], _OTHER_FACE))
    count = _faces(path)
    if mono and face + _MONO < count:
        face += _MONO
    return _typeface(path, face if face < count else 0)


def _packaged() -> Path | None:
    spec = find_spec("noto_cjk_sans_otc")
    return Path(spec.origin).with_name("NotoSansCJK-Regular.ttc") if spec and spec.origin else None


@cache
def _faces(path: Path) -> int:
    """How many faces the file holds; 1 when it is no collection."""
    with path.open("rb") as file:
        head = file.read(12)
    return int.from_bytes(head[8:12], "big") if head[:4] == b"ttcf" else 1


@cache
def _typeface(path: Path, face: int) -> Typeface:
    try:
        return Typeface(path, face, read_coverage(path, face))
    except ValueError as error:
        raise ConfigError(f"The font {path} cannot be used: {error}.") from error


@cache
def _opened(path: Path, face: int, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, size, index=face, layout_engine=ImageFont.Layout.BASIC)
